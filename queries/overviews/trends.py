"""How a store fared over time: sessions and events by hour, day or week."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from queries.fold import Fold
from queries.folding.batch import type_of
from queries.folding.event_slots import EventSlots, SlotCounts
from queries.folding.joining import as_counted
from queries.models import SessionRow
from queries.models.overview import Bucket, BucketSize, HeatMap, Trends, Window
from queries.overviews.rates import completion_of, rate_of, session_errors_of
from queries.windows import ALL_TIME, Calendar, zone_name

MOST = 1000
"""Buckets of a trend at most, the newest."""
FAR = 366 * 86400.0
"""Seconds after now from which on a time is taken to be wrong."""


class DatedSlots(NamedTuple):
    """When everything happened, as of the moment at which it was asked for."""

    slots: list[SlotCounts]
    """Oldest first."""
    undated: int
    """Events without a known time."""
    width: int
    """Seconds of a slot."""


def dated_slots(fold: Fold) -> DatedSlots:
    """Counts of all events of a fold in slots.

    Unlike the fold's own slots they hold the calls, too, that wait for their end.
    """
    waiting = list(fold.all_waiting())
    if not waiting:
        return DatedSlots(list(fold.slots), fold.slots.undated, fold.slots.width)
    both = EventSlots()
    both.take(fold.slots.plain())
    for start in waiting:
        both.add(start.time, type_of(as_counted(start)), 1)
        both.add_tokens(start.time, start.tokens, 1)
    return DatedSlots(list(both), both.undated, both.width)


def trends(
    rows: Iterable[SessionRow],
    counted: Fold | DatedSlots,
    size: BucketSize,
    *,
    window: Window = ALL_TIME,
    zone: tzinfo | None = None,
    now: float,
) -> Trends:
    """The buckets of a window, without gaps.

    Sessions count where they began, events where they happened. A window without a start
    begins where anything is known to have begun or happened first; one without an end ends
    ``now`` (or later, if something is known of later), but that of all time ends where
    anything happened last.

    Args:
        rows: sessions with their counts.
        counted: totals of the whole store, or what is known of their times.
        size: of the buckets.
        window: what the buckets cover; the first one is whole, also when the window begins
            within it.
        zone: whose days and hours they are; ``None`` for the user's.
        now: epoch seconds.
    """
    slots, undated, width = dated_slots(counted) if isinstance(counted, Fold) else counted
    rows = list(rows)
    begun = [(row.started, row) for row in rows if row.started is not None]
    undated += len(rows) - len(begun)
    if window.until is None:
        # One clock that is wrong by years must not push everything else out of sight.
        far = now + FAR
        undated += sum(slot.events for slot in slots if slot.start > far)
        undated += sum(started > far for started, _ in begun)
        slots = [slot for slot in slots if slot.start <= far]
        begun = [(started, row) for started, row in begun if started <= far]
    calendar = Calendar(size, zone)
    instants = [slot.start for slot in slots] + [started for started, _ in begun]
    first, last = _ends(instants, window, now)
    starts, left_out = _starts(calendar, size, first, last)
    cells = [_Cell() for _ in starts]
    until = math.inf if window.until is None else window.until
    end = calendar.next(starts[-1]) if starts else 0.0
    heat, hours = _Hours(calendar), _Hours(calendar)
    for started, row in begun:
        if starts and starts[0] <= started < min(end, until):
            cells[bisect_right(starts, started) - 1].rows.append(row)
            hours.add(started, 1)
    for slot in slots:
        if not (starts and starts[0] <= slot.start < min(end, until)):
            continue
        cells[bisect_right(starts, slot.start) - 1].slots.append(slot)
        heat.add(slot.start, slot.events)
    ends = [*starts[1:], end]
    buckets = tuple(
        cell.bucket(start, after, calendar.label(start))
        for cell, start, after in zip(cells, starts, ends, strict=False)
    )
    return Trends(
        size=size,
        zone=zone_name(zone, now),
        window=window,
        buckets=buckets,
        heat=heat.as_map(),
        begun=hours.as_map(),
        left_out=left_out,
        undated=undated,
        resolution=float(width),
    )


class _Hours:
    """Counts by weekday and hour."""

    __slots__ = ("_calendar", "_counts")

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._counts = [[0] * 24 for _ in range(7)]

    def add(self, instant: float, number: int) -> None:
        local = self._calendar.local(instant)
        self._counts[local.weekday()][local.hour] += number

    def as_map(self) -> HeatMap:
        return HeatMap(tuple(map(tuple, self._counts)), sum(map(sum, self._counts)))


class _Cell:
    """What falls into one bucket."""

    __slots__ = ("rows", "slots")

    def __init__(self) -> None:
        self.rows: list[SessionRow] = []
        self.slots: list[SlotCounts] = []

    def bucket(self, start: float, end: float, label: str) -> Bucket:
        failed = sum(slot.failed for slot in self.slots)
        ok = sum(slot.ok for slot in self.slots)
        tokens = [slot.tokens for slot in self.slots if slot.tokens is not None]
        return Bucket(
            start=start,
            end=end,
            label=label,
            sessions=len(self.rows),
            completion=completion_of(self.rows),
            session_errors=session_errors_of(self.rows),
            events=sum(slot.events for slot in self.slots),
            errors=sum(slot.errors for slot in self.slots),
            call_errors=rate_of(failed, ok + failed),
            tokens=sum(tokens) if tokens else None,
        )


def _is_inside(instant: float, window: Window) -> bool:
    return (window.since is None or instant >= window.since) and (
        window.until is None or instant < window.until
    )


def _ends(instants: Sequence[float], window: Window, now: float) -> tuple[float, float]:
    known = [instant for instant in instants if _is_inside(instant, window)]
    first = window.since if window.since is not None else min(known, default=now)
    last = max(known, default=first)
    if window.since is not None and now > last:
        # Nothing having happened since then is worth showing.
        last = now
    if window.until is not None:
        # The end itself is outside.
        last = min(last, window.until - 1e-3)
    return first, max(first, last)


_SECONDS = {BucketSize.HOUR: 3600.0, BucketSize.DAY: 86400.0, BucketSize.WEEK: 604800.0}


def _starts(
    calendar: Calendar, size: BucketSize, first: float, last: float
) -> tuple[list[float], int]:
    """The starts of the buckets, and how many earlier ones there would be."""
    left_out = 0
    room = _SECONDS[size] * (MOST - 1)
    if last - first > room:
        left_out = int((last - room - first) // _SECONDS[size])
        first = last - room
    try:
        starts = list(calendar.starts(first, last))
    except (OverflowError, ValueError, OSError):
        # Instants at the ends of the calendar, which no zone can tell.
        return [], left_out
    more = max(len(starts) - MOST, 0)
    return starts[more:], left_out + more
