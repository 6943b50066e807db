"""Counting the past of a store, newest slice first, in small polite steps."""

from __future__ import annotations

from dataclasses import dataclass

from queries.fold import Fold
from queries.models import Problem
from queries.opening import QueryStoppedError, StoreBusyError, StoreError, StoreGoneError
from queries.store import Store

SLICE = 1000
"""Rows of one slice: about 5 ms of work, and of read lock."""


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
        self._lost = 0
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

    def step(self, store: Store, rows: int = SLICE) -> None:
        """Count one slice of the source that has come least far back in time.

        Raises StoreBusyError when a writer keeps us out; nothing is lost then.
        """
        open_ = [past for past in self._pasts if not past.done]
        if not open_:
            return
        past = max(open_, key=lambda past: float("inf") if past.low_time is None else past.low_time)
        try:
            start = store.slice_start(past.source, past.low, rows)
            events = store.events_between(past.source, start, past.low, rows)
        except (StoreBusyError, StoreGoneError, QueryStoppedError):
            raise
        except StoreError:
            start = self._skip(store, past, rows)
            events = []
        older = Fold(messages_only=self._fold.messages_only)
        older.add_all(events)
        self._fold.prepend(older)
        past.low = start if start >= past.first else past.first - 1
        first_time = next((event.time for event in events if event.time is not None), None)
        if first_time is not None:
            past.low_time = first_time

    def _skip(self, store: Store, past: _Past, rows: int) -> int:
        """A damaged slice: read what can be read of it row by row, count what cannot."""
        start = past.low - rows
        older = Fold(messages_only=self._fold.messages_only)
        for seq in range(max(start, past.first - 1) + 1, past.low + 1):
            try:
                older.add_all(store.events_between(past.source, seq - 1, seq, 1))
            except (StoreBusyError, StoreGoneError, QueryStoppedError):
                raise
            except StoreError:
                self._lost += 1
        self._fold.prepend(older)
        return start

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read."""
        if not self._lost:
            return ()
        return (Problem("events", "rows left out: the file is damaged there", self._lost),)
