"""What sessions wait for, as plain data and back.

Rows are told by columns, as those of a batch are, and are a batch again when they come back: few
of them are ever looked at as events, and there may be thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from queries.folding.batch import Batch, links_of
from queries.folding.halves import LateRow
from queries.folding.joining import finish_all
from queries.folding.open_row import OpenDelegation, OpenRow
from queries.folding.open_rows import OpenRows
from queries.folding.open_state import Plain, event_from, event_plain, type_from, type_plain
from queries.folding.waiting_ends import Place, WaitingEnds
from queries.models import Event


class _Columns:
    """Rows of some sessions, each once, by their places here."""

    def __init__(self) -> None:
        self._ats: list[int] = []
        self._rows: list[Place] = []
        self._numbers: dict[int, int] = {}
        """Of rows that may be met again."""
        self._ends: dict[int, tuple[Event, ...]] = {}
        """Of delegations."""

    def __len__(self) -> int:
        return len(self._rows)

    def number(self, row: OpenRow | None) -> int | None:
        """The place of a row that may be met again."""
        if row is None:
            return None
        number = self._numbers.get(id(row))
        if number is None:
            number = self._numbers[id(row)] = len(self._rows)
            self._ats.append(row.at)
            self._rows.append(row.place or row.row)
            if row.ends:
                self._ends[number] = row.ends
        return number

    def numbers(self, ends: WaitingEnds) -> tuple[int, int]:
        """The first place of rows that are met only once, and how many they are."""
        first = len(self._rows)
        self._ats += ends.ats
        self._rows += ends.places
        return first, len(ends)

    def plain(self) -> Plain:
        """All that is known of the rows, column by column."""
        events = [row for row in self._rows if isinstance(row, Event)]
        told = Batch.of(events)
        told.links = dict(enumerate(map(links_of, events)))
        index = count()
        where = [(told, next(index)) if isinstance(row, Event) else row for row in self._rows]
        kinds = [batch.types[index] for batch, index in where]
        codes = {kind: code for code, kind in enumerate(dict.fromkeys(kinds))}
        keys = [batch.key(index) for batch, index in where]
        return [
            self._ats,
            [source for source, _ in keys],
            [seq for _, seq in keys],
            [batch.times[index] for batch, index in where],
            [batch.durations[index] for batch, index in where],
            [batch.keys[index] for batch, index in where],
            [codes[kind] for kind in kinds],
            [type_plain(kind) for kind in codes],
            [[number, *batch.links[index]] for number, (batch, index) in enumerate(where)
             if index in batch.links],
            [[number, *batch.amounts[index]] for number, (batch, index) in enumerate(where)
             if index in batch.amounts],
            [[number, event_plain(row), list(map(event_plain, self._ends.get(number, ())))]
             for number, row in enumerate(self._rows)
             if isinstance(row, Event) and self._is_more(number, row)],
        ]  # fmt: skip

    def _is_more(self, number: int, row: Event) -> bool:
        """Whether there is more to tell of a row than fits into the columns."""
        return number in self._ends or row.model is not None or row.end_key is not None


class _Rows:
    """Rows by their places, made of these columns."""

    def __init__(self, batch: Batch, ats: Sequence[int], whole: Plain) -> None:
        self.ats = ats
        self._batch = batch
        self._known: dict[int, OpenRow] = {}
        self._events: dict[int, Event] = {}
        for number, event, ends in whole:
            self._events[number] = known = event_from(event)
            if ends:
                row = self._known[number] = OpenRow(ats[number], known)
                row.ends = tuple(map(event_from, ends))
                row.now = finish_all(known, row.ends)

    def row(self, number: int) -> OpenRow:
        """The row in this place, the same one each time."""
        row = self._known.get(number)
        if row is None:
            event, at = self._events.get(number), self.ats[number]
            row = LateRow(at, self._batch, number) if event is None else OpenRow(at, event)
            self._known[number] = row
        return row

    def ends(self, first: int, number: int) -> WaitingEnds:
        """So many ends, from this place on."""
        numbers = range(first, first + number)
        return WaitingEnds(
            self.ats[first : first + number],
            [self._events.get(number) or (self._batch, number) for number in numbers],
        )


def waiting_plain(sessions: Iterable[tuple[str, OpenRows]]) -> Plain:
    """What some sessions wait for, by their ids."""
    rows = _Columns()
    place = rows.number
    told: Plain = []
    for name, waiting in sessions:
        before = len(rows)
        stacks = [[group, list(map(place, each))] for group, each in waiting._stacks.items()]
        # A delegation is met again by its key; ends are not.
        ends = [[group, *rows.numbers(each)] for group, each in waiting._ends.items()]
        delegations = [
            place(known[0].whole) if _is_alone(known) else [key, [
                [each.first, each.last, place(each.whole), place(each.start),
                 list(map(place, each.before)), list(map(place, each.earlier))]
                for each in known
            ]]
            for key, known in waiting._delegations.items()
        ]  # fmt: skip
        told.append([name, len(rows) - before, stacks, ends, delegations])
    return [told, rows.plain()]


def _is_alone(known: Sequence[OpenDelegation]) -> bool:
    """Whether nothing but the one row with their key is known of delegations."""
    first = known[0]
    whole = first.whole
    return (
        whole is not None
        and len(known) == 1
        and first.start is None
        and not first.before
        and not first.earlier
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
    rows = _Rows(batch, positions, whole)
    for name, _, stacks, ends, delegations in told:
        waiting = OpenRows()
        for group, places in stacks:
            waiting._stacks[group] = list(map(rows.row, places))
        for group, first, number in ends:
            waiting._ends[group] = rows.ends(first, number)
        for each in delegations:
            if isinstance(each, int):
                alone = OpenDelegation(positions[each])
                alone.whole = rows.row(each)
                waiting._delegations[keys[each]] = [alone]
            else:
                key, known = each
                waiting._delegations[key] = [_delegation_from(cells, rows) for cells in known]
        yield name, waiting


def _delegation_from(cells: Plain, rows: _Rows) -> OpenDelegation:
    first, last, whole, start, before, earlier = cells
    delegation = OpenDelegation(first)
    delegation.last = last
    delegation.whole = None if whole is None else rows.row(whole)
    delegation.start = None if start is None else rows.row(start)
    delegation.before = list(map(rows.row, before))
    delegation.earlier = tuple(map(rows.row, earlier))
    return delegation
