"""What came together over time, as curves of few points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from queries.comparison_models import Curve
from queries.models import Event, EventKey, EventKind, EventState, Phase
from queries.pairing import Pairing

POINTS = 256
"""Slices of time of one curve, at most."""
_PER_SECOND = 64
_EARLIEST, _LATEST = -62e9, 253e9


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
        plain: list[Event] = []
        add = self._pairing.add
        for row in rows:
            if row.phase is Phase.WHOLE and row.kind is not EventKind.DELEGATION:
                plain.append(row)
                continue
            outcome = add(row)
            if outcome.hidden is not None:
                self._take_back(outcome.hidden)
            if outcome.shown is not None:
                self._open[outcome.shown.key] = outcome.shown
                self._count((outcome.shown,), 1)
            if outcome.changed is not None:
                self._take_back(outcome.changed.key)
                if outcome.changed.kind is EventKind.DELEGATION:
                    self._open[outcome.changed.key] = outcome.changed
                self._count((outcome.changed,), 1)
        self._count(plain, 1)

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
            self._count((known,), -1)

    def _count(self, rows: Sequence[Event], sign: int) -> None:
        times = [row.time for row in rows]
        known = [time for time in times if time is not None and _EARLIEST < time < _LATEST]
        if not known:
            return
        self._see(min(known), max(known))
        shift, slots = self._shift, self._slots
        for slot, number in Counter([int(time * _PER_SECOND) >> shift for time in known]).items():
            slots.setdefault(slot, [0, 0, 0])[0] += sign * number
        for row in rows:
            failed, tokens = row.state is EventState.ERROR, row.tokens
            if not failed and tokens is None:
                continue
            if row.time is None or not _EARLIEST < row.time < _LATEST:
                continue
            counts = slots[int(row.time * _PER_SECOND) >> shift]
            counts[1] += sign * failed
            if tokens is not None:
                self._tells_tokens = True
                counts[2] += sign * tokens

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
