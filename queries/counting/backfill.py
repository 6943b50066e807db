"""Counting the past of a store, newest slice first, in small polite steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from queries.counting.lean_slices import LeanSlices
from queries.fold import Fold
from queries.garbage import no_collection
from queries.pausing import no_pause
from queries.plain_data import dataclass
from queries.store import Store

if TYPE_CHECKING:
    from queries.counting.counting_crew import CountingCrew

FIRST = 600
"""Rows of the first slice: something can be shown at once."""
SLICE = 16_000
"""Rows of a slice at most: with fewer, each row costs more; with more, its calls would be as far
apart as calls are that are not told by two rows."""
WORK = 0.1
"""Seconds of work that a slice should take."""


@dataclass(slots=True)
class _Past:
    """How far one source is counted: everything above ``low`` is in the fold."""

    source: int
    first: int
    """Lowest seq of the table."""
    low: int
    top: int
    """Where the back-fill began."""
    low_time: float | None
    """When the lowest counted row happened."""

    @property
    def done(self) -> bool:
        return self.low < self.first


class Backfill:
    """Prepends slices of the past to a fold until everything is counted."""

    def __init__(self, store: Store, fold: Fold) -> None:
        """Begin at the present end of every source; :attr:`high` says where that is."""
        self._fold = fold
        self._rows = LeanSlices()
        self._size = FIRST
        self._crew: CountingCrew | None = None
        self.was_shared = False
        """Whether it is decided whether other processes count."""
        self.is_late = False
        """Whether rows were taken that may have changed since others read them."""
        self.high: dict[int, int] = {}
        """Per source, the seq after which the tail goes on."""
        self._pasts: list[_Past] = []
        for source in range(len(store.mapping.sources)):
            bounds = store.bounds(source)
            self.high[source] = bounds[1] if bounds is not None else 0
            if bounds is not None:
                first, last = bounds
                self._pasts.append(
                    _Past(source, first, last, last, store.newest_time(source, last))
                )

    @property
    def done(self) -> bool:
        """Whether the whole past is counted."""
        return all(past.done for past in self._pasts)

    @property
    def counted(self) -> float:
        """The part of the past that is counted, 0..1, by range of seqs."""
        whole = sum(past.top - past.first + 1 for past in self._pasts)
        rest = sum(max(past.low - past.first + 1, 0) for past in self._pasts)
        return 1.0 - rest / whole if whole else 1.0

    @property
    def frontier(self) -> float | None:
        """Events after this instant are all counted; None when everything is."""
        times = [past.low_time for past in self._pasts if not past.done]
        if not times:
            return None
        return max((time for time in times if time is not None), default=float("inf"))

    def share(self, store: Store, processes: int, *, nice: int = 0) -> None:
        """From now on let other processes count, where that is possible and worth it.

        They are ended by :meth:`close`, or when all is counted.

        Args:
            store: that is counted.
            processes: how many at most; 0: none.
            nice: how far they give way to other processes.

        Raises StoreError as the store's own queries do.
        """
        # Which row comes first is decided by the slices where there are several sources.
        if processes <= 0 or store.is_copy or len(self._pasts) != 1:
            self.was_shared = True
            return
        from queries.counting.counting_crew import CountingCrew, ranges

        (past,) = self._pasts
        wanted = ranges(store, past.source, past.first, past.low, processes=processes)
        self.was_shared = True
        if wanted:
            with suppress(OSError):
                self._crew = CountingCrew(
                    store, past.source, wanted, processes=processes, nice=nice,
                    end=self._fold.first,
                )  # fmt: skip

    def recall(self, source: int, seq: int) -> None:
        """A row has changed: what others have counted of it may not be so any more."""
        if any(past.source == source and seq <= past.low for past in self._pasts):
            self.close()
            self.was_shared = False

    def close(self) -> None:
        """End the other processes; the rest can still be counted by steps."""
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close()

    def skip(self) -> None:
        """The fold has all rows up to :attr:`high` already."""
        for past in self._pasts:
            past.low = past.first - 1

    def step(
        self,
        store: Store,
        rows: int | None = None,
        *,
        work: float = WORK,
        pause: Callable[[], object] = no_pause,
    ) -> None:
        """Count one slice of the source that has come least far back in time.

        Args:
            store: to read.
            rows: of the slice; as many as can be counted in ``work`` by default.
            work: seconds of work that it should take, at most :data:`WORK`.
            pause: called between reading and counting, when nothing of the store is held.

        Raises StoreBusyError when a writer keeps us out; nothing is lost then.
        """
        if self._crew is not None:
            self._take(self._crew, work, pause)
        elif rows is not None:
            self._step(store, rows, pause)
        elif len(self._pasts) > 1:
            # The order of rows depends on the slices: these must not depend on the clock.
            self._step(store, self._size, pause)
            self._size = min(self._size * 2, SLICE)
        else:
            taken = max(int(self._size * work / WORK), FIRST)
            seconds = self._step(store, taken, pause)
            fitting = int(taken * WORK / max(seconds, WORK / 1000))
            self._size = min(max(fitting, FIRST), self._size * 4, SLICE)

    def _seal(self) -> None:
        self._fold.seal()
        self._rows.forget()

    def _take(self, crew: CountingCrew, timeout: float, pause: Callable[[], object]) -> None:
        """Put together what others have counted; wait a while for it where that is not done."""
        counted = crew.take(timeout)
        if counted is None:
            if crew.why is not None:
                self.close()
            return
        (past,) = self._pasts
        # What comes is kept: looked through all at once, it would keep other threads waiting.
        older = counted.fold(pause)
        self.is_late = self.is_late or bool(older.running)
        self._fold.prepend(older, pause)
        if counted.first_time is not None:
            past.low_time = counted.first_time
        past.low = counted.low - 1
        if self.done:
            self._seal()
            self.close()

    def _step(self, store: Store, rows: int, pause: Callable[[], object]) -> float:
        """Count so many rows; how many seconds of work that took."""
        with no_collection():
            return self._count(store, rows, pause)

    def _count(self, store: Store, rows: int, pause: Callable[[], object]) -> float:
        begun = time.thread_time()
        open_ = [past for past in self._pasts if not past.done]
        if not open_:
            return 0.0
        past = max(open_, key=lambda past: float("inf") if past.low_time is None else past.low_time)
        start: int | None = None
        if store.hides(past.source):
            start = store.slice_start(past.source, past.low, rows)
        batch, start = self._rows.read(store, past.source, start, past.low, rows)
        pause()
        self._fold.prepend_batch(batch)
        past.low_time = next((time for time in batch.times if time is not None), past.low_time)
        past.low = start if start >= past.first else past.first - 1
        if self.done:
            self._seal()
        return time.thread_time() - begun
