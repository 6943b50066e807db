"""Events that match a filter which hardly any row can match, without reading all others.

What rows have in common (their kind, their tool) is looked at stretch by stretch. Only where
some may match, rows are read, and those around that may be of the same events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import chain, takewhile

from queries import open_rows
from queries.batch import RowType
from queries.event_pages import EventPage, Matches, newest_page
from queries.event_stream import PAGE, Progress, patiently, stretches
from queries.filter_matching import ask_event
from queries.filters import Term
from queries.lean_rows import LeanRows
from queries.merged_end import MayHold
from queries.models import Event, EventKind, Phase
from queries.store import Store

STRETCH = 5000
"""Rows whose kinds are looked at at once."""
LARGEST_PART = 0.5
"""Part of all rows up to which reading only some is worth it."""
_OF_ROWS = frozenset(("kind", "tool", "state", "status"))
"""What can be asked of a row by itself, as the event that it is."""
_OF_HALVES = frozenset(("kind", "tool"))
"""What an event of several rows has from one of them."""


def telling(terms: Sequence[Term], *, is_paired: bool) -> tuple[Term, ...]:
    """Those terms of a filter that one row of each matching event fulfils by its type alone."""
    fields = _OF_HALVES if is_paired else _OF_ROWS
    return tuple(term for term in terms if term.field in fields and not term.negative)


class _Kinds:
    """Tells which terms rows fulfil by their types."""

    def __init__(self, store: Store, terms: Sequence[Term]) -> None:
        self._store = store
        self._terms = terms
        self._lean = LeanRows()
        self._known: dict[RowType, frozenset[Term]] = {}

    def between(self, source: int, after: int, upto: int) -> list[frozenset[Term]] | None:
        """Of each type between two seqs, the terms; None where that takes whole rows."""
        read = partial(self._lean.types_between, self._store, source, after, upto)
        kinds = patiently(read)
        return None if kinds is None else list(map(self._of, kinds))

    def _of(self, kind: RowType) -> frozenset[Term]:
        if kind not in self._known:
            row = _event_of(kind)
            self._known[kind] = frozenset(term for term in self._terms if ask_event(term, row))
        return self._known[kind]


def any_fulfil(store: Store, terms: Sequence[Term]) -> MayHold:
    """Tells whether some row of a stretch may fulfil all of the terms that are :func:`telling`."""
    kinds, wanted = _Kinds(store, terms), frozenset(terms)

    def may_hold(source: int, after: int, upto: int) -> bool:
        found = kinds.between(source, after, upto)
        return found is None or wanted in found

    return may_hold


def rare_events(
    store: Store,
    source: int,
    within: tuple[int, int],
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
        within: all of its rows come after the first seq, and up to the second one.
        matches: the whole filter.
        terms: of the filter, those that are :func:`telling`; at least one.
        limit: events wanted.
        is_paired: whether several rows may be one event.
        progress: told which part of the rows is looked at.

    Returns:
        The page; None where reading all rows is faster, or the only way.
    """
    parts = list(stretches(store, source, *within, STRETCH))
    places = _places(store, source, parts, terms, progress)
    if places is None:
        return None
    around = -(-open_rows.REACH // STRETCH) if is_paired else 0
    runs = list(_runs(places, around, len(parts)))
    if sum(last - first + 1 for first, last in runs) > LARGEST_PART * len(parts):
        return None
    is_chained = False

    def wanted(event: Event) -> bool:
        nonlocal is_chained
        is_wanted = matches(event)
        # Rows of a delegation may be far apart, where each is near to the one before.
        is_chained |= is_wanted and is_paired and event.kind is EventKind.DELEGATION
        return is_wanted

    # Rows of two runs are further apart than those of one event may be.
    rows = chain.from_iterable(
        _rows(store, source, parts[first][0], parts[last][1]) for first, last in runs
    )
    page = newest_page(takewhile(lambda _: not is_chained, rows), wanted, limit, raw=not is_paired)
    return None if is_chained else page


def _rows(store: Store, source: int, after: int, upto: int) -> Iterator[Event]:
    """The rows after one seq and up to another one, in order."""
    while after < upto:
        rows, after = patiently(partial(store.event_page, source, after, upto, PAGE))
        yield from rows


def _places(
    store: Store,
    source: int,
    parts: Sequence[tuple[int, int]],
    terms: Sequence[Term],
    progress: Progress | None,
) -> set[int] | None:
    """The parts with rows that fulfil the term which the fewest of them fulfil."""
    kinds = _Kinds(store, terms)
    found: dict[Term, set[int]] = {term: set() for term in terms}
    for number, (after, upto) in enumerate(parts):
        there = kinds.between(source, after, upto)
        if there is None:
            return None
        for term in frozenset[Term]().union(*there):
            found[term].add(number)
        if progress is not None:
            progress((number + 1) / len(parts))
    return min(found.values(), key=len)


def _runs(places: Collection[int], around: int, number: int) -> Iterator[tuple[int, int]]:
    """The first and the last of the parts that are read together."""
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
