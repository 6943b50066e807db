"""How the program begins and ends, whatever ends it.

Every way out - a key, a signal, a lost terminal, a stuck event loop - leaves the terminal as
it was found and the exit code that a shell expects.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from tui.terminal import preflight
from tui.terminal.writer import open_terminal

if TYPE_CHECKING:
    from textual.app import App

GRACE = 1.7
"""Seconds that an orderly end may take before the process is ended the hard way."""

YOUNG = 10_000
"""Objects after which garbage is looked for among them: more of them keep a key waiting for
longer, and whether there are many or few at a time, each is looked at once."""

HANG_UP = 129
"""Exit code when the terminal has gone: 128 + SIGHUP."""

RESTORE = (
    "\x18\x1b\\"  # end a sequence that was cut off
    "\x1b[?2026l\x1b[0m\x1b]8;;\x1b\\"
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[?2004l\x1b[?2048l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Switches off all that Textual switches on."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
_saved_modes: list[Any] | None = None


def prepare_environment(low_bandwidth: bool = False) -> None:
    """Set what Textual reads from the environment while it is imported; call before that.

    What the user has set stays. Garbage collection pauses until :func:`settle_gc`.

    Args:
        low_bandwidth: fewer frames, for links on which each one costs.
    """
    # A key pressed right after a frame waits for the next one.
    os.environ.setdefault("TEXTUAL_FPS", "20" if low_bandwidth else "120")
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    gc.disable()


def settle_gc() -> None:
    """Leave what is loaded by now out of later garbage collections, and make these rare.

    Call after the start. Nothing is looked through for that: it would keep keys waiting for a
    tenth of a second, to give back a megabyte of what the start left behind.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, 500, 1000)
    gc.enable()


def remember_terminal() -> None:
    """Save the modes of the terminal that :func:`restore_terminal` brings back."""
    global _saved_modes
    with contextlib.suppress(termios.error, OSError, ValueError):
        _saved_modes = preflight.modes_before() or termios.tcgetattr(0)


def restore_terminal() -> None:
    """Put the terminal in order from any thread, without waiting for anything."""
    data = RESTORE.encode()
    with contextlib.suppress(OSError, termios.error):
        fd = open_terminal(2)
        try:
            if not os.get_blocking(fd):
                if _write(fd, data) < len(data):
                    # The terminal takes nothing: what waits for it makes room.
                    termios.tcflush(fd, termios.TCOFLUSH)
                    _write(fd, data)
            else:
                # Written by a thread, since this descriptor may block.
                writer = threading.Thread(target=_write, args=(os.dup(fd), data), daemon=True)
                writer.start()
                writer.join(0.2)
        finally:
            os.close(fd)
    if _saved_modes is not None:
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(0, termios.TCSANOW, _saved_modes)


def _write(fd: int, data: bytes) -> int:
    try:
        return os.write(fd, data)
    except OSError:
        return 0


class Lifecycle:
    """Ends one app with the right exit code.

    Args:
        app: the app that is ended.
        grace: seconds that it has for an orderly end.
    """

    def __init__(self, app: App[Any], grace: float = GRACE) -> None:
        self._app = app
        self._grace = grace
        self.exit_code: int | None = None
        """128 + the signal that ends the app; ``None`` while nothing has."""

    @contextlib.contextmanager
    def handling_signals(self) -> Iterator[None]:
        """React to SIGTERM, SIGHUP, SIGQUIT and SIGINT; only in the main thread.

        A signal that was ignored when the program was started (``nohup``) stays ignored.
        """
        before: dict[signal.Signals, Any] = {}
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            # Once the app is ending, a second signal must not undo the orderly end.
            for number, handler in before.items():
                signal.signal(number, handler if self.exit_code is None else signal.SIG_IGN)

    def terminal_gone(self) -> None:
        """End the app because nobody can see it any more. Callable from any thread."""
        self.end(HANG_UP)

    def end(self, code: int) -> None:
        """End the app in order, or after the grace time without. Callable from any thread.

        Args:
            code: the exit code of the process; the first one given wins.
        """
        if self.exit_code is not None:
            return
        self.exit_code = code
        watchdog = threading.Timer(self._grace, self._end_now)
        watchdog.daemon = True
        watchdog.start()
        loop = self._app._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nothing left to do
                loop.call_soon_threadsafe(self._exit)

    def _exit(self) -> None:
        self._app.exit(return_code=self.exit_code or 0)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.end(128 + number)
        if self._app._loop is None:
            sys.exit(128 + number)

    def _end_now(self) -> None:
        restore_terminal()
        os._exit(self.exit_code or 0)
