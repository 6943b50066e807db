"""What the two heist dialects share: tables that exist in several shapes, read by column.

Numbers are seconds since the epoch. Text without a zone is the writer's local time (both
programs call ``datetime.now().isoformat()``), except ``created_at``, which SQLite fills in
UTC. Which zone that was is not written down; it is taken from rows that note the same moment
twice: ``created_at`` beside a local time, or a session id ``heist_<epoch>`` beside a local
start. Ids like ``heist_20251219_083748`` prove nothing, because nobody knows which clock they
came from. Without proof it is the zone of the machine that reads (the store is most often
read where it was written); the environment variable ``SESSION_TUI_NAIVE_ZONE`` overrules all.
"""

from __future__ import annotations

from collections.abc import Collection

from queries.dialects.base import Probe, Schema, SessionSource, SideTable, Source, StoreMapping
from queries.dialects.sql import NULL, column, edge_rows, event_select, session_select, utc
from queries.dialects.zones import choose_zone

_FAILED_MESSAGE = "Error generating response"
_NO_PARAMETERS = "mentioned_in_response"
"""What the writer puts where it only saw a tool's name in an answer."""


def heist_mapping(name: str, turns: str, schema: Schema, probe: Probe) -> StoreMapping | None:
    """How to read a heist file; None when it has no table of events.

    Args:
        name: the dialect's.
        turns: the column of ``sessions`` that it was recognised by.
        schema: the file's.
        probe: runs small queries.
    """
    tables = schema.tables
    sources: list[Source] = []
    notes: list[str] = []
    has_messages = schema.has("messages", "session_id", "agent_name")
    if has_messages:
        sources.append(_messages(tables["messages"]))
    calls = _calls_table(schema)
    if calls is not None:
        sources.append(_calls(calls, tables[calls]))
    if schema.has("actions", "session_id", "agent_name", "action_type"):
        sources.append(_actions(tables["actions"], has_messages))
        if has_messages:
            notes.append("actions of type 'message' are left out: they repeat the messages")
    aggregated = _aggregated(schema, calls)
    if not sources and aggregated is None:
        return None
    if aggregated is not None and calls is not None:
        notes.append(f"tool_usage holds totals; the calls themselves are in {calls}")
    notes += [
        f"{table} is not read: {why}"
        for table, why in (("agents", "names and roles are in the messages"), ("games", "unused"))
        if table in tables
    ]
    zone, why_zone = choose_zone(_evidence(schema, probe))
    notes.append(why_zone)
    sessions = tables["sessions"]
    beside = ", ".join(source.table for source in sources) or "tool_usage"
    return StoreMapping(
        dialect=name,
        why=f"table sessions has {turns}, beside {beside}",
        sources=tuple(sources),
        sessions=SessionSource(
            table="sessions",
            select=session_select(
                "sessions",
                {
                    "id": "session_id",
                    "status": column(sessions, "status"),
                    "started": _time(sessions, "start_time"),
                    "ended": column(sessions, "end_time"),
                    "declared_turns": column(sessions, "total_turns", "num_turns"),
                },
            ),
            id_column="session_id",
        ),
        zone=zone,
        has_messages=has_messages,
        has_phases=False,
        aggregated_tools=aggregated,
        notes=tuple(notes),
    )


def _time(columns: Collection[str], name: str) -> str:
    recorded, inserted = column(columns, name), utc(column(columns, "created_at"))
    if recorded == NULL or inserted == NULL:
        return inserted if recorded == NULL else recorded
    return f"COALESCE({recorded}, {inserted})"


def _id(columns: Collection[str]) -> str:
    return "id" if "id" in columns else "rowid"


def _start_of(expression: str) -> str:
    return expression if expression == NULL else f"substr({expression}, 1, 201)"


def _messages(columns: Collection[str]) -> Source:
    message = column(columns, "message")
    state = "'unknown'"
    if message != NULL:
        length = len(_FAILED_MESSAGE)
        state = (
            f"CASE WHEN substr({message}, 1, {length}) = '{_FAILED_MESSAGE}'"
            " THEN 'error' ELSE 'unknown' END"
        )
    return Source(
        name="messages",
        table="messages",
        select=event_select(
            "messages",
            {
                "id": _id(columns),
                "session_id": "session_id",
                "time": _time(columns, "timestamp"),
                "agent": "agent_name",
                "kind": "'message'",
                "phase": "'whole'",
                "summary": _start_of(message),
                "state": state,
            },
        ),
        session_column="session_id",
        id_column=_id(columns),
        text=f"{message}, {NULL}",
    )


