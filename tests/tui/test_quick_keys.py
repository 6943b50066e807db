"""Keys that come together: what the first one began is not over when the next one is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.stage import on_stage, sample
from tui.screens.bookmarks import BookmarkScreen

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
