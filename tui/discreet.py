"""What looks like a credential, kept off the screen and out of what leaves the program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from textual.app import ReturnType
from textual.notifications import Notify
from textual.screen import Screen

from tui.config import Config
from tui.terminal import TerminalApp
from widgets import masking
from widgets.fact_flow import FactFlow
from widgets.line_bar import LineBar
from widgets.line_view import LineView

MOST_NOTES: Final = 5
"""Passing messages that are shown at a time."""
_COVERED: Final = re.compile("•{4,}")


class DiscreetApp(TerminalApp[ReturnType]):
    """An app that covers secrets on request, and by default in all that it gives away."""

    config: Config
    """Set before the app runs."""
    _asked_twice: str | None = None
    """What was copied with something masked in it: copied again, it is copied as it is."""

    @property
    def is_masking(self) -> bool:
        """Whether secrets are covered on the screen."""
        return masking.is_on()

    @property
    def masks_exports(self) -> bool:
        """Whether secrets are left out of what is written and copied."""
        return self.config.mask_exports or self.is_masking

    def set_masking(self, on: bool) -> None:
        """Cover secrets on the screen from now on, or show them; draws all of it anew."""
        if on:
            from queries.credentials import cover

            masking.use(cover)
        else:
            masking.use(None)
        for screen in self.screen_stack if self.is_running else ():
            self._draw_anew(screen)

    def _draw_anew(self, screen: Screen[object]) -> None:
        for widget in screen.query("*"):
            if isinstance(widget, LineView | LineBar | FactFlow):
                widget.masking_changed()
        changed = getattr(screen, "masking_changed", None)
        if changed is not None and screen.is_mounted:
            changed()

    def action_toggle_masking(self) -> None:
        """Cover secrets on the screen, or show them."""
        self.set_masking(not self.is_masking)
        self.notify(
            "What looks like a credential is covered."
            if self.is_masking
            else "What looks like a credential is shown.",
            markup=False,
        )

    # -- what leaves the program --------------------------------------------------------------

    def copy_text(self, text: str) -> None:
        """Copy a text to the terminal's clipboard, or to a file, and say what was done.

        What looks like a credential is left out, unless the same text is copied again.
        """
        from tui.terminal import clipboard

        if not text:
            self.notify("There is nothing to copy here.", markup=False)
            return
        plain, number = text, 0
        if self.masks_exports and text != self._asked_twice:
            from queries.credentials import masked

            text, number = masked(text)
        self._asked_twice = plain if number else None
        words = clipboard.copy(self, text).words
        if number:
            words += f"; {number:,} masked: the same key again copies it plain"
        self.notify(words, markup=False)

    def give_lines(self, name: str, lines: Iterable[str]) -> str:
        """Write lines to a new file; returns the sentence that says so, or why not."""
        from tui.export import give_lines

        return give_lines(name, lines, masking=self.masks_exports)

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """The screen as an SVG picture, with secrets covered unless the user has said else."""
        was_on = self.is_masking
        if not self.masks_exports or was_on:
            return super().export_screenshot(title=title, simplify=simplify)
        # Nothing is sent to the terminal in between.
        self.set_masking(True)
        try:
            return super().export_screenshot(title=title, simplify=simplify)
        finally:
            self.set_masking(False)

    def action_picture(self) -> None:
        """Write the screen to a new file as a picture."""
        from tui.export import ExportError, write_new

        picture = self.export_screenshot()
        try:
            path: Path = write_new("session-tui-screen", "svg", picture)
        except ExportError as error:
            self.notify(str(error), markup=False)
            return
        number = len(_COVERED.findall(picture)) if self.masks_exports else 0
        self.notify(f"Written to {path}{f', {number:,} masked' * bool(number)}", markup=False)

    # -- passing messages -----------------------------------------------------------------------

    def take_back(self, message: str) -> None:
        """Remove a passing message that does not hold any more, if it is still shown."""
        for note in [*self._notifications]:
            if note.message == masking.shown(message):
                self._unnotify(note)

    def on_notify(self, event: Notify) -> None:
        """Let a message replace one about the same, and the oldest of too many."""
        new = event.notification
        new.message = masking.shown(new.message)
        subject = _subject(new.message)
        older = [note for note in self._notifications if note is not new]
        replaced = [note for note in older if _subject(note.message) == subject]
        left = [note for note in older if note not in replaced]
        for note in (*replaced, *left[: max(0, len(left) - MOST_NOTES + 1)]):
            self._unnotify(note, refresh=False)


def _subject(message: str) -> str:
    """What a message is about: "Theme: dark" about "Theme", "9 characters sent" about them."""
    label, colon, _ = message.partition(": ")
    if colon and " " not in label:
        return label
    return " ".join([word for word in message.split() if not word[0].isdigit()][:2])
