from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from queries import text
from tests.stores import FIRST_TIME
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.delegating import TEAM, team, team_clock
from tests.tui.harmless import acting
from tests.tui.stage import Stage, on_stage, sample
from tui.options import ScreenOptions
from tui.screens.delegations import DelegationsScreen
from tui.screens.live_reading import PAUSE
from tui.screens.main import MainScreen

SIZES = ((80, 24), (120, 40), (200, 50))
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def shown(stage: Stage) -> DelegationsScreen:
    screen = stage.app.screen
    assert isinstance(screen, DelegationsScreen)
    return screen


async def open_screen(stage: Stage) -> DelegationsScreen:
    await stage.press("4")
    await stage.step()
    return shown(stage)


def assert_exact(stage: Stage) -> None:
    """Every line has as many cells as the screen."""
    assert {cell_len(line) for line in stage.lines()} == {stage.app.size.width}


@every_size
async def test_looks(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db"), size) as stage:
        await open_screen(stage)
        assert_exact(stage)
        assert stage.text() == screens


async def test_each_delegation_is_there_once_with_what_happened_below(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, (160, 40), clock=team_clock()) as stage:
        screen = await open_screen(stage)
        lines = [" ".join(line.split()) for line in stage.lines()[3:5]]
        assert lines[0].startswith("│● lead → coder Fix the build running 13m20s")
        assert lines[1].startswith("│✓ lead → tester Run the tests completed 2m00s 1 1 sub")
        assert [row.spawner for row in screen.spawners.rows] == ["coder", "tester"]
        assert {row.agent for row in screen.agents.rows} == {"lead", "tester", "coder"}
        assert "This store tells of no hand-offs." in stage.text()


async def test_enter_goes_to_the_event_and_d_to_the_sub_session(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        await open_screen(stage)
        await stage.press("down", "enter")
        assert isinstance(stage.app.screen, MainScreen)
        assert stage.main.activity.session_id == "lead"
        node = stage.main.tree_view.current_node()
        assert node is not None
        assert node.event is not None
        assert node.event.id == "hand"
        await open_screen(stage)
        await stage.press("d")
        assert stage.said()[-1].startswith("That work was done in the same session")
        await stage.press("down", "d")
        assert stage.main.activity.session_id == "sub"


async def test_a_hidden_sub_session_is_shown(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        await stage.press("S")
        await open_screen(stage)
        await stage.press("down", "d")
        assert stage.main.activity.session_id == "sub"


async def test_a_spawner_shows_its_delegations_and_escape_all(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("tab", "down", "enter")
        assert screen.pane is screen.list
        assert [row.delegation.target for row in screen.list.rows] == ["tester"]
        assert "only to tester" in stage.text()
        await stage.press("escape")
        assert screen.list.line_count == 2
        await stage.press("escape")
        assert isinstance(stage.app.screen, MainScreen)


async def test_an_agent_filters_the_sessions(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        screen.agents.select("tester")
        await stage.press("shift+tab", "enter")
        assert [row.id for row in stage.main.sessions.shown] == ["sub"]


async def test_it_is_read_again_after_a_pause(folder: Path) -> None:
    clock = team_clock()
    with team() as store:
        async with on_stage(TEAM, clock=clock) as stage:
            screen = await open_screen(stage)
            asked = stage.reader.asked["delegations"]
            store.add_event("lead", id="more", agent="lead", kind="delegation", tool="Task",
                            target_agent="writer", summary="Write it down", state="running",
                            time=FIRST_TIME + 900)  # fmt: skip
            await stage.step()
            assert stage.reader.asked["delegations"] == asked
            clock.now += PAUSE
            await stage.press("down")
            screen.read_if_due()
            await stage.settle()
            assert stage.reader.asked["delegations"] == asked + 1
            assert screen.list.line_count == 3
            current = screen.list.current
            assert current is not None
            assert current.delegation.id == "hand"


async def test_a_frozen_screen_is_left_alone(folder: Path) -> None:
    clock = team_clock()
    with team() as store:
        async with on_stage(TEAM, clock=clock) as stage:
            await stage.press("p")
            screen = await open_screen(stage)
            clock.now += 60
            store.add_event("lead", agent="lead", kind="delegation", tool="Task",
                            target_agent="x", state="ok", time=FIRST_TIME + 900)  # fmt: skip
            await stage.step()
            assert screen.list.line_count == 2
            assert "paused" in stage.status


@pytest.mark.parametrize("key", ["3", "4", "5", "6"])
async def test_a_screen_that_is_opened_while_all_is_frozen_says_of_which_time_it_is(
    folder: Path, key: str
) -> None:
    clock = team_clock()
    with team() as store:
        async with on_stage(TEAM, options=ScreenOptions(session="lead"), clock=clock) as stage:
            await stage.press("p", key)
            assert "as of" not in stage.status, "nothing came since"
            await stage.press("escape")
            store.add_event("lead", agent="lead", tool="Grep", state="ok", time=FIRST_TIME + 900)
            await stage.step()
            assert "paused · +1 since" in stage.status
            clock.now = FIRST_TIME + 1000
            await stage.press(key)
            await stage.settle()
            shown = text.clock(clock.now, stage.app.zone)
            assert f"‖ paused · this screen as of {shown}" in stage.status
            if key == "6":
                return  # p is a key of its own there.
            await stage.press("p")
            await stage.step()
            assert "paused" not in stage.status
            # Paused here, it stands still, too.
            await stage.press("p")
            store.add_event("lead", agent="lead", tool="Grep", state="ok", time=FIRST_TIME + 901)
            await stage.step()
            assert "paused · +1 since" in stage.status
            await stage.press("escape")
            assert "paused · +1 since" in stage.status


async def test_the_way_between_screens(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        await stage.press("4", "5")
        assert len(stage.app.screen_stack) == 2
        await stage.press("4", "4")
        shown(stage)
        await stage.press("1")
        assert isinstance(stage.app.screen, MainScreen)
        await stage.press("space", "space", "4", "c")
        assert type(stage.app.screen).__name__ == "CompareScreen"
        await stage.press("4")
        shown(stage)
        assert len(stage.app.screen_stack) == 2


async def test_it_says_that_it_reads_and_can_be_left_meanwhile(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        stage.reader.held = True
        await stage.press("4")
        assert "Reading ..." in stage.text()
        await stage.press("enter", "d", "tab", "enter", "tab", "enter", "n", "e", "escape")
        assert isinstance(stage.app.screen, MainScreen)
        stage.reader.held = False
        await stage.serve()


async def test_what_cannot_be_read_is_said(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, clock=team_clock()) as stage:
        stage.reader.held = True
        await stage.press("4")
        TEAM.write_bytes(b"not a store at all" * 100)
        stage.reader.held = False
        await stage.serve()
        assert "Reading ..." not in stage.lines()[3]


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (10, 3), (1, 1)])
async def test_small(folder: Path, size: tuple[int, int]) -> None:
    with team():
        pass
    async with on_stage(TEAM, size, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        for _ in screen.NAMES:
            assert_exact(stage)
            await stage.press("tab", "down")


async def test_ascii_and_hostile_text(folder: Path) -> None:
    with team() as store, store.batch():
        for number, (_, text) in enumerate(SHORT_HOSTILE):
            store.add_event("lead", id=f"x{number}", agent=text, kind="delegation", tool=text,
                            target_agent=text, summary=text, state="ok",
                            time=FIRST_TIME + 300 + number)  # fmt: skip
        store.add_event("lead", kind="delegation", target_agent=GIANT_TEXT, summary=LONG_TEXT)
    async with on_stage(TEAM, (160, 50), clock=team_clock()) as stage:
        screen = await open_screen(stage)
        for _ in screen.NAMES:
            assert not acting(stage.text())
            assert_exact(stage)
            await stage.press("G", "slash")
            await stage.type("[/]")
            await stage.press("escape", "tab")
    options = ScreenOptions(ascii=True)
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db"), options=options) as stage:
        await open_screen(stage)
        assert stage.text().isascii(), stage.text()
