"""HtmlGraph's (now wipnote's) database: ``agent_events``, of every version since 0.26.

Versions are told apart by their columns only. Times are UTC, except ``sessions.started_at``
and ``ended_at`` (written by ``htmlgraph init`` up to 0.26), which are the writer's local time.

Up to 0.29 a tool call is two rows: one from before it (no context, its arguments as JSON) and
one from after it. Whether a store has such rows is looked up at both ends of its table. A
delegation is told by up to four rows: ``task_delegation``, the two of the Task call, and
``task_completed``; :mod:`queries.folding.pairing` makes one event of them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from operator import itemgetter

from queries.dialects.base import (
    Probe,
    Schema,
    SessionSource,
    SideTable,
    StoreMapping,
    WorkItemSource,
)
from queries.dialects.conversion import STATUS_WORDS, to_session
from queries.dialects.htmlgraph_events import event_source, has_start_rows
from queries.dialects.sql import EDGE, NULL, column, edge_rows, positive, session_select, utc
from queries.dialects.zones import choose_zone
from queries.models import SessionStatus
from queries.plain_data import replace

_CORE = ("event_id", "agent_id", "event_type", "timestamp", "session_id")


class HtmlGraph:
    """Recognised by the core columns of ``agent_events``, which never changed."""

    name = "htmlgraph"

    def map(self, schema: Schema, probe: Probe) -> StoreMapping | None:
        """How to read this schema, or None when it is not this one."""
        if not schema.has("agent_events", *_CORE):
            return None
        columns = schema.tables["agent_events"]
        two_rows = has_start_rows(columns, probe)
        sessions = schema.tables.get("sessions", frozenset())
        has_sessions = "session_id" in sessions
        notes = [
            f"{table} is not read: {why}"
            for table, why in (
                ("tool_traces", "repeats agent_events and is never completed"),
                ("events", "a second log of the same calls"),
            )
            if table in schema.tables
        ]
        notes.append(
            "tool calls are two rows, before and after" if two_rows else "tool calls are one row"
        )
        mapping = StoreMapping(
            dialect=self.name,
            why="table agent_events with event_id, event_type and session_id",
            sources=(event_source(columns, two_rows),),
            sessions=_sessions(sessions) if has_sessions else None,
            zone=UTC,
            has_messages=False,
            has_phases=True,
            statuses={**STATUS_WORDS, "stale": SessionStatus.STALE},
            handoffs=_handoffs(schema),
            work_items=_work_items(schema),
            work_item_source=_work_item_source(schema),
            live=_live(schema),
            read_besides=_read_besides(schema),
            notes=tuple(notes),
        )
        if not has_sessions or sessions.isdisjoint(("started_at", "ended_at")):
            return mapping
        zone, why = choose_zone(_evidence(schema, probe))
        local = replace(mapping, zone=zone)
        return replace(
            mapping,
            session_zone=zone,
            convert_session=lambda row, _: to_session(row, local),
            notes=(*mapping.notes, f"sessions.started_at and ended_at: {why}"),
        )


def _sessions(columns: Collection[str]) -> SessionSource:
    parent = f"NULLIF({column(columns, 'parent_session_id')}, '')"
    agent = column(columns, "agent_assigned", "agent")
    # Sub-agents' sessions are named <parent>-<kind of agent>, often without a declared parent.
    is_child = f"{agent} GLOB '?*-spawner'"
    if "is_subagent" in columns:
        is_child = f"(is_subagent IN (1, 'true', 'True') OR {is_child})"
    derived = (
        f"CASE WHEN {is_child} THEN CASE"
        f" WHEN session_id GLOB '{_hex(8)}-{_hex(4)}-{_hex(4)}-{_hex(4)}-{_hex(12)}-?*'"
        " THEN substr(session_id, 1, 36)"
        f" WHEN session_id GLOB 'sess-{_hex(8)}-?*' THEN substr(session_id, 1, 13)"
        f" WHEN session_id GLOB '?*-general-purpose' THEN substr(session_id, 1,"
        " length(session_id) - 16) END END"
    )
    started, ended = "created_at", "completed_at"
    cells = {
        "id": "session_id",
        "parent_id": f"COALESCE({parent}, {derived})",
        "parent_event_id": f"NULLIF({column(columns, 'parent_event_id')}, '')",
        "title": column(columns, "title"),
        "agent": agent,
        "project": column(columns, "project_dir"),
        "status": column(columns, "status"),
        "started": column(columns, started),
        "ended": column(columns, ended),
        "tokens": positive(column(columns, "total_tokens_used")),
    }
    if not {"started_at", "ended_at"}.isdisjoint(columns):
        for name, local, written in (
            ("started", "started_at", started),
            ("ended", "ended_at", ended),
        ):
            # Local and UTC times meet in one column here: the latter are marked.
            both = [column(columns, local), utc(column(columns, written))]
            known = [cell for cell in both if cell != NULL]
            cells[name] = f"COALESCE({', '.join(known)})" if len(known) > 1 else (*known, NULL)[0]
    return SessionSource(
        table="sessions",
        select=session_select("sessions", cells),
        id_column="session_id",
        parent_column="parent_session_id" if "parent_session_id" in columns else None,
    )


def _hex(digits: int) -> str:
    return "[0-9a-fA-F]" * digits


def _evidence(schema: Schema, probe: Probe) -> list[tuple[object, object]]:
    """Local starts beside the UTC time of the session's first event, which follows at once."""
    if not schema.has("sessions", "started_at"):
        return []
    names = ("rowid AS place", "session_id", "timestamp")
    rows = {
        place: (session, moment)
        for place, session, moment in edge_rows(
            probe, "agent_events", names, "place, session_id, timestamp"
        )
    }
    first: dict[object, object] = {}
    cut: set[object] = set()
    # The rows of the table's end come last first.
    for number, (_, (session, moment)) in enumerate(sorted(rows.items(), key=itemgetter(0))):
        if number == EDGE and len(rows) == 2 * EDGE and session not in first:
            # It may have begun among the rows between the two ends.
            cut.add(session)
        first.setdefault(session, moment)
    ids = [session for session in first if session not in cut][:200]
    marks = ", ".join("?" * len(ids))
    starts = probe(
        f"SELECT started_at, session_id FROM sessions WHERE session_id IN ({marks})"
        " AND typeof(started_at) = 'text'",
        *ids,
    )
    return [(start, first[session]) for start, session in starts]


