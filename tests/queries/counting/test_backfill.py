"""Counting the past slice by slice gives what one pass over all events gives."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting.backfill import Backfill
from queries.dialects.base import EVENT_COLUMNS, Amendments, Moments, Row
from queries.dialects.conversion import to_event
from queries.fold import Fold
from queries.folding.running_rows import without_text
from queries.live.tailing import Tail
from queries.models import Event, EventState
from queries.opening.files import StoreBusyError
from queries.store import Store
from queries.times import parse_time
from queries.tools import tool_statistics
from tests.queries.dialects.reading import HOSTILE_CELLS
from tests.queries.events import sequences
from tests.queries.test_fold import figures
from tests.stores import canonical_store, heist_session_store
from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_schema

Cells = tuple[Any, ...]
_KIND, _TOOL, _TIME, _SUMMARY, _DURATION = map(
    EVENT_COLUMNS.index, ("kind", "tool", "time", "summary", "duration")
)


@contextmanager
def written(rows: list[Cells]) -> Iterator[Store]:
    """A store with these rows, EVENT_COLUMNS in order, in a table that checks nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        with closing(sqlite3.connect(path)) as connection:
            for statement in canonical_schema():
                bare = statement.replace("NOT NULL", "").replace("UNIQUE", "")
                connection.execute(bare if "TABLE event (" in statement else statement)
            marks = ", ".join("?" * len(EVENT_COLUMNS))
            connection.executemany(
                f"INSERT INTO event ({', '.join(EVENT_COLUMNS)}) VALUES ({marks})", rows
            )
            connection.commit()
        with Store(path) as store:
            yield store


def cells_of(event: Event) -> Cells:
    return tuple(getattr(event, name) for name in EVENT_COLUMNS)


def one_pass(store: Store, messages_only: bool) -> Fold:
    fold = Fold(messages_only=messages_only)
    for source in range(len(store.mapping.sources)):
        fold.add_all(store.events_between(source, -(2**62), 2**62, 10**6))
    return fold


def counted(store: Store, rows: int, messages_only: bool) -> Fold:
    fold = Fold(messages_only=messages_only)
    past = Backfill(store, fold)
    while not past.done:
        past.step(store, rows)
    return fold


@settings(max_examples=40)
@given(sequences(), st.integers(1, 9), st.booleans())
def test_slices_of_rows_count_the_same_as_all_events(
    events: list[Event], rows: int, messages_only: bool
) -> None:
    with written([cells_of(event) for event in events]) as store:
        assert figures(counted(store, rows, messages_only)) == figures(
            one_pass(store, messages_only)
        )


HOSTILE_ROWS = st.tuples(
    *(
        st.one_of(st.sampled_from(plain), st.sampled_from(plain), st.sampled_from(HOSTILE_CELLS))
        for plain in (
            ("e1", "e2", "e3"), ("s1", "s2"), (None, "e1"), (1.5, None, "2026-01-12 12:00:00"),
            ("planner", None), (None, "explorer"), ("tool", "message", "prompt", "delegation"),
            ("whole", "start", "end"), (None, "k1", 7), ("Read", "Bash", None), (None, "read"),
            ("text", "other"), ("ok", "error", "running"), (None, 0.5, 3, "4.5"), (None,),
            (None, 5, 2.5), (None, 0.25),
        )
    )
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(HOSTILE_ROWS, max_size=25), st.integers(1, 9), st.booleans())
def test_whatever_cells_hold_they_count_the_same(
    rows: list[Cells], size: int, messages_only: bool
) -> None:
    with written([(seq, *cells) for seq, cells in enumerate(rows, 1)]) as store:
        whole = one_pass(store, messages_only)
        total = counted(store, size, messages_only)
        assert figures(total) == figures(whole)
        assert {name: store.raw_id(name) for name in total.sessions} == {
            name: store.raw_id(name) for name in whole.sessions
        }


