"""Which of the rows that run are read again: there may be too many to read all at each commit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from queries.models import EventKey

NEWEST = 500
"""Running rows that are read again after a commit, the newest first."""
OLDER = 100
"""Running rows beyond those, taken in turn; the others follow while nothing else is committed."""


class RunningTurns:
    """Whose turn it is. Where commits never end, the older ones all have theirs nevertheless.

    Costs as much as is read, however many run.
    """

    def __init__(self) -> None:
        self._running: Sequence[EventKey] = ()
        self._end: EventKey | None = None
        """Those before it are due since the last commit; None: none is."""
        self._last: EventKey = (0, 0)
        """The one of them that was read last: the next is the one before it."""
        self._start: EventKey = (0, 0)
        """The one that was at the last commit: there the round ends."""
        self._is_past_first = False
        """Whether the round has come to the first one, and goes on at the end."""

    def __bool__(self) -> bool:
        """Whether some are still to be read since the last commit."""
        return bool(self._due(1))

    def after_commit(self, running: Sequence[EventKey]) -> list[EventKey]:
        """Those to read at once, of all that run: the newest, and some of the others.

        Args:
            running: in order of arrival. Those that end before their turn may be taken out.
        """
        self._running = running
        self._end = running[-NEWEST] if len(running) > NEWEST else None
        self._start, self._is_past_first = self._last, False
        older = self._due(OLDER)
        self.done(older)
        return [*reversed(running[-NEWEST:]), *older]

    def next(self) -> list[EventKey]:
        """Those to read while nothing else is committed. It is their turn until :meth:`done`."""
        return self._due(NEWEST + OLDER)

    def done(self, keys: Sequence[EventKey]) -> None:
        """These are read, which were the next ones."""
        if keys:
            self._last = keys[-1]
            self._is_past_first = self._is_past_first or self._last >= self._start

    def _due(self, most: int) -> list[EventKey]:
        if self._end is None:
            return []
        running, end = self._running, bisect_left(self._running, self._end)
        at = min(bisect_left(running, self._last), end)
        due: list[EventKey] = []
        if not self._is_past_first:
            due += reversed(running[max(at - most, 0) : at])
            at = end
        first = min(bisect_left(running, self._start), at)
        due += reversed(running[max(at - (most - len(due)), first) : at])
        return due
