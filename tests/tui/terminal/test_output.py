"""What the terminal shows with only changed cells sent is what stock Textual shows."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pyte
import pytest
from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.coordinate import Coordinate
from textual.drivers.headless_driver import HeadlessDriver
from textual.messages import TerminalSupportsSynchronizedOutput
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import DataTable, Footer, Input, Static, Tree

from tui.terminal.output import SYNC_END, SYNC_START, DiffOutput


class RecordingDriver(HeadlessDriver):
    """A driver that keeps what is written."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.written: list[str] = []
        self.backlogged = False
        self.waiting: list[Callable[[], None]] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)

    def when_drained(self, callback: Callable[[], None]) -> None:
        self.waiting.append(callback)

    def take(self) -> str:
        text = "".join(self.written)
        self.written.clear()
        return text


class Dialog(ModalScreen[None]):
    BINDINGS = [("escape", "dismiss", "Close")]  # noqa: RUF012  # Textual's way
    CSS = "Dialog { align: center middle; } Dialog Static { width: 21; border: thick red; }"

    def compose(self) -> ComposeResult:
        yield Static("over 日本語 all", markup=False)


class Mixed(DiffOutput[None]):
    """Stock widgets side by side, painted by Textual's own means."""

    CSS = "DataTable, Tree { width: 1fr; border: round green; }"
    BINDINGS = [("d", "dialog", "Dialog"), ("c", "count", "Count")]  # noqa: RUF012
    number = 0

    def __init__(self) -> None:
        super().__init__(RecordingDriver)
        self.stock: list[str] = []

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield DataTable()
            yield Tree("root")
        line = Input()
        line.cursor_blink = False
        yield line
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("one", "two")
        for n in range(50):
            table.add_row(f"row {n}", "日本語" * (n % 4), key=str(n))
        tree = self.query_one(Tree)
        tree.root.expand()
        for n in range(30):
            tree.root.add(f"branch {n}").add_leaf("葉")

    def action_dialog(self) -> None:
        self.push_screen(Dialog())

    def action_count(self) -> None:
        self.number += 1
        self.query_one(DataTable).update_cell_at(
            Coordinate(self.number % 7, self.number % 2), f"{self.number} 日"
        )

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            self.stock.append(renderable.render_segments(self.console))
        super()._display(screen, renderable)

    @property
    def driver(self) -> RecordingDriver:
        assert isinstance(self._driver, RecordingDriver)
        return self._driver


class Eyes:
    """Two terminals: one shows what was sent, one what stock Textual would have sent."""

    def __init__(self, app: Mixed, columns: int, rows: int) -> None:
        self.app = app
        self.screens = [pyte.Screen(columns, rows) for _ in range(2)]
        self.streams = [pyte.Stream(screen) for screen in self.screens]
        for stream in self.streams:
            stream.feed("\x1b[?7l")

    def resize(self, columns: int, rows: int) -> None:
        for screen in self.screens:
            screen.resize(rows, columns)

    def look(self) -> list[list[list[Any]]]:
        self.streams[0].feed(self.app.driver.take())
        self.streams[1].feed("".join(self.app.stock))
        self.app.stock.clear()
        return [
            [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]
            for screen in self.screens
        ]


async def silence(pilot: Pilot[None], app: Mixed) -> None:
    """Wait until all that comes by itself has come: scroll bars and what else is laid out late."""
    quiet = 0
    while quiet < 5:
        await settle(pilot)
        quiet = 0 if app.driver.take() else quiet + 1


