"""Two groups of values on one axis: every value as a point, and a box over the middle half."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final, Unpack

from rich.segment import Segment

from queries.comparison_text import value_text
from queries.models.comparison import Metric, Unit
from queries.models.groups import GroupMetric
from widgets.cells import fit
from widgets.glyphs import UNICODE, Glyphs
from widgets.line_view import LineView, ViewOptions

LINES: Final = 6
"""Lines of the plot: box and points of A, of B, the axis and its labels."""
_LABEL: Final = 2
_MANY: Final = "2345678"


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the sorted values lie, interpolated between two."""
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def strip_lines(
    values_a: Sequence[float],
    values_b: Sequence[float],
    metric: Metric,
    width: int,
    glyphs: Glyphs = UNICODE,
) -> list[str]:
    """The plot as :data:`LINES` lines of at most ``width`` cells; none without values.

    Of each group a box from the lower to the upper quartile with ``|`` at the median and lines
    to the extremes, and below it the values: a point for one, a digit (or "#") for several.
    """
    both = [*values_a, *values_b]
    room = width - _LABEL - 1
    if not both or room < 10:
        return []
    low, high = min(both), max(both)
    if low == high:
        around = abs(low) / 2 or 0.5
        low, high = (0.0, 1.0) if metric.unit is Unit.RATE else (low - around, high + around)
    lines: list[str] = []
    for name, values in (("A", values_a), ("B", values_b)):
        places = [round((value - low) / (high - low) * (room - 1)) for value in sorted(values)]
        lines.append(f"{name} {_box(sorted(values), low, high, room, glyphs)}".rstrip())
        lines.append(f"  {_points(places, room, glyphs)}".rstrip())
    lines += _axis(low, high, metric, room, glyphs)
    return lines


def _box(ordered: Sequence[float], low: float, high: float, room: int, glyphs: Glyphs) -> str:
    if not ordered:
        return "no values"
    cells = [" "] * room
    line, half, full, middle = ("-", "[", "]", "|") if glyphs.is_ascii else ("─", "┤", "├", "┃")
    marks = [
        round((quantile(ordered, part) - low) / (high - low) * (room - 1))
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    cells[marks[0] : marks[4] + 1] = [line] * (marks[4] + 1 - marks[0])
    inside = "=" if glyphs.is_ascii else "░"
    cells[marks[1] : marks[3] + 1] = [inside] * (marks[3] + 1 - marks[1])
    cells[marks[1]], cells[marks[3]] = half, full
    cells[marks[2]] = middle
    return "".join(cells)


def _points(places: Sequence[int], room: int, glyphs: Glyphs) -> str:
    counts = dict.fromkeys(range(room), 0)
    for place in places:
        counts[place] += 1
    signs = (" ", glyphs.point, *_MANY)
    return "".join(signs[number] if number < len(signs) else "#" for number in counts.values())


def _axis(low: float, high: float, metric: Metric, room: int, glyphs: Glyphs) -> list[str]:
    rule, tick = ("-", "+") if glyphs.is_ascii else ("─", "┴")
    ticks = {0: low, (room - 1) // 2: (low + high) / 2, room - 1: high}
    line = [rule] * room
    labels = [" "] * room
    for place, value in ticks.items():
        line[place] = tick
        text = value_text(metric, _rounded(value, metric.unit))
        start = max(0, min(place - len(text) // 2, room - len(text)))
        labels[start : start + len(text)] = text
    return [f"  {''.join(line)}", f"  {''.join(labels)}"]


def _rounded(value: float, unit: Unit) -> float:
    return float(round(value)) if unit is Unit.COUNT and abs(value) >= 10 else round(value, 4)


class StripPlot(LineView, can_focus=False, inherit_bindings=False):
    """The distribution of one metric in two groups. Takes no focus."""

    CURSOR_LINE = False
    DEFAULT_CSS = "StripPlot { overflow-y: hidden; height: 7; }"
    ROLES: ClassVar[tuple[str, ...]] = ("", "accent", "", "accent", "muted", "muted")

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct a plot without values."""
        options.setdefault("empty_text", "No values to draw.")
        super().__init__(**options)
        self._metric: GroupMetric | None = None

    def show_metric(self, metric: GroupMetric | None) -> None:
        """Draw another metric; None draws nothing."""
        self._metric = metric
        self.set_view(1 + LINES if self._drawable() else 0)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.set_view(1 + LINES if self._drawable() else 0)

    def line_key(self, index: int) -> Hashable:
        """The metric's values and the line."""
        metric = self._metric
        return None if metric is None else (metric.metric.name, metric.subject, index, metric)

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """One line of the plot, below the metric's name."""
        del is_cursor
        metric = self._metric
        if metric is None:
            return []
        if index == 0:
            name = " · ".join(filter(None, (metric.subject, metric.metric.label)))
            title = f"{name}: one point per session, box over the middle half"
            return [Segment(fit(title, width, "left", self.glyphs.ellipsis), self.role("strong"))]
        lines = self._lines(width)
        text = lines[index - 1] if index <= len(lines) else ""
        return [Segment(text, self.role(self.ROLES[index - 1]))]

    def lines_as_text(self) -> list[str]:
        """The plot, 100 cells wide."""
        return self._lines(100)

    def _drawable(self) -> bool:
        return bool(self._lines(max(self.text_width, 0)))

    def _lines(self, width: int) -> list[str]:
        metric = self._metric
        if metric is None:
            return []
        return strip_lines(metric.values_a, metric.values_b, metric.metric, width, self.glyphs)
