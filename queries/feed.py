"""The live engine: has the store changed? Read its tail, count it, make one Snapshot.

A feed does nothing by itself. Its owner calls :meth:`Feed.poll` now and then and
:meth:`Feed.backfill` in between, from one thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from queries.counting.backfill import WORK
from queries.fold import Fold
from queries.live.following import Following
from queries.models import EventKey, Snapshot, StoreState
from queries.opening.files import QueryStoppedError, StoreBusyError, StoreError
from queries.pausing import no_pause
from queries.store import Store


class Feed(Following):
    """Follows one store and keeps its totals."""

    # -- polling ----------------------------------------------------------------------------

    def poll(self, *, tells_progress: bool = True) -> Snapshot | None:
        """Look once. Returns a new snapshot when anything shown may differ, else None.

        Args:
            tells_progress: whether it is worth one that more of the past is counted.
        """
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
        return self.snapshot(tells_progress=tells_progress)

    @property
    def behind(self) -> bool:
        """Whether there is more to take at once: poll again without waiting."""
        return self.store is not None and self._unread and self.state is StoreState.LIVE

    # -- what the owner may tell and ask ---------------------------------------------------------

    def watch(self, keys: Iterable[EventKey]) -> None:
        """Rows on screen: they are read again after every commit, and when they come there."""
        before, self._watched = self._watched, frozenset(keys)
        if self._has_news and not self._watched <= before:
            self._is_watched_anew = True

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
        """Whether some of the past is still to be counted, or counted again."""
        if self.store is None:
            return False
        recount = self._recount
        return not self._counting.is_complete or (recount is not None and not recount.is_done)

    def backfill(
        self, seconds: float, *, work: float = WORK, pause: Callable[[], object] = no_pause
    ) -> bool:
        """Count the past for about so long. Errors show at the next poll.

        Args:
            seconds: after which no other slice is begun.
            work: seconds of work of one slice.
            pause: called in the middle of each, when nothing of the store is held.

        Returns:
            Whether all totals have become known by this: a snapshot is worth making at once.
        """
        store = self.store
        if store is None or self._unproven:
            return False
        end = time.perf_counter() + seconds
        try:
            if self._counting.is_complete:
                self._count_again(store, end, work, pause)
                return False
            if self._look_up(store):
                return True
            while not self._counting.is_complete:
                self._counting.step(store, work, pause)
                self._unread = self._unread or self._counting.is_late()
                self._is_further = True
                if time.perf_counter() >= end:
                    break
        except (StoreBusyError, QueryStoppedError):
            return False
        except StoreError as error:
            self._lose(error)
            return False
        self._dirty = self._dirty or self._counting.is_complete
        return self._counting.is_complete

    def _count_again(
        self, store: Store, end: float, work: float, pause: Callable[[], object]
    ) -> None:
        recount = self._recount
        while recount is not None and not recount.is_done:
            recount.step(store, work, pause)
            if time.perf_counter() >= end:
                break

    def _look_up(self, store: Store) -> bool:
        """Take the totals that were kept, if there are such and they are right."""
        kept = None if self._kept is None else self._kept.look_up(store)
        if kept is None or not self._counting.adopt(store, kept.fold, kept.high):
            return False
        self._dirty = True
        return True

    def keep_totals(self) -> None:
        """Keep what is counted for the next time, once everything is; takes a moment then."""
        store, past = self.store, self._counting.past
        if self._kept is None or store is None or past is None or not self._counting.is_complete:
            return
        if self._counting.fold.messages and store.mapping.may_have_messages:
            return  # It is about to be counted as a store with messages.
        self._kept.keep(store, self._counting.fold, past.high)

    def leave(self) -> None:
        """The program ends: do nothing more that takes long. May be called from any thread."""
        if self._kept is not None:
            self._kept.give_up()

    # -- what the panes show --------------------------------------------------------------------

    def snapshot(self, *, force: bool = False, tells_progress: bool = True) -> Snapshot | None:
        """A snapshot of what is known now; None when nothing changed since the last."""
        now = self._clock()
        counting = self._counting
        is_further = self._is_further and tells_progress
        if not (self._dirty or is_further or force or counting.roster.is_due(now)):
            return None
        self._dirty = self._is_further = False
        self.generation += 1
        rows = counting.rows(now, self.pause)
        figures = self._figures
        self.pause()
        counting.refresh_figures(figures, self.epoch)
        self.pause()
        arrived, self._arrived = tuple(self._arrived), []
        cut, self._arrived_cut = self._arrived_cut, False
        updated, self._updated = tuple(self._updated.values()), {}
        amended, self._amended = frozenset(self._amended), set()
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
            amended=amended,
            problems=self._problems,
            time=now,
            declared=counting.declared_version,
            is_listed=counting.roster.is_loaded,
        )
