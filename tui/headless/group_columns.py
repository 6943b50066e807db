"""Tables of components (agents, projects, models) for people."""

from __future__ import annotations

from datetime import tzinfo

from queries.models.overview import Group
from queries.models.rates import Rate
from queries.text import UNKNOWN, count, date_time, duration, percent
from tui.headless.output import Column, text_or_unknown

BAR = 20
"""Cells of the longest bar."""


def bar(value: float, most: float) -> str:
    """A bar as long as a value is large, at least one cell for what is above 0."""
    if value <= 0 or most <= 0:
        return ""
    return "█" * max(round(value / most * BAR), 1)


def interval(rate: Rate) -> str:
    """The ends of a rate's interval in percent."""
    if rate.low is None or rate.high is None:
        return UNKNOWN
    return f"{percent(rate.low)}-{percent(rate.high)}"


def group_name(group: Group) -> str:
    """What the sessions of a group have in common."""
    return "(none)" if group.name is None else group.name


def component_columns(heading: str, most: int, times: tzinfo | None) -> list[Column[Group]]:
    """Use: how many sessions, for how long, how good.

    Args:
        heading: what sessions are grouped by.
        most: sessions of the largest group, for the bars.
        times: the zone of the times.
    """
    return [
        Column(heading, group_name),
        Column("sessions", lambda group: count(group.sessions), number=True),
        Column("", lambda group: bar(group.sessions, most)),
        Column("active", lambda group: count(group.active), number=True),
        Column("total", lambda group: duration(group.durations.total), number=True),
        Column("average", lambda group: duration(group.durations.average), number=True),
        Column("p95", lambda group: duration(group.durations.p95), number=True),
        Column("failed %", lambda group: percent(group.session_errors.rate), number=True),
        Column("of", lambda group: count(group.session_errors.of), number=True),
        Column("calls failed %", lambda group: percent(group.call_errors.rate), number=True),
        Column("quality", quality, number=True),
        Column("rating", lambda group: text_or_unknown(group.rating and group.rating.value)),
        Column("last active", lambda group: date_time(group.last_active, times)),
    ]


def duration_columns(heading: str) -> list[Column[Group]]:
    """How long sessions took."""
    return [
        Column(heading, group_name),
        Column("ended", lambda group: count(group.durations.known), number=True),
        Column("average", lambda group: duration(group.durations.average), number=True),
        Column("median", lambda group: duration(group.durations.median), number=True),
        Column("p95", lambda group: duration(group.durations.p95), number=True),
        Column("total", lambda group: duration(group.durations.total), number=True),
    ]


def error_columns(heading: str) -> list[Column[Group]]:
    """How often sessions and calls failed."""
    return [
        Column(heading, group_name),
        Column("failed %", lambda group: percent(group.session_errors.rate), number=True),
        Column("95 % range", lambda group: interval(group.session_errors), number=True),
        Column("failed", lambda group: count(group.session_errors.count), number=True),
        Column("of", lambda group: count(group.session_errors.of), number=True),
        Column("calls failed %", lambda group: percent(group.call_errors.rate), number=True),
        Column("failed calls", lambda group: count(group.call_errors.count), number=True),
        Column("of calls", lambda group: count(group.call_errors.of), number=True),
        Column("most common", lambda group: text_or_unknown(group.common_error)),
    ]


def quality(group: Group) -> str:
    """The average quality, 0 to 100."""
    return text_or_unknown(
        None if group.quality.average is None else f"{group.quality.average:.1f}"
    )
