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
        """Open a screen by its name; that of a timeline is of the focused session."""
        if name == "overview":
            from tui.screens.overview import OverviewScreen

            self.app.push_screen(
                OverviewScreen(
                    self.snapshot, lambda: self.is_paused, self.alert_watch, self.model_watch
                ),
                self._left,
            )
            return
        if name == "work_items":
            from tui.screens.work_items import WorkItemsScreen

            self.app.push_screen(WorkItemsScreen(self.snapshot, lambda: self.is_paused))
            return
        if name == "delegations":
            from tui.screens.delegations import DelegationsScreen

            self.app.push_screen(
                DelegationsScreen(is_alive=self.sessions.is_alive, snapshot=self.snapshot,
                                  is_paused=lambda: self.is_paused),
                self._left,
            )  # fmt: skip
            return
        from tui.screens.timeline import TimelineScreen

        session_id = self.activity.session_id
        if session_id is None:
            self.say("There is no session yet.")
            return
        self.app.push_screen(
            TimelineScreen(
                session_id,
                lambda: self.sessions.title(session_id),
                is_alive=self.sessions.is_alive,
                ranges_of=self._ranges_of,
                snapshot=self.snapshot,
                is_paused=lambda: self.is_paused,
            ),
            self._left,
        )

    def _left(self, place: Place | None) -> None:
        """Show what the user left a screen for."""
        if place is not None:
            self.go_to(place)
