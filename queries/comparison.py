"""Sessions side by side against one of them. Pure functions over figures read before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from queries.comparing.run_metrics import METRICS, value_of
from queries.models import Interactions, Relation, SessionStatus
from queries.models.comparison import (
    Change,
    ComparedAgent,
    ComparedMetric,
    ComparedTool,
    Comparison,
    Direction,
    Metric,
    RunFigures,
    Tally,
    Value,
)

_WELL = SessionStatus.COMPLETED.value
_BADLY = frozenset((SessionStatus.FAILED.value, SessionStatus.STALE.value))


def compare(runs: Sequence[RunFigures], baseline: int = 0) -> Comparison:
    """Compare sessions with one of them.

    Args:
        runs: at least one, in the order in which they are shown.
        baseline: index of the one that the others are compared with.

    Raises:
        IndexError: there is no such session.
    """
    base = runs[baseline]
    metrics = tuple(_metric(metric, runs, baseline) for metric in METRICS)
    tallies = tuple(
        Tally() if index == baseline else _tally(row.changes[index] for row in metrics)
        for index in range(len(runs))
    )
    others = (
        row.changes[index] for row in metrics for index in range(len(runs)) if index != baseline
    )
    return Comparison(
        runs=tuple(runs),
        baseline=baseline,
        metrics=metrics,
        tally=_tally(others),
        tallies=tallies,
        tools=_tools(runs),
        agents=_agents(runs),
        interaction_deltas=tuple(_interaction_delta(base, run) for run in runs),
        notes=tuple(_notes(runs)),
    )


def judge_change(metric: Metric, base: Value, value: Value) -> Change:
    """How a value stands against the baseline's."""
    if base is None or value is None:
        return Change.UNKNOWN
    if isinstance(base, str) or isinstance(value, str):
        return _judge_status(str(base), str(value))
    if abs(value - base) <= metric.tolerance * abs(base):
        return Change.SAME
    if metric.direction is Direction.NEUTRAL:
        return Change.DIFFERENT
    return Change.BETTER if (value > base) is (metric.direction is Direction.HIGHER) else (
        Change.WORSE
    )  # fmt: skip


def _judge_status(base: str, value: str) -> Change:
    if base == value:
        return Change.SAME if base != SessionStatus.UNKNOWN.value else Change.UNKNOWN
    if value == _WELL and base in _BADLY:
        return Change.BETTER
    if base == _WELL and value in _BADLY:
        return Change.WORSE
    return Change.UNKNOWN if SessionStatus.UNKNOWN.value in (base, value) else Change.DIFFERENT


def _metric(metric: Metric, runs: Sequence[RunFigures], baseline: int) -> ComparedMetric:
    values = tuple(value_of(run, metric.name) for run in runs)
    base = values[baseline]
    deltas = tuple(_delta(base, value) for value in values)
    return ComparedMetric(
        metric=metric,
        values=values,
        deltas=deltas,
        percents=tuple(_part(delta, base) for delta in deltas),
        changes=tuple(judge_change(metric, base, value) for value in values),
    )


def _delta(base: Value, value: Value) -> float | None:
    if base is None or value is None or isinstance(base, str) or isinstance(value, str):
        return None
    return value - base


def _part(delta: float | None, base: Value) -> float | None:
    if delta is None or not base or isinstance(base, str):
        return None
    return delta / abs(base)


def _tally(changes: Iterable[Change]) -> Tally:
    numbers = Counter(changes)
    return Tally(**{change.value: numbers[change] for change in Change})


def _tools(runs: Sequence[RunFigures]) -> tuple[ComparedTool, ...]:
    by_run = [{(tool.tool, tool.operation): tool for tool in run.tools} for run in runs]
    rows = []
    for tool, operation in {key: None for tools in by_run for key in tools}:
        cells = tuple(tools.get((tool, operation)) for tools in by_run)
        rows.append(ComparedTool(tool, operation, cells, _only(cells)))
    rows.sort(
        key=lambda row: (
            -sum(cell.calls for cell in row.cells if cell), row.tool, row.operation or ""
        )
    )  # fmt: skip
    return tuple(rows)


def _agents(runs: Sequence[RunFigures]) -> tuple[ComparedAgent, ...]:
    by_run = [{agent.agent: agent for agent in run.agents} for run in runs]
    rows = []
    for name in {name: None for agents in by_run for name in agents}:
        cells = tuple(agents.get(name) for agents in by_run)
        rows.append(ComparedAgent(name, cells, _only(cells)))
    rows.sort(key=lambda row: (-sum(cell.events for cell in row.cells if cell), row.agent))
    return tuple(rows)


def _only(cells: Sequence[object | None]) -> int | None:
    """The index of the only session that has something, among several."""
    having = [index for index, cell in enumerate(cells) if cell is not None]
    return having[0] if len(having) == 1 < len(cells) else None


def _interaction_delta(base: RunFigures, run: RunFigures) -> dict[Relation, Interactions]:
    return {
        relation: difference_of(base.interactions[relation], run.interactions[relation])
        for relation in run.interactions.keys() & base.interactions.keys()
    }


def difference_of(base: Interactions, other: Interactions) -> Interactions:
    """A matrix minus another; cells that are equal are absent."""
    counts = {
        pair: other.counts.get(pair, 0) - base.counts.get(pair, 0)
        for pair in dict.fromkeys((*base.counts, *other.counts))
    }
    names = tuple(dict.fromkeys((*base.names, *other.names)))
    return Interactions(
        relation=other.relation,
        names=names,
        counts={pair: number for pair, number in counts.items() if number},
        basis=f"{other.basis}, minus the baseline's: {base.basis}",
    )


def _notes(runs: Sequence[RunFigures]) -> Iterable[str]:
    status = {run.id: run.row.session.status for run in runs}
    running = [name for name, state in status.items() if state is SessionStatus.RUNNING]
    if running:
        yield f"Still running, so its figures grow: {', '.join(running)}."
    failed = [name for name, state in status.items() if state is SessionStatus.FAILED]
    if failed and len(failed) < len(runs):
        yield f"Failed, so less time, tokens or cost is no gain: {', '.join(failed)}."
    silent = [run.id for run in runs if not run.row.totals.events]
    if silent:
        yield f"Without any event: {', '.join(silent)}."
    if any(tool.aggregated for run in runs for tool in run.tools):
        yield "Some calls are known only as totals that the store keeps; they have no steps."
