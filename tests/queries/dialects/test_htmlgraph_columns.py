"""HtmlGraph files with fewer, more and odd columns, and odd values in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from queries.models import EventKind
from tests.queries.dialects.htmlgraph_rows import (
    CORE,
    EVENTS_26,
    EVENTS_35,
    FRESH,
    FULL,
    INIT,
    NOON,
    after,
    before,
    store,
)
from tests.queries.dialects.reading import HOSTILE_CELLS, build, insert, insert_all, read


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
