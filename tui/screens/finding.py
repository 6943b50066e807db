"""The commands of the main screen that move, find, choose and switch."""

from __future__ import annotations

from datetime import tzinfo

from textual import on

from queries.finding.filter_matching import WHOLE
from queries.finding.filters import EVENT_FIELDS, Filter, FilterError, Term
from queries.models import Relation
from tui.screens.pane_screen import PaneScreen
from tui.screens.prompt import Prompt
from widgets.activity_line import is_failure
from widgets.activity_tree import ActivityTree
from widgets.interaction_matrix import InteractionMatrix
from widgets.matrix_figures import VALUE_TITLES
from widgets.session_list import SessionList
from widgets.tool_table import ToolTable

SESSIONS, ACTIVITY, TOOLS, MATRIX = range(4)
LIVE_SEARCH = 5000
"""Lines up to which a search runs while it is being typed."""

_EXAMPLES = {
    "sessions": "status:failed agent:planner since:7d some text",
    "events": "status:failed agent:planner tool:Bash some text",
}
"""What can be asked for, shown while nothing is typed."""


class Finding(PaneScreen):
    """Actions of the registry, groups Move, Find, Sessions, Activity, Tools & matrix."""

    _event_filter: Filter | None = None
    """The last one that was typed."""
    _searched_early: str | None = None
    """The session that was searched, in vain, before it was read."""

    def action_focus_pane(self, step: int) -> None:
        """Go to the next pane, or the one before."""
        self.focus_pane(self.pane_index + step)

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.pane.needle:
            self.say("Search for something first.")
        elif not self.pane.find_next(step):
            self._say_nothing_found()

    def action_next_error(self, step: int) -> None:
        """Go to the next line with an error."""
        if self.pane_index == SESSIONS:
            found = self.sessions.next_error(step)
        elif self.pane_index == TOOLS:
            found = self._next_failing_tool(step)
        else:
            found = self.tree_view.next_error(step) or self._wrapped_error(step)
        if not found:
            self.say("There is no error here.")

    def _wrapped_error(self, step: int) -> bool:
        """Go on from the other end of the tree."""
        loaded = self.activity.tree
        nodes = [] if loaded is None else loaded.model.nodes()
        ordered = nodes if step > 0 else reversed(nodes)
        return any(is_failure(node) and self.tree_view.go_to(node.key) for node in ordered)

    def _next_failing_tool(self, step: int) -> bool:
        rows = self.tool_view.rows
        for distance in range(1, len(rows) + 1):
            row = rows[(self.tool_view.cursor + step * distance) % len(rows)]
            if row.errors:
                return self.tool_view.select(self.tool_view.row_key(row))
        return False

    def action_filter_sessions(self) -> None:
        """Ask for a filter, of events in the activity tree, of sessions elsewhere."""
        if self.pane_index == ACTIVITY:
            is_typed = self._event_filter is not None
            self._ask_filter("events", self.tree_view.filter_label if is_typed else "")
        else:
            now = self.sessions.filter
            self._ask_filter("sessions", "" if now is None else now.text(self.owner.zone))

    def _ask_filter(self, purpose: str, text: str) -> None:
        self.prompt.ask(purpose, f"filter {purpose}: ", text, _EXAMPLES[purpose])

    @on(Prompt.Typed)
    def _typed(self, event: Prompt.Typed) -> None:
        if event.purpose == "search" and self.pane.line_count <= LIVE_SEARCH:
            self.pane.find(event.text)

    @on(Prompt.GivenUp)
    def _given_up(self, event: Prompt.GivenUp) -> None:
        if event.purpose == "search":
            self.pane.find("")
        self.pane.focus()

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        try:
            self._take_up(event.purpose, event.text)
        except FilterError as error:
            self.prompt.tell(str(error))
            self._ask_filter(event.purpose, event.text)
        else:
            self.pane.focus()
            self.show_titles()

    def _take_up(self, purpose: str, text: str) -> None:
        """Do what was asked for. Raises FilterError."""
        if purpose == "sessions":
            self.sessions.set_filter(text)
        elif purpose == "events":
            self._filter_events(text)
        elif purpose == "search" and not self.pane.find(text) and text:
            if self.pane_index == ACTIVITY and self.activity.is_reading:
                self._searched_early = self.activity.session_id
            else:
                self._say_nothing_found()

    def tree_answered(self) -> None:
        """Search in what was read now for what was searched for before."""
        session_id, needle = self._searched_early, self.tree_view.needle
        if session_id is None:
            return
        is_over = not needle or session_id != self._activity.session_id
        is_over = is_over or bool(self.tree_view.find(needle))
        if is_over or not self._activity.is_reading:
            self._searched_early = None
        if not is_over and not self._activity.is_reading:
            self._say_nothing_found()

    def _say_nothing_found(self) -> None:
        loaded = self._activity.tree
        is_part = self.pane_index == ACTIVITY and loaded is not None and loaded.has_earlier
        more = "; what is earlier is not read" if is_part else ""
        self.prompt.tell(f"Nothing here holds {self.pane.needle!r}{more}.")

    def _filter_events(self, text: str) -> None:
        if not text.strip():
            self.tree_view.set_filter(None)
            return
        from queries.finding.filter_parsing import parse_filter

        chosen = parse_filter(text, self.owner.clock(), EVENT_FIELDS, self.owner.zone)
        self._event_filter = chosen
        self.tree_view.set_filter(
            lambda node: node.event is not None and chosen.matches_event(node.event),
            chosen.text(self.owner.zone),
        )

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Say in another zone which events are shown, too."""
        if self._event_filter is not None and self.tree_view.filter_label:
            self.tree_view.filter_label = self._event_filter.text(zone)
        super().zone_changed(zone)

    # Sessions

    def action_mark(self) -> None:
        """Mark or unmark the session under the cursor."""
        self.session_view.toggle_mark()
        self.session_view.move_cursor(1)

    def action_clear_marks(self) -> None:
        """Unmark all sessions."""
        self.sessions.clear_marks()
        self.marks_changed()

    def action_toggle_sub_agents(self) -> None:
        """Show or hide the sessions of sub-agents."""
        self.sessions.toggle_sub_agents()
        self.show_titles()

    def action_cycle_scope(self) -> None:
        """Cover the focused session, the marked ones, or all."""
        modes = ["focused", "marked", "all"] if self.sessions.marks else ["focused", "all"]
        at = modes.index(self.figures.mode) if self.figures.mode in modes else 0
        self.figures.mode = modes[(at + 1) % len(modes)]
        self.apply_scope()
        self.say(f"Tools and interactions cover {self.figures.label}.")

    def action_cycle_sort(self) -> None:
        """Sort this list by its next column."""
        if self.pane_index == TOOLS:
            self.figures.cycle_tool_sort()
        else:
            self.sessions.cycle_sort()
        self.show_titles()

    def action_reverse_sort(self) -> None:
        """Reverse the order of this list."""
        if self.pane_index == TOOLS:
            self.figures.turn_tools()
        else:
            self.sessions.turn()
        self.show_titles()

    # Activity

    def action_toggle_follow(self) -> None:
        """Stay at the newest activity, or stop doing so."""
        self.tree_view.follow(not self.tree_view.following)
        self.show_titles()
        if not self.is_seen(self.tree_view):
            self.say(f"Activity is {'' if self.tree_view.following else 'not '}followed.")

    def action_toggle_raw(self) -> None:
        """Show rows as they are stored, or paired as calls."""
        self.activity.raw = not self.activity.raw
        self.activity.reload()
        self.show_titles()
        if not self.is_seen(self.tree_view):
            shown = "rows as they are stored" if self.activity.raw else "calls"
            self.say(f"Activity shows {shown}.")

    def action_expand_all(self) -> None:
        """Open all branches of the tree."""
        self.tree_view.open_all()

    def action_collapse_all(self) -> None:
        """Close all branches of the tree."""
        self.tree_view.close_all()

    @on(ActivityTree.EarlierWanted)
    def _earlier_wanted(self) -> None:
        self.activity.load_earlier()

    @on(ActivityTree.ReloadWanted)
    def _reload_wanted(self) -> None:
        self.activity.reload()

    # Tools & matrix

    def action_cycle_relation(self) -> None:
        """Count something else in the matrix."""
        self.figures.cycle_relation()
        self._matrix_changed()

    def action_cycle_value(self) -> None:
        """Show counts, shares or ratios."""
        self.figures.cycle_value()
        self._matrix_changed()

    def action_toggle_diagonal(self) -> None:
        """Leave out, or count, those that follow themselves."""
        self.figures.toggle_diagonal()
        self._matrix_changed()

    def _matrix_changed(self) -> None:
        self.show_titles()
        if not self.is_seen(self.matrix_view):
            figures = self.figures
            parts = [figures.interactions.basis]
            parts += [] if figures.value == "count" else [VALUE_TITLES[figures.value]]
            parts += [] if figures.diagonal else ["without repeats"]
            self.say(f"Interactions: {', '.join(parts)}.")

    @on(ToolTable.Opened)
    def _tool_opened(self, event: ToolTable.Opened) -> None:
        event.stop()
        self._event_filter = None
        name = event.tool.tool
        self.tree_view.filter_tool(name)
        if self.tree_view.node_count and not self.tree_view.line_count:
            # Figures may be of more than this session, and of more of it than is loaded.
            elsewhere = Term("tool", (f"{WHOLE}{name}",))
            self.say(
                f"No call of {name} is among what is shown of this session; the filter"
                f" {elsewhere} of the list finds the sessions with some."
            )
        self.focus_pane(ACTIVITY)
        self.show_titles()

    @on(InteractionMatrix.CellOpened)
    def _cell_opened(self, event: InteractionMatrix.CellOpened) -> None:
        event.stop()
        self._event_filter = None
        behind = self.activity.behind(event.relation, event.from_name, event.to_name)
        what = "tool" if event.relation is Relation.TOOLS else "agent"
        label = f"{what} {event.from_name} → {event.to_name}"
        self.tree_view.set_filter(
            lambda node: node.event is not None and node.event.key in behind, label
        )
        if not behind:
            self.say("None of these are in the session that is shown.")
        self.focus_pane(ACTIVITY)
        self.show_titles()

    @on(SessionList.Opened)
    def _session_opened(self, event: SessionList.Opened) -> None:
        event.stop()
        self.focus_pane(ACTIVITY)
