"""The newest events of a whole store, read from its end: no more rows than that takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from queries.counting.event_stream import Progress, bounds_of, patiently
from queries.counting.lean_slices import slices_before
from queries.finding.event_pages import EventPage, Matches, PageOfEvents
from queries.finding.filters import Term
from queries.finding.merged_end import newest_first
from queries.finding.rare_events import any_fulfil, rare_events
from queries.finding.term_rows import telling
from queries.folding import joining
from queries.folding.joining import by_itself
from queries.folding.pairing import Pairing
from queries.keeping.fold_cache import FoldCache
from queries.keeping.kept_totals import KeptTotals
from queries.models import Event, EventKind, Phase
from queries.opening.files import DEAD_ENDS, StoreError
from queries.plain_data import replace
from queries.store import Store

SMALL = 20_000
"""Rows of a store up to which all are read: then it is certain how many events there are."""
MOST = 50_000
"""Rows that are read as events at most."""
FILTERED = 4_000
"""Rows of which those that match are looked for at first."""
Found = tuple[list[Event], int | None]
"""Events, and how many match in all; None where it takes more to know that."""


def newest_events(
    store: Store,
    limit: int | None,
    *,
    matches: Matches | None = None,
    terms: Sequence[Term] = (),
    raw: bool = False,
    cache: FoldCache | None = None,
    progress: Progress | None = None,
) -> EventPage | None:
    """The page that :func:`~queries.finding.event_pages.newest_page` gives of all rows of a store.

    Args:
        store: an open store.
        limit: events wanted; None for all that match.
        matches: the filter; None for all events.
        terms: of the filter, all of which have to be fulfilled.
        raw: take every row for an event.
        cache: where totals are kept, which say how many events there are; None: nowhere.
        progress: told which part of the rows is looked at, where it is all of them.

    Returns:
        The page, whose total is None where only reading all rows would tell it; None where the
        page itself takes that, or the store is small.
    """
    if not raw:
        is_paired = store.mapping.has_phases
        return _newest_page(store, limit, matches, terms, is_paired, cache, progress)
    asked = None if matches is None else _of_rows(matches)
    page = _newest_page(store, limit, asked, _terms_of_rows(terms), False, cache, progress)
    return None if page is None else _by_themselves(page)


def _newest_page(
    store: Store,
    limit: int | None,
    matches: Matches | None,
    terms: Sequence[Term],
    is_paired: bool,
    cache: FoldCache | None,
    progress: Progress | None,
) -> EventPage | None:
    """The page of events, or of rows as they are stored."""
    bounds = bounds_of(store)
    try:
        rows = patiently(lambda: sum(store.count_events(number, 60) for number in bounds))
        if rows <= SMALL or limit == 0:
            return None
        few = limit if limit is not None and limit <= MOST // 4 else None
        some = telling(terms)
        found: Found | None = None
        if len(bounds) == 1:
            ((source, (first, last)),) = bounds.items()
            if few is not None:
                reader = _Newest(store, source, first, last, matches)
                found = patiently(lambda: reader.events(few, is_paired=is_paired))
            if found is None and matches is not None and some:
                within = first - 1, last
                return rare_events(
                    store, source, within, matches, some, limit,
                    is_paired=is_paired, progress=progress,
                )  # fmt: skip
        elif not is_paired and (few is not None or some):
            found = patiently(lambda: _merged(store, bounds, limit, matches, some))
    except DEAD_ENDS:
        raise
    except StoreError:
        return None  # Damaged: what can be read is found out row by row.
    if found is None:
        return None
    events, total = found
    if matches is None:
        total = _kept_total(store, cache) if is_paired else rows
    return EventPage(tuple(events), total, total)


def _terms_of_rows(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Those that hold for a row as it is stored: of a start another state is shown."""
    return tuple(term for term in terms if term.field not in ("state", "status"))


def _of_rows(matches: Matches) -> Matches:
    return lambda row: matches(by_itself(row))


def _by_themselves(page: EventPage) -> EventPage:
    return replace(page, events=tuple(map(by_itself, page.events)))


def _kept_total(store: Store, cache: FoldCache | None) -> int | None:
    """How many events there are, where that is known from another time."""
    kept = None if cache is None else KeptTotals(cache, store).look_up(store)
    if kept is None:
        return None
    fold = kept.fold
    return fold.events + sum(1 for _ in fold.all_waiting())


class _Newest:
    """The end of one source."""

    def __init__(
        self, store: Store, source: int, first: int, last: int, matches: Matches | None = None
    ) -> None:
        self._store = store
        self._source = source
        self._first = first
        self._last = last
        self._matches = matches

    def events(self, limit: int, *, is_paired: bool) -> Found | None:
        """The newest events in order of arrival."""
        store, source = self._store, self._source
        for size in _sizes(limit, is_paired, self._matches):
            start = store.slice_start(source, self._last, size)
            rows = store.events_between(source, start, self._last, size)
            found: list[Event] | None = rows
            if is_paired:
                found = self._paired(rows, start)
            elif self._matches is not None:
                found = list(filter(self._matches, rows))
            if found is None:
                return None
            is_all = start < self._first
            if is_all or len(found) >= limit:
                return found[-limit:], len(found) if is_all else None
        return None

    def _paired(self, rows: list[Event], start: int) -> list[Event] | None:
        """The events whose first row is among these; None where that takes more rows."""
        pairing = Pairing()
        halves: set[tuple[str, str]] = set()
        wholes: set[tuple[str, str]] = set()
        # What rows belong to that came before, but not so far before that it cannot matter.
        for batch in slices_before(self._store, self._source, self._first, start, joining.REACH):
            for index, kind in enumerate(batch.types):
                if kind.is_plain:
                    pairing.pass_by()
                    continue
                event = batch.event(index)
                pairing.add(event)
                if event.kind is EventKind.DELEGATION and event.call_key is not None:
                    (wholes if event.phase is Phase.WHOLE else halves).add(
                        (event.session_id, event.call_key)
                    )
        page = PageOfEvents(self._matches or (lambda _: True), None)
        for row in rows:
            if row.kind is EventKind.DELEGATION and row.call_key is not None:
                key = (row.session_id, row.call_key)
                if key in halves and key not in wholes:
                    return None  # There may be a chain of such rows of any length.
            page.take(pairing.add(row), may_change=True)
        return list(page.result().events)


def _merged(
    store: Store,
    bounds: dict[int, tuple[int, int]],
    limit: int | None,
    matches: Matches | None,
    terms: Sequence[Term],
) -> Found | None:
    """The newest rows of several sources, in the order of an event stream."""
    may_hold = any_fulfil(store, terms) if terms else None
    newest = newest_first(store, bounds, limit or FILTERED, may_hold)
    if newest is None:
        return None
    found = list(islice(newest if matches is None else filter(matches, newest), limit))
    return found[::-1], len(found) if limit is None or len(found) < limit else None


def _sizes(limit: int, is_paired: bool, matches: Matches | None) -> Iterator[int]:
    """How many rows are read, if those before were too few."""
    size = 2 * limit + 50 if is_paired else limit
    if matches is not None:
        size = max(size, FILTERED)
    while size < MOST:
        yield size
        size *= 4
    if matches is not None or size == MOST:
        yield MOST
