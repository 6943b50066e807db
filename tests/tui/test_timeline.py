from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from tests.stores import FIRST_TIME
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.delegating import TEAM, team, team_clock
from tests.tui.harmless import acting
from tests.tui.stage import Stage, on_stage, sample
from tui.config import Config
from tui.options import ScreenOptions
from tui.screens.event import EventScreen
from tui.screens.live_reading import PAUSE
from tui.screens.main import MainScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.timeline_showing import ENTRIES, LANES, MATRIX

SIZES = ((80, 24), (120, 40), (200, 50))
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
LEAD = ScreenOptions(session="lead")


def shown(stage: Stage) -> TimelineScreen:
    screen = stage.app.screen
    assert isinstance(screen, TimelineScreen)
    return screen


async def open_screen(stage: Stage) -> TimelineScreen:
    await stage.press("5")
    return shown(stage)


def assert_exact(stage: Stage) -> None:
    """Every line has as many cells as the screen."""
    assert {cell_len(line) for line in stage.lines()} == {stage.app.size.width}


def current(screen: TimelineScreen) -> str:
    """The id of the event under the cursor of the lanes."""
    span = screen.lanes.current_span
    assert span is not None
    return span.event.id


def tools(screen: TimelineScreen) -> dict[str, tuple[int, int, int]]:
    """Calls, errors and running ones of every tool."""
    return {row.tool: (row.calls, row.errors, row.running) for row in screen.tools.rows}


