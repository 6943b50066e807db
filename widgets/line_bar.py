"""One line that is laid out anew for every width and repainted only when it reads differently."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from widgets.glyphs import UNICODE, Glyphs, drawable
from widgets.line_text import Pieces, laid_out


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
        self._styles: dict[str, Style] = {}
        """By role: Textual puts one together from those of all that is around the bar."""

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

    def notify_style_update(self) -> None:
        """Take up new colours, as after a change of theme."""
        super().notify_style_update()
        self._styles.clear()

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
            return Strip.blank(width, self._style(""))
        segments = [
            Segment(drawable(text, self.glyphs), self._style(role))
            for text, role in self._laid_out(width)
        ]
        return Strip(segments).adjust_cell_length(width, self._style(""))

    def _laid_out(self, width: int) -> Pieces:
        return laid_out(*self.pieces(width), width)

    def _style(self, role: str) -> Style:
        known = self._styles.get(role)
        if known is None:
            known = self.get_component_rich_style(f"bar--{role}") if role else self.rich_style
            self._styles[role] = known
        return known