def _calls_table(schema: Schema) -> str | None:
    """The table with one row per tool call."""
    if schema.has("tool_calls", "session_id", "tool_name"):
        return "tool_calls"
    if schema.has("tool_usage", "session_id", "tool_name") and not _is_aggregated(schema):
        return "tool_usage"
    return None


def _is_aggregated(schema: Schema) -> bool:
    columns = schema.tables["tool_usage"]
    return "usage_count" in columns and "agent_name" not in columns and "turn_id" not in columns


def _aggregated(schema: Schema, calls: str | None) -> SideTable | None:
    if not schema.has("tool_usage", "session_id", "tool_name", "usage_count"):
        return None
    if not _is_aggregated(schema):
        return None
    columns = schema.tables["tool_usage"]
    # The column success is 1 by default in every row and never set: it proves nothing.
    return SideTable(
        table="tool_usage",
        columns=(
            ("session_id", "session_id"),
            ("tool", "tool_name"),
            ("operation", column(columns, "operation")),
            ("calls", "usage_count"),
            ("success_rate", column(columns, "success_rate")),
            ("average_duration", column(columns, "avg_execution_time")),
        ),
        told_by=calls,
    )


def _calls(table: str, columns: Collection[str]) -> Source:
    given, result = column(columns, "tool_params"), column(columns, "tool_result")
    success = column(columns, "success")
    state = "'unknown'"
    if success != NULL:
        state = (
            f"CASE WHEN {success} IN (1, '1', 'true', 'True') THEN 'ok'"
            f" WHEN {success} IN (0, '0', 'false', 'False') THEN 'error' ELSE 'unknown' END"
        )
    summary = NULL
    if given != NULL:
        summary = f"COALESCE(NULLIF(NULLIF({given}, '{_NO_PARAMETERS}'), ''), {result})"
    elif result != NULL:
        summary = result
    return Source(
        name=table,
        table=table,
        select=event_select(
            table,
            {
                "id": _id(columns),
                "session_id": "session_id",
                "time": _time(columns, "timestamp"),
                "agent": column(columns, "agent_name"),
                "kind": "'tool'",
                "phase": "'whole'",
                "tool": "tool_name",
                "operation": column(columns, "operation"),
                "summary": _start_of(summary),
                "state": state,
                "duration": column(columns, "execution_time"),
            },
        ),
        session_column="session_id",
        id_column=_id(columns),
        text=f"{given}, {result}",
    )


def _actions(columns: Collection[str], has_messages: bool) -> Source:
    details = column(columns, "details")
    return Source(
        name="actions",
        table="actions",
        select=event_select(
            "actions",
            {
                "id": _id(columns),
                "session_id": "session_id",
                "time": _time(columns, "timestamp"),
                "agent": "agent_name",
                "kind": "CASE WHEN action_type = 'message' THEN 'message' ELSE 'other' END",
                "phase": "'whole'",
                "operation": "action_type",
                "summary": _start_of(details),
                "state": "'unknown'",
            },
            "action_type IS NOT 'message'" if has_messages else None,
        ),
        session_column="session_id",
        id_column=_id(columns),
        text=f"{details}, {NULL}",
    )


def _evidence(schema: Schema, probe: Probe) -> list[tuple[object, object]]:
    """Local times beside the same moment in UTC, from both ends of each table."""
    pairs: list[tuple[object, object]] = []
    for table, name in (
        ("sessions", "start_time"),
        ("messages", "timestamp"),
        ("tool_calls", "timestamp"),
        ("tool_usage", "timestamp"),
        ("actions", "timestamp"),
    ):
        if schema.has(table, name, "created_at"):
            names = (name, "created_at")
            rows = edge_rows(probe, table, names, ", ".join(names), f"typeof({name}) = 'text'")
            pairs += [(row[0], row[1]) for row in rows]
    if schema.has("sessions", "start_time"):
        rows = edge_rows(
            probe,
            "sessions",
            ("start_time", "session_id"),
            "start_time, substr(session_id, 7)",
            # Of other numbers none is a moment near that start.
            "session_id GLOB 'heist_*' AND substr(session_id, 7) NOT GLOB '*[^0-9]*'",
        )
        pairs += [(row[0], row[1]) for row in rows]
    return pairs
