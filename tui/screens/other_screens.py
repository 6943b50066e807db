"""The screens that are opened from the main one, and what they are given."""

from __future__ import annotations

from tui.screens.alerting import Alerting
from tui.screens.jumping import Jumping
from tui.screens.places import Place
from tui.screens.reading import Reading


class OtherScreens(Jumping, Alerting):
    """Opens screens by their name, and takes up what their users left them for."""

    def is_shown(self, name: str) -> bool:
        """Whether the screen of that name is in front."""
        front = self.app.screen
        return isinstance(front, Reading) and front.slot == name

    def show_screen(self, name: str) -> None:
        """Open a screen: "overview" or "work_items"."""
        if name == "overview":
            from tui.screens.overview import OverviewScreen

            self.app.push_screen(
                OverviewScreen(self.snapshot, self.alert_watch, lambda: self.is_paused),
                self._left,
            )
        else:
            from tui.screens.work_items import WorkItemsScreen

            self.app.push_screen(WorkItemsScreen(self.snapshot, lambda: self.is_paused))

    def _left(self, place: Place | None) -> None:
        """Show what the user left a screen for."""
        if place is not None:
            self.go_to(place)
