"""Following one store: is it still the same, what is new in it, is what was counted right?"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from queries.keeping.fold_cache import FoldCache
from queries.keeping.kept_totals import KeptTotals
from queries.live.counting import Counting
from queries.live.figures import Figures
from queries.live.recount import MOST_NAMES, MOST_ROWS, SHARE, Recount
from queries.models import Event, EventKey, Problem, StoreInfo, StoreState
from queries.opening.files import Signature, StoreError, StoreGoneError, signature
from queries.pausing import no_pause
from queries.reading.connection import Change
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
"""Seconds at most before what was noticed while it was quiet makes everything be counted anew
once more."""
ROWS_A_SECOND = 10_000
"""Rows of a store for which a second of those is waited: few are counted in no time."""


class Following:
    """One store with its totals as of the last look."""

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], float] = time.time,
        stale_after: float = STALE_AFTER,
        keep_sessions: int = 50_000,
        store: Store | None = None,
        cache: FoldCache | None = None,
        processes: int = 0,
    ) -> None:
        """Begin to follow a store; nothing is read before the first :meth:`poll`.

        Args:
            path: of the store.
            clock: gives epoch seconds.
            stale_after: seconds of silence after which a running session is stale.
            keep_sessions: the most sessions that are listed.
            store: the store as somebody has opened it already; the feed closes it.
            cache: where totals are kept from one time to the next; None: nowhere.
            processes: others that may count the past of a large store.
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
        self._processes = processes
        self._kept: KeptTotals | None = None
        self._unread = False
        """Whether the store holds something that is not taken yet."""
        self._unproven = False
        """Whether it may be another store than the one counted."""
        self._begun = float("-inf")
        self._audit_begun = float("-inf")
        self._is_audited = True
        self._may_differ = False
        """Whether rows may have changed that were not read again."""
        self._recount: Recount | None = None
        self._recounted = float("-inf")
        self._recount_pause = 0.0
        self._quiet_since = clock()
        self._asleep: Signature | None = None
        self._watched: frozenset[EventKey] = frozenset()
        self._is_watched_anew = False
        """Whether other rows came on screen, which may have been read long ago."""
        self._has_news = False
        """Whether anything that was committed since everything was begun is taken."""
        self._is_changed = False
        """Whether anything was committed since then."""
        self._touched: set[str] = set()
        self._arrived: list[Event] = []
        self._arrived_cut = False
        self._updated: dict[EventKey, Event] = {}
        self._amended: set[str] = set()
        self._dirty = True
        """Whether a snapshot would differ from the last one."""
        self._is_further = False
        """Whether it would in so far as more of the past is counted."""
        self.pause: Callable[[], object] = no_pause
        """Called while what is new is taken, when nothing of the store is held."""

    def close(self) -> None:
        """Let go of the file."""
        self._counting.close()
        self._end_recount()
        for store in (self.store, self._given):
            if store is not None:
                store.close()
        self.store = self._given = None

    # -- looking ------------------------------------------------------------------------------

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
                self._unread = self._is_changed = True
        if self._unread:
            self._quiet_since = self._clock()
            self._catch_up(store)
        elif self._counting.is_wrong:
            self._begin_again(store)
        elif self._is_watched_anew:
            self._is_watched_anew = False
            self._counting.read_watched(store, self._watched)
            self._take_news()
            self._dirty = self._dirty or bool(self._updated)
        elif self._counting.has_due:
            self._counting.read_due(store, self._watched)
            self._take_news()
            self._dirty = self._dirty or bool(self._updated)
        else:
            self._rest(store)

    def _connect(self) -> Store:
        store = self.store = self._given or Store(self.path)
        self._given = None
        store.give_way()
        self._asleep = None
        self._unread = self._unproven = self._is_changed = True
        self._dirty = True
        return store

    def _catch_up(self, store: Store) -> None:
        """Take what is new; from the start when it is not the store that was counted.

        Whatever stops this in the middle, the next poll goes on with it.
        """
        self._info = store.info
        self._end_recount()
        identity = (
            store.signature.file,
            store.mapping.dialect,
            store.schema_version,
            store.info.sources,
            store.mapping.has_messages,
        )
        if identity != self._identity:
            self._begin(store)
            self._identity = identity
        else:
            more = self._counting.read_news(
                store, self._watched, is_proven=not self._unproven, pause=self.pause
            )
            self._take_news()
            # What was counted late is read again too, where nothing was committed at all.
            self._may_differ = self._has_news = self._has_news or self._is_changed
            self._is_watched_anew = False
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
        if self._passed(self._begun) >= BETWEEN_STARTS or self._unproven:
            self._begin(store)

    def _begin(self, store: Store) -> None:
        """Forget all totals and count everything anew."""
        self._kept = None if self._cache is None else KeptTotals(self._cache, store)
        self._counting.close()
        self._counting = Counting(store, self._keep, self._stale_after, self._processes)
        self.epoch += 1
        self._end_recount()
        self._may_differ = False
        self._has_news = self._is_watched_anew = self._is_changed = False
        self._begun = self._clock()
        self._arrived, self._arrived_cut = [], False
        self._updated, self._amended = {}, set()
        self._touched = set()
        self._dirty = True

    def _take_news(self) -> None:
        counting = self._counting
        arrived, counting.arrived = counting.arrived, []
        room = ARRIVED_KEPT - len(self._arrived)
        self._arrived += arrived[:room]
        self._arrived_cut = self._arrived_cut or len(arrived) > room
        self._updated.update((event.key, event) for event in counting.updated)
        self._amended |= counting.amended
        counting.updated, counting.amended = [], set()

    def _rest(self, store: Store) -> None:
        """Nothing happens: check what was counted, then let the writer have the file alone."""
        quiet = self._passed(self._quiet_since)
        if not self._counting.is_complete:
            return
        may_begin = self._passed(self._audit_begun) >= self._between_audits()
        if quiet < QUIET_AUDIT:
            return
        if not self._is_audited:
            if may_begin:
                self._audit(store)
        elif self._recount is not None:
            if self._recount.is_done:
                self._judge(store, self._recount)
        elif self._may_differ:
            if may_begin and self._passed(self._recounted) >= self._recount_pause:
                self._recount = Recount(store, store.mapping.has_messages)
        elif quiet > QUIET_CLOSE and store.signature.wal_size >= 0 and not store.is_detached:
            self._problems = store.problems()
            asleep = signature(self.path)
            self.close()
            self._asleep = asleep

    def _audit(self, store: Store) -> None:
        is_right = self._counting.audit(store, self._watched)
        self._is_audited = True
        if store.is_copy or not self._counting.may_differ(MOST_ROWS, MOST_NAMES):
            self._may_differ = False
        self._take_news()
        if self._counting.is_misread:
            self._open_anew()
        elif not is_right:
            self._audit_begun = self._clock()
            self._begin(store)
        elif self._updated or self._counting.roster.is_touched:
            self._dirty = True

    def _judge(self, store: Store, recount: Recount) -> None:
        """Everything was counted again, and nothing was committed since that was begun."""
        self._end_recount()
        self._may_differ = False
        if not recount.agrees(self._counting.fold, self.pause):
            self._audit_begun = self._recounted
            self._begin(store)

    def _end_recount(self) -> None:
        """The next one is as far off as this one cost, whether it came to its end or not."""
        recount, self._recount = self._recount, None
        if recount is not None:
            self._recounted, self._recount_pause = self._clock(), recount.cost / SHARE

    def _between_audits(self) -> float:
        return min(max(self._counting.fold.rows / ROWS_A_SECOND, QUIET_AUDIT), BETWEEN_AUDITS)

    def _passed(self, moment: float) -> float:
        """Seconds since a moment; without end where the clock was put back since then."""
        passed = self._clock() - moment
        return passed if passed >= 0 else float("inf")

    def _set_state(self, state: StoreState, message: str) -> None:
        if state is not self.state or message != self.message:
            self.state, self.message = state, message
            self._dirty = True

    def _lose(self, error: StoreError) -> None:
        """The store cannot be read now: let go of it, and try again at each poll."""
        self.close()
        self._asleep = None
        is_gone = isinstance(error, StoreGoneError)
        self._set_state(StoreState.GONE if is_gone else StoreState.UNREADABLE, str(error))
