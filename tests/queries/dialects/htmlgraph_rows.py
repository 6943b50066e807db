"""Tables of HtmlGraph files, and rows as its hooks write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.queries.dialects.reading import Reading, build, insert, read

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
