"""The list of sessions as it is kept up to date: declared rows, undeclared ones, their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from queries.fold import Fold
from queries.live.known_sessions import KnownSessions
from queries.live.looked_after import LookedAfter
from queries.live.ranking import Ranking
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus
from queries.pausing import no_pause
from queries.sessions import STALE_AFTER, session_row
from queries.store import Store

ALL_BELOW = 500
"""Up to so many declared sessions, all of them are read again after a commit."""
RECENT = 50
"""Sessions written last that are read again after a commit, in a longer list."""
RUNNING = 200
"""Running sessions that are."""
IN_TURN = 200
"""Others that are, in turn."""
AT_ONCE = 100
"""Lines that are made between two pauses."""
PAGE = 500
"""Sessions of a newly opened store that are read at once."""


class Roster(KnownSessions):
    """Every known session with its line, newest first.

    What a snapshot costs depends on how many sessions changed, not on how many there are.
    """

    def __init__(self, keep: int, stale_after: float = STALE_AFTER) -> None:
        """Args: keep: the most sessions kept; stale_after: seconds of silence."""
        super().__init__()
        self._keep = keep
        self._stale_after = stale_after
        self._ranking = Ranking()
        self._is_new = True
        self._newest: str | None = None
        self._frontier: float | None = None
        self._after = LookedAfter(stale_after)
        self._last_row = 0
        self._unread: int | None = None
        """The highest rowid whose session is not read yet."""
        self._turn: int | None = None
        self._totals: Mapping[str, Sequence[AggregatedTool]] = {}
        self._knows_totals = False
        """Whether it is known which sessions with totals are declared."""
        self._touched: set[str] = set()
        self._looked_up: set[str] = set()
        """Sessions that were asked for lately: those without a row are not declared."""
        self._unsure: set[str] = set()
        """Sessions with events, which may be declared."""

    # -- reading the store --------------------------------------------------------------------

    def load(self, store: Store, *, first: int | None = None) -> None:
        """Read the declared sessions of a newly opened store.

        Args:
            store: to read.
            first: read only so many, those written last; the rest by :meth:`load_more`.
        """
        self.total = store.count_sessions()
        self._last_row = self._unread = store.last_session_row()
        self.load_more(store, self._keep if first is None else first)

    def load_more(self, store: Store, number: int = PAGE) -> None:
        """Read the next declared sessions, as long as there are such."""
        room = self._keep - (len(self._sessions) - self._undeclared)
        if self._unread is None or room <= 0:
            self._unread = None
            return
        sessions, self._unread = store.sessions_upto(self._unread, min(number, room))
        for session in sessions:
            if self.session(session.id) != session:
                self._set(session.id, session)
                self._touched.add(session.id)
        if room <= number:
            self._unread = None

    @property
    def is_loaded(self) -> bool:
        """Whether all declared sessions are read that are kept."""
        return self._unread is None

    def declare_tools(
        self, totals: Mapping[str, Sequence[AggregatedTool]], touched: Iterable[str]
    ) -> None:
        """Take the store's own totals of tools by session; those of some sessions changed."""
        self._totals = totals
        self._touched.update(touched)

    def learn(self, store: Store, names: Iterable[str]) -> None:
        """Find out which of these sessions are declared, but older than those kept."""
        asked = {*names, *self._unsure}
        self._touched |= self._unsure
        self._unsure.clear()
        if self.knows_all:
            return
        unknown = [name for name in asked if not self._knows(name)]
        found = store.sessions_by_id(unknown)
        self._looked_up.update(unknown)
        for session in found:
            if self.is_loaded:
                self._not_kept.add(session.id)
            else:
                self._set(session.id, session)

    def learn_totals(self, store: Store, names: Iterable[str]) -> None:
        """Find out the same of sessions with totals, once all declared ones are read.

        Those that are not declared have a line from now on.
        """
        unknown = [name for name in names if not self._knows(name)]
        self.learn(store, unknown)
        self._knows_totals = True
        self._touched.update(unknown)

    def refresh(self, store: Store, touched: Iterable[str], *, whole: bool = False) -> set[str]:
        """After a commit: read what may have changed; returns the ids that did.

        Args:
            store: to read.
            touched: sessions whose events changed.
            whole: read all sessions that are kept.
        """
        total = store.count_sessions()
        added = [] if total <= ALL_BELOW else store.sessions(after=self._last_row, limit=self._keep)
        whole = (
            whole
            or len(added) == self._keep
            or total != self.total + sum(not self._knows(session.id) for session in added)
        )
        if total <= ALL_BELOW or whole:
            fresh = store.sessions(limit=self._keep)
            changed = self._forget_others({session.id for session in fresh}, total)
            self._unread = None
        else:
            names = {*touched, *islice(self._after.running, RUNNING)}
            fresh = self._in_turn(store)
            fresh += store.sessions_by_id(sorted(names))
            fresh += [*reversed(store.sessions(limit=RECENT)), *reversed(added)]
            changed = set()
        self.total = total
        self._last_row = store.last_session_row()
        for session in fresh:
            if self.session(session.id) != session:
                self._set(session.id, session)
                changed.add(session.id)
        self._touched |= changed
        return changed

    def _in_turn(self, store: Store) -> list[Session]:
        sessions, after = store.sessions_upto(self._turn or self._last_row, IN_TURN)
        self._turn = after
        return [session for session in sessions if session.id in self._sessions]

    def _forget_others(self, present: set[str], total: int) -> set[str]:
        """Forget declared sessions that are not present, because they are gone or too old."""
        gone = {name for name, session in self._sessions.items() if session.declared} - present
        for name in gone:
            self._set(name, None)
        if total > self._keep:
            self._not_kept |= gone
        self._not_kept -= present
        return gone

    # -- lines --------------------------------------------------------------------------------

    def rows(
        self,
        fold: Fold,
        changed: Iterable[str],
        *,
        now: float,
        frontier: float | None,
        pause: Callable[[], object] = no_pause,
    ) -> tuple[SessionRow, ...]:
        """Lines of all sessions, newest first; only those that changed are made anew.

        Args:
            fold: totals of the whole store.
            changed: ids whose session or counts changed; at the first call all are made.
            now: epoch seconds.
            frontier: events after this instant are all counted; None: all are.
            pause: called now and then.
        """
        names = {*changed, *self._touched}
        self._touched = set()
        if self._is_new:
            self._is_new = False
            names |= self._sessions.keys() | fold.sessions.keys()
        names |= self._pass_frontier(frontier)
        names.update(self._after.fallen_silent(now))
        self._make(names, fold, now, pause)
        self._looked_up.clear()
        newest = self._ranking.newest()
        if newest != self._newest:
            others = {name for name in (newest, self._newest) if name is not None}
            self._newest = newest
            self._make(others, fold, now)
        return self._ranking.rows()

    def _make(
        self,
        names: Iterable[str],
        fold: Fold,
        now: float,
        pause: Callable[[], object] = no_pause,
    ) -> None:
        made: dict[str, SessionRow | None] = {}
        for number, name in enumerate(fold.sessions.in_turn(names)):
            if not number % AT_ONCE:
                pause()
            session = self.session(name)
            is_named = name in fold.sessions or (self._knows_totals and name in self._totals)
            if session is None and is_named and name not in self._not_kept:
                if self.knows_all or name in self._looked_up:
                    session = self._set(name, Session(id=name, declared=False))
                else:
                    self._unsure.add(name)
            elif session is not None and not (session.declared or is_named):
                session = self._set(name, None)
            if session is None:
                if self._ranking.get(name) is not None:
                    made[name] = None
                    self._note(name, None)
                continue
            row = session_row(
                session,
                fold,
                now=now,
                newest=name == self._newest,
                stale_after=self._stale_after,
                complete=self._is_complete(session),
                aggregated=self._totals.get(name, ()),
            )
            self._note(name, row)
            before = self._ranking.get(name)
            if before is None or before != row:
                made[name] = before = row
            if before.session.status is SessionStatus.STALE:
                self._sessions[name] = before.session
        pause()
        self._ranking.put(made)

    def _note(self, name: str, row: SessionRow | None) -> None:
        self._after.note(name, row, is_newest=name == self._newest)

    def _pass_frontier(self, frontier: float | None) -> set[str]:
        """Sessions whose completeness changes because more (or less) of the past is counted."""
        before, self._frontier = self._frontier, frontier
        if frontier == before:
            return set()
        if frontier is None:
            return self._after.take_incomplete()
        if before is None:
            return set(self._sessions)
        first, last = sorted((before, frontier))
        return set(self._ranking.started_between(first, last))

    def _is_complete(self, session: Session) -> bool:
        if self._frontier is None:
            return True
        return session.started is not None and session.started > self._frontier

    # -- questions ----------------------------------------------------------------------------

    @property
    def running(self) -> int:
        """How many sessions are running."""
        return len(self._after.running)

    @property
    def alive_changes(self) -> int:
        """Grows whenever :meth:`is_alive` answers differently for some session."""
        return self._after.alive_changes

    @property
    def is_touched(self) -> bool:
        """Whether sessions were read that look different from their lines."""
        return bool(self._touched)

    def is_due(self, now: float) -> bool:
        """Whether a running session has become stale by silence alone."""
        return self._after.is_due(now)

    def is_alive(self, session_id: str) -> bool:
        """Whether a session counts as running now."""
        return session_id in self._after.running
