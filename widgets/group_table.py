"""Group A against group B: per metric what was seen, how sure it is, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Unpack

from queries.comparison_text import (
    delta_text,
    effect_text,
    interval_text,
    needed_text,
    p_text,
    value_text,
)
from queries.models.comparison import Unit
from queries.models.groups import GroupComparison, GroupMetric, Verdict
from queries.plain_data import replace
from widgets.cells import Column, Placed, layout
from widgets.line_table import LineTable
from widgets.line_view import ViewOptions
from widgets.metric_text import short_delta, short_value
from widgets.table_text import Cell

VERDICT_ROLES: Final[Mapping[Verdict, str]] = {
    Verdict.BETTER: "ok",
    Verdict.WORSE: "error",
    Verdict.DIFFERENT: "warning",
    Verdict.NO_DIFFERENCE_SHOWN: "muted",
    Verdict.TOO_FEW: "muted",
}
_SHORT: Final[Mapping[Verdict, str]] = {Verdict.NO_DIFFERENCE_SHOWN: "not shown"}
_WIDE: Final = 110
"""Cells from which names and verdicts are shown in full."""
_FULL: Final = ("metric", "verdict")


def group_metric_name(row: GroupMetric) -> str:
    """What it is about: ``duration``, ``Read: success rate``."""
    return f"{row.subject}: {row.metric.label}" if row.subject else row.metric.label


def group_sentence(row: GroupMetric) -> str:
    """The whole row in words."""
    metric, is_rate = row.metric, row.metric.unit is Unit.RATE
    of_a, of_b = (row.mean_a, row.mean_b) if is_rate else (row.median_a, row.median_b)
    a, b = value_text(metric, of_a), value_text(metric, of_b)
    what = "" if is_rate else "median "
    parts = [f"{group_metric_name(row)}: {what}{a} in A (n {row.n_a:,}), {b} in B (n {row.n_b:,})"]
    if row.difference is not None:
        interval = "" if row.ci_low is None else f" (95 % interval {interval_text(row)})"
        parts.append(f"{delta_text(metric, row.difference)}{interval}")
    if row.effect is not None:
        parts.append(f"Cliff's delta {effect_text(row.effect)}")
    if row.p is not None:
        parts.append(f"p {p_text(row.p)}, adjusted {p_text(row.p_adjusted)} ({row.test.value})")
    parts.append(row.verdict.value)
    needed = needed_text(row)
    if needed and row.needed_per_group is not None:
        parts.append(f"to show a difference like this with 80 % power: {needed}")
    return " · ".join(parts)


class GroupTable(LineTable[GroupMetric]):
    """One line per metric of whole sessions, then per tool and per agent."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("metric", "metric", 26, 20, priority=100, flexible=True),
        Column("verdict", "B against A", 21, 11, priority=99),
        Column("a", "A", 8, 7, "right", priority=95),
        Column("b", "B", 8, 7, "right", priority=94),
        Column("difference", "change", 9, 9, "right", priority=90),
        Column("interval", "95 % interval", 19, 15, "right", priority=80),
        Column("p", "p adj", 6, 6, "right", priority=70),
        Column("n", "n A/B", 9, 7, "right", priority=65),
        Column("effect", "effect", 6, 6, "right", priority=50),
        Column("needed", "more needed", 15, 11, "right", priority=60),
        Column("mean_a", "mean A", 8, 8, "right", priority=30),
        Column("mean_b", "mean B", 8, 8, "right", priority=30),
    )

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        options.setdefault("empty_text", "Nothing to compare.")
        super().__init__(**options)
        self._comparison: GroupComparison | None = None

    def show_groups(self, comparison: GroupComparison) -> None:
        """Show all metrics of a comparison; the cursor stays on its metric."""
        self._comparison = comparison
        self.show((*comparison.metrics, *comparison.tools, *comparison.agents))

    def placed(self) -> tuple[Placed, ...]:
        """The columns shown; verdicts in full before further columns, where there is room."""
        if self._placed_width != self.text_width and self.text_width >= _WIDE:
            self._placed_width, self._cells = self.text_width, {}
            columns = (
                replace(column, min_width=column.width if column.name in _FULL else column.least)
                for column in self.COLUMNS
            )
            self._placed = layout(tuple(columns), self.text_width)
        return super().placed()

    def row_key(self, row: GroupMetric) -> str:
        """Name and subject."""
        return f"{row.metric.name}\n{row.subject}"

    def next_difference(self, step: int) -> bool:
        """Move to the next (1) or previous (-1) metric with a difference shown, round the end."""
        shown = (Verdict.BETTER, Verdict.WORSE, Verdict.DIFFERENT)
        for distance in range(1, len(self.rows) + 1):
            index = (self.cursor + step * distance) % len(self.rows)
            if self.rows[index].verdict in shown:
                self.move_to(index)
                return True
        return False

    def text_under_cursor(self) -> str:
        """The row in words."""
        return "" if self.current is None else group_sentence(self.current)

    def cell(self, row: GroupMetric, column: str, width: int) -> Cell:
        """One cell of the table."""
        is_rate = row.metric.unit is Unit.RATE
        match column:
            case "metric":
                return (group_metric_name(row), "")
            case "verdict":
                return (self._verdict(row.verdict, width), VERDICT_ROLES[row.verdict])
            case "a":
                return self._value(row.mean_a if is_rate else row.median_a, row, width)
            case "b":
                return self._value(row.mean_b if is_rate else row.median_b, row, width)
            case "mean_a":
                return self._value(row.mean_a, row, width)
            case "mean_b":
                return self._value(row.mean_b, row, width)
            case "difference":
                return (short_delta(row.metric, row.difference, width), VERDICT_ROLES[row.verdict])
            case "interval":
                text = interval_text(row).replace(" pt", "")
                return (text, "muted")
            case "p":
                return (p_text(row.p_adjusted), "" if row.p_adjusted is not None else "muted")
            case "n":
                return (f"{row.n_a}/{row.n_b}", "muted")
            case "effect":
                return (effect_text(row.effect), "muted")
            case _:
                return (needed_text(row).replace(" more", ""), "muted")

    def _value(self, value: float | None, row: GroupMetric, width: int) -> Cell:
        return (short_value(row.metric, value, width), "muted" if value is None else "")

    def _verdict(self, verdict: Verdict, width: int) -> str:
        glyphs = self.glyphs
        sign = {
            Verdict.BETTER: glyphs.better,
            Verdict.WORSE: glyphs.worse,
            Verdict.DIFFERENT: glyphs.differs,
            Verdict.NO_DIFFERENCE_SHOWN: glyphs.same,
        }.get(verdict, glyphs.unknown)
        word = verdict.value if width >= 21 else _SHORT.get(verdict, verdict.value)
        return f"{sign} {word}"