def _handoffs(schema: Schema) -> SideTable | None:
    if not schema.has("agent_collaboration", "handoff_id", "from_agent", "to_agent"):
        return None
    columns = schema.tables["agent_collaboration"]
    return SideTable(
        table="agent_collaboration",
        columns=(
            ("id", "handoff_id"),
            ("session_id", column(columns, "session_id")),
            ("time", column(columns, "timestamp")),
            ("from_agent", "from_agent"),
            ("to_agent", "to_agent"),
            ("type", column(columns, "handoff_type")),
            ("state", column(columns, "status")),
            ("reason", column(columns, "reason")),
        ),
    )


def _work_item_source(schema: Schema) -> WorkItemSource | None:
    if not schema.has("features", "id"):
        return None
    columns = schema.tables["features"]
    track = column(columns, "track_id")
    # A track is named by what it is called, where that is known.
    if (key := _track_key(schema)) is not None:
        track = (
            f"COALESCE((SELECT title FROM tracks WHERE tracks.{key} = features.{track}), {track})"
        )
    return WorkItemSource(
        table="features",
        id_column="id",
        description=column(columns, "description"),
        track=track,
        parent=column(columns, "parent_feature_id"),
        tags=column(columns, "tags"),
    )


def _track_key(schema: Schema) -> str | None:
    """The column of tracks that items name theirs by; None where no track's title is read."""
    tracks = schema.tables.get("tracks", frozenset())
    if "title" not in tracks or not schema.has("features", "id", "track_id"):
        return None
    return next((name for name in ("id", "track_id") if name in tracks), None)


def _read_besides(schema: Schema) -> dict[str, str]:
    live = {} if _live(schema) is None else {"live_events": "live runs"}
    return live | ({} if _track_key(schema) is None else {"tracks": "names of work items' tracks"})


def _live(schema: Schema) -> str | None:
    if not schema.has("live_events", "id", "event_type", "event_data"):
        return None
    columns = schema.tables["live_events"]
    spawner = column(columns, "spawner_type")
    return (
        f"SELECT id, {column(columns, 'created_at')} AS time, event_type AS type,"
        f" {spawner} AS spawner, {column(columns, 'session_id')} AS session_id,"
        f" {column(columns, 'parent_event_id')} AS parent_id, event_data AS data"
        # Later versions put every tool call there as well, which is an event anyway.
        " FROM live_events WHERE event_type GLOB 'spawner_*' ORDER BY id DESC"
    )


def _work_items(schema: Schema) -> SideTable | None:
    if not schema.has("features", "id", "title"):
        return None
    columns = schema.tables["features"]
    cells = {
        "id": "id",
        "type": column(columns, "type"),
        "title": "title",
        "status": column(columns, "status"),
        "priority": column(columns, "priority"),
        "assigned_to": column(columns, "assigned_to", "assignee"),
        "created": column(columns, "created_at"),
        "updated": column(columns, "updated_at"),
        "completed": column(columns, "completed_at"),
        "steps_total": column(columns, "steps_total"),
        "steps_completed": column(columns, "steps_completed"),
    }
    return SideTable(table="features", columns=tuple(cells.items()))
