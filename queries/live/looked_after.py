"""Sessions whose lines will have to be made again although nothing of them changes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from queries.models import SessionRow, SessionStatus
from queries.sessions import may_become_stale


class LookedAfter:
    """Those that run, that are not counted in full, and that may fall silent."""

    def __init__(self, stale_after: float) -> None:
        """Args: stale_after: seconds of silence after which one that runs is stale."""
        self._stale_after = stale_after
        self.running: set[str] = set()
        self._incomplete: set[str] = set()
        self._silent: list[tuple[float, str]] = []
        """When a running session will have been silent for too long, the next one first."""
        self._awaited: set[str] = set()
        """Those of them that stand there."""
        self.alive_changes = 0
        """Grows whenever some session begins or ceases to run."""

    def note(self, name: str, row: SessionRow | None, *, is_newest: bool) -> None:
        """Keep in mind what a line, or None where a session has none any more, is made again for.

        Args:
            name: the session's id.
            row: its line.
            is_newest: whether no session began later, so that silence makes no difference.
        """
        if row is not None and not row.complete:
            self._incomplete.add(name)
        else:
            self._incomplete.discard(name)
        runs = row is not None and row.session.status is SessionStatus.RUNNING
        if runs != (name in self.running):
            self.alive_changes += 1
            if runs:
                self.running.add(name)
            else:
                self.running.discard(name)
        is_awaited = is_newest or name in self._awaited
        if row is not None and not is_awaited and may_become_stale(row.session):
            last = row.totals.last_time if row.totals.last_time is not None else row.session.started
            if last is not None:
                heapq.heappush(self._silent, (last + self._stale_after, name))
                self._awaited.add(name)

    def is_due(self, now: float) -> bool:
        """Whether a running session has been silent for too long by now, epoch seconds."""
        return bool(self._silent) and self._silent[0][0] < now

    def fallen_silent(self, now: float) -> Iterator[str]:
        """The ids of those that have; each is told once."""
        while self.is_due(now):
            name = heapq.heappop(self._silent)[1]
            self._awaited.discard(name)
            yield name

    def take_incomplete(self) -> set[str]:
        """The ids of those that are not counted in full, which are forgotten here."""
        # What was large stays so when it is emptied.
        incomplete, self._incomplete = self._incomplete, set()
        return incomplete
