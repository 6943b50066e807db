"""The line that names the panes where only one of them has room."""

from __future__ import annotations

from textual import events
from textual.message import Message

from widgets.line_bar import LineBar, Pieces, width_of


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
        for length in (20, 8, 4, 1):
            pieces = tuple(
                self._tab(index, name[:length]) for index, name in enumerate(self._names)
            )
            if width_of(pieces) <= width:
                break
        return pieces, ()

    def _tab(self, index: int, name: str) -> tuple[str, str]:
        if index == self._current:
            return (f"[{name}]", "key")
        return (f" {name} ", "muted")

    def on_click(self, event: events.Click) -> None:
        """Choose the name under the mouse."""
        left, _ = self.pieces(self.size.width)
        end = 0
        for index, piece in enumerate(left):
            end += width_of((piece,))
            if event.x < end:
                self.post_message(self.Chosen(index))
                return
