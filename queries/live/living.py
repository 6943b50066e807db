"""Whether single sessions run, told without counting the store they are in."""

from __future__ import annotations

from collections.abc import Callable, Container

from queries.counting.event_stream import patiently
from queries.models import Session, SessionStatus
from queries.newest_session import NewestSession, times_of
from queries.sessions import judge
from queries.store import Store


class Living:
    """Tells which sessions run, one by one as they are asked for.

    The answers are those of a store that is counted whole. That is done where nothing less
    tells: sessions without an index.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: float,
        stale_after: float,
        count: Callable[[], Container[str]],
    ) -> None:
        """Nothing is read yet.

        Args:
            store: an open store.
            now: epoch seconds.
            stale_after: seconds of silence after which one that says it runs does not.
            count: counts the store and gives the sessions that run.
        """
        self._store, self._now, self._stale_after = store, now, stale_after
        self._count = count
        self._counted: Container[str] | None = None
        self._known: dict[str, bool] = {}
        self._newest = NewestSession(store)

    def runs(self, session_id: str) -> bool:
        """Whether a session runs. Raises StoreError as the store's own queries do."""
        if self._counted is None and session_id not in self._known:
            found = self._look(session_id)
            if found is None:
                self._counted = self._count()
            else:
                self._known[session_id] = found
        if self._counted is not None:
            return session_id in self._counted
        return self._known[session_id]

    def _look(self, session_id: str) -> bool | None:
        """As :meth:`runs`; None where only a count tells."""
        if not all(self._store.session_indexed):
            return None
        declared = patiently(lambda: self._store.sessions_by_id([session_id]))
        if not declared or not self._is_running(declared[-1], self._now):
            return False
        session = declared[-1]
        last = session.started
        for time in times_of(self._store, session_id):
            last = time
            if self._now - time <= self._stale_after:
                break
        return self._is_running(session, last) or self._newest.is_it(session_id)

    def _is_running(self, session: Session, last: float | None) -> bool:
        judged = judge(session, last, self._now, False, self._stale_after)
        return judged.status is SessionStatus.RUNNING
