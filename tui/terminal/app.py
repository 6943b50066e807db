"""The base of the app, and the one way to run it."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual import constants
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.types import CSSPathType

from tui.terminal import crash, lifecycle, preflight
from tui.terminal.driver import SafeDriver
from tui.terminal.lifecycle import Lifecycle
from tui.terminal.output import DiffOutput
from tui.terminal.type_ahead import TypeAhead

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTLE_AFTER = 1.0
"""Seconds after the start when garbage is collected for the first time: not before anything
is shown, and hardly while the first keys are pressed."""


SLOW_FPS = 2.0
"""Frames per second that are sent over a slow link, answers to keys left out."""


class TerminalApp(TypeAhead[ReturnType], DiffOutput[ReturnType]):
    """An app that sends little, ends well, and keeps data out of its error messages.

    Args:
        driver_class: what speaks to the terminal; ``None``: :class:`SafeDriver`.
        css_path: style sheets, see Textual.
        watch_css: see Textual.
        ansi_color: see Textual.
        diff: whether only changed cells are sent.
        low_bandwidth: whether to begin as :meth:`set_low_bandwidth` says.
    """

    def __init__(
        self,
        driver_class: type[Driver] | None = None,
        css_path: CSSPathType | None = None,
        watch_css: bool = False,
        ansi_color: bool | None = None,
        *,
        diff: bool = True,
        low_bandwidth: bool = False,
    ) -> None:
        super().__init__(driver_class, css_path, watch_css, ansi_color)
        self.diff_output = self.diff_output and diff
        self.low_bandwidth = False
        """Whether as little as possible is sent."""
        self.wants_mouse = True
        """Whether the mouse is listened to when the link is not slow."""
        if low_bandwidth:
            self.set_low_bandwidth(True)
        self.lifecycle = Lifecycle(self)
        self.crash: BaseException | None = None
        """The error that ended the app."""
        self.frames_held = False
        """Whether nothing is drawn for now, see :meth:`hold_frames`."""

    def set_low_bandwidth(self, on: bool) -> None:
        """Send as little as possible from now on, or all again.

        That is: 256 colours at most, two frames a second besides the answers to keys, and
        no reports of the mouse.
        """
        self.low_bandwidth = on
        self.max_fps = SLOW_FPS if on else None
        self.limit_colors(ColorSystem.EIGHT_BIT if on else None)
        if isinstance(self._driver, SafeDriver):
            self._driver.use_mouse(self.wants_mouse and not on)

    def slow_link_noticed(self) -> None:
        """The terminal turned out to be at the other end of a slow link; told once."""

    def get_driver_class(self) -> type[Driver]:
        """The driver where none was asked for."""
        return super().get_driver_class() if constants.DRIVER else SafeDriver

    def on_mount(self) -> None:
        """Paint anew when the program comes back to the foreground."""
        self.app_resume_signal.subscribe(self, self._on_resumed)

    def _on_resumed(self, _app: App[Any]) -> None:
        self.redraw()

    async def _ready(self) -> None:
        await super()._ready()
        if not self.is_headless:
            self.set_timer(SETTLE_AFTER, lifecycle.settle_gc)

    def hold_frames(self, seconds: float) -> None:
        """Draw nothing until :meth:`release_frames`, or for so long.

        For the start: a frame without data takes as long to draw as the one with data that
        replaces it at once. Screens leave drawing out while :attr:`frames_held`.
        """
        if not self.frames_held and not self.is_headless:
            self.frames_held = True
            self._begin_batch()
            self.set_timer(seconds, self.release_frames)

    def release_frames(self) -> None:
        """Draw from now on."""
        if self.frames_held:
            self.frames_held = False
            self._end_batch()
            # Whoever leaves at once has no screen any more.
            if self._screen_stack:
                self.screen.refresh(layout=True)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = self.crash or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual would print a traceback with local variables, which hold session data.
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End the app at once; after an error nothing is printed but where the report is."""
        if self.crash is None:
            super().panic(*renderables)
        else:
            self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        if self.crash is not None:
            self._exit_renderables.clear()
        super()._print_error_renderables()


def run_app(app: TerminalApp[Any], *, report_messages: bool = False) -> int:
    """Run an app and put the terminal in order afterwards, whatever happens.

    After an unhandled error a report is written and one sentence on standard error says where.

    Args:
        app: the app, not yet running.
        report_messages: whether reports include the messages of errors, which may hold data.

    Returns:
        The exit code for the process: the app's own, 1 after an error, 128 + the number of
        the signal that ended it, 129 if the terminal has gone.
    """
    lifecycle.remember_terminal()
    code = 0
    with crash.logging_to_file(), app.lifecycle.handling_signals(), _terminal_given_back():
        try:
            app.run(mouse=app.wants_mouse and not app.low_bandwidth)
        except SystemExit as end:
            code = _exit_code(end)
        except KeyboardInterrupt:
            code = 130
        except Exception as error:
            app.crash = app.crash or error
    if app.lifecycle.exit_code is not None:
        return app.lifecycle.exit_code
    if app.crash is not None:
        crash.say(crash.sentence(app.crash, messages=report_messages))
        return 1
    return code or app.return_code or 0


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    crash.say(str(end.code))
    return 1


@contextlib.contextmanager
def _terminal_given_back() -> Iterator[None]:
    """Cover the ways out on which the driver was not stopped."""
    try:
        yield
    except BaseException:
        lifecycle.restore_terminal()
        raise
    finally:
        preflight.undo_first_sign()
        gc.enable()
