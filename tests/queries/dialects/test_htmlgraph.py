"""HtmlGraph files of every version and shape, as small as they can be."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queries.models import EventKind, EventState, Phase, SessionStatus
from queries.pairing import paired
from tests.queries.dialects.reading import HOSTILE_CELLS, Reading, build, insert, insert_all, read

CORE = (
    "event_id TEXT PRIMARY KEY, agent_id TEXT, event_type TEXT,"
    " timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, session_id TEXT"
)
FULL = (
    f"{CORE}, tool_name TEXT, input_summary TEXT, output_summary TEXT, context JSON,"
    " parent_event_id TEXT, subagent_type TEXT, cost_tokens INTEGER DEFAULT 0,"
    " execution_duration_seconds REAL DEFAULT 0.0, status TEXT DEFAULT 'recorded', model TEXT,"
    " created_at DATETIME, updated_at DATETIME"
)
EVENTS_26 = f"CREATE TABLE agent_events ({FULL})"
EVENTS_35 = f"CREATE TABLE agent_events ({FULL}, tool_input JSON, source TEXT DEFAULT 'hook')"
FRESH = (
    "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, agent_assigned TEXT,"
    " parent_session_id TEXT, parent_event_id TEXT, created_at DATETIME, completed_at DATETIME,"
    " total_tokens_used INTEGER DEFAULT 0, status TEXT DEFAULT 'active', is_subagent BOOLEAN)"
)
INIT = (
    "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, agent_assigned TEXT, start_commit TEXT,"
    " continued_from TEXT, status TEXT, started_at TEXT, ended_at TEXT, parent_session_id TEXT,"
    " created_at DATETIME, completed_at DATETIME)"
)
NOON = 1768219200.0  # 2026-01-12 12:00:00 UTC
OK = '{"is_error": false}'


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SESSION_TUI_NAIVE_ZONE", raising=False)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def store(
    path: Path, *rows: dict[str, Any], events: str = EVENTS_35, sessions: str = ""
) -> Reading:
    """A store with these event rows, numbered e1, e2, ... a second apart."""
    build(path, events, *([sessions] if sessions else []))
    for number, row in enumerate(rows, 1):
        values = {
            "event_id": f"e{number}", "agent_id": "claude-code", "event_type": "tool_call",
            "timestamp": f"2026-01-12 12:00:{number:02d}", "session_id": "s", **row,
        }  # fmt: skip
        insert(path, "agent_events", **values)
    return read(path)


def before(tool: str, parent: str | None = None, **arguments: Any) -> dict[str, Any]:
    hook = {"session_id": "claude", "tool_name": tool, "tool_input": arguments}
    return {
        "tool_name": tool, "input_summary": json.dumps(hook)[:500], "parent_event_id": parent,
        "status": "recorded",
    }  # fmt: skip


def after(tool: str, text: str, **more: Any) -> dict[str, Any]:
    return {"tool_name": tool, "input_summary": f"{tool}: {text}", "context": OK, **more}


@pytest.mark.parametrize(
    ("row", "kind", "state"),
    [
        ({"tool_name": "UserQuery"}, "prompt", "ok"),
        ({"tool_name": "UserQuery", "context": OK}, "prompt", "ok"),
        ({"tool_name": "Stop", "context": OK}, "other", "ok"),
        ({"tool_name": "Bash", "context": OK}, "tool", "ok"),
        ({"tool_name": "Bash", "context": '{"is_error": true}'}, "tool", "error"),
        ({"tool_name": "Bash", "context": '{"is_error": 1}'}, "tool", "error"),
        ({"tool_name": "Bash", "context": '{"is_error": true}', "status": "completed"},
         "tool", "error"),
        ({"tool_name": "Bash", "context": '{"is_error": "maybe"}'}, "tool", "unknown"),
        ({"tool_name": "Bash", "context": '{"is_error": tr'}, "tool", "unknown"),
        ({"tool_name": "Bash", "context": "{}"}, "tool", "unknown"),
        ({"tool_name": "Bash"}, "tool", "unknown"),
        ({"tool_name": "Bash", "status": "started"}, "tool", "running"),
        ({"tool_name": "Bash", "status": "completed"}, "tool", "ok"),
        ({"tool_name": "Bash", "status": "failed"}, "tool", "error"),
        ({"tool_name": "Bash", "status": "error"}, "tool", "error"),
        ({"tool_name": "Bash", "status": "paused"}, "tool", "unknown"),
        ({"tool_name": None}, "other", "unknown"),
        ({"event_type": "error", "tool_name": "Bash"}, "error", "error"),
        ({"event_type": "tool_result", "tool_name": "Read"}, "other", "unknown"),
        ({"event_type": "check_point"}, "other", "unknown"),
        ({"event_type": "completion", "tool_name": "Task"}, "other", "unknown"),
        ({"event_type": "teammate_idle", "tool_name": "TeammateIdle"}, "other", "unknown"),
        ({"event_type": "claim.claimed"}, "other", "unknown"),
        ({"event_type": "quality_gate", "status": "failed"}, "other", "error"),
        ({"event_type": "task_created", "tool_name": "TaskCreate"}, "other", "unknown"),
        ({"event_type": "task_completed", "tool_name": "TaskComplete"}, "other", "unknown"),
        ({"event_type": "task_delegation", "status": "started"}, "delegation", "running"),
        ({"event_type": "task_delegation", "status": "completed"}, "delegation", "ok"),
        ({"event_type": "delegation", "tool_name": "Task"}, "delegation", "unknown"),
        ({"tool_name": "Agent", "context": OK}, "delegation", "ok"),
    ],
)  # fmt: skip
def test_kind_and_state(row: dict[str, Any], kind: str, state: str, tmp_path: Path) -> None:
    (event,) = store(tmp_path / "a.db", row).events
    assert (event.kind, event.state) == (kind, state)


class TestTwoRows:
    """Versions that write a row before a call and one after it."""

    def test_they_are_start_and_end(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "context": OK, "input_summary": "Do it"},
            before("Bash", command="ls -l"),
            after("Bash", "ls -l", parent_event_id="e1", agent_id="gemini"),
            {"tool_name": "Stop", "context": OK},
            {"tool_name": "gemini-cli", "context": '{"spawner_type": "gemini"}'},
            {"tool_name": "Read", "input_summary": "Read: by the library"},
            events=EVENTS_26,
        )
        assert [event.phase for event in reading.events] == [
            "whole", "start", "end", "whole", "whole", "whole"
        ]  # fmt: skip
        call = next(event for event in paired(reading.events) if event.tool == "Bash")
        assert (call.summary, call.agent, call.parent_id) == ("ls -l", "gemini", "e1")
        assert (call.state, call.duration) == (EventState.OK, 1.0)

    def test_a_delegation_of_four_rows_is_one(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "context": OK},
            {"event_type": "task_delegation", "tool_name": "Task", "status": "started",
             "input_summary": '{"subagent_type": "general-purpose", "prompt": ""}',
             "subagent_type": "general-purpose", "parent_event_id": "e1"},
            before("Task", "e2", description="Survey", subagent_type="Explore"),
            after("Task", "x", parent_event_id="e1", subagent_type="Explore"),
            {"event_type": "task_completed", "tool_name": "TaskCompleted", "status": "completed",
             "parent_event_id": "e2"},
            events=EVENTS_26,
        )  # fmt: skip
        rows = reading.events[1:]
        assert {event.kind for event in rows} == {EventKind.DELEGATION}
        assert [(event.phase, event.call_key) for event in rows] == [
            ("whole", "e2"), ("start", "e2"), ("end", None), ("end", "e2")
        ]  # fmt: skip
        assert rows[1].target_agent == "Explore"
        (once,) = [e for e in paired(reading.events) if e.kind is EventKind.DELEGATION]
        assert once.state is EventState.OK

    def test_a_task_under_a_prompt_does_not_take_its_id_as_key(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "context": OK},
            before("Task", "e1", description="One"),
            before("Task", "e1", description="Two"),
            after("Task", "Two"),
            after("Task", "One"),
            events=EVENTS_26,
        )
        assert {event.call_key for event in reading.events} == {None}
        delegations = [e for e in paired(reading.events) if e.kind is EventKind.DELEGATION]
        assert [(e.summary, e.state) for e in delegations] == [("One", "ok"), ("Two", "ok")]

    def test_arguments_cut_in_the_middle(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db", before("Bash", command="echo " + "x" * 900), events=EVENTS_26
        )
        assert reading.events[0].phase is Phase.START
        assert reading.events[0].summary.startswith("echo xxx")

    def test_found_far_from_the_newest_rows(self, tmp_path: Path) -> None:
        path = build(tmp_path / "a.db", EVENTS_35)
        rows = [before("Read", file_path="a")] + [after("Read", "a")] * 30
        reading = store(tmp_path / "b.db", *rows)
        assert reading.events[-1].phase is Phase.END
        assert not read(path).events

    def test_an_empty_store_of_that_time_is_expected_to_write_them(self, tmp_path: Path) -> None:
        old = build(tmp_path / "old.db", EVENTS_26)
        new = build(tmp_path / "new.db", EVENTS_35)
        for path in (old, new):
            insert(path, "agent_events", event_id="e", event_type="tool_call", **after("Read", "a"))
        assert read(old).events[0].phase is Phase.END
        assert read(new).events[0].phase is Phase.WHOLE


def test_the_successor_updates_one_row_a_call(tmp_path: Path) -> None:
    arguments = '{"todos":[{"content":"a"}]}'
    reading = store(
        tmp_path / "a.db",
        {"tool_name": "TodoWrite", "status": "started", "input_summary": arguments,
         "tool_input": arguments, "timestamp": "2026-05-12T12:00:00Z"},
        {"tool_name": "Bash", "status": "failed", "input_summary": "ls", "output_summary": "no",
         "timestamp": "2026-05-12T12:00:00Z", "updated_at": "2026-05-12T12:00:07Z"},
        {"tool_name": "Agent", "status": "completed", "input_summary": "Survey",
         "subagent_type": "caller"},
        {"event_type": "task_delegation", "tool_name": "Task", "status": "started",
         "input_summary": "Subagent started: type=Explore id=1", "subagent_type": "Explore"},
    )  # fmt: skip
    todo, bash, agent, delegation = reading.events
    assert (todo.phase, todo.state) == (Phase.WHOLE, EventState.RUNNING)
    assert (bash.state, bash.duration) == (EventState.ERROR, 7.0)
    # The delegation has a row of its own, so the call is not told a second time.
    assert (agent.kind, delegation.kind) == (EventKind.TOOL, EventKind.DELEGATION)
    assert delegation.target_agent == "Explore"


def test_mixed_notations_of_time_are_instants(tmp_path: Path) -> None:
    reading = store(
        tmp_path / "a.db",
        {"timestamp": "2026-01-12T12:00:00.500000+00:00"},
        {"timestamp": "2026-01-12 12:00:01"},
        {"timestamp": 1768219202},
        {"timestamp": None, "created_at": "2026-01-12 12:00:03"},
        {"timestamp": "soon"},
    )
    assert [event.time for event in reading.events] == [
        NOON + 0.5, NOON + 1, NOON + 2, NOON + 3, None
    ]  # fmt: skip


def test_zero_means_not_recorded(tmp_path: Path) -> None:
    reading = store(
        tmp_path / "a.db",
        {"cost_tokens": 0, "execution_duration_seconds": 0.0, "model": ""},
        {"cost_tokens": 5, "execution_duration_seconds": 1.5, "model": "Opus 4.5"},
        {"cost_tokens": "many", "execution_duration_seconds": "long", "model": b"x"},
    )
    assert [(e.tokens, e.duration, e.model) for e in reading.events] == [
        (None, None, None), (5, 1.5, "Opus 4.5"), (None, None, "x")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("output", "updated", "expected"),
    [
        ('{"completion_time": "2026-01-12T12:01:01.5+00:00"}', "2026-01-12 13:00:00", 60.5),
        ("done", "2026-01-12 12:01:01", 60.0),
        (None, "2026-01-12 12:00:01", None),
        (None, "2026-01-12 11:00:00", None),
        (None, None, None),
        ('{"completion_time": [1]}', "2026-01-12 12:01:01", None),
    ],
)
def test_length_of_a_finished_delegation(
    output: str | None, updated: str | None, expected: float | None, tmp_path: Path
) -> None:
    (event,) = store(
        tmp_path / "a.db",
        {"event_type": "task_delegation", "status": "completed", "output_summary": output,
         "updated_at": updated},
    ).events  # fmt: skip
    assert event.duration == expected


class TestColumns:
    """Files with fewer or other columns."""

    def test_the_core_alone(self, tmp_path: Path) -> None:
        reading = store(tmp_path / "a.db", {}, events=f"CREATE TABLE agent_events ({CORE})")
        (event,) = reading.events
        assert (event.id, event.kind, event.time) == ("e1", EventKind.OTHER, NOON + 1)
        assert (event.tool, event.parent_id, event.tokens) == (None, None, None)
        assert reading.mapping.sessions is None
        assert reading.mapping.sources[0].parent_column is None
        assert reading.texts[event.key] == (None, None)

    @pytest.mark.parametrize(
        "missing",
        ["tool_name", "input_summary", "output_summary", "context", "parent_event_id",
         "subagent_type", "cost_tokens", "execution_duration_seconds", "status", "model",
         "created_at", "updated_at"],
    )  # fmt: skip
    @pytest.mark.parametrize("two_rows", [False, True])
    def test_any_one_missing(self, missing: str, two_rows: bool, tmp_path: Path) -> None:
        columns = [part for part in FULL.split(", ") if not part.startswith(missing)]
        rows = [
            before("Task", "e9", prompt="p"),
            after("Task", "p", status="completed", model="m"),
            {"event_type": "task_delegation", "status": "completed", "output_summary": "{}"},
        ]
        kept = [
            {name: value for name, value in row.items() if name != missing}
            for row in (rows if two_rows else rows[1:])
        ]
        events = f"CREATE TABLE agent_events ({', '.join(columns)})"
        assert len(store(tmp_path / "a.db", *kept, events=events).events) == len(kept)

    def test_unknown_ones_and_a_search_index(self, tmp_path: Path) -> None:
        path = build(
            tmp_path / "a.db", EVENTS_35.replace("model TEXT", "model TEXT, mood TEXT"), FRESH,
            "CREATE VIRTUAL TABLE events_fts USING fts5(event_id UNINDEXED, tool_name)",
            "CREATE VIEW recent AS SELECT * FROM agent_events",
            "CREATE TABLE generated (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL)",
        )  # fmt: skip
        reading = read(path)
        assert reading.mapping.dialect == "htmlgraph"
        assert "events_fts" not in reading.schema.tables
        assert "recent" not in reading.schema.tables
        assert "events_fts_data" in reading.schema.tables
        assert reading.schema.has("generated", "b")

    def test_whole_input(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "input_summary": "Wha...",
             "tool_input": '{"prompt": "What\\nnow?"}', "output_summary": "Query received"},
            {"tool_name": "Bash", "input_summary": "ls", "tool_input": '{"command": "ls"}'},
            {"tool_name": "Bash", "input_summary": "ls"},
            {"tool_name": "UserQuery", "input_summary": "x", "tool_input": "{broken"},
        )  # fmt: skip
        assert list(reading.texts.values()) == [
            ("What\nnow?", "Query received"), ('{"command": "ls"}', None), ("ls", None),
            ("{broken", None),
        ]  # fmt: skip


class TestSessions:
    """Both shapes of the sessions table, and what is left of it in old files."""

    def test_fresh(self, tmp_path: Path, berlin: None) -> None:
        path = build(tmp_path / "a.db", EVENTS_26, FRESH)
        insert(
            path, "sessions", session_id="s", agent_assigned="codex", status="completed",
            created_at="2026-01-12 12:00:00", completed_at="2026-01-12T12:05:00+00:00",
            total_tokens_used=7, parent_session_id="", parent_event_id="",
        )  # fmt: skip
        session = read(path).sessions["s"]
        assert (session.started, session.ended, session.tokens) == (NOON, NOON + 300, 7)
        assert (session.agent, session.status) == ("codex", SessionStatus.COMPLETED)
        assert (session.parent_id, session.parent_event_id) == (None, None)

    def test_init_is_local_and_what_the_store_adds_is_utc(
        self, tmp_path: Path, berlin: None
    ) -> None:
        path = build(tmp_path / "a.db", EVENTS_26, INIT)
        insert(
            path, "sessions", session_id="local", started_at="2026-01-12T13:00:00.250000",
            ended_at="2026-01-12T13:05:00", status="done",
        )  # fmt: skip
        insert(
            path, "sessions", session_id="added", created_at="2026-01-12 12:00:00",
            completed_at="2026-01-12 12:05:00",
        )  # fmt: skip
        sessions = read(path).sessions
        assert (sessions["local"].started, sessions["local"].ended) == (NOON + 0.25, NOON + 300)
        assert (sessions["added"].started, sessions["added"].ended) == (NOON, NOON + 300)
        assert sessions["added"].status is SessionStatus.UNKNOWN

    def test_first_events_prove_another_writers_zone(self, tmp_path: Path, berlin: None) -> None:
        path = tmp_path / "a.db"
        store(path, {"tool_name": "UserQuery"}, {"tool_name": "Stop"}, sessions=INIT)
        insert(path, "sessions", session_id="s", started_at="2026-01-12T07:00:00.5")
        reading = read(path)
        assert reading.sessions["s"].started == NOON + 0.5
        assert any("UTC-05:00" in note for note in reading.mapping.notes)
        assert reading.events[0].time == NOON + 1

    def test_the_override_is_for_local_times_only(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "Asia/Tokyo")
        path = tmp_path / "a.db"
        store(path, {}, sessions=INIT)
        insert(path, "sessions", session_id="s", started_at="2026-01-12T21:00:00")
        reading = read(path)
        assert (reading.sessions["s"].started, reading.events[0].time) == (NOON, NOON + 1)

    def test_very_old_and_very_new(self, tmp_path: Path) -> None:
        old = build(
            tmp_path / "old.db", EVENTS_26, "CREATE TABLE sessions (session_id TEXT, agent TEXT)",
            rows=[("sessions", ("s", "claude-code"))],
        )  # fmt: skip
        assert read(old).sessions["s"].agent == "claude-code"
        new = build(
            tmp_path / "new.db", EVENTS_35,
            "CREATE TABLE sessions (session_id TEXT, agent_assigned TEXT, status TEXT, title TEXT,"
            " project_dir TEXT)",
            rows=[("sessions", ("s", "codex", "stale", "Fix login", "/home/dev/project"))],
        )  # fmt: skip
        session = read(new).sessions["s"]
        assert (session.title, session.project) == ("Fix login", "/home/dev/project")
        assert (session.status, session.started) == (SessionStatus.STALE, None)

    @pytest.mark.parametrize(
        ("name", "agent", "sub", "parent"),
        [
            ("sess-1234abcd-general-purpose", "general-purpose-spawner", 1, "sess-1234abcd"),
            ("sess-1234abcd-general-purpose", "general-purpose-spawner", 0, "sess-1234abcd"),
            ("sess-1234abcd-Explore", "system", 1, "sess-1234abcd"),
            ("28541424-e443-401d-886c-7d2852d31e1b-test-runner", "x", 1,
             "28541424-e443-401d-886c-7d2852d31e1b"),
            ("cli-session-general-purpose", "x", 1, "cli-session"),
            ("28541424-e443-401d-886c-7d2852d31e1b", "x", 1, None),
            ("sess-1234abcd", "x", 1, None),
            ("sess-1234abcd-Explore", "claude-code", 0, None),
            ("session-20260112-120000", "x", 1, None),
            (None, "x", 1, None),
        ],
    )  # fmt: skip
    def test_parents_from_names(
        self, name: str | None, agent: str, sub: int, parent: str | None, tmp_path: Path
    ) -> None:
        path = build(tmp_path / "a.db", EVENTS_26, FRESH)
        insert(path, "sessions", session_id=name, agent_assigned=agent, is_subagent=sub)
        (session,) = read(path).sessions.values()
        assert session.parent_id == parent
        insert(
            path, "sessions", session_id="told", parent_session_id="else", is_subagent=sub,
            agent_assigned=agent, parent_event_id="e1",
        )  # fmt: skip
        told = read(path).sessions["told"]
        assert (told.parent_id, told.parent_event_id) == ("else", "e1")

    def test_a_table_of_that_name_without_ids_is_not_sessions(self, tmp_path: Path) -> None:
        path = build(tmp_path / "a.db", EVENTS_26, "CREATE TABLE sessions (id TEXT)")
        assert read(path).mapping.sessions is None


@pytest.mark.parametrize("events", [EVENTS_26, EVENTS_35])
@pytest.mark.parametrize("two_rows", [False, True])
def test_any_value_in_any_column(events: str, two_rows: bool, tmp_path: Path) -> None:
    path = build(tmp_path / "a.db", events.replace("event_id TEXT PRIMARY KEY", "event_id"), INIT)
    names = [part.split()[0] for part in events.split("(", 1)[1].split(", ")]
    if two_rows:
        insert(path, "agent_events", event_type="tool_call", **before("Read", file_path="a"))
    rows: list[dict[str, Any]] = []
    for cell in HOSTILE_CELLS:
        rows.append(dict.fromkeys(names, cell))
        for name in names:
            for kind in ("tool_call", "task_delegation", "task_completed"):
                for tool in ("Bash", "Task", "UserQuery"):
                    row: dict[str, Any] = {
                        "event_id": "e", "event_type": kind, "tool_name": tool, "session_id": "s",
                        "status": "completed", "timestamp": "2026-01-12 12:00:00",
                        "input_summary": '{"command": "x"}',
                    }  # fmt: skip
                    row[name] = cell
                    rows.append(row)
        columns = ("session_id", "agent_assigned", "status", "started_at", "ended_at",
                   "parent_session_id", "created_at", "completed_at")  # fmt: skip
        insert(path, "sessions", **dict.fromkeys(columns, cell))
    insert_all(path, "agent_events", rows)
    reading = read(path)
    per_cell = 1 + len(names) * 9
    assert len(reading.events) == len(HOSTILE_CELLS) * per_cell + two_rows
    assert len(reading.sessions) >= len(set(map(repr, HOSTILE_CELLS))) - 1
    for event in reading.events:
        assert event.time is None or -62135596800 <= event.time < 253402300800
        assert event.summary.isprintable()
        assert event.duration is None or event.duration >= 0


def test_handoffs_and_work_items_by_the_columns_there_are(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db", EVENTS_26,
        "CREATE TABLE agent_collaboration (handoff_id, from_agent, to_agent)",
        "CREATE TABLE features (id, title, assignee, assigned_to)",
        rows=[
            ("agent_collaboration", ("h", "a", "b")),
            ("features", ("f", "Feature", "codex", None)),
        ],
    )  # fmt: skip
    reading = read(path)
    assert reading.handoffs == [("h", None, None, "a", "b", None, None, None)]
    assert reading.work_items == [
        ("f", None, "Feature", None, None, "codex", None, None, None, None, None)
    ]
