"""The newest rows of several sources, in the order in which an event stream merges them.

That order rests on the latest time so far in each source, so of the rows before the newest ones
the times are looked at, and nothing else.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from queries.counting.event_stream import patiently
from queries.models import Event
from queries.store import Store
from queries.times import parse_time

STRIDE = 5000
"""Rows whose times are looked at in one query, and that are read at once."""
_SECONDS = 1e11
"""Larger numbers are times in other units."""

MayHold = Callable[[int, int, int], bool]
"""Of a source: whether the rows after one seq and up to another one may be wanted."""
_Entry = tuple[float, int, int, Event]
_Stretch = tuple[int, int, float]
"""Rows after one seq and up to another one, and the latest time before them."""


def newest_first(
    store: Store,
    bounds: Mapping[int, tuple[int, int]],
    about: int,
    may_hold: MayHold | None = None,
) -> Iterator[Event] | None:
    """The rows of several sources, the newest first. They are read while they are taken.

    Args:
        store: to read.
        bounds: per source, the lowest and the highest seq.
        about: how many rows will be taken, as far as is known; so many are read at first.
        may_hold: whether a stretch of a source may hold rows that are wanted; the others are
            left out. None: all are wanted.

    Returns:
        The rows; None where their order can only be told by reading all of them.
    """
    ends: list[Iterator[_Entry]] = []
    for source, (_, last) in bounds.items():
        stretches = _stretches(store, source, last, min(about, STRIDE))
        if stretches is None:
            return None
        ends.append(_entries(store, source, stretches, may_hold))
    newest = heapq.merge(*ends, key=lambda entry: entry[:3], reverse=True)
    return (entry[3] for entry in newest)


def _entries(
    store: Store, source: int, stretches: list[_Stretch], may_hold: MayHold | None
) -> Iterator[_Entry]:
    """The rows of one source with what they are merged by, the newest first."""
    while stretches:
        after, upto, latest = stretches.pop()
        if may_hold is not None and not may_hold(source, after, upto):
            continue
        entries: list[_Entry] = []
        rows = patiently(partial(store.events_between, source, after, upto, STRIDE))
        for event in rows:
            if event.time is not None and event.time > latest:
                latest = event.time
            entries.append((latest, event.source, event.seq, event))
        yield from reversed(entries)


def _stretches(store: Store, source: int, last: int, newest: int) -> list[_Stretch] | None:
    """All rows up to a seq, of which so many are the last stretch.

    None where their latest time cannot be told without reading them.
    """
    found: list[_Stretch] = []
    start = store.slice_start(source, last, newest)
    latest, after = float("-inf"), -(2**63)
    while after < start:
        looked_at = partial(
            store.query,
            "SELECT count(*), count(time), total(typeof(time) IN ('real', 'integer')), min(time),"
            f" max(time), max(seq) FROM (SELECT seq, time FROM event_rows_{source}"
            " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?)",
            (after, start, STRIDE),
        )
        rows, known, numbers, least, most, end = patiently(looked_at)[0]
        end = end if rows == STRIDE else start
        found.append((after, end, latest))
        after = end
        if not known:
            continue
        if numbers < known or not -_SECONDS < least <= most < _SECONDS:
            return None
        # What lies outside of all years is no time.
        edges = [parse_time(cell, store.mapping.zone) for cell in (least, most)]
        if None in edges or edges[1] is None:
            return None
        latest = max(latest, edges[1])
    found.append((start, last, latest))
    return found
