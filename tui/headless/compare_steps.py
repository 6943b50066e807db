"""Two sessions step by step as a table for people."""

from __future__ import annotations

from queries.models.alignment import AlignedStep, Alignment, StepRelation
from queries.text import count, duration
from tui.headless.compare_headings import write_title
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


def write_steps(alignment: Alignment, *, markdown: bool, all_steps: bool) -> None:
    """The steps that differ, or with ``all_steps`` all of them, and how many there are."""
    show = write_markdown if markdown else write_text
    write_title("Steps", markdown)
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
