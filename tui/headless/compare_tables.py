"""Sessions side by side as tables for people, as aligned text or Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from queries.comparison_text import (
    delta_text,
    part_text,
    tally_text,
    value_text,
)
from queries.models import Interactions, Relation
from queries.models.alignment import Alignment
from queries.models.comparison import (
    Change,
    ComparedAgent,
    ComparedMetric,
    ComparedTool,
    Comparison,
    Unit,
)
from queries.text import UNKNOWN, count, duration, percent
from tui.headless.compare_headings import write_notes, write_title
from tui.headless.compare_steps import write_steps
from tui.headless.output import Column, write, write_markdown, write_text

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
        told = alignment.divergence
        parted = alignment.first_divergence is not None
        write(f"They {told}\n" if parted else f"{told[0].upper()}{told[1:]}\n")
    write(f"Against {base}: {tally_text(comparison.tally)}\n")
    write_notes(comparison.notes)
    write_title("Metrics", markdown)
    show(_metric_columns(comparison), comparison.metrics)
    write_title("Tools", markdown)
    show(_tool_columns(comparison), comparison.tools)
    write_title("Agents", markdown)
    show(_agent_columns(comparison), comparison.agents)
    write_title(f"Interactions ({relation.value})", markdown)
    show(_interaction_columns(comparison, relation), _pairs(comparison, relation))
    if alignment is not None:
        write_steps(alignment, markdown=markdown, all_steps=all_steps)


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
