"""When something may be read again, so that reading never takes more than a share of the time."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 600.0
"""Seconds: a clock that was put forward, or a machine that slept, makes no longer pause."""


class Pause:
    """The rest between two readings, by a clock that people may set."""

    def __init__(self, clock: Callable[[], float], least: float, share: float) -> None:
        """There is no pause at first.

        Args:
            clock: gives epoch seconds.
            least: seconds that a pause lasts.
            share: it lasts at least so many times as long as the reading took.
        """
        self._clock = clock
        self._least = least
        self._share = share
        self._since: float | None = None
        self._from = self._until = 0.0

    @property
    def is_reading(self) -> bool:
        """Whether a reading goes on."""
        return self._since is not None

    def begin(self) -> None:
        """A reading begins."""
        self._since = self._clock()

    def end(self) -> None:
        """A reading is done; the pause begins."""
        took = 0.0 if self._since is None else self._clock() - self._since
        self._since = None
        self.rest(min(max(self._least, took * self._share), max(LONGEST, self._least)))

    def rest(self, seconds: float) -> None:
        """The pause lasts so long from now."""
        self._from = self._clock()
        self._until = self._from + seconds

    def is_over(self) -> bool:
        """Whether nothing is being read and the pause is over, or the clock was put back."""
        return not self.is_reading and not self._from <= self._clock() < self._until
