"""The screen of the command palette."""

from __future__ import annotations

from textual import on
from textual.command import CommandList, CommandPalette
from textual.widgets import Input, OptionList

from tui.screens.leaving import Leaving


class PaletteScreen(CommandPalette, Leaving[None]):
    """Textual's palette, where keys that come together do no harm."""

    def on_mount(self) -> None:
        """Nothing is sent while nobody types."""
        self.query_one(Input).cursor_blink = False

    @on(Input.Changed)
    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _asked(self, event: Input.Changed | Input.Submitted | OptionList.OptionSelected) -> None:
        """Let nothing be searched for or run any more once something was chosen."""
        if not self.is_active:
            event.stop()
            event.prevent_default()

    def _action_command_list(self, action: str) -> None:
        """Move in the list; there are no pages before it is laid out."""
        is_page = action.startswith("page_")
        if not is_page or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)
