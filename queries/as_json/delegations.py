"""Delegations, hand-offs and live runs as JSON, as in :mod:`queries.as_json.overview`."""

from __future__ import annotations

from collections.abc import Iterable

from queries.as_json.canonical import Json, rounded
from queries.as_json.overview import rate_json
from queries.models import Handoff
from queries.models.delegations import (
    Delegation,
    DelegationChain,
    HandoffGroup,
    LiveRun,
    SpawnerStatistic,
)
from queries.text import iso

DELEGATION_KEYS = (
    "event_id", "session_id", "depth", "parent_delegation", "from_agent", "to_agent", "spawner",
    "task", "status", "started_at", "ended_at", "duration_seconds", "tokens", "cost_usd",
    "child_sessions", "child_events", "child_calls", "child_errors", "child_depth",
    "child_cut",
)  # fmt: skip


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