async def settle(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()


@pytest.mark.parametrize("seed", range(3))
async def test_random_keys_and_sizes(seed: int) -> None:
    chance = random.Random(seed)
    keys = ["down", "down", "up", "pagedown", "tab", "space", "enter", "a", "c", "c", "d", "escape"]
    app = Mixed()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        eyes = Eyes(app, 80, 24)
        for step in range(18):
            if step % 6 == 5:
                size = chance.choice([(80, 24), (61, 17), (100, 30)])
                eyes.look()
                eyes.resize(*size)
                await pilot.resize_terminal(*size)
            else:
                await pilot.press(*chance.choices(keys, k=2))
            await settle(pilot)
            shown, stock = eyes.look()
            assert shown == stock, step
        before, _ = eyes.look()
        app.redraw()
        await settle(pilot)
        after, _ = eyes.look()
        assert before == after
    assert app.diff_failure is None


async def test_few_bytes() -> None:
    app = Mixed()
    async with app.run_test(headless=False, size=(120, 40)) as pilot:
        await settle(pilot)
        assert len(app.driver.take().encode()) < 30_000
        await silence(pilot, app)
        app.query_one(DataTable).update_cell_at(Coordinate(3, 0), "x")
        await settle(pilot)
        sent = app.driver.take().encode()
        assert 0 < len(sent) <= 100
        await silence(pilot, app)
        app.query_one(DataTable).move_cursor(row=5)
        await settle(pilot)
        assert 0 < len(app.driver.take().encode()) <= 400
        await silence(pilot, app)
        app.query_one(DataTable).refresh()
        app.screen.refresh(layout=True)
        await settle(pilot)
        assert app.driver.take() == ""
        app.redraw()
        await settle(pilot)
        assert len(app.driver.take().encode()) > 5_000


async def test_one_write_per_frame_within_synchronised_output() -> None:
    app = Mixed()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settle(pilot)
        assert SYNC_START not in app.driver.take()
        app.post_message(TerminalSupportsSynchronizedOutput())
        await settle(pilot)
        app.action_count()
        await settle(pilot)
        frames = app.driver.written
        assert frames
        for frame in frames:
            assert frame.startswith(SYNC_START)
            assert frame.endswith(SYNC_END)
            assert frame.count(SYNC_START) == 1


async def test_a_terminal_that_came_back_to_its_size_is_painted_anew() -> None:
    app = Mixed()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settle(pilot)
        app.driver.take()
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert len(app.driver.take()) > 2_000


async def test_slow_terminals_get_the_newest_frame_later() -> None:
    app = Mixed()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settle(pilot)
        eyes = Eyes(app, 80, 24)
        app.redraw()
        await settle(pilot)
        eyes.look()
        app.driver.backlogged = True
        for _ in range(4):
            app.action_count()
            await pilot.pause()
        await settle(pilot)
        assert app.driver.written == []
        app.driver.backlogged = False
        for callback in app.driver.waiting:
            callback()
        assert len(app.driver.written) == 1
        shown, stock = eyes.look()
        assert shown == stock


async def test_frame_rate_limit() -> None:
    app = Mixed()
    now = 1000.0
    app.__dict__["OUTPUT_CLOCK"] = lambda: now
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settle(pilot)
        eyes = Eyes(app, 80, 24)
        app.max_fps = 0.1
        app.redraw()
        await settle(pilot)
        assert app.driver.take() == "" or app._frame_timer is not None
        app.action_count()
        await settle(pilot)
        assert app.driver.take() == ""
        assert app._frame_timer is not None
        now += 11
        app._show_later()
        assert len(app.driver.written) == 1
        shown, stock = eyes.look()
        assert shown == stock


async def test_unknown_updates_are_left_to_textual_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Unknown(CompositorUpdate):
        def render_segments(self, console: object) -> str:
            return "unknown"

    app = Mixed()
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settle(pilot)
        app.driver.take()
        for _ in range(2):
            app._display(app.screen, Unknown())  # type: ignore[arg-type]  # not a renderable
        assert app.diff_failure is not None
        assert app.diff_failure.startswith("UnexpectedShapeError")
        assert len(caplog.records) == 1
        eyes = Eyes(app, 80, 24)
        app.stock.clear()
        app.driver.take()
        app.redraw()
        await settle(pilot)
        shown, stock = eyes.look()
        assert shown == stock
        assert "row 3" in "\n".join(eyes.screens[0].display)


async def test_switched_off() -> None:
    app = Mixed()
    app.diff_output = False
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        eyes = Eyes(app, 80, 24)
        await pilot.press("down", "c")
        await settle(pilot)
        shown, stock = eyes.look()
        assert shown == stock
        assert app._grid is None
