"""Textual's Linux driver, made safe against terminals that are slow, stopped or gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.terminal import preflight
from tui.terminal.lifecycle import HANG_UP, restore_terminal
from tui.terminal.link import QUESTION, LinkMeter
from tui.terminal.writer import TerminalWriter

ALTERNATE_SCREEN = "\x1b[?1049h"
MAX_UNSENT = 4096
"""Bytes on their way above which the next frame waits: a newer one will replace it."""
MAX_BACKLOG = 65_536
"""Bytes on their way above which output is dropped, and the screen painted anew later."""
CLOSE_TIMEOUT = 0.5
"""Seconds that a slow terminal has to take the last bytes."""
LAST_ANSWER = 0.6
"""Seconds that an answer of the terminal is waited for, so that no shell takes it for input."""
RESIZE_PAUSE = 0.05
"""Seconds between two sizes that the app is told of while a window is being dragged."""


class SafeDriver(LinuxDriver):
    """A driver that never waits for the terminal and ends the process when it has gone."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._writer: TerminalWriter | None = None
        self._stopping = False
        self._dropped = False
        self._waiting: list[Callable[[], None]] = []
        self._resize: events.Resize | None = None
        self._link = LinkMeter()
        self._answer_came = threading.Event()
        self._held_since: float | None = None
        self._input_came: Callable[[], None] | None = getattr(app, "input_came", None)
        self._encoding = getattr(self._file, "encoding", None) or "utf-8"

    @property
    def backlogged(self) -> bool:
        """Whether the terminal has not even taken the last frame."""
        return self._writer is not None and self._writer.backlog > MAX_UNSENT

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Call back from the event loop, once, when the terminal has taken everything."""
        if self._held_since is None:
            self._held_since = time.monotonic()
        if callback not in self._waiting:
            self._waiting.append(callback)
        if self._writer is not None:
            self._writer.notify()

    def write(self, data: str) -> None:
        """Send text to the terminal without ever waiting for it."""
        writer = self._writer
        if writer is None or (data == ALTERNATE_SCREEN and preflight.sign_is_shown()):
            return
        if writer.backlog > MAX_BACKLOG and not self._stopping:
            self._dropped = True
            writer.notify()
            return
        writer.write(data.encode(self._encoding, "replace"))

    def frame_sent(self) -> None:
        """A frame was written: now and then, look how long the terminal takes to draw it."""
        if self._link.ask():
            self._answer_came.clear()
            self.write(QUESTION)

    def use_mouse(self, on: bool) -> None:
        """Let the terminal report the mouse from now on, or not any more."""
        if on and not self._mouse:
            self._mouse = True
            self._enable_mouse_support()
        elif self._mouse and not on:
            self._disable_mouse_support()
            self._mouse = False

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self._stopping = False
        self._link.begin()
        self._key_thread = None
        self._writer = TerminalWriter(
            sys.__stderr__.fileno() if sys.__stderr__ is not None else 2,
            on_drained=self._on_drained,
            on_gone=self._on_gone,
        )
        self._writer.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        modes = preflight.sign_taken_over()
        if modes is not None and self.attrs_before is not None:
            # The terminal was made quiet meanwhile; it is given back as it was found.
            self.attrs_before = modes
        if self._key_thread is None:
            # In the background, where Textual stops itself again without taking over.
            self.close()
            return
        signal.signal(signal.SIGWINCH, self._on_window_change)

    def disable_input(self) -> None:
        """Stop reading, once the last question to the terminal is answered."""
        is_taken = self._writer is not None and not self._writer.backlog
        if self._link.is_waiting and is_taken and not self.exit_event.is_set():
            self._answer_came.wait(LAST_ANSWER)
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if self._writer is None:
            return
        self._stopping = True
        # The end of a frame may have been dropped.
        self.write("\x1b[0m\x1b[?2026l")
        super().stop_application_mode()

    def close(self) -> None:
        """End the output; a terminal that does not take the rest is restored regardless."""
        super().close()
        self._writer_thread = None
        writer, self._writer = self._writer, None
        if writer is not None and not writer.close(CLOSE_TIMEOUT):
            restore_terminal()

    def process_message(self, message: Message) -> None:
        """Pass input on; of sizes that come in quick succession the newest."""
        if isinstance(message, events.Resize):
            message.set_sender(self._app)
            self._resize = message
            self._loop.call_soon_threadsafe(self._announce_size_soon)
            return
        if isinstance(message, TerminalSupportsSynchronizedOutput):
            self._answer_came.set()
            self._call_soon(self._answered, time.monotonic())
        if isinstance(message, events.Key) and self._input_came is not None:
            self._input_came()
        super().process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        for fd in (2, 1, 0):
            try:
                width, height = os.get_terminal_size(fd)
            except OSError:
                continue
            if width and height:
                return width, height
        return 80, 24

    def _on_window_change(self, _number: int, _frame: FrameType | None) -> None:
        if not self._in_band_window_resize:
            self._loop.call_soon_threadsafe(self._announce_size_soon)

    def _announce_size_soon(self) -> None:
        if not self._size_pending:
            self._size_pending = True
            self._loop.call_later(RESIZE_PAUSE, self._announce_size)

    _size_pending = False

    def _announce_size(self) -> None:
        self._size_pending = False
        event, self._resize = self._resize, None
        if event is None:
            size = Size(*self._get_terminal_size())
            event = events.Resize(size, size)
            event.set_sender(self._app)
        self._app.post_message(event)

    def _on_drained(self) -> None:
        self._call_soon(self._after_drain)

    def _after_drain(self) -> None:
        waiting, self._waiting = self._waiting, []
        since, self._held_since = self._held_since, None
        if since is not None and self._link.held_up(time.monotonic() - since):
            self._tell_slow_link()
        if self._dropped:
            self._dropped = False
            redraw = getattr(self._app, "redraw", self._app.refresh)
            redraw()
        for callback in waiting:
            callback()

    def _answered(self, moment: float) -> None:
        if self._link.answered(moment):
            self._tell_slow_link()

    def _tell_slow_link(self) -> None:
        told = getattr(self._app, "slow_link_noticed", None)
        if told is not None:
            told()

    def _on_gone(self) -> None:
        """Called by the threads that read and write."""
        # Reading from a terminal that has gone returns at once, for ever.
        self.exit_event.set()
        lifecycle = getattr(self._app, "lifecycle", None)
        if lifecycle is None:
            os._exit(HANG_UP)
        lifecycle.terminal_gone()

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._on_gone()
        except Exception as error:
            self._call_soon(self._app._handle_exception, error)

    def _call_soon(self, function: Callable[..., object], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def _sigcont_application(self, *_: object) -> None:
        if not self._auto_restart:
            return
        if self._writer is not None:
            # Stopped by SIGSTOP, which leaves no time to put the terminal in order; whoever
            # had it meanwhile may have left it in any state.
            self.suspend_application_mode()
        self._must_signal_resume = True
        super()._sigcont_application()
