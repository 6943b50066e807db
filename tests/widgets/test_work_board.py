from __future__ import annotations

from dataclasses import replace

import pytest

from queries.models.work_items import WorkBoard, WorkColumn
from tests.widgets.overviews import board, item
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.glyphs import ASCII
from widgets.work_board import ItemOpened, WorkBoardView
from widgets.work_list import WorkListView
from widgets.work_words import priority_sign, steps_text

HOSTILE_BOARD = WorkBoard(
    (
        WorkColumn(
            "x", HOSTILE[0], tuple(item(n, text, text, text) for n, text in enumerate(HOSTILE))
        ),
    ),
    5, 5, (), (), (),
)  # fmt: skip


def test_words() -> None:
    words = ("Critical", "high", "medium", "low", None, "strange")
    assert [priority_sign(word) for word in words] == ["!!!", "!! ", "!  ", "   ", "   ", "   "]
    known = item(1, "a", "b", steps_total=5, steps_completed=3)
    assert [steps_text(one) for one in (known, replace(known, steps_completed=None))] == [
        "3/5", "—/5",
    ]  # fmt: skip
    assert steps_text(replace(known, steps_total=0)) == ""


async def test_a_column_per_status() -> None:
    pane = WorkBoardView()
    async with on_stage(pane, (118, 9)) as stage:
        pane.show_board(board())
        await stage.settle()
        lines = stage.lines()
        assert lines[0].split() == ["todo", "2", "in", "progress", "2", "blocked", "1", "done", "2"]
        assert "!!! Feed is empty after a" in lines[1]
        assert lines[2].startswith("▌    restart ")
        assert lines[3].startswith("▌    bug · critical")
        assert pane.covers() == ""
        stage.assert_exact_widths()


async def test_the_cursor_goes_through_the_board_and_opens() -> None:
    pane = WorkBoardView()
    async with on_stage(pane, (118, 9)) as stage:
        pane.show_board(board())
        seen = []
        for move in ("down", "right", "right", "right", "up", "bottom", "top", "left"):
            getattr(pane, f"action_cursor_{move}")()
            assert pane.item is not None
            seen.append(pane.item.id.removeprefix("feat-"))
        assert seen == ["2", "4", "5", "6", "6", "7", "6", "5"]
        pane.open_current()
        await stage.settle()
        assert [message.item.id for message in stage.said(ItemOpened)] == ["feat-5"]


async def test_left_and_right_stay_on_the_row() -> None:
    pane = WorkBoardView()
    async with on_stage(pane, (118, 20)):
        columns = tuple(
            WorkColumn(name, name, tuple(item(10 * at + row, "x", name) for row in range(4)))
            for at, name in enumerate(("todo", "doing", "done"), start=1)
        )
        pane.show_board(WorkBoard(columns, 12, 12, (), (), ()))
        seen = []
        for move in ("down", "right", "right", "left", "left"):
            getattr(pane, f"action_cursor_{move}")()
            assert pane.item is not None
            seen.append(pane.item.id.removeprefix("feat-"))
        assert seen == ["11", "21", "31", "21", "11"]


async def test_the_cursor_stays_on_an_item_that_moves_to_another_status() -> None:
    pane = WorkBoardView()
    async with on_stage(pane, (118, 9)):
        pane.show_board(board())
        pane.select("feat-3")
        todo, doing, *rest = board().columns
        moved = (todo, replace(doing, items=doing.items[1:]), *rest[:-1],
                 replace(rest[-1], items=(*rest[-1].items, doing.items[0])))  # fmt: skip
        pane.show_board(replace(board(), columns=moved))
        assert pane.item is not None
        assert pane.item.id == "feat-3"


async def test_columns_that_do_not_fit_are_gone_to() -> None:
    pane = WorkBoardView()
    async with on_stage(pane, (60, 5)) as stage:
        pane.show_board(board())
        assert pane.covers() == "columns 1-2 of 4 · rows 1-2 of 2"
        for _ in range(3):
            pane.move_right()
        await stage.settle()
        assert pane.covers().startswith("columns 3-4 of 4")
        assert "done 2" in stage.lines()[0]


async def test_searching_goes_from_item_to_item() -> None:
    pane = WorkBoardView()
    async with on_stage(pane, (118, 9)):
        pane.show_board(board())
        assert pane.find("co") == 2
        found = []
        for _ in range(4):
            assert pane.item is not None
            found.append(pane.item.id)
            assert pane.find_next(1)
        assert found == ["feat-5", "feat-7", "feat-5", "feat-7"]
        assert pane.find("nowhere at all") == 0
        assert not pane.find_next(1)


async def test_a_list_with_a_heading_per_status() -> None:
    pane = WorkListView()
    async with on_stage(pane, (78, 14)) as stage:
        pane.show_board(board())
        await stage.settle()
        lines = [line.rstrip() for line in stage.lines()]
        assert [lines[place].strip() for place in (0, 3, 6, 8)] == [
            "todo 2", "in progress 2", "blocked 1", "done 2",
        ]  # fmt: skip
        assert lines[1].split()[:3] == ["!!!", "Feed", "is"]
        assert lines[1].endswith("bug · critical")
        assert pane.item is not None
        assert pane.item.id == "feat-1"
        pane.select("feat-5")
        pane.show_board(replace(board(), columns=board().columns[2:]))
        assert pane.item.id == "feat-5"
        pane.open_current()
        pane.move_top()
        pane.open_current()
        await stage.settle()
        assert [message.item.id for message in stage.said(ItemOpened)] == ["feat-5"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [WorkBoardView, WorkListView])
async def test_every_size_and_hostile_words(
    kind: type[WorkBoardView | WorkListView], size: tuple[int, int]
) -> None:
    pane = kind(glyphs=ASCII)
    async with on_stage(pane, size) as stage:
        for shown in (board(), HOSTILE_BOARD, WorkBoard((), 0, 0, (), (), ())):
            pane.show_board(shown)
            for move in ("down", "right", "bottom", "left", "top"):
                getattr(pane, f"action_cursor_{move}")()
            await stage.settle()
            stage.assert_exact_widths()
            if size == (200, 60) and shown is HOSTILE_BOARD:
                assert "[@click=app.quit]x[/]" in stage.text()
