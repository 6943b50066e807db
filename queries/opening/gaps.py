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
"""Seconds for which a gap is waited for."""
IN_VAIN = 10
"""Gaps that are waited for in vain, one after the other, until no other one is: long transactions
do not mind readers for most of their time."""
FRESH = 0.0003
"""Seconds after a transaction in which hardly any writer needs the file for itself again."""
BETWEEN_LOOKS = 0.0003
ACTIVE = 1.0
"""Seconds for which a writer that was seen is taken to go on."""
ROWS = 64
"""Rows that are read at once at most beside a writer. A third of a millisecond: where one
transaction follows another, it needs the file for itself after half a one."""
CELLS_ONLY = 3
"""So many times as many are read where only those cells are asked for that are counted."""
_HEADER = 28
"""Bytes at the start of a journal that some modes clear at the end of a transaction."""


class Gaps:
    """Tells when a transaction ends.

    That is seen by the journal that it needs until then, and by the time of its last change to
    the file, since many are shorter than the time between two looks.
    """

    def __init__(
        self,
        path: Path,
        *,
        patience: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Construct it for one reader.

        Args:
            path: of the store.
            patience: seconds for which a gap is waited for; None: :data:`PATIENCE`. Where
                transactions are further apart, they are not waited for.
            monotonic: gives seconds.
            sleep: waits so many seconds.
            clock: gives epoch seconds, as files have them.
        """
        # SQLite puts it beside the file that a link leads to.
        self._path = os.path.realpath(path)
        self._journal = self._path + "-journal"
        self._patience = PATIENCE if patience is None else patience
        self._monotonic = monotonic
        self._sleep = sleep
        self._clock = clock
        self._seen = self._ended = float("-inf")
        self._in_vain = 0

    def wait(self) -> None:
        """Return right after a transaction, when none is to be expected, or after a while.

        Where one transaction follows another, just any moment between two of them is not good
        enough: the next one may be about to begin.
        """
        now = self._monotonic()
        if now - self._ended < FRESH:
            return
        is_open, written = self._look(now)
        is_busy = is_open or 0 <= self._clock() - written < 2 * self._patience
        if not is_busy:
            self._in_vain = 0
        if not is_busy or self._in_vain >= IN_VAIN:
            return
        give_up = now + self._patience
        while now < give_up:
            self._sleep(BETWEEN_LOOKS)
            now, before = self._monotonic(), (is_open, written)
            is_open, written = self._look(now)
            if not is_open and before != (is_open, written):
                self._ended, self._in_vain = now, 0
                return
        self._in_vain += 1

    def rows(self, most: int, *, cells_only: bool = False) -> int:
        """How many rows to read at once: ``most``, unless somebody writes.

        ``cells_only``: few cells of each.
        """
        now = self._monotonic()
        if now - self._seen >= ACTIVE:
            self._look(now)
        if now - self._seen >= ACTIVE:
            return most
        return min(most, ROWS * CELLS_ONLY if cells_only else ROWS)

    def is_written(self, within: float) -> bool:
        """Whether somebody writes, or did so within the last so many seconds."""
        is_open, written = self._look(self._monotonic())
        # A file on another machine may be dated by a clock that is ahead.
        return is_open or abs(self._clock() - written) < within

    def _look(self, now: float) -> tuple[bool, float]:
        """Whether a transaction is under way, and when the file was written last."""
        is_open = self._is_open()
        try:
            written = os.stat(self._path).st_mtime
        except OSError:
            written = float("-inf")
        if is_open or 0 <= self._clock() - written < ACTIVE:
            self._seen = now
        return is_open, written

    def _is_open(self) -> bool:
        try:
            # Some journal modes leave a file behind: an empty one, or one that begins anew.
            if os.stat(self._journal).st_size == 0:
                return False
            with open(self._journal, "rb", buffering=0) as file:
                return any(file.read(_HEADER))
        except OSError:
            return False
