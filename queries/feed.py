"""The live engine: has the store changed? Read its tail, count it, make one Snapshot.

A feed does nothing by itself. Its owner calls :meth:`Feed.poll` now and then and
:meth:`Feed.backfill` in between, from one thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from queries.connection import Change
from queries.counting import Counting
from queries.figures import Figures
from queries.fold import Fold
from queries.fold_cache import FoldCache
from queries.kept_totals import KeptTotals
from queries.models import (
    Event,
    EventKey,
    Problem,
    Snapshot,
    StoreInfo,
    StoreState,
)
from queries.opening import (
    QueryStoppedError,
    Signature,
    StoreBusyError,
    StoreError,
    StoreGoneError,
    signature,
)
from queries.sessions import STALE_AFTER
from queries.store import Store

ARRIVED_KEPT = 2000
"""Events that one snapshot hands on singly."""
QUIET_AUDIT = 5.0
"""Seconds without change after which it is checked that nothing went unnoticed."""
QUIET_CLOSE = 30.0
"""Seconds without change after which the connection is closed, so as not to keep the writer's
last close from its checkpoint."""
BETWEEN_STARTS = 2.0
"""Seconds before everything is counted anew once more."""
BETWEEN_AUDITS = 60.0
"""Seconds before an audit makes everything be counted anew once more."""


class Feed:
    """Follows one store and keeps its totals."""

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], float] = time.time,
        stale_after: float = STALE_AFTER,
        keep_sessions: int = 50_000,
        store: Store | None = None,
        cache: FoldCache | None = None,
    ) -> None:
        """Begin to follow a store; nothing is read before the first :meth:`poll`.

        Args:
            path: of the store.
            clock: gives epoch seconds.
            stale_after: seconds of silence after which a running session is stale.
            keep_sessions: the most sessions that are listed.
            store: the store as somebody has opened it already; the feed closes it.
            cache: where totals are kept from one time to the next; None: nowhere.
        """
        self.path = Path(path)
        self._given = store
        self._clock = clock
        self._stale_after = stale_after
        self._keep = keep_sessions
        self.store: Store | None = None
        self.generation = 0
        self.epoch = 0
        self.state = StoreState.OPENING
        self.message = ""
        self._info: StoreInfo | None = None
        self._problems: tuple[Problem, ...] = ()
        self._identity: tuple[object, ...] | None = None
        self._counting = Counting.nothing(keep_sessions, stale_after)
        self._figures = Figures()
        self._cache = cache
        self._kept: KeptTotals | None = None
        self._unread = False
        """Whether the store holds something that is not taken yet."""
        self._unproven = False
        """Whether it may be another store than the one counted."""
        self._begun = float("-inf")
        self._audit_begun = float("-inf")
        self._is_audited = True
        self._quiet_since = clock()
        self._asleep: Signature | None = None
        self._watched: frozenset[EventKey] = frozenset()
        self._touched: set[str] = set()
        self._arrived: list[Event] = []
        self._arrived_cut = False
        self._updated: dict[EventKey, Event] = {}
        self._dirty = True

    def close(self) -> None:
        """Let go of the file."""
        for store in (self.store, self._given):
            if store is not None:
                store.close()
        self.store = self._given = None

    # -- polling ----------------------------------------------------------------------------

    def poll(self) -> Snapshot | None:
        """Look once. Returns a new snapshot when anything shown may differ, else None."""
        try:
            self._look()
        except StoreBusyError as error:
            self._set_state(StoreState.LOCKED, str(error))
        except QueryStoppedError:
            self._unread = True
        except StoreError as error:
            self._lose(error)
        else:
            self._set_state(StoreState.LIVE, "")
        return self.snapshot()

    def _lose(self, error: StoreError) -> None:
        """The store cannot be read now: let go of it, and try again at each poll."""
        self.close()
        self._asleep = None
        is_gone = isinstance(error, StoreGoneError)
        self._set_state(StoreState.GONE if is_gone else StoreState.UNREADABLE, str(error))

    def _look(self) -> None:
        store = self.store
        if store is None:
            if self._asleep is not None and signature(self.path) == self._asleep:
                return
            store = self._connect()
        else:
            change = store.change()
            if change in (Change.REOPEN, Change.REPLACED):
                self.close()
                store = self._connect()
            elif change is Change.DATA:
                self._unread = True
        if self._unread:
            self._quiet_since = self._clock()
            self._catch_up(store)
        elif self._counting.is_wrong:
            self._begin_again(store)
        else:
            self._rest(store)

    def _connect(self) -> Store:
        store = self.store = self._given or Store(self.path)
        self._given = None
        self._asleep = None
        self._unread = self._unproven = True
        self._dirty = True
        return store

    def _catch_up(self, store: Store) -> None:
        """Take what is new; from the start when it is not the store that was counted.

        Whatever stops this in the middle, the next poll goes on with it.
        """
        self._info = store.info
        identity = (
            store.signature.file,
            store.mapping.dialect,
            store.schema_version,
            store.info.sources,
        )
        if identity != self._identity:
            self._begin(store)
            self._identity = identity
        else:
            more = self._counting.read_news(store, self._watched, is_proven=not self._unproven)
            self._take_news()
            if self._counting.is_misread:
                self._open_anew()
                return
            if self._counting.is_wrong:
                self._begin_again(store)
            elif more:
                self._dirty = True
                return
        self._unread = self._unproven = False
        self._is_audited = False
        self._dirty = True

    def _open_anew(self) -> None:
        self.close()
        self._identity = None
        self._catch_up(self._connect())

    def _begin_again(self, store: Store) -> None:
        now = self._clock()
        if now - self._begun >= BETWEEN_STARTS or self._unproven:
            self._begin(store)

    def _begin(self, store: Store) -> None:
        """Forget all totals and count everything anew."""
        self._kept = None if self._cache is None else KeptTotals(self._cache, store)
        self._counting = Counting(store, self._keep, self._stale_after)
        self.epoch += 1
        self._begun = self._clock()
        self._arrived, self._arrived_cut = [], False
        self._updated = {}
        self._touched = set()
        self._dirty = True

    def _take_news(self) -> None:
        counting = self._counting
        arrived, counting.arrived = counting.arrived, []
        room = ARRIVED_KEPT - len(self._arrived)
        self._arrived += arrived[:room]
        self._arrived_cut = self._arrived_cut or len(arrived) > room
        self._updated.update((event.key, event) for event in counting.updated)
        counting.updated = []

    def _rest(self, store: Store) -> None:
        """Nothing happens: check what was counted, then let the writer have the file alone."""
        now = self._clock()
        quiet = now - self._quiet_since
        if not self._counting.is_complete:
            return
        audits = not self._is_audited and now - self._audit_begun >= BETWEEN_AUDITS
        if quiet >= QUIET_AUDIT and audits:
            self._audit(store)
        elif quiet > QUIET_CLOSE and store.signature.wal_size >= 0 and not store.is_detached:
            self._problems = store.problems()
            asleep = signature(self.path)
            self.close()
            self._asleep = asleep

    def _audit(self, store: Store) -> None:
        is_right = self._counting.audit(store, self._watched)
        self._is_audited = True
        self._take_news()
        if self._counting.is_misread:
            self._open_anew()
        elif not is_right:
            self._audit_begun = self._clock()
            self._begin(store)
        elif self._updated or self._counting.roster.is_touched:
            self._dirty = True

    @property
    def behind(self) -> bool:
        """Whether there is more to take at once: poll again without waiting."""
        return self.store is not None and self._unread and self.state is StoreState.LIVE

    # -- what the owner may tell and ask ---------------------------------------------------------

    def watch(self, keys: Iterable[EventKey]) -> None:
        """Rows on screen: they are read again after every commit."""
        self._watched = frozenset(keys)

    def ranges_of(self, session_id: str) -> dict[int, tuple[int, int]] | None:
        """Per source, the seqs between which a session's rows lie; None while unknown."""
        return self._counting.ranges_of(session_id)

    # -- the past -----------------------------------------------------------------------------

    @property
    def fold(self) -> Fold:
        """The totals of the whole store, as far as they are counted; not to be changed."""
        return self._counting.fold

    @property
    def counting(self) -> bool:
        """Whether some of the past is still to be counted."""
        return self.store is not None and not self._counting.is_complete

    def backfill(self, seconds: float) -> bool:
        """Count the past for about so long. Errors show at the next poll.

        Returns:
            Whether everything has become known by this: a snapshot is worth making at once.
        """
        store = self.store
        if store is None or self._unproven or self._counting.is_complete:
            return False
        end = time.perf_counter() + seconds
        try:
            self._look_up(store)
            while not self._counting.is_complete:
                self._counting.step(store)
                self._dirty = True
                if time.perf_counter() >= end:
                    break
        except (StoreBusyError, QueryStoppedError):
            return False
        except StoreError as error:
            self._lose(error)
            return False
        return self._counting.is_complete

    def _look_up(self, store: Store) -> None:
        """Take the totals that were kept, if there are such and they are right."""
        kept = None if self._kept is None else self._kept.look_up(store)
        if kept is not None and self._counting.adopt(store, kept.fold, kept.high):
            self._dirty = True

    def keep_totals(self) -> None:
        """Keep what is counted for the next time, once everything is; takes a moment then."""
        store, past = self.store, self._counting.past
        if self._kept is None or store is None or past is None or not self._counting.is_complete:
            return
        if not self._counting.problems():
            self._kept.keep(store, self._counting.fold, past.high)

    def leave(self) -> None:
        """The program ends: begin nothing that takes long. May be called from any thread."""
        if self._kept is not None:
            self._kept.give_up()

    # -- what the panes show --------------------------------------------------------------------

    def _set_state(self, state: StoreState, message: str) -> None:
        if state is not self.state or message != self.message:
            self.state, self.message = state, message
            self._dirty = True

    def snapshot(self, *, force: bool = False) -> Snapshot | None:
        """A snapshot of what is known now; None when nothing changed since the last."""
        now = self._clock()
        counting = self._counting
        if not (self._dirty or force or counting.roster.is_due(now)):
            return None
        self._dirty = False
        self.generation += 1
        rows = counting.rows(now)
        figures = self._figures
        counting.refresh_figures(figures, self.epoch)
        arrived, self._arrived = tuple(self._arrived), []
        cut, self._arrived_cut = self._arrived_cut, False
        updated, self._updated = tuple(self._updated.values()), {}
        if self.store is not None:
            self._problems = self.store.problems()
        return Snapshot(
            generation=self.generation,
            epoch=self.epoch,
            state=self.state,
            message=self.message,
            info=self._info,
            sessions=rows if len(rows) <= self._keep else rows[: self._keep],
            total_sessions=len(counting.roster),
            totals=counting.totals(figures),
            tools=figures.tools,
            agents=figures.agents,
            interactions=figures.interactions,
            arrived=arrived,
            arrived_cut=cut,
            updated=updated,
            problems=self._problems + counting.problems(),
            time=now,
        )
