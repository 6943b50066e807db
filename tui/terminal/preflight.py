"""What is done before Textual is loaded: is there a terminal, and a first sign of life.

Imports nothing that takes time.
"""

from __future__ import annotations

import gc
import os
import signal
import stat
import sys

TYPE_CHECKING = False  # what typing has under this name; importing that takes longer

if TYPE_CHECKING:
    from types import FrameType

_SHOW = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"
_HIDE = "\x1b[?1049l\x1b[?25h"
_SQLITE = b"SQLite format 3\0"
_WITHOUT = "'session-tui sessions' prints what is in a store without one."
_NEAR_START = 65_536
"""Bytes at the start of a file in which its oldest tables are declared."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)

_shown = False


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

    From now on a signal that ends the process gives the terminal back first. Does nothing
    where no terminal is.

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
    _write(f"{_SHOW} {text}")


def undo_first_sign() -> None:
    """Give the terminal back, unless the app has taken it over; for when opening fails."""
    global _shown
    if _shown:
        _shown = False
        _write(_HIDE)


def sign_is_shown() -> bool:
    """Whether the alternate screen is on because of :func:`first_sign`."""
    return _shown


def sign_taken_over() -> None:
    """The app draws on the screen now and gives it back itself."""
    global _shown
    _shown = False


def _end_early(number: int, _frame: FrameType | None) -> None:
    undo_first_sign()
    os._exit(128 + number)


def _write(text: str) -> None:
    encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
    try:
        os.write(2, text.encode(encoding, "replace"))
    except OSError:
        return  # nobody is there to see it; the app will find out
