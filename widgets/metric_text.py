"""Values of metrics, their differences and verdicts, as short texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from queries.comparison_models import Change, ComparedMetric, Direction, Unit, Value
from queries.text import UNKNOWN, count, duration, percent, short_count
from widgets.glyphs import Glyphs

CHANGE_ROLES: Final[Mapping[Change, str]] = {
    Change.BETTER: "ok",
    Change.WORSE: "error",
    Change.SAME: "muted",
    Change.DIFFERENT: "warning",
    Change.UNKNOWN: "muted",
}
"""The role that a change is drawn in; sign and word tell it too."""


def change_sign(change: Change, glyphs: Glyphs) -> str:
    """One cell that tells a change."""
    match change:
        case Change.BETTER:
            return glyphs.better
        case Change.WORSE:
            return glyphs.worse
        case Change.SAME:
            return glyphs.same
        case Change.DIFFERENT:
            return glyphs.differs
        case _:
            return glyphs.dash


def change_text(change: Change, glyphs: Glyphs) -> str:
    """Sign and word: ``▲ better``; of the unknown only the sign."""
    sign = change_sign(change, glyphs)
    return sign if change is Change.UNKNOWN else f"{sign} {change.value}"


def value_text(value: Value, unit: Unit, width: int = 100) -> str:
    """A value in its unit: ``15,359``, ``4m12s``, ``97.2 %``, ``$0.12``.

    Counts that do not fit into ``width`` are shortened (``15k``).
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    match unit:
        case Unit.COUNT:
            return _count_text(value, width)
        case Unit.SECONDS:
            return duration(value)
        case Unit.RATE:
            return f"{percent(value)} %"
        case Unit.DOLLARS:
            return _dollars(value)
        case _:
            return f"{value:.3g}" if abs(value) < 1000 else _count_text(value, width)


def delta_text(delta: float | None, unit: Unit, width: int = 100) -> str:
    """A difference with its sign: ``+7``, ``-1m02s``, ``+2.5 pt`` (points of a percentage)."""
    if delta is None:
        return ""
    if not delta:
        return "0"
    sign = "+" if delta > 0 else "-"
    if unit is Unit.RATE:
        points = f"{abs(delta) * 100:.1f}"
        return f"{sign}{points if points != '0.0' else '<0.1'} pt"
    return sign + value_text(abs(delta), unit, width - 1)


def percent_text(part: float | None) -> str:
    """A difference as a part of the baseline's value: ``+12 %``, ``+0.4 %``; "" if unknown."""
    if part is None or not part:
        return ""
    number = abs(part) * 100
    sign = "+" if part > 0 else "-"
    if number < 0.05:
        return f"{sign}<0.1 %"
    shown = f"{number:.1f}" if number < 9.95 else short_count(number)
    return f"{sign}{shown} %"


def direction_text(direction: Direction) -> str:
    """Which way is better, in words."""
    match direction:
        case Direction.HIGHER:
            return "more is better"
        case Direction.LOWER:
            return "less is better"
        case _:
            return "neither way is better"


def metric_sentence(row: ComparedMetric, index: int, baseline: int) -> str:
    """One session's value against the baseline's, and what is counted, in a line."""
    metric = row.metric
    now = value_text(row.values[index], metric.unit)
    parts = [f"{metric.label} {now}"]
    if index != baseline:
        parts.append(_against(row, index, baseline))
    parts.append(f"{metric.meaning.rstrip('.')} ({direction_text(metric.direction)}).")
    return " · ".join(part for part in parts if part)


def _against(row: ComparedMetric, index: int, baseline: int) -> str:
    before = value_text(row.values[baseline], row.metric.unit)
    delta = delta_text(row.deltas[index], row.metric.unit)
    part = percent_text(row.percents[index])
    moved = f"{delta} ({part})" if part else delta
    change = row.changes[index]
    verdict = "" if change is Change.UNKNOWN else change.value
    return " ".join(word for word in (verdict, moved, "from", before) if word)


def _count_text(value: float, width: int) -> str:
    if value != int(value):
        return f"{value:,.1f}"
    exact = count(int(value))
    return exact if len(exact) <= width else short_count(value)


def _dollars(value: float) -> str:
    sign = "-" if value < 0 else ""
    value = abs(value)
    if 0 < value < 0.0095:
        return f"{sign}${value:.4f}"
    return f"{sign}${value:,.2f}"
