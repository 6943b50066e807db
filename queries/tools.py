"""Tool statistics of a fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

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
    tokens: int | None = None


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
        if start.tokens is not None:
            extra.tokens = (extra.tokens or 0) + start.tokens
    for name, numbers in fold.running.sessions().items():
        if not is_alive(name):
            for tool, number in numbers.items():
                if tool is not None:
                    extras.setdefault(tool, _Extra()).ended += number
    sums: Mapping[ToolKey, DeclaredSum] = {} if declared is None else declared.sums
    empty, none, nothing = ToolFold(), _Extra(), DeclaredSum()
    agents: dict[tuple[str, ...], tuple[str, ...]] = {}
    beside = extras.keys() | sums.keys()
    rows = []
    for key, counted in fold.tools.items():
        if key in beside:
            continue
        if counted.statistic is None:
            # Most are as they were when they were asked for last.
            counted.statistic = _statistic(key, counted, none, nothing, agents)
        rows.append(counted.statistic)
    rows += [
        _statistic(
            key, fold.tools.get(key, empty), extras.get(key, none), sums.get(key, nothing), agents
        )
        for key in beside
    ]
    rows = [row for row in rows if row.calls]
    # One key each: pairs of them would be compared in ten times the time.
    rows.sort(key=lambda row: row.operation or "")
    rows.sort(key=lambda row: row.tool)
    rows.sort(key=lambda row: row.calls, reverse=True)
    return tuple(rows)


def _waiting(fold: Fold, is_alive: Callable[[str], bool]) -> Iterable[tuple[Event, bool]]:
    for session_id in fold.waiting:
        for start, may_end in fold.waiting_starts(session_id):
            if start.is_call:
                yield start, may_end and is_alive(session_id)


def _statistic(
    key: ToolKey,
    tool: ToolFold,
    extra: _Extra,
    declared: DeclaredSum,
    shared: dict[tuple[str, ...], tuple[str, ...]],
) -> ToolStatistic:
    """The figures of one tool; ``shared`` has one tuple of each set of agents."""
    ok = tool.ok + declared.ok
    errors = tool.errors + declared.errors
    rate, low, high = _rate(ok, ok + errors)
    durations = tool.durations
    timed = durations.count + declared.timed
    seconds = durations.total + declared.seconds.total if declared.timed else durations.total
    agents = tuple(sorted({name for name, n in tool.agents().items() if n > 0} | extra.agents))
    return ToolStatistic(
        tool=key[0],
        operation=key[1],
        agents=shared.setdefault(agents, agents),
        calls=tool.calls + extra.running + extra.unknown + declared.calls,
        ok=ok,
        errors=errors,
        running=tool.running - extra.ended + extra.running,
        unknown=tool.unknown + extra.ended + extra.unknown + declared.no_outcome,
        tokens=tool.tokens if extra.tokens is None else (tool.tokens or 0) + extra.tokens,
        durations=timed,
        average=(seconds if timed == 1 else seconds / timed) if timed else None,
        p50=durations.percentile(0.50),
        p95=durations.percentile(0.95),
        p99=durations.percentile(0.99),
        total=seconds if timed else None,
        success_rate=rate,
        success_low=low,
        success_high=high,
        aggregated=declared.calls > 0,
    )


@lru_cache(maxsize=2048)
def _rate(ok: int, finished: int) -> tuple[float | None, float | None, float | None]:
    """The success rate with its interval: where there are very many tools, few differ in it."""
    interval = wilson(ok, finished)
    return (None, None, None) if interval is None else (ok / finished, *interval)
