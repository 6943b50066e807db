"""How the screens above the main one are left."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ScreenResultType

from tui.screens.store_screen import StoreScreen


class Leaving(StoreScreen[ScreenResultType]):
    """A screen that is left once, and only while nothing is above it.

    Keys that come together are handled before the messages that the first of them led to:
    when a message asks to leave, the screen may be gone, or another may be above it. Textual
    would close whichever screen is on top.

    Of several bases this one comes last, since style sheets know a screen by its first base.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with a result; nothing happens where there is nothing to leave any more."""
        if not self.is_active:
            return AwaitComplete()
        self.let_go()
        return super().dismiss(result)

    def let_go(self) -> None:
        """Give up what the screen waits for; called just before it is left."""
