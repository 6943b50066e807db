from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.process.terminal import Terminal
from tests.stores.base import SAMPLES
from tui.config import Config
from tui.options import ScreenOptions
from tui.places import Candidate
from tui.screens.choose import StoreChooser, StoreTable

NOW = 1_000_000.0
WORK, HOME = Path("/home/me/work"), Path("/home/me")
STORES = (
    Candidate(WORK / "heist_audit.db", 172_032, NOW - 5, "in this folder"),
    Candidate(HOME / ".htmlgraph/htmlgraph.db", 4_300_000, NOW - 7200, "in your home folder"),
    Candidate(Path("/srv/\x1b[31m[b]runs[/b].db"), 900, NOW - 86400 * 9, "in the folder named"),
)


def lines(app: StoreChooser) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def inside_of(lines: list[str]) -> list[str]:
    """The words of lines of the list, a blank between any two."""
    return [" ".join(line.strip("│ ").split()) for line in lines]


@asynccontextmanager
async def chooser(
    size: tuple[int, int] = (90, 12),
    *,
    stores: Sequence[Candidate] = STORES,
    keys: Mapping[str, str] | None = None,
    ascii_only: bool = False,
) -> AsyncIterator[tuple[StoreChooser, Pilot[Path]]]:
    app = StoreChooser(
        stores,
        Config(keys=keys or {}),
        ScreenOptions(ascii=ascii_only),
        now=NOW,
        places=(WORK, HOME),
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def test_every_store_has_path_size_age_and_reason() -> None:
    async with chooser() as (app, _):
        text = lines(app)
        assert "3 stores were found: which one?" in text[0]
        inside = inside_of(text[1:5])
        assert inside == [
            "store bytes changed found",
            "heist_audit.db 172k now in this folder",
            "~/.htmlgraph/htmlgraph.db 4.3M 2h ago in your home folder",
            "/srv/␛[31m[b]runs[/b].db 900 9d ago in the folder named",
        ]
        assert text[-1] == " enter open  q quit  ↑ up  ↓ down"


async def test_what_is_the_same_of_all_stores_is_said_once() -> None:
    stores = [replace(store, reason="in the folder named on the command line") for store in STORES]
    async with chooser((80, 24), stores=stores) as (app, _):
        text = lines(app)
        assert "3 stores were found in the folder named on the command line: which one?" in text[0]
        inside = inside_of(text[1:4])
        assert inside == [
            "store bytes changed",
            "heist_audit.db 172k now",
            "~/.htmlgraph/htmlgraph.db 4.3M 2h ago",
        ]
        assert "…" not in "\n".join(text)


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [((), 0), (("down",), 1), (("G",), 2), (("j", "j", "k"), 1), (("end", "g"), 0)],
)
async def test_keys_move_and_enter_opens(keys: tuple[str, ...], chosen: int) -> None:
    async with chooser() as (app, pilot):
        await pilot.press(*keys, "enter")
    assert app.return_value == STORES[chosen].path


@pytest.mark.parametrize("key", ["q", "escape", "ctrl+c", "ctrl+q"])
async def test_leaving_opens_nothing(key: str) -> None:
    async with chooser() as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert app._exit
    assert app.return_value is None
    assert not app.return_code


async def test_the_users_own_keys() -> None:
    keys = {"screens.open": "o", "program.export": "", "move.down": "ctrl+n"}
    async with chooser(keys=keys) as (app, pilot):
        assert lines(app)[-1] == " o open  q quit  ↑ up  ctrl+n down"
        await pilot.press("j", "enter", "ctrl+n", "o")
    assert app.return_value == STORES[1].path


async def test_other_keys_of_the_program_do_nothing() -> None:
    async with chooser() as (app, pilot):
        before = lines(app)
        await pilot.press("question_mark", "slash", "i", "u", "tab", "space", "ctrl+p")
        await pilot.pause()
        assert lines(app) == before
        assert len(app.screen_stack) == 1


async def test_small_and_ascii() -> None:
    many = tuple(
        Candidate(WORK / f"a-long-folder/another/store-{number}.db", 1, NOW, "in this folder")
        for number in range(30)
    )
    async with chooser((40, 10), stores=many, ascii_only=True) as (app, pilot):
        assert "store-0.db" in lines(app)[2]
        await pilot.press("G")
        await pilot.pause()
        assert "store-29.db" in "\n".join(lines(app))


async def test_a_click_moves_and_a_second_one_opens() -> None:
    async with chooser() as (app, pilot):
        await pilot.click(StoreTable, offset=(5, 3))
        assert app.return_value is None
        await pilot.click(StoreTable, offset=(5, 3))
    assert app.return_value == STORES[1].path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("audit", "demo"):
        shutil.copyfile(SAMPLES / f"heist-{name}.db", tmp_path / f"{name}.db")
    return tmp_path


def opened(folder: Path) -> Terminal:
    code = "import sys; from tui.cli import main; sys.exit(main())"
    home = {"HOME": str(folder / "home"), "XDG_CONFIG_HOME": str(folder / "home")}
    return Terminal([sys.executable, "-c", code, folder], columns=100, rows=30, env=home)


@pytest.mark.process
def test_the_chosen_store_is_opened(folder: Path) -> None:
    with opened(folder) as terminal:
        terminal.wait_for_text("2 stores were found")
        terminal.wait_for_text("enter open")
        first = next(line for line in terminal.lines() if ".db" in line)
        name, other = ("demo", "audit") if "audit.db" in first else ("audit", "demo")
        terminal.press("j", "enter")
        terminal.wait_for_text("live")
        assert f"{name}.db" in terminal.lines()[0]
        assert f"{other}.db" not in terminal.text()
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


@pytest.mark.process
def test_the_terminal_is_given_back_when_nothing_was_chosen(folder: Path) -> None:
    with opened(folder) as terminal:
        terminal.wait_for_text("enter open")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []
