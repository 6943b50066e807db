"""Stores as HtmlGraph 0.26 and 0.35 make them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Literal

from tests.stores.base import (
    Journal,
    Moment,
    Row,
    StoreBuilder,
    Text,
    iso_time,
    schema_of,
    sql_time,
)

Version = Literal["0.26", "0.35"]
Shape = Literal["fresh", "init"]
_SAMPLES = {"0.26": "htmlgraph-0.26.1.db", "0.35": "htmlgraph-0.35.0.db"}
INDEX_TABLES = frozenset(
    ("meta", "events", "event_files", "git_commits", "git_commit_parents", "git_commit_features")
)
"""The tables that only 0.26's ``index.sqlite`` has: a second log of the same calls."""
_INIT_SESSIONS = """CREATE TABLE sessions (session_id TEXT PRIMARY KEY, agent_assigned TEXT,
  start_commit TEXT, continued_from TEXT, status TEXT, started_at TEXT, ended_at TEXT,
  parent_session_id TEXT, parent_event_id TEXT)"""


class HtmlGraphStore(StoreBuilder):
    """Times are UTC texts, except ``started_at`` and ``ended_at`` of the init shape.

    Attributes:
        version: which release's habits the ``add_`` methods follow.
        shape: who made the sessions table: the library (fresh) or ``htmlgraph init``.
    """

    def __init__(self, path: Path, version: Version, shape: Shape, journal: Journal) -> None:
        sample = _SAMPLES[version]
        self.version, self.shape = version, shape
        schema = schema_of(sample, without=INDEX_TABLES)
        super().__init__(path, schema if shape == "fresh" else _init_shape(schema), journal)

    def add_session(
        self,
        session_id: Text | None = None,
        *,
        agent: Text | None = "claude-code",
        status: Text | None = "active",
        started: Moment = None,
        ended: Moment = None,
        **columns: Any,
    ) -> Row:
        """One session row; on the init shape its times are naive local ones (here: UTC)."""
        start = self.at(started)
        fresh = self.shape == "fresh"
        times: dict[str, object] = {
            "created_at" if fresh else "started_at": sql_time(start) if fresh else iso_time(start)
        }
        if ended is not None:
            end = self.at(ended)
            times["completed_at" if fresh else "ended_at"] = (
                sql_time(end) if fresh else iso_time(end)
            )
        return self.insert(
            "sessions",
            session_id=session_id if session_id is not None else f"sess-{self.number():08x}",
            agent_assigned=agent,
            status=status,
            **{**times, **columns},
        )

    def add_event(
        self,
        session_id: Text = "sess-00000001",
        tool: Text | None = "Read",
        *,
        event_id: Text | None = None,
        event_type: str = "tool_call",
        agent: Text = "claude-code",
        input_summary: Text | None = "src/app/main.py",
        output_summary: Text | None = "ok",
        parent: Text | None = None,
        is_error: bool | None = None,
        status: Text | None = "recorded",
        timestamp: Moment = None,
        **columns: Any,
    ) -> Row:
        """One event row; ``is_error`` is written into ``context`` unless it is ``None``."""
        time = sql_time(self.at(timestamp))
        if is_error is not None:
            context = {"file_paths": [], "tool_input_keys": [], "is_error": is_error}
            columns.setdefault("context", json.dumps(context))
        return self.insert(
            "agent_events",
            event_id=event_id if event_id is not None else f"evt-{self.number():08x}",
            agent_id=agent,
            event_type=event_type,
            timestamp=time,
            tool_name=tool,
            input_summary=input_summary,
            output_summary=output_summary,
            session_id=session_id,
            parent_event_id=parent,
            status=status,
            **{"created_at": time, "updated_at": time, **columns},
        )

    def add_prompt(
        self, session_id: Text = "sess-00000001", text: Text = "Fix it.", **columns: Any
    ) -> Row:
        """What the user asked for."""
        values: dict[str, Any] = {"output_summary": "Query received", **columns}
        return self.add_event(session_id, "UserQuery", input_summary=text, **values)

    def add_call(
        self,
        session_id: Text = "sess-00000001",
        tool: str = "Bash",
        *,
        text: str = "make test",
        parent: Text | None = None,
        is_error: bool = False,
        started: float | None = None,
        duration: float = 1.0,
        **columns: Any,
    ) -> list[Row]:
        """One tool call as its hooks record it: two rows in 0.26, one in 0.35."""
        start = self.at(started)
        assert isinstance(start, float | int)
        rows = []
        if self.version == "0.26":
            hook = json.dumps({"session_id": "hook", "tool_name": tool, "input": text})[:500]
            before: dict[str, Any] = {
                "input_summary": hook,
                "output_summary": None,
                "timestamp": start,
            }
            rows.append(self.add_event(session_id, tool, **before))
        summary = f"{tool}: {text}" if self.version == "0.26" else text
        after: dict[str, Any] = {
            "input_summary": summary,
            "parent": parent,
            "is_error": is_error,
            "timestamp": start + duration,
        }
        rows.append(self.add_event(session_id, tool, **{**after, **columns}))
        return rows

    def add_delegation(
        self,
        session_id: Text = "sess-00000001",
        subagent_type: str = "general-purpose",
        *,
        prompt: str = "Write the tests",
        parent: Text | None = None,
        **columns: Any,
    ) -> Row:
        """A sub-agent was started and has not ended yet."""
        summary = json.dumps({"subagent_type": subagent_type, "prompt": prompt})
        values: dict[str, Any] = {
            "event_type": "task_delegation",
            "subagent_type": subagent_type,
            "status": "started",
            "parent": parent,
            "input_summary": (
                summary if self.version == "0.26" else f"({subagent_type}): {prompt}"
            ),
            "output_summary": None,
        }
        return self.add_event(session_id, "Task", **{**values, **columns})

    def finish_delegation(self, event_id: Text, *, finished: Moment = None) -> None:
        """The sub-agent has ended: its row changes in place."""
        time = sql_time(self.at(finished))
        output = json.dumps({"status": "completed", "child_spike_count": 0,
                             "completion_time": str(time)})  # fmt: skip
        self.update("agent_events", "event_id", event_id, status="completed",
                    output_summary=output, updated_at=time)  # fmt: skip

    def add_feature(
        self,
        title: Text = "Feature",
        *,
        type: str = "feature",  # noqa: A002 - the column's name
        status: str = "todo",
        created: Moment = None,
        **columns: Any,
    ) -> Row:
        """One work item."""
        time = sql_time(self.at(created))
        values = {"created_at": time, "updated_at": time, **columns}
        return self.insert("features", id=f"feat-{self.number():08x}", type=type, title=title,
                           status=status, **values)  # fmt: skip

    def add_handoff(
        self,
        from_agent: Text = "claude-code",
        to_agent: Text = "general-purpose",
        *,
        session_id: Text | None = "sess-00000001",
        timestamp: Moment = None,
        **columns: Any,
    ) -> Row:
        """One row of ``agent_collaboration``."""
        values = {"handoff_type": "delegation", "status": "pending", **columns}
        return self.insert("agent_collaboration", handoff_id=f"hand-{self.number():08x}",
                           from_agent=from_agent, to_agent=to_agent, session_id=session_id,
                           timestamp=sql_time(self.at(timestamp)), **values)  # fmt: skip

    def add_live_event(
        self,
        session_id: Text | None = "sess-00000001",
        *,
        event_type: Text = "spawner_phase",
        event_data: Text = '{"status": "in_progress"}',
        **columns: Any,
    ) -> Row:
        """One row of the queue ``live_events``."""
        return self.insert("live_events", event_type=event_type, event_data=event_data,
                           session_id=session_id, **columns)  # fmt: skip


