"""What a store may hold in any column: everything is read, bounded and safe to draw."""

from __future__ import annotations

import contextlib
import tracemalloc
import unicodedata
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from queries.models import Event, EventState, Session
from queries.side_tables import event_text
from queries.store import Store
from queries.text import clean_id
from tests.stores import (
    RawText,
    StoreBuilder,
    Text,
    canonical_store,
    heist_audit_store,
    heist_session_store,
    htmlgraph_store,
)
from tests.stores.hostile import SHORT_HOSTILE

IDS = ("id", "session_id", "parent_id", "call_key", "parent_event_id")
ODD: tuple[object, ...] = (
    None, 0, -1, 2**63 - 1, -(2**63), 0.0, 1.5, float("inf"), float("-inf"), 1e308, "", " ",
    "text", "12", "1e999", "nan", b"", b"\x00\xff", b"12", "2026-13-45 99:99:99",
)  # fmt: skip
BUILDERS: dict[str, tuple[Callable[[Path], StoreBuilder], str, str]] = {
    "canonical": (canonical_store, "event", "session"),
    "htmlgraph": (htmlgraph_store, "agent_events", "sessions"),
    "heist-audit": (heist_audit_store, "messages", "sessions"),
    "heist-calls": (heist_audit_store, "tool_calls", "sessions"),
    "heist-session": (heist_session_store, "messages", "sessions"),
}


def assert_harmless(value: Event | Session) -> None:
    """No character of any text acts on a terminal, and none is long."""
    for field in fields(value):
        text = getattr(value, field.name)
        if not isinstance(text, str):
            continue
        assert len(text) <= 220, field.name
        for character in text:
            assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"), field.name
        text.encode()


def columns_of(builder: StoreBuilder, table: str) -> list[str]:
    rows = builder.connection.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()
    return [row[0] for row in rows]


def put(builder: StoreBuilder, table: str, column: str, value: object) -> None:
    """A row that has plain values but for one column; rows that cannot be are left out."""
    connection = builder.connection
    plain = {
        "id": f"id-{builder.number()}", "event_id": f"id-{builder.number()}", "kind": "tool",
        "event_type": "tool_call", "agent_id": "a", "agent_name": "a", "tool_name": "t",
        "timestamp": 5.0, "start_time": 5.0, "message": "m", "agent_assigned": "a",
    }  # fmt: skip
    names = columns_of(builder, table)
    row = {name: plain[name] for name in names if name in plain and not name.startswith("id")}
    if table in ("event", "session"):
        row["id"] = plain["id"]
    if "session_id" in names:
        row["session_id"] = plain["id"] if table == "sessions" else "s1"
    row[column] = value
    connection.execute("PRAGMA ignore_check_constraints = 1")
    connection.execute("PRAGMA foreign_keys = 0")
    with contextlib.suppress(builder.connection.IntegrityError):
        builder.insert(table, **row)


@pytest.mark.parametrize("dialect", BUILDERS)
def test_any_text_in_any_column(tmp_path: Path, dialect: str) -> None:
    make, events, sessions = BUILDERS[dialect]
    path = tmp_path / "a.db"
    with make(path) as builder, builder.batch():
        for table in (events, sessions):
            for column in columns_of(builder, table):
                for _, text in SHORT_HOSTILE:
                    put(builder, table, column, text)
        number = builder.connection.execute(f"SELECT count(*) FROM {events}").fetchall()[0][0]
        declared = builder.connection.execute(f"SELECT count(*) FROM {sessions}").fetchall()[0][0]
    with Store(path) as store:
        source = store.info.sources.index(events)
        found = store.events_between(source, -(2**63) - 1, 2**63 - 1, 100_000)
        assert len(found) == number > 200
        for event in found:
            assert_harmless(event)
        rows = store.sessions(limit=100_000)
        assert len(rows) == declared > 100
        for session in rows:
            assert_harmless(session)
        assert store.problems() == ()
        assert [event.key for event in store.events_by_key(e.key for e in found)] == [
            event.key for event in found
        ]


@pytest.mark.parametrize("dialect", BUILDERS)
def test_any_type_in_any_column(tmp_path: Path, dialect: str) -> None:
    make, events, sessions = BUILDERS[dialect]
    path = tmp_path / "a.db"
    with make(path) as builder, builder.batch():
        for table in (events, sessions):
            for column in columns_of(builder, table):
                for value in ODD:
                    if (column, value) == ("id", 2**63 - 1):
                        continue  # a table with AUTOINCREMENT is full then
                    put(builder, table, column, value)
        number = builder.connection.execute(f"SELECT count(*) FROM {events}").fetchall()[0][0]
    with Store(path) as store:
        source = store.info.sources.index(events)
        found = store.events_between(source, -(2**63) - 1, 2**63 - 1, 100_000)
        assert len(found) == number > 80
        for event in found:
            assert_harmless(event)
            assert isinstance(event.state, EventState)
            for known in (event.time, event.duration, event.cost):
                assert known is None or (isinstance(known, float) and abs(known) < 1e300)
            assert event.tokens is None or isinstance(event.tokens, int)
        for session in store.sessions(limit=100_000):
            assert_harmless(session)
        assert store.problems() == ()


