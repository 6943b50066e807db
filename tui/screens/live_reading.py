"""When something that is shown has to be read again, while the store grows."""

from __future__ import annotations

from collections.abc import Callable

from queries.models import Snapshot, StoreState
from tui.pause import Pause

PAUSE = 2.0
"""Seconds at least between two readings of what goes on."""
_SHARE = 5.0
"""A pause is at least so many times as long as the reading took."""


class LiveReading:
    """Knows whether what was read is behind the store, and whether it is time to read again."""

    def __init__(self, clock: Callable[[], float], concerns: Callable[[Snapshot], bool]) -> None:
        """Nothing is read yet.

        Args:
            clock: gives the present in epoch seconds.
            concerns: whether a snapshot tells of something new in what was read.
        """
        self._pause = Pause(clock, PAUSE, _SHARE)
        self._concerns = concerns
        self._generation = 0
        self._epoch: int | None = None
        self._is_behind = False

    @property
    def is_reading(self) -> bool:
        """Whether an answer is being waited for."""
        return self._pause.is_reading

    def begin(self) -> None:
        """A reading begins."""
        self._is_behind = False
        self._pause.begin()

    def end(self, retry: bool = False) -> None:
        """A reading is done; ``retry``: it failed, but may succeed another time."""
        self._pause.end()
        self._is_behind |= retry

    def take(self, snapshot: Snapshot) -> None:
        """Remember whether something changed; each snapshot counts once."""
        if snapshot.generation == self._generation or snapshot.state is not StoreState.LIVE:
            return
        self._generation = snapshot.generation
        known, self._epoch = self._epoch, snapshot.epoch
        is_other = known is not None and known != snapshot.epoch
        self._is_behind |= is_other or snapshot.arrived_cut or self._concerns(snapshot)

    def is_due(self) -> bool:
        """Whether it is time to read again."""
        return self._is_behind and self._pause.is_over()
