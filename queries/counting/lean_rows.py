"""Rows read for nothing but to be counted.

Making an event of a row costs more than counting it, so it is done only for rows whose
meaning depends on others. Of all others only those cells are read that are counted, column by
column, and what comes again and again is looked up: above all the marks of a row, which SQLite
hands over as one text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import compress, count
from operator import itemgetter

from queries.counting.lean_cells import (
    Cells,
    Row,
    rows_of,
    summaries_of,
    summary_cells,
    texts_of,
)
from queries.dialects.base import Source
from queries.dialects.cells import identifier, name
from queries.dialects.conversion import AGENT_LIMIT, KINDS, PHASES, STATES, TOOL_LIMIT
from queries.folding.batch import Batch, Links, RowType, links_of, row_type, type_of
from queries.models import Event, EventKind, EventState, Phase
from queries.opening.files import DEAD_ENDS, StoreError
from queries.reading.lean_columns import (
    Minutes,
    amounts,
    durations_of,
    identifiers,
    instants,
    links,
)
from queries.store import Store

_MARKS = "json_array(agent, kind, phase, state, tool, operation)"
_CELLS = "seq, session_id, {}, time, duration, tokens, cost, {}"
_PLAIN = 8
"""How many cells these are; after them those of the summary may come."""
_UNKNOWN: Links = (identifier(None), None, None)
_seq_of = itemgetter(0)
KEPT = 50_000
"""Sessions that are kept by their raw ids at most, before all are let go."""
TYPES_KEPT = 4_000
"""Types that are kept by their raw cells at most, each some 0.7 KB."""


class _UnclearError(Exception):
    """A text does not tell exactly what the cells are that were put into it."""


class LeanRows:
    """Reads batches of rows; the totals over them equal those over the same rows as events."""

    def __init__(self) -> None:
        self._types: dict[str, RowType] = {}
        """By marks."""
        self._source: Source | None = None
        """Whose marks they are."""
        self._sessions: dict[object, str] = {}
        self._minutes: Minutes | None = None

    def forget(self) -> None:
        """Let go of what comes again and again: no more is read for now."""
        self._types.clear()
        self._sessions.clear()

    def read_cells(
        self,
        store: Store,
        source: int,
        read: Callable[[str], list[Row]],
        *,
        with_texts: bool = False,
    ) -> Batch | None:
        """The rows whose cells a query gives; None where that takes whole rows.

        Args:
            store: to read.
            source: number of the source.
            read: given the names of the cells, fetches them of some rows, ascending.
            with_texts: read the summaries of all rows at once, which is faster where those of
                many are asked for.

        Raises StoreBusyError, StoreGoneError or QueryStoppedError as the store's queries do.
        """
        described = store.mapping.sources[source]
        marks = _marks_of(described)
        if marks is None:
            return None
        key = "call_key" if store.mapping.has_phases else "NULL"
        try:
            cells = _CELLS.format(marks, key)
            if with_texts:
                cells += f", {summary_cells(described)}"
            return self._batch(store, source, read(cells))
        except DEAD_ENDS:
            raise
        except (StoreError, _UnclearError):
            return None  # Cells of kinds that only whole rows can be read with.

    def _batch(self, store: Store, source: int, rows: list[Row]) -> Batch:
        if not rows:
            return Batch.of(())
        columns = tuple(zip(*rows, strict=True))
        types = self._types_of(store, source, columns)
        changing = {kind for kind in set(types) if kind.may_change}
        running = _places(types, changing)
        # All of a row is needed where it may change in place.
        whole_rows = store.events_by_key([(source, rows[index][0]) for index in running])
        there = {event.seq: event for event in whole_rows}
        if len(there) < len(running):
            # Gone in the meantime, or unreadable, which the store has counted.
            gone = {rows[index][0] for index in running}.difference(there)
            if not gone:
                raise _UnclearError  # A damaged file may hold one key twice.
            return self._batch(store, source, [row for row in rows if row[0] not in gone])
        batch = self._columns(store, source, columns, types)
        _tell(batch, {index: there[rows[index][0]] for index in running})
        self._tell_stories(store, batch)
        return batch

    def _columns(
        self, store: Store, source: int, columns: tuple[Cells, ...], types: list[RowType]
    ) -> Batch:
        seqs, ids, _, times, durations, tokens, costs, keys = columns[:_PLAIN]
        own = columns[_PLAIN:]
        if self._minutes is None or self._minutes.zone != store.mapping.zone:
            self._minutes = Minutes(store.mapping.zone)
        described = store.mapping.sources[source]

        moments = instants(times, self._minutes)
        took = durations_of(described, moments, durations, self._minutes)

        def texts(indexes: Sequence[int]) -> Mapping[int, str]:
            if own:
                cells = [list(map(column.__getitem__, indexes)) for column in own]
                return dict(zip(indexes, summaries_of(described, cells), strict=True))
            known = texts_of(store, source, [seqs[index] for index in indexes])
            return {index: known.get(seqs[index], "") for index in indexes}

        return Batch(
            source=source,
            seqs=seqs,
            sessions=self._sessions_of(store, source, seqs, ids),
            times=moments,
            types=types,
            durations=took,
            texts=texts,
            keys=identifiers(keys),
            amounts=amounts(tokens, costs),
            links={},
            stories={},
        )

    def _tell_stories(self, store: Store, batch: Batch) -> None:
        """Read what more it takes to tell stories of rows."""
        stories = batch.stories
        kinds = {kind for kind in set(batch.types) if kind.is_told}
        if not kinds:
            return
        told = _places(batch.types, kinds)
        if stories:
            told = [index for index in told if index not in stories]
        if not told:
            return
        source, seqs, types = batch.source, batch.seqs, batch.types
        cells = "seq, id, parent_id, target_agent"
        rows = rows_of(store, source, cells, [seqs[index] for index in told])
        found = dict(zip(map(_seq_of, rows), links(rows), strict=True))
        batch.links |= {index: found.get(seqs[index], _UNKNOWN) for index in told}
        if store.mapping.sources[source].amend is not None:
            unsure = {
                seqs[index]: index
                for index in told
                if batch.links[index][2] is None and types[index].kind is EventKind.DELEGATION
            }
            if unsure:
                events = store.events_by_key([(source, seq) for seq in unsure])
                _tell(batch, {unsure[event.seq]: event for event in events})

    # -- what comes again and again -----------------------------------------------------------

    def _types_of(self, store: Store, source: int, columns: tuple[Cells, ...]) -> list[RowType]:
        described, marks = store.mapping.sources[source], columns[2]
        if described is not self._source or len(self._types) > TYPES_KEPT:
            self._types.clear()
            self._source = described
        try:
            return list(map(self._types.__getitem__, marks))
        except KeyError:
            found = dict(zip(marks, columns[0], strict=True))
            unknown = {text: seq for text, seq in found.items() if text not in self._types}
        if described.marks is None:
            self._types.update({text: _new_type(text) for text in unknown})
        else:
            cells = f"marks, {_MARKS}"
            rows = rows_of(store, source, cells, sorted(unknown.values()), "lean")
            self._types.update({text: _new_type(cells) for text, cells in rows})
            if any(text not in self._types for text in unknown):
                raise _UnclearError  # A row changed in the meantime.
        return list(map(self._types.__getitem__, marks))

    def _sessions_of(self, store: Store, source: int, seqs: Cells, ids: Cells) -> list[str]:
        try:
            return list(map(self._sessions.__getitem__, ids))
        except KeyError:
            found = dict(zip(ids, seqs, strict=True))
        for raw in [raw for raw in found if type(raw) is str and raw not in self._sessions]:
            self._new_session(store, source, found[raw], raw)
        try:
            return list(map(self._sessions.__getitem__, ids))
        except KeyError:
            return [
                self._sessions.get(raw) or self._new_session(store, source, seq, raw)
                for seq, raw in zip(seqs, ids, strict=True)
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


def _marks_of(described: Source) -> str | None:
    """The cell that holds the marks of a source's rows; None where only whole rows tell them."""
    if described.convert is not None and described.amend is None:
        return None
    return _MARKS if described.marks is None else "marks"


def _places(types: Sequence[RowType], wanted: Set[RowType]) -> list[int]:
    """The indexes of rows of these types."""
    return list(compress(count(), map(wanted.__contains__, types))) if wanted else []


def _new_type(marks: str) -> RowType:
    cells = json.loads(marks)
    if not all(cell is None or type(cell) in (str, int) for cell in cells):
        raise _UnclearError
    agent, kind, phase, state, tool, operation = cells
    return row_type(
        (
            name(agent, AGENT_LIMIT),
            KINDS.get(kind, EventKind.OTHER),
            PHASES.get(phase, Phase.WHOLE),
            STATES.get(state, EventState.UNKNOWN),
            name(tool, TOOL_LIMIT),
            name(operation, TOOL_LIMIT),
        )
    )


def _tell(batch: Batch, events: Mapping[int, Event]) -> None:
    """Put whole rows into their places; they may have changed since the batch was read."""
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
        if kind.is_told:
            batch.links[index] = links_of(event)


def lean_view(store: Store, source: int) -> str:
    """Where the cells are that :meth:`LeanRows.read_cells` asks for."""
    has_marks = store.mapping.sources[source].marks is not None
    return f"{'lean' if has_marks else 'event'}_rows_{source}"
