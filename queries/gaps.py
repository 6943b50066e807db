"""Reading beside a writer without a write-ahead log: in the gaps between its transactions.

There, a commit waits until nobody reads, and its waits double with each attempt. A read that
begins right after a transaction and is over in a millisecond or two is hardly ever in its way.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 0.01
"""Seconds for which a gap is waited for; long transactions do not mind readers for most of
their time."""
BETWEEN_LOOKS = 0.0003
ACTIVE = 1.0
"""Seconds for which a writer that was seen is taken to go on."""
ROWS = 300
"""Rows that are read at once at most beside a writer."""


class Gaps:
    """Tells whether a transaction is under way, by the journal that it needs until its end."""

    def __init__(
        self,
        path: Path,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Args: path: of the store."""
        # SQLite puts it beside the file that a link leads to.
        self._journal = os.path.realpath(path) + "-journal"
        self._monotonic = monotonic
        self._sleep = sleep
        self._seen = float("-inf")

    def wait(self) -> None:
        """Return when no transaction is under way, or after :data:`PATIENCE`."""
        if not self._is_open():
            return
        give_up = self._monotonic() + PATIENCE
        while self._is_open():
            self._seen = self._monotonic()
            if self._seen >= give_up:
                return
            self._sleep(BETWEEN_LOOKS)

    def rows(self, most: int) -> int:
        """How many rows to read at once: ``most``, unless somebody writes."""
        return min(most, ROWS) if self._monotonic() - self._seen < ACTIVE else most

    def _is_open(self) -> bool:
        try:
            # Some journal modes leave an empty file behind.
            return os.stat(self._journal).st_size > 0
        except OSError:
            return False
