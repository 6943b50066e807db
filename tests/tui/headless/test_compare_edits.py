"""Sessions that differ in one known way, in every dialect: what the command says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.queries.runs import (
    ARGUMENT,
    DIALECTS,
    DROPPED,
    FAILING,
    PLAN,
    SPOKEN,
    SWAPPED,
    WITHOUT_ARGUMENTS,
    Do,
    write_runs,
)
from tests.tui.headless.conftest import Run

NUMBERS = ("matched", "changed", "moved", "only_a", "only_b", "outcome_differs")
TWICE = (*PLAN[:4], PLAN[3], *PLAN[4:])
SHORTER = PLAN[:-1]
MENDED = PLAN
BLOCKS = (*PLAN[2:4], *PLAN[:2], *PLAN[4:])
"""The first two steps and the two after them in each other's place."""
WHOLE_INPUTS = ("heist-session", "htmlgraph-0.35", "htmlgraph-0.35-init")
"""Dialects whose stores keep more of what a tool was asked for than fits into a line."""
EDITS: dict[str, tuple[Sequence[Do], Sequence[Do], tuple[int, ...], int | None, str]] = {
    "nothing": (PLAN, PLAN, (7, 0, 0, 0, 0, 0), None, ""),
    "one dropped": (PLAN, DROPPED, (6, 0, 0, 1, 0, 0), 3, "only_a"),
    "one added": (DROPPED, PLAN, (6, 0, 0, 0, 1, 0), 3, "only_b"),
    "the last dropped": (PLAN, SHORTER, (6, 0, 0, 1, 0, 0), 7, "only_a"),
    "two swapped": (PLAN, SWAPPED, (6, 0, 1, 0, 0, 0), 3, "moved"),
    "two blocks swapped": (PLAN, BLOCKS, (5, 0, 2, 0, 0, 0), 1, "moved"),
    "one argument": (PLAN, ARGUMENT, (6, 1, 0, 0, 0, 0), 3, "changed"),
    "other words": (PLAN, SPOKEN, (6, 1, 0, 0, 0, 0), 2, "changed"),
    "one failing": (PLAN, FAILING, (7, 0, 0, 0, 0, 1), 6, "matched"),
    "one mended": (FAILING, MENDED, (7, 0, 0, 0, 0, 1), 6, "matched"),
    "one twice": (PLAN, TWICE, (7, 0, 0, 0, 1, 0), 5, "only_b"),
}
"""Both sessions; matched, changed, moved, only_a, only_b and outcomes; where they part and how."""


def aligned(run: Run, path: Path) -> dict[str, Any]:
    told: dict[str, Any] = run("compare", path, "one", "other", "--json").json["alignment"]
    return told


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_edit_is_all_that_is_told(run: Run, tmp_path: Path, dialect: str, edit: str) -> None:
    one, other, numbers, step, relation = EDITS[edit]
    if edit == "one argument" and dialect in WITHOUT_ARGUMENTS:
        numbers, step = (7, 0, 0, 0, 0, 0), None
    told = aligned(run, write_runs(tmp_path / "s.db", dialect, one=one, other=other))
    prompts_part = edit == "two blocks swapped" and "htmlgraph" in dialect
    if not prompts_part:
        assert tuple(told[name] for name in NUMBERS) == numbers
    if step is None:
        assert told["first_divergence"] is None
        return
    first = told["first_divergence"]
    assert first["step"] == step
    assert first["text"].startswith(f"part at step {step}: ")
    assert told["steps"][first["line"]]["relation"] == relation
    for side, plan in (("a", one), ("b", other)):
        numbered = [line[side]["number"] for line in told["steps"] if line[side] is not None]
        assert numbered == list(range(1, len(plan) + 1))


@pytest.mark.parametrize("dialect", WHOLE_INPUTS)
def test_an_argument_that_the_line_does_not_show(run: Run, tmp_path: Path, dialect: str) -> None:
    """Two calls that only differ behind what fits into a line are not the same."""
    long = "x" * 600
    plan = (*PLAN[:5], replace(PLAN[5], text=f"{long} one"), PLAN[6])
    changed = (*PLAN[:5], replace(PLAN[5], text=f"{long} two"), PLAN[6])
    path = write_runs(tmp_path / "s.db", dialect, one=plan, other=changed)
    told = aligned(run, path)
    assert (told["matched"], told["changed"]) == (6, 1)
    assert told["first_divergence"]["step"] == 6


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_other_way_round_is_the_mirror(run: Run, tmp_path: Path, dialect: str) -> None:
    path = write_runs(tmp_path / "s.db", dialect, one=PLAN, other=DROPPED, failing=FAILING)
    there = run("compare", path, "one", "other", "--json").json["alignment"]
    back = run("compare", path, "one", "other", "--baseline", "other", "--json").json["alignment"]
    assert (there["a"], back["a"]) == ("one", "other")
    assert (there["only_a"], there["only_b"]) == (back["only_b"], back["only_a"]) == (1, 0)
    errors = next(
        metric
        for metric in run("compare", path, "one", "failing", "--json").json["metrics"]
        if metric["name"] == "errors"
    )
    assert errors["deltas"] == {"one": 0, "failing": 1}
    assert errors["changes"]["failing"] == "worse"