@pytest.mark.parametrize(("name", "text"), SHORT_HOSTILE)
def test_a_session_with_any_id_is_read_by_the_id_that_is_shown(
    tmp_path: Path, name: str, text: Text
) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        writer.add_session(text, title="the one")
        writer.add_session("other")
        writer.add_session("sub", parent_id=text)
        writer.add_event(text, id="mine", kind="prompt")
        writer.add_event("other", id="elsewhere", parent_id="mine")
    with Store(path) as store:
        (shown,) = (session.id for session in store.sessions(limit=9) if session.title == "the one")
        assert store.events_between(0, 0, 1, 1)[0].session_id == shown
    with Store(path) as fresh:
        assert [event.id for event in fresh.session_page(0, shown, limit=9)] == ["mine"]
        assert [event.id for event in fresh.session_rows_after(0, shown, 0, 99, 9)] == ["mine"]
        assert [session.title for session in fresh.sessions_by_id([shown])] == ["the one"]
        assert [session.id for session in fresh.sub_sessions(shown)] == ["sub"]
        assert [e.id for e in fresh.children_elsewhere(0, ["mine"], shown)] == ["elsewhere"]


def test_two_broken_ids_stay_two(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        for broken in (b"\xffA", b"\xfeA"):
            writer.add_event(RawText(broken), summary=repr(broken))
    with Store(path) as store:
        first, second = (event.session_id for event in store.events_between(0, 0, 9, 9))
        assert first != second
        assert [e.summary for e in store.session_page(0, second, limit=9)] == [repr(b"\xfeA")]


def test_events_without_a_session_are_a_session(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    nobody = clean_id(None)
    with heist_session_store(path) as writer:
        writer.connection.execute("CREATE INDEX first ON messages (session_id)")
        writer.add_message(None, message="nobody's")
        writer.add_message("heist_1")
    with Store(path) as store:
        assert store.session_indexed[0] is True
        assert [e.summary for e in store.session_page(0, nobody, limit=9)] == ["nobody's"]
        rows = store.session_rows_after(0, nobody, 0, 99, 9)
        assert [e.summary for e in rows] == ["nobody's"]
        assert store.event_session_ids() == {nobody, "heist_1"}
    with heist_session_store(path) as writer:
        writer.connection.execute("DROP INDEX first")
    with Store(path) as store:
        assert store.session_indexed[0] is False
        assert [e.summary for e in store.session_page(0, nobody, limit=9)] == ["nobody's"]


def test_children_of_an_event_with_a_hostile_id(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        writer.add_event("s1", id="\x1b[31m")
        writer.add_event("s2", id="child", parent_id="\x1b[31m")
    with Store(path) as store:
        (parent,) = store.session_page(0, "s1", limit=9)
        assert [e.id for e in store.children_elsewhere(0, [parent.id], "s1")] == ["child"]
        found = store.event_by_id(parent.id)
        assert found is not None
        assert found.key == parent.key


def test_long_texts_are_not_read_for_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer, writer.batch():
        for _ in range(20):
            row = writer.add_event("s1", summary="x" * 2_000_000)
            writer.add_text(row["seq"], "y" * 2_000_000)
    with Store(path) as store:
        tracemalloc.start()
        events = store.session_page(0, "s1", limit=99)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(events) == 20
        assert peak < 3_000_000
        assert {len(event.summary) for event in events} == {201}
        assert len(event_text(store, events[0]).input or "") == 2_000_000


@pytest.mark.parametrize(("length", "is_cut"), [(100_000, False), (100_001, True)])
def test_a_raw_column_that_is_cut_says_so(tmp_path: Path, length: int, is_cut: bool) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        writer.add_event("s1", summary="x" * length)
    with Store(path) as store:
        (event,) = store.session_page(0, "s1", limit=9)
        raw = dict(event_text(store, event).raw)
    assert raw["summary"] == "x" * 100_000 + "…" * is_cut


@pytest.mark.parametrize("column", ["id", "session_id", "agent", "tool", "call_key", "summary"])
def test_ten_megabytes_in_a_column(tmp_path: Path, column: str) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        writer.insert(
            "event", **{"id": "x", "session_id": "s", "kind": "tool"} | {column: "y" * 10**7}
        )
    with Store(path) as store:
        (event,) = store.events_between(0, 0, 9, 9)
        assert_harmless(event)
        assert [e.key for e in store.session_page(0, event.session_id, limit=9)] == [event.key]
