"""The overview and the work items in several sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from tests.tui.overviews import STORE, past, past_clock
from tests.tui.stage import Stage, on_stage, sample

SIZES = ((80, 24), (120, 40), (200, 50))
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def assert_exact(stage: Stage) -> None:
    """Every line has as many cells as the screen."""
    assert {cell_len(line) for line in stage.lines()} == {stage.app.size.width}
    assert len(stage.lines()) == stage.app.size.height


@every_size
@pytest.mark.parametrize("name", ["past", "htmlgraph-0.35.0", "heist-audit"])
async def test_overview(
    folder: Path, screens: SnapshotAssertion, size: tuple[int, int], name: str
) -> None:
    if name == "past":
        with past():
            pass
    else:
        sample(name, folder)
    clock = past_clock() if name == "past" else None
    async with on_stage(Path(f"{name}.db"), size, clock=clock) as stage:
        await stage.press("3")
        assert_exact(stage)
        assert stage.text() == screens


@every_size
async def test_work_items(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db"), size) as stage:
        await stage.press("6")
        assert_exact(stage)
        assert stage.text() == screens


@pytest.mark.parametrize("pane", [1, 2, 3, 4])
async def test_tabs(folder: Path, screens: SnapshotAssertion, pane: int) -> None:
    with past():
        pass
    async with on_stage(STORE, (80, 24), clock=past_clock()) as stage:
        await stage.press("3", *["tab"] * pane)
        assert_exact(stage)
        assert stage.text() == screens


async def test_what_has_no_room_below_the_panes_ends_with_a_sign(folder: Path) -> None:
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db"), (80, 24)) as stage:
        await stage.press("3", "shift+tab")
        told = stage.lines()[-3:-1]
        assert told[0].startswith(" claude-code: 4 sessions")
        assert told[1].rstrip().endswith("…"), told
        await stage.pilot.resize_terminal(200, 50)
        await stage.settle()
        assert "…" not in "".join(stage.lines()[-3:-1])


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (10, 3), (1, 1)])
@pytest.mark.parametrize("key", ["3", "6"])
async def test_small(folder: Path, size: tuple[int, int], key: str) -> None:
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db"), size) as stage:
        await stage.press(key)
        for _ in range(5):
            assert_exact(stage)
            await stage.press("tab", "down", "right", "t", "m", "G")
        if size == (40, 10):
            assert "work" in stage.text().lower() or "Totals" in stage.text()
        await stage.press("z", "escape")
        assert_exact(stage)
