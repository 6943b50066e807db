"""Everything that the overview shows, counted anew from one snapshot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from queries.models import SessionRow, Snapshot
from queries.models.overview import Breakdown, BucketSize, By, Overview, Trends, Window
from queries.overviews.overview import Models, breakdown, overview
from queries.overviews.trends import DatedSlots, trends
from queries.plain_data import dataclass
from queries.windows import ALL_TIME, last_days, rows_in

DAYS: Final = (0.0, 1.0, 7.0, 30.0, 90.0)
"""How far one can look back; 0 is for ever."""
SIZES: Final = tuple(BucketSize)
_HOURLY: Final = 3 * 86400.0
_DAILY: Final = 120 * 86400.0
"""Seconds up to which a window is shown by hours, by days; longer ones by weeks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user chose."""

    days: float
    """Days back from now; 0 for all time."""
    size: BucketSize | None
    """None for what suits the window."""
    by: By
    zone: tzinfo | None
    """In which days and hours are told; None is the user's own."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found."""

    wanted: Wanted
    overview: Overview
    trends: Trends
    breakdown: Breakdown
    now: float
    listed: int
    """Sessions that all of this is about."""
    total: int
    """Sessions of the store: more than are listed where there are very many."""
    took: float
    """Seconds."""


def measure(
    snapshot: Snapshot, slots: DatedSlots, wanted: Wanted, models: Models | None, now: float
) -> Measured:
    """Count what is wanted.

    Args:
        snapshot: gives the sessions.
        slots: when everything in the store happened.
        wanted: what is asked for.
        models: the models of each session; needed for :attr:`By.MODEL`.
        now: epoch seconds.
    """
    began = time.perf_counter()
    window = window_of(wanted.days, now)
    rows = snapshot.sessions
    size = wanted.size or fitting_size(rows, window, now)
    return Measured(
        wanted=wanted,
        overview=overview(rows, window, snapshot.totals.counted),
        trends=trends(rows, slots, size, window=window, zone=wanted.zone, now=now),
        breakdown=breakdown(rows, wanted.by, window, models),
        now=now,
        listed=len(rows),
        total=snapshot.total_sessions,
        took=time.perf_counter() - began,
    )


def window_of(days: float, now: float) -> Window:
    """The last so many days; all time for 0."""
    return last_days(days, now) if days else ALL_TIME


def fitting_size(rows: Sequence[SessionRow], window: Window, now: float) -> BucketSize:
    """Buckets of which a chart can show those of a window, or of all sessions."""
    since = window.since
    if since is None:
        begun = (row.started for row in rows_in(rows, window))
        since = min((start for start in begun if start is not None), default=now)
        now = max((row.last_time for row in rows if row.last_time is not None), default=now)
    if now - since <= _HOURLY:
        return BucketSize.HOUR
    return BucketSize.DAY if now - since <= _DAILY else BucketSize.WEEK
