"""Metrics of several sessions side by side, each judged against the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Unpack

from queries.models.comparison import Change, ComparedMetric, Comparison
from widgets.column_plan import Part
from widgets.line_view import ViewOptions
from widgets.metric_text import (
    CHANGE_ROLES,
    change_sign,
    change_text,
    metric_sentence,
    short_delta,
    short_part,
    short_value,
)
from widgets.session_columns import Cell, SessionColumns

FILTERS: tuple[Change | None, ...] = (
    None,
    Change.BETTER,
    Change.WORSE,
    Change.DIFFERENT,
    Change.SAME,
)
"""What the table can be reduced to, in the order in which one key goes through them."""


class ComparisonTable(SessionColumns[ComparedMetric]):
    """One line per metric."""

    NAME_TITLE: ClassVar[str] = "metric"
    PARTS: ClassVar[tuple[Part, ...]] = (
        Part("value", "value", 9),
        Part("delta", "change", 9, level=2, baseline=False),
        Part("percent", "%", 8, level=1, baseline=False),
        Part("sign", "", 1, "left", baseline=False),
        Part("word", "verdict", 9, "left", level=2, baseline=False),
    )

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        super().__init__(**options)
        self._only: Change | None = None
        self._all: tuple[ComparedMetric, ...] = ()

    def show_comparison(self, comparison: Comparison, titles: Sequence[str]) -> None:
        """Show the metrics of these sessions; cursor and filter stay."""
        self._all = comparison.metrics
        self.show_rows(self._chosen(comparison.baseline), titles, comparison.baseline)

    def show_only(self, change: Change | None) -> None:
        """Show only metrics in which a session changed this way; None shows all."""
        self._only = change
        self.empty_text = (
            "Nothing to compare." if change is None else f"No metric is {change.value}."
        )
        self.show_rows(self._chosen(self._baseline), self._titles, self._baseline)

    @property
    def only(self) -> Change | None:
        """The change that the table is reduced to; None for all."""
        return self._only

    def differs(self, row: ComparedMetric, session: int) -> bool:
        """Whether it is known not to be the same."""
        return row.changes[session] in (Change.BETTER, Change.WORSE, Change.DIFFERENT)

    def _chosen(self, baseline: int) -> list[ComparedMetric]:
        if self._only is None:
            return list(self._all)
        return [
            row
            for row in self._all
            if any(
                change is self._only and session != baseline
                for session, change in enumerate(row.changes)
            )
        ]

    def row_name(self, row: ComparedMetric) -> str:
        """The metric's label."""
        return row.metric.label

    def cell(self, row: ComparedMetric, session: int, part: str, width: int) -> Cell:
        """Value, difference, percentage, sign or verdict."""
        change = row.changes[session]
        role = CHANGE_ROLES[change] if session != self._baseline else ""
        match part:
            case "value":
                value = row.values[session]
                return (short_value(row.metric, value, width), "muted" if value is None else "")
            case "delta":
                return (short_delta(row.metric, row.deltas[session], width), role)
            case "percent":
                return (short_part(row.percents[session]), role)
            case "sign":
                return (change_sign(change, self.glyphs), role)
            case _:
                return ("" if change is Change.UNKNOWN else change.value, role)

    def line_text(self, index: int) -> str:
        """The metric with each session's value and verdict."""
        row = self._rows[index]
        parts = [row.metric.label, short_value(row.metric, row.values[self._baseline], 100)]
        for session in self.others:
            parts.append(short_value(row.metric, row.values[session], 100))
            parts.append(short_delta(row.metric, row.deltas[session], 100))
            parts.append(change_text(row.changes[session], self.glyphs))
        return "  ".join(part for part in parts if part)

    def sentence(self, row: ComparedMetric, session: int) -> str:
        """The session's value, how it differs, and what is counted."""
        return metric_sentence(row, session, self._baseline)
