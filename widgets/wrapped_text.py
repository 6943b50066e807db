"""A large text cut into rows of a given width, a slice of the work at a time."""

from __future__ import annotations

import re
import time
from array import array
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from rich.cells import get_character_cell_size

_MAY_BE_WIDE = re.compile("[\u0300-\U0010ffff]").search
"""Below these all characters of cleaned text take one cell."""
_PIECE = 16_384
"""Characters measured between two looks at the clock."""


class WrappedText:
    """Rows of a text: each source line is one row, or several of at most ``width`` cells.

    Rows are known up to the line :attr:`measured`; :meth:`measure` goes on from there. What
    is known never changes.
    """

    def __init__(self, text: str, width: int, wrap: bool = True) -> None:
        """Cut a text into lines; measures nothing yet.

        Args:
            text: cleaned text with newlines between its lines.
            width: cells per row, at least 1.
            wrap: whether longer lines become several rows.
        """
        self.text = text
        self.lines = text.split("\n") if text else []
        self._starts: list[int] | None = None
        self.set_width(width, wrap)

    def set_width(self, width: int, wrap: bool) -> None:
        """Cut anew; measures nothing yet."""
        self.width, self.wrap = max(1, width), wrap
        self._first_rows = array("Q", [0])
        self._offsets: dict[int, array[int]] = {}
        """Where the rows begin, for lines with characters that are not one cell wide."""
        self._partial: array[int] | None = None
        self._position = self._cells = 0

    @property
    def measured(self) -> int:
        """How many lines are measured."""
        return len(self._first_rows) - 1

    @property
    def is_complete(self) -> bool:
        """Whether all lines are measured."""
        return self.measured == len(self.lines)

    @property
    def row_count(self) -> int:
        """Rows of the measured lines, and of the one that is being measured."""
        return self._first_rows[-1] + (len(self._partial) - 1 if self._partial else 0)

    def measure(
        self, seconds: float = 1e9, lines: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> bool:  # fmt: skip
        """Measure further lines.

        Args:
            seconds: stop about then.
            lines: stop when so many lines are measured; None means all.
            clock: tells the time.

        Returns:
            Whether all lines are measured.
        """
        last = len(self.lines) if lines is None else min(lines, len(self.lines))
        deadline, done = clock() + seconds, 0
        while self.measured < last:
            line = self.lines[self.measured]
            if self._partial is None and self._is_simple(line):
                self._first_rows.append(self._first_rows[-1] + self._simple_rows(line))
                done += len(line) // 16 + 32
            else:
                self._walk(line)
                done += _PIECE
            if done >= _PIECE:
                done = 0
                if clock() >= deadline:
                    break
        return self.is_complete

    def locate(self, row: int) -> tuple[int, int, int]:
        """The line of a known row, and the characters of it that the row shows: start, end."""
        number = bisect_right(self._first_rows, row) - 1
        inner = row - self._first_rows[number]
        size = len(self.lines[number])
        if not self.wrap:
            return number, 0, size
        offsets = self._offsets.get(number)
        if offsets is None and number == self.measured:
            offsets = self._partial
        if offsets is None:
            start = inner * self.width
            return number, start, min(size, start + self.width)
        end = offsets[inner + 1] if inner + 1 < len(offsets) else size
        return number, offsets[inner], end

    def row_of(self, line: int, offset: int) -> int:
        """The row that shows a character; measures up to its line if need be."""
        self.measure(lines=line + 1)
        first = self._first_rows[line]
        if not self.wrap:
            return first
        offsets = self._offsets.get(line)
        if offsets is not None:
            return first + bisect_right(offsets, offset) - 1
        last = self._first_rows[line + 1] - 1
        return min(last, first + offset // self.width)

    def line_at(self, position: int) -> tuple[int, int]:
        """The line of a character of the whole text, and its place in that line."""
        starts = self._line_starts()
        line = bisect_right(starts, position) - 1
        return line, position - starts[line]

    def position(self, line: int, offset: int) -> int:
        """The place of a line's character in the whole text."""
        return self._line_starts()[line] + offset

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = list(accumulate((len(line) + 1 for line in self.lines), initial=0))
        return self._starts

    def _is_simple(self, line: str) -> bool:
        """Whether every character takes one cell (or it does not matter)."""
        if not self.wrap or line.isascii():
            return True
        return len(line) <= _PIECE and _MAY_BE_WIDE(line) is None

    def _simple_rows(self, line: str) -> int:
        return 1 if not self.wrap else max(1, -(-len(line) // self.width))

    def _walk(self, line: str) -> None:
        """Find row starts in the next piece of a line, character by character."""
        offsets = self._partial
        if offsets is None:
            offsets = self._partial = array("Q", [0])
            self._position = self._cells = 0
        cells, width = self._cells, self.width
        end = min(len(line), self._position + _PIECE)
        for place in range(self._position, end):
            size = get_character_cell_size(line[place])
            if cells + size > width and cells:
                offsets.append(place)
                cells = size
            else:
                cells += size
        self._cells, self._position = cells, end
        if end == len(line):
            self._offsets[self.measured] = offsets
            self._partial = None
            self._first_rows.append(self._first_rows[-1] + len(offsets))
