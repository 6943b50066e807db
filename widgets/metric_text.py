"""Values of metrics, their differences and verdicts, fitted to cells and told by signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from queries.comparison_text import delta_text, part_text, value_text
from queries.models.comparison import Change, ComparedMetric, Direction, Metric, Unit, Value
from queries.text import short_count
from widgets.glyphs import Glyphs

CHANGE_ROLES: Final[Mapping[Change, str]] = {
    Change.BETTER: "ok",
    Change.WORSE: "error",
    Change.SAME: "muted",
    Change.DIFFERENT: "warning",
    Change.UNKNOWN: "muted",
}
"""The role that a change is drawn in; sign and word tell it too."""
_DIRECTIONS: Final[Mapping[Direction, str]] = {
    Direction.HIGHER: "more is better",
    Direction.LOWER: "less is better",
    Direction.NEUTRAL: "neither way is better",
}


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
    """Sign and word: ``▲ better``."""
    return f"{change_sign(change, glyphs)} {change.value}"


def short_value(metric: Metric, value: Value, width: int) -> str:
    """A value in its unit; a count that does not fit is shortened (``15k``)."""
    text = value_text(metric, value)
    if len(text) > width and metric.unit is Unit.COUNT and isinstance(value, int | float):
        return short_count(value)
    return text


def short_delta(metric: Metric, delta: float | None, width: int) -> str:
    """A difference with its sign; "" where there is none to tell."""
    if delta is None or metric.unit is Unit.WORD:
        return ""
    if not delta:
        return "0"
    text = delta_text(metric, delta)
    if len(text) > width and metric.unit is Unit.COUNT:
        return ("+" if delta > 0 else "-") + short_count(abs(delta))
    return text


def short_part(part: float | None) -> str:
    """A difference as a part of the baseline's value, in at most 8 cells; "" where unknown."""
    if not part:
        return ""
    if abs(part) >= 100:
        return f"{'+' if part > 0 else '-'}{short_count(abs(part) * 100)} %"
    return part_text(part)


def metric_sentence(row: ComparedMetric, index: int, baseline: int) -> str:
    """One session's value against the baseline's, and what is counted, in a line."""
    metric = row.metric
    parts = [f"{metric.label} {value_text(metric, row.values[index])}"]
    if index != baseline:
        parts.append(_against(row, index, baseline))
    meaning = metric.meaning.rstrip(".")
    if metric.unit is not Unit.WORD:
        meaning = f"{meaning}; {_DIRECTIONS[metric.direction]}"
    parts.append(meaning)
    return " · ".join(part for part in parts if part)


def _against(row: ComparedMetric, index: int, baseline: int) -> str:
    metric, change = row.metric, row.changes[index]
    before = value_text(metric, row.values[baseline])
    moved = short_delta(metric, row.deltas[index], 100)
    part = short_part(row.percents[index])
    moved = f"{moved} ({part})" if part else moved
    if change is Change.SAME and not row.deltas[index]:
        return f"same as {before}"
    return " ".join(word for word in (change.value, moved, "against", before) if word)
