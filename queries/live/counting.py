"""All that is counted of one store, and how it is kept right while the store changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Self

from queries.counting.backfill import WORK, Backfill
from queries.counting.event_stream import merge_sources
from queries.counting.messages_sought import seek_message
from queries.fold import Fold
from queries.live import changing_rows
from queries.live.audit import Audit
from queries.live.changing_rows import ChangingRows
from queries.live.declared import Declared
from queries.live.figures import Figures
from queries.live.roster import Roster
from queries.models import Event, EventKey, SessionRow, StoreTotals
from queries.pausing import no_pause
from queries.store import Store

FIRST_SESSIONS = 300
"""Sessions that are read before anything is shown."""
FIRST_RUNNING = 1000
"""Sessions that say they run of which the same is true, where everything is counted already."""
EDGES = 4000
"""Rows up to which a dialect's decisions may rest on all of them."""
TAIL_PAGE = 5000
TAIL_PAGES = 4
"""Pages of each source that are taken at once at most."""
NICE = 10
"""How far a process that counts beside the screen gives way to others."""
_NOWHERE = (-(2**63), 2**63 - 1)


class Counting(ChangingRows):
    """The totals of one store with the places up to which it is read."""

    roster: Roster
    declared: Declared | None

    def __init__(self, store: Store, keep: int, stale_after: float, processes: int = 0) -> None:
        """Begin with the newest rows. Raises StoreError; nothing is begun then.

        Args:
            store: that is counted.
            keep: the most sessions that are listed.
            stale_after: seconds of silence after which a running session is stale.
            processes: others that may count as well; see :meth:`close`.
        """
        self._start(Fold(messages_only=store.mapping.has_messages), Roster(keep, stale_after))
        self.declared = Declared(store)
        self.roster.load(store, first=FIRST_SESSIONS)
        self.past = Backfill(store, self.fold)
        for source, high in self.past.high.items():
            after = store.slice_start(source, high, changing_rows.REREAD_NEWEST)
            newest = store.events_between(source, after, high, changing_rows.REREAD_NEWEST)
            self._recent.note(newest)
            self.step(store)
        self._learn_totals(store)
        self._processes = processes

    @classmethod
    def nothing(cls, keep: int, stale_after: float) -> Self:
        """What is counted of a store that has not been read."""
        empty = cls.__new__(cls)
        empty._start(Fold(messages_only=False), Roster(keep, stale_after))
        empty.declared = empty.past = None
        return empty

    def _start(self, fold: Fold, roster: Roster) -> None:
        self._start_rows(fold)
        self.roster = roster
        self.arrived: list[Event] = []
        """Events taken since the owner last emptied this list, in order of arrival."""
        self.is_misread = False
        """Whether the store has to be opened anew: what it holds now means something else."""
        self._decided_at = 0
        self._is_named = False
        """Whether sessions that only totals name were found out."""
        self._messages = 0
        """Messages counted when one was last looked for."""
        self._processes = 0
        self._audit = Audit()

    # -- the past -----------------------------------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether the whole past is counted, and all that is declared is read."""
        is_known = self.declared is not None and self.declared.is_loaded and self.roster.is_loaded
        return self.past is not None and self.past.done and is_known

    def step(
        self, store: Store, work: float = WORK, pause: Callable[[], object] = no_pause
    ) -> None:
        """Count one slice of the past, and read some more sessions; see :class:`Backfill`."""
        if self.past is not None and not self.past.done:
            if not self.past.was_shared and self._processes:
                self.past.share(store, self._processes, nice=NICE)
            before = self.fold.rows
            self.past.step(store, work=work, pause=pause)
            self._changes += self.fold.rows != before
            self._seek_message(store)
        self.roster.learn(store, self.fold.changed)
        self.roster.load_more(store)
        if self.declared is not None:
            self.declared.load_more(store)
        if not self._is_named:
            self._learn_totals(store)

    def _seek_message(self, store: Store) -> None:
        """Where a message was counted among events that all speak, have it known to everybody."""
        number = self.fold.messages
        if number != self._messages and store.mapping.may_have_messages:
            seek_message(store)
            self._messages = number

    def is_late(self) -> bool:
        """Whether rows taken since the last question may have changed before that."""
        past = self.past
        was_late = past is not None and past.is_late
        if past is not None:
            past.is_late = False
        return was_late

    def close(self) -> None:
        """Let no other process go on with counting."""
        if self.past is not None:
            self.past.close()

    def adopt(self, store: Store, fold: Fold, high: Mapping[int, int]) -> bool:
        """Go on with a fold over all rows that are there now; whether it can be that.

        Args:
            store: as it was when this counting was begun.
            fold: over all of its rows.
            high: per source, the seq of the last of them.
        """
        past = Backfill(store, fold)
        if self.past is None or not past.high == self.past.high == high:
            return False
        if not self.roster.knows_all:
            # Figures depend on which sessions run; all others are listed step by step.
            declared, running = store.session_signs()
            first = {*running[:FIRST_RUNNING], *(fold.sessions.keys() - declared)}
            self.roster.learn(store, first)
            fold.changed = first | self.roster.known()
        else:
            fold.changed = set(fold.sessions)
        past.skip()
        self.fold, self.past = fold, past
        if self.declared is not None:
            self.declared.settle(fold)
        self._changes += 1
        return True

    def ranges_of(self, session_id: str) -> dict[int, tuple[int, int]] | None:
        """Per source, the seqs between which a session's rows lie; None while unknown."""
        past = self.past
        if past is None:
            return None
        session = self.fold.sessions.look(session_id)
        ranges = {} if session is None else dict(session.ranges)
        if past.done:
            return ranges
        # What is not counted yet lies before what is.
        return {source: (_NOWHERE[0], ranges.get(source, _NOWHERE)[1]) for source in past.high}

    # -- what is new ----------------------------------------------------------------------------

    def read_news(
        self,
        store: Store,
        watched: Collection[EventKey],
        *,
        is_proven: bool = True,
        pause: Callable[[], object] = no_pause,
    ) -> bool:
        """Take what was committed; whether there is more to take.

        Args:
            store: the store that was counted so far, as far as is known.
            watched: rows to read again.
            is_proven: False when it must be made sure that it is that store.
            pause: called between its parts, when nothing of the store is held.
        """
        past = self.past
        if past is None:
            self.is_wrong = True
            return False
        tops: dict[int, int] = {}
        for source, high in past.high.items():
            bounds = store.bounds(source)
            tops[source] = bounds[1] if bounds is not None else 0
            if tops[source] < high:
                self.is_wrong = True
                return False
        if not is_proven and not self._are_there(store):
            self.is_wrong = True
            return False
        pages = [self._read_tail(store, past, source, top) for source, top in tops.items()]
        self._seek_message(store)
        self.arrived += merge_sources([page for page in pages if page] or [[]])
        pause()
        self._read_again(store, watched, {event.key for page in pages for event in page})
        pause()
        self._read_beside(store)
        pause()
        if self.fold.rows > 2 * self._decided_at and self._decided_at < EDGES:
            self._decided_at = self.fold.rows
            self.is_misread = store.is_read_wrongly()
        return any(past.high[source] < top for source, top in tops.items())

    def _read_tail(self, store: Store, past: Backfill, source: int, top: int) -> list[Event]:
        arrived: list[Event] = []
        for _ in range(TAIL_PAGES):
            if past.high[source] >= top:
                break
            events, end = store.event_page(source, past.high[source], top, TAIL_PAGE)
            fresh = self._without_replacements(store, events)
            self.fold.add_all(fresh)
            self._recent.note(events)
            past.high[source] = end
            arrived += fresh
            self._changes += 1
        return arrived

    # -- what stands beside events ---------------------------------------------------------------

    def _read_beside(self, store: Store, *, whole: bool = False) -> None:
        if self.declared is not None:
            self.declared.refresh(store, self.fold, whole=whole)
        self.roster.refresh(store, self.fold.changed, whole=whole)
        self.roster.learn(store, self.fold.changed)
        self._learn_totals(store)

    def _learn_totals(self, store: Store) -> None:
        """Sessions that nothing but totals names have lines, once it is certain that they are."""
        declared = self.declared
        if declared is not None and declared.is_loaded and self.roster.is_loaded:
            tools = declared.tools
            self.roster.learn_totals(store, tools.fresh if self._is_named else tools.of)
            self._is_named = True

    def audit(self, store: Store, watched: Collection[EventKey]) -> bool:
        """Compare what is counted with what is there; whether it agrees."""
        self._compare(store, self._recent.newest(), watched)
        if self.roster.total <= Audit.SESSIONS:
            self._read_beside(store, whole=True)
        self.is_misread = store.is_read_wrongly()
        has_problems = bool(store.problems())
        return not self.is_wrong and self._audit.agrees(store, self.fold.rows, has_problems)

    def may_differ(self, most: int, most_names: int) -> bool:
        """Whether there are rows that an audit does not read again, but not too many of them.

        Args:
            most: rows.
            most_names: tools, agents, and pairs of these.
        """
        fold = self.fold
        return len(self._recent) < fold.rows <= most and fold.names <= most_names

    # -- what the panes show --------------------------------------------------------------------

    def rows(self, now: float, pause: Callable[[], object] = no_pause) -> tuple[SessionRow, ...]:
        """The lines of all sessions, newest first; ``pause`` is called now and then."""
        changed, self.fold.changed = self.fold.changed, set()
        if self.declared is not None:
            touched = self.declared.take_touched()
            self.declared.settle(self.fold, changed | touched)
            self.roster.declare_tools(self.declared.tools.of, touched)
        frontier = None if self.past is None else self.past.frontier
        return self.roster.rows(self.fold, changed, now=now, frontier=frontier, pause=pause)

    def refresh_figures(self, figures: Figures, epoch: int) -> None:
        """Make the figures anew if anything they rest on changed."""
        declared = self.declared
        if declared is not None:
            basis = (epoch, self._changes, self.roster.alive_changes, declared.version)
            figures.refresh(basis, self.fold, self.roster.is_alive, declared.tools, declared.handed)

    @property
    def declared_version(self) -> int:
        """Grows when what the store declares beside its events changes."""
        return 0 if self.declared is None else self.declared.version

    def totals(self, figures: Figures) -> StoreTotals:
        """Counts over the whole store."""
        return figures.totals(
            self.fold,
            sessions=len(self.roster),
            running=self.roster.running,
            counted=0.0 if self.past is None else self.past.counted,
        )
