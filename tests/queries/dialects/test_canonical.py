"""The program's own schema, whole and in part."""

from __future__ import annotations

from pathlib import Path

import pytest

import queries.dialects
from queries.models import EventKind, EventState, Phase, SessionStatus
from tests.queries.dialects.reading import HOSTILE_CELLS, build, insert, insert_all, read

CANONICAL = (Path(queries.dialects.__file__).parent / "canonical.sql").read_text("utf-8")
NOON = 1768219200.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return build(tmp_path / "a.db", CANONICAL)


def test_every_column_arrives(store: Path) -> None:
    insert(
        store, "session", id="s", parent_id="p", parent_event_id="e0", title="Fix", agent="a",
        component="ui", project="x", status="paused", started=NOON, ended=NOON + 9,
        declared_turns=3, quality=81.5, error="none", tokens=10, cost=0.5,
    )  # fmt: skip
    insert(
        store, "event", seq=7, id="e1", session_id="s", parent_id="e0", time=NOON, agent="a",
        target_agent="b", kind="delegation", phase="start", call_key="k", tool="Task",
        operation="run", summary="Do", state="running", duration=1.5, model="m", tokens=4, cost=0.1,
    )  # fmt: skip
    insert(store, "event_text", seq=7, input="in", output="out")
    insert(
        store, "handoff", id="h", session_id="s", time=NOON, from_agent="a", to_agent="b",
        type="delegation", state="pending", reason="r",
    )  # fmt: skip
    insert(store, "work_item", id="w", type="bug", title="T", steps_total=5, steps_completed=2)
    reading = read(store)
    assert (reading.mapping.dialect, reading.mapping.has_phases) == ("session-tui", True)
    (event,) = reading.events
    assert event.key == (0, 7)
    assert (event.id, event.session_id, event.parent_id, event.time) == ("e1", "s", "e0", NOON)
    assert (event.agent, event.target_agent, event.call_key) == ("a", "b", "k")
    assert (event.kind, event.phase, event.state) == (
        EventKind.DELEGATION, Phase.START, EventState.RUNNING,
    )  # fmt: skip
    assert (event.tool, event.operation, event.summary, event.model) == ("Task", "run", "Do", "m")
    assert (event.duration, event.tokens, event.cost) == (1.5, 4, 0.1)
    assert reading.texts == {(0, 7): ("in", "out")}
    session = reading.sessions["s"]
    assert (session.parent_id, session.parent_event_id, session.title) == ("p", "e0", "Fix")
    assert (session.agent, session.component, session.project) == ("a", "ui", "x")
    assert (session.status, session.raw_status) == (SessionStatus.PAUSED, "paused")
    assert (session.started, session.ended, session.declared_turns) == (NOON, NOON + 9, 3)
    assert (session.quality, session.error) == (81.5, "none")
    assert (session.tokens, session.cost) == (10, 0.5)
    assert reading.handoffs == [("h", "s", NOON, "a", "b", "delegation", "pending", "r")]
    assert reading.work_items[0][:4] == ("w", "bug", "T", None)
    assert reading.work_items[0][-2:] == (5, 2)


def test_defaults(store: Path) -> None:
    insert(store, "event", id="e", session_id="s", kind="tool")
    (event,) = read(store).events
    assert (event.phase, event.state, event.time) == (Phase.WHOLE, EventState.UNKNOWN, None)


def test_words_of_a_later_version_are_other_and_unknown(store: Path) -> None:
    insert(store, "event", id="e", session_id="s", kind="thought", phase="middle", state="odd")
    (event,) = read(store).events
    assert (event.kind, event.phase, event.state) == ("other", "whole", "unknown")


def test_only_what_is_needed(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db",
        "CREATE TABLE session (id TEXT, status TEXT)",
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, id, session_id, time, kind, later TEXT)",
        "CREATE TABLE event_text (seq INTEGER PRIMARY KEY, output TEXT)",
        rows=[
            ("session", ("s", "failed")),
            ("event", (1, "e", "s", "2026-01-12T12:00:00", "message", None)),
            ("event_text", (1, "out")),
        ],
    )
    reading = read(path)
    assert reading.events[0].time == NOON
    assert reading.texts == {(0, 1): (None, "out")}
    assert reading.sessions["s"].status is SessionStatus.FAILED
    assert (reading.mapping.has_phases, reading.mapping.sources[0].parent_column) == (False, None)
    assert (reading.mapping.handoffs, reading.mapping.work_items) == (None, None)


def test_follows_counts_messages_where_there_are_any(store: Path) -> None:
    assert read(store).mapping.has_messages
    insert(store, "event", id="e1", session_id="s", kind="tool")
    assert not read(store).mapping.has_messages
    insert(store, "event", id="e2", session_id="s", kind="message")
    assert read(store).mapping.has_messages


def test_any_value_in_any_column(tmp_path: Path) -> None:
    loose = CANONICAL.replace(" NOT NULL", "").replace("TEXT UNIQUE", "TEXT")
    path = build(tmp_path / "a.db", loose)
    names = ["id", "session_id", "parent_id", "time", "agent", "target_agent", "kind", "phase",
             "call_key", "tool", "operation", "summary", "state", "duration", "model", "tokens",
             "cost"]  # fmt: skip
    insert_all(path, "event", [dict.fromkeys(names, cell) for cell in HOSTILE_CELLS])
    assert len(read(path).events) == len(HOSTILE_CELLS)
