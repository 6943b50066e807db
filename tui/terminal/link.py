"""How long the terminal takes to answer: is there a slow link in between?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

QUESTION: Final = "\x1b[?2026$p"
"""What Textual asks every terminal at the start. Only those that answered are asked again."""
LATE: Final = 0.4
"""Seconds from a frame to the answer behind it that are too many."""
NEEDED: Final = 3
"""Late answers in a row that make a link slow: one may be a terminal that was stopped."""
SOON: Final = 1.0
"""Seconds until the next question after a late answer."""
RARELY: Final = 60.0
"""Seconds until the next question after one in time; late answers count for as long."""


class LinkMeter:
    """Tells once when a link turns out to be slow.

    A terminal answers a question when it has drawn what was sent before. What was sent may lie
    in buffers on the way for long without the program's writing ever being held up; in
    terminals that answer no questions, only that can be seen.

    Args:
        clock: tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers = False
        self._asked: float | None = None
        self._next = float("-inf")
        self._late: list[float] = []
        self.is_slow = False
        """Whether the link was found to be slow."""

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is on its way."""
        return self._asked is not None

    def begin(self) -> None:
        """The terminal is taken over: Textual asks it, and nothing is known about it."""
        self._answers, self._asked = False, None

    def ask(self) -> bool:
        """Whether to send :data:`QUESTION` behind the frame that was just sent."""
        now = self._clock()
        if self.is_slow or not self._answers or self._asked is not None or now < self._next:
            return False
        self._asked = now
        return True

    def answered(self, moment: float) -> bool:
        """An answer came at a moment; returns whether the link just turned out to be slow."""
        asked, self._asked = self._asked, None
        if asked is None:
            self._answers = True
            return False
        taken = moment - asked
        self._next = moment + (SOON if taken > LATE else RARELY)
        if taken <= LATE:
            self._late.clear()
        return self._took(taken)

    def held_up(self, seconds: float) -> bool:
        """A frame had to wait for the one before; returns the same as :meth:`answered`."""
        return not self._answers and self._took(seconds)

    def _took(self, seconds: float) -> bool:
        if self.is_slow or seconds <= LATE:
            return False
        now = self._clock()
        self._late = [moment for moment in self._late if now - moment <= RARELY]
        self._late.append(now)
        self.is_slow = len(self._late) >= NEEDED
        return self.is_slow
