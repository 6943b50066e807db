"""How busy a session was over its time: a tiny histogram that merges.

Buckets are aligned to multiples of a power of two of seconds, and widen only when the span
needs it, so the result does not depend on the order in which times are added. (Taking times
back never narrows them again.)
"""

from __future__ import annotations

SLOTS = 16


class ActivityBars:
    """Counts of instants in at most :data:`SLOTS` equal slices of time."""

    __slots__ = ("_counts", "_shift")

    def __init__(self) -> None:
        self._shift = 0
        self._counts: dict[int, int] = {}

    def add(self, instant: float, number: int = 1) -> None:
        """Count ``number`` events (negative: forget them) at an instant in epoch seconds."""
        slot = int(instant) >> self._shift
        counts = self._counts
        if slot not in counts:
            counts[slot] = number
            self._fit()
            return
        counts[slot] += number
        if not counts[slot]:
            del counts[slot]

    def merge(self, other: ActivityBars) -> None:
        """Add all that ``other`` holds."""
        while self._shift < other._shift:
            self._widen()
        by = self._shift - other._shift
        for slot, number in other._counts.items():
            at = slot >> by
            self._counts[at] = self._counts.get(at, 0) + number
        self._fit()

    def values(self) -> tuple[int, ...]:
        """Counts from the first to the last slice, oldest first; empty when nothing counted."""
        if not self._counts:
            return ()
        first, last = min(self._counts), max(self._counts)
        return tuple(max(self._counts.get(slot, 0), 0) for slot in range(first, last + 1))

    def _fit(self) -> None:
        while len(self._counts) > 1 and max(self._counts) - min(self._counts) >= SLOTS:
            self._widen()

    def _widen(self) -> None:
        self._shift += 1
        wider: dict[int, int] = {}
        for slot, number in self._counts.items():
            wider[slot >> 1] = wider.get(slot >> 1, 0) + number
        self._counts = wider
