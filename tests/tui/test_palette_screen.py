"""The palette on the screen, with keys that come together."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList, CommandPalette

from tests.tui.stage import Stage, on_stage, sample

STORE = "htmlgraph-0.26.1"


async def open_palette(stage: Stage, text: str) -> None:
    await stage.press("ctrl+p")
    assert isinstance(stage.app.screen, CommandPalette)
    await stage.press(*text)
    await stage.settle()


@pytest.mark.parametrize(
    "keys",
    [("enter", "enter"), ("enter", "enter", "enter"), ("escape", "enter"), ("escape", "escape"),
     ("enter", "escape"), ("enter", "ctrl+p"), ("e", "enter", "escape", "enter")],
)  # fmt: skip
async def test_the_palette_closes_once(folder: Path, keys: tuple[str, ...]) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await open_palette(stage, "help")
        await stage.burst(*keys)
        assert len(stage.app.screen_stack) <= 2


async def test_what_is_chosen_twice_runs_once(folder: Path) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        was_utc = stage.app.utc
        await open_palette(stage, "utc")
        await stage.burst("enter", "enter")
        assert stage.app.screen is stage.main
        assert stage.app.utc is not was_utc


@pytest.mark.parametrize("key", ["pagedown", "pageup", "down", "up", "end"])
async def test_the_palette_is_moved_in_before_it_is_laid_out(folder: Path, key: str) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.burst("ctrl+p", key, key)
        assert isinstance(stage.app.screen, CommandPalette)


async def test_pages_of_the_palette(folder: Path) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await open_palette(stage, "")
        commands = stage.app.screen.query_one(CommandList)
        assert commands.highlighted == 0
        await stage.press("pagedown")
        assert commands.highlighted
        await stage.press("pageup")
        assert commands.highlighted == 0
