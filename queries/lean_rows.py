"""Rows read for nothing but to be counted.

Making an event of a row costs more than counting it, so it is done only for rows whose
meaning depends on others. Of all others only those cells are read that are counted, column by
column, and cells that come again and again are looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from queries.batch import Batch, RowType, row_type, type_of
from queries.dialects.base import AGENT_LIMIT, KINDS, PHASES, STATES, TOOL_LIMIT
from queries.dialects.cells import identifier, name, number, summary_text, whole
from queries.models import Event, EventKind, EventState, Phase
from queries.store import Store
from queries.times import parse_time

_CELLS = "seq, session_id, time, duration, tokens, cost"
_MARKS = 8
"""Cells before these: agent, kind, phase, state, tool, operation."""
_KIND, _TOOL = _MARKS + 1, _MARKS + 4
KEPT = 50_000
"""Sessions and types that are kept by their raw cells at most, before all are let go."""

Row = tuple[Any, ...]
Cells = Sequence[Any]


class LeanRows:
    """Reads batches of rows; the totals over them equal those over the same rows as events."""

    def __init__(self, *, messages_only: bool) -> None:
        """Args: messages_only: whether only the summaries of messages are needed."""
        self._messages_only = messages_only
        self._types: dict[Row, RowType] = {}
        self._sessions: dict[object, str] = {}

    def read(self, store: Store, source: int, after: int, upto: int, limit: int) -> Batch:
        """Rows with ``after < seq <= upto``, the lowest ``limit`` of them.

        Raises StoreError as the store's own queries do.
        """
        described = store.mapping.sources[source]
        if described.convert is not None and described.amend is None:
            return Batch.of(store.events_between(source, after, upto, limit))
        summary = "CASE kind WHEN 'message' THEN summary END" if self._messages_only else "summary"
        key = "call_key" if store.mapping.has_phases else "NULL"
        rows: list[Row] = store.query(
            f"SELECT {_CELLS}, {summary}, {key}, agent, kind, phase, state, tool, operation"
            f" FROM event_rows_{source} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            (after, upto, limit),
        )
        types = self._types_of(rows)
        told = [index for index, kind in enumerate(types) if kind.has_story and not kind.is_half]
        events: list[Event] = []
        if told:
            # All of a row is needed where it means more than what is counted of it.
            events = store.events_by_key([(source, rows[index][0]) for index in told])
        if len(events) < len(told):
            # Gone in the meantime, or unreadable, which the store has counted.
            gone = {rows[index][0] for index in told}.difference(event.seq for event in events)
            rows = [row for row in rows if row[0] not in gone]
            types = self._types_of(rows)
            places = {row[0]: index for index, row in enumerate(rows)}
            told = [places[event.seq] for event in events]
        if not rows:
            return Batch.of(())
        batch = self._batch(store, source, rows, types)
        if told:
            _tell(batch, dict(zip(told, events, strict=True)))
        return batch

    def _batch(self, store: Store, source: int, rows: list[Row], types: list[RowType]) -> Batch:
        columns: list[Cells] = list(zip(*rows, strict=True))
        seqs, ids, times, durations, tokens, costs, texts, keys = columns[:_MARKS]
        zone, amend = store.mapping.zone, store.mapping.sources[source].amend

        def amended(index: int) -> tuple[object, object]:
            if amend is None:
                return texts[index], durations[index]
            kind, tool = rows[index][_KIND], rows[index][_TOOL]
            return amend((kind, tool, times[index], texts[index], durations[index]), zone)

        if not _are_plain(durations, 1e300):
            durations = [
                cell if cell is None else number(amended(index)[1] if type(cell) is str else cell)
                for index, cell in enumerate(durations)
            ]
        return Batch(
            source=source,
            seqs=seqs,
            sessions=self._sessions_of(store, source, seqs, ids),
            times=(
                list(times)
                if _are_plain(times, 6e10)
                else [parse_time(cell, zone) for cell in times]
            ),
            types=types,
            durations=list(durations),
            text=lambda index: summary_text(amended(index)[0]),
            keys=[None if key is None else identifier(key) for key in keys],
            amounts={
                index: (whole(some), number(cost))
                for index, (some, cost) in enumerate(zip(tokens, costs, strict=True))
                if some is not None or cost is not None
            },
            stories={},
        )

    # -- what comes again and again -----------------------------------------------------------

    def _types_of(self, rows: list[Row]) -> list[RowType]:
        return [self._types.get(row[_MARKS:]) or self._new_type(row[_MARKS:]) for row in rows]

    def _new_type(self, cells: Row) -> RowType:
        agent, kind, phase, state, tool, operation = cells
        found = row_type(
            (
                name(agent, AGENT_LIMIT),
                KINDS.get(kind, EventKind.OTHER),
                PHASES.get(phase, Phase.WHOLE),
                STATES.get(state, EventState.UNKNOWN),
                name(tool, TOOL_LIMIT),
                name(operation, TOOL_LIMIT),
            )
        )
        # 1 and 1.0 are one key and two names: only texts are looked up.
        if all(cell is None or type(cell) is str for cell in cells):
            if len(self._types) >= KEPT:
                self._types.clear()
            self._types[cells] = found
        return found

    def _sessions_of(self, store: Store, source: int, seqs: Cells, ids: Cells) -> list[str]:
        found = [self._sessions.get(raw) for raw in ids]
        return [
            self._new_session(store, source, seqs[index], ids[index]) if known is None else known
            for index, known in enumerate(found)
        ]

    def _new_session(self, store: Store, source: int, seq: int, raw: object) -> str:
        shown = identifier(raw)
        if shown != raw and store.raw_id(shown) != raw:
            # The store remembers the raw ids of rows that it makes events of.
            store.events_by_key([(source, seq)])
        if type(raw) is str:
            if len(self._sessions) >= KEPT:
                self._sessions.clear()
            self._sessions[raw] = shown
        return shown


def _tell(batch: Batch, events: Mapping[int, Event]) -> None:
    """Put whole rows into their places; they may have changed since the batch was read."""
    text = batch.text
    batch.text = lambda index: events[index].summary if index in events else text(index)
    for index, event in events.items():
        kind = type_of(event)
        batch.types[index] = kind
        batch.times[index] = event.time
        batch.durations[index] = event.duration
        if event.tokens is not None or event.cost is not None:
            batch.amounts[index] = (event.tokens, event.cost)
        elif index in batch.amounts:
            del batch.amounts[index]
        if kind.has_story:
            batch.stories[index] = event


def _are_plain(cells: Cells, limit: float) -> bool:
    """Whether all cells that are there are floats from 0 to a limit: found out at once."""
    if not {float, type(None)}.issuperset(map(type, cells)):
        return False
    known = [cell for cell in cells if cell is not None]
    return not known or (min(known) >= 0 and max(known) < limit)
