"""pyte's terminal, quicker where a test's time goes: text, colours, places of the cursor."""

from __future__ import annotations

import re
from typing import Any

import pyte
from pyte import modes
from pyte.screens import wcwidth

_COMMON = re.compile(r"\x1b\[([0-9]{1,4}(?:;[0-9]{1,4})*)?(m|H)")
"""What nearly all sequences of a screen program are."""


class QuickScreen(pyte.Screen):
    """Draws text of characters that take one cell each in one go, where it fits into the line."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self._cells: dict[Any, dict[str, Any]] = {}
        self._looks: dict[Any, dict[str, Any]] = {}

    def draw(self, data: str) -> None:
        """Draw text at the cursor."""
        cursor, end = self.cursor, self.cursor.x + len(data)
        if (
            end > self.columns
            or self.charset
            or modes.IRM in self.mode
            or not ((data.isascii() and data.isprintable()) or all(wcwidth(c) == 1 for c in data))
        ):
            super().draw(data)
            return
        look = cursor.attrs
        cells = self._cells.get(look)
        if cells is None:
            cells = self._cells[look] = {}
        line = self.buffer[cursor.y]
        for x, char in enumerate(data.translate(self.g0_charset), cursor.x):
            cell = cells.get(char)
            if cell is None:
                cell = cells[char] = look._replace(data=char)
            line[x] = cell
        cursor.x = end
        self.dirty.add(cursor.y)

    def look(self, parameters: str) -> None:
        """Change the look of what is drawn next, as ``ESC [ parameters m`` does."""
        # What "as at first" is depends on a mode.
        now = (self.cursor.attrs, modes.DECSCNM in self.mode)
        looks = self._looks.setdefault(now, {})
        look = looks.get(parameters)
        if look is None:
            self.select_graphic_rendition(*map(int, parameters.split(";")))
            looks[parameters] = self.cursor.attrs
        else:
            self.cursor.attrs = look


class QuickStream(pyte.Stream):
    """Does not go through the most common sequences character by character."""

    def __init__(self, screen: QuickScreen) -> None:
        super().__init__(screen)
        self._screen = screen

    def feed(self, data: str) -> None:
        """Show what a program wrote; whole sequences only."""
        at = 0
        for found in _COMMON.finditer(data):
            if found.start() > at:
                super().feed(data[at : found.start()])
            if not self._taking_plain_text:
                # Something before it has not ended.
                at = found.start()
                break
            at = found.end()
            parameters, kind = found[1] or "0", found[2]
            if kind == "m":
                self._screen.look(parameters)
            else:
                self._screen.cursor_position(*map(int, parameters.split(";")[:2]))
        if at < len(data):
            super().feed(data[at:])
