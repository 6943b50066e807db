"""Tool statistics of a fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from queries.fold import NO_TOOL, Fold, ToolKey
from queries.folding.declared_tools import DeclaredSum, DeclaredTools
from queries.folding.fold_parts import ToolFold
from queries.models import Event, ToolStatistic
from queries.plain_data import dataclass, field
from queries.statistics import wilson


@dataclass(slots=True)
class _Extra:
    """What a tool's fold does not hold: starts that wait."""

    running: int = 0
    unknown: int = 0
    ended: int = 0
    """Calls counted as running that belong to a session that is over."""
    agents: set[str] = field(default_factory=set)


def tool_statistics(
    fold: Fold,
    is_alive: Callable[[str], bool],
    declared: DeclaredTools | None = None,
) -> tuple[ToolStatistic, ...]:
    """Statistics per tool and operation, most called first.

    Args:
        fold: totals of the scope.
        is_alive: whether a session (by id) is running; a call without an end in any other
            session never ended, and its outcome is unknown.
        declared: totals that the store keeps itself, of sessions of which the fold has no
            single call.
    """
    extras: dict[ToolKey, _Extra] = {}
    for start, alive in _waiting(fold, is_alive):
        extra = extras.setdefault((start.tool or NO_TOOL, start.operation), _Extra())
        if alive:
            extra.running += 1
        else:
            extra.unknown += 1
        if start.agent is not None:
            extra.agents.add(start.agent)
    for name, numbers in fold.running.sessions().items():
        if not is_alive(name):
            for tool, number in numbers.items():
                if tool is not None:
                    extras.setdefault(tool, _Extra()).ended += number
    sums: Mapping[ToolKey, DeclaredSum] = {} if declared is None else declared.sums
    empty, nothing = ToolFold(), DeclaredSum()
    rows = [
        _statistic(
            key, fold.tools.get(key, empty), extras.get(key, _Extra()), sums.get(key, nothing)
        )
        for key in fold.tools.keys() | extras.keys() | sums.keys()
    ]
    rows = [row for row in rows if row.calls]
    rows.sort(key=lambda row: (-row.calls, row.tool, row.operation or ""))
    return tuple(rows)


def _waiting(fold: Fold, is_alive: Callable[[str], bool]) -> Iterable[tuple[Event, bool]]:
    for session_id in fold.waiting:
        for start, may_end in fold.waiting_starts(session_id):
            if start.is_call:
                yield start, may_end and is_alive(session_id)


def _statistic(key: ToolKey, tool: ToolFold, extra: _Extra, declared: DeclaredSum) -> ToolStatistic:
    ok = tool.ok + declared.ok
    errors = tool.errors + declared.errors
    interval = wilson(ok, ok + errors)
    timed = tool.durations.count + declared.timed
    seconds = tool.durations.total + declared.seconds.total
    return ToolStatistic(
        tool=key[0],
        operation=key[1],
        agents=tuple(sorted({name for name, n in tool.agents.items() if n > 0} | extra.agents)),
        calls=tool.calls + extra.running + extra.unknown + declared.calls,
        ok=ok,
        errors=errors,
        running=tool.running - extra.ended + extra.running,
        unknown=tool.unknown + extra.ended + extra.unknown + declared.no_outcome,
        tokens=tool.tokens.whole,
        durations=timed,
        average=seconds / timed if timed else None,
        p50=tool.durations.percentile(0.50),
        p95=tool.durations.percentile(0.95),
        p99=tool.durations.percentile(0.99),
        total=seconds if timed else None,
        success_rate=ok / (ok + errors) if ok + errors else None,
        success_low=interval[0] if interval else None,
        success_high=interval[1] if interval else None,
        aggregated=declared.calls > 0,
    )
