"""The main screen as it was left the last time."""

from __future__ import annotations

from typing import Final

from queries.finding.filters import FilterError
from queries.models import Relation
from tui.commands import PANES
from tui.screens.pane_screen import PaneScreen
from tui.screens.scope_control import VALUES
from tui.session_order import MARK, ORDERS
from tui.view_memory import View

OFTEN: Final = 2.0
"""Seconds for which nothing is changed before that is written."""
RELATIONS: Final = tuple(Relation)


class Remembering(PaneScreen):
    """Takes up order, filter, marks and layout, and gives them to be remembered."""

    _seen: View | None = None
    """How the screen was when it was last looked at."""

    def on_mount(self) -> None:
        """Remember what is changed, soon after that: a lost terminal ends without a word."""
        self.set_interval(OFTEN, self.remember_if_settled)

    def on_unmount(self) -> None:
        """Remember the screen as it is left, whatever ends it."""
        self.remember()

    def remember_if_settled(self) -> None:
        """Remember the screen, once nothing has been changed for a while."""
        view = self.view()
        if view == self._seen:
            self.remember()
        self._seen = view

    def remember(self) -> None:
        """Remember the screen as it is; nothing is written where it is as it was."""
        memory = self.owner.memory
        if memory is not None and self._is_recalled:
            memory.keep(self.view())

    _is_recalled = False

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
        self._recall_figures(view)
        if view.pane in range(len(PANES)) and view.pane != self.pane_index:
            # The screen gives its first pane the focus when it appears.
            self.call_after_refresh(self.focus_pane, view.pane)
        self.show_message()
        self._is_recalled = True

    def _recall_figures(self, view: View) -> None:
        figures = self.figures
        figures.relation = Relation(view.relation) if view.relation in RELATIONS else RELATIONS[0]
        figures.value = next((value for value in VALUES if value == view.value), VALUES[0])
        figures.diagonal = view.diagonal
        is_there = view.scope == "all" or (view.scope == "marked" and bool(self.sessions.marks))
        if is_there:
            figures.mode = view.scope
            self.call_after_refresh(self.apply_scope)

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
            scope=self._figures.mode,
            relation=self._figures.relation.value,
            value=self._figures.value,
            diagonal=self._figures.diagonal,
        )
