"""Lets the thread that counts give way while a key is being answered.

Both threads share one interpreter: while one runs, the other waits. A key takes a few
milliseconds to answer, and up to several times as long while the past of a store is counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from queries.pausing import yield_processor

LONGEST = 0.05
"""Seconds for which one key is waited for at most: not every key changes the screen."""
MOST = 0.5
"""Seconds of each second that are waited at most, so that keys never stop the counting."""
RECENT = 0.5
"""Seconds after a key within which another one is likely."""


class KeyGate:
    """Closed while a key is being answered. Its methods may be called from any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """The gate is open."""
        self._monotonic = monotonic
        self._open = threading.Event()
        self._open.set()
        self._is_handled = False
        self._is_done = False
        self._last = float("-inf")
        self._window = float("-inf")
        self._waited = 0.0
        self.keys = 0
        """How many keys were pressed."""
        self.waits = 0
        """How often something waited; for tests of how much work is done."""

    def came(self) -> None:
        """A key was pressed."""
        self.keys += 1
        self._close()

    def _close(self) -> None:
        self._last = self._monotonic()
        self._is_handled = self._is_done = False
        self._open.clear()

    def handled(self) -> None:
        """The key has begun to be handled: the next frame shows what it does."""
        self._close()
        self._is_handled = True

    def done(self) -> None:
        """What the key asks for was done: all that is missing is the frame that shows it."""
        self._is_done = self._is_handled

    def painted(self) -> None:
        """A frame was painted."""
        if self._is_handled:
            self._open.set()

    @property
    def is_waiting(self) -> bool:
        """Whether a key came of which nothing is done so far."""
        return not self._is_done and not self._open.is_set()

    @property
    def is_answering(self) -> bool:
        """Whether what a key asks for was done, but is not painted yet."""
        return self._is_done and not self._open.is_set()

    @property
    def is_recent(self) -> bool:
        """Whether a key came a moment ago."""
        return self._monotonic() - self._last < RECENT

    def wait(self) -> None:
        """Return when no key is being answered, or after a while."""
        yield_processor()
        if self._open.is_set():
            return
        now = self._monotonic()
        if now - self._window >= 1.0:
            self._window, self._waited = now, 0.0
        left = min(LONGEST, MOST - self._waited)
        if left > 0:
            self.waits += 1
            self._open.wait(left)
            self._waited += self._monotonic() - now
        # A key that is not answered by now is not waited for any more.
        self._open.set()
