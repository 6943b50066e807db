"""The whole program on a screen without a terminal, step by step: no threads, no real clock."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import shlex
import shutil
import time
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from textual import events
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.driver import Driver
from textual.geometry import Region
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from queries.feed import Feed
from queries.fold import Fold
from queries.models import Snapshot
from tests.quick_screens import until_handled
from tests.stores.base import SAMPLES
from tui.app import SessionApp
from tui.cli import main
from tui.config import Config
from tui.options import ScreenOptions
from tui.poller import Poller
from tui.reader import Reader, Work
from tui.screens.main import MainScreen
from tui.view_memory import ViewMemory

T = TypeVar("T")
SAMPLE_NAMES = tuple(sorted(path.stem for path in SAMPLES.glob("*.db")))
ROUNDS = 100
LONGEST = 60.0
"""Seconds that the program may be busy without a pause."""
NOW = 1_768_341_600.0
"""2026-01-13 22:00:00 UTC: after everything in the samples."""


class Clock:
    """Says what a test set."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class StepPoller(Poller):
    """Polls when it is told to, in the caller's thread."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.feed = Feed(path, clock=clock)
        self.watched: set[tuple[int, int]] = set()
        super().__init__(self.feed, monotonic=clock)

    def start(self) -> None:
        raise AssertionError("a step poller has no thread")

    def watch(self, keys: Any) -> None:
        self.watched = set(keys)
        super().watch(self.watched)

    def ask(self, question: Callable[[Fold], T], receiver: Callable[[T], object]) -> None:
        super().ask(question, receiver)
        if self._last is not None:
            self._answer()

    def step(self, *, count: bool = True) -> Snapshot | None:
        """Poll once, and count the past to its end; returns the last snapshot made."""
        made = self.poll_once()
        while count and self.feed.counting:
            self.feed.backfill(10.0)
            made = self.poll_once() or made
        return made

    def stop(self, timeout: float = 2.0) -> None:
        super().stop(timeout)
        self.feed.close()


class StepReader(Reader):
    """Serves each request at once in the caller's thread, or, while held, when it is told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.held = False
        self.asked: Counter[str] = Counter()
        """Requests so far, by slot."""
        self._serving = False

    def start(self) -> None:
        """No thread is needed."""

    def request(self, slot: str, work: Work) -> int:
        ticket = super().request(slot, work)
        self.asked[slot] += 1
        if not self.held:
            self.serve()
        return ticket

    def serve(self) -> int:
        """Serve all that waits; returns how many requests that were."""
        served = 0
        if self._serving:
            return 0
        self._serving = True
        try:
            while self._waiting and (request := self._next()) is not None:
                self._serve(request)
                served += 1
        finally:
            self._serving = False
            self._current = None
        return served

    def stop(self, timeout: float = 2.0) -> None:
        super().stop(timeout)
        if self._store is not None:
            self._store.close()

    @property
    def statements(self) -> int:
        """SQL statements run so far on the open connection."""
        return 0 if self._store is None else self._store.statements


class Stage:
    """The running program and the strings to pull."""

    def __init__(
        self,
        app: SessionApp,
        pilot: Pilot[None],
        poller: StepPoller,
        reader: StepReader,
        clock: Clock,
    ) -> None:
        self.app = app
        self.pilot = pilot
        self.poller = poller
        self.reader = reader
        self.clock = clock

    # Doing

    async def settle(self) -> None:
        """Wait until every message has been handled and nothing waits to be laid out."""
        for _ in range(ROUNDS):
            await until_handled(self.app, time.monotonic() + LONGEST)
            await self.app.workers.wait_for_complete()
            if self._is_idle():
                return
            # A batch that ends when its time is over.
            await asyncio.sleep(0.005)
        raise AssertionError(f"still busy after {ROUNDS} rounds")

    def _is_idle(self) -> bool:
        if not self.app.screen_stack:
            return False
        screen = self.app.screen
        screen._on_timer_update()
        # The panes would follow the cursor in a moment.
        self.main.follow_cursor()
        pumps = [self.app, *self.app.screen_stack, *screen.walk_children()]
        queued = any(not pump._message_queue.empty() for pump in pumps)
        waiting = screen._layout_required or bool(screen._callbacks) or not screen.is_mounted
        return not queued and not waiting and not self.app._batch_count

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, settling after each."""
        for key in keys:
            self._send(key)
            # The driver hands it to the loop, which hands it to the app.
            await asyncio.sleep(0)
            await self.settle()

    async def burst(self, *keys: str) -> None:
        """Press keys so quickly that they come together; settle after the last."""
        for key in keys:
            self._send(key)
        await asyncio.sleep(0)
        await self.settle()

    def _send(self, key: str) -> None:
        driver = self.app._driver
        assert driver is not None
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        try:
            shown = _get_unicode_name_from_key(REPLACED_KEYS.get(name, name))
            character: str | None = unicodedata.lookup(shown)
        except KeyError:
            character = key if len(key) == 1 else None
        event = events.Key(name, character)
        event.set_sender(self.app)
        driver.send_message(event)

    async def step(self, *, count: bool = True) -> Snapshot | None:
        """Poll once and show what came of it."""
        snapshot = self.poller.step(count=count)
        await self.settle()
        return snapshot

    async def serve(self) -> int:
        """Let the held reader answer."""
        served = self.reader.serve()
        await self.settle()
        return served

    async def focus(self, pane: str) -> None:
        """Give a pane the focus."""
        self.main.focus_pane(("sessions", "activity", "tools", "matrix").index(pane))
        await self.settle()

    async def type(self, text: str, *, enter: bool = True) -> None:
        """Type into the prompt that is open."""
        await self.press(*text, *(("enter",) if enter else ()))

    # Looking

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever is above it."""
        screen = self.app.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    @property
    def is_above(self) -> bool:
        """Whether another screen is above the main one."""
        return len(self.app.screen_stack) > 1

    @property
    def status(self) -> str:
        """The line at the top."""
        return self.lines()[0]

    @property
    def footer(self) -> str:
        """The line at the bottom."""
        return self.lines()[-1]

    def lines(self) -> list[str]:
        """The screen's text."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    def text(self) -> str:
        """The screen's text in one, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.lines()) + "\n"

    def titles(self) -> list[str]:
        """The four border titles, whole."""
        # Reading the public attribute would give markup.
        shown = [getattr(pane, "_border_title", None) for pane in self.main.panes]
        return ["" if title is None else title.plain for title in shown]

    def tree(self) -> list[str]:
        """All lines of the activity tree."""
        return self.main.tree_view.lines_as_text()

    def said(self) -> list[str]:
        """The notifications so far, oldest first."""
        return [note.message for note in self.app._notifications]

    def statements(self) -> int:
        """SQL statements that feed and reader have run on their present connections."""
        store = self.poller.feed.store
        return self.reader.statements + (0 if store is None else store.statements)

    @contextmanager
    def repaints(self) -> Iterator[list[tuple[str, Region]]]:
        """What asks to be painted anew meanwhile: widget and region; settle before reading."""
        asked: list[tuple[str, Region]] = []
        refresh = Widget.refresh

        def counting(self: Widget, *regions: Region, **options: Any) -> Widget:
            name = self.id or type(self).__name__
            asked.extend((name, region) for region in regions or (self.region,))
            return refresh(self, *regions, **options)

        Widget.refresh = counting  # type: ignore[assignment,method-assign]  # put back below
        try:
            yield asked
        finally:
            Widget.refresh = refresh  # type: ignore[method-assign]  # as it was


