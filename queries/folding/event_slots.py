"""When things happened: counts in slots of time, which add up to hours, days and weeks.

Slots are quarters of an hour of UTC, of which the hours of every zone are made. A store that
has events in more than :data:`MOST` of them is counted in slots twice as wide (and so on), so
memory is bounded; how wide they are depends on the times alone, not on the order in which they
are counted or merged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter

from queries.folding.batch import ERROR, FAILED, NOTHING, OK, Amount, RowType
from queries.plain_data import dataclass

SLOT = 900
"""Seconds of a slot, as long as there are not too many."""
MOST = 20_000
"""Slots that are kept at most: 208 days without a pause."""
_EVENTS, _ERRORS, _OK, _FAILED, _TOKENS, _STATING = range(6)
_tally_of = attrgetter("tally")


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """What happened in one slot."""

    start: float
    """Epoch seconds."""
    events: int
    errors: int
    ok: int
    """Calls that succeeded."""
    failed: int
    """Calls that failed."""
    tokens: int | None
    """Unknown where no event states any."""


class EventSlots:
    """Counts of events by time. One call is one event, at the time at which it began."""

    __slots__ = ("_counts", "_width", "undated")

    def __init__(self) -> None:
        self._width = SLOT
        self._counts: dict[int, list[int]] = {}
        self.undated = 0
        """Events without a known time."""

    @property
    def width(self) -> int:
        """Seconds of a slot."""
        return self._width

    def __iter__(self) -> Iterator[SlotCounts]:
        """The slots in which anything happened, oldest first."""
        for slot in sorted(self._counts):
            events, errors, ok, failed, tokens, stating = self._counts[slot]
            if events or stating:
                yield SlotCounts(
                    float(slot * self._width), events, errors, ok, failed,
                    tokens if stating else None,
                )  # fmt: skip

    def add_all(self, times: Sequence[float | None], types: Sequence[RowType]) -> None:
        """Count rows, those of them that count by themselves."""
        tallies = bytes(map(_tally_of, types))
        if None in times:
            both = list(zip(times, tallies, strict=True))
            tallies = bytes(tally for time, tally in both if time is not None)
            self.undated += sum(tally != NOTHING for time, tally in both if time is None)
        known = [time for time in times if time is not None]
        # Sorting what is in order takes a fifth of the time that comparing neighbours does.
        ordered = sorted(known)
        if ordered != known:
            order = sorted(range(len(known)), key=known.__getitem__)
            tallies = bytes(map(tallies.__getitem__, order))
        at, width = 0, self._width
        while at < len(ordered):
            slot = int(ordered[at] // width)
            end = bisect_left(ordered, (slot + 1) * width, at + 1)
            self._count_all(slot, tallies[at:end])
            at = end
        self._widen()

    def _count_all(self, slot: int, tallies: bytes) -> None:
        counts = self._slot(slot)
        failed = tallies.count(FAILED)
        counts[_EVENTS] += len(tallies) - tallies.count(NOTHING)
        counts[_ERRORS] += failed + tallies.count(ERROR)
        counts[_OK] += tallies.count(OK)
        counts[_FAILED] += failed

    def add(self, time: float | None, kind: RowType, number: int) -> None:
        """Count ``number`` events (negative: take them back) at an instant."""
        if not kind.counts:
            return
        if time is None:
            self.undated += number
        else:
            self._count(int(time // self._width), kind, number)
            self._widen()

    def add_amounts(
        self,
        times: Sequence[float | None],
        amounts: Mapping[int, Amount],
        types: Sequence[RowType],
    ) -> None:
        """Count what rows took: by index, (tokens, cost) of those that state either."""
        stated = [
            (time, tokens)
            for index, (tokens, _) in amounts.items()
            if tokens is not None and (time := times[index]) is not None and types[index].counts
        ]
        instants = [time for time, _ in stated]
        if sorted(instants) != instants:
            stated.sort()
            instants = [time for time, _ in stated]
        sums = list(accumulate([tokens for _, tokens in stated], initial=0))
        at, width = 0, self._width
        while at < len(instants):
            slot = int(instants[at] // width)
            end = bisect_left(instants, (slot + 1) * width, at + 1)
            counts = self._counts[slot]
            counts[_TOKENS] += sums[end] - sums[at]
            counts[_STATING] += end - at
            at = end

    def add_tokens(self, time: float | None, tokens: int | None, sign: int) -> None:
        """Count (or with -1 take back) what an event took."""
        if time is not None and tokens is not None:
            counts = self._slot(int(time // self._width))
            counts[_TOKENS] += sign * tokens
            counts[_STATING] += sign

    def move(
        self, kind: RowType, at: float | None, to: float | None, tokens: int | None, sign: int
    ) -> None:
        """An event counted at one instant took place at another (-1: the other way round).

        Nothing happens where the other instant is not known.
        """
        if to is None or (at is not None and at // self._width == to // self._width):
            return
        self.add(at, kind, -sign)
        self.add_tokens(at, tokens, -sign)
        self.add(to, kind, sign)
        self.add_tokens(to, tokens, sign)

    def merge(self, other: EventSlots) -> None:
        """Add all that ``other`` holds. Consumes it."""
        self.undated += other.undated
        while self._width < other._width:
            self._double()
        while other._width < self._width:
            other._double()
        for slot, counts in other._counts.items():
            mine = self._counts.setdefault(slot, counts)
            if mine is not counts:
                mine[:] = map(int.__add__, mine, counts)
        self._widen()

    def _count(self, slot: int, kind: RowType, number: int) -> None:
        counts, tally = self._slot(slot), kind.tally
        counts[_EVENTS] += number
        counts[_ERRORS] += number * (tally in (ERROR, FAILED))
        counts[_OK] += number * (tally == OK)
        counts[_FAILED] += number * (tally == FAILED)

    def _slot(self, slot: int) -> list[int]:
        counts = self._counts.get(slot)
        if counts is None:
            counts = self._counts[slot] = [0] * 6
        return counts

    def _widen(self) -> None:
        while len(self._counts) > MOST:
            self._double()

    def _double(self) -> None:
        narrow, self._counts = self._counts, {}
        self._width *= 2
        for slot, counts in narrow.items():
            wide = self._counts.setdefault(slot >> 1, counts)
            if wide is not counts:
                wide[:] = map(int.__add__, wide, counts)

    # -- plain data -----------------------------------------------------------------------------

    def plain(self) -> Iterator[list[int]]:
        """Plain data: first the width and what is undated, then a row for each slot."""
        yield [self._width, self.undated]
        for slot, counts in self._counts.items():
            yield [slot, *counts]

    def take(self, rows: Iterable[Sequence[int]]) -> None:
        """Add what :meth:`plain` gave, in one or several parts."""
        for row in rows:
            if len(row) == 2:
                self._width, self.undated = row
            else:
                slot, events, errors, ok, failed, tokens, stating = row
                self._counts[slot] = [events, errors, ok, failed, tokens, stating]
