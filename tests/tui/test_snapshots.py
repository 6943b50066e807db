from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from tests.tui.stage import SAMPLE_NAMES, Stage, on_stage, sample
from tui.options import ScreenOptions

SIZES = ((80, 24), (120, 40), (200, 50))


def assert_exact(stage: Stage) -> None:
    """Every line has as many cells as the screen."""
    assert {cell_len(line) for line in stage.lines()} == {stage.app.size.width}
    assert len(stage.lines()) == stage.app.size.height


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SAMPLE_NAMES)
async def test_main(
    folder: Path, screens: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    sample(name, folder)
    async with on_stage(Path(f"{name}.db"), size) as stage:
        assert_exact(stage)
        assert stage.text() == screens


@pytest.mark.parametrize(
    "size", [(40, 10), (30, 8), (19, 5)], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_small(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    sample("htmlgraph-0.26.1", folder)
    async with on_stage(Path("htmlgraph-0.26.1.db"), size) as stage:
        assert_exact(stage)
        assert stage.text() == screens


@pytest.mark.parametrize("pane", ["activity", "tools", "matrix"])
async def test_tabs(folder: Path, screens: SnapshotAssertion, pane: str) -> None:
    sample("htmlgraph-0.26.1", folder)
    async with on_stage(Path("htmlgraph-0.26.1.db"), (80, 24)) as stage:
        await stage.focus(pane)
        assert_exact(stage)
        assert stage.text() == screens


async def test_zoomed(folder: Path, screens: SnapshotAssertion) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db")) as stage:
        await stage.focus("matrix")
        await stage.press("z")
        assert_exact(stage)
        assert stage.text() == screens


async def test_ascii(folder: Path, screens: SnapshotAssertion) -> None:
    sample("heist-audit", folder)
    options = ScreenOptions(ascii=True)
    async with on_stage(Path("heist-audit.db"), options=options) as stage:
        await stage.press("space")
        assert stage.text().isascii()
        assert stage.text() == screens


ANYWHERE = [
    ("c",), ("tab", "enter"), ("F",), ("?",), ("i",), (":",), ("'",), ("ctrl+p",),
    ("3",), ("4",), ("5",), ("6",), ("space", "j", "space", "c"),
]  # fmt: skip


@pytest.mark.parametrize("keys", ANYWHERE, ids=" ".join)
@pytest.mark.parametrize("size", [(120, 40), (40, 10)], ids=("wide", "narrow"))
async def test_everything_is_ascii(
    folder: Path, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    sample("heist-demo", folder)
    async with on_stage(Path("heist-demo.db"), size, options=ScreenOptions(ascii=True)) as stage:
        await stage.press("tab", "m", "shift+tab", *keys)
        assert [line for line in stage.lines() if not line.isascii()] == []


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_event(folder: Path, screens: SnapshotAssertion, size: tuple[int, int]) -> None:
    sample("htmlgraph-0.35.0", folder)
    async with on_stage(Path("htmlgraph-0.35.0.db"), size) as stage:
        await stage.focus("activity")
        await stage.press("e", "enter")
        assert_exact(stage)
        assert stage.text() == screens


async def test_help(folder: Path, screens: SnapshotAssertion) -> None:
    sample("heist-demo", folder)
    async with on_stage(Path("heist-demo.db"), (120, 60), paint=True) as stage:
        await stage.press("?")
        assert stage.text() == screens


async def test_store_info(folder: Path, screens: SnapshotAssertion) -> None:
    sample("heist-audit", folder)
    async with on_stage(Path("heist-audit.db")) as stage:
        await stage.press("i")
        assert_exact(stage)
        assert stage.text() == screens


async def test_filtered_searched_and_marked(folder: Path, screens: SnapshotAssertion) -> None:
    sample("htmlgraph-0.26.1", folder)
    async with on_stage(Path("htmlgraph-0.26.1.db")) as stage:
        await stage.press("space", "space", "a", "F")
        await stage.type("errors:>1")
        await stage.focus("activity")
        await stage.press("slash")
        await stage.type("read")
        stage.app.clear_notifications()
        await stage.settle()
        assert stage.text() == screens
