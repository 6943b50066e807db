"""The whole screen in several sizes, in ASCII, and with hostile data."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from tests.stores import FIRST_TIME
from tests.stores.hostile import GIANT_TEXT, LONG_TEXT, SHORT_HOSTILE
from tests.tui.harmless import acting
from tests.tui.runs import RUNS, experiment, runs, runs_clock
from tests.tui.stage import Clock, Stage, on_stage, sample
from tests.tui.test_compare_flow import compare_both, compared, to_section
from tests.tui.test_compare_groups import two_groups
from tui.options import ScreenOptions
from tui.screens.compare_layout import NAMES

SIZES = ((80, 24), (120, 40), (200, 50))
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def assert_exact(stage: Stage) -> None:
    """Every line has as many cells as the screen."""
    assert {cell_len(line) for line in stage.lines()} == {stage.app.size.width}
    assert len(stage.lines()) == stage.app.size.height


@every_size
async def test_metrics(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    with runs():
        pass
    async with on_stage(RUNS, size, clock=runs_clock()) as stage:
        await compare_both(stage)
        assert_exact(stage)
        assert stage.text() == screens


@every_size
async def test_steps(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    with runs():
        pass
    async with on_stage(RUNS, size, clock=runs_clock()) as stage:
        await compare_both(stage)
        await to_section(stage, "Steps")
        assert_exact(stage)
        assert stage.text() == screens


@every_size
async def test_groups(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    with experiment():
        pass
    async with on_stage(RUNS, size, clock=Clock(FIRST_TIME + 20_000)) as stage:
        await two_groups(stage)
        await stage.press("c", "n")
        assert_exact(stage)
        assert stage.text() == screens


@pytest.mark.parametrize("section", ["Tools", "Agents", "Interactions", "Overlay"])
async def test_sections(folder: Path, screens: SnapshotAssertion, section: str) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db")) as stage:
        await stage.press("j", "space", "space", "c")
        await to_section(stage, section)
        assert_exact(stage)
        assert stage.text() == screens


async def test_many_sessions(folder: Path, screens: SnapshotAssertion) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db"), (80, 24)) as stage:
        await stage.press(*["space"] * 5, "c", "right", "right")
        assert_exact(stage)
        assert stage.text() == screens


async def test_a_step_in_full(folder: Path, screens: SnapshotAssertion) -> None:
    with runs():
        pass
    async with on_stage(RUNS, (80, 24), clock=runs_clock()) as stage:
        await compare_both(stage)
        await to_section(stage, "Steps")
        await stage.press("enter")
        assert_exact(stage)
        assert stage.text() == screens


async def test_ascii(folder: Path) -> None:
    with experiment():
        pass
    options = ScreenOptions(ascii=True)
    async with on_stage(RUNS, options=options, clock=Clock(FIRST_TIME + 20_000)) as stage:
        await stage.press("A", "B", "c")
        for _ in NAMES:
            assert stage.text().isascii(), stage.text()
            await stage.press("tab")
        await to_section(stage, "Steps")
        await stage.press("enter")
        # The text itself is the data's own.
        assert stage.lines()[0].isascii()
        assert stage.footer.isascii()


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (10, 3), (1, 1)])
async def test_small(folder: Path, size: tuple[int, int]) -> None:
    with experiment():
        pass
    async with on_stage(RUNS, size, clock=Clock(FIRST_TIME + 20_000)) as stage:
        await stage.press("A", "B", "c")
        for _ in NAMES:
            assert_exact(stage)
            await stage.press("tab", "n")


async def test_a_new_size_keeps_the_section(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await to_section(stage, "Steps")
        for size in ((60, 15), (30, 8), (150, 45)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
            assert_exact(stage)
            assert screen.steps.cursor == 1
        assert "[Steps]" in stage.lines()[3]


async def test_hostile_text_stays_text(folder: Path) -> None:
    store = runs()
    with store, store.batch():
        for name in ("good", "bad"):
            for number, (_, text) in enumerate(SHORT_HOSTILE):
                store.add_event(name, id=f"{name}{number}", tool=text, summary=text,
                                agent=text, state="error")  # fmt: skip
            store.add_event(name, tool=LONG_TEXT, summary=GIANT_TEXT)
            store.update("session", "id", name, title="[@click=app.quit]x[/] \x1b]52;c;eA==\x07")
    async with on_stage(RUNS, (160, 45), clock=runs_clock()) as stage:
        await compare_both(stage)
        for _ in NAMES[:-1]:
            assert not acting(stage.text())
            assert_exact(stage)
            await stage.press("G", "slash")
            await stage.type("[/]")
            await stage.press("escape", "tab")
        assert "[@click=app.quit]x[/]" in stage.text()
        await to_section(stage, "Steps")
        for _ in range(3):
            await stage.press("n", "enter")
            assert not acting(stage.text())
            await stage.press("escape")
        assert compared(stage).is_current


async def test_the_palette_and_the_help_know_the_screen(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await compare_both(stage)
        await stage.press("ctrl+p")
        await stage.type("baseline", enter=False)
        assert "baseline" in stage.text()
        await stage.press("escape", "question_mark")
        assert "Compare with the session under the cursor." not in stage.lines()[0]
        assert "Help" in stage.text()
