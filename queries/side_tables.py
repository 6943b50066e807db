"""What a store keeps beside sessions and events: hand-offs, tool totals, work items, texts."""

from __future__ import annotations

from typing import Any

from queries.dialects.base import number, whole
from queries.models import AggregatedTool, Event, EventText, Handoff, WorkItem
from queries.reading.connection import quoted
from queries.store import Store
from queries.text import clean, clean_id, clean_lines, clean_or_none
from queries.times import parse_time

LIMIT = 20_000
"""Rows of a side table that are read at most."""
TEXT_LIMIT = 10_000_000
"""Characters of one text that are read at most."""


def handoffs(store: Store) -> tuple[Handoff, ...]:
    """Hand-offs in the store's order, the first :data:`LIMIT` of them."""
    if store.mapping.handoffs is None:
        return ()
    rows = store.query(f"{store.mapping.handoffs} LIMIT ?", (LIMIT,))
    zone = store.mapping.zone
    return tuple(
        Handoff(
            id=clean_id(row[0]),
            session_id=None if row[1] is None else clean_id(row[1]),
            time=parse_time(row[2], zone),
            from_agent=clean(row[3], 80) or "(no agent)",
            to_agent=clean(row[4], 80) or "(no agent)",
            type=clean_or_none(row[5], 40),
            state=clean_or_none(row[6], 40),
            reason=clean_or_none(row[7]),
        )
        for row in rows
    )


def aggregated_tools(store: Store) -> tuple[AggregatedTool, ...]:
    """Totals per session and tool that the store keeps itself."""
    if store.mapping.aggregated_tools is None:
        return ()
    rows = store.query(f"{store.mapping.aggregated_tools} LIMIT ?", (LIMIT,))
    return tuple(tool for tool in map(_aggregated, rows) if tool is not None)


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
    """Features, bugs and other items of work, the first :data:`LIMIT` of them."""
    if store.mapping.work_items is None:
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
        for row in store.query(f"{store.mapping.work_items} LIMIT ?", (LIMIT,))
    )


def event_text(store: Store, event: Event) -> EventText:
    """The heavy columns of one event, at most :data:`TEXT_LIMIT` characters each.

    A call of two rows has the input of its start row and the output of its end row; the raw
    columns are those of both.
    """
    text, output, cut = _texts(store, event.source, event.seq)
    raw = _raw(store, event.source, event.seq, "")
    if event.end_key is not None:
        end_input, end_output, end_cut = _texts(store, *event.end_key)
        text = text or end_input
        output = end_output or output
        cut = cut or end_cut
        raw += _raw(store, *event.end_key, "end: ")
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


def _raw(store: Store, source: int, seq: int, prefix: str) -> tuple[tuple[str, str], ...]:
    table = store.mapping.sources[source].table
    names = [row[1] for row in store.query(f"PRAGMA table_info({quoted(table)})")]
    columns = ", ".join(
        f"CASE typeof({quoted(name)}) WHEN 'text' THEN substr({quoted(name)}, 1, 100001)"
        f" WHEN 'blob' THEN substr({quoted(name)}, 1, 400) ELSE {quoted(name)} END"
        for name in names
    )
    rows = store.query(f"SELECT {columns} FROM {quoted(table)} WHERE rowid = ?", (seq,))
    if not rows:
        return ()
    return tuple(
        (prefix + clean(name, 80), "NULL" if cell is None else clean_lines(cell, 100_000))
        for name, cell in zip(names, rows[0], strict=True)
    )
