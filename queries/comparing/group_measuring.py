"""Groups of sessions measured: each metric of group A and of group B, before it is judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from queries.comparing.bootstrap import bootstrap_difference
from queries.comparing.rank_tests import cliffs_delta, is_exact, mann_whitney
from queries.comparing.run_metrics import METRICS, completion, number_of, outcomes
from queries.models.comparison import Direction, Metric, RunFigures, Unit
from queries.models.groups import GroupMetric, SignificanceTest, Verdict
from queries.plain_data import dataclass, replace
from queries.statistics import fisher_exact, mean, median, newcombe

COMPLETION: Final = Metric(
    "completion", "completion", Unit.RATE, Direction.HIGHER,
    "Completed sessions among those that do not run and whose status is known.",
)  # fmt: skip
TOOL_SUCCESS: Final = Metric(
    "tool_success", "tool success", Unit.RATE, Direction.HIGHER,
    "Successful calls among the calls of all sessions whose outcome is known.",
)  # fmt: skip
CALLS: Final = Metric("calls", "calls", Unit.COUNT, Direction.NEUTRAL, "Calls per session.")
MESSAGES: Final = Metric(
    "messages", "messages", Unit.COUNT, Direction.NEUTRAL, "Messages per session."
)
_NUMBERS: Final = ("duration", "declared_turns", "messages", "tool_calls", "errors", "tokens",
                   "cost", "quality")  # fmt: skip
METRIC_NAMES: Final = (COMPLETION.name, TOOL_SUCCESS.name, *_NUMBERS)
"""What two groups are compared in unless told otherwise."""
MORE_NAMES: Final = tuple(
    metric.name
    for metric in METRICS
    if metric.unit is not Unit.WORD and metric.name not in METRIC_NAMES
)
"""What else can be asked for."""
SUBJECTS: Final = 30
"""Tools and agents that are compared, the busiest; each table counts as many tests."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric before the tests of its table are looked at together."""

    row: GroupMetric
    counts: tuple[int, int, int, int] | None = None
    """Successes and trials of A and of B, for a rate."""
    calls_per_session: tuple[float, float] = (1.0, 1.0)
    """Trials that one session brings."""


def measure(name: str, a: Sequence[RunFigures], b: Sequence[RunFigures]) -> Measured:
    """One of :data:`METRIC_NAMES` or :data:`MORE_NAMES`."""
    if name == COMPLETION.name:
        done_a, done_b = ([done for run in group if (done := completion(run)) is not None]
                          for group in (a, b))  # fmt: skip
        return _rate(
            COMPLETION, "", (sum(done_a), len(done_a), sum(done_b), len(done_b)),
            [float(done) for done in done_a], [float(done) for done in done_b],
        )  # fmt: skip
    if name == TOOL_SUCCESS.name:
        return _call_success(TOOL_SUCCESS, "", [outcomes(run) for run in a],
                             [outcomes(run) for run in b])  # fmt: skip
    metric = next(metric for metric in METRICS if metric.name == name)
    return _numbers(metric, "", _known(number_of(run, name) for run in a),
                    _known(number_of(run, name) for run in b))  # fmt: skip


def _call_success(
    metric: Metric,
    subject: str,
    of_a: Sequence[tuple[int, int]],
    of_b: Sequence[tuple[int, int]],
) -> Measured:
    """From the successful and failed calls of each session."""
    sums = [(sum(ok for ok, _ in group), sum(ok + bad for ok, bad in group))
            for group in (of_a, of_b)]  # fmt: skip
    parts = [[ok / (ok + bad) for ok, bad in group if ok + bad] for group in (of_a, of_b)]
    measured = _rate(metric, subject, (*sums[0], *sums[1]), *parts)
    row = replace(measured.row, median_a=median(parts[0]), median_b=median(parts[1]))
    each = (sums[0][1] / max(len(of_a), 1), sums[1][1] / max(len(of_b), 1))
    return replace(measured, row=row, calls_per_session=each)


def _rate(
    metric: Metric,
    subject: str,
    counts: tuple[int, int, int, int],
    values_a: Sequence[float],
    values_b: Sequence[float],
) -> Measured:
    ok_a, n_a, ok_b, n_b = counts
    part_a, part_b = ok_a / n_a if n_a else None, ok_b / n_b if n_b else None
    known = part_a is not None and part_b is not None
    difference = part_b - part_a if part_a is not None and part_b is not None else None
    interval = newcombe(*counts) or (None, None)
    row = GroupMetric(
        metric=metric, subject=subject, n_a=n_a, n_b=n_b,
        mean_a=part_a, mean_b=part_b, median_a=None, median_b=None,
        difference=difference, mean_difference=difference,
        ci_low=interval[0], ci_high=interval[1],
        effect=cliffs_delta(values_a, values_b),
        test=SignificanceTest.FISHER if known else SignificanceTest.NONE,
        p=fisher_exact(ok_a, n_a - ok_a, ok_b, n_b - ok_b) if known else None,
        p_adjusted=None, verdict=Verdict.TOO_FEW,
        needed_per_group=None, more_a=None, more_b=None,
        values_a=tuple(values_a), values_b=tuple(values_b),
    )  # fmt: skip
    return Measured(row, counts)


