"""What part of the time each family has, and an end to whatever takes longer."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite, isinf
from types import FrameType

OVERRUN = 1.5
"""So many times its part a family may take before it is stopped."""
LEAST = 0.05
"""Seconds: an alarm cannot be set to none."""


class OutOfTimeError(Exception):
    """A family was stopped: others wait, or all time is used up."""


class Clock:
    """Divides the time of a run among families; what one does not use is for those after it.

    Args:
        total: seconds for everything, beginning now.
        shares: how much each family is to have of them, in any unit; all that are to come.
        now: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        total: float = float("inf"),
        shares: Mapping[str, float] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._begun = now()
        self._end = self._begun + total
        self._shares = dict(shares or {})
        self._until = self._end

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return self._now() - self._begun

    @property
    def left(self) -> float:
        """Seconds that the family has which is measured now; 0 where it is over its part."""
        return max(0.0, self._until - self._now())

    @contextmanager
    def within(self, name: str) -> Iterator[float]:
        """Give a family its part of the time that is left.

        Yields:
            The seconds it has.
        """
        share = self._shares.pop(name, 1.0)
        whole = max(0.0, self._end - self._now())
        part = whole if isinf(whole) else whole * share / (share + sum(self._shares.values()))
        self._until = self._now() + part
        try:
            yield part
        finally:
            self._until = self._end

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Stop what is done in it once it takes far more than the time it has.

        Raises:
            OutOfTimeError: in the midst of that.
        """
        whole = max(0.0, self._end - self._now())
        with _stopped_after(min(self.left * OVERRUN, whole)):
            yield


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    # Only the main thread hears signals; and who has all the time needs none.
    if not isfinite(seconds) or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTimeError(f"stopped after {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, LEAST))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
