"""Which of the rows that run are read again: there may be too many to read all at each commit."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Sequence
from itertools import islice

from queries.models import EventKey

NEWEST = 500
"""Running rows that are read again after a commit, the newest first."""
OLDER = 100
"""Running rows beyond those, taken in turn; the others follow while nothing else is committed."""


class RunningTurns:
    """Whose turn it is. Where commits never end, the older ones all have theirs nevertheless."""

    def __init__(self) -> None:
        self._due: deque[EventKey] = deque()
        """Those that were not read since the last commit, in the order of their turn."""
        self._last: EventKey = (0, 0)
        """The one of them that was read last."""

    def __bool__(self) -> bool:
        """Whether some are still to be read since the last commit."""
        return bool(self._due)

    def after_commit(self, running: Sequence[EventKey]) -> list[EventKey]:
        """Those to read at once, of all that run: the newest, and some of the others.

        Args:
            running: in order of arrival.
        """
        others = running[:-NEWEST]
        at = bisect_left(others, self._last)
        self._due = deque(reversed(others[:at]))
        self._due.extend(reversed(others[at:]))
        older = list(islice(self._due, OLDER))
        self.done(older)
        return [*reversed(running[-NEWEST:]), *older]

    def next(self) -> list[EventKey]:
        """Those to read while nothing else is committed. It is their turn until :meth:`done`."""
        return list(islice(self._due, NEWEST + OLDER))

    def done(self, keys: Collection[EventKey]) -> None:
        """These are read, which were the next ones."""
        for _ in keys:
            self._last = self._due.popleft()
