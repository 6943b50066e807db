"""A pseudo-terminal that knows when every byte came, and on which line the cursor is."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.process import terminal


class Screen(terminal.Terminal):
    """Runs a command and notes at which moment which bytes had come.

    Args:
        command: the program and its arguments.
        env: added to the environment.
        cwd: working directory.

    Attributes:
        begun: ``time.monotonic()`` just before the program was started.
    """

    def __init__(
        self, command: Sequence[str | Path], *, env: Mapping[str, str | None], cwd: Path
    ) -> None:
        self._marks: list[tuple[float, int]] = []
        self._replayed = 0
        self.begun = time.monotonic()
        super().__init__(command, env=env, cwd=cwd)

    @property
    def count(self) -> int:
        """How many bytes have come."""
        with self._changed:
            return len(self._raw)

    @property
    def last_moment(self) -> float:
        """When the last bytes came."""
        with self._changed:
            return self._marks[-1][0]

    def seconds_to_byte(self, timeout: float = 20) -> float:
        """Seconds from the start until anything came. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._marks, timeout):
                raise TimeoutError("the program said nothing")
        return self._marks[0][0] - self.begun

    def seconds_to(self, condition: Callable[[Screen], object], timeout: float = 30) -> float:
        """Seconds from the start until the screen fulfilled a condition, see :meth:`when`."""
        return self.when(condition, timeout) - self.begun

    def when(self, condition: Callable[[Screen], object], timeout: float = 30) -> float:
        """The moment at which those bytes came that made the screen fulfil a condition.

        Bytes are looked at in the portions in which they came, and each portion once. Drawing
        what they mean takes time, which is not part of the moment.

        Raises:
            TimeoutError: nothing that came within ``timeout`` seconds fulfilled it.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                left = deadline - time.monotonic()
                if not self._changed.wait_for(
                    lambda: len(self._marks) > self._replayed, max(left, 0)
                ):
                    raise TimeoutError(f"not within {timeout} s:\n" + "\n".join(self.shown()))
                moment, upto = self._marks[self._replayed]
                self._replayed += 1
            self._draw(upto)
            if condition(self):
                return moment

    def wait_until(self, condition: Callable[[Screen], object], timeout: float = 30) -> None:
        """Wait until the screen fulfils a condition; it may do so already."""
        if not condition(self):
            self.when(condition, timeout)

    def catch_up(self) -> None:
        """Draw all that has come."""
        with self._changed:
            marks = self._marks[self._replayed :]
            self._replayed += len(marks)
        for _, upto in marks:
            self._draw(upto)

    def shown(self) -> list[str]:
        """The lines as far as the bytes have been looked at."""
        return list(self._screen.display)

    def cursor_row(self, column: int, first: int, last: int) -> int | None:
        """The row whose background at a column is unlike that of the others; None without one.

        Args:
            column: where to look.
            first: the first row.
            last: the last row.
        """
        colours = [self._screen.buffer[row][column].bg for row in range(first, last + 1)]
        count = Counter(colours)
        rare = [row for row, colour in enumerate(colours, first) if count[colour] == 1]
        return rare[0] if len(rare) == 1 else None

    def wait_for_bytes(self, before: int, timeout: float = 5) -> bool:
        """Wait until more bytes have come than before; whether they did."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._raw) > before, timeout)

    def _draw(self, upto: int) -> None:
        with self._changed:
            data = bytes(self._raw[self._fed : upto])
        text = self._unfinished + self._decode(data)
        self._fed = upto
        cut = terminal._UNFINISHED.search(text)
        end = cut.start() if cut else len(text)
        self._unfinished = text[end:]
        self._stream.feed(terminal._NOT_FOR_PYTE.sub("", text[:end]))

    def _read(self) -> None:
        while not self._closed:
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            moment = time.monotonic()
            if b"\x1b[?2026$p" in data:
                with contextlib.suppress(OSError):
                    os.write(self._master, b"\x1b[?2026;2$y")
            with self._changed:
                self._raw += data
                self._marks.append((moment, len(self._raw)))
                self._changed.notify_all()
