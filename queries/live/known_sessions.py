"""The sessions of a store as far as they are read, and those that only events tell of."""

from __future__ import annotations

from queries.models import Session, SessionStatus
from queries.sessions import with_status


class KnownSessions:
    """Sessions by their ids, each as it is declared or inferred."""

    def __init__(self) -> None:
        """No session is known yet."""
        self._sessions: dict[str, Session] = {}
        """As declared, or as judged where that is stale: one object for each, not two."""
        self._says_stale: set[str] = set()
        """Those of them that are declared to be stale."""
        self._not_kept: set[str] = set()
        """Declared sessions that are older than those kept."""
        self._undeclared = 0
        self.total = 0
        """Declared sessions."""

    def session(self, session_id: str) -> Session | None:
        """The declared (or inferred) session with this id."""
        known = self._sessions.get(session_id)
        if known is None or known.status is not SessionStatus.STALE:
            return known
        if session_id in self._says_stale:
            return known
        return with_status(known, SessionStatus.RUNNING)

    def known(self) -> set[str]:
        """The ids of all sessions that are read."""
        return set(self._sessions)

    def __len__(self) -> int:
        return max(self.total + self._undeclared, len(self._sessions))

    @property
    def knows_all(self) -> bool:
        """Whether all declared sessions are read."""
        return self.total <= len(self._sessions) - self._undeclared

    def _knows(self, name: str) -> bool:
        known = self._sessions.get(name)
        return name in self._not_kept or (known is not None and known.declared)

    def _set(self, name: str, session: Session | None) -> Session | None:
        before = self._sessions.pop(name, None)
        self._says_stale.discard(name)
        if before is not None and not before.declared:
            self._undeclared -= 1
        if session is not None:
            self._sessions[name] = session
            self._not_kept.discard(name)
            if session.status is SessionStatus.STALE:
                self._says_stale.add(name)
            if not session.declared:
                self._undeclared += 1
        return session
