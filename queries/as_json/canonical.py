"""The model as JSON: plain dictionaries with the keys that programs rely on.

Times are ISO 8601 in UTC with Z, durations seconds, rates 0..1; what is not known is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from queries.models import (
    AgentStatistic,
    Event,
    Interactions,
    NodeStats,
    SessionRow,
    ToolStatistic,
)
from queries.text import iso

Json = dict[str, Any]

SESSION_KEYS = (
    "session_id", "parent_id", "title", "agent", "component", "project", "status", "raw_status",
    "started_at", "ended_at", "last_event_at", "duration_seconds", "declared_turns", "messages",
    "events", "tool_calls", "errors", "running", "tokens", "cost_usd", "quality_score",
    "error_message",
)  # fmt: skip
EVENT_KEYS = (
    "event_id", "source", "session_id", "parent_event_id", "time", "agent_name", "target_agent",
    "kind", "tool_name", "operation", "summary", "state", "duration_seconds", "model", "tokens",
    "cost_usd",
)  # fmt: skip
TOOL_KEYS = (
    "tool_name", "operation", "agents", "total_calls", "successful_calls", "failed_calls",
    "running_calls", "unknown_calls", "success_rate", "success_rate_low", "success_rate_high",
    "avg_duration", "p50_duration", "p95_duration", "p99_duration", "total_duration", "tokens",
)  # fmt: skip
AGENT_KEYS = (
    "agent_name", "messages", "events", "tool_calls", "errors", "sessions", "tokens", "share",
    "last_active",
)  # fmt: skip
INTERACTION_KEYS = ("from_agent", "to_agent", "count")


def session_json(row: SessionRow) -> Json:
    """One session; its title is the declared one, else its first prompt."""
    session, totals = row.session, row.totals
    return {
        "session_id": session.id,
        "parent_id": session.parent_id,
        "title": session.title or totals.first_prompt or None,
        "agent": session.agent,
        "component": session.component,
        "project": session.project,
        "status": session.status.value,
        "raw_status": session.raw_status,
        "started_at": iso(row.started),
        "ended_at": iso(session.ended),
        "last_event_at": iso(totals.last_time),
        "duration_seconds": rounded(row.duration),
        "declared_turns": session.declared_turns,
        "messages": totals.messages,
        "events": totals.events,
        "tool_calls": totals.tool_calls,
        "errors": totals.errors,
        "running": totals.running,
        "tokens": row.tokens,
        "cost_usd": rounded(row.cost),
        "quality_score": session.quality,
        "error_message": session.error,
    }


def event_json(
    event: Event, sources: Sequence[str] | Mapping[int, str], *, phase: bool = False
) -> Json:
    """One event.

    Args:
        event: the event.
        sources: names of the event tables.
        phase: add which of a call's two rows it is, for rows that are not paired.
    """
    shape: Json = {
        "event_id": event.id,
        "source": sources[event.source],
        "session_id": event.session_id,
        "parent_event_id": event.parent_id,
        "time": iso(event.time),
        "agent_name": event.agent,
        "target_agent": event.target_agent,
        "kind": event.kind.value,
        "tool_name": event.tool,
        "operation": event.operation,
        "summary": event.summary or None,
        "state": event.state.value,
        "duration_seconds": rounded(event.duration),
        "model": event.model,
        "tokens": event.tokens,
        "cost_usd": rounded(event.cost),
    }
    if phase:
        shape["phase"] = event.phase.value
    return shape


def stats_json(stats: NodeStats) -> Json:
    """Sums over all that is below one event."""
    return {
        "calls": stats.calls,
        "errors": stats.errors,
        "running": stats.running,
        "duration_seconds": rounded(stats.duration),
        "tokens": stats.tokens,
    }


def tool_json(tool: ToolStatistic) -> Json:
    """One tool and operation."""
    return {
        "tool_name": tool.tool,
        "operation": tool.operation,
        "agents": list(tool.agents),
        "total_calls": tool.calls,
        "successful_calls": tool.ok,
        "failed_calls": tool.errors,
        "running_calls": tool.running,
        "unknown_calls": tool.unknown,
        "success_rate": tool.success_rate,
        "success_rate_low": tool.success_low,
        "success_rate_high": tool.success_high,
        "avg_duration": rounded(tool.average),
        "p50_duration": rounded(tool.p50),
        "p95_duration": rounded(tool.p95),
        "p99_duration": rounded(tool.p99),
        "total_duration": rounded(tool.total),
        "tokens": tool.tokens,
    }


def agent_json(agent: AgentStatistic) -> Json:
    """One agent."""
    return {
        "agent_name": agent.agent,
        "messages": agent.messages,
        "events": agent.events,
        "tool_calls": agent.tool_calls,
        "errors": agent.errors,
        "sessions": agent.sessions,
        "tokens": agent.tokens,
        "share": agent.share,
        "last_active": iso(agent.last_active),
    }


def interactions_json(matrix: Interactions) -> list[Json]:
    """The cells of a matrix that are not 0, the largest first."""
    cells = sorted(matrix.counts.items(), key=lambda cell: (-cell[1], cell[0]))
    return [{"from_agent": pair[0], "to_agent": pair[1], "count": number} for pair, number in cells]


def rounded(value: float | None) -> float | None:
    """Without the noise of binary sums; a microsecond (or a millionth of a cent) is kept."""
    if value is None or value != value or abs(value) == float("inf"):
        return None
    return round(value, 9)


_plain = json.JSONEncoder(ensure_ascii=False).encode
_NESTING = (dict, list, tuple)


def encode(value: object) -> str:
    """JSON text of plain data, nested however deep; of what is JSON already, that."""
    if type(value) is JsonText:
        return value
    try:
        return _plain(value)
    except RecursionError:
        return "".join(_pieces(value))


def _pieces(value: object) -> Iterator[str]:
    """The text piece by piece, with a stack of our own instead of Python's."""
    todo: list[object] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, JsonText):
            yield item
        elif isinstance(item, dict):
            members = ((f"{_plain(key)}: ", below) for key, below in item.items())
            todo += reversed(_members("{", members, "}"))
        elif isinstance(item, list | tuple):
            todo += reversed(_members("[", (("", below) for below in item), "]"))
        else:
            yield _plain(item)


def _members(opening: str, members: Iterable[tuple[str, object]], closing: str) -> list[object]:
    """What is between brackets: finished text, and values that hold others."""
    parts: list[object] = []
    text = [opening]
    for number, (name, below) in enumerate(members):
        text.append(f", {name}" if number else name)
        if isinstance(below, _NESTING):
            parts += [JsonText("".join(text)), below]
            text = []
        else:
            text.append(_plain(below))
    return [*parts, JsonText("".join((*text, closing)))]


class JsonText(str):
    """Text that is JSON already."""

    __slots__ = ()
