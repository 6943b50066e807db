"""Overviews, breakdowns, trends, alerts and profiles of agents as JSON.

As in :mod:`queries.as_json.canonical`: times are ISO 8601 in UTC with Z, durations seconds, rates
0..1; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Iterable

from queries.as_json.canonical import Json, rounded, session_json
from queries.models import SessionRow
from queries.models.alerts import Alert, Alerts
from queries.models.overview import AgentProfile, Bucket, Group, HeatMap, Overview, Trends, Window
from queries.models.rates import Rate, Spread
from queries.text import iso

COMPONENT_KEYS = (
    "name", "session_count", "share", "active_sessions", "completed_sessions", "failed_sessions",
    "total_duration", "avg_duration", "median_duration", "p95_duration", "ended_sessions",
    "error_rate", "error_rate_low", "error_rate_high", "judged_sessions", "most_common_error",
    "avg_quality_score", "rating", "events", "tool_calls", "failed_calls", "call_error_rate",
    "tokens", "cost_usd", "last_active",
)  # fmt: skip
DURATION_KEYS = (
    "name", "session_count", "ended_sessions", "avg_duration", "median_duration", "p95_duration",
    "total_duration",
)  # fmt: skip
ERROR_KEYS = (
    "name", "session_count", "failed_sessions", "judged_sessions", "error_rate", "error_rate_low",
    "error_rate_high", "most_common_error", "most_common_count", "failed_calls", "finished_calls",
    "call_error_rate", "call_error_rate_low", "call_error_rate_high",
)  # fmt: skip
BUCKET_KEYS = (
    "label", "start", "end", "sessions", "events", "errors", "failed_calls", "finished_calls",
    "call_error_rate", "completed_sessions", "judged_sessions", "completion_rate", "tokens",
)  # fmt: skip
ALERT_KEYS = (
    "rule", "subject", "text", "value", "threshold", "time", "session_id", "event_id",
)  # fmt: skip


def window_json(window: Window) -> Json:
    """A stretch of time; an open end is null."""
    return {"since": iso(window.since), "until": iso(window.until), "label": window.label}


def rate_json(name: str, rate: Rate) -> Json:
    """A rate with its interval, under a name."""
    return {name: rate.rate, f"{name}_low": rate.low, f"{name}_high": rate.high}


def spread_json(name: str, spread: Spread) -> Json:
    """Average, median and 95th percentile, under a name."""
    return {
        f"avg_{name}": rounded(spread.average),
        f"median_{name}": rounded(spread.median),
        f"p95_{name}": rounded(spread.p95),
    }


def overview_json(found: Overview) -> Json:
    """Totals of a window."""
    return {
        "window": window_json(found.window),
        "total_sessions": found.sessions,
        "running_sessions": found.running,
        "completed_sessions": found.completed,
        "failed_sessions": found.failed,
        "paused_sessions": found.paused,
        "stale_sessions": found.stale,
        "unknown_sessions": found.unknown,
        "judged_sessions": found.completion.of,
        **rate_json("completion_rate", found.completion),
        **rate_json("session_error_rate", found.session_errors),
        "total_events": found.events,
        "total_messages": found.messages,
        "total_tool_calls": found.calls,
        "total_errors": found.errors,
        "failed_calls": found.call_errors.count,
        "finished_calls": found.call_errors.of,
        **rate_json("call_error_rate", found.call_errors),
        "agents": found.agents,
        "tokens": found.tokens,
        "cost_usd": rounded(found.cost),
        **spread_json("turns", found.turns),
        **spread_json("counted_turns", found.counted_turns),
        "ended_sessions": found.durations.known,
        **spread_json("duration", found.durations),
        "total_duration": rounded(found.durations.total),
        "avg_quality_score": rounded(found.quality.average),
        "rating": None if found.rating is None else found.rating.value,
        "last_active": iso(found.last_active),
    }


def metrics_overview_json(totals: Overview) -> Json:
    """What an overview tells beside the counts."""
    return {
        "window": window_json(totals.window),
        "judged_sessions": totals.completion.of,
        **rate_json("judged_completion_rate", totals.completion),
        **rate_json("session_error_rate", totals.session_errors),
        "finished_calls": totals.call_errors.of,
        **rate_json("call_error_rate", totals.call_errors),
        **spread_json("counted_turns", totals.counted_turns),
        "ended_sessions": totals.durations.known,
        **spread_json("duration", totals.durations),
        "agents": totals.agents,
        "avg_quality_score": rounded(totals.quality.average),
        "rating": None if totals.rating is None else totals.rating.value,
        "last_active": iso(totals.last_active),
    }


def component_json(group: Group) -> Json:
    """One component (agent, project, model) with all its figures."""
    return {
        "name": group.name,
        "session_count": group.sessions,
        "share": group.share,
        "active_sessions": group.active,
        "completed_sessions": group.completed,
        "failed_sessions": group.session_errors.count,
        "total_duration": rounded(group.durations.total),
        **spread_json("duration", group.durations),
        "ended_sessions": group.durations.known,
        **rate_json("error_rate", group.session_errors),
        "judged_sessions": group.session_errors.of,
        "most_common_error": group.common_error,
        "avg_quality_score": rounded(group.quality.average),
        "rating": None if group.rating is None else group.rating.value,
        "events": group.events,
        "tool_calls": group.calls,
        "failed_calls": group.call_errors.count,
        "call_error_rate": group.call_errors.rate,
        "tokens": group.tokens,
        "cost_usd": rounded(group.cost),
        "last_active": iso(group.last_active),
    }


def duration_json(group: Group) -> Json:
    """How long the sessions of one component took."""
    shape = component_json(group)
    return {key: shape[key] for key in DURATION_KEYS}


def error_json(group: Group) -> Json:
    """How often sessions and calls of one component failed."""
    shape = component_json(group) | {
        "most_common_count": group.common_error_count,
        "finished_calls": group.call_errors.of,
        **rate_json("call_error_rate", group.call_errors),
    }
    return {key: shape[key] for key in ERROR_KEYS}


def active_json(row: SessionRow, now: float) -> Json:
    """A running session and how long it has been running; null if it has yet to begin."""
    age = None if row.started is None or row.started > now else now - row.started
    return session_json(row) | {"running_seconds": rounded(age)}


def bucket_json(bucket: Bucket) -> Json:
    """One stretch of a trend."""
    return {
        "label": bucket.label,
        "start": iso(bucket.start),
        "end": iso(bucket.end),
        "sessions": bucket.sessions,
        "events": bucket.events,
        "errors": bucket.errors,
        "failed_calls": bucket.call_errors.count,
        "finished_calls": bucket.call_errors.of,
        "call_error_rate": bucket.call_errors.rate,
        "completed_sessions": bucket.completion.count,
        "judged_sessions": bucket.completion.of,
        "completion_rate": bucket.completion.rate,
        "tokens": bucket.tokens,
    }


def heat_json(heat: HeatMap) -> Json:
    """Counts by weekday and hour."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return {name: list(row) for name, row in zip(names, heat.counts, strict=True)}