def htmlgraph_store(
    path: Path,
    version: Version = "0.26",
    shape: Shape = "fresh",
    journal: Journal | None = None,
) -> HtmlGraphStore:
    """Create (or reopen) a store as HtmlGraph makes it.

    Args:
        path: of the file.
        version: the release.
        shape: of the sessions table.
        journal: ``None`` takes the release's own: delete for 0.26, wal for 0.35.
    """
    return HtmlGraphStore(path, version, shape, journal or
                          ("wal" if version == "0.35" else "delete"))  # fmt: skip


def _init_shape(schema: list[str]) -> list[str]:
    """The same tables, the one of sessions as ``htmlgraph init`` made and upgraded it."""
    (fresh,) = [sql for sql in schema if sql.startswith("CREATE TABLE sessions ")]
    scratch = sqlite3.connect(":memory:")
    scratch.execute(fresh)
    columns = {row[1]: row[2] for row in scratch.execute("PRAGMA table_info(sessions)")}
    scratch.execute("DROP TABLE sessions")
    scratch.execute(_INIT_SESSIONS)
    known = {row[1] for row in scratch.execute("PRAGMA table_info(sessions)")}
    scratch.close()
    added = [f"ALTER TABLE sessions ADD COLUMN {name} {kind}" for name, kind in columns.items()
             if name not in known]  # fmt: skip
    position = schema.index(fresh)
    return [*schema[:position], _INIT_SESSIONS, *added, *schema[position + 1 :]]
