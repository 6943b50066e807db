"""Group A against group B: per metric what was seen, how sure it is, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Unpack

from queries.comparison_models import GroupComparison, GroupMetric, Unit, Verdict
from queries.text import UNKNOWN, count
from widgets.cells import Column
from widgets.line_table import Cell, LineTable
from widgets.line_view import ViewOptions
from widgets.metric_text import delta_text, value_text

VERDICT_ROLES: Final[Mapping[Verdict, str]] = {
    Verdict.BETTER: "ok",
    Verdict.WORSE: "error",
    Verdict.DIFFERENT: "warning",
    Verdict.NO_DIFFERENCE_SHOWN: "muted",
    Verdict.TOO_FEW: "muted",
}
_SHORT: Final[Mapping[Verdict, str]] = {Verdict.NO_DIFFERENCE_SHOWN: "not shown"}


def group_metric_name(row: GroupMetric) -> str:
    """What it is about: ``duration``, ``Read: success rate``."""
    return f"{row.subject}: {row.metric.label}" if row.subject else row.metric.label


def needed_text(row: GroupMetric) -> str:
    """How many more sessions each group needs: ``+12 +9``; "" where nothing can be said."""
    if row.more_a is None or row.more_b is None:
        return ""
    return f"+{count(row.more_a)} +{count(row.more_b)}"


def p_text(p: float | None) -> str:
    """A p value in at most six characters."""
    if p is None:
        return UNKNOWN
    if p < 0.0001:
        return "<.0001"
    return f"{p:.4f}".replace("0.", ".", 1) if p < 0.01 else f"{p:.2f}"


def group_sentence(row: GroupMetric) -> str:
    """The whole row in words."""
    unit = row.metric.unit
    is_rate = unit is Unit.RATE
    of_a, of_b = (row.mean_a, row.mean_b) if is_rate else (row.median_a, row.median_b)
    what = "" if is_rate else "median "
    parts = [
        (
            f"{group_metric_name(row)}: {what}{value_text(of_a, unit)} in A (n {row.n_a:,}), "
            f"{value_text(of_b, unit)} in B (n {row.n_b:,})"
        )
    ]
    if row.difference is not None and row.ci_low is not None and row.ci_high is not None:
        parts.append(f"difference {_with_interval(row)}")
    if row.effect is not None:
        parts.append(f"Cliff's delta {row.effect:+.2f}")
    if row.p is not None:
        parts.append(f"p {p_text(row.p)}, adjusted {p_text(row.p_adjusted)} ({row.test.value})")
    parts.append(row.verdict.value)
    if row.needed_per_group is not None:
        parts.append(
            f"a difference like this needs {count(row.needed_per_group)} sessions per group "
            f"(80 % power): {count(row.more_a)} more in A, {count(row.more_b)} more in B"
        )
    return " · ".join(parts)


def _with_interval(row: GroupMetric) -> str:
    unit = row.metric.unit
    return (
        f"{delta_text(row.difference, unit)} "
        f"({delta_text(row.ci_low, unit)} to {delta_text(row.ci_high, unit)})"
    )


class GroupTable(LineTable[GroupMetric]):
    """One line per metric of whole sessions, then per tool and per agent."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("metric", "metric", 24, 12, priority=100, flexible=True),
        Column("verdict", "B against A", 21, 11, priority=99),
        Column("a", "A", 8, 7, "right", priority=95),
        Column("b", "B", 8, 7, "right", priority=94),
        Column("difference", "change", 9, 8, "right", priority=90),
        Column("interval", "95 % interval", 19, 15, "right", priority=80),
        Column("p", "p adj", 6, 6, "right", priority=70),
        Column("n", "n A/B", 8, 5, "right", priority=85),
        Column("effect", "effect", 6, 6, "right", priority=50),
        Column("needed", "more A B", 11, 9, "right", priority=60),
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
        unit, is_rate = row.metric.unit, row.metric.unit is Unit.RATE
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
                return (delta_text(row.difference, unit, width), VERDICT_ROLES[row.verdict])
            case "interval":
                if row.ci_low is None or row.ci_high is None:
                    return (self.glyphs.dash, "muted")
                low, high = (delta_text(edge, unit, 8) for edge in (row.ci_low, row.ci_high))
                short = f"{low} .. {high}".replace(" pt ", " ")
                return (short, "muted")
            case "p":
                return (p_text(row.p_adjusted), "" if row.p_adjusted is not None else "muted")
            case "n":
                return (f"{row.n_a}/{row.n_b}", "muted")
            case "effect":
                return (UNKNOWN if row.effect is None else f"{row.effect:+.2f}", "muted")
            case _:
                return (needed_text(row), "muted")

    def _value(self, value: float | None, row: GroupMetric, width: int) -> Cell:
        return (value_text(value, row.metric.unit, width), "muted" if value is None else "")

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
