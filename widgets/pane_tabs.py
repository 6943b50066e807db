"""The line that names the panes where only one of them has room."""

from __future__ import annotations

from textual import events
from textual.message import Message

from widgets.line_bar import LineBar
from widgets.line_text import Pieces, tabs, width_of


class PaneTabs(LineBar):
    """Names side by side, the current one in brackets; a click chooses one."""

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, index: int) -> None:
            self.index = index
            super().__init__()

    _names: tuple[str, ...] = ()
    _current = 0

    def show(self, names: tuple[str, ...], current: int) -> None:
        """Show these names; ``current`` is an index into them."""
        self._names, self._current = names, current
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """All names, or their first letters where there is no room."""
        return tabs(self._names, self._current, width), ()

    def on_click(self, event: events.Click) -> None:
        """Choose the name under the mouse."""
        left, _ = self.pieces(self.size.width)
        end = 0
        for index, piece in enumerate(left):
            end += width_of((piece,))
            if event.x < end:
                self.post_message(self.Chosen(index))
                return
