"""The line at the top: which store, how it is, how much is in it."""

from __future__ import annotations

from queries.models import Snapshot
from widgets.line_bar import LineBar
from widgets.line_text import Pieces
from widgets.masking import is_on
from widgets.status_text import StatusText, hint_pieces


class StatusBar(LineBar):
    """Program, store, dialect and state; at the right end the totals of the whole store."""

    _snapshot: Snapshot | None = None
    """None while the store is being opened."""
    _paused = False
    _since = ""

    def show(self, snapshot: Snapshot | None, *, paused: bool = False, since: str = "") -> None:
        """Show what a snapshot says; repaints only if the line reads differently.

        Args:
            snapshot: None before the first one.
            paused: whether the user has stopped updates.
            since: what came since then; "" for nothing.
        """
        self._snapshot, self._paused, self._since = snapshot, paused, since
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """The parts that fit."""
        told = StatusText(self._snapshot, self.glyphs, self._paused, self._since)
        return told.pieces(width)


class FooterBar(LineBar):
    """Key hints at the left, a message at the right end."""

    _hints: tuple[tuple[str, str], ...] = ()
    _message = ""

    def show_hints(self, hints: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
        """Show ``(key, title)`` pairs, the most useful first: the last ones give way."""
        self._hints = tuple(hints)
        self.update_line()

    def show_message(self, message: str) -> None:
        """Show a text at the right end; "" for none."""
        self._message = message
        self.update_line()

    def pieces(self, width: int) -> tuple[Pieces, Pieces]:
        """The hints that fit beside the message."""
        masked = is_on() and not self.screen.query(StatusBar)
        return hint_pieces(self._hints, self._message, width, masked=masked)
