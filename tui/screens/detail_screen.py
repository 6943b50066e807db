"""What the screens that show one thing in full have in common: a text to move and search in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType

from tui.commands import available, bindings_for, footer_hints
from tui.screens.leaving import Leaving
from tui.screens.reading import Reading
from tui.screens.searching import Searching
from widgets.status_bar import FooterBar
from widgets.text_view import TextView


class DetailScreen(Reading, Searching[None], Leaving[None]):
    """A text above prompt and footer."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("any", "detail")))
    CONTEXTS: ClassVar[tuple[str, ...]] = ("any", "detail")
    TITLES: ClassVar[Mapping[str, str]] = {}
    """What some commands do here, by their ids."""

    @property
    def view(self) -> TextView:
        """The text."""
        return self.query_one(TextView)

    @property
    def searched(self) -> TextView:
        """The text."""
        return self.view

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here."""
        return self.CONTEXTS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command may run here."""
        return available(action, parameters, self.CONTEXTS)

    def begin(self) -> None:
        """Put the focus on the text, and say which keys there are."""
        self.view.focus()
        hints = footer_hints(self.CONTEXTS, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([
            (hint.key, self.TITLES.get(hint.command.id, hint.title)) for hint in hints
        ])  # fmt: skip

    # Actions of the registry

    def action_pane(self, method: str) -> None:
        """Move in the text."""
        getattr(self.view, f"action_{method}")()

    def action_copy(self) -> None:
        """Copy the line under the cursor."""
        self.owner.copy_text(self.view.text_under_cursor().strip())
