"""A grid of character cells: what the screen should show, what it shows, and the difference.

The difference is text for the terminal that holds only the cells that changed. Whatever
strips contain, no control character of theirs gets into that text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

MAX_BRIDGE = 5
"""Unchanged cells that are cheaper to send again than to jump over (a jump is 4-6 bytes)."""

_SWITCH_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28",
    "9": "29", "21": "24", "51": "54", "52": "54", "53": "55",
}  # fmt: skip

_ACTS_ON_TERMINALS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class UnexpectedShapeError(Exception):
    """What was to be drawn is not made of strips of text."""


class Pen(NamedTuple):
    """How a cell is drawn: parameters of SGR sequences, and the body of a hyperlink."""

    attributes: str = ""
    foreground: str = ""
    background: str = ""
    link: str = ""


Cell = tuple[str, Pen]
"""A grapheme and its pen. The right half of a wide character is an empty string."""

PLAIN = Pen()
_BLANK: Cell = (" ", PLAIN)


@lru_cache(maxsize=4096)
def _pen(sgr: str, link: str) -> Pen:
    """One pen object per look, so that equal pens are mostly the same object."""
    attributes: list[str] = []
    foreground = background = ""
    codes = sgr.split(";") if sgr else []
    at = 0
    while at < len(codes):
        code = codes[at]
        length = 1
        if code in ("38", "48"):
            length = 5 if codes[at + 1] == "2" else 3
        value = ";".join(codes[at : at + length])
        number = int(code)
        if code == "38" or 30 <= number <= 39 or 90 <= number <= 97:
            foreground = "" if code == "39" else value
        elif code == "48" or 40 <= number <= 49 or 100 <= number <= 107:
            background = "" if code == "49" else value
        else:
            attributes.append(code)
        at += length
    return Pen(";".join(attributes), foreground, background, link)


def pen_of(style: Style | None, color_system: ColorSystem) -> Pen:
    """The pen that draws a Rich style with the colours that the terminal has."""
    if style is None:
        return PLAIN
    link = style.link or ""
    link = f"id={style.link_id};{link}" if link and link.isprintable() else ""
    return _pen(Strip.render_ansi(style, color_system), link)


@lru_cache(maxsize=4096)
def change_pen(old: Pen, new: Pen) -> str:
    """The shortest sequences that turn one pen into another."""
    had, has = old.attributes.split(";"), new.attributes.split(";")
    off = {_SWITCH_OFF[code] for code in had if code and code not in has}
    # Switching off bold switches off dim as well, and so on.
    on = [code for code in has if code and (code not in had or _SWITCH_OFF[code] in off)]
    codes = [*sorted(off), *on]
    if old.foreground != new.foreground:
        codes.append(new.foreground or "39")
    if old.background != new.background:
        codes.append(new.background or "49")
    text = ""
    if codes:
        # A lone reset is shorter than naming both default colours.
        text = "\x1b[0m" if new[:3] == PLAIN[:3] else f"\x1b[{';'.join(codes)}m"
    if old.link != new.link:
        text += f"\x1b]8;{new.link or ';'}\x1b\\"
    return text


@lru_cache(maxsize=2048)
def graphemes(text: str) -> tuple[str, ...]:
    """Text as one string per cell; "" for the second cell of a wide character."""
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        grapheme = _ACTS_ON_TERMINALS.sub("", text[start:end])
        if width:
            cells.append(grapheme or "\ufffd")
            cells.extend([""] * (width - 1))
    return tuple(cells)


class CellGrid:
    """What a screen of a fixed size should show and what the terminal shows by now."""

    def __init__(
        self, width: int, height: int, color_system: ColorSystem = ColorSystem.TRUECOLOR
    ) -> None:
        self.width = width
        self.height = height
        self._color_system = color_system
        self._wanted: list[list[Cell]] = [[_BLANK] * width for _ in range(height)]
        self._shown: list[list[Cell] | None] = [None] * height
        self._strips: list[dict[int, tuple[Strip, int]]] = [{} for _ in range(height)]
        self._touched = set(range(height))

    def forget(self) -> None:
        """Assume nothing about the terminal: the next :meth:`changes` paints every cell."""
        self._shown = [None] * self.height
        self._touched = set(range(self.height))

    def put(self, x: int, y: int, strip: Strip) -> int:
        """Want a strip at a place; what does not fit into the grid is cut off.

        Returns:
            The column behind the strip.

        Raises:
            UnexpectedShapeError: if the strip holds control segments.
        """
        if not 0 <= y < self.height or x < 0:
            raise UnexpectedShapeError(f"strip at {x}, {y} of {self.width} x {self.height}")
        strips = self._strips[y]
        known = strips.get(x)
        if known is not None and known[0] is strip:
            return known[1]
        cells: list[Cell] = []
        for text, style, control in strip:
            if control:
                raise UnexpectedShapeError("a control segment")
            pen = pen_of(style, self._color_system)
            characters = text if text.isascii() and text.isprintable() else graphemes(text)
            cells += [(character, pen) for character in characters]
        behind = x + len(cells)
        for other in [at for at, (_, end) in strips.items() if at < behind and end > x]:
            del strips[other]
        strips[x] = (strip, behind)
        self._place(x, y, cells[: max(0, self.width - x)])
        return behind

    def _place(self, x: int, y: int, cells: list[Cell]) -> None:
        row = self._wanted[y]
        behind = x + len(cells)
        if not cells:
            return
        # Half a wide character cannot be shown.
        if x and not row[x][0]:
            row[x - 1] = (" ", row[x - 1][1])
        if behind < self.width and not row[behind][0]:
            row[behind] = (" ", row[behind][1])
        if behind == self.width and _is_wide(cells[-1][0]):
            cells[-1] = (" ", cells[-1][1])
        row[x:behind] = cells
        self._touched.add(y)

    def changes(self) -> str:
        """Text that makes the terminal show what is wanted; "" if it does already.

        Assumes the plain pen, leaves the plain pen, and leaves the cursor anywhere.
        """
        parts: list[str] = []
        pen = PLAIN
        for y in sorted(self._touched):
            wanted, shown = self._wanted[y], self._shown[y]
            if wanted == shown:
                continue
            row = f"{y + 1};"
            for start, end in changed_runs(shown, wanted):
                parts.append(f"\x1b[{row}{start + 1}{'H' if row else 'G'}")
                row = ""
                pen = _draw(wanted, start, end, pen, parts)
            self._shown[y] = wanted.copy()
        self._touched.clear()
        parts.append(change_pen(pen, PLAIN))
        return "".join(parts)


def changed_runs(shown: list[Cell] | None, wanted: list[Cell]) -> list[tuple[int, int]]:
    """The spans of a row to send: whole graphemes, with short unchanged gaps included."""
    width = len(wanted)
    if shown is None:
        return [(0, width)]
    runs: list[tuple[int, int]] = []
    for at in [i for i in range(width) if shown[i] is not wanted[i] and shown[i] != wanted[i]]:
        start, end = at, at + 1
        while start and not wanted[start][0]:
            start -= 1
        while end < width and not wanted[end][0]:
            end += 1
        if runs and start - runs[-1][1] <= MAX_BRIDGE and _same_pen(wanted, runs[-1][1], start):
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _same_pen(cells: list[Cell], end: int, start: int) -> bool:
    """Whether the gap before ``start`` is drawn with the pen at hand."""
    pen = cells[end - 1][1]
    return all(cells[at][1] is pen for at in range(end, start))


def _draw(cells: list[Cell], start: int, end: int, pen: Pen, parts: list[str]) -> Pen:
    after_wide = False
    for at in range(start, end):
        character, cell_pen = cells[at]
        if not character:
            after_wide = True
            continue
        if after_wide:
            # Terminals disagree about the width of some characters: what follows is placed
            # by its column, unless it is such a character itself.
            if at + 1 == len(cells) or cells[at + 1][0]:
                parts.append(f"\x1b[{at + 1}G")
            after_wide = False
        if cell_pen is not pen:
            parts.append(change_pen(pen, cell_pen))
            pen = cell_pen
        parts.append(character)
    return pen


@lru_cache(maxsize=2048)
def _is_wide(grapheme: str) -> bool:
    return split_graphemes(grapheme)[1] > 1
