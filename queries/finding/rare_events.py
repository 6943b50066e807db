"""Events that match a filter which hardly any row can match, without reading all others.

Which rows may belong to such an event is found out by columns of their cells. Only those are
read, and where an event may be several rows, those around.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import chain, takewhile
from operator import attrgetter, itemgetter

from queries.counting.event_stream import PAGE, Progress, patiently, stretches
from queries.finding.event_pages import EventPage, Matches, newest_page
from queries.finding.filters import Term
from queries.finding.merged_end import MayHold
from queries.finding.term_rows import TermRows
from queries.folding import joining
from queries.folding.batch import type_of
from queries.models import Event, EventKind
from queries.store import Store

STRETCH = 5000
"""Rows that are read together where those around are needed."""
LARGEST_PART = 0.5
"""Part of all rows up to which reading only some is worth it."""
SINGLY = 0.2
"""The same, of rows that are looked up one by one."""
AT_ONCE = 500
_seq_of = attrgetter("seq")


def any_fulfil(store: Store, terms: Sequence[Term]) -> MayHold:
    """Tells whether some row of a stretch may fulfil all of the terms by itself."""
    known: dict[int, TermRows] = {}

    def may_hold(source: int, after: int, upto: int) -> bool:
        if source not in known:
            known[source] = TermRows(store, source, terms)
        for page in known[source].between(after, upto):
            if page is None:
                return True
            found = page[1]
            if found and set.intersection(*map(set, found.values())):
                return True
        return False

    return may_hold


def rare_events(
    store: Store,
    source: int,
    within: tuple[int, int],
    matches: Matches,
    terms: Sequence[Term],
    limit: int | None,
    *,
    is_paired: bool,
    progress: Progress | None = None,
) -> EventPage | None:
    """What :func:`~queries.finding.event_pages.newest_page` gives of all rows of one source.

    Args:
        store: an open store.
        source: number of its only source.
        within: all of its rows come after the first seq, and up to the second one.
        matches: the whole filter.
        terms: of the filter, those that are :func:`~queries.finding.term_rows.telling`; at least
            one.
        limit: events wanted; None for all.
        is_paired: whether several rows may be one event.
        progress: told which part of the rows is looked at.

    Returns:
        The page; None where reading all rows is faster, or the only way.
    """
    seqs = _candidates(store, source, within, terms, progress)
    if seqs is None:
        return None
    newest: deque[Event] = deque(maxlen=limit)
    whole, halves = array("q"), array("q")
    for event in _looked_up(store, source, seqs):
        if is_paired and not type_of(event).is_plain:
            halves.append(event.seq)
        elif matches(event):
            whole.append(event.seq)
            newest.append(event)
    if not halves:
        return EventPage(tuple(newest), len(whole), len(whole))
    runs = _runs(store, source, within, halves)
    page = None if runs is None else _page_of(store, source, runs, matches, limit)
    if runs is None or page is None or page.total is None:
        return None
    # What is an event by itself is there twice where rows around others were read.
    total = page.total + sum(not _is_in(runs, seq) for seq in whole)
    others = [event for event in newest if not _is_in(runs, event.seq)]
    events = sorted((*page.events, *others), key=_seq_of)
    return EventPage(tuple(events if limit is None else events[-limit:]), total, total)


def _candidates(
    store: Store,
    source: int,
    within: tuple[int, int],
    terms: Sequence[Term],
    progress: Progress | None,
) -> array[int] | None:
    """The rows that fulfil the term which the fewest of them fulfil; None where all are many."""
    after, upto = within
    found = {term: array("q") for term in terms}
    for page in TermRows(store, source, terms).between(after, upto):
        if page is None:
            return None
        at, fulfilling = page
        for term, seqs in fulfilling.items():
            if term in found:
                found[term].extend(seqs)
                if len(found[term]) > SINGLY * (upto - after):
                    del found[term]
        if not found:
            return None
        if progress is not None:
            progress((at - after) / (upto - after))
    return min(found.values(), key=len)


def _looked_up(store: Store, source: int, seqs: Sequence[int]) -> Iterator[Event]:
    """These rows, as far as they can be read."""
    for start in range(0, len(seqs), AT_ONCE):
        keys = [(source, seq) for seq in seqs[start : start + AT_ONCE]]
        yield from patiently(partial(store.events_by_key, keys))


def _runs(
    store: Store, source: int, within: tuple[int, int], halves: Sequence[int]
) -> list[tuple[int, int]] | None:
    """Which rows are read: after one seq and up to another. None where it is most of them.

    Rows of two runs are further apart than those of one event may be.
    """
    parts = list(stretches(store, source, *within, STRETCH))
    ends = [upto for _, upto in parts]
    places = {bisect_left(ends, seq) for seq in halves}
    around = -(-joining.REACH // STRETCH)
    runs = list(_together(places, around, len(parts)))
    if sum(last - first + 1 for first, last in runs) > LARGEST_PART * len(parts):
        return None
    return [(parts[first][0], parts[last][1]) for first, last in runs]


def _page_of(
    store: Store,
    source: int,
    runs: Sequence[tuple[int, int]],
    matches: Matches,
    limit: int | None,
) -> EventPage | None:
    """The page of the rows of these runs; None where an event may be told outside of them."""
    is_chained = False

    def wanted(event: Event) -> bool:
        nonlocal is_chained
        is_wanted = matches(event)
        # Rows of a delegation may be far apart, where each is near to the one before.
        is_chained |= is_wanted and event.kind is EventKind.DELEGATION
        return is_wanted

    rows = chain.from_iterable(_rows(store, source, after, upto) for after, upto in runs)
    page = newest_page(takewhile(lambda _: not is_chained, rows), wanted, limit)
    return None if is_chained else page


def _rows(store: Store, source: int, after: int, upto: int) -> Iterator[Event]:
    """The rows after one seq and up to another one, in order."""
    while after < upto:
        rows, after = patiently(partial(store.event_page, source, after, upto, PAGE))
        yield from rows


def _together(places: Collection[int], around: int, number: int) -> Iterator[tuple[int, int]]:
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


def _is_in(runs: Sequence[tuple[int, int]], seq: int) -> bool:
    """Whether the row with this seq is in a run."""
    at = bisect_left(runs, seq, key=itemgetter(1))
    return at < len(runs) and runs[at][0] < seq
