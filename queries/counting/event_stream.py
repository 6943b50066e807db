"""All rows of a store, or of some of its sessions, once and in order of arrival.

Reads page by page, so that memory stays bounded and a writer is never kept waiting for
longer than one page takes. Waits a while for a writer that locks the store.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

from queries.models import Event
from queries.opening.files import StoreBusyError
from queries.store import Store

PAGE = 2000
PATIENCE = 10.0
"""Seconds for which a locked store is asked again before giving up."""
BETWEEN_TRIES = 0.02
SINGLY = 50
"""Up to so many sessions are looked up one by one; more are picked out of all rows."""

Progress = Callable[[float], None]
"""Told now and then which part (0..1) is done."""
_T = TypeVar("_T")


def patiently(read: Callable[[], _T], patience: float = PATIENCE) -> _T:
    """The result of ``read``, tried again while a writer locks the store.

    Raises:
        StoreBusyError: still locked after ``patience`` seconds.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            return read()
        except StoreBusyError:
            if time.monotonic() >= give_up:
                raise
            time.sleep(BETWEEN_TRIES)


def bounds_of(store: Store) -> dict[int, tuple[int, int]]:
    """Per source that has rows, the lowest and the highest seq."""
    sources = range(len(store.mapping.sources))
    edges = {source: patiently(partial(store.bounds, source)) for source in sources}
    return {source: both for source, both in edges.items() if both is not None}


def stretches(
    store: Store, source: int, after: int, upto: int, rows: int
) -> Iterator[tuple[int, int]]:
    """The rows after one seq and up to another one, so many at a time, in the same way."""
    while after < upto:
        end = min(patiently(partial(store.slice_end, source, after, rows)), upto)
        yield after, end
        after = end


class EventStream:
    """Rows up to those that are there when the stream is made. Iterate once.

    Rows of several sources are merged by time; inside a source the order of arrival is never
    changed, also where its clock jumped.
    """

    def __init__(
        self,
        store: Store,
        *,
        sessions: Sequence[str] | None = None,
        beside: Event | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Nothing but the store's edges is read yet.

        Args:
            store: an open store.
            sessions: only rows of these; None: all.
            beside: a row that comes in its place, too, where its session is none of these.
            progress: told after every page.
        """
        self._store = store
        self._sessions = None if sessions is None else tuple(dict.fromkeys(sessions))
        is_extra = beside is not None and beside.session_id not in (self._sessions or ())
        self._beside = beside if sessions is not None and is_extra else None
        self._progress = progress
        self._bounds = bounds_of(store)
        self._at = {source: first - 1 for source, (first, _) in self._bounds.items()}

    def __iter__(self) -> Iterator[Event]:
        rows = [self._rows_and_beside(source) for source in self._bounds]
        if len(rows) == 1:
            return rows[0]
        return (entry[3] for entry in heapq.merge(*(_keyed(source) for source in rows)))

    @property
    def high(self) -> dict[int, int]:
        """Per source, the seq of its last row; 0 where there is none."""
        sources = range(len(self._store.mapping.sources))
        return {source: self._bounds.get(source, (0, 0))[1] for source in sources}

    # -- one source -------------------------------------------------------------------------

    def _rows_and_beside(self, source: int) -> Iterator[Event]:
        rows = self._rows(source)
        if self._beside is None or self._beside.source != source:
            return rows
        return heapq.merge(rows, [self._beside], key=_seq)

    def _rows(self, source: int) -> Iterator[Event]:
        wanted = self._sessions
        if wanted is None:
            return chain.from_iterable(self.pages(source))
        if self._store.session_indexed[source] and len(wanted) <= SINGLY:
            each = [chain.from_iterable(self._session_pages(source, name)) for name in wanted]
            return each[0] if len(each) == 1 else heapq.merge(*each, key=_seq)
        names = frozenset(wanted)
        rows = chain.from_iterable(self.pages(source))
        return (event for event in rows if event.session_id in names)

    def pages(self, source: int, after: int | None = None) -> Iterator[list[Event]]:
        """All rows of one source, or those after a seq, page by page; a page may be empty."""
        first, last = self._bounds.get(source, (0, -1))
        after = first - 1 if after is None else after
        while after < last:
            bad = self._bad()
            page = patiently(partial(self._store.events_between, source, after, last, PAGE))
            left_out = self._bad() - bad
            if len(page) + left_out < PAGE:
                after = last
            elif left_out:
                after = self._end_of_page(source, after, last)
            else:
                after = page[-1].seq
            self._tell(source, after)
            yield page

    def _session_pages(self, source: int, session_id: str) -> Iterator[list[Event]]:
        first, last = self._bounds[source]
        after = first - 1
        while True:
            page = patiently(
                partial(self._store.session_rows_after, source, session_id, after, last, PAGE)
            )
            if not page:
                return
            yield page
            after = page[-1].seq

    def _end_of_page(self, source: int, after: int, last: int) -> int:
        rows = self._store.query(
            f"SELECT max(seq) FROM (SELECT seq FROM event_rows_{source}"
            " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?)",
            (after, last, PAGE),
        )
        return int(rows[0][0])

    def _bad(self) -> int:
        return sum(problem.count for problem in self._store.problems())

    def _tell(self, source: int, at: int) -> None:
        if self._progress is None:
            return
        self._at[source] = at
        whole = sum(last - first + 1 for first, last in self._bounds.values())
        done = sum(at - self._bounds[source][0] + 1 for source, at in self._at.items())
        self._progress(min(done / whole, 1.0) if whole else 1.0)


def merge_sources(pages: Sequence[Sequence[Event]]) -> list[Event]:
    """Pages of several sources, each in order of arrival, in the order of an event stream."""
    if len(pages) == 1:
        return list(pages[0])
    keyed = [entry for page in pages for entry in _keyed(page)]
    keyed.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in keyed]


def _keyed(rows: Iterable[Event]) -> Iterator[tuple[float, int, int, Event]]:
    latest = float("-inf")
    for event in rows:
        if event.time is not None and event.time > latest:
            latest = event.time
        yield (latest, event.source, event.seq, event)


def _seq(event: Event) -> int:
    return event.seq
