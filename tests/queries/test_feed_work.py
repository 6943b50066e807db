"""How much a feed reads: nothing while nothing happens, and never more for a larger store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from queries.dialects.base import StoreMapping
from queries.dialects.conversion import to_session
from queries.feed import Feed
from queries.models import Session
from queries.reading import session_pages
from tests.queries.feeding import Clock, begun, count_all, snap
from tests.stores import (
    CanonicalStore,
    StoreBuilder,
    canonical_store,
    heist_audit_store,
    htmlgraph_store,
)

PAST = 4000
"""Rows of the smaller of two stores; the other has three times as many."""


class Work(NamedTuple):
    """What a feed did."""

    statements: tuple[str, ...]
    rows: int
    steps: int
    """Of SQLite's machine, in tens."""


@contextmanager
def observed(feed: Feed) -> Iterator[list[Work]]:
    """What a feed does in this block is the only entry afterwards."""
    store = feed.store
    assert store is not None
    found: list[Work] = []
    statements: list[str] = []
    rows = steps = 0
    query = store.query

    def counted(sql: str, *rest: object, **named: object) -> list[tuple[object, ...]]:
        nonlocal rows
        answer = query(sql, *rest, **named)  # type: ignore[arg-type]  # passed on
        rows += len(answer)
        return answer

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    store.query = counted  # type: ignore[method-assign]  # to count
    store.connection.set_trace_callback(statements.append)
    store.connection.set_progress_handler(step, 10)
    try:
        yield found
    finally:
        store.connection.set_trace_callback(None)
        del store.query
    assert feed.store is store, "the same connection all the time"
    found.append(Work(tuple(statements), rows, steps))


def add_canonical(store: StoreBuilder, number: int) -> None:
    insert(store, "event", id=f"e{number}", session_id=f"s{number % 9}", time=1e9 + number,
           agent=f"a{number % 3}", kind="tool", phase="whole", tool="Read", state="ok")  # fmt: skip


def add_heist(store: StoreBuilder, number: int) -> None:
    time = f"2026-01-12 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    insert(store, "messages", session_id=f"s{number % 9}", agent_name=f"a{number % 3}",
           message="text", timestamp=time)  # fmt: skip


def add_htmlgraph(store: StoreBuilder, number: int) -> None:
    time = f"2026-01-12 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    insert(store, "agent_events", event_id=f"e{number}", session_id=f"s{number % 9}",
           agent_id=f"a{number % 3}", event_type="tool_call", tool_name="Read", timestamp=time,
           context='{"is_error": false}', input_summary="Read: text")  # fmt: skip


def insert(store: StoreBuilder, table: str, **values: object) -> None:
    names, places = ", ".join(values), ", ".join("?" * len(values))
    store.connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(values.values())
    )


Make = Callable[[Path], StoreBuilder]
Add = Callable[[StoreBuilder, int], None]
SHAPES: dict[str, tuple[Make, Add]] = {
    "canonical": (lambda path: canonical_store(path, "wal"), add_canonical),
    "heist": (lambda path: heist_audit_store(path, "wal"), add_heist),
    "htmlgraph": (lambda path: htmlgraph_store(path, journal="wal"), add_htmlgraph),
}


class Amounts(NamedTuple):
    """What a feed that knows everything does, by what happens."""

    nothing: Work
    one_row: Work
    some_rows: Work


@cache
def amounts(shape: str, past: int) -> Amounts:
    """With so many rows counted already."""
    make, add = SHAPES[shape]
    with tempfile.TemporaryDirectory() as folder, make(Path(folder) / "a.db") as store:
        with store.batch():
            for number in range(past):
                add(store, number)
        feed = begun(store.path, Clock())
        try:
            # The first commit makes up its mind about running rows and the like.
            add(store, past)
            snap(feed)
            with observed(feed) as nothing:
                assert [feed.poll() for _ in range(10)] == [None] * 10
            add(store, past + 1)
            with observed(feed) as one_row:
                assert snap(feed).totals.events == past + 2
            with store.batch():
                for number in range(past + 2, past + 102):
                    add(store, number)
            with observed(feed) as some_rows:
                assert snap(feed).totals.events == past + 102
        finally:
            feed.close()
    return Amounts(nothing[0], one_row[0], some_rows[0])


@pytest.mark.parametrize("shape", SHAPES)
def test_while_nothing_happens_no_table_is_read(shape: str) -> None:
    work = amounts(shape, PAST).nothing
    assert work.statements == ("PRAGMA data_version",) * 10


@pytest.mark.parametrize("shape", SHAPES)
def test_a_commit_takes_few_statements_and_rows(shape: str) -> None:
    work = amounts(shape, PAST)
    assert len(work.one_row.statements) <= 14
    assert len(work.some_rows.statements) <= len(work.one_row.statements) + 4
    # The newest are read again, whatever they say.
    assert work.one_row.rows < 400
    assert work.some_rows.rows < work.one_row.rows + 250


@pytest.mark.parametrize("shape", SHAPES)
def test_a_larger_past_is_no_more_work(shape: str) -> None:
    small, large = amounts(shape, PAST), amounts(shape, 3 * PAST)
    for name in Amounts._fields:
        less: Work = getattr(small, name)
        more: Work = getattr(large, name)
        assert len(more.statements) == len(less.statements), name
        assert more.rows == less.rows, name
        # A statement over a whole table would take three times as many.
        assert more.steps < 1.1 * less.steps + 50, name


def test_what_was_read_just_now_is_not_read_again(feed: Feed, writer: CanonicalStore) -> None:
    count_all(feed)
    writer.add_event("s1")
    snap(feed)
    works: list[Work] = []
    for more in (1, 101):
        with writer.batch():
            for number in range(more):
                add_canonical(writer, 1000 * more + number)
        with observed(feed) as work:
            snap(feed)
        works += work
    few, many = works
    # The tail is longer by a hundred rows; read again is but the one that came before.
    assert many.rows - few.rows == 100 + 1


def test_sessions_that_stay_as_they_are_are_made_once(
    feed: Feed, writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def noted(row: tuple[object, ...], mapping: StoreMapping) -> Session:
        made.append(row[1])
        return to_session(row, mapping)

    for number in range(40):
        writer.add_session(f"t{number}", title=f"title {number}")
    snap(feed)
    count_all(feed)
    writer.add_event("s1")
    snap(feed)
    monkeypatch.setattr(session_pages, "to_session", noted)
    writer.update("session", "id", "t3", title="another one")
    titles = {row.id: row.title for row in snap(feed).sessions}
    assert made == ["t3"]
    assert titles["t3"] == "another one"


def test_a_pause_may_be_made_between_the_parts_of_what_is_new(
    feed: Feed, writer: CanonicalStore
) -> None:
    count_all(feed)
    writer.add_event("s1")
    snap(feed)
    store = feed.store
    assert store is not None
    before: list[int] = []
    feed.pause = lambda: before.append(store.statements)
    feed.poll()
    assert before == []
    writer.add_event("s1")
    snap(feed)
    # Three for what is read, and while the lines are made.
    assert before == sorted(before)
    assert len(set(before)) == 4
    assert not store.connection.in_transaction
