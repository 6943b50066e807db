"""What came together over time, as curves of few points."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from operator import attrgetter

from queries.folding.batch import Batch
from queries.folding.halves import Halves
from queries.folding.joining import REACH
from queries.folding.pairing import Pairing
from queries.models import Event, EventKey, EventKind, EventState
from queries.models.comparison import Curve

POINTS = 256
"""Slices of time of one curve, at most."""
_PER_SECOND = 64
_EARLIEST, _LATEST = -62e9, 253e9
_source_of = attrgetter("source")


class CurveCounter:
    """Counts the events of one session in slices of time, which widen as the session grows.

    One call is one event, at the time when it began.
    """

    __slots__ = ("_first", "_last", "_open", "_pairing", "_shift", "_slots", "_tells_tokens")

    def __init__(self) -> None:
        self._pairing = Pairing()
        self._open: dict[EventKey, Event] = {}
        self._slots: dict[int, list[int]] = {}
        self._shift = 0
        self._first = self._last = 0.0
        self._tells_tokens = False

    def add_all(self, rows: Iterable[Event]) -> None:
        """Take rows in order of arrival."""
        for _, run in groupby(rows, key=_source_of):
            self.add_batch(Batch.of(list(run)))

    def add_batch(self, batch: Batch) -> None:
        """Take rows of the session in order of arrival."""
        types = batch.types
        times = list(batch.times)
        tokens = {index: some for index, (some, _) in batch.amounts.items() if some is not None}
        apart = [index for index, kind in enumerate(types) if not kind.is_plain]
        left_out: set[int] = set()
        if apart:
            ends: set[int] = set()
            halves = [index for index in apart if types[index].is_half]
            for start, end in Halves(batch, halves).pairs if len(types) <= REACH else ():
                ends.add(end)
                left_out.add(start)
                if times[start] is not None:
                    times[end] = times[start]
                if start in tokens:
                    tokens.setdefault(end, tokens[start])
            rest = [index for index in apart if index not in ends and index not in left_out]
            left_out.update(rest)
            for index in rest:
                self._take(batch.event(index))
        if left_out:
            tokens = {index: some for index, some in tokens.items() if index not in left_out}
            kept = [index for index in range(len(types)) if index not in left_out]
            counted = [times[index] for index in kept]
            failed = [times[index] for index in kept if types[index].state is EventState.ERROR]
        else:
            counted = times
            both = zip(times, types, strict=True)
            failed = [time for time, kind in both if kind.state is EventState.ERROR]
        self._count(counted, failed, [(times[index], some) for index, some in tokens.items()], 1)

    def _take(self, row: Event) -> None:
        """Take a row that may be a part of an event that others tell of too."""
        outcome = self._pairing.add(row)
        if outcome.hidden is not None:
            self._take_back(outcome.hidden)
        if outcome.shown is not None:
            self._open[outcome.shown.key] = outcome.shown
            self._count_event(outcome.shown, 1)
        if outcome.changed is not None:
            self._take_back(outcome.changed.key)
            if outcome.changed.kind is EventKind.DELEGATION:
                self._open[outcome.changed.key] = outcome.changed
            self._count_event(outcome.changed, 1)

    def curve(self) -> Curve:
        """What was counted so far."""
        seconds: list[float] = []
        sums: list[tuple[int, int, int]] = []
        events = errors = tokens = 0
        for slot in sorted(self._slots):
            counts = self._slots[slot]
            events += counts[0]
            errors += counts[1]
            tokens += counts[2]
            end = ((slot + 1) << self._shift) / _PER_SECOND
            seconds.append(round(min(end, self._last) - self._first, 6))
            sums.append((events, errors, tokens))
        return Curve(
            seconds=tuple(seconds),
            events=tuple(point[0] for point in sums),
            errors=tuple(point[1] for point in sums),
            tokens=tuple(point[2] for point in sums) if self._tells_tokens else None,
        )

    def _take_back(self, key: EventKey) -> None:
        known = self._open.pop(key, None)
        if known is not None:
            self._count_event(known, -1)

    def _count_event(self, event: Event, sign: int) -> None:
        times = (event.time,)
        tokens = () if event.tokens is None else ((event.time, event.tokens),)
        self._count(times, times if event.state is EventState.ERROR else (), tokens, sign)

    def _count(
        self,
        times: Sequence[float | None],
        failed: Sequence[float | None],
        tokens: Sequence[tuple[float | None, int]],
        sign: int,
    ) -> None:
        """Count events.

        Args:
            times: of all of them.
            failed: of those that failed.
            tokens: of those that tell tokens, with how many.
            sign: -1 to take them back.
        """
        known = _within(times)
        if not known:
            return
        self._see(min(known), max(known))
        shift, slots = self._shift, self._slots
        for place, some in enumerate((known, _within(failed))):
            for slot, begin, end in _by_slot(sorted([when * _PER_SECOND for when in some]), shift):
                slots.setdefault(slot, [0, 0, 0])[place] += sign * (end - begin)
        told = [
            (when * _PER_SECOND, number)
            for when, number in tokens
            if when is not None and _EARLIEST < when < _LATEST
        ]
        if told:
            self._tells_tokens = True
            instants = [when for when, _ in told]
            if sorted(instants) != instants:
                told.sort()
                instants = [when for when, _ in told]
            sums = list(accumulate([number for _, number in told], initial=0))
            for slot, begin, end in _by_slot(instants, shift):
                slots[slot][2] += sign * (sums[end] - sums[begin])

    def _see(self, first: float, last: float) -> None:
        """Widen the slices until few enough of them span the session."""
        if self._slots:
            first, last = min(first, self._first), max(last, self._last)
        self._first, self._last = first, last
        low, high = int(first * _PER_SECOND), int(last * _PER_SECOND)
        shift = self._shift
        while (high >> shift) - (low >> shift) >= POINTS:
            shift += 1
        by = shift - self._shift
        if not by:
            return
        self._shift = shift
        wider: dict[int, list[int]] = {}
        for at, narrow in self._slots.items():
            counts = wider.setdefault(at >> by, [0, 0, 0])
            for index, number in enumerate(narrow):
                counts[index] += number
        self._slots = wider


def _within(times: Sequence[float | None]) -> list[float]:
    return [time for time in times if time is not None and _EARLIEST < time < _LATEST]


def _by_slot(instants: Sequence[float], shift: int) -> Iterator[tuple[int, int, int]]:
    """Slots of 2**shift, and from which to which index ascending instants lie in each."""
    begin = 0
    while begin < len(instants):
        # Towards zero: what is before 1970 has its slots one further on.
        slot = int(instants[begin]) >> shift
        limit = (slot + 1) << shift
        # Below zero a whole number is the last of its slot, not the first of the next.
        end = (bisect_left if limit > 0 else bisect_right)(instants, limit - (limit <= 0), begin)
        yield slot, begin, end
        begin = end