@asynccontextmanager
async def on_stage(
    path: Path,
    size: tuple[int, int] = (120, 40),
    *,
    config: Config | None = None,
    options: ScreenOptions | None = None,
    clock: Clock | None = None,
    first_step: bool = True,
    early_step: bool = False,
    paint: bool = False,
    driver: type[Driver] | None = None,
    low_bandwidth: bool = False,
    memory: ViewMemory | None = None,
) -> AsyncIterator[Stage]:
    """Run the program on a store.

    Args:
        path: of the store.
        size: of the screen.
        config: the user's settings; a fixed theme and UTC by default.
        options: the command line's.
        clock: the present.
        first_step: poll once there is a screen.
        early_step: poll before there is one.
        paint: draw screens whenever they change, as for a terminal; without that they are
            drawn when a test looks at them, which takes half the time.
        driver: takes what would go to a terminal; None: nothing does.
        low_bandwidth: send as little as possible.
        memory: how the store was looked at before.
    """
    clock = Clock() if clock is None else clock
    poller, reader = StepPoller(path, clock), StepReader(path)
    app = SessionApp(
        path,
        poller,
        Config(theme="dark", utc=True) if config is None else config,
        ScreenOptions() if options is None else options,
        environ={"TERM": "xterm-256color"},
        reader=reader,
        clock=clock,
        low_bandwidth=low_bandwidth,
        memory=memory,
    )
    if driver is not None:
        app.driver_class = driver
        # What is sent depends on the test's clock alone.
        app.__dict__["OUTPUT_CLOCK"] = clock
    if early_step:
        poller.step()
    drawn = contextlib.nullcontext() if paint or driver is not None else _nothing_is_drawn()
    with drawn:
        async with app.run_test(headless=driver is None, size=size, notifications=True) as pilot:
            stage = Stage(app, pilot, poller, reader, clock)
            while not app.screen_stack:
                await asyncio.sleep(0.001)
            await stage.settle()
            if first_step:
                await stage.step()
                app.frames_held = not paint
            yield stage


@contextmanager
def _nothing_is_drawn() -> Iterator[None]:
    """Draw screens only when a test looks at them."""
    render_update = Compositor.render_update

    def forget(
        self: Compositor,
        full: bool = False,
        screen_stack: list[Screen[Any]] | None = None,
        simplify: bool = False,
    ) -> None:
        visible_screen_stack.set(screen_stack or [])
        self._dirty_regions.clear()

    Compositor.render_update = forget  # type: ignore[method-assign]  # put back below
    try:
        yield
    finally:
        Compositor.render_update = render_update  # type: ignore[method-assign]  # as it was


def run_line(line: str) -> Any:
    """Run a command line of the program in this process; returns its JSON."""
    program, *arguments = shlex.split(line)
    assert program == "session-tui"
    output = io.StringIO()
    # Textual has taken standard output for itself.
    with contextlib.redirect_stdout(output):
        assert main(arguments) == 0
    return json.loads(output.getvalue())


def sample(name: str, folder: Path) -> Path:
    """A copy of a sample store in a folder."""
    target = folder / f"{name}.db"
    shutil.copyfile(SAMPLES / f"{name}.db", target)
    return target
