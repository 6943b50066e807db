"""The commands of the main screen that open, copy and export."""

from __future__ import annotations

import asyncio
import shlex

from textual import on

from queries.models import Relation
from tui.away import away
from tui.export import absolute
from tui.screens.pane_screen import PaneScreen
from widgets.activity_tree import ActivityTree
from widgets.tool_table import ToolTable

_NAMES = ("sessions", "activity", "tools", "interactions")
_LONG = 2000
"""Lines that are put into words within a moment."""


class Giving(PaneScreen):
    """Actions of the registry, groups Screens and Program."""

    @on(ActivityTree.Opened)
    def _event_opened(self, event: ActivityTree.Opened) -> None:
        event.stop()
        # Another screen may have come above this one meanwhile.
        if event.node.event is not None and self.is_active:
            from tui.screens.event import EventScreen

            self.app.push_screen(EventScreen(event.node.event, event.node.never_ended))

    def action_session_detail(self) -> None:
        """Show all that is known about the session under the cursor."""
        row = self.session_view.current
        if row is not None and self.is_active:
            from tui.screens.session import SessionScreen

            self.app.push_screen(SessionScreen(row, self.sessions.row))

    def action_back(self) -> None:
        """Undo the nearest of: search, filter, zoom; then go back to the sessions."""
        if self.pane.needle:
            self.pane.find("")
        elif self.pane_index == 1 and self.tree_view.filter_label:
            self.tree_view.set_filter(None)
        elif self.is_zoomed:
            self.action_toggle_zoom()
        elif self.pane_index == 0 and self.sessions.filter is not None:
            self.sessions.set_filter("")
        else:
            self.focus_pane(0)
        self.show_titles()

    def command_line(self) -> str:
        """The shell command whose output has what this pane shows."""
        store = absolute(self.owner.path)
        scope = () if self.figures.scope is None else self.figures.scope.session_ids
        chosen = [part for session_id in scope for part in ("--session", session_id)]
        focused = self.activity.session_id
        parts: list[str]
        if self.pane_index == 0:
            parts = ["sessions", store, "--sort", self.sessions.sort]
            if self.sessions.reverse:
                parts.append("--reverse")
            if self.sessions.filter is not None:
                parts += ["--filter", str(self.sessions.filter)]
        elif self.pane_index == 1:
            parts = ["activity", store]
            if focused is not None:
                parts += ["--session", focused]
            if self.activity.raw:
                parts.append("--raw")
        elif self.pane_index == 2:
            parts = ["tools", store, *chosen]
        else:
            relation: Relation = self.figures.relation
            parts = ["agents", store, *chosen, "--relation", relation.value]
        return shlex.join(["session-tui", *parts, "--json"])

    def action_export_view(self) -> None:
        """Write the lines of this pane to a new file."""
        name, pane = f"session-tui-{_NAMES[self.pane_index]}", self.pane
        title = self.titles[self.pane_index]
        # Rows of tools are replaced as a whole and never change: they can be read elsewhere.
        is_long = isinstance(pane, ToolTable) and pane.line_count > _LONG
        known = None if is_long else pane.lines_as_text()

        async def run() -> None:
            lines = await away(pane.lines_as_text) if known is None else known
            self.say(await asyncio.to_thread(self.owner.give_lines, name, [title, "", *lines]))

        self.run_worker(run(), group="export", exit_on_error=False)
