"""The palette on the screen, with keys that come together."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList, CommandPalette, DiscoveryHit

from tests.tui.stage import Stage, on_stage, sample
from tui.palette import CommandProvider

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


@pytest.mark.parametrize("key", [":", "5"])
async def test_what_is_chosen_for_a_screen_that_is_left_meanwhile_is_not_run(
    folder: Path, key: str
) -> None:
    async with on_stage(sample(STORE, folder)) as stage:
        await stage.press(key)
        left = stage.app.screen
        assert left is not stage.main
        chosen = {
            hit.text: hit.command
            async for hit in CommandProvider(left).discover()
            if isinstance(hit, DiscoveryHit)
        }
        await stage.press("escape")
        assert stage.app.screen is stage.main
        for title in ("search", "next match", "back", "export"):
            ran = chosen[title]()
            assert ran is not None
            await ran
        await stage.settle()
        assert stage.app.screen is stage.main
        assert not stage.main.prompt.is_asking
        assert stage.said() == []
