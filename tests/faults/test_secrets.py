"""Covered secrets stay covered on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.conftest import folder
from tests.tui.stage import Clock, Stage, on_stage
from tests.tui.test_masking import NOW, STORE, assert_covered, secretive
from tui.screens.sql import SqlScreen
from widgets import masking

__all__ = ["folder"]

pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def _shown_again() -> Iterator[None]:
    yield
    masking.use(None)


async def look_at_everything(stage: Stage) -> int:
    """Visit every screen; returns how many were seen with covered secrets."""
    covered = 0

    def look(where: str) -> None:
        nonlocal covered
        assert_covered(stage, where)
        covered += "••••" in stage.text()

    for pane in ("sessions", "activity", "tools", "matrix"):
        await stage.focus(pane)
        await stage.press("z")
        look(f"{pane} alone")
        await stage.press("z")
    look("main screen")
    await stage.press("a", "m", "m")
    look("all sessions")
    await stage.focus("activity")
    await stage.press("g")
    for number in range(2):
        await stage.press("down", "enter")
        for section in ("input", "output", "raw"):
            look(f"event {number}, {section}")
            await stage.press("right")
        await stage.press("y", "escape")
    for key, panes in (("3", 5), ("4", 5), ("5", 4), ("6", 1)):
        await stage.press(key)
        for number in range(panes):
            look(f"screen {key}, pane {number}")
            await stage.press("down" if key == "6" else "tab")
        if key == "6":
            await stage.press("enter")
            look("work item")
            await stage.press("escape")
        await stage.press("1")
    await stage.focus("sessions")
    await stage.press("g", "space", "down", "space", "c")
    for part in range(6):
        look(f"comparison, section {part}")
        if part == 4:
            await stage.press("enter")
            look("step by step")
            await stage.press("escape")
        await stage.press("tab")
    await stage.press("escape", ":")
    screen = stage.app.screen
    assert isinstance(screen, SqlScreen)
    screen.prompt.ask("sql", ":", "SELECT title, agent, project FROM session")
    await stage.press("enter")
    look("answer in SQL")
    await stage.press("escape", "i")
    look("about the store")
    await stage.press("escape")
    return covered


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
async def test_nothing_of_a_secret_is_seen_anywhere(folder: Path, size: tuple[int, int]) -> None:
    secretive(STORE)
    async with on_stage(STORE, size, clock=Clock(NOW)) as stage:
        await stage.press("X")
        assert await look_at_everything(stage) > 12
