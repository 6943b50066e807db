"""How the sessions of each component fare: counts, durations, error rate, quality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from queries.models import SessionRow, SessionStatus
from queries.statistics import wilson
from queries.text import iso

EXCELLENT, GOOD = 80.0, 60.0
"""Qualities from which a rating is "excellent" or "good"."""
_ACTIVE = (SessionStatus.RUNNING, SessionStatus.STALE)


@dataclass(frozen=True, slots=True)
class ComponentStatistic:
    """The sessions of one component."""

    component: str | None
    """None for sessions of which it is not known."""
    sessions: int
    active: int
    """Those that say they run, silent ones among them."""
    failed: int
    """Those that say that an error occurred."""
    judged: int
    """Those that say whether one did: the denominator of the error rate."""
    error_rate: float | None
    """failed / judged, 0..1."""
    error_low: float | None
    error_high: float | None
    """Wilson 95 % interval of the error rate."""
    common_error: str | None
    """The error that most of its sessions declare; of several, the first from A to Z."""
    durations: int
    """How many durations are known; the next two are over these."""
    average_duration: float | None
    """Seconds."""
    total_duration: float | None
    """Seconds."""
    average_quality: float | None
    """0..100, over the sessions that have one."""
    last_active: float | None
    """Epoch seconds."""

    @property
    def rating(self) -> str | None:
        """What the average quality is worth, in words."""
        if self.average_quality is None:
            return None
        if self.average_quality >= EXCELLENT:
            return "excellent"
        return "good" if self.average_quality >= GOOD else "needs improvement"

    def to_dict(self) -> dict[str, object]:
        """Plain data: durations in seconds, rates 0..1, times ISO 8601 in UTC."""
        return {
            "component_name": self.component,
            "total_sessions": self.sessions,
            "active_sessions": self.active,
            "failed_sessions": self.failed,
            "judged_sessions": self.judged,
            "error_rate": self.error_rate,
            "error_rate_low": self.error_low,
            "error_rate_high": self.error_high,
            "most_common_error": self.common_error,
            "avg_duration": self.average_duration,
            "total_duration": self.total_duration,
            "avg_quality_score": self.average_quality,
            "rating": self.rating,
            "last_active": iso(self.last_active),
        }


def component_statistics(rows: Iterable[SessionRow]) -> tuple[ComponentStatistic, ...]:
    """One entry per component, most sessions first."""
    groups: dict[str | None, list[SessionRow]] = {}
    for row in rows:
        groups.setdefault(row.session.component, []).append(row)
    found = [statistic_of(name, group) for name, group in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.sessions, one.component or "")))


def statistic_of(component: str | None, rows: Sequence[SessionRow]) -> ComponentStatistic:
    """The figures of these sessions together, each once."""
    outcomes = [row.has_failed for row in rows if row.has_failed is not None]
    failed = sum(outcomes)
    interval = wilson(failed, len(outcomes))
    errors = Counter(row.session.error for row in rows if row.session.error)
    common = min(errors.items(), key=lambda error: (-error[1], error[0]), default=(None, 0))
    durations = [row.duration for row in rows if row.duration is not None]
    qualities = [row.session.quality for row in rows if row.session.quality is not None]
    moments = [row.last_time for row in rows if row.last_time is not None]
    return ComponentStatistic(
        component=component,
        sessions=len(rows),
        active=sum(row.session.status in _ACTIVE for row in rows),
        failed=failed,
        judged=len(outcomes),
        error_rate=failed / len(outcomes) if outcomes else None,
        error_low=None if interval is None else interval[0],
        error_high=None if interval is None else interval[1],
        common_error=common[0],
        durations=len(durations),
        average_duration=fmean(durations) if durations else None,
        total_duration=sum(durations) if durations else None,
        average_quality=fmean(qualities) if qualities else None,
        last_active=max(moments, default=None),
    )
