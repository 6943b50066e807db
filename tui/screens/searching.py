"""Searching on a screen that shows one thing."""

from __future__ import annotations

from textual import on
from textual.screen import ScreenResultType

from tui.screens.prompt import Prompt
from tui.screens.store_screen import StoreScreen
from widgets.pane import Pane


class Searching(StoreScreen[ScreenResultType]):
    """Has one pane, in which a prompt asks what to search for."""

    @property
    def searched(self) -> Pane:
        """What is searched."""
        raise NotImplementedError

    def action_search(self) -> None:
        """Ask what to search for."""
        self.query_one(Prompt).ask("search", "/", self.searched.needle)

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.searched.needle or not self.searched.find_next(step):
            self.say("Nothing found.")

    @on(Prompt.Answered)
    def _search_answered(self, event: Prompt.Answered) -> None:
        self.searched.focus()
        if not self.searched.find(event.text) and event.text:
            self.query_one(Prompt).tell(f"Nothing here holds {event.text!r}.")

    @on(Prompt.GivenUp)
    def _search_given_up(self) -> None:
        self.searched.find("")
        self.searched.focus()

    def action_back(self) -> None:
        """End the search, or go back to the screen below."""
        if self.searched.needle:
            self.searched.find("")
        else:
            self.dismiss()
