"""The list of sessions as it is kept up to date: declared rows, undeclared ones, their lines."""

from __future__ import annotations

from collections.abc import Iterable

from queries.fold import Fold
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus
from queries.sessions import STALE_AFTER, newest_of, session_row
from queries.store import Store

ALL_BELOW = 500
"""Up to so many declared sessions, all of them are read again after a commit."""
RECENT = 50
"""Sessions written last that are read again after a commit, in a longer list."""


class Roster:
    """Every known session with its line, newest first."""

    def __init__(self, keep: int, stale_after: float = STALE_AFTER) -> None:
        """Args: keep: the most sessions kept; stale_after: seconds of silence."""
        self._keep = keep
        self._stale_after = stale_after
        self._sessions: dict[str, Session] = {}
        self._rows: dict[str, SessionRow] = {}
        self._order: tuple[SessionRow, ...] | None = None
        self._newest: str | None = None
        self._last_row = 0
        self._aggregated: dict[str, list[AggregatedTool]] = {}
        self.total = 0

    def load(self, store: Store, aggregated: Iterable[AggregatedTool]) -> None:
        """Read the declared sessions of a newly opened store."""
        self.total = store.count_sessions()
        self._last_row = store.last_session_row()
        for session in store.sessions(limit=self._keep):
            self._sessions[session.id] = session
        self.declare_tools(aggregated)

    def declare_tools(self, aggregated: Iterable[AggregatedTool]) -> None:
        """Take the store's own totals per session and tool."""
        self._aggregated = {}
        for tool in aggregated:
            self._aggregated.setdefault(tool.session_id, []).append(tool)

    def refresh(self, store: Store, touched: Iterable[str]) -> set[str]:
        """After a commit: read what may have changed; returns the ids that did."""
        changed: set[str] = set()
        if self.total <= ALL_BELOW:
            fresh = store.sessions(limit=ALL_BELOW + RECENT)
            gone = {name for name, session in self._sessions.items() if session.declared} - {
                session.id for session in fresh
            }
            for name in gone:
                del self._sessions[name]
                self._rows.pop(name, None)
                self._order = None
                changed.add(name)
        else:
            fresh = store.sessions(after=self._last_row, limit=self._keep)
            fresh += store.sessions(limit=RECENT)
            fresh += store.sessions_by_id(sorted(touched))
        self.total = store.count_sessions()
        self._last_row = store.last_session_row()
        for session in fresh:
            if self._sessions.get(session.id) != session:
                self._sessions[session.id] = session
                changed.add(session.id)
        return changed

    def rows(
        self, fold: Fold, changed: Iterable[str], *, now: float, frontier: float | None
    ) -> tuple[SessionRow, ...]:
        """Lines of all sessions, newest first; only those that changed are made anew.

        Args:
            fold: totals of the whole store.
            changed: ids whose session or counts changed.
            now: epoch seconds.
            frontier: events after this instant are all counted; None: all are.
        """
        stale = set(changed) | (self._sessions.keys() - self._rows.keys())
        for name in fold.sessions.keys() - self._sessions.keys():
            self._sessions[name] = Session(id=name, declared=False)
            stale.add(name)
        newest = newest_of((name, self._start(name, fold)) for name in self._sessions)
        if newest != self._newest:
            stale |= {name for name in (newest, self._newest) if name is not None}
            self._newest = newest
        for name, row in self._rows.items():
            if name in stale:
                continue
            if row.complete != self._complete(name, frontier) or self._ages(row, now):
                stale.add(name)
        for name in stale:
            session = self._sessions.get(name)
            if session is None:
                continue
            row = session_row(
                session,
                fold,
                now=now,
                newest=name == newest,
                stale_after=self._stale_after,
                complete=self._complete(name, frontier),
                aggregated=self._aggregated.get(name, ()),
            )
            if self._rows.get(name) != row:
                self._rows[name] = row
                self._order = None
        if self._order is None:
            rows = sorted(self._rows.values(), key=lambda row: row.id)
            rows.sort(key=lambda row: row.started or float("-inf"), reverse=True)
            self._order = tuple(rows)
        return self._order

    def is_alive(self, session_id: str) -> bool:
        """Whether a session counts as running now."""
        row = self._rows.get(session_id)
        return row is not None and row.session.status is SessionStatus.RUNNING

    def session(self, session_id: str) -> Session | None:
        """The declared (or inferred) session with this id."""
        return self._sessions.get(session_id)

    def __len__(self) -> int:
        return max(self.total + self._undeclared(), len(self._sessions))

    def _undeclared(self) -> int:
        return sum(1 for session in self._sessions.values() if not session.declared)

    def _start(self, name: str, fold: Fold) -> float | None:
        session = self._sessions[name]
        if session.started is not None:
            return session.started
        counted = fold.sessions.get(name)
        return None if counted is None else counted.first_time

    def _complete(self, name: str, frontier: float | None) -> bool:
        if frontier is None:
            return True
        start = self._sessions[name].started if name in self._sessions else None
        return start is not None and start > frontier

    def _ages(self, row: SessionRow, now: float) -> bool:
        """Whether a running session has been silent for so long that its status must turn."""
        if row.session.status is not SessionStatus.RUNNING or row.id == self._newest:
            return False
        last = row.totals.last_time if row.totals.last_time is not None else row.session.started
        return last is None or now - last > self._stale_after
