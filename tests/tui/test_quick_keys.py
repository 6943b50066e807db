"""Keys that come together: what the first one began is not over when the next one is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.stage import on_stage, sample
from tui.screens.bookmarks import BookmarkScreen
from tui.screens.prompt import Prompt

STORE = "htmlgraph-0.26.1"


LEAVING = [
    ("4", ()),
    ("3", ("tab", "tab", "tab")),
    ("5", ()),
    ("5", ("tab",)),
]


@pytest.mark.parametrize(("name", "tabs"), LEAVING)
@pytest.mark.parametrize(
    "keys",
    [("enter",), ("enter", "enter"), ("enter", "j", "enter"), ("enter", "1"), ("1", "enter"),
     ("1", "1"), ("escape", "enter")],
)  # fmt: skip
async def test_a_screen_is_left_once(
    folder: Path, name: str, tabs: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press(name, *tabs)
        assert stage.is_above
        await stage.burst(*keys)
        assert stage.app.screen is stage.main


@pytest.mark.parametrize(("name", "tabs"), LEAVING)
@pytest.mark.parametrize("key", ["ctrl+p", "?", "i", ":"])
async def test_what_is_opened_while_leaving_is_not_closed_in_place_of_the_screen(
    folder: Path, name: str, tabs: tuple[str, ...], key: str
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press(name, *tabs)
        await stage.burst("enter", key)
        for _ in range(3):
            await stage.press("escape")
        assert stage.app.screen is stage.main


@pytest.mark.parametrize("keys", [("enter", "1"), ("enter", "enter"), ("escape", "enter")])
async def test_the_bookmarks_are_left_once(folder: Path, keys: tuple[str, ...]) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press("*")
        await stage.type("keep")
        await stage.press("'")
        assert [type(screen) for screen in stage.app.screen_stack[1:]] == [BookmarkScreen]
        await stage.burst(*keys)
        assert not stage.is_above


async def test_what_is_above_another_screen_is_closed_once(folder: Path) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        for key in ("?", "i", ":"):
            await stage.press("3", key)
            await stage.burst("escape", "escape", "escape")
            await stage.press("1")
            assert stage.app.screen is stage.main


@pytest.mark.parametrize("way", [("6",), ("j", "j", "j", "tab", "g", "j")])
@pytest.mark.parametrize("keys", [("enter", "enter"), ("enter", "j", "enter"), ("enter", "i")])
async def test_what_is_opened_is_opened_once(
    folder: Path, way: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press(*way)
        before = len(stage.app.screen_stack)
        await stage.burst(*keys)
        assert len(stage.app.screen_stack) == before + 1
        await stage.press("escape")
        assert len(stage.app.screen_stack) == before


@pytest.mark.parametrize("name", ["1", "3", "4"])
async def test_a_line_that_was_opened_right_after_going_to_a_pane_stays_open(
    folder: Path, name: str
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press(name)
        await stage.burst("tab", "/", *"git")
        prompt = stage.app.screen.query_one(Prompt)
        assert (prompt.is_asking, prompt.text) == (True, "git")


async def test_what_is_pressed_behind_an_answer_is_no_part_of_it(folder: Path) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press("tab", "g")
        await stage.burst("/", *"git", "enter")
        first = stage.main.tree_view.cursor
        await stage.press("n")
        second = stage.main.tree_view.cursor
        await stage.press("g")
        await stage.burst("/", *"git", "enter", "n")
        assert stage.main.tree_view.needle == "git"
        assert first < stage.main.tree_view.cursor == second


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("backspace", "enter"), ""),
        (("x", "backspace", *"orph", "enter"), "orph"),
        (("b", "left", "a", "end", "c", "enter"), "abc"),
        (("a", "b", "ctrl+u", "c", "enter"), "c"),
    ],
)
async def test_keys_that_edit_act_in_their_turn(
    folder: Path, keys: tuple[str, ...], text: str
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press("tab")
        await stage.burst("/", *"git", "enter")
        await stage.press("/")
        await stage.burst(*keys)
        assert stage.main.tree_view.needle == text
        assert not stage.main.prompt.is_asking


@pytest.mark.parametrize("name", ["1", "3", "4", "5", "6"])
async def test_what_is_pressed_behind_escape_is_no_part_of_what_was_typed(
    folder: Path, name: str
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press(name)
        await stage.burst("/", *"zz", "escape", "/", *"orph")
        prompt = stage.app.screen.query_one(Prompt)
        assert (prompt.is_asking, prompt.text) == (True, "orph")
        before = stage.app.screen
        await stage.burst("escape", "?")
        assert stage.app.screen is not before
        assert not prompt.is_asking


async def test_what_is_pressed_behind_a_wrong_filter_goes_into_the_line(folder: Path) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press("F")
        await stage.burst(*"xx:1", "enter", "q")
        assert stage.main.prompt.is_asking
        assert not stage.app._exit
