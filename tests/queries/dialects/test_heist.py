"""Heist files in every shape that its writers left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries.models import EventKind, EventState, SessionStatus
from tests.queries.dialects.reading import HOSTILE_CELLS, build, insert, insert_all, read

AUDIT = (
    "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, start_time REAL NOT NULL, end_time REAL,"
    " status TEXT DEFAULT 'active', total_turns INTEGER DEFAULT 0, success BOOLEAN DEFAULT 0,"
    " created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"
)
MESSAGES = (
    "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL,"
    " turn_id INTEGER, agent_name TEXT NOT NULL, agent_role TEXT, message TEXT NOT NULL,"
    " timestamp REAL NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"
)
CALLS = (
    "CREATE TABLE tool_calls (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL,"
    " agent_name TEXT NOT NULL, tool_name TEXT NOT NULL, timestamp REAL NOT NULL,"
    " success BOOLEAN DEFAULT 1, execution_time REAL,"
    " created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"
)
ACTIONS = (
    "CREATE TABLE actions (id INTEGER PRIMARY KEY, session_id TEXT NOT NULL, turn_number INTEGER,"
    " agent_name TEXT NOT NULL, action_type TEXT, timestamp REAL, details TEXT)"
)
USAGE = (
    "CREATE TABLE tool_usage (id INTEGER PRIMARY KEY, session_id TEXT NOT NULL, tool_name TEXT,"
    " operation TEXT DEFAULT 'execute', usage_count INTEGER, success BOOLEAN DEFAULT 1,"
    " avg_execution_time REAL, success_rate REAL)"
)
SESSIONS_16 = (
    "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, start_time TEXT, end_time TEXT,"
    " num_turns INTEGER, status TEXT)"
)
MESSAGES_16 = (
    "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, turn_id INTEGER,"
    " agent_name TEXT, agent_role TEXT, message TEXT, timestamp TEXT)"
)
USAGE_16 = (
    "CREATE TABLE tool_usage (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT,"
    " turn_id INTEGER, agent_name TEXT, tool_name TEXT, tool_params TEXT, tool_result TEXT,"
    " timestamp TEXT, success INTEGER)"
)
SESSION = (SESSIONS_16, MESSAGES_16, USAGE_16)
EIGHT = 1766133600.0  # 2025-12-19 08:40:00 UTC


@pytest.fixture(autouse=True)
def _no_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SESSION_TUI_NAIVE_ZONE", raising=False)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_an_error_text_is_a_failed_message_and_nothing_else_is_proven(tmp_path: Path) -> None:
    path = build(tmp_path / "a.db", AUDIT, MESSAGES)
    insert(path, "sessions", session_id="s", start_time=1.0)
    for text in ("Error generating response: timeout", "error", "All fine", "x" * 400):
        insert(path, "messages", session_id="s", agent_name="a", message=text, timestamp=2.0)
    events = read(path).events
    assert [event.state for event in events] == [EventState.ERROR] + [EventState.UNKNOWN] * 3
    assert {event.kind for event in events} == {EventKind.MESSAGE}
    assert [event.id for event in events] == ["1", "2", "3", "4"]
    assert events[3].summary == "x" * 200 + "…"


def test_success_is_unknown_where_it_is_null(tmp_path: Path) -> None:
    path = build(tmp_path / "a.db", AUDIT, CALLS)
    for success in (1, 0, None, "true", "maybe", b"1"):
        insert(
            path, "tool_calls", session_id="s", agent_name="a", tool_name="t", timestamp=2.0,
            success=success, execution_time=0.5,
        )  # fmt: skip
    reading = read(path)
    assert [event.state for event in reading.events] == [
        "ok", "error", "unknown", "ok", "unknown", "unknown"
    ]  # fmt: skip
    assert reading.events[0].duration == 0.5
    assert not reading.mapping.has_messages


def test_actions_that_repeat_messages_are_left_out_and_others_are_not(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db", AUDIT, MESSAGES, ACTIONS,
        rows=[
            ("actions", (1, "s", 1, "planner", "message", 5.0, "Generated")),
            ("actions", (2, "s", 1, "mole", "sabotage", 6.0, "cut the wire")),
            ("actions", (3, "s", 1, "mole", None, 7.0, None)),
        ],
    )  # fmt: skip
    insert(path, "messages", session_id="s", agent_name="planner", message="hi", timestamp=5.0)
    reading = read(path)
    actions = reading.source("actions")
    assert [(e.id, e.kind, e.operation, e.summary) for e in actions] == [
        ("2", EventKind.OTHER, "sabotage", "cut the wire"),
        ("3", EventKind.OTHER, None, ""),
    ]
    assert any("repeat the messages" in note for note in reading.mapping.notes)


def test_without_messages_the_actions_are_what_was_said(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db", AUDIT, ACTIONS,
        rows=[("actions", (1, "s", 1, "planner", "message", 5.0, "Generated"))],
    )  # fmt: skip
    reading = read(path)
    assert [(e.kind, e.agent) for e in reading.events] == [(EventKind.MESSAGE, "planner")]
    assert not reading.mapping.has_messages


def test_totals_only(tmp_path: Path) -> None:
    totals = (1, "s", "t", "use", 4, 1, 0.5, 0.75)
    path = build(tmp_path / "a.db", AUDIT, USAGE, rows=[("tool_usage", totals)])
    reading = read(path)
    assert reading.mapping.sources == ()
    assert reading.aggregated == [("s", "t", "use", 4, 0.75, 0.5)]


def test_an_audit_file_with_one_usage_row_per_call(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db", AUDIT, MESSAGES, USAGE_16,
        rows=[("tool_usage", (7, "s", 1, "mole", "calc", "2+2", "4", "1766133600.5", 0))],
    )  # fmt: skip
    reading = read(path)
    (call,) = reading.source("tool_usage")
    assert (call.id, call.agent, call.tool, call.state) == ("7", "mole", "calc", EventState.ERROR)
    assert (call.time, call.summary) == (EIGHT + 0.5, "2+2")
    assert reading.texts[call.key] == ("2+2", "4")
    assert reading.mapping.aggregated_tools is None


def test_columns_that_are_missing_or_new(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db",
        "CREATE TABLE Sessions (Session_ID TEXT, Total_Turns INTEGER, mood TEXT)",
        "CREATE TABLE messages (session_id TEXT, agent_name TEXT, colour TEXT)",
        "CREATE TABLE tool_calls (session_id TEXT, tool_name TEXT)",
        rows=[
            ("sessions", ("s", 3, "good")),
            ("messages", ("s", "planner", "red")),
            ("tool_calls", ("s", "calc")),
        ],
    )
    reading = read(path)
    message, call = reading.events
    assert (message.id, message.time, message.summary) == ("1", None, "")
    assert (call.tool, call.agent, call.state) == ("calc", None, EventState.UNKNOWN)
    session = reading.sessions["s"]
    assert (session.status, session.started, session.declared_turns) == (
        SessionStatus.UNKNOWN, None, 3,
    )  # fmt: skip


def test_insertion_time_stands_in_for_a_missing_time_and_is_utc(
    tmp_path: Path, berlin: None
) -> None:
    path = build(
        tmp_path / "a.db", AUDIT, "CREATE TABLE messages (session_id, agent_name, created_at)",
        rows=[("messages", ("s", "a", "2025-12-19 08:40:00"))],
    )  # fmt: skip
    assert read(path).events[0].time == EIGHT


class TestZone:
    """What a time without a zone means."""

    def test_mixed_columns_with_proof_beside_them(self, tmp_path: Path) -> None:
        path = build(tmp_path / "a.db", AUDIT, MESSAGES)
        insert(path, "sessions", session_id="old", start_time=EIGHT - 7200, total_turns=2)
        insert(
            path, "sessions", session_id="day16", start_time="2025-12-19T09:40:00.250000",
            end_time="2025-12-19T09:41:00", created_at="2025-12-19 08:40:00",
        )  # fmt: skip
        insert(
            path, "messages", session_id="day16", agent_name="a", message="m",
            timestamp="2025-12-19T09:40:30", created_at="2025-12-19 08:40:30",
        )  # fmt: skip
        insert(
            path, "messages", session_id="old", agent_name="a", message="m", timestamp=EIGHT - 7100
        )
        reading = read(path)
        assert reading.sessions["day16"].started == EIGHT + 0.25
        assert reading.sessions["day16"].ended == EIGHT + 60
        assert reading.sessions["old"].started == EIGHT - 7200
        assert [event.time for event in reading.events] == [EIGHT + 30, EIGHT - 7100]
        assert any("UTC+01:00" in note for note in reading.mapping.notes)

    def test_an_epoch_id_proves_the_offset_of_its_start(self, tmp_path: Path) -> None:
        path = build(
            tmp_path / "a.db", *SESSION,
            rows=[
                ("sessions", (f"heist_{int(EIGHT)}", "2025-12-19T03:10:00.4", None, None, "active"))
            ],
        )  # fmt: skip
        assert read(path).sessions[f"heist_{int(EIGHT)}"].started == EIGHT + 0.4

    @pytest.mark.parametrize(
        "name",
        [
            "heist_20251219",
            "heist_2025-12-19",
            f"heist_{int(EIGHT)}5",
        ],
    )
    def test_an_id_that_is_no_time_proves_nothing(
        self, name: str, tmp_path: Path, berlin: None
    ) -> None:
        row = ("sessions", (name, "2025-12-19T09:45:00", None, None, "active"))
        path = build(tmp_path / "a.db", *SESSION, rows=[row])
        assert read(path).sessions[name].started == EIGHT + 300  # 09:45 in Berlin

    def test_a_start_that_is_no_text_proves_nothing_of_texts(
        self, tmp_path: Path, berlin: None
    ) -> None:
        path = build(tmp_path / "a.db", AUDIT, MESSAGES)
        insert(path, "sessions", session_id=f"heist_{int(EIGHT)}", start_time=EIGHT)
        insert(
            path, "messages", session_id="s", agent_name="a", message="m",
            timestamp="2025-12-19T09:40:00", created_at=None,
        )  # fmt: skip
        assert [event.time for event in read(path).events] == [EIGHT]  # 09:40 in Berlin

    def test_a_clock_in_an_id_proves_nothing(self, tmp_path: Path, berlin: None) -> None:
        path = build(
            tmp_path / "a.db", *SESSION,
            rows=[("sessions", ("heist_20251219_074000", "2025-12-19T09:40:00", None, 1, "idle"))],
        )  # fmt: skip
        session = read(path).sessions["heist_20251219_074000"]
        assert session.started == EIGHT  # 09:40 in Berlin
        assert session.status is SessionStatus.PAUSED

    def test_without_proof_it_is_this_machines_zone_with_its_summer(
        self, tmp_path: Path, berlin: None
    ) -> None:
        path = build(
            tmp_path / "a.db", *SESSION,
            rows=[
                ("messages", (1, "s", 1, "a", "r", "m", "2025-12-19T09:40:00")),
                ("messages", (2, "s", 2, "a", "r", "m", "2025-07-19T10:40:00")),
            ],
        )  # fmt: skip
        winter, summer = (event.time for event in read(path).events)
        assert winter == EIGHT
        assert summer == EIGHT - 153 * 86400

    def test_the_environment_overrules_proof(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "Asia/Tokyo")
        path = build(tmp_path / "a.db", AUDIT, MESSAGES)
        insert(
            path, "sessions", session_id="s", start_time="2025-12-19T17:40:00",
            created_at="2025-12-19 16:40:00",
        )  # fmt: skip
        reading = read(path)
        assert reading.sessions["s"].started == EIGHT
        assert any("Asia/Tokyo" in note for note in reading.mapping.notes)


def test_totals_beside_calls_are_told_of_only_where_there_are_both(tmp_path: Path) -> None:
    for number, statements in enumerate(
        ((AUDIT, CALLS, USAGE), (AUDIT, CALLS), (AUDIT, MESSAGES, USAGE))
    ):
        path = build(tmp_path / f"{number}.db", *statements)
        told = [note for note in read(path).mapping.notes if "holds totals" in note]
        assert len(told) == (number == 0)


@pytest.mark.parametrize("statements", [(AUDIT, MESSAGES, CALLS, ACTIONS, USAGE), SESSION])
def test_any_value_in_any_column(statements: tuple[str, ...], tmp_path: Path) -> None:
    loose = [statement.replace(" NOT NULL", "") for statement in statements]
    path = build(tmp_path / "a.db", *loose)
    tables = [statement.split()[2] for statement in statements]
    columns = {
        statement.split()[2]: [part.split()[0] for part in statement.split("(", 1)[1].split(", ")]
        for statement in statements
    }
    for table in tables:
        names = [name for name in columns[table] if name not in ("id", "session_id")]
        rows = [
            {**dict.fromkeys(names, cell), "session_id": str(number)}
            for number, cell in enumerate(HOSTILE_CELLS)
        ]
        insert_all(path, table, rows + [{"session_id": cell} for cell in (b"\xff", 5.5, "")])
    reading = read(path)
    # Every table but sessions and the totals holds events.
    event_tables = 3 if "tool_calls" in tables else 2
    assert len(reading.events) == (len(HOSTILE_CELLS) + 3) * event_tables
    assert len(reading.sessions) == len(HOSTILE_CELLS) + 3
    for event in reading.events:
        assert event.time is None or -62135596800 <= event.time < 253402300800
        assert event.summary.isprintable()
