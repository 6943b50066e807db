"""The rows from the oldest of the newest prompts on: taken row by row, or read from the end."""

from __future__ import annotations

from collections import deque
from functools import partial

from queries.event_stream import PAGE, Progress, patiently
from queries.models import Event, EventKind
from queries.store import Store

ROWS_KEPT = 100_000
"""Rows held at most while the number of prompts is limited."""
COUNTED_AT_ONCE = 20_000
"""Rows among which prompts are counted in one statement: a writer may have to wait for that."""


class NewestRows:
    """The rows from the oldest prompt that is shown on."""

    def __init__(self, limit: int | None, session_id: str | None) -> None:
        self.rows: deque[Event] = deque()
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

    def _forget_until(self, place: int) -> None:
        while self._taken - len(self.rows) + 1 < place and self.rows:
            self.rows.popleft()
            self.left_out += 1
        while self._places and self._places[0] < place:
            self._places.popleft()


def newest_from_the_end(store: Store, limit: int, progress: Progress | None = None) -> NewestRows:
    """As taking all rows of a store with one source, which are only counted before the newest.

    Args:
        store: an open store.
        limit: prompts, at least one.
        progress: told which part is read.
    """
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
    after = first - 1
    while after < upto:
        end = min(patiently(partial(store.slice_end, 0, after, COUNTED_AT_ONCE)), upto)
        counted = patiently(partial(store.count_kind, 0, EventKind.PROMPT, after, end))
        newest.left_out += counted[0]
        newest.prompts += counted[1]
        after = end
        if progress is not None:
            progress((after - first + 1) / (upto - first + 1))
    return newest
