"""A session over time: what the user can do on that screen."""

from __future__ import annotations

import shlex
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from queries.models import Event, Relation
from queries.plain_data import replace
from tui.commands import TIMELINE_PANES, bindings_for
from tui.cycling import next_of
from tui.export import absolute
from tui.screens.places import Place
from tui.screens.scope_control import VALUES
from tui.screens.timeline_showing import ENTRIES, LANES, MATRIX, TOOLS, TimelineShowing
from widgets.entry_list import EntryList
from widgets.tool_table import ToolTable
from widgets.waterfall import Waterfall

_PAN = 0.5
"""Widths of the lanes that one key moves them by."""


class TimelineScreen(TimelineShowing):
    """Lanes over time, messages and calls in order, and a replay of both."""

    CSS_PATH = "pane_set.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("timeline", *TIMELINE_PANES)))
    NAMES = ("Lanes", "Messages and calls", "Tools", "Interactions")
    PANE_CONTEXTS = TIMELINE_PANES

    # Time

    def action_time_zoom(self, step: int) -> None:
        """Show less of the time in more detail, or more of it."""
        self.lanes.zoom(step)

    def action_time_pan(self, step: int) -> None:
        """Move the lanes to what came earlier or later."""
        self.lanes.pan(step * _PAN)

    def action_time_fit(self) -> None:
        """Show the whole time."""
        self.lanes.fit_all()

    def action_other_view(self) -> None:
        """Go to the same event in the list, or on the lanes."""
        key = self.current_key
        to_list = self.pane_index != ENTRIES
        if key is not None:
            (self.entries if to_list else self.lanes).go_to(key)
        self.focus_pane(ENTRIES if to_list else LANES)

    # Replay

    def action_replay_step(self, step: int) -> None:
        """Show the session one step earlier or later."""
        if self.reading.step(step):
            self.past_changed()
        else:
            self.say("That is the first step." if step < 0 else "This is the present.")

    def action_replay_here(self) -> None:
        """Show the session as it was when the event under the cursor began."""
        event = self._current_event()
        if event is None or event.time is None:
            self.say("It is not known when that was.")
        else:
            self.reading.at = event.time
            self.past_changed()

    def action_replay_leave(self) -> None:
        """Show the session as it is."""
        if not self.undo():
            self.say("This is the present.")

    def undo(self) -> bool:
        """Leave the past."""
        if self.reading.at is None:
            return False
        self.reading.at = None
        self.past_changed()
        return True

    # Events

    def _current_event(self) -> Event | None:
        if self.pane_index == ENTRIES:
            row = self.entries.current
            return None if row is None else row.event
        span = self.lanes.current_span
        return None if span is None else span.event

    @on(Waterfall.Opened)
    @on(EntryList.Opened)
    def _event_opened(self, event: Waterfall.Opened | EntryList.Opened) -> None:
        event.stop()
        self.leave_for(Place(event.event.session_id, event.event.key))

    @on(ToolTable.Opened)
    def _tool_opened(self, event: ToolTable.Opened) -> None:
        """Search the list for the tool."""
        event.stop()
        self.focus_pane(ENTRIES)
        self.entries.find(event.tool.tool)

    def action_detail(self) -> None:
        """Show everything about the event under the cursor."""
        from tui.screens.event import EventScreen

        event, known = self._current_event(), self.reading.session
        if event is not None and known is not None:
            self.app.push_screen(EventScreen(event, event.key in known.never_ended))

    def action_toggle_repeats(self) -> None:
        """Give exact repeats lines of their own, or fold them."""
        folding = self.reading.folding
        self.reading.folding = replace(folding, opened=frozenset(), all_open=not folding.all_open)
        self.reading.look()

    @on(EntryList.FoldWanted)
    def _fold_wanted(self, event: EntryList.FoldWanted) -> None:
        event.stop()
        folding = self.reading.folding
        self.reading.folding = replace(folding, opened=folding.opened ^ {event.key})
        self.reading.look()

    def action_pane(self, method: str) -> None:
        """Run a command of the focused pane; from the first event, read what came before it."""
        key = self.current_key
        super().action_pane(method)
        at_end = method in ("cursor_top", "cursor_left", "cursor_up", "page_up")
        if at_end and self.pane_index in (LANES, ENTRIES) and key == self.current_key:
            known = self.reading.session
            is_first = known is not None and bool(known.events) and known.events[0].key == key
            if is_first and self.reading.read_earlier():
                self.live.begin()
                self.say("Reading what came earlier ...")

    # Figures

    def action_cycle_relation(self) -> None:
        """Count something else in the matrix."""
        self.relation = next_of(list(Relation), self.relation)
        self.show_matrix()

    def action_cycle_value(self) -> None:
        """Show counts, shares or ratios."""
        self.value = next_of(VALUES, self.value)
        self.show_matrix()

    def action_toggle_diagonal(self) -> None:
        """Leave out, or count, those that follow themselves."""
        self.diagonal = not self.diagonal
        self.show_matrix()

    def command_line(self) -> str:
        """The shell command that prints what the pane shows."""
        store = absolute(self.owner.path)
        if self.pane_index == TOOLS:
            parts = ["tools", store, "--session", self.session_id]
        elif self.pane_index == MATRIX:
            parts = ["agents", store, "--session", self.session_id]
            parts += ["--relation", self.relation.value]
        else:
            parts = ["timeline", store, self.session_id]
        return shlex.join(["session-tui", *parts, "--json"])
