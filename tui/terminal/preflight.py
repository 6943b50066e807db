"""What is done before Textual is loaded: is there a terminal, and a first sign of life.

Imports nothing that takes time.
"""

from __future__ import annotations

import gc
import os
import stat
import sys
import termios

TYPE_CHECKING = False  # what typing has under this name; importing that takes longer

if TYPE_CHECKING:
    import signal
    from types import FrameType
    from typing import Any
else:
    try:
        # What signal is made of, without the enumerations, which take long to load.
        import _signal as signal
    except ImportError:
        import signal

_SHOW = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"
_HIDE = "\x1b[?1049l\x1b[?25h"
_SQLITE = b"SQLite format 3\0"
_WITHOUT = "'session-tui sessions' prints what is in a store without one."
_NEAR_START = 65_536
"""Bytes at the start of a file in which its oldest tables are declared."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)

PATIENCE = 0.1
"""Seconds that a terminal has to take more of a picture."""

_shown = False
_ending = False
_modes: list[Any] | None = None
"""How the terminal was before it was made quiet."""


def check_terminal() -> str | None:
    """Whether a full screen can be shown.

    Returns:
        ``None`` if it can, otherwise a sentence for people that says why not.
    """
    streams = (("input", 0), ("output", 1), ("error output", 2))
    missing = [name for name, fd in streams if not os.isatty(fd)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return (
            f"The screen needs a terminal, but standard {' and '.join(missing)} {verb} not one; "
            f"{_WITHOUT}"
        )
    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        said = f"TERM={term}" if term else "TERM is not set"
        return f"The screen needs a terminal that can place text, but {said}; {_WITHOUT}"
    return None


def pause_gc() -> None:
    """Put garbage collection off until the screen is there: what is loaded is there to stay."""
    gc.disable()


def looks_like_store(path: str) -> bool:
    """Whether a file is most likely a store, as far as its first bytes tell.

    Only for files that this process has not opened in SQLite yet: closing another descriptor
    of the same file would drop the locks.

    Returns:
        False where a closer look is needed before anything may be shown.
    """
    try:
        # A pipe or a device must not even be opened.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            start = os.read(descriptor, _NEAR_START)
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return False
    # Every schema that can be read has sessions.
    return start.startswith(_SQLITE) and b"session" in start


def first_sign(text: str) -> None:
    """Switch to the alternate screen and show one line there, at once.

    From now on a signal that ends the process gives the terminal back first, and what is typed
    is kept for the app without being echoed. Does nothing where no terminal is.

    Args:
        text: what is being done; any characters, they are made harmless.
    """
    global _shown
    if _shown or not os.isatty(2):
        return
    _shown = True
    for number in _SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end_early)
    if not (text.isascii() and text.isprintable()):
        from queries.text import clean

        text = clean(text)
    _make_quiet()
    _write(f"{_SHOW} {text}")


def show_picture(text: str) -> None:
    """Draw more on the screen that :func:`first_sign` has switched to.

    Never waits long: where the terminal does not take it, the rest is left out.

    Args:
        text: harmless text and sequences that draw it.
    """
    if not _shown:
        return
    from select import select

    from tui.terminal.writer import CHUNK, open_terminal

    data = memoryview(text.encode(_encoding(), "replace"))
    try:
        terminal = open_terminal(2)
    except OSError:
        return
    try:
        while data and select((), (terminal,), (), PATIENCE)[1]:
            data = data[os.write(terminal, data[:CHUNK]) :]
    except OSError:
        return  # nobody is there to see it; the app will find out
    finally:
        os.close(terminal)


def undo_first_sign() -> None:
    """Give the terminal back, unless the app has taken it over; for when opening fails."""
    global _shown, _modes
    if _shown:
        _shown = False
        _write(_HIDE)
        modes, _modes = _modes, None
        if modes is not None:
            _set_modes(modes)


def sign_is_shown() -> bool:
    """Whether the alternate screen is on because of :func:`first_sign`."""
    return _shown


def sign_taken_over() -> list[Any] | None:
    """The app draws on the screen now and gives it back itself.

    Returns:
        The modes in which the terminal was found, if they are not the present ones.
    """
    global _shown, _modes
    _shown = False
    modes, _modes = _modes, None
    return modes


def modes_before() -> list[Any] | None:
    """The modes in which the terminal was found, if they are not the present ones."""
    return _modes


def _make_quiet() -> None:
    """Let what is typed wait for the app, key by key as the app reads them, without an echo.

    Ctrl+C goes on to end the process; Ctrl+Z waits for the app, which knows what to do then.
    """
    global _modes
    try:
        if os.tcgetpgrp(0) != os.getpgrp():
            return  # whoever is in the foreground needs the terminal as it is
        modes = termios.tcgetattr(0)
    except (termios.error, OSError):
        return
    _modes = modes
    quiet = [*modes[:6], [*modes[6]]]
    quiet[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    quiet[6][termios.VSUSP] = b"\0"
    _set_modes(quiet)


def _set_modes(modes: list[Any]) -> None:
    try:
        if os.tcgetpgrp(0) == os.getpgrp():
            termios.tcsetattr(0, termios.TCSANOW, modes)
    except (termios.error, OSError):
        return  # nobody is there who could type


def _end_early(number: int, _frame: FrameType | None) -> None:
    global _ending
    undo_first_sign()
    if _ending:
        os._exit(128 + number)
    _ending = True
    # Whoever has made a folder or opened the store puts it in order on the way out.
    raise SystemExit(128 + number)


def _encoding() -> str:
    return getattr(sys.__stderr__, "encoding", None) or "utf-8"


def _write(text: str) -> None:
    try:
        os.write(2, text.encode(_encoding(), "replace"))
    except OSError:
        return  # nobody is there to see it; the app will find out
