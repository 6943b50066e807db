"""Events that match a filter which hardly any row can match, without reading all others.

What rows have in common (their kind, their tool) is looked at stretch by stretch. Only where
some may match, rows are read, and those around that may be of the same events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from queries import open_rows
from queries.batch import RowType
from queries.event_pages import EventPage, Matches, PageOfEvents
from queries.event_stream import PAGE, Progress, patiently
from queries.filter_matching import ask_event
from queries.filters import Term
from queries.lean_rows import LeanRows
from queries.merged_end import MayHold
from queries.models import Event, EventKind, Phase
from queries.pairing import Outcome, Pairing
from queries.store import Store

STRETCH = 5000
"""Rows whose kinds are looked at at once."""
LARGEST_PART = 0.5
"""Part of all rows up to which reading only some is worth it."""
_OF_ROWS = frozenset(("kind", "tool", "state", "status"))
"""What can be asked of a row by itself, as the event that it is."""
_OF_HALVES = frozenset(("kind", "tool"))
"""What an event of several rows has from one of them."""
_Range = tuple[int, int]
"""Rows after one seq and up to another one."""


def telling(terms: Sequence[Term], *, is_paired: bool) -> tuple[Term, ...]:
    """Those terms of a filter that one row of each matching event fulfils by its type alone."""
    fields = _OF_HALVES if is_paired else _OF_ROWS
    return tuple(term for term in terms if term.field in fields and not term.negative)


def fulfils(kind: RowType, term: Term) -> bool:
    """Whether rows of a type fulfil one of the terms that are :func:`telling`."""
    return ask_event(term, _event_of(kind))


def any_fulfil(store: Store, terms: Sequence[Term]) -> MayHold:
    """Tells whether some row of a stretch may fulfil all of the terms that are :func:`telling`."""
    lean = LeanRows()
    known: dict[RowType, bool] = {}

    def may_hold(source: int, after: int, upto: int) -> bool:
        kinds = patiently(partial(lean.types_between, store, source, after, upto))
        if kinds is None:
            return True
        for kind in kinds - known.keys():
            known[kind] = all(fulfils(kind, term) for term in terms)
        return any(known[kind] for kind in kinds)

    return may_hold


def rare_events(
    store: Store,
    source: int,
    matches: Matches,
    terms: Sequence[Term],
    limit: int,
    *,
    is_paired: bool,
    progress: Progress | None = None,
) -> EventPage | None:
    """The page that :func:`~queries.event_pages.newest_page` gives of all rows of one source.

    Args:
        store: an open store.
        source: number of its only source.
        matches: the whole filter.
        terms: of the filter, those that are :func:`telling`; at least one.
        limit: events wanted.
        is_paired: whether several rows may be one event.
        progress: told which part of the rows is looked at.

    Returns:
        The page; None where reading all rows is faster, or the only way.
    """
    bounds = store.bounds(source)
    if bounds is None:
        return None
    stretches = list(_stretches(store, source, bounds))
    places = _places(store, source, stretches, terms, progress)
    if places is None:
        return None
    around = -(-open_rows.REACH // STRETCH) if is_paired else 0
    runs = list(_runs(places, around, len(stretches)))
    if sum(last - first + 1 for first, last in runs) > LARGEST_PART * len(stretches):
        return None
    page = _Page(matches, limit)
    for first, last in runs:
        if not page.read(store, source, (stretches[first][0], stretches[last][1]), is_paired):
            return None
    return page.taken.result()


class _Page:
    """Takes the rows of one run after the other."""

    def __init__(self, matches: Matches, limit: int) -> None:
        self._matches = matches
        self._is_chained = False
        self.taken = PageOfEvents(self._wants, limit)

    def _wants(self, event: Event) -> bool:
        wanted = self._matches(event)
        # Rows of a delegation may be far apart, where each is near to the one before.
        self._is_chained |= wanted and event.kind is EventKind.DELEGATION
        return wanted

    def read(self, store: Store, source: int, within: _Range, is_paired: bool) -> bool:
        """Take rows; whether what they are can be told by them alone."""
        pairing = Pairing()
        after, upto = within
        while after < upto:
            rows, after = patiently(partial(store.event_page, source, after, upto, PAGE))
            for row in rows:
                outcome = pairing.add(row) if is_paired else Outcome(shown=row)
                self.taken.take(outcome, may_change=is_paired)
        return not (is_paired and self._is_chained)


def _stretches(store: Store, source: int, bounds: _Range) -> Iterator[_Range]:
    """All rows of a source, in order."""
    after, last = bounds[0] - 1, bounds[1]
    while after < last:
        end = min(patiently(partial(store.slice_end, source, after, STRETCH)), last)
        yield after, end
        after = end


def _places(
    store: Store,
    source: int,
    stretches: Sequence[_Range],
    terms: Sequence[Term],
    progress: Progress | None,
) -> set[int] | None:
    """The stretches with rows that fulfil the term which the fewest of them fulfil."""
    lean = LeanRows()
    found: dict[Term, set[int]] = {term: set() for term in terms}
    known: dict[RowType, list[Term]] = {}
    for number, (after, upto) in enumerate(stretches):
        kinds = patiently(partial(lean.types_between, store, source, after, upto))
        if kinds is None:
            return None
        for kind in kinds:
            if kind not in known:
                known[kind] = [term for term in terms if fulfils(kind, term)]
            for term in known[kind]:
                found[term].add(number)
        if progress is not None:
            progress((number + 1) / len(stretches))
    return min(found.values(), key=len)


def _runs(places: Collection[int], around: int, number: int) -> Iterator[tuple[int, int]]:
    """The first and the last of stretches that are read together."""
    begun: tuple[int, int] | None = None
    for place in sorted(places):
        first, last = max(place - around, 0), min(place + around, number - 1)
        if begun is not None and first <= begun[1] + 1:
            begun = begun[0], last
            continue
        if begun is not None:
            yield begun
        begun = first, last
    if begun is not None:
        yield begun


def _event_of(kind: RowType) -> Event:
    """A row of a type, of which nothing else is known."""
    return Event(
        0, 0, "", "", None, None, kind.agent, None, kind.kind, Phase.WHOLE, None, kind.tool,
        kind.operation, "", kind.state, None, None, None, None,
    )  # fmt: skip
