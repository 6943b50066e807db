from __future__ import annotations

from datetime import UTC

import pytest

from queries.models.delegations import DelegationStatus, DelegationWork
from tests.widgets.handings import NOON, chain, chains
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.delegation_list import DelegationList, chain_lines
from widgets.glyphs import ASCII


def pane(**options: object) -> DelegationList:
    return DelegationList(zone=UTC, **options)  # type: ignore[arg-type]  # options of the view


async def test_chains_are_trees_each_delegation_once() -> None:
    view = pane()
    async with on_stage(view, (160, 9)) as stage:
        view.show_chains(chains())
        await stage.settle()
        at = stage.lines()[0].index("task")
        who = [line[:at].rstrip() for line in stage.lines()]
        assert who[1:7] == [
            "✓ planner → explorer",
            "├ ✓ explorer → coder",
            "│ └ ✗ explorer → tester",
            "└ ✓ explorer → coder",
            "● planner → explorer (gemini)",
            "⊘ planner → explorer",
        ]
        words = [" ".join(line[at:].split()) for line in stage.lines()]
        assert words[1].startswith("task 1 completed 1m00s 12 2 sub-1 +1")
        assert words[3].startswith("task 3 failed 1m00s — —")


async def test_what_runs_says_for_how_long_and_the_end_is_never_now() -> None:
    view = pane()
    async with on_stage(view, (160, 9)) as stage:
        view.show_chains(chains())
        view.tick(NOON + 5 + 90)
        await stage.settle()
        lines = stage.lines()
        assert "1m30s" in lines[5]
        assert "never ended" in lines[6]
        assert "1m" not in lines[6][60:]
        with stage.repaints() as drawn:
            view.tick(NOON + 5 + 91)
            await stage.settle()
        assert drawn == [5]


async def test_moving_in_the_tree() -> None:
    view = pane()
    async with on_stage(view, (160, 9)) as stage:
        view.move_left()
        view.move_right()
        view.show_chains(chains())
        assert view.go_to((0, 3))
        view.move_left()
        assert view.current_key == "0:2"
        view.move_left()
        view.move_left()
        assert view.current_key == "0:1"
        view.move_right()
        assert view.current_key == "0:2"
        assert view.next_error(1)
        assert view.current_key == "0:3"
        assert view.next_error(1)
        assert view.current_key == "0:6"
        assert view.next_error(1)
        assert view.current_key == "0:3"
        view.open_current()
        await stage.settle()
        assert [said.chain.delegation.id for said in stage.said(DelegationList.Opened)] == ["d3"]


async def test_the_cursor_stays_on_its_delegation() -> None:
    view = pane()
    async with on_stage(view, (160, 9)):
        view.show_chains(chains())
        view.go_to((0, 5))
        view.show_chains((chain(9), *chains()))
        assert view.current_key == "0:5"


async def test_the_whole_line_in_words() -> None:
    view = pane()
    async with on_stage(view, (40, 9)):
        view.show_chains(chains())
        assert view.line_text(0) == (
            "planner → explorer: task 1 · completed · 2023-11-14 22:13:21 · took 1m00s · "
            "below it 12 events, 9 calls, 2 errors, 2 levels · in sub-1, sub-2"
        )
        assert view.find("tester") == 1
        assert view.cursor == 2


def test_any_depth_is_laid_out() -> None:
    deep = chain(0)
    for seq in range(1, 3000):
        deep = chain(seq, "a", "b", deep)
    lines = chain_lines([deep])
    assert len(lines) == 3000
    assert len(lines[-1].guides) == 2999


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_hostile_and_ascii(size: tuple[int, int]) -> None:
    view = pane(glyphs=ASCII)
    rows = [
        chain(n, text, text, chain(n + 100, status=status), task=text, spawner=text, model=text)
        for n, (text, status) in enumerate(zip(HOSTILE, DelegationStatus, strict=True))
    ]
    async with on_stage(view, size) as stage:
        view.show_chains(rows)
        await stage.settle()
        stage.assert_exact_widths()
        assert all(line[:-1].isascii() for line in stage.lines())


async def test_names_take_the_room_that_tasks_do_not_need() -> None:
    view = pane()
    names = ("general-purpose-agent", "second-general-purpose")
    async with on_stage(view, (90, 6)) as stage:
        view.show_chains([chain(1, *names, task="short"), chain(2)])
        await stage.settle()
        assert f"{names[0]} → {names[1]} short" in stage.lines()[1]
        stage.assert_exact_widths()
        # A long task keeps as much as makes sense.
        view.show_chains([chain(1, *names, task="a task that needs every cell " * 3)])
        await stage.settle()
        assert "… a task that needs e… " in stage.lines()[1]
        stage.assert_exact_widths()


async def test_one_of_a_thing_is_told_as_one() -> None:
    work = DelegationWork((0, 1), (), events=1, calls=1, errors=0, depth=1)
    view = pane()
    async with on_stage(view, (40, 9)):
        view.show_chains((chain(1, work=work),))
        assert view.line_text(0).endswith("below it 1 event, 1 call, 0 errors, 1 level")
