"""The figures of a whole store in one object."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean, median
from typing import Any

from queries.as_json.canonical import rounded
from queries.models import SessionStatus, ToolStatistic
from queries.plain_data import dataclass
from queries.whole_store import ListedStore


@dataclass(frozen=True, slots=True)
class ToolRate:
    """How often one tool succeeds, over all its operations."""

    tool: str
    success_rate: float | None
    """ok / (ok + errors); unknown when nothing finished."""
    uses: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counts, averages and rates over a store."""

    sessions: int
    completed: int
    failed: int
    running: int
    paused: int
    stale: int
    unknown: int
    completion_rate: float | None
    """completed / all sessions; unknown when there are none."""
    average_turns: float | None
    """Mean of the declared turns of the sessions that declare any above 0."""
    median_turns: float | None
    events: int
    messages: int
    tool_calls: int
    errors: int
    tokens: int | None
    cost: float | None
    tool_success_rate: float | None
    tool_rates: tuple[ToolRate, ...]
    """The highest rate first, unknown ones last."""

    def to_dict(self) -> dict[str, Any]:
        """As ``session-tui metrics --json``."""
        return {
            "total_sessions": self.sessions,
            "completed_sessions": self.completed,
            "failed_sessions": self.failed,
            "running_sessions": self.running,
            "paused_sessions": self.paused,
            "stale_sessions": self.stale,
            "unknown_sessions": self.unknown,
            "completion_rate": self.completion_rate,
            "average_turns_per_session": self.average_turns,
            "median_turns_per_session": self.median_turns,
            "total_events": self.events,
            "total_messages": self.messages,
            "total_tool_calls": self.tool_calls,
            "total_errors": self.errors,
            "tokens": self.tokens,
            "cost_usd": rounded(self.cost),
            "tool_success_rate": self.tool_success_rate,
            "tool_success_rates": [
                {"tool_name": rate.tool, "success_rate": rate.success_rate, "total_uses": rate.uses}
                for rate in self.tool_rates
            ],
        }


def metrics(counted: ListedStore) -> Metrics:
    """The figures of what was counted."""
    rows = counted.rows
    tools = counted.tools()
    turns = [float(known) for row in rows if (known := row.session.declared_turns or 0) > 0]
    by_status = {
        status: sum(1 for row in rows if row.session.status is status) for status in SessionStatus
    }
    tokens = [row.tokens for row in rows if row.tokens is not None]
    costs = [row.cost for row in rows if row.cost is not None]
    completed = by_status[SessionStatus.COMPLETED]
    return Metrics(
        sessions=len(rows),
        completed=completed,
        failed=by_status[SessionStatus.FAILED],
        running=by_status[SessionStatus.RUNNING],
        paused=by_status[SessionStatus.PAUSED],
        stale=by_status[SessionStatus.STALE],
        unknown=by_status[SessionStatus.UNKNOWN],
        completion_rate=completed / len(rows) if rows else None,
        average_turns=fmean(turns) if turns else None,
        median_turns=median(turns) if turns else None,
        events=sum(row.totals.events for row in rows),
        messages=sum(row.totals.messages for row in rows),
        tool_calls=sum(tool.calls for tool in tools),
        errors=sum(row.totals.errors for row in rows),
        tokens=sum(tokens) if tokens else None,
        cost=sum(costs) if costs else None,
        tool_success_rate=_rate(tools),
        tool_rates=_tool_rates(tools),
    )


def _tool_rates(tools: Iterable[ToolStatistic]) -> tuple[ToolRate, ...]:
    by_name: dict[str, list[ToolStatistic]] = {}
    for tool in tools:
        by_name.setdefault(tool.tool, []).append(tool)
    rates = [
        ToolRate(name, _rate(same), sum(tool.calls for tool in same))
        for name, same in by_name.items()
    ]
    return tuple(sorted(rates, key=_order))


def _order(rate: ToolRate) -> tuple[float, int, str]:
    return (1.0 if rate.success_rate is None else -rate.success_rate, -rate.uses, rate.tool)


def _rate(tools: Iterable[ToolStatistic]) -> float | None:
    ok = errors = 0
    for tool in tools:
        ok += tool.ok
        errors += tool.errors
    return ok / (ok + errors) if ok + errors else None
