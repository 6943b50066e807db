"""The time that ages on the screen are told by."""

from __future__ import annotations

from collections.abc import Callable


class AgeClock:
    """The present, or, in steps, a time that stands still in between.

    Args:
        clock: gives the present in epoch seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told = float("-inf")
        self.step = 0.0
        """Seconds at least between two times that are told."""

    def __call__(self) -> float:
        """Epoch seconds by which ages are told now."""
        now = self._clock()
        if not 0 <= now - self._told < self.step:
            self._told = now
        return self._told
