"""What a store keeps beside sessions and events: tool totals, work items, texts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from queries.dialects.base import SideTable
from queries.dialects.cells import number, whole
from queries.models import AggregatedTool, Event, EventText, WorkItem
from queries.reading.connection import quoted
from queries.row_columns import row_columns
from queries.side_rows import CHOSEN, PAGE, Slice, of_sessions, select, slices
from queries.store import Store
from queries.text import clean, clean_id, clean_lines, clean_or_none
from queries.times import parse_time

TEXT_LIMIT = 10_000_000
"""Characters of one text that are read at most."""


def aggregated_tools(
    store: Store, sessions: Collection[str] | None = None
) -> tuple[AggregatedTool, ...]:
    """Totals per session and tool that the store keeps itself, in its order.

    Those of sessions whose single calls it has as well may be left out.

    Args:
        store: to read.
        sessions: of these alone; None: of all.
    """
    side = store.mapping.aggregated_tools
    if side is None:
        return ()
    return tuple(
        tool
        for part in slices(store, side, PAGE if sessions is None else CHOSEN)
        for tool in tools_in(store, part, sessions)
    )


def tools_in(
    store: Store, part: Slice | None, sessions: Collection[str] | None = None
) -> list[AggregatedTool]:
    """As :func:`aggregated_tools`, of one slice of the table."""
    side = store.mapping.aggregated_tools
    if side is None:
        return []
    found: list[AggregatedTool] = []
    untold = _untold(store, side)
    wanted = None if sessions is None else frozenset(sessions)
    for where, bound in of_sessions(store, side, sessions):
        rows = select(store, side, part, side.cells(), where=(where, *untold), parameters=bound)
        tools = [tool for tool in map(_aggregated, rows) if tool is not None]
        found += tools if wanted is None else [each for each in tools if each.session_id in wanted]
    return found


def _untold(store: Store, side: SideTable) -> list[str]:
    """The condition for rows of sessions without a single call, where that is found at once."""
    for source, is_indexed in zip(store.mapping.sources, store.session_indexed, strict=True):
        if source.table == side.told_by and is_indexed:
            calls, column = quoted(source.table), quoted(source.session_column)
            own = f"{quoted(side.table)}.{side.cell('session_id')}"
            return [f"NOT EXISTS (SELECT 1 FROM {calls} AS told WHERE told.{column} = {own})"]
    return []


def _aggregated(row: tuple[Any, ...]) -> AggregatedTool | None:
    calls, rate = whole(row[3]), number(row[4])
    if calls is None or calls <= 0:
        return None
    return AggregatedTool(
        session_id=clean_id(row[0]),
        tool=clean(row[1], 120),
        operation=clean_or_none(row[2], 120),
        calls=calls,
        ok=None if rate is None else round(min(max(rate, 0.0), 1.0) * calls),
        average_duration=number(row[5]),
    )


def work_items(store: Store) -> tuple[WorkItem, ...]:
    """Features, bugs and other items of work."""
    side = store.mapping.work_items
    if side is None:
        return ()
    zone = store.mapping.zone
    return tuple(
        WorkItem(
            id=clean_id(row[0]),
            type=clean_or_none(row[1], 40),
            title=clean(row[2], 200),
            status=clean_or_none(row[3], 40),
            priority=clean_or_none(row[4], 40),
            assigned_to=clean_or_none(row[5], 80),
            created=parse_time(row[6], zone),
            updated=parse_time(row[7], zone),
            completed=parse_time(row[8], zone),
            steps_total=whole(row[9]),
            steps_completed=whole(row[10]),
        )
        for part in slices(store, side, PAGE)
        for row in select(store, side, part, side.cells())
    )


def event_text(store: Store, event: Event) -> EventText:
    """The heavy columns of one event, at most :data:`TEXT_LIMIT` characters each.

    A call of two rows has the input of its start row and the output of its end row; the raw
    columns are those of both.
    """
    text, output, cut = _texts(store, event.source, event.seq)
    raw = row_columns(store, store.mapping.sources[event.source].table, event.seq)
    if event.end_key is not None:
        end_input, end_output, end_cut = _texts(store, *event.end_key)
        text = text or end_input
        output = end_output or output
        cut = cut or end_cut
        source, seq = event.end_key
        ended = row_columns(store, store.mapping.sources[source].table, seq)
        raw += tuple((f"end: {name}", value) for name, value in ended)
    return EventText(event.source, event.seq, text, output, raw, cut)


def _texts(store: Store, source: int, seq: int) -> tuple[str | None, str | None, bool]:
    described = store.mapping.sources[source]
    rows = store.query(
        f"SELECT {described.text} FROM {quoted(described.table)} WHERE rowid = ?", (seq,)
    )
    if not rows:
        return (None, None, False)
    cells = rows[0][:2]
    cut = any(isinstance(cell, str | bytes) and len(cell) > TEXT_LIMIT for cell in cells)
    shown = [None if cell is None else clean_lines(cell, TEXT_LIMIT) for cell in cells]
    return (shown[0], shown[1], cut)
