from __future__ import annotations

from pathlib import Path

from queries.models import Relation
from tests.stores import FIRST_TIME
from tests.tui.runs import LIVE, RUNS, runs, runs_clock
from tests.tui.stage import Stage, on_stage
from tests.tui.test_compare_flow import compare_both, compared, line, to_section
from tui.screens.compare_reading import PAUSE
from tui.screens.main import MainScreen


async def compare_live(stage: Stage) -> None:
    """Good against live."""
    await stage.press("G", "space", "g", "space", "c")


async def test_new_events_are_counted_after_a_pause_and_the_place_is_kept(folder: Path) -> None:
    clock = runs_clock()
    with runs() as store:
        async with on_stage(RUNS, clock=clock) as stage:
            await compare_live(stage)
            assert line(stage, "events") == "events 5 1 -4 -80 % ≠ different"
            screen = compared(stage)
            await to_section(stage, "Steps")
            await stage.press("G")
            cursor = screen.steps.cursor
            asked = stage.reader.asked["compare"]
            store.add_event(LIVE, tool="Grep", summary="login", agent="coder",
                            time=FIRST_TIME + 4920)  # fmt: skip
            await stage.step()
            # Too early: it was read just now.
            assert stage.reader.asked["compare"] == asked
            clock.now += PAUSE
            store.add_event(LIVE, tool="Edit", summary="src/login.py", agent="coder",
                            state="error", time=FIRST_TIME + 4930)  # fmt: skip
            await stage.step()
            assert stage.reader.asked["compare"] == asked + 1
            assert screen.steps.cursor <= cursor
            assert screen.steps.current_steps[0] is not None
            assert screen.steps.current_steps[0].text == "Write CHANGELOG.md"
            await stage.press("tab", "tab")
            assert line(stage, "events") == "events 5 3 -2 -40 % ≠ different"
            assert line(stage, "errors") == "errors 0 1 +1 ▼ worse"
            assert "live" in stage.lines()[0]


async def test_paused_it_does_not_say_that_it_is_live(folder: Path) -> None:
    clock = runs_clock()
    with runs() as store:
        async with on_stage(RUNS, clock=clock) as stage:
            await compare_live(stage)
            await stage.press("p")
            assert "live" not in stage.lines()[0]
            assert "‖ paused" in stage.lines()[0]
            clock.now += PAUSE
            store.add_event(LIVE, tool="Edit", state="error", time=FIRST_TIME + 4930)
            await stage.step()
            assert line(stage, "events") == "events 5 1 -4 -80 % ≠ different"
            await stage.press("p")
            await stage.step()
            compared(stage)._read_if_due()
            await stage.settle()
            assert "live" in stage.lines()[0]
            assert line(stage, "events") == "events 5 2 -3 -60 % ≠ different"


async def test_what_happens_elsewhere_is_not_read(folder: Path) -> None:
    clock = runs_clock()
    with runs() as store:
        async with on_stage(RUNS, clock=clock) as stage:
            await compare_both(stage)
            asked = stage.reader.asked["compare"]
            clock.now += 60
            store.add_event(LIVE, tool="Grep", summary="login", time=FIRST_TIME + 4920)
            await stage.step()
            assert stage.reader.asked["compare"] == asked


async def test_an_end_without_an_event_is_noticed(folder: Path) -> None:
    clock = runs_clock()
    with runs() as store:
        async with on_stage(RUNS, clock=clock) as stage:
            await compare_live(stage)
            assert line(stage, "status").split()[:3] == ["status", "completed", "running"]
            clock.now += 60
            store.update("session", "id", LIVE, status="failed", ended=FIRST_TIME + 4950)
            await stage.step()
            assert line(stage, "status") == "status completed failed ▼ worse"


async def test_a_frozen_screen_is_left_alone_until_it_goes_on(folder: Path) -> None:
    clock = runs_clock()
    with runs() as store:
        async with on_stage(RUNS, clock=clock) as stage:
            await stage.press("p")
            await compare_live(stage)
            clock.now += 60
            store.add_event(LIVE, tool="Grep", summary="login", time=FIRST_TIME + 4920)
            await stage.step()
            assert line(stage, "events") == "events 5 1 -4 -80 % ≠ different"


async def test_it_says_that_it_reads_and_can_be_left_meanwhile(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        stage.reader.held = True
        await stage.press("G", "space", "g", "space", "c")
        assert "Reading the sessions ..." in stage.lines()[0]
        for _ in range(7):
            await stage.press("tab", "n", "b", "f", "o", "enter")
        await stage.press("escape")
        assert isinstance(stage.app.screen, MainScreen)
        stage.reader.held = False
        await stage.serve()
        await stage.press("c")
        assert "against 1 Fix the login" in stage.lines()[0]


async def test_what_cannot_be_read_is_said(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        stage.reader.held = True
        await stage.press("G", "space", "g", "space", "c")
        RUNS.write_bytes(b"not a store at all" * 100)
        stage.reader.held = False
        await stage.serve()
        assert "Reading the sessions" not in stage.lines()[0]
        assert stage.lines()[0].strip()


async def test_what_takes_longer_is_read_when_it_is_looked_at(folder: Path) -> None:
    """Curves, and the texts that tell repeats: once, and from then on with all the rest."""
    with runs() as store:
        clock = runs_clock()
        async with on_stage(RUNS, clock=clock) as stage:
            await compare_live(stage)
            screen, asked = compared(stage), stage.reader.asked["compare"]
            assert screen.comparison is not None
            assert {run.curve for run in screen.comparison.runs} == {None}
            await to_section(stage, "Interactions")
            await stage.press("m")
            assert screen.relation is Relation.FOLLOWS_ONCE
            assert stage.reader.asked["compare"] == asked + 1
            assert "Reading" not in "\n".join(stage.lines())
            await to_section(stage, "Overlay")
            assert stage.reader.asked["compare"] == asked + 2
            assert "1 events in" in "\n".join(stage.lines())
            clock.now += PAUSE
            store.add_event(LIVE, tool="Grep", summary="login", time=FIRST_TIME + 4920)
            await stage.step()
            assert "2 events in" in "\n".join(stage.lines())
            await to_section(stage, "Interactions")
            assert stage.reader.asked["compare"] == asked + 3
            assert screen.reading.is_complete
