"""Overviews, breakdowns, trends, alerts, delegations and work items as JSON.

As in :mod:`queries.json_shapes`: times are ISO 8601 in UTC with Z, durations seconds, rates
0..1; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Iterable

from queries.delegation_models import (
    Delegation,
    DelegationChain,
    HandoffGroup,
    LiveRun,
    SpawnerStatistic,
)
from queries.json_shapes import Json, rounded, session_json
from queries.models import Handoff, SessionRow, WorkItem
from queries.overview_models import (
    AgentProfile,
    Alert,
    Bucket,
    Group,
    HeatMap,
    Overview,
    Rate,
    Spread,
    Window,
)
from queries.text import iso
from queries.work_item_models import WorkItemDetail

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
DELEGATION_KEYS = (
    "event_id", "session_id", "depth", "parent_delegation", "from_agent", "to_agent", "spawner",
    "task", "status", "started_at", "ended_at", "duration_seconds", "tokens", "cost_usd",
    "child_sessions", "child_events", "child_calls", "child_errors", "child_depth",
    "child_cut",
)  # fmt: skip
WORK_ITEM_KEYS = (
    "id", "type", "title", "status", "priority", "assigned_to", "steps_completed", "steps_total",
    "created_at", "updated_at", "completed_at",
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
    """Events by weekday and hour."""
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


def delegation_json(chain: DelegationChain, depth: int, above: str | None) -> Json:
    """One delegation; what is below it is null where it was not looked for."""
    told: Delegation = chain.delegation
    work = chain.work
    return {
        "event_id": told.id,
        "session_id": told.session_id,
        "depth": depth,
        "parent_delegation": above,
        "from_agent": told.agent,
        "to_agent": told.target,
        "spawner": told.spawner,
        "task": told.task or None,
        "status": told.status.value,
        "started_at": iso(told.started),
        "ended_at": iso(told.ended),
        "duration_seconds": rounded(told.duration),
        "tokens": told.tokens,
        "cost_usd": rounded(told.cost),
        "child_sessions": None if work is None else list(work.child_sessions),
        "child_events": None if work is None else work.events,
        "child_calls": None if work is None else work.calls,
        "child_errors": None if work is None else work.errors,
        "child_depth": None if work is None else work.depth,
        "child_cut": None if work is None else work.cut,
    }


def delegations_json(chains: Iterable[DelegationChain]) -> list[Json]:
    """Chains as lines from top to bottom, each with its depth and what it was made in."""
    lines: list[Json] = []
    todo: list[tuple[DelegationChain, int, str | None]] = [(each, 0, None) for each in chains]
    todo.reverse()
    while todo:
        chain, depth, above = todo.pop()
        lines.append(delegation_json(chain, depth, above))
        below = [(child, depth + 1, chain.delegation.id) for child in chain.children]
        todo += reversed(below)
    return lines


def spawner_json(row: SpawnerStatistic) -> Json:
    """All delegations to one spawner or agent."""
    return {
        "spawner": row.spawner,
        "is_spawner": row.is_spawner,
        "total_delegations": row.delegations,
        "successful": row.completed,
        "failed": row.failed,
        "running": row.running,
        "unknown": row.unknown,
        **rate_json("success_rate", row.success),
        "avg_duration": rounded(row.average_duration),
        "total_tokens": row.tokens,
        "total_cost_usd": rounded(row.cost),
        "first_used": iso(row.first_used),
        "last_used": iso(row.last_used),
    }


def handoff_json(handoff: Handoff) -> Json:
    """One hand-off."""
    return {
        "handoff_id": handoff.id,
        "session_id": handoff.session_id,
        "time": iso(handoff.time),
        "from_agent": handoff.from_agent,
        "to_agent": handoff.to_agent,
        "type": handoff.type,
        "state": handoff.state,
        "reason": handoff.reason,
    }


def handoff_group_json(group: HandoffGroup) -> Json:
    """Hand-offs of one kind between two agents."""
    return {
        "from_agent": group.from_agent,
        "to_agent": group.to_agent,
        "type": group.type,
        "state": group.state,
        "count": group.count,
        "last_time": iso(group.last_time),
    }


def live_json(run: LiveRun) -> Json:
    """What a spawner says that it is doing."""
    latest = run.latest
    return {
        "event_id": run.parent_id,
        "spawner": run.spawner,
        "session_id": run.session_id,
        "status": latest.status.value,
        "phase": latest.phase,
        "text": latest.text or None,
        "time": iso(latest.time),
        "progress": rounded(latest.progress),
        "duration_seconds": rounded(latest.duration),
        "tokens": latest.tokens,
        "phases": [
            {"time": iso(phase.time), "type": phase.type, "phase": phase.phase,
             "status": phase.status.value, "text": phase.text or None}
            for phase in run.phases
        ],
    }  # fmt: skip


def work_item_json(item: WorkItem) -> Json:
    """One item of work."""
    return {
        "id": item.id,
        "type": item.type,
        "title": item.title,
        "status": item.status,
        "priority": item.priority,
        "assigned_to": item.assigned_to,
        "steps_completed": item.steps_completed,
        "steps_total": item.steps_total,
        "created_at": iso(item.created),
        "updated_at": iso(item.updated),
        "completed_at": iso(item.completed),
    }


def work_item_detail_json(detail: WorkItemDetail) -> Json:
    """Everything about one item of work."""
    return work_item_json(detail.item) | {
        "description": detail.description or None,
        "track": detail.track,
        "parent_id": detail.parent_id,
        "children": list(detail.children),
        "tags": list(detail.tags),
    }


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
