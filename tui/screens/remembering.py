"""The main screen as it was left the last time."""

from __future__ import annotations

from queries.filters import FilterError
from tui.commands import PANES
from tui.screens.pane_screen import PaneScreen
from tui.screens.session_control import MARK, ORDERS
from tui.view_memory import View


class Remembering(PaneScreen):
    """Takes up order, filter, marks and layout, and gives them to be remembered."""

    def recall(self) -> None:
        """Begin as the screen was left."""
        memory = self.owner.memory
        if memory is None:
            return
        view, sessions = memory.recall(), self.sessions
        sessions.sort = view.sort if view.sort in ORDERS else "started"
        sessions.reverse, sessions.sub_agents = view.reverse, view.sub_agents
        try:
            sessions.set_filter(view.filter)
        except FilterError:
            sessions.set_filter("")
        sessions.put_marks({name: sign for name, sign in view.marks.items() if sign in f"{MARK}AB"})
        self.is_zoomed = view.zoomed
        if view.pane in range(len(PANES)) and view.pane != self.pane_index:
            # The screen gives its first pane the focus when it appears.
            self.call_after_refresh(self.focus_pane, view.pane)
        self.show_message()

    def view(self) -> View:
        """How the screen is now."""
        sessions = self.sessions
        return View(
            sort=sessions.sort,
            reverse=sessions.reverse,
            filter=sessions.filter_text,
            sub_agents=sessions.sub_agents,
            marks=dict(sessions.marks),
            pane=self.pane_index,
            zoomed=self.is_zoomed,
        )
