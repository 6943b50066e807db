"""The rows from the oldest of the newest prompts on: taken row by row, or read from the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import partial

from queries.counting.event_stream import (
    PAGE,
    EventStream,
    Progress,
    bounds_of,
    patiently,
    stretches,
)
from queries.finding.merged_end import newest_first
from queries.folding.batch import type_of
from queries.folding.joining import REACH
from queries.models import Event, EventKind
from queries.opening.files import DEAD_ENDS, StoreError
from queries.store import Store

ROWS_KEPT = 80_000
"""Rows held at most while the number of prompts is limited."""
ABOUT = 1000
"""Rows of each of several sources that are read at first."""
COUNTED_AT_ONCE = 20_000
"""Rows among which prompts are counted in one statement: a writer may have to wait for that."""


Early = tuple[int, Event]
"""A row before those that are shown, and its place among all that were taken, from 1."""


class NewestRows:
    """The rows from the oldest prompt that is shown on."""

    def __init__(self, limit: int | None, session_id: str | None) -> None:
        self.rows: deque[Event] = deque()
        self.early: deque[Early] = deque()
        """Of the rows before those, the ones to which later ones may belong."""
        self.unread: tuple[int, int, int] | None = None
        """Where rows before all that were taken were only counted: their source, and its lowest
        and their highest seq."""
        self.prompts = 0
        self.left_out = 0
        self.cut = False
        self._limit = limit
        self._session_id = session_id
        self._taken = 0
        self._places: deque[int] = deque()

    def take(self, row: Event) -> None:
        """Take the next row in order."""
        self.rows.append(row)
        self._taken += 1
        if row.kind is EventKind.PROMPT and self._session_id in (None, row.session_id):
            self.prompts += 1
            self._places.append(self._taken)
        if self._limit is None:
            return
        if len(self._places) > self._limit:
            self._places.popleft()
            self._forget_until(self._places[0] if self._places else self._taken + 1)
        if len(self.rows) > ROWS_KEPT:
            self._forget_until(self._taken - ROWS_KEPT + 1)
            self.cut = True

    @property
    def first_place(self) -> int:
        """The place of the first row among all that were taken, from 1."""
        return self._taken - len(self.rows) + 1

    def _forget_until(self, place: int) -> None:
        while self.first_place < place and self.rows:
            at, row = self.first_place, self.rows.popleft()
            self.left_out += 1
            if not type_of(row).is_plain:
                self.early.append((at, row))
        while self.early and self.early[0][0] < place - REACH:
            self.early.popleft()
        while self._places and self._places[0] < place:
            self._places.popleft()


def newest_rows(store: Store, limit: int, progress: Progress | None = None) -> NewestRows:
    """As taking all rows of a store, which are only counted before the newest where possible.

    Args:
        store: an open store.
        limit: prompts, at least one.
        progress: told which part is read.
    """
    if len(store.mapping.sources) == 1:
        return newest_from_the_end(store, limit, progress)
    newest: NewestRows | None = None
    try:
        # A call of two rows may have its first one before those that are read.
        if not store.mapping.has_phases:
            newest = _merged_from_the_end(store, limit, progress)
    except DEAD_ENDS:
        raise
    except StoreError:
        pass  # Damaged: what can be read is found out row by row.
    if newest is None:
        newest = NewestRows(limit, None)
        for row in EventStream(store, progress=progress):
            newest.take(row)
    return newest


def _merged_from_the_end(store: Store, limit: int, progress: Progress | None) -> NewestRows | None:
    """Of several sources; None where their order can only be told by reading all rows."""
    bounds = bounds_of(store)
    rows = prompts = 0
    for done, (source, (first, last)) in enumerate(bounds.items()):
        if progress is not None:
            progress(done / len(bounds))
        counted = _counted(store, source, first - 1, last)
        rows += counted[0]
        prompts += counted[1]
    about = ABOUT if prompts > limit else rows
    # A busy store is asked again from the beginning: rows are read while they are taken.
    taken = patiently(partial(_taken, store, bounds, limit, about))
    if taken is None:
        return None
    newest = NewestRows(limit, None)
    rows -= len(taken)
    while taken:
        newest.take(taken.pop())
    newest.prompts = prompts
    newest.left_out += rows
    return newest


def _taken(
    store: Store, bounds: Mapping[int, tuple[int, int]], limit: int, about: int
) -> list[Event] | None:
    """The newest rows with one prompt more than is shown, or one row more than is kept."""
    newest = newest_first(store, bounds, about)
    if newest is None:
        return None
    taken: list[Event] = []
    prompts = 0
    for row in newest:
        taken.append(row)
        prompts += row.kind is EventKind.PROMPT
        # One more tells whether there is anything before the first one that is shown.
        if prompts > limit or len(taken) > ROWS_KEPT:
            break
    return taken


def newest_from_the_end(store: Store, limit: int, progress: Progress | None = None) -> NewestRows:
    """The same of a store with one source."""
    newest = NewestRows(limit, None)
    bounds = patiently(partial(store.bounds, 0))
    if bounds is None:
        return newest
    first, upto = bounds
    pages: list[list[Event]] = []
    prompts = rows = 0
    # One prompt more tells whether there is anything before the first one that is shown.
    while upto >= first and prompts <= limit and rows <= ROWS_KEPT:
        start = patiently(partial(store.slice_start, 0, upto, PAGE))
        pages.append(patiently(partial(store.events_between, 0, start, upto, PAGE)))
        prompts += sum(row.kind is EventKind.PROMPT for row in pages[-1])
        rows += len(pages[-1])
        upto = start
    for page in reversed(pages):
        for row in page:
            newest.take(row)
    if upto >= first:
        newest.unread = (0, first, upto)
    counted = _counted(store, 0, first - 1, upto, progress)
    newest.left_out += counted[0]
    newest.prompts += counted[1]
    return newest


def _counted(
    store: Store, source: int, before: int, upto: int, progress: Progress | None = None
) -> tuple[int, int]:
    """The rows after one seq and up to another one, and the prompts among them."""
    rows = prompts = 0
    for after, end in stretches(store, source, before, upto, COUNTED_AT_ONCE):
        counted = patiently(partial(store.count_kind, source, EventKind.PROMPT, after, end))
        rows += counted[0]
        prompts += counted[1]
        if progress is not None:
            progress((end - before) / (upto - before))
    return rows, prompts
