"""Two groups of sessions as tables for people."""

from __future__ import annotations

from queries.comparison_text import (
    delta_text,
    effect_text,
    interval_text,
    needed_text,
    p_text,
    value_text,
)
from queries.models.comparison import (
    Metric,
    Unit,
)
from queries.models.groups import GroupComparison, GroupMetric, Verdict
from queries.text import count, many
from tui.headless.compare_headings import write_notes, write_title
from tui.headless.output import Column, write, write_markdown, write_text


def write_groups(comparison: GroupComparison, *, markdown: bool) -> None:
    """Group A against group B."""
    show = write_markdown if markdown else write_text
    write(f"{comparison.summary}\n")
    for name, label, runs in (
        ("A", comparison.label_a, comparison.a),
        ("B", comparison.label_b, comparison.b),
    ):
        write(f"{name}: {label} ({many(len(runs), 'session')})\n")
    write_notes(comparison.notes)
    for title, first, rows in (
        ("Metrics", "metric", comparison.metrics),
        ("Tools", "tool", comparison.tools),
        ("Agents", "agent", comparison.agents),
    ):
        write_title(title, markdown)
        show(_group_columns(first), rows)


def _group_columns(first: str) -> list[Column[GroupMetric]]:
    columns: list[Column[GroupMetric]] = []
    if first != "metric":
        columns.append(Column(first, lambda row: row.subject))
    return [
        *columns,
        Column("metric", lambda row: row.metric.label),
        Column("n A", lambda row: count(row.n_a), number=True),
        Column("n B", lambda row: count(row.n_b), number=True),
        Column("A", lambda row: _middle(row.metric, row.mean_a, row.median_a), number=True),
        Column("B", lambda row: _middle(row.metric, row.mean_b, row.median_b), number=True),
        Column("mean A", lambda row: value_text(row.metric, row.mean_a), number=True),
        Column("mean B", lambda row: value_text(row.metric, row.mean_b), number=True),
        Column("B - A", lambda row: delta_text(row.metric, row.difference), number=True),
        Column("95 % interval", interval_text, number=True),
        Column("effect", lambda row: effect_text(row.effect), number=True),
        Column("p", lambda row: p_text(row.p), number=True),
        Column("p (Holm)", lambda row: p_text(row.p_adjusted), number=True),
        Column("verdict", _verdict),
    ]


def _middle(metric: Metric, mean: float | None, median: float | None) -> str:
    """The median; of a rate the proportion."""
    return value_text(metric, mean if metric.unit is Unit.RATE else median)


def _verdict(row: GroupMetric) -> str:
    needed = needed_text(row)
    shown = row.verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.DIFFERENT)
    return row.verdict.value if shown or not needed else f"{row.verdict.value} ({needed})"
