"""Proportions, spreads and ratings, as every view of many sessions shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from queries.models import SessionRow, SessionStatus
from queries.models.rates import Rate, Rating, Spread
from queries.statistics import mean, median, wilson

EXCELLENT = 80.0
GOOD = 60.0
_NOT_JUDGED = frozenset((SessionStatus.RUNNING, SessionStatus.UNKNOWN))


def rate_of(count: int, of: int) -> Rate:
    """A proportion with its interval; unknown where ``of`` is 0."""
    interval = wilson(count, of)
    if interval is None:
        return Rate(count, of)
    return Rate(count, of, count / of, *interval)


def spread_of(values: Iterable[float | None]) -> Spread:
    """The figures of those values that are known."""
    isfinite = math.isfinite
    known = sorted([float(value) for value in values if value is not None and isfinite(value)])
    if not known:
        return Spread()
    return Spread(
        len(known), mean(known), median(known), quantile(known, 0.95), math.fsum(known)
    )  # fmt: skip


def quantile(ascending: list[float], part: float) -> float:
    """The ``part`` (0..1) quantile of values in order, linear between neighbouring ranks."""
    rank = part * (len(ascending) - 1)
    low = math.floor(rank)
    first, second = ascending[low], ascending[min(low + 1, len(ascending) - 1)]
    return first + (second - first) * (rank - low)


def rating_of(quality: float | None) -> Rating | None:
    """What a quality of 0 to 100 is worth."""
    if quality is None:
        return None
    if quality >= EXCELLENT:
        return Rating.EXCELLENT
    return Rating.GOOD if quality >= GOOD else Rating.NEEDS_IMPROVEMENT


def completion_of(rows: Iterable[SessionRow]) -> Rate:
    """Completed sessions, of those that are neither running nor of unknown status."""
    judged = [row.session.status for row in rows if row.session.status not in _NOT_JUDGED]
    return rate_of(judged.count(SessionStatus.COMPLETED), len(judged))


def has_failed(row: SessionRow) -> bool:
    """Whether a session failed, or declares an error."""
    return outcome_of(row) is True


def outcome_of(row: SessionRow) -> bool | None:
    """Whether a session failed, as its store says, else by its status and error."""
    session = row.session
    if session.records_failure:
        return session.failed
    if session.status is SessionStatus.FAILED or session.error is not None:
        return True
    return None if session.status is SessionStatus.UNKNOWN else False


def session_errors_of(rows: Iterable[SessionRow]) -> Rate:
    """Sessions that failed or declare an error, of those of which that is known."""
    outcomes = [outcome for row in rows if (outcome := outcome_of(row)) is not None]
    return rate_of(sum(outcomes), len(outcomes))


def call_errors_of(rows: Iterable[SessionRow]) -> Rate:
    """Failed calls of sessions, of their calls whose outcome is known."""
    ok = failed = 0
    for row in rows:
        ok += row.totals.ok
        failed += row.totals.failed_calls
    return rate_of(failed, ok + failed)


def declared_duration(row: SessionRow) -> float | None:
    """As recorded, else from declared start to declared end, if that does not lie before it."""
    session = row.session
    if session.records_duration:
        return session.recorded_duration
    duration = row.duration
    return None if duration is None or duration < 0 else duration