def test_raw_ids_are_known_of_sessions_that_were_only_counted() -> None:
    raw = "one\x1b[31m\ntwo"
    row = dict.fromkeys(EVENT_COLUMNS) | {"seq": 1, "session_id": raw, "kind": "tool"}
    with written([tuple(row.values())]) as store:
        (name,) = counted(store, 10, False).sessions
        assert name != raw
        assert store.raw_id(name) == raw


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.db")), ids=lambda path: path.stem)
def test_samples_count_the_same(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / sample.name
    path.write_bytes(sample.read_bytes())
    with Store(path) as store:
        messages_only = store.mapping.has_messages
        whole, total = one_pass(store, messages_only), counted(store, 50, messages_only)
        assert total.rows == whole.rows > 0
        assert comparable(total) == comparable(whole)


def comparable(fold: Fold) -> dict[str, object]:
    """Without what depends on the order in which rows of several tables are merged or added."""
    found = figures(fold)
    del found["relations"]
    found["tools"] = [
        replace(tool, average=None, total=None if tool.total is None else round(tool.total, 9))
        for tool in tool_statistics(fold, lambda _: True)
    ]
    return found


def shouted(source: int, row: Row, zone: tzinfo) -> Event:
    cells = list(row)
    cells[_SUMMARY] = first_word(row[_KIND], row[_TOOL], row[_SUMMARY])
    if isinstance(row[_DURATION], str):
        (cells[_DURATION],) = lengths([parse_time(row[_TIME], zone)], [row[_DURATION]], len)
    return to_event(source, cells, zone)


def first_word(kind: object, tool: object, summary: object) -> object:
    word = str(summary).split(" ", maxsplit=1)[0]
    return word if kind == "prompt" else f"{tool}: {word}"


def lengths(begun: Moments, took: Sequence[str], _instants: object) -> list[int]:
    both = zip(begun, took, strict=True)
    return [len(text) + (0 if time is None else 1) for time, text in both]


@settings(max_examples=25)
@given(st.lists(HOSTILE_ROWS, max_size=25), st.booleans())
def test_a_dialect_that_amends_cells_counts_the_same(rows: list[Cells], says_how: bool) -> None:
    with written([(seq, *cells) for seq, cells in enumerate(rows, 1)]) as store:
        (source,) = store.mapping.sources
        source = replace(
            source, convert=shouted, amend=Amendments(first_word, lengths) if says_how else None
        )
        store.mapping = replace(store.mapping, sources=(source,))
        assert figures(counted(store, 4, False)) == figures(one_pass(store, False))


def some(path: Path, number: int, **columns: Any) -> Store:
    with canonical_store(path) as builder, builder.batch():
        for _ in range(number):
            builder.add_event("s", **columns)
    return Store(path)


def test_a_slice_takes_one_query_more_for_texts_and_one_more_for_prompts(tmp_path: Path) -> None:
    for kind, queries in (("tool", 2), ("prompt", 3)):
        with some(tmp_path / f"{kind}.db", 1000, kind=kind) as store:
            past = Backfill(store, Fold(messages_only=False))
            for _ in range(4):
                before = store.statements
                past.step(store, 250)
                assert store.statements - before == queries
            assert past.done
            before = store.statements
            past.step(store)
            assert store.statements == before


def test_progress_only_grows_and_the_frontier_only_falls(tmp_path: Path) -> None:
    with some(tmp_path / "store.db", 95) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        parts, frontiers = [past.counted], [past.frontier]
        while not past.done:
            past.step(store, 10)
            parts.append(past.counted)
            frontiers.append(past.frontier)
        assert parts == sorted(set(parts))
        assert (parts[0], parts[-1], fold.rows) == (0.0, 1.0, 95)
        known = [frontier for frontier in frontiers if frontier is not None]
        assert known == sorted(known, reverse=True)
        assert frontiers[-1] is None


def test_rows_that_arrive_meanwhile_are_not_the_past(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with some(path, 5) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO event (session_id, kind) VALUES ('s', 'tool')")
        while not past.done:
            past.step(store, 2)
        assert (fold.rows, past.high) == (5, {0: 5})


def test_an_empty_store_is_counted_at_once(tmp_path: Path) -> None:
    with some(tmp_path / "store.db", 0) as store:
        past = Backfill(store, Fold(messages_only=False))
        assert (past.done, past.counted, past.frontier, past.high) == (True, 1.0, None, {0: 0})


def test_gaps_between_rows_cost_nothing() -> None:
    row = dict.fromkeys(EVENT_COLUMNS) | {"session_id": "s", "kind": "tool"}
    seqs = [-(2**62), -5, 0, 3, 10**6, 2**62]
    with written([tuple((row | {"seq": seq}).values()) for seq in seqs]) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        for _ in range(3):
            past.step(store, 2)
        assert (past.done, fold.rows) == (True, 6)
        assert fold.sessions["s"].ranges == {0: (-(2**62), 2**62)}


def test_a_lock_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with some(tmp_path / "store.db", 30) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        past.step(store, 10)
        query = store.query
        calls = 0

        def locked(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls % 2 == 0:
                raise StoreBusyError("locked")
            return query(*arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(store, "query", locked)
            for _ in range(3):
                with pytest.raises(StoreBusyError):
                    past.step(store, 10)
        assert (fold.rows, store.problems()) == (10, ())
        while not past.done:
            past.step(store, 10)
        assert fold.rows == 30


def test_a_row_that_changes_while_it_is_read_is_counted_as_it_is_then(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with some(path, 3, state="running") as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        query = store.query

        def meanwhile(sql: str, *arguments: Any, **options: Any) -> Any:
            found = query(sql, *arguments, **options)
            if (
                " FROM event_rows_0 WHERE seq > ?" in sql
                or " FROM event_rows_0 WHERE seq >= ?" in sql
            ):
                with closing(sqlite3.connect(path)) as connection, connection:
                    connection.execute("UPDATE event SET state = 'ok' WHERE seq = 2")
                    connection.execute("DELETE FROM event WHERE seq = 3")
            return found

        store.query = meanwhile  # type: ignore[method-assign]  # a writer between two queries
        past.step(store)
        assert (fold.rows, fold.ok) == (2, 1)
        assert [*fold.running] == [(0, 1)]


def damage(path: Path, leaves: int) -> None:
    """Overwrite leaves of the table in the middle of the file."""
    data = bytearray(path.read_bytes())
    size = 4096
    places = [at for at in range(len(data) // 2 // size * size, len(data), size) if data[at] == 13]
    for place in places[:leaves]:
        data[place : place + size] = b"\xff" * size
    path.write_bytes(data)


@pytest.mark.parametrize("leaves", [1, 5])
def test_damaged_pages_are_passed_and_said(tmp_path: Path, leaves: int) -> None:
    path = tmp_path / "store.db"
    number = 7000
    some(path, number, summary="x" * 100).close()
    damage(path, leaves)
    with Store(path) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        steps = 0
        while not past.done:
            past.step(store, 100)
            steps += 1
            assert steps < 120
        (problem,) = store.problems()
        assert 0 < problem.count < 60 * leaves
        assert fold.rows + problem.count == number
        assert (past.counted, fold.ok) == (1.0, fold.rows)


def test_a_damaged_file_whose_rows_are_far_apart_is_passed_too(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(1, 7001):
            builder.add_event("s", seq=number * 10**7, summary="x" * 100)
    damage(path, 1)
    with Store(path) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        steps = 0
        while not past.done:
            past.step(store, 100)
            steps += 1
            assert steps < 200
        assert fold.rows > 6900
        assert sum(problem.count for problem in store.problems()) == 7000 - fold.rows


def test_the_lowest_number_that_a_row_can_have(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder:
        for seq in (-(2**63), -5, 2**63 - 1):
            builder.add_event("s", seq=seq)
    with Store(path) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        steps = 0
        while not past.done:
            past.step(store, 2)
            steps += 1
            assert steps < 5
        assert fold.rows == 3
    assert [line.event.seq for line in Tail(path, from_start=True).poll()] == [
        -(2**63), -5, 2**63 - 1,
    ]  # fmt: skip


def test_states_are_not_lost_with_their_rows(tmp_path: Path) -> None:
    with some(tmp_path / "store.db", 3, state="running") as store:
        fold = counted(store, 2, False)
        running = sorted(fold.running.rows(), key=lambda event: event.key)
        # They are compared with the rows as they are read again.
        assert running == [
            without_text(event) for event in store.events_by_key((0, seq) for seq in (1, 2, 3))
        ]
        assert {event.state for event in running} == {EventState.RUNNING}


def test_of_several_tables_the_one_that_is_counted_least_far_back_comes_next(
    tmp_path: Path,
) -> None:
    """So that what is newest is complete first, whichever table it is in."""
    with heist_session_store(tmp_path / "s.db") as made, made.batch():
        for minute in range(20):
            made.add_message(timestamp=f"2026-01-01 10:{minute:02}:00")
            made.add_tool_call(timestamp=f"2026-01-01 10:{minute + 30:02}:00")
    with Store(tmp_path / "s.db") as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        frontiers = []
        while not past.done:
            past.step(store, 5)
            frontiers.append(past.frontier)
    newest_first = [value for value in frontiers if value is not None]
    assert newest_first == sorted(newest_first, reverse=True)
    first = parse_time("2026-01-01 10:30:00", UTC)
    assert first is not None
    assert len([value for value in newest_first if value >= first]) == 3
    assert fold.calls == 20
