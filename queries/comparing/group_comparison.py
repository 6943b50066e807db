"""Two groups of sessions compared with statistics that admit when there is too little data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from queries.comparing.group_measuring import (
    METRIC_NAMES,
    TOOL_SUCCESS,
    Measured,
    measure,
    measure_agents,
    measure_tools,
)
from queries.comparing.power import needed_for_proportions, needed_for_ranks
from queries.comparing.rank_tests import smallest_p
from queries.comparing.run_metrics import completion
from queries.comparison_text import group_summary
from queries.models.comparison import Direction, RunFigures
from queries.models.groups import GroupComparison, GroupMetric, SignificanceTest, Verdict
from queries.plain_data import replace
from queries.statistics import SIGNIFICANT, fisher_exact, holm

_LARGEST_GROUP: Final = 10_000_000


def compare_groups(
    a: Sequence[RunFigures],
    b: Sequence[RunFigures],
    label_a: str = "A",
    label_b: str = "B",
    names: Iterable[str] = METRIC_NAMES,
) -> GroupComparison:
    """Compare group B with group A.

    Args:
        a: the sessions of group A.
        b: the sessions of group B, none of them in A.
        label_a: what was asked for.
        label_b: likewise.
        names: of ``METRIC_NAMES`` and ``MORE_NAMES`` of :mod:`queries.comparing.group_measuring`.
            The more are looked at together, the more it takes to show one: Holm's correction
            covers those that have values.
    """
    measured = [measure(name, a, b) for name in dict.fromkeys(names)]
    known = [one for one in measured if one.row.n_a or one.row.n_b]
    missing = [one.row.metric.label for one in measured if not (one.row.n_a or one.row.n_b)]
    metrics = _judged(known)
    notes = ["Differences and effects are B minus A; they show that, not why, groups differ."]
    if missing:
        notes.append(f"Not known of any session: {', '.join(missing)}.")
    if any(one.row.metric is TOOL_SUCCESS for one in known):
        notes.append(
            "Calls of one session are not independent: the p of tool success is optimistic."
        )
    open_ended = sum(completion(run) is None for run in (*a, *b))
    if open_ended:
        notes.append(
            f"Not counted in completion: {open_ended:,} "
            f"session{'s that run or have' if open_ended > 1 else ' that runs or has'}"
            " no known status."
        )
    return GroupComparison(
        a=tuple(a),
        b=tuple(b),
        label_a=label_a,
        label_b=label_b,
        metrics=metrics,
        tools=_judged(measure_tools(a, b)),
        agents=_judged(measure_agents(a, b)),
        summary=group_summary(metrics),
        notes=tuple(notes),
    )


def _judged(measured: Sequence[Measured]) -> tuple[GroupMetric, ...]:
    """The rows of one table with adjusted p, verdicts, and what it would take."""
    tested = [index for index, one in enumerate(measured) if one.row.p is not None]
    p_values = [p for one in measured if (p := one.row.p) is not None]
    adjusted = dict(zip(tested, holm(p_values), strict=True))
    # What is shown no longer counts against the others: that is how Holm's procedure goes on.
    left = sum(not _is_shown(measured[index], p) for index, p in adjusted.items())
    return tuple(
        _judge(one, adjusted.get(index), SIGNIFICANT / max(left, 1))
        for index, one in enumerate(measured)
    )


def _judge(one: Measured, p_adjusted: float | None, alpha: float) -> GroupMetric:
    row = one.row
    if p_adjusted is None:
        return row
    if _is_shown(one, p_adjusted):
        return replace(row, p_adjusted=p_adjusted, verdict=_shown(row))
    verdict = Verdict.NO_DIFFERENCE_SHOWN
    if _clearest_p(one) >= alpha:
        verdict = Verdict.TOO_FEW
    needed = _needed(one, alpha)
    sessions_a, sessions_b = _sessions(one)
    return replace(
        row,
        p_adjusted=p_adjusted,
        verdict=verdict,
        needed_per_group=needed,
        more_a=None if needed is None else max(needed - sessions_a, 0),
        more_b=None if needed is None else max(needed - sessions_b, 0),
    )


def _is_shown(one: Measured, p_adjusted: float) -> bool:
    # With ties the normal approximation calls three against three a difference, although one
    # in ten orders is as uneven.
    return p_adjusted < SIGNIFICANT and _clearest_p(one) < SIGNIFICANT


def _shown(row: GroupMetric) -> Verdict:
    if row.metric.direction is Direction.NEUTRAL:
        return Verdict.DIFFERENT
    tested = row.difference if row.test is SignificanceTest.FISHER else row.effect
    higher = (tested or 0.0) > 0
    return Verdict.BETTER if higher is (row.metric.direction is Direction.HIGHER) else Verdict.WORSE


def _clearest_p(one: Measured) -> float:
    """The p if every value of one group were above every value of the other."""
    if one.counts is None:
        return smallest_p(one.row.n_a, one.row.n_b)
    return fisher_exact(0, one.row.n_a, one.row.n_b, 0)


def _sessions(one: Measured) -> tuple[int, int]:
    if one.counts is None:
        return one.row.n_a, one.row.n_b
    each_a, each_b = one.calls_per_session
    return (
        round(one.row.n_a / each_a) if each_a else 0,
        round(one.row.n_b / each_b) if each_b else 0,
    )


def _needed(one: Measured, alpha: float) -> int | None:
    """Sessions per group to show the difference seen; always more than there are now."""
    row = one.row
    if one.counts is not None and row.mean_a is not None and row.mean_b is not None:
        trials = needed_for_proportions(row.mean_a, row.mean_b, alpha=alpha, corrected=True)
        each = min(one.calls_per_session)
        number = None if trials is None or not each else trials / each
        least = _least(lambda size: fisher_exact(0, size, size, 0), alpha) / each if each else 0.0
    else:
        number = needed_for_ranks(row.values_a, row.values_b, alpha=alpha)
        least = _least(lambda size: smallest_p(size, size), alpha)
    if number is None or number > _LARGEST_GROUP:
        return None
    now = min(_sessions(one))
    return max(math.ceil(number), math.ceil(least), now + 1)


def _least(clearest: Callable[[int], float], alpha: float) -> int:
    """The size of two groups from which on the clearest difference is shown."""
    size = 2
    while clearest(size) >= alpha:
        size += 1
    return size
