"""What all screens over a store have in common: the application, and how the user is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from tui.app import SessionApp


class StoreScreen(Screen[ScreenResultType]):
    """A screen of the application."""

    @property
    def owner(self) -> SessionApp:
        """The application."""
        return cast("SessionApp", self.app)

    def say(self, text: str) -> None:
        """Tell the user something that passes."""
        self.notify(text, markup=False)
