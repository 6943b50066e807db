"""The commands that all screens of panes have, whatever is in the panes."""

from __future__ import annotations

from textual.screen import ScreenResultType

from tui.commands import available
from tui.screens.prompt import Prompt
from tui.screens.store_screen import StoreScreen
from widgets.pane import Pane


class PaneCommands(StoreScreen[ScreenResultType]):
    """Actions of the registry that are those of the pane with the focus."""

    is_zoomed = False
    """Whether that pane has the whole screen."""
    prompt: Prompt

    @property
    def pane(self) -> Pane:
        """The pane that has (or had last) the focus."""
        raise NotImplementedError

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command may run in the pane."""
        return available(action, parameters, self.contexts)

    def lay_out(self) -> None:
        """Show the panes that have room."""
        raise NotImplementedError

    def command_line(self) -> str:
        """The shell command whose output has what is shown."""
        raise NotImplementedError

    def action_pane(self, method: str) -> None:
        """Run a command of the pane."""
        getattr(self.pane, f"action_{method}")()

    def action_open(self) -> None:
        """Open what is under the cursor."""
        self.pane.open_current()

    def action_search(self) -> None:
        """Ask what to search for."""
        self.prompt.ask("search", "/", self.pane.needle)

    def action_toggle_zoom(self) -> None:
        """Give the pane the whole screen, or its place again."""
        self.is_zoomed = not self.is_zoomed
        self.lay_out()

    def action_copy(self) -> None:
        """Copy what is under the cursor."""
        self.owner.copy_text(self.pane.text_under_cursor().strip())

    def action_copy_command(self) -> None:
        """Copy the shell command that prints this view."""
        self.owner.copy_text(self.command_line())