def alert_json(alert: Alert) -> Json:
    """One alert."""
    return {
        "rule": alert.rule.value,
        "subject": alert.subject,
        "text": alert.text,
        "value": rounded(alert.value),
        "threshold": rounded(alert.threshold),
        "time": iso(alert.time),
        "session_id": alert.session_id,
        "event_id": alert.event_id,
    }


def trends_json(trends: Trends) -> Json:
    """How a store fared over time, as ``session-tui trends --json``."""
    return {
        "by": trends.size.value,
        "zone": trends.zone,
        "window": window_json(trends.window),
        "left_out": trends.left_out,
        "undated": trends.undated,
        "resolution_seconds": trends.resolution,
        "buckets": [bucket_json(bucket) for bucket in trends.buckets],
        "heat": heat_json(trends.heat),
        "session_heat": heat_json(trends.begun),
    }


def alerts_json(found: Alerts, window: Window) -> Json:
    """What fires, as ``session-tui check --json``."""
    return {
        "window": window_json(window),
        "covered": found.covered,
        "total": len(found.alerts),
        "alerts": [alert_json(alert) for alert in found.alerts],
    }


def tool_use_json(profiles: Iterable[AgentProfile]) -> list[Json]:
    """How often each agent called each tool, in the order of the agents."""
    return [
        {"agent_name": profile.agent, "tool_name": use.tool, "calls": use.calls}
        for profile in profiles
        for use in profile.tools
    ]


def profile_json(profile: AgentProfile) -> Json:
    """One agent with its tools."""
    return {
        "agent_name": profile.agent,
        "events": profile.events,
        "share": profile.share,
        "messages": profile.messages,
        "tool_calls": profile.calls,
        "errors": profile.errors,
        **rate_json("success_rate", profile.success),
        "sessions": profile.sessions,
        "tokens": profile.tokens,
        "last_active": iso(profile.last_active),
        "tools": [{"tool_name": use.tool, "calls": use.calls} for use in profile.tools],
    }