def _numbers(metric: Metric, subject: str, a: Sequence[float], b: Sequence[float]) -> Measured:
    mean_a, mean_b, median_a, median_b = mean(a), mean(b), median(a), median(b)
    interval = bootstrap_difference(a, b) or (None, None)
    test = SignificanceTest.NONE
    if a and b:
        exact = is_exact(a, b)
        test = SignificanceTest.MANN_WHITNEY_EXACT if exact else SignificanceTest.MANN_WHITNEY
    row = GroupMetric(
        metric=metric, subject=subject, n_a=len(a), n_b=len(b),
        mean_a=mean_a, mean_b=mean_b, median_a=median_a, median_b=median_b,
        difference=_minus(median_b, median_a), mean_difference=_minus(mean_b, mean_a),
        ci_low=interval[0], ci_high=interval[1], effect=cliffs_delta(a, b),
        test=test, p=mann_whitney(a, b), p_adjusted=None, verdict=Verdict.TOO_FEW,
        needed_per_group=None, more_a=None, more_b=None,
        values_a=tuple(a), values_b=tuple(b),
    )  # fmt: skip
    return Measured(row)


def measure_tools(a: Sequence[RunFigures], b: Sequence[RunFigures]) -> list[Measured]:
    """Calls per session and success of each tool, whatever the operation."""
    by_run = {id(run): _by_tool(run) for run in (*a, *b)}
    total: dict[str, int] = {}
    for tools in by_run.values():
        for tool, (calls, _, _) in tools.items():
            total[tool] = total.get(tool, 0) + calls
    measured = []
    for tool in sorted(total, key=lambda name: (-total[name], name))[:SUBJECTS]:
        of_a, of_b = ([by_run[id(run)].get(tool, (0, 0, 0)) for run in group] for group in (a, b))
        measured.append(_numbers(CALLS, tool, [float(calls) for calls, _, _ in of_a],
                                 [float(calls) for calls, _, _ in of_b]))  # fmt: skip
        success = _call_success(
            TOOL_SUCCESS, tool, [one[1:] for one in of_a], [one[1:] for one in of_b]
        )
        # A tool that one group never calls has no success to compare.
        if success.row.n_a and success.row.n_b:
            measured.append(success)
    return measured


def _by_tool(run: RunFigures) -> dict[str, tuple[int, int, int]]:
    found: dict[str, tuple[int, int, int]] = {}
    for tool in run.tools:
        calls, ok, bad = found.get(tool.tool, (0, 0, 0))
        found[tool.tool] = (calls + tool.calls, ok + tool.ok, bad + tool.errors)
    return found


def measure_agents(a: Sequence[RunFigures], b: Sequence[RunFigures]) -> list[Measured]:
    """Messages and calls per session of each agent."""
    by_run = {id(run): {agent.agent: agent for agent in run.agents} for run in (*a, *b)}
    total: dict[str, int] = {}
    for agents in by_run.values():
        for name, agent in agents.items():
            total[name] = total.get(name, 0) + agent.events
    kinds: list[tuple[Metric, Callable[[RunFigures, str], float]]] = [
        (CALLS, lambda run, name: _figure(by_run[id(run)].get(name), "tool_calls"))
    ]
    if any(run.has_messages for run in (*a, *b)):
        kinds.insert(
            0, (MESSAGES, lambda run, name: _figure(by_run[id(run)].get(name), "messages"))
        )
    measured = (
        _numbers(metric, name, [read(run, name) for run in a], [read(run, name) for run in b])
        for name in sorted(total, key=lambda name: (-total[name], name))[:SUBJECTS]
        for metric, read in kinds
    )
    # Who never calls (or speaks) in either group is no comparison, but would count as a test.
    return [one for one in measured if any((*one.row.values_a, *one.row.values_b))]


def _figure(agent: object, name: str) -> float:
    return 0.0 if agent is None else float(getattr(agent, name))


def _known(values: Iterable[float | None]) -> list[float]:
    return [
        float(value) for value in values if value is not None and math.isfinite(value)
    ]  # fmt: skip


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
