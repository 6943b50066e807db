"""HtmlGraph's sessions in both shapes of their table, and what is left of it in old files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries.dialects.sql import EDGE
from queries.models import SessionStatus
from queries.text import iso
from tests.queries.dialects.htmlgraph_rows import (
    EVENTS_26,
    EVENTS_35,
    FRESH,
    INIT,
    NOON,
    store,
)
from tests.queries.dialects.reading import build, insert, insert_all, read


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SESSION_TUI_NAIVE_ZONE", raising=False)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


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

    @pytest.mark.parametrize("before", [EDGE + 500, 3 * EDGE])
    def test_first_events_are_found_at_both_ends_of_a_long_table(
        self, before: int, tmp_path: Path, berlin: None
    ) -> None:
        path = build(tmp_path / "a.db", EVENTS_26, INIT)
        # The rows at the end begin in the middle of the long session, half an hour after it did.
        lengths = {"long": before - 60, "a": 60, "b": 60}
        rows = [
            {
                "event_id": f"{session}{number}", "agent_id": "x", "event_type": "tool_call",
                "session_id": session,
                "timestamp": iso(NOON + 86400 * day + 1800 * number // max(length - EDGE, 60)),
            }
            for day, (session, length) in enumerate(lengths.items())
            for number in range(length)
        ]  # fmt: skip
        insert_all(path, "agent_events", rows)
        insert_all(
            path, "sessions",
            [
                {"session_id": session, "started_at": f"2026-01-{12 + day}T07:00:00.5"}
                for day, session in enumerate(lengths)
            ],
        )  # fmt: skip
        assert read(path).sessions["b"].started == NOON + 2 * 86400 + 0.5

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
