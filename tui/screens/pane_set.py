"""A screen of several panes: the commands that do not depend on what is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from textual import on

from queries.models import ActivityNode, Snapshot
from tui.screens.pane_set_layout import PaneSetLayout
from tui.screens.places import Place
from tui.screens.prompt import Prompt

_LIVE_SEARCH: Final = 5000
"""Lines up to which a search runs while it is being typed."""
_OFTEN: Final = 0.5
"""Seconds between two looks at whether it is time to read again."""


class PaneSet(PaneSetLayout):
    """Panes that are read away from the screen and read again while the store grows.

    Dismissed with the place that the user wants to see on the main screen, or with None.
    """

    _is_ready = False

    def on_unmount(self) -> None:
        """Nothing is to be shown any more."""
        self._is_ready = False

    def on_mount(self) -> None:
        """Begin to look whether there is something new."""
        self._is_ready = True
        self.set_interval(_OFTEN, self._look)

    def _look(self) -> None:
        if self._is_ready and not self.is_paused():
            self.read_if_due()

    # -- news -------------------------------------------------------------------------------

    def take(self, snapshot: Snapshot, news: Sequence[ActivityNode]) -> None:
        """Show how the store is; nothing before there is a screen."""
        del news
        self.snapshot = snapshot
        if self._is_ready:
            self.show_status()
            if not self.is_paused():
                self.live.take(snapshot)
                self.read_if_due()

    def pause_changed(self, on: bool) -> None:
        """Show that all stands still, or what happened meanwhile."""
        if self._is_ready:
            self.show_status()
            if not on:
                self.read()

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        for pane in self.panes:
            if hasattr(pane, "zone"):
                pane.zone = zone
        self.show_titles()
        self.show_explanation()
        self.show_status()

    def read_if_due(self) -> None:
        """Read again what is behind the store, and let grow what grows."""
        self.tick(self.owner.age_clock())
        if self.live.is_due():
            self.read()

    # -- actions of the registry ------------------------------------------------------------

    def action_focus_pane(self, step: int) -> None:
        """Go to the next pane that has something to show, or the one before."""
        for distance in range(1, len(self.panes) + 1):
            index = (self.pane_index + step * distance) % len(self.panes)
            if self.is_there(index):
                self.focus_pane(index)
                return

    def action_next_error(self, step: int) -> None:
        """Go to the next line with an error."""
        seek = getattr(self.pane, "next_error", None)
        if seek is None or not seek(step):
            self.say("There is no error here.")

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.pane.needle:
            self.say("Search for something first.")
        elif not self.pane.find_next(step):
            self.say(f"Nothing here holds {self.pane.needle!r}.")

    def searched(self) -> int:
        """How many lines or events a search looks through."""
        return self.pane.line_count

    @on(Prompt.Typed)
    def _typed(self, event: Prompt.Typed) -> None:
        if event.purpose == "search" and self.searched() <= _LIVE_SEARCH:
            self.pane.find(event.text)

    @on(Prompt.GivenUp)
    def _given_up(self) -> None:
        self.pane.find("")
        self.pane.focus()

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.pane.focus()
        if not self.pane.find(event.text) and event.text:
            self.prompt.tell(f"Nothing here holds {event.text!r}.")

    def action_back(self) -> None:
        """Undo the nearest of: search, what the screen itself undoes, zoom; then go back."""
        if self.pane.needle:
            self.pane.find("")
        elif self.undo():
            self.show_titles()
        elif self.is_zoomed:
            self.action_toggle_zoom()
        else:
            self.action_main_screen()

    def undo(self) -> bool:
        """Undo what belongs to this screen alone; False when there is nothing."""
        return False

    def action_main_screen(self) -> None:
        """Go back to the main screen."""
        self.leave_for(None)

    def leave_for(self, place: Place | None) -> None:
        """Go back to the main screen, to a place on it."""
        self.dismiss(place)

    def let_go(self) -> None:
        """Read no further."""
        for slot in self.slots:
            self.owner.reader.cancel(slot)

    def action_compare(self) -> None:
        """Go to the comparison of what is marked."""
        self.action_main_screen()
        self.app.call_later(self._compare)

    def _compare(self) -> None:
        compare = getattr(self.app.screen, "action_compare", None)
        if compare is not None:
            compare()

    def action_export_view(self) -> None:
        """Write the lines of this pane to a new file."""
        name = f"session-tui-{self.NAMES[self.pane_index].lower().replace(' ', '-')}"
        lines = [self.title_of(self.pane_index), "", *self.pane.lines_as_text()]

        async def run() -> None:
            self.say(await asyncio.to_thread(self.owner.give_lines, name, lines))

        self.run_worker(run(), group="export", exit_on_error=False)
