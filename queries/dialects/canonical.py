"""The schema that session-tui itself defines: ``canonical.sql``."""

from __future__ import annotations

from datetime import UTC

from queries.dialects.base import (
    EVENT_COLUMNS,
    SESSION_COLUMNS,
    Probe,
    Schema,
    SessionSource,
    SideTable,
    Source,
    StoreMapping,
    WorkItemSource,
)
from queries.dialects.sql import NULL, column, edge_rows, event_select, session_select


class Canonical:
    """Tables ``event`` and ``session``; what is missing beside them is unknown.

    Times without a zone are UTC.
    """

    name = "session-tui"

    def map(self, schema: Schema, probe: Probe) -> StoreMapping | None:
        """How to read this schema, or None when it is not this one.

        Of a store of more than a few rows, those in the middle are not looked at.
        """
        if not schema.has("event", "seq", "id", "session_id", "time", "kind"):
            return None
        if not schema.has("session", "id", "status"):
            return None
        events, sessions = schema.tables["event"], schema.tables["session"]
        text = NULL + ", " + NULL
        if schema.has("event_text", "seq"):
            cells = (column(schema.tables["event_text"], name) for name in ("input", "output"))
            text = ", ".join(
                cell if cell == NULL
                else f"(SELECT {cell} FROM event_text AS heavy WHERE heavy.seq = event.seq LIMIT 1)"
                for cell in cells
            )  # fmt: skip
        has_messages = _has_messages(probe)
        event_cells = {name: column(events, name) for name in EVENT_COLUMNS if name != "seq"}
        event_cells["summary"] = _cut(event_cells["summary"])
        source = Source(
            name="event",
            table="event",
            select=event_select("event", event_cells),
            session_column="session_id",
            parent_column="parent_id" if "parent_id" in events else None,
            id_column="id",
            text=text,
        )
        return StoreMapping(
            dialect=self.name,
            why="tables event and session with the columns of session-tui's own schema",
            sources=(source,),
            sessions=SessionSource(
                table="session",
                select=session_select(
                    "session",
                    {name: column(sessions, name) for name in SESSION_COLUMNS if name != "seq"},
                ),
                id_column="id",
                parent_column="parent_id" if "parent_id" in sessions else None,
            ),
            zone=UTC,
            has_messages=has_messages,
            may_have_messages=not has_messages,
            has_phases="phase" in events,
            records_durations="duration" in sessions,
            records_failures="failed" in sessions,
            handoffs=_listed(
                schema, "handoff",
                ("id", "session_id", "time", "from_agent", "to_agent", "type", "state", "reason"),
            ),
            work_items=_listed(
                schema, "work_item",
                ("id", "type", "title", "status", "priority", "assigned_to", "created", "updated",
                 "completed", "steps_total", "steps_completed"),
            ),
            work_item_source=_work_item_source(schema),
        )  # fmt: skip


def _work_item_source(schema: Schema) -> WorkItemSource | None:
    if not schema.has("work_item", "id"):
        return None
    columns = schema.tables["work_item"]
    cells = (column(columns, name) for name in ("description", "track", "parent_id", "tags"))
    return WorkItemSource("work_item", "id", *cells)


def _cut(cell: str) -> str:
    return cell if cell == NULL else f"substr({cell}, 1, 201)"


def _has_messages(probe: Probe) -> bool:
    """Whether agents talk to each other in this store; assumed of a store without events."""
    kinds = {row[0] for row in edge_rows(probe, "event", ("kind",), "DISTINCT kind")}
    return not kinds or "message" in kinds


def _listed(schema: Schema, table: str, names: tuple[str, ...]) -> SideTable | None:
    if not schema.has(table, "id"):
        return None
    columns = schema.tables[table]
    return SideTable(table=table, columns=tuple((name, column(columns, name)) for name in names))
