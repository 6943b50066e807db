"""Labels and values that flow over as many lines as they need."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from widgets.glyphs import UNICODE, Glyphs, drawable
from widgets.line_text import shorten_end


class FactFlow(Widget):
    """A bold title, and below it facts side by side."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"facts--label", "facts--title"}
    DEFAULT_CSS = """
    FactFlow {
        height: auto;
        max-height: 50%;
        & > .facts--label { color: $text-muted; }
        & > .facts--title { text-style: bold; }
    }
    """

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        """Construct an empty flow that draws with these signs."""
        super().__init__()
        self.glyphs = glyphs
        self._title = ""
        self._facts: list[tuple[str, str]] = []

    def show(self, title: str, facts: list[tuple[str, str]]) -> None:
        """Show a title and facts below it."""
        if (title, facts) != (self._title, self._facts):
            self._title, self._facts = title, facts
            self.refresh(layout=True)

    def flow(self, width: int) -> list[list[tuple[str, str]]]:
        """The lines: lists of label and value; the title is a value without a label."""
        lines = [[("", self._title)]] if self._title else []
        room = 0
        for label, value in self._facts:
            needed = cell_len(f"{label} {value}   ")
            if not lines or needed - 3 > room or lines[-1][0][0] == "":
                lines.append([])
                room = width
            lines[-1].append((label, value))
            room -= needed
        return lines

    def masking_changed(self) -> None:
        """Draw everything anew: secrets are covered now, or shown."""
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the facts flow over."""
        del container, viewport
        return max(1, len(self.flow(width)))

    def render_line(self, y: int) -> Strip:
        """Draw one line of facts."""
        width, plain = self.size.width, self.rich_style
        lines = self.flow(width)
        segments: list[Segment] = []
        for label, value in lines[y] if y < len(lines) else []:
            if label:
                segments.append(Segment(label + " ", self._style("label")))
            style = plain if label else self._style("title")
            shown = shorten_end(value, width - cell_len(label) - bool(label))
            segments.append(Segment(drawable(shown, self.glyphs), style))
            segments.append(Segment("   ", plain))
        return Strip(segments).adjust_cell_length(width, plain)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"facts--{name}")
