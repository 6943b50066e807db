"""A line of words in several styles, and the line that names the sections of a screen."""

from __future__ import annotations

from widgets.line_bar import LineBar
from widgets.line_text import Pieces, shorten_end, width_of
from widgets.pane_tabs import PaneTabs


class WordsBar(LineBar):
    """Words at the left; at the right end others, where there is room for both."""

    _left: Pieces = ()
    _right: Pieces = ()

    def show(self, left: Pieces, right: Pieces = ()) -> None:
        """Show these words: texts and their roles (those of :class:`LineBar`)."""
        self._left, self._right = left, right
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """All of the left ones; the right ones where they do not cut them."""
        fits = width_of(self._left) + width_of(self._right) + 2 <= width
        return self._left, self._right if fits else ()


class SectionTabs(PaneTabs):
    """The names of the sections; at the right end what the current one covers."""

    _covers = ""

    def show_covers(self, text: str) -> None:
        """Show what the current section covers."""
        self._covers = text
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """The names first, and what fits beside them."""
        left, _ = super().pieces(width)
        room = width - width_of(left) - 2
        if not self._covers or room < 6:
            return left, ()
        return left, ((shorten_end(self._covers, room), "muted"), (" ", ""))