@every_size
@pytest.mark.parametrize("name", ["htmlgraph-0.35.0", "heist-audit"])
async def test_looks(
    folder: Path, screens: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    sample(name, folder)
    async with on_stage(Path(f"{name}.db"), size) as stage:
        await open_screen(stage)
        assert_exact(stage)
        assert stage.text() == screens


async def test_the_list(folder: Path, screens: SnapshotAssertion) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db"), (80, 24)) as stage:
        await open_screen(stage)
        await stage.press("v", "[")
        assert_exact(stage)
        assert stage.text() == screens


async def test_lanes_list_and_tools_of_the_focused_session(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        text = stage.text()
        assert "●Task╍╍" in text
        assert "✗" in text
        assert [line.lane.agent for line in screen.lanes._index.lines] == [  # type: ignore[union-attr]  # it was read
            "lead", "coder"
        ]  # fmt: skip
        assert tools(screen) == {"Task": (2, 0, 1), "Read": (3, 0, 0), "Edit": (1, 1, 0)}
        assert "▸3" in text
        assert "2 repeats folded" in text


async def test_enter_goes_to_the_event_and_d_shows_it_whole(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("e")
        assert current(screen) == "bad"
        await stage.press("d")
        assert isinstance(stage.app.screen, EventScreen)
        assert "build.py" in stage.text()
        await stage.press("escape", "enter")
        assert isinstance(stage.app.screen, MainScreen)
        node = stage.main.tree_view.current_node()
        assert node is not None
        assert node.event is not None
        assert node.event.id == "bad"


async def test_lanes_and_list_share_their_cursor(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("g")
        assert screen.entries.cursor == 0
        await stage.press("v", "down")
        assert screen.pane_index == ENTRIES
        assert current(screen) == "hand"
        await stage.press("v")
        assert screen.pane_index == LANES


async def test_zoom_and_pan_by_keys(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        axis = screen.lanes.axis
        assert axis is not None
        await stage.press("g", "+", "+")
        near = screen.lanes.axis
        assert near is not None
        assert near.cell == pytest.approx(axis.cell / 4)
        await stage.press(">")
        assert screen.lanes.axis is not None
        assert screen.lanes.axis.start > near.start
        await stage.press("<", "-", "0")
        assert screen.lanes.axis.cell == pytest.approx(axis.cell, rel=0.3)


async def test_repeats_fold_and_open(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("v")
        assert screen.entries.line_count == 5
        await stage.press("r")
        assert screen.entries.line_count == 7
        await stage.press("r", "g", "down", "down", "right")
        assert screen.entries.line_count == 7
        await stage.press("left")
        assert screen.entries.line_count == 5


async def test_replay_steps_through_the_session(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("]")
        assert stage.said()[-1] == "This is the present."
        await stage.press("[")
        assert screen.reading.at == FIRST_TIME + 210
        assert "The past: as of" in stage.lines()[1]
        assert "step 11 of 12" in stage.lines()[1]
        # The call had begun, and not ended.
        assert tools(screen)["Edit"] == (1, 0, 1)
        assert "as of" in stage.lines()[2]
        await stage.press("[")
        assert tools(screen) == {"Task": (2, 0, 1), "Read": (3, 0, 0)}
        for _ in range(9):
            await stage.press("[")
        assert screen.reading.at == FIRST_TIME
        assert tools(screen) == {}
        assert screen.entries.line_count == 1
        await stage.press("[")
        assert stage.said()[-1] == "That is the first step."
        await stage.press("]")
        assert tools(screen) == {"Task": (1, 0, 1)}
        await stage.press("P")
        assert screen.reading.at is None
        assert "The past" not in stage.text()
        assert tools(screen)["Edit"] == (1, 1, 0)


async def test_what_leads_out_of_the_past_is_hinted_there_alone(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, (200, 50), options=LEAD, clock=team_clock()) as stage:
        await open_screen(stage)
        assert "[ step back" in stage.footer
        assert "P present" not in stage.footer
        assert "] step on" not in stage.footer
        await stage.press("[")
        assert "P present" in stage.footer
        assert "] step on" in stage.footer
        await stage.press("P")
        assert "P present" not in stage.footer
        assert "] step on" not in stage.footer


async def test_the_users_own_keys_are_named(folder: Path) -> None:
    keys = {"timeline.present": "ctrl+b", "sessions.mark": "v", "timeline.view": "ctrl+n"}
    with team():
        pass
    config = Config(keys=keys)
    async with on_stage(TEAM, config=config, options=LEAD, clock=team_clock()) as stage:
        await stage.press("c")
        assert stage.said()[-1].startswith("Mark two or more sessions (v)")
        await stage.press("[")
        await stage.settle()
        assert "ctrl+b: present" in stage.footer
        await stage.press("a")
        assert stage.said()[-1].endswith("; ctrl+b leads back to the present.")
        await stage.press("ctrl+b")
        await open_screen(stage)
        await stage.press("[")
        assert "ctrl+b: back to the present" in stage.lines()[1]


async def test_replay_from_the_cursor_and_out_by_escape(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("e", "t")
        assert screen.reading.at == FIRST_TIME + 210
        assert current(screen) == "bad"
        await stage.press("escape")
        assert screen.reading.at is None
        assert screen.is_current
        await stage.press("escape")
        assert isinstance(stage.app.screen, MainScreen)


async def test_the_last_step_leads_back_to_the_present(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        await stage.press("[", "]")
        assert screen.reading.at == FIRST_TIME + 215
        await stage.press("]")
        assert screen.reading.at is None


async def test_what_happens_is_shown_after_a_pause_and_the_past_stays(folder: Path) -> None:
    clock = team_clock()
    with team() as store:
        async with on_stage(TEAM, options=LEAD, clock=clock) as stage:
            screen = await open_screen(stage)
            asked = stage.reader.asked["timeline"]
            store.add_event("sub", agent="tester", tool="Bash", time=FIRST_TIME + 990)
            await stage.step()
            clock.now += 60
            screen.read_if_due()
            assert stage.reader.asked["timeline"] == asked
            store.add_event("lead", id="new", agent="lead", tool="Grep", state="ok",
                            duration=1.0, time=FIRST_TIME + 1000)  # fmt: skip
            await stage.step()
            assert stage.reader.asked["timeline"] == asked + 1
            assert tools(screen)["Grep"] == (1, 0, 0)
            await stage.press("[", "[", "[")
            at = screen.reading.at
            assert "Grep" not in tools(screen)
            clock.now += PAUSE
            store.add_event("lead", agent="lead", tool="Glob", time=FIRST_TIME + 1001)
            await stage.step()
            assert screen.reading.at == at
            assert "Glob" not in tools(screen)
            assert "Glob" not in stage.text()


async def test_running_calls_grow_without_reading(folder: Path) -> None:
    clock = team_clock()
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=clock) as stage:
        screen = await open_screen(stage)
        assert screen.reading.session is not None
        [running] = [event for event in screen.reading.session.events if event.id == "code"]
        screen.lanes.go_to(running.key)
        await stage.settle()
        before, asked = stage.text(), stage.reader.asked["timeline"]
        assert "so far" in before
        clock.now += 120
        screen.read_if_due()
        await stage.settle()
        assert stage.text() != before
        assert stage.reader.asked["timeline"] == asked


async def test_a_long_session_is_read_from_its_end_and_further_back_on_demand(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.timeline_reading.PAGE", 50)
    with team() as store, store.batch():
        for number in range(150):
            store.add_event("lead", agent="lead", tool="Bash", summary=f"step {number}",
                            state="ok", time=FIRST_TIME + 300 + number)  # fmt: skip
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        assert "the newest 50 events" in stage.text()
        await stage.press("g")
        assert screen.reading.session is not None
        assert len(screen.reading.session.events) == 50
        await stage.press("g")
        assert len(screen.reading.session.events) == 157
        assert "the newest" not in stage.text()


async def test_other_keys_of_the_figures(folder: Path) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db")) as stage:
        screen = await open_screen(stage)
        await stage.press("shift+tab")
        assert screen.pane_index == MATRIX
        await stage.press("M", "D")
        assert (screen.value, screen.diagonal) == ("row_share", False)
        await stage.press("m", "m", "m")
        assert "next tool" in stage.text()
        await stage.press("shift+tab", "enter")
        assert screen.pane_index == ENTRIES
        assert screen.entries.needle


async def test_it_says_that_it_reads_and_can_be_left_meanwhile(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        stage.reader.held = True
        await stage.press("5")
        assert "Reading ..." in stage.text()
        await stage.press("+", "-", "<", "0", "left", "[", "t", "P", "d", "enter", "v", "r", "g",
                          "tab", "enter", "tab", "m", "escape")  # fmt: skip
        assert isinstance(stage.app.screen, MainScreen)
        stage.reader.held = False
        await stage.serve()


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (10, 3), (1, 1)])
async def test_small(folder: Path, size: tuple[int, int]) -> None:
    with team():
        pass
    async with on_stage(TEAM, size, options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        for _ in screen.NAMES:
            assert_exact(stage)
            await stage.press("tab", "down", "[")


async def test_ascii_and_hostile_text(folder: Path) -> None:
    with team() as store, store.batch():
        for number, (_, text) in enumerate(SHORT_HOSTILE):
            store.add_event("lead", id=f"x{number}", agent=text, tool=text, summary=text,
                            state="error", duration=3.0,
                            time=FIRST_TIME + 300 + 5 * number)  # fmt: skip
        store.add_event("lead", tool=LONG_TEXT, summary=GIANT_TEXT)
        store.update("session", "id", "lead", title="[@click=app.quit]x[/] \x1b]52;c;eA==\x07")
    async with on_stage(TEAM, (160, 50), options=LEAD, clock=team_clock()) as stage:
        screen = await open_screen(stage)
        for _ in screen.NAMES:
            assert not acting(stage.text())
            assert_exact(stage)
            await stage.press("[", "slash")
            await stage.type("[/]")
            await stage.press("escape", "tab")
        assert "[@click=app.quit]x[/]" in stage.text()
    async with on_stage(TEAM, options=ScreenOptions(ascii=True, session="sub"),
                        clock=team_clock()) as stage:  # fmt: skip
        await open_screen(stage)
        await stage.press("[")
        assert stage.text().isascii(), stage.text()
