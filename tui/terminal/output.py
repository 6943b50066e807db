"""Frames for the terminal that hold only the cells that changed.

Textual repaints whole regions and sends every cell of them. :class:`DiffOutput` keeps a grid
of what the terminal shows and sends the difference, in one write per frame. It reads
Textual's private update objects; whenever these are not what it knows, it hands over to
Textual's own output for good and says so in the log.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import ClassVar

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, RenderableType
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.screen import Screen

from queries.pausing import yield_processor
from tui.terminal.cells import CellGrid, UnexpectedShapeError

SYNC_START = "\x1b[?2026h"
SYNC_END = "\x1b[?2026l"
LAYOUT_PATIENCE = 0.25
"""Seconds that frames of the old size are held back after the terminal was resized."""

ANSWER_TIME = 0.2
"""Seconds after a key within which frames are answers to it."""
_ASKING = (
    events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp
)  # fmt: skip

log = logging.getLogger(__name__)


class DiffOutput(App[ReturnType]):
    """An app that sends only what changed on the screen.

    With ``diff_output = False`` on the class or on an instance, Textual's own output is used.
    """

    diff_output: bool = True
    """Whether only changed cells are sent."""

    max_fps: float | None = None
    """Frames per second at most, for slow links: what changed in between is sent together in
    the next frame. Answers to keys are sent at once. ``None``: as fast as Textual paints.
    Without :attr:`diff_output` ignored."""

    diff_failure: str | None = None
    """Why the difference is no longer made, if it had to be given up."""

    OUTPUT_CLOCK: ClassVar = staticmethod(time.monotonic)
    """What :attr:`max_fps` is measured with, in seconds."""

    _grid: CellGrid | None = None
    _last_frame: float = float("-inf")
    _last_resize: float = float("-inf")
    _last_asking: float = float("-inf")
    _colors: ColorSystem | None = None
    _frame_timer: asyncio.TimerHandle | None = None

    def limit_colors(self, most: ColorSystem | None) -> None:
        """Send no more colours than these; ``None``: all that the terminal has."""
        has = self.console._color_system
        if self._colors is None:
            self._colors = has
        if self._colors is None:
            return
        self.console._color_system = self._colors if most is None else min(most, self._colors)
        if self.console._color_system is not has:
            self._grid = None
            self.redraw()

    def redraw(self) -> None:
        """Paint the whole screen anew, whatever the terminal shows at the moment."""
        if self._grid is not None:
            self._grid.forget()
        if self._screen_stack:
            self.screen.refresh(layout=True)

    def action_redraw(self) -> None:
        """Paint the whole screen anew (for Ctrl+L)."""
        self.redraw()

    async def on_event(self, event: events.Event) -> None:
        """Note when the user asked for something."""
        if isinstance(event, _ASKING):
            self._last_asking = self.OUTPUT_CLOCK()
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        """What the terminal shows after a resize is its own affair: assume nothing."""
        self._last_resize = self.OUTPUT_CLOCK()
        grid = self._grid
        if grid is None:
            return
        grid.forget()
        if event.size == (grid.width, grid.height):
            # Textual does nothing when the size came back to what it was.
            self._show()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver = self._driver
        if (
            not self.diff_output
            or renderable is None
            or driver is None
            or driver.is_headless
            or driver.is_inline
            or self._batch_count
            or self._closed
            or not self._running
        ):
            super()._display(screen, renderable)
            return
        try:
            yield_processor()
            self._want(screen, renderable)
            yield_processor()
            self._show()
        except Exception as error:
            self._give_up(error)
            super()._display(screen, screen._compositor.render_full_update())
        else:
            self.post_display_hook()

    def _want(self, screen: Screen[object], update: RenderableType) -> None:
        """Put an update of Textual's into the grid."""
        grid = self._grid
        if isinstance(update, ChopsUpdate):
            size = (update.chop_ends[0][-1] if update.chop_ends else 0, len(update.chops))
            if grid is not None and (grid.width, grid.height) == size:
                _put_chops(grid, update)
                return
            update = screen._compositor.render_full_update()
        if not isinstance(update, LayoutUpdate):
            raise UnexpectedShapeError(type(update).__name__)
        region = update.region
        if region.x or region.y:
            raise UnexpectedShapeError(f"a layout of {region!r}")
        if grid is None or (grid.width, grid.height) != region.size:
            colors = COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR)
            grid = self._grid = CellGrid(region.width, region.height, colors)
        for y, strips in enumerate(update.strips):
            x = 0
            for strip in strips:
                x = grid.put(x, y, strip)

    def _show(self) -> None:
        """Send what changed, now or as soon as it may be sent."""
        grid, driver = self._grid, self._driver
        if grid is None or driver is None or self._closed or not self._running:
            return
        now = self.OUTPUT_CLOCK()
        due = now
        if self.max_fps and now - self._last_asking > ANSWER_TIME:
            due = self._last_frame + 1 / self.max_fps
        if (grid.width, grid.height) != self.size:
            due = max(due, self._last_resize + LAYOUT_PATIENCE)
        if now < due:
            if self._frame_timer is None:
                loop = asyncio.get_running_loop()
                self._frame_timer = loop.call_later(due - now, self._show_later)
            return
        if getattr(driver, "backlogged", False):
            driver.when_drained(self._show_later)  # type: ignore[attr-defined]  # SafeDriver
            return
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        text = grid.changes()
        if not text and cursor == self._previous_cursor_position:
            return
        self._previous_cursor_position = cursor
        text += Control.move_to(*cursor).segment.text
        if self._sync_available:
            text = f"{SYNC_START}{text}{SYNC_END}"
        self._last_frame = now
        driver.write(text)
        if (sent := getattr(driver, "frame_sent", None)) is not None:
            sent()
        driver.flush()

    def _show_later(self) -> None:
        """Send what was held back; called by the event loop, outside of any message."""
        if self._frame_timer is not None:
            self._frame_timer.cancel()
            self._frame_timer = None
        if not self._batch_count and self._screen_stack:
            try:
                self._show()
            except Exception as error:
                self._give_up(error)
                self.screen.refresh()

    def _give_up(self, error: Exception) -> None:
        """Use Textual's own output from now on. The message may hold data: it is not logged."""
        self.diff_output = False
        self._grid = None
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        line = f" in line {place.tb_lineno}" if place is not None else ""
        self.diff_failure = f"{type(error).__name__}{line}"
        log.error("only changed cells: given up (%s); whole regions are sent", self.diff_failure)


def _put_chops(grid: CellGrid, update: ChopsUpdate) -> None:
    for y, first, last in update.spans:
        for (x, strip), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False):
            if strip is not None and x <= last and end > first:
                grid.put(x, y, strip)
