"""What sessions wait for, as plain data and back.

Rows are told by columns, as those of a batch are, and are a batch again when they come back: few
of them are ever looked at as events, and there may be thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from queries.batch import NO_LINKS, Batch, RowType, links_of, marks_of, row_type, type_of
from queries.halves import LateRow
from queries.joining import finish_all
from queries.models import Event, EventKind, EventState, Phase
from queries.open_rows import OpenRow, OpenRows, _Delegation
from queries.open_state import Plain, event_from, event_plain

_NO_AMOUNTS = (None, None)


class _Columns:
    """Rows of some sessions, each once, by their places."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._rows: list[OpenRow] = []
        self._types: dict[RowType, int] = {}
        self._columns: tuple[list[Any], ...] = ([], [], [], [], [], [], [])
        """Positions, sources, seqs, times, durations, keys and types."""
        self._links: Plain = []
        self._amounts: Plain = []
        self._whole: Plain = []

    def __len__(self) -> int:
        return len(self._rows)

    def place(self, row: OpenRow | None) -> int | None:
        """The place of a row."""
        if row is None:
            return None
        place = self._places.get(id(row))
        if place is None:
            place = self._places[id(row)] = len(self._rows)
            self._rows.append(row)
            self._take(place, row)
        return place

    def _take(self, place: int, row: OpenRow) -> None:
        known = row.place if isinstance(row, LateRow) else None
        if known is None:
            event = row.row
            kind, (source, seq), key = type_of(event), event.key, event.call_key
            time, duration, amounts = event.time, event.duration, (event.tokens, event.cost)
            links = links_of(event)
            if row.ends or event.model is not None or event.end_key is not None:
                self._whole.append([place, event_plain(event), list(map(event_plain, row.ends))])
        else:
            batch, index = known
            kind, (source, seq), key = batch.types[index], batch.key(index), batch.keys[index]
            time, duration = batch.times[index], batch.durations[index]
            amounts = batch.amounts.get(index, _NO_AMOUNTS)
            links = batch.links.get(index, NO_LINKS)
        code = self._types.setdefault(kind, len(self._types))
        cells = (row.at, source, seq, time, duration, key, code)
        for column, cell in zip(self._columns, cells, strict=True):
            column.append(cell)
        if links != NO_LINKS:
            self._links.append([place, *links])
        if amounts != _NO_AMOUNTS:
            self._amounts.append([place, *amounts])

    def plain(self) -> Plain:
        """All that is known of the rows."""
        types = [list(marks_of(kind)) for kind in self._types]
        return [*self._columns, types, self._links, self._amounts, self._whole]


def waiting_plain(sessions: Iterable[tuple[str, OpenRows]]) -> Plain:
    """What some sessions wait for, by their ids."""
    rows = _Columns()
    place = rows.place
    told: Plain = []
    for name, waiting in sessions:
        before = len(rows)
        stacks = [[group, list(map(place, each))] for group, each in waiting._stacks.items()]
        ends = [[group, list(map(place, each))] for group, each in waiting._ends.items()]
        delegations = [
            place(known[0].whole) if _is_alone(known) else [key, [
                [each.first, each.last, place(each.whole), place(each.start),
                 list(map(place, each.before))]
                for each in known
            ]]
            for key, known in waiting._delegations.items()
        ]  # fmt: skip
        told.append([name, len(rows) - before, stacks, ends, delegations])
    return [told, rows.plain()]


def _is_alone(known: Sequence[_Delegation]) -> bool:
    """Whether nothing but the one row with their key is known of delegations."""
    first = known[0]
    whole = first.whole
    return (
        whole is not None
        and len(known) == 1
        and first.start is None
        and not first.before
        and first.first == first.last == whole.at
    )


def waiting_from(content: Plain) -> Iterable[tuple[str, OpenRows]]:
    """What sessions wait for, by their ids, of this plain data."""
    told, (positions, sources, seqs, times, durations, keys, codes, *rest) = content
    types, links, amounts, whole = rest
    kinds = [
        row_type((agent, EventKind(kind), Phase(phase), EventState(state), tool, operation))
        for agent, kind, phase, state, tool, operation in types
    ]
    batch = Batch(
        source=0,
        seqs=seqs,
        sessions=[name for name, number, *_ in told for _ in range(number)],
        times=times,
        types=[kinds[code] for code in codes],
        durations=durations,
        texts=lambda indexes: dict.fromkeys(indexes, ""),
        keys=keys,
        amounts={place: (tokens, cost) for place, tokens, cost in amounts},
        links={place: (id_, parent, target) for place, id_, parent, target in links},
        stories={},
        sources=sources,
    )
    rows: list[OpenRow] = [LateRow(at, batch, place) for place, at in enumerate(positions)]
    for place, event, ends in whole:
        rows[place] = _whole_row(positions[place], event_from(event), list(map(event_from, ends)))
    for name, _, stacks, ends, delegations in told:
        waiting = OpenRows()
        for group, places in stacks:
            waiting._stacks[group] = [rows[place] for place in places]
        for group, places in ends:
            waiting._ends[group] = [rows[place] for place in places]
        for each in delegations:
            if isinstance(each, int):
                alone = _Delegation(positions[each])
                alone.whole = rows[each]
                waiting._delegations[keys[each]] = [alone]
            else:
                key, known = each
                waiting._delegations[key] = [_delegation_from(cells, rows) for cells in known]
        yield name, waiting


def _whole_row(at: int, event: Event, ends: list[Event]) -> OpenRow:
    row = OpenRow(at, event)
    row.ends = tuple(ends)
    row.now = finish_all(event, ends)
    return row


def _delegation_from(cells: Plain, rows: Sequence[OpenRow]) -> _Delegation:
    first, last, whole, start, before = cells
    delegation = _Delegation(first)
    delegation.last = last
    delegation.whole = None if whole is None else rows[whole]
    delegation.start = None if start is None else rows[start]
    delegation.before = [rows[place] for place in before]
    return delegation
