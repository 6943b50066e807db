"""Comparisons in words and figures for people, the same on screen and in print."""

from __future__ import annotations

from collections.abc import Iterable

from queries.models.comparison import Metric, Tally, Unit, Value
from queries.models.groups import GroupMetric, Verdict
from queries.text import UNKNOWN, count, duration, percent

MOST_NEEDED = 100_000
"""More sessions than this are "very many"."""


def value_text(metric: Metric, value: Value) -> str:
    """A value in its unit: ``4m12s``, ``1,204``, ``97.2 %``, ``$0.0312``."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    if metric.unit is Unit.SECONDS:
        return duration(value)
    if metric.unit is Unit.RATE:
        return f"{percent(value)} %"
    if metric.unit is Unit.DOLLARS:
        return f"${value:.4f}"
    return _number(value)


def delta_text(metric: Metric, delta: float | None) -> str:
    """A difference with its sign; of rates in points of a percentage."""
    if delta is None:
        return UNKNOWN
    sign = "+" if delta > 0 else "-" if delta < 0 else "±"
    size = abs(delta)
    if metric.unit is Unit.RATE:
        return f"{sign}{size * 100:.1f} pt"
    return f"{sign}{value_text(metric, size)}"


def part_text(part: float | None) -> str:
    """A difference as a part of the baseline: ``+12 %``."""
    if part is None:
        return UNKNOWN
    return f"{part * 100:+.0f} %" if abs(part) >= 0.1 or not part else f"{part * 100:+.1f} %"


def interval_text(metric: GroupMetric) -> str:
    """The 95 % interval of a difference: ``-3.0s … +12s``."""
    low, high = metric.ci_low, metric.ci_high
    if low is None or high is None:
        return UNKNOWN
    return f"{delta_text(metric.metric, low)} … {delta_text(metric.metric, high)}"


def p_text(p: float | None) -> str:
    """A probability: ``0.031``, ``<0.001``."""
    if p is None:
        return UNKNOWN
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def effect_text(effect: float | None) -> str:
    """Cliff's delta with its sign: ``+0.64``."""
    return UNKNOWN if effect is None else f"{effect:+.2f}"


def needed_text(metric: GroupMetric) -> str:
    """How many more sessions would show the difference seen: ``7 more in A, 7 in B``."""
    if metric.more_a is None or metric.more_b is None:
        return "" if metric.needed_per_group is None else count(metric.needed_per_group)
    if max(metric.more_a, metric.more_b) > MOST_NEEDED:
        return "very many more"
    if metric.more_a == metric.more_b:
        return f"{metric.more_a:,} more each"
    return f"{metric.more_a:,} more in A, {metric.more_b:,} in B"


def tally_text(tally: Tally) -> str:
    """``3 better, 5 worse, 12 same``, and what else there is."""
    parts = [f"{tally.better} better", f"{tally.worse} worse", f"{tally.same} same"]
    if tally.different:
        parts.append(f"{tally.different} different")
    if tally.unknown:
        parts.append(f"{tally.unknown} unknown")
    return ", ".join(parts)


def group_summary(metrics: Iterable[GroupMetric]) -> str:
    """The answer of a comparison of groups, in a few sentences."""
    known = tuple(metrics)
    sentences = []
    for verdict, words in (
        (Verdict.BETTER, "B is better in"),
        (Verdict.WORSE, "B is worse in"),
        (Verdict.DIFFERENT, "B differs in"),
    ):
        found = [_shown(metric) for metric in known if metric.verdict is verdict]
        if found:
            sentences.append(f"{words} {', '.join(found)}.")
    for verdict, words in (
        (Verdict.NO_DIFFERENCE_SHOWN, "No difference is shown in"),
        (Verdict.TOO_FEW, "Too few sessions to tell about"),
    ):
        labels = [metric.metric.label for metric in known if metric.verdict is verdict]
        if labels:
            sentences.append(f"{words} {', '.join(labels)}.")
    return " ".join(sentences) or "There is nothing to compare."


def _shown(metric: GroupMetric) -> str:
    middle_a, middle_b = metric.median_a, metric.median_b
    if metric.metric.unit is Unit.RATE:
        middle_a, middle_b = metric.mean_a, metric.mean_b
    values = f"{value_text(metric.metric, middle_a)} → {value_text(metric.metric, middle_b)}"
    return f"{metric.metric.label} ({values})"


def _number(value: float) -> str:
    if value == round(value) and abs(value) < 1e15:
        return count(int(value))
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"
