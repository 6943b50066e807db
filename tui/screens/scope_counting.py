"""Keeping the figures of chosen sessions right: counted once, then with all that arrives."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from queries.models import Scope, ScopeFigures, Snapshot, StoreState
from queries.plain_data import replace
from queries.trees.activity_reader import Ranges
from tui.pause import Pause
from tui.reader import Answer, Reader
from tui.screens import scope_layout
from tui.screens.scope_layout import Away, at_once
from tui.screens.scope_reading import Counted, Side, counting, reading_beside

SLOT = "scope"
SIDE_SLOT = "side"
REST = 5.0
"""Rows that change in place have a scope counted anew after so many times as long as that took."""


class ScopeCounting:
    """Counts the sessions that a scope names."""

    def __init__(
        self,
        reader: Reader,
        changed: Callable[[], object],
        *,
        is_alive: Callable[[str], bool],
        ranges_of: Callable[[str], Ranges | None],
        away: Away,
    ) -> None:
        """Construct it.

        Args:
            reader: reads calls.
            changed: called when there are other figures, or something else is to be said of them.
            is_alive: whether a session runs, by its id.
            ranges_of: where its counted rows lie.
            away: does long work.
        """
        self._reader = reader
        self._changed = changed
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._away = away
        self._scope: Scope | None = None
        """What is counted; None: nothing is."""
        self.figures: ScopeFigures | None = None
        """As far as they are counted."""
        self._counted: Counted | None = None
        """What is counted wholly; its own figures are those of the beginning."""
        self._is_loading = False
        self._is_amended = False
        """Whether rows that are counted changed in a way that takes counting anew."""
        self._pause = Pause(time.monotonic, 0.0, REST)
        """Until when it is not begun again for that."""
        self._failed = False
        self._kept: list[Snapshot] = []
        """Those that are not counted yet."""
        self._is_counting = False
        """Whether some are being counted, which nothing else may do meanwhile."""
        self._is_stale = False
        """Whether figures are to be made anew even where nothing is to be counted."""
        self._alive: frozenset[str] = frozenset()
        self._declared = self._side_mark = 0

    @property
    def is_beginning(self) -> bool:
        """Whether the first figures are still to come."""
        return self._is_loading and self.figures is None

    def forget(self) -> None:
        """Have no figures any more."""
        self._counted = self.figures = None

    def begin(self, scope: Scope | None) -> None:
        """Count a scope (again), which names sessions; None: count nothing any more."""
        self._scope = scope
        self._failed = self._is_amended = False
        self._kept.clear()
        self._is_loading = scope is not None
        if scope is None:
            self._reader.cancel(SLOT)
            self._changed()
            return
        work = counting(scope, self._is_alive, self._ranges_of, is_again=self._counted is not None)
        self._pause.begin()
        self._alive = self._alive_now()
        self._side_mark = self._declared
        self._changed()
        self._reader.request(SLOT, work)

    def retry(self) -> None:
        """Count again what could not be read before, or is not what was counted any more."""
        is_due = self._is_amended and self._pause.is_over()
        if (self._failed or is_due) and not self._is_loading:
            self.begin(self._scope)

    def take_answer(self, answer: Answer) -> str:
        """Take what was counted so far; returns a sentence when it could not be."""
        if isinstance(answer.value, ScopeFigures):
            self.figures = answer.value
        elif isinstance(answer.value, Counted):
            self._is_loading = False
            self._pause.end()
            self._counted, self.figures = answer.value, answer.value.figures
            # Which sessions run may be known better than when it began.
            self._count(is_stale=self._alive != self._alive_now())
        elif isinstance(answer.value, Side):
            if self._counted is not None:
                self._counted = replace(self._counted, side=answer.value)
                self._count(is_stale=True)
        else:
            # As long as it is loading, nobody takes what is missing for nothing.
            self._changed()
            self._is_loading = False
            self._pause.end()
            self._failed = answer.retry
            return answer.error
        self._changed()
        return ""

    def take(self, snapshot: Snapshot) -> None:
        """Bring the figures up to date with a newer snapshot."""
        self._declared = snapshot.declared
        scope = self._scope
        if scope is None:
            return
        self._is_amended |= not snapshot.amended.isdisjoint(scope.session_ids)
        if snapshot.arrived_cut:
            self.begin(scope)
        elif self._is_loading:
            self._kept.append(snapshot)
        elif self._counted is not None:
            self._kept.append(snapshot)
            self._count()
            self._read_side(scope)
        if snapshot.state is StoreState.LIVE:
            self.retry()

    def _count(self, *, is_stale: bool = False) -> None:
        """Count what arrived and changed, and tell what comes of it; at once if it is little."""
        counted = self._counted
        self._is_stale |= is_stale
        if counted is None or self._is_counting or not (self._kept or self._is_stale):
            return
        kept, self._kept = self._kept, []
        before, self._alive = self._alive, self._alive_now()
        may_differ, self._is_stale = self._is_stale or before != self._alive, False
        counter, side, is_alive = counted.counter, counted.side, self._is_alive

        def work() -> ScopeFigures | None:
            differs = may_differ
            for snapshot in kept:
                differs |= counter.add(snapshot.arrived) | counter.update(snapshot.updated)
            return counter.figures(is_alive, side.aggregated, side.handed) if differs else None

        arrived = sum(len(snapshot.arrived) + len(snapshot.updated) for snapshot in kept)
        is_little = counter.size + arrived <= scope_layout.AT_ONCE
        self._is_counting = True
        (at_once if is_little else self._away)(work, partial(self._take_count, counted))

    def _take_count(self, counted: Counted, figures: ScopeFigures | None) -> None:
        self._is_counting = False
        known = None if self._counted is None else self._counted.counter
        if figures is not None and known is counted.counter:
            self.figures = figures
            self._changed()
        if not self._is_loading:
            self._count()

    def _alive_now(self) -> frozenset[str]:
        ids = () if self._scope is None else self._scope.session_ids
        return frozenset(filter(self._is_alive, ids))

    def _read_side(self, scope: Scope) -> None:
        """Read hand-offs and the store's own totals again when they seem to have changed."""
        if self._declared != self._side_mark:
            self._side_mark = self._declared
            self._reader.request(SIDE_SLOT, reading_beside(scope))
