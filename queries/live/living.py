"""Whether single sessions run, told without counting the store they are in."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from functools import partial

from queries.counting.event_stream import patiently
from queries.models import Session, SessionStatus
from queries.sessions import judge, newest_of
from queries.store import Store
from queries.times import parse_time

PAGE = 10_000
"""Rows of a session that are looked at in one step."""
FEW = 50
"""Sessions that keep their start to themselves and are read for it, at most."""


class Living:
    """Tells which sessions run, one by one as they are asked for.

    The answers are those of a store that is counted whole. That is done where nothing less
    tells: sessions without an index, or the newest among many that keep their start to
    themselves.
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
        self._newest: str | None = None
        """The one that started last, once that was asked for."""

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
        for time in self._times(session_id):
            last = time
            if self._now - time <= self._stale_after:
                break
        return self._is_running(session, last) or self._is_newest(session)

    def _is_running(self, session: Session, last: float | None) -> bool:
        judged = judge(session, last, self._now, False, self._stale_after)
        return judged.status is SessionStatus.RUNNING

    def _times(self, session_id: str) -> Iterator[float]:
        """The times of a session's rows, about the newest first."""
        store = self._store
        for source in range(len(store.mapping.sources)):
            before: int | None = None
            while True:
                rows = patiently(
                    partial(
                        store.session_cells, source, session_id, "seq, time",
                        view=f"event_rows_{source}", before=before, limit=PAGE,
                    )
                )  # fmt: skip
                for _, cell in reversed(rows):
                    time = parse_time(cell, store.mapping.zone)
                    if time is not None:
                        yield time
                if len(rows) < PAGE:
                    break
                before = rows[0][0]

    def _is_newest(self, session: Session) -> bool | None:
        """Whether no other session started later, which is never stale; None: who knows."""
        if self._newest is None:
            starts = patiently(self._store.session_starts)
            ids = patiently(self._store.event_session_ids)
            # Sessions that are not declared, and those without a start, began with their events.
            others = [name for name in ids if starts.get(name) is None]
            if len(others) > FEW:
                return None
            starts |= {name: min(self._times(name), default=None) for name in others}
            self._newest = newest_of(starts.items())
        return self._newest == session.id
