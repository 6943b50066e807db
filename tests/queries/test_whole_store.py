"""One pass in order gives what the screen's back-fill gives, and scopes add up."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from queries import doctor, listing, whole_store
from queries.counting import session_batches
from queries.counting.event_stream import EventStream
from queries.doctor import diagnose
from queries.feed import Feed
from queries.fold import Fold
from queries.models import Relation, SessionRow
from queries.store import Store
from queries.whole_store import count_sessions, count_store
from tests.queries.test_fold import figures
from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_store
from tests.stores.htmlgraph import htmlgraph_store

NOW = 1_768_400_000.0
NAMES = ("heist-audit", "heist-demo", "heist-session", "htmlgraph-0.26.1", "htmlgraph-0.35.0")


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_shows_the_same(name: str) -> None:
    path = SAMPLES / f"{name}.db"
    counted = count_store(path, now=NOW)
    feed = Feed(path, clock=lambda: NOW)
    feed.poll()
    while feed.counting:
        feed.backfill(1.0)
    snapshot = feed.snapshot(force=True)
    feed.close()
    assert snapshot is not None
    for mine, shown in zip(counted.rows, snapshot.sessions, strict=True):
        assert mine.session == shown.session
        assert dataclasses.replace(mine.totals, agents=()) == dataclasses.replace(
            shown.totals, agents=()
        )
        assert set(mine.totals.agents) == set(shown.totals.agents)
    assert [(tool.tool, tool.calls, tool.ok, tool.errors) for tool in counted.tools()] == [
        (tool.tool, tool.calls, tool.ok, tool.errors) for tool in snapshot.tools
    ]
    assert [(agent.agent, agent.events) for agent in counted.agents()] == [
        (agent.agent, agent.events) for agent in snapshot.agents
    ]
    for relation in Relation:
        assert counted.interactions(relation) == snapshot.interactions[relation]


def in_order(row: SessionRow) -> SessionRow:
    """With its agents from A to Z: counting from the end back may meet them in another order."""
    agents = tuple(sorted(row.totals.agents))
    return dataclasses.replace(row, totals=dataclasses.replace(row.totals, agents=agents))


@pytest.mark.parametrize("name", NAMES)
def test_single_sessions_add_up_to_the_store(name: str) -> None:
    with Store(SAMPLES / f"{name}.db") as store:
        whole = count_store(store, now=NOW)
        ids = [row.id for row in whole.rows]
        for row in whole.rows:
            alone = count_sessions(store, [row.id], now=NOW).rows
            assert [in_order(each) for each in alone] == [in_order(row)]
        together = count_sessions(store, ids, now=NOW)
    assert list(map(in_order, together.rows)) == list(map(in_order, whole.rows))
    assert [(tool.tool, tool.calls, tool.ok) for tool in together.tools()] == [
        (tool.tool, tool.calls, tool.ok) for tool in whole.tools()
    ]


def test_a_path_is_opened_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_session("s")
    assert [row.id for row in count_store(path).rows] == ["s"]
    assert [row.id for row in count_store(str(path)).rows] == ["s"]


def test_doctor_compares_declared_with_counted(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with htmlgraph_store(path, "0.35") as store:
        store.add_session("sess-a", total_events=3)
        store.add_session("sess-b", total_events=1)
        store.add_event("sess-a")
        store.add_event("sess-b")
        store.add_event("sess-c", parent="evt-missing", event_id="evt-lost")
    with Store(path) as opened:
        found = diagnose(opened)
    assert [(m.session_id, m.what, m.declared, m.counted) for m in found.mismatches] == [
        ("sess-a", "events", 3, 1)
    ]
    assert (found.undeclared_sessions.count, found.undeclared_sessions.examples) == (1, ("sess-c",))
    assert (found.events_without_parent.count, found.events_without_parent.examples) == (
        1, ("evt-lost",),
    )  # fmt: skip
    assert {table.name: table.rows for table in found.tables}["agent_events"] == 3


def test_any_number_of_sessions_is_read_page_by_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(25):
            builder.add_session(f"s{number}")
    monkeypatch.setattr(listing, "SESSIONS", 10)
    with Store(path) as store:
        query, longest = store.query, 0

        def watched(*arguments: Any, **options: Any) -> Any:
            nonlocal longest
            rows = query(*arguments, **options)
            longest = max(longest, len(rows))
            return rows

        monkeypatch.setattr(store, "query", watched)
        assert len(count_store(store).rows) == 25
        assert longest == 10


@pytest.mark.parametrize("name", NAMES)
def test_doctor_counts_each_source_as_row_by_row(name: str) -> None:
    with Store(SAMPLES / f"{name}.db") as store:
        found = diagnose(store).sources
        assert found == doctor._counted_singly(store, store.info.sources)


def counted_singly(store: Store, sessions: Sequence[str] | None = None) -> Fold:
    """The totals of these sessions, or of all, counted row by row."""
    fold = Fold(messages_only=store.mapping.has_messages)
    for event in EventStream(store, sessions=sessions):
        fold.add(event)
    return fold


def rounded(value: object) -> object:
    """With numbers as exact as they are whatever the order in which they are added."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    if dataclasses.is_dataclass(value):
        return [rounded(getattr(value, each.name)) for each in dataclasses.fields(value)]
    return value


@pytest.mark.parametrize("name", NAMES)
def test_many_rows_at_once_are_counted_as_one_by_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_batches, "PAGE", 7)
    with Store(SAMPLES / f"{name}.db") as store:
        counted = count_store(store, now=NOW)
        single = counted_singly(store)
    assert rounded(figures(counted.fold)) == rounded(figures(single))


def test_rows_that_only_whole_rows_tell_are_counted(tmp_path: Path) -> None:
    """Also where a store has several tables of events, of which all sessions are wanted."""
    path = tmp_path / "a.db"
    shutil.copy(SAMPLES / "heist-audit.db", path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE messages SET agent_name = x'ff00' WHERE id % 3 = 0")
        connection.commit()
    with Store(path) as store:
        counted = count_store(store, now=NOW)
        single = counted_singly(store)
    assert rounded(figures(counted.fold)) == rounded(figures(single))


@pytest.mark.parametrize("name", NAMES)
def test_some_sessions_are_counted_alike_however_they_are_read(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_batches, "PAGE", 7)
    with Store(SAMPLES / f"{name}.db") as store:
        ids = [row.id for row in count_store(store, now=NOW).rows][::2]
        single = counted_singly(store, ids)
        for singly in (0, len(ids)):
            monkeypatch.setattr(whole_store, "SINGLY", singly)
            counted = count_sessions(store, ids, now=NOW)
            assert rounded(figures(counted.fold)) == rounded(figures(single))
