"""Whose activity, tools and interactions the main screen shows: those of the list's cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import on

from queries.models import Scope
from queries.trees.activity_reader import Ranges
from tui.away import away
from tui.bookmarks import Bookmarks
from tui.model_watch import Models
from tui.screens.cursor_follower import CursorFollower
from tui.screens.layout import PaneLayout
from tui.screens.scope_control import ScopeControl
from tui.screens.session_control import SessionControl
from tui.screens.tree_control import TreeControl
from widgets.session_list import SessionList


class CoupledPanes(PaneLayout):
    """The list leads; the tree follows its cursor, tools and matrix this, its marks, or all."""

    def couple_panes(self, models: Callable[[], Models | None]) -> None:
        """Give each pane what it shows; to be called once, when the panes are found.

        Args:
            models: gives the models that were used, by session; None while they are read.
        """
        reader = self.owner.reader
        self.sessions = SessionControl(
            self.session_view,
            self.owner.clock,
            lambda: Bookmarks(self.owner.path).sessions(),
            models,
            lambda: self.owner.zone,
        )
        self._activity = TreeControl(
            self.tree_view,
            reader,
            is_alive=self.sessions.is_alive,
            ranges_of=self._ranges_of,
            total_of=self._total_of,
            why_nothing=self.sessions.why_nothing,
        )
        self._figures = ScopeControl(
            self.tool_view,
            self.matrix_view,
            reader,
            is_alive=self.sessions.is_alive,
            ranges_of=self._ranges_of,
            title_of=self.sessions.title,
            away=self._do_away,
            has_events=lambda: self.sessions.has_events,
        )
        self._follower = CursorFollower(self, self._show_session, self._turn_over)

    @on(SessionList.Focused)
    def _session_focused(self) -> None:
        if self._activity.session_id is None:
            self.follow_cursor()
        elif self._session_wanted != self._activity.session_id:
            self._follower.follow()

    @property
    def _session_wanted(self) -> str | None:
        focused = self.session_view.focused_id()
        if focused is None and self.sessions.filter is not None:
            # What was in focus stays in view while a filter hides it.
            return self._activity.session_id
        return focused

    def _show_session(self) -> None:
        session_id = self._session_wanted
        if session_id == self._activity.session_id:
            return
        title = "" if session_id is None else self.sessions.title(session_id)
        self._activity.show(session_id, title=title)
        if self._figures.mode == "focused":
            self._cover_chosen(waits=True)

    def _turn_over(self) -> None:
        """Show nothing of the session before any more."""
        # Both, whatever the first one says.
        turned = [control.turn_over() for control in (self._activity, self._figures)]
        if any(turned):
            self.show_titles()

    def follow_cursor(self) -> None:
        """Let the other panes show the session under the cursor now, if they are still to."""
        self._follower.catch_up()

    @property
    def activity(self) -> TreeControl:
        """What the tree shows: the session under the cursor."""
        self.follow_cursor()
        return self._activity

    @property
    def figures(self) -> ScopeControl:
        """What tools and matrix show: they cover the session under the cursor, or others."""
        self.follow_cursor()
        return self._figures

    @on(SessionList.MarkToggled)
    def _mark_toggled(self, event: SessionList.MarkToggled) -> None:
        self.sessions.toggle_mark(event.session_id)
        self.marks_changed()

    def marks_changed(self) -> None:
        """Cover what is marked now, where the marked ones are covered."""
        if self.figures.mode == "marked":
            self.figures.mode = "marked" if self.sessions.marks else "focused"
            self.apply_scope()
        self.show_message()

    def apply_scope(self) -> None:
        """Let tools and matrix cover what their mode says."""
        self.follow_cursor()
        self._cover_chosen(waits=False)

    def _cover_chosen(self, *, waits: bool) -> None:
        figures, mode = self._figures, self._figures.mode
        scope: Scope | None = Scope()
        if mode == "marked":
            ids = tuple(self.sessions.marks)
            scope = Scope(ids, f"{len(ids)} marked")
        elif mode == "focused":
            focused = self._activity.session_id
            scope = None if focused is None else Scope((focused,), self.sessions.title(focused))
        figures.set_scope(mode, scope, waits=waits)
        self.show_titles()

    def _ranges_of(self, session_id: str) -> Ranges | None:
        row = self.sessions.row(session_id)
        if row is None or not row.complete:
            return None
        return self.owner.poller.ranges_of(session_id)

    def _total_of(self, session_id: str) -> int | None:
        row = self.sessions.row(session_id)
        return None if row is None or not row.complete else row.totals.events

    def _do_away(self, work: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Do long work that reads nothing elsewhere, and hand on what comes of it."""

        async def run() -> None:
            take(await away(work))

        self.run_worker(run(), group="away")
