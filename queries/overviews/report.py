"""Everything that a report tells, read from a store in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from queries.as_json.canonical import tool_json
from queries.as_json.overview import (
    alert_json,
    bucket_json,
    component_json,
    overview_json,
    profile_json,
    window_json,
)
from queries.models import SessionRow, ToolStatistic
from queries.models.alerts import Alerts, Thresholds
from queries.models.overview import AgentProfile, Breakdown, BucketSize, Overview, Trends, Window
from queries.overviews.agent_profiles import agent_profiles
from queries.overviews.alerts import find_alerts
from queries.overviews.loops import Loop
from queries.overviews.overview import breakdown, natural_grouping, overview
from queries.overviews.trends import trends
from queries.plain_data import dataclass
from queries.whole_store import CountedStore

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a window."""

    store: str
    made: float
    """When, epoch seconds."""
    overview: Overview
    components: Breakdown
    trends: Trends
    tools: tuple[ToolStatistic, ...]
    agents: tuple[AgentProfile, ...]
    alerts: Alerts

    def to_dict(self) -> dict[str, Any]:
        """As ``session-tui report --json``."""
        return {
            "store": self.store,
            "window": window_json(self.overview.window),
            "overview": overview_json(self.overview),
            "by": self.components.by.value,
            "components": [component_json(group) for group in self.components.groups],
            "trend_by": self.trends.size.value,
            "trend_zone": self.trends.zone,
            "trend": [bucket_json(bucket) for bucket in self.trends.buckets],
            "tool_statistics": [tool_json(tool) for tool in self.tools],
            "agents": [profile_json(agent) for agent in self.agents],
            "alerts": [alert_json(alert) for alert in self.alerts.alerts],
        }


def make_report(
    counted: CountedStore,
    rows: Sequence[SessionRow],
    window: Window,
    thresholds: Thresholds,
    *,
    now: float,
    zone: tzinfo | None = None,
    loops: Sequence[Loop] = (),
    covered: str = "",
) -> Report:
    """The report on some sessions.

    Args:
        counted: nothing but these sessions, counted.
        rows: their lines.
        window: that they were chosen by.
        thresholds: when alerts fire.
        now: epoch seconds.
        zone: in which days are told; ``None`` for the user's.
        loops: those found in their calls.
        covered: where loops were looked for, in words.
    """
    tools, agents = counted.tools(), agent_profiles(counted.fold)
    return Report(
        store=counted.info.path,
        made=now,
        overview=overview(rows, window),
        components=breakdown(rows, natural_grouping(rows), window, profiles=agents),
        trends=trends(rows, counted.fold, _size(rows, window, now), window=window, zone=zone,
                      now=now),
        tools=tools,
        agents=agents,
        alerts=find_alerts(rows, tools, thresholds, now=now, window=window, loops=loops,
                           covered=covered),
    )  # fmt: skip


def _size(rows: Sequence[SessionRow], window: Window, now: float) -> BucketSize:
    """Buckets that fit on a page."""
    begun = [row.started for row in rows if row.started is not None]
    first = window.since if window.since is not None else min(begun, default=now)
    last = max((row.last_time or now for row in rows), default=now)
    last = window.until if window.until is not None else max(last, first)
    if last - first <= 2 * DAY:
        return BucketSize.HOUR
    return BucketSize.DAY if last - first <= 60 * DAY else BucketSize.WEEK
