"""The line at the top: which store, how it is, how much is in it."""

from __future__ import annotations

from queries.models import Snapshot
from widgets.glyphs import UNICODE, Glyphs
from widgets.line_bar import LineBar
from widgets.line_text import Pieces
from widgets.masking import is_on
from widgets.status_text import PROGRAM, StatusText, hint_pieces


class StatusBar(LineBar):
    """Program, store, dialect and state; at the right end the totals of the whole store."""

    def __init__(
        self,
        *,
        program: str = PROGRAM,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Construct a bar that says that a store is being opened."""
        super().__init__(glyphs=glyphs, name=name, id=id, classes=classes)
        self._program = program
        self._snapshot: Snapshot | None = None
        self._paused, self._since = False, ""

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
        told = StatusText(self._snapshot, self.glyphs, self._program, self._paused, self._since)
        return told.pieces(width)


class FooterBar(LineBar):
    """Key hints at the left, a message at the right end."""

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Construct an empty bar."""
        super().__init__(glyphs=glyphs, name=name, id=id, classes=classes)
        self._hints: tuple[tuple[str, str], ...] = ()
        self._message = ""

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
