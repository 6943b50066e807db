"""How busy a session was over its time: a tiny histogram that merges.

Buckets are aligned to multiples of a power of two of seconds, and widen only when the span
needs it, so the result does not depend on the order in which times are added. (Taking times
back never narrows them again.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

SLOTS = 16
_EARLIEST, _LATEST = -62e9, 253e9
"""What is further away is no time of an event."""


class ActivityBars:
    """Counts of instants in at most :data:`SLOTS` equal slices of time."""

    # One of these is kept for each session of a store, so it is a short list, not a dict.
    __slots__ = ("_counts", "_first", "_shift")

    def __init__(self) -> None:
        self._shift = 0
        self._first = 0
        """The slot of the first count."""
        self._counts: list[int] = []

    def add(self, instant: float, number: int = 1) -> None:
        """Count ``number`` events (negative: forget them) at an instant in epoch seconds."""
        if _EARLIEST < instant < _LATEST:
            second = int(instant)
            self._cover(second, second)
            self._counts[(second >> self._shift) - self._first] += number

    def add_all(self, instants: Iterable[float]) -> None:
        """Count one event at each of these instants."""
        ordered = sorted(instants)
        if not ordered:
            return
        if not 0 <= ordered[0] <= ordered[-1] < _LATEST:
            for instant in ordered:
                self.add(instant)
            return
        low, high = int(ordered[0]), int(ordered[-1])
        self._cover(low, high)
        counts, shift, first = self._counts, self._shift, self._first
        begin = 0
        for slot in range(low >> shift, (high >> shift) + 1):
            end = bisect_left(ordered, (slot + 1) << shift, begin)
            counts[slot - first] += end - begin
            begin = end

    def merge(self, other: ActivityBars) -> None:
        """Add all that ``other`` holds."""
        if not other._counts:
            return
        last = other._first + len(other._counts) - 1
        self._cover(other._first << other._shift, last << other._shift, other._shift)
        by = self._shift - other._shift
        for slot, number in enumerate(other._counts, other._first):
            self._counts[(slot >> by) - self._first] += number

    def values(self) -> tuple[int, ...]:
        """Counts from the first to the last slice, oldest first; empty when nothing counted."""
        counts = self._counts
        if counts and counts[0] and counts[-1] and min(counts) >= 0:
            return tuple(counts)
        used = [index for index, number in enumerate(counts) if number > 0]
        if not used:
            return ()
        return tuple(max(number, 0) for number in counts[used[0] : used[-1] + 1])

    def _cover(self, low: int, high: int, shift: int = 0) -> None:
        """Make room for seconds from ``low`` to ``high``, in slots of at least 2**shift."""
        if not any(self._counts):
            self._shift, self._counts = shift, []
        while self._shift < shift:
            self._widen()
        while True:
            first, last = low >> self._shift, high >> self._shift
            counts = self._counts
            if counts:
                first = min(first, self._first)
                last = max(last, self._first + len(counts) - 1)
            if last - first < SLOTS:
                break
            if counts and not (counts[0] and counts[-1]):
                self._trim()
            else:
                self._widen()
        before = self._first - first if counts else 0
        after = last - first + 1 - before - len(counts)
        if before or after:
            self._counts = [0] * before + counts + [0] * after
        self._first = first

    def _trim(self) -> None:
        """Let go of empty slots at both ends."""
        while not self._counts[0]:
            del self._counts[0]
            self._first += 1
        while not self._counts[-1]:
            del self._counts[-1]

    def _widen(self) -> None:
        self._shift += 1
        if not self._counts:
            return
        first = self._first >> 1
        counts: list[int] = [0] * (((self._first + len(self._counts) - 1) >> 1) - first + 1)
        for slot, number in enumerate(self._counts, self._first):
            counts[(slot >> 1) - first] += number
        self._first, self._counts = first, counts
