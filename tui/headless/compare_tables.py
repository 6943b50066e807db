"""Comparisons as tables for people, as aligned text or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from queries.comparison_models import (
    AlignedStep,
    Alignment,
    Change,
    ComparedAgent,
    ComparedMetric,
    ComparedTool,
    Comparison,
    GroupComparison,
    GroupMetric,
    Metric,
    StepRelation,
    Unit,
    Verdict,
)
from queries.comparison_text import (
    delta_text,
    effect_text,
    interval_text,
    needed_text,
    p_text,
    part_text,
    tally_text,
    value_text,
)
from queries.models import Interactions, Relation
from queries.text import UNKNOWN, count, duration, percent
from tui.headless.output import Column, write, write_markdown, write_text

LISTED = 60
"""Differing steps that are listed unless all steps are asked for."""
_SIGNS = {
    StepRelation.MATCHED: "=",
    StepRelation.CHANGED: "~",
    StepRelation.MOVED: ">",
    StepRelation.ONLY_A: "-",
    StepRelation.ONLY_B: "+",
}
_JUDGED = {Change.BETTER: "+ better", Change.WORSE: "! worse", Change.SAME: "= same",
           Change.DIFFERENT: "  different", Change.UNKNOWN: ""}  # fmt: skip


def write_comparison(
    comparison: Comparison,
    alignment: Alignment | None,
    relation: Relation,
    *,
    markdown: bool,
    all_steps: bool,
) -> None:
    """Sessions side by side; two of them step by step.

    Args:
        comparison: what was compared.
        alignment: of the two sessions, if there are two.
        relation: of the interactions.
        markdown: whether tables are Markdown's.
        all_steps: list equal steps as well.
    """
    show = write_markdown if markdown else write_text
    base = comparison.ids[comparison.baseline]
    if alignment is not None:
        write(f"{alignment.divergence[0].upper()}{alignment.divergence[1:]}\n")
    write(f"Against {base}: {tally_text(comparison.tally)}\n")
    _write_notes(comparison.notes)
    _title("Metrics", markdown)
    show(_metric_columns(comparison), comparison.metrics)
    _title("Tools", markdown)
    show(_tool_columns(comparison), comparison.tools)
    _title("Agents", markdown)
    show(_agent_columns(comparison), comparison.agents)
    _title(f"Interactions ({relation.value})", markdown)
    show(_interaction_columns(comparison, relation), _pairs(comparison, relation))
    if alignment is not None:
        _write_steps(alignment, markdown=markdown, all_steps=all_steps)


def write_groups(comparison: GroupComparison, *, markdown: bool) -> None:
    """Group A against group B."""
    show = write_markdown if markdown else write_text
    write(f"{comparison.summary}\n")
    for name, label, runs in (
        ("A", comparison.label_a, comparison.a),
        ("B", comparison.label_b, comparison.b),
    ):
        write(f"{name}: {label} ({len(runs):,} session{'s' * (len(runs) != 1)})\n")
    _write_notes(comparison.notes)
    for title, first, rows in (
        ("Metrics", "metric", comparison.metrics),
        ("Tools", "tool", comparison.tools),
        ("Agents", "agent", comparison.agents),
    ):
        _title(title, markdown)
        show(_group_columns(first), rows)


def _write_notes(notes: Iterable[str]) -> None:
    for note in notes:
        write(f"Note: {note}\n")


def _title(text: str, markdown: bool) -> None:
    write(f"\n## {text}\n\n" if markdown else f"\n{text}\n")


# -- sessions ---------------------------------------------------------------------------------


def _others(comparison: Comparison) -> list[int]:
    return [index for index in range(len(comparison.runs)) if index != comparison.baseline]


def _metric_columns(comparison: Comparison) -> list[Column[ComparedMetric]]:
    base = comparison.baseline
    columns: list[Column[ComparedMetric]] = [
        Column("metric", lambda row: row.metric.label),
        Column(
            comparison.ids[base],
            lambda row: value_text(row.metric, row.values[base]),
            number=True,
            verbatim=True,
        ),
    ]
    for index in _others(comparison):
        columns += _against(index, comparison.ids[index])
    return columns


def _against(index: int, name: str) -> list[Column[ComparedMetric]]:
    return [
        Column(name, lambda row: value_text(row.metric, row.values[index]), True, verbatim=True),
        Column("difference", lambda row: _difference(row, index), number=True),
        Column("%", lambda row: _part(row, index), number=True),
        Column("", lambda row: _JUDGED[row.changes[index]]),
    ]


def _difference(row: ComparedMetric, index: int) -> str:
    return "" if row.metric.unit is Unit.WORD else delta_text(row.metric, row.deltas[index])


def _part(row: ComparedMetric, index: int) -> str:
    return "" if row.metric.unit is Unit.WORD else part_text(row.percents[index])


def _tool_columns(comparison: Comparison) -> list[Column[ComparedTool]]:
    columns: list[Column[ComparedTool]] = [
        Column("tool", lambda row: row.tool),
        Column("operation", lambda row: row.operation or ""),
    ]
    for index, name in enumerate(comparison.ids):
        columns += _tool_cells(index, name)
    columns.append(Column("only in", lambda row: _only(comparison, row.only_in)))
    return columns


def _tool_cells(index: int, name: str) -> list[Column[ComparedTool]]:
    return [
        Column(f"{name} CALLS", lambda row: _of(row, index, "calls"), True, verbatim=True),
        Column("ok %", lambda row: _of(row, index, "success_rate"), number=True),
        Column("p95", lambda row: _of(row, index, "p95"), number=True),
    ]


def _of(row: ComparedTool, index: int, what: str) -> str:
    cell = row.cells[index]
    if cell is None:
        return UNKNOWN
    if what == "calls":
        return count(cell.calls)
    return percent(cell.success_rate) if what == "success_rate" else duration(cell.p95)


def _agent_columns(comparison: Comparison) -> list[Column[ComparedAgent]]:
    columns: list[Column[ComparedAgent]] = [Column("agent", lambda row: row.agent)]
    for index, name in enumerate(comparison.ids):
        columns += _agent_cells(index, name)
    columns.append(Column("only in", lambda row: _only(comparison, row.only_in)))
    return columns


def _agent_cells(index: int, name: str) -> list[Column[ComparedAgent]]:
    return [
        Column(
            f"{name} MESSAGES",
            lambda row: UNKNOWN if (cell := row.cells[index]) is None else count(cell.messages),
            number=True,
            verbatim=True,
        ),
        Column(
            "calls",
            lambda row: UNKNOWN if (cell := row.cells[index]) is None else count(cell.tool_calls),
            number=True,
        ),
    ]


def _only(comparison: Comparison, index: int | None) -> str:
    return "" if index is None else comparison.ids[index]


def _pairs(comparison: Comparison, relation: Relation) -> list[tuple[str, str]]:
    """Pairs that differ most first."""
    matrices = [run.interactions[relation] for run in comparison.runs]
    pairs = {pair: None for matrix in matrices for pair in matrix.counts}
    return sorted(
        pairs, key=lambda pair: (-_spread(matrices, pair), pair)
    )  # fmt: skip


def _spread(matrices: Sequence[Interactions], pair: tuple[str, str]) -> int:
    numbers = [matrix.counts.get(pair, 0) for matrix in matrices]
    return max(numbers) - min(numbers)


def _interaction_columns(
    comparison: Comparison, relation: Relation
) -> list[Column[tuple[str, str]]]:
    columns: list[Column[tuple[str, str]]] = [
        Column("from", lambda pair: pair[0]),
        Column("to", lambda pair: pair[1]),
    ]
    base = comparison.runs[comparison.baseline].interactions[relation]
    columns.append(_counts(base, comparison.ids[comparison.baseline]))
    for index in _others(comparison):
        columns.append(
            _counts(comparison.runs[index].interactions[relation], comparison.ids[index])
        )
        columns.append(_signed(comparison.interaction_deltas[index][relation]))
    return columns


def _counts(matrix: Interactions, name: str) -> Column[tuple[str, str]]:
    return Column(name, lambda pair: count(matrix.counts.get(pair, 0)), True, verbatim=True)


def _signed(matrix: Interactions) -> Column[tuple[str, str]]:
    return Column("difference", lambda pair: f"{matrix.counts.get(pair, 0):+,}", number=True)


# -- steps ------------------------------------------------------------------------------------


def _write_steps(alignment: Alignment, *, markdown: bool, all_steps: bool) -> None:
    show = write_markdown if markdown else write_text
    _title("Steps", markdown)
    write(
        f"{alignment.matched:,} the same (~ {alignment.changed:,} changed, > {alignment.moved:,} "
        f"moved, - {alignment.only_a:,} only in {alignment.a_id}, + {alignment.only_b:,} only in "
        f"{alignment.b_id}; {alignment.outcomes:,} ended differently). {alignment.method} "
        f"{alignment.caution}\n\n"
    )
    lines = [line for line in alignment.lines if all_steps or line.differs]
    listed = lines if all_steps else lines[:LISTED]
    if listed:
        show(_step_columns(alignment), listed)
    if len(listed) < len(lines):
        write(f"({len(lines) - len(listed):,} more differences: --steps lists all steps)\n")


def _step_columns(alignment: Alignment) -> list[Column[AlignedStep]]:
    return [
        Column("", lambda line: _SIGNS[line.relation]),
        Column("step", lambda line: _number(line.a), number=True),
        Column(alignment.a_id, lambda line: _step(alignment, line, line.a, None), verbatim=True),
        Column("step", lambda line: _number(line.b), number=True),
        Column(alignment.b_id, lambda line: _step(alignment, line, None, line.b), verbatim=True),
        Column("slower by", lambda line: _slower(line.duration_delta), number=True),
        Column("", lambda line: _remark(alignment, line)),
    ]


def _number(index: int | None) -> str:
    return "" if index is None else count(index + 1)


def _step(alignment: Alignment, line: AlignedStep, a: int | None, b: int | None) -> str:
    if a is None and b is None:
        return ""
    step = alignment.steps_a[a] if a is not None else alignment.steps_b[b or 0]
    return f"{step.text} ({step.event.state.value})" if line.outcome_differs else step.text


def _slower(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return duration(seconds) if seconds <= 0 else f"+{duration(seconds)}"


def _remark(alignment: Alignment, line: AlignedStep) -> str:
    if line.counterpart is None:
        return line.detail
    other = alignment.b_id if line.a is not None else alignment.a_id
    return f"step {line.counterpart + 1:,} of {other}"


# -- groups -----------------------------------------------------------------------------------


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
