"""One line that is laid out anew for every width and repainted only when it reads differently."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from widgets.cells import fit
from widgets.glyphs import UNICODE, Glyphs, drawable
from widgets.masking import shown

Pieces = tuple[tuple[str, str], ...]
"""Text and role, one after the other."""


def width_of(pieces: Pieces) -> int:
    """How many cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def shorten_end(text: str, width: int) -> str:
    """The text in at most ``width`` cells, its end cut off."""
    return shown(text) if cell_len(text) <= width else fit(text, width).rstrip()


def shorten_middle(text: str, width: int) -> str:
    """The text in at most ``width`` cells, cut in the middle: a path keeps its file's name."""
    text = shown(text)
    if cell_len(text) <= width:
        return text
    if width < 3:
        return shorten_end(text, width)
    tail = ""
    for character in reversed(text):
        if cell_len(character + tail) > (width - 1) * 2 // 3:
            break
        tail = character + tail
    head = set_cell_size(text, width - 1 - cell_len(tail)).rstrip()
    return f"{head}…{tail}"


def shorten_path(path: str, width: int) -> str:
    """The path in at most ``width`` cells: folders give way first, then the file's name."""
    if cell_len(path) <= width:
        return path
    parts = path.split("/")
    for first in range(1, len(parts)):
        short = "…/" + "/".join(parts[first:])
        if cell_len(short) <= width:
            return short
    return shorten_middle(parts[-1], width)


class LineBar(Widget):
    """A line with something at its left and something at its right end."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--strong",
        "bar--muted",
        "bar--ok",
        "bar--warning",
        "bar--error",
        "bar--key",
    }
    DEFAULT_CSS = """
    LineBar {
        height: 1;
        background: $panel;
        color: $foreground;
        & > .bar--strong { text-style: bold; }
        & > .bar--muted { color: $text-muted; }
        & > .bar--ok { color: $text-success; }
        & > .bar--warning { color: $text-warning; text-style: bold; }
        & > .bar--error { color: $text-error; text-style: bold reverse; }
        & > .bar--key { color: $text-accent; text-style: bold; }
    }
    """

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Construct an empty bar that draws with these signs."""
        super().__init__(name=name, id=id, classes=classes)
        self.glyphs = glyphs
        self._line: Pieces = ()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """What stands left and what stands right in so many cells."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What the bar reads now."""
        return "".join(text for text, _ in self._line)

    def update_line(self) -> None:
        """Lay the line out; repaint it if it reads differently."""
        line = self._laid_out(self.size.width)
        if line != self._line:
            self._line = line
            self.refresh()

    def masking_changed(self) -> None:
        """Draw the line anew: secrets are covered now, or shown."""
        self.update_line()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the line out for the new width."""
        del event
        self.update_line()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        segments = [
            Segment(drawable(text, self.glyphs), self._style(role))
            for text, role in self._laid_out(width)
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _laid_out(self, width: int) -> Pieces:
        left, right = self.pieces(width)
        room = width - width_of(right)
        if room < 0:
            right, room = (), width
        fitted: list[tuple[str, str]] = []
        for text, role in left:
            length = cell_len(text)
            fitted.append((text if length <= room else fit(text, room), role))
            room = max(0, room - length)
        return (*fitted, (" " * room, ""), *right)

    def _style(self, role: str) -> Style:
        return self.get_component_rich_style(f"bar--{role}") if role else self.rich_style
