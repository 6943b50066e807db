"""One session in full."""

from __future__ import annotations

from pathlib import Path

from tests.stores import FIRST_TIME
from tests.tui.desk import LIVE, OLD, SUB, desk, desk_clock
from tests.tui.stage import on_stage, run_line
from tests.tui.test_main_giving import command_of
from tui.screens.session import SessionScreen

STORE = Path("desk.db")


async def test_all_that_is_known_of_a_session_is_shown(folder: Path) -> None:
    with desk() as store:
        store.update(
            "session", "id", OLD, component="parser", project="compiler", quality=71.25,
            error="first\nsecond", status="failed",
        )  # fmt: skip
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("sessions")
        await stage.press("G", "d")
        assert isinstance(stage.app.screen, SessionScreen)
        lines = [line.strip("│ ").split(None, 1) for line in stage.lines()]
        told = {line[0]: line[1].strip() for line in lines if len(line) == 2}
        assert (told["session"], told["agent"]) == (OLD, "coder")
        assert (told["component"], told["project"]) == ("parser", "compiler")
        assert (told["quality"], told["events"], told["errors"]) == ("71.25", "4", "1")
        assert any(line[:2] == ["quality", "71.2"] for line in lines)
        text = stage.app.screen.view.text
        assert "Columns of the row:" in text
        assert "first\nsecond" in text
        found = run_line(await command_of(stage, folder))
        assert found["session_id"] == OLD
        assert found["columns"]["error"] == "first\nsecond"
        await stage.press("escape")
        assert not stage.is_above


async def test_it_follows_a_session_that_goes_on(folder: Path) -> None:
    with desk() as store:
        async with on_stage(STORE, clock=desk_clock()) as stage:
            await stage.press("g", "d")
            screen = stage.app.screen
            assert isinstance(screen, SessionScreen)
            assert "status         running" in screen.view.text
            assert "events         13" in screen.view.text
            store.add_event(LIVE, tool="Read", time=FIRST_TIME + 1199)
            store.update("session", "id", LIVE, status="completed", ended=FIRST_TIME + 1200)
            await stage.step()
            await stage.settle()
            assert "status         completed" in screen.view.text
            assert "events         14" in screen.view.text
            assert "status               completed" in screen.view.text


async def test_it_stands_still_while_the_screen_is_paused(folder: Path) -> None:
    with desk() as store:
        async with on_stage(STORE, clock=desk_clock()) as stage:
            await stage.press("g", "p", "d")
            screen = stage.app.screen
            assert isinstance(screen, SessionScreen)
            store.add_event(LIVE, tool="Read", time=FIRST_TIME + 1199)
            await stage.step()
            await stage.settle()
            assert "events         13" in screen.view.text
            await stage.press("escape", "p", "d")
            assert isinstance(stage.app.screen, SessionScreen)
            assert "events         14" in stage.app.screen.view.text


async def test_a_session_without_a_row_says_so(folder: Path) -> None:
    with desk() as store:
        store.connection.execute("DELETE FROM session WHERE id = ?", (SUB,))
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("g")
        while stage.main.session_view.focused_id() != SUB:
            await stage.press("j")
        await stage.press("d")
        assert SUB in stage.lines()[1]
        assert "The store has no row of this session" in stage.text()
