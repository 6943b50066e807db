"""A terminal for tests: runs a command in a pseudo-terminal and shows what a person would see.

    with Terminal([sys.executable, "-m", "tui", "store.db"], columns=80, rows=24) as terminal:
        terminal.wait_for_text("Sessions")
        terminal.press("down", "q")
        assert terminal.wait() == 0
        assert terminal.restored() == []

Nothing sleeps for a fixed time: every wait ends as soon as the bytes it waits for have come.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.process.emulator import QuickScreen, QuickStream
from tests.process.ready import ReadyProcess

KEYS = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "space": " ",
    "backspace": "\x7f", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
}  # fmt: skip
"""What a terminal sends for keys with names; "ctrl+x" and single characters work as well."""

MODES = {
    "25": "cursor", "7": "line wrap", "47": "alternate screen", "1047": "alternate screen",
    "1049": "alternate screen", "1000": "mouse 1000", "1002": "mouse 1002", "1003": "mouse 1003",
    "1005": "mouse 1005", "1006": "mouse 1006", "1015": "mouse 1015", "1016": "mouse 1016",
    "1004": "focus reports", "2004": "bracketed paste", "2026": "synchronised output",
    "2048": "size reports",
}  # fmt: skip
"""Private modes that a program may switch; all but the first two are off at first."""

PATIENCE = 60.0
"""Seconds that anything may take on a busy machine; only what never comes takes them."""

_ON_AT_FIRST = ("cursor", "line wrap")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KITTY = re.compile(rb"\x1b\[([<>])[0-9;]*u")
_NOT_FOR_PYTE = re.compile(
    r"\x1b\[[<>=?]*[0-9;]*\$?[up]|\x1b[P_^X].*?\x1b\\|\x1b\].*?(?:\x07|\x1b\\)|\x18", re.DOTALL
)
_UNFINISHED = re.compile(r"\x1b(?:\[[^@-~]*|[\]P_^X](?:(?!\x1b\\|\x07).)*)?\Z", re.DOTALL)


class Terminal:
    """A command in a pseudo-terminal of its own session.

    Args:
        command: the program and its arguments, or what starts it: is given the file of the
            terminal and the environment.
        columns: width in cells.
        rows: height in cells.
        env: added to (``None`` removes from) the environment, in which TERM is
            xterm-256color, COLORTERM truecolor and no multiplexer is named.
        cwd: working directory.
        synchronised: whether the terminal says that it knows synchronised output.
        answers_after: seconds until it answers, as at the other end of a slow link.
        ignore_hangup: start the program with SIGHUP ignored, as ``nohup`` does.
    """

    def __init__(
        self,
        command: Sequence[str | Path] | Callable[[int, Mapping[str, str]], ReadyProcess],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        synchronised: bool = True,
        answers_after: float = 0.0,
        ignore_hangup: bool = False,
    ) -> None:
        self._screen = QuickScreen(columns, rows)
        self._stream = QuickStream(self._screen)
        self._shown: dict[int, str] = {}
        self._raw = bytearray()
        self._fed = 0
        self._unfinished = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._synchronised = synchronised
        self._answers_after = answers_after
        self._changed = threading.Condition()
        self._reading = threading.Event()
        self._reading.set()
        self._closed = False
        self._master, self._slave = pty.openpty()
        self._woken, self._wake = os.pipe()
        self._modes_before = termios.tcgetattr(self._slave)
        self._set_size(columns, rows)

        def become_terminal_user() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            # Whoever runs the tests in the background ignores them, and that is inherited.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGQUIT, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN if ignore_hangup else signal.SIG_DFL)

        self.process: subprocess.Popen[bytes] | ReadyProcess
        if callable(command):
            self.process = command(self._slave, environment(env or {}))
        else:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=self._slave, stdout=self._slave, stderr=self._slave,
                env=environment(env or {}), cwd=cwd,
                start_new_session=True, preexec_fn=become_terminal_user,
            )  # fmt: skip
        self._threads = Path(f"/proc/{self.process.pid}/task")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            error.add_note("screen:\n" + "\n".join(self.lines()))
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.hang_up()
        os.close(self._slave)

    # What a person does

    def send(self, data: str | bytes) -> None:
        """Type raw characters."""
        os.write(self._master, data.encode() if isinstance(data, str) else data)

    def press(self, *keys: str) -> None:
        """Press keys by name: "down", "ctrl+c", "q"."""
        for key in keys:
            if key.startswith("ctrl+"):
                self.send(chr(ord(key[5:].upper()) & 0x1F))
            else:
                self.send(KEYS.get(key, key))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window; the kernel tells the program."""
        self._feed()
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def hang_up(self) -> None:
        """Close the window."""
        if self._closed:
            return
        self._closed = True
        self._reading.set()
        os.write(self._wake, b"!")
        self._reader.join()
        for file in (self._master, self._woken, self._wake):
            os.close(file)

    @contextlib.contextmanager
    def not_reading(self) -> Iterator[None]:
        """Take nothing from the program, as a dead connection does."""
        self._reading.clear()
        try:
            yield
        finally:
            self._reading.set()

    # What a person sees

    @property
    def raw(self) -> bytes:
        """All bytes that came from the program; ``len()`` of it marks a moment."""
        with self._changed:
            return bytes(self._raw)

    def lines(self) -> list[str]:
        """The screen as text, one string per row, without blanks at the end."""
        self._feed()
        screen = self._screen
        # Only what was drawn since the last look: most of the time of a test goes here.
        for y in screen.dirty:
            if y < screen.lines:
                # Not pyte's own display: that fails on half of a wide character.
                row = screen.buffer[y]
                self._shown[y] = "".join([row[x].data for x in range(screen.columns)]).rstrip()
        screen.dirty.clear()
        return [self._shown.get(y, "") for y in range(screen.lines)]

    def text(self) -> str:
        """The screen as one string."""
        return "\n".join(self.lines())

    def cells(self) -> list[list[Any]]:
        """The screen as ``pyte`` characters: data, fg, bg, bold, reverse, ..."""
        self._feed()
        screen = self._screen
        return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]

    def wait_for(
        self, condition: Callable[[Terminal], object], timeout: float = PATIENCE, what: str = ""
    ) -> None:
        """Wait until a condition holds; it is looked at whenever bytes have come.

        Raises:
            TimeoutError: if it does not within ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        while not condition(self):
            with self._changed:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{what or condition} within {timeout} s")
                self._changed.wait(min(left, 0.05))

    def wait_for_text(self, text: str, timeout: float = PATIENCE) -> None:
        """Wait until the screen shows a text."""
        self.wait_for(lambda terminal: text in terminal.text(), timeout, f"text {text!r}")

    def wait_for_quiet(self, seconds: float = 0.2, timeout: float = PATIENCE) -> None:
        """Wait until nothing has come for a while, although the program had its turn."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                has_come = self._changed.wait(seconds)
            if not has_come and not self._is_at_work():
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"the program did not fall silent within {timeout} s")

    # What the operating system knows

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        os.kill(self.process.pid, number)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for the end and return the exit code; negative after a deadly signal."""
        code = self.process.wait(timeout)
        self._take_the_rest(timeout)
        return code

    def _take_the_rest(self, timeout: float) -> None:
        """What the program wrote last may still be on its way."""
        rest = [self._master]
        self.wait_for(lambda _: not select.select(rest, [], [], 0)[0], timeout, "the rest")
        mark = -1
        while mark != len(self.raw):
            mark = len(self.raw)
            self.wait_for_quiet(0.01, timeout)

    def wait_until_stopped(self, timeout: float = PATIENCE) -> None:
        """Wait until the program was stopped (Ctrl+Z)."""
        self.wait_for(lambda _: self._is_stopped(), timeout, "a stopped program")
        self._take_the_rest(timeout)

    def _is_stopped(self) -> bool:
        if isinstance(self.process, ReadyProcess):
            return self.process.is_stopped()
        flags = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, flags) is not None

    def is_full(self) -> bool:
        """Whether the pseudo-terminal takes no more from the program (see not_reading)."""
        return not select.select([], [self._slave], [], 0)[1]

    def scribble(self) -> None:
        """Spoil what the screen shows, as a shell or another program does."""
        self._feed()
        self._stream.feed("\x1b[0m\x1b[2J\x1b[H$ fg")

    def cpu_seconds(self) -> float:
        """Processor time that the running program has used so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _is_at_work(self) -> bool:
        """Whether a thread of the program computes, or waits for a processor to (Linux)."""
        try:
            threads = [path.read_text() for path in self._threads.glob("*/stat")]
        except OSError:
            return False
        return any(thread.rpartition(")")[2].split()[0] in ("R", "D") for thread in threads)

    def restored(self) -> list[str]:
        """What the program left switched on or off; empty if all is as it was found."""
        state = {name: name in _ON_AT_FIRST for name in MODES.values()}
        raw = self.raw
        for match in _MODE.finditer(raw):
            for mode in match[1].decode().split(";"):
                if mode in MODES:
                    state[MODES[mode]] = match[2] == b"h"
        changed = (name for name, on in state.items() if on != (name in _ON_AT_FIRST))
        left = [f"{name} {'on' if state[name] else 'off'}" for name in changed]
        pushed = 0
        for match in _KITTY.finditer(raw):
            pushed = pushed + 1 if match[1] == b">" else max(0, pushed - 1)
        if pushed:
            left.append("kitty keys on")
        if termios.tcgetattr(self._slave) != self._modes_before:
            left.append("terminal modes changed")
        return left

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while not self._closed:
            self._reading.wait()
            ready = select.select([self._master, self._woken], [], [], 0.05)[0]
            if self._master not in ready or not self._reading.is_set():
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if self._synchronised and b"\x1b[?2026$p" in data:
                self._answer(b"\x1b[?2026;2$y")
            with self._changed:
                self._raw += data
                self._changed.notify_all()

    def _answer(self, data: bytes) -> None:
        if not self._answers_after:
            os.write(self._master, data)
            return

        def later() -> None:
            with contextlib.suppress(OSError):
                os.write(self._master, data)

        timer = threading.Timer(self._answers_after, later)
        timer.daemon = True
        timer.start()

    def _feed(self) -> None:
        with self._changed:
            data = bytes(self._raw[self._fed :])
        if not data:
            return
        text = self._unfinished + self._decode(data)
        self._fed += len(data)
        cut = _UNFINISHED.search(text)
        end = cut.start() if cut else len(text)
        self._unfinished = text[end:]
        self._stream.feed(_NOT_FOR_PYTE.sub("", text[:end]))


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """The environment of a program in a terminal; changes of None remove from it."""
    foreign = ("TMUX", "STY", "NO_COLOR", "COLUMNS", "LINES", "TERM_PROGRAM")
    base = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith("TEXTUAL")
    }
    base |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return {name: value for name, value in {**base, **changes}.items() if value is not None}
