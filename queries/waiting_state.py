"""What sessions wait for, as plain data and back.

Rows are told by columns, as those of a batch are, and are a batch again when they come back: few
of them are ever looked at as events, and there may be thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count, repeat

from queries.batch import Batch, links_of
from queries.halves import LateRow
from queries.joining import finish_all
from queries.models import Event
from queries.open_rows import OpenRow, OpenRows, _Delegation
from queries.open_state import Plain, event_from, event_plain, type_from, type_plain


class _Columns:
    """Rows of some sessions, each once, by their places."""

    def __init__(self) -> None:
        self._rows: list[OpenRow] = []
        self._places: dict[int, int] = {}
        """Of rows that may be met again."""

    def __len__(self) -> int:
        return len(self._rows)

    def place(self, row: OpenRow | None) -> int | None:
        """The place of a row that may be met again."""
        if row is None:
            return None
        place = self._places.get(id(row))
        if place is None:
            place = self._places[id(row)] = len(self._rows)
            self._rows.append(row)
        return place

    def places(self, rows: Sequence[OpenRow]) -> tuple[int, int]:
        """Where rows that are met only once begin, and how many they are."""
        first = len(self._rows)
        self._rows += rows
        return first, len(rows)

    def plain(self) -> Plain:
        """All that is known of the rows, column by column."""
        rows = self._rows
        found = [row.place for row in rows]
        known = [row.row for row, place in zip(rows, found, strict=True) if place is None]
        told = Batch.of(known)
        told.links = dict(enumerate(map(links_of, known)))
        number = count()
        where = [(told, next(number)) if place is None else place for place in found]
        kinds = [batch.types[index] for batch, index in where]
        codes = {kind: code for code, kind in enumerate(dict.fromkeys(kinds))}
        keys = [batch.key(index) for batch, index in where]
        return [
            [row.at for row in rows],
            [source for source, _ in keys],
            [seq for _, seq in keys],
            [batch.times[index] for batch, index in where],
            [batch.durations[index] for batch, index in where],
            [batch.keys[index] for batch, index in where],
            [codes[kind] for kind in kinds],
            [type_plain(kind) for kind in codes],
            [[place, *batch.links[index]] for place, (batch, index) in enumerate(where)
             if index in batch.links],
            [[place, *batch.amounts[index]] for place, (batch, index) in enumerate(where)
             if index in batch.amounts],
            [[place, event_plain(row.row), list(map(event_plain, row.ends))]
             for place, row in enumerate(rows) if found[place] is None and _is_more(row)],
        ]  # fmt: skip


def _is_more(row: OpenRow) -> bool:
    """Whether there is more to tell of a row than fits into the columns."""
    return bool(row.ends) or row.row.model is not None or row.row.end_key is not None


def waiting_plain(sessions: Iterable[tuple[str, OpenRows]]) -> Plain:
    """What some sessions wait for, by their ids."""
    rows = _Columns()
    place, places = rows.place, rows.places
    told: Plain = []
    for name, waiting in sessions:
        before = len(rows)
        stacks = [[group, list(map(place, each))] for group, each in waiting._stacks.items()]
        # A delegation is met again by its key; ends are not.
        ends = [[group, *places(each)] for group, each in waiting._ends.items()]
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
    kinds = list(map(type_from, types))
    batch = Batch(
        source=0,
        seqs=seqs,
        sessions=list(chain.from_iterable([name] * number for name, number, *_ in told)),
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
    rows: list[OpenRow] = list(map(LateRow, positions, repeat(batch), count()))
    for place, event, ends in whole:
        rows[place] = _whole_row(positions[place], event_from(event), list(map(event_from, ends)))
    for name, _, stacks, ends, delegations in told:
        waiting = OpenRows()
        for group, places in stacks:
            waiting._stacks[group] = [rows[place] for place in places]
        for group, first, number in ends:
            waiting._ends[group] = rows[first : first + number]
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
