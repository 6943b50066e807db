"""All commands: what they are called, which keys run them, and where.

A screen implements the actions of all commands whose contexts it serves, the application those
that begin with ``app.``. ``pane(method)`` runs ``action_<method>()`` of the pane with the focus.
"""

from __future__ import annotations

from typing import Final

from queries.plain_data import dataclass

PANES: Final = ("sessions", "activity", "tools", "matrix")
"""The panes of the main screen."""

SECTIONS: Final = (
    "metrics", "compared_tools", "compared_agents", "compared_matrix", "steps", "overlay", "groups"
)  # fmt: skip
"""The sections of the screen that compares sessions."""

DELEGATION_PANES: Final = ("delegation_list", "spawners", "handoffs", "live_runs", "agents")
"""The panes of the screen of delegations."""

TIMELINE_PANES: Final = ("lanes", "entries", "timeline_tools", "timeline_matrix")
"""The panes of the screen of one session over time."""

OVERVIEW_PANES: Final = ("totals", "alerts", "hours", "trend", "breakdown")
"""The panes of the overview."""

PARTS: Final = {
    "main": PANES, "compare": SECTIONS, "delegations": DELEGATION_PANES,
    "timeline": TIMELINE_PANES, "overview": OVERVIEW_PANES,
}  # fmt: skip
"""Screen -> its panes or sections."""

CONTEXTS: Final = (
    "any", "main", *PANES, "compare", *SECTIONS, "detail",
    "delegations", *DELEGATION_PANES, "timeline", *TIMELINE_PANES,
    "overview", *OVERVIEW_PANES, "work_items", "sql", "event", "past",
)  # fmt: skip
"""Where a command can belong: everywhere, a screen, one of its panes or sections, one event.

In "past", while a session is shown as it was, is what the footer shows then alone.
"""

GROUPS: Final = (
    "Move", "Find", "Sessions", "Activity", "Tools & matrix", "Compare", "Timeline", "Overview",
    "Work items", "Screens", "Program",
)  # fmt: skip
"""Headings of the help screen, in order."""

_MAIN: Final = ("main",)
_SETS: Final = ("delegations", "timeline", "overview", "work_items")
_BOTH: Final = ("main", "compare", *_SETS)
_PANED: Final = _BOTH[:-1]
"""The screens of more than one pane."""
_SECTIONED: Final = (*_PANED, "event")
_READ: Final = (*_BOTH, "detail")
_REPLAYS: Final = ("main", "timeline")
_EVENTS: Final = ("lanes", "entries")
_LISTS: Final = ("sessions", "tools", "breakdown")
_ANY: Final = ("any",)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the user can do."""

    id: str
    """Names it in the user's keymap."""
    keys: tuple[str, ...]
    """Default keys in the spelling of :mod:`tui.keys`."""
    title: str
    """At most 18 characters, for the footer and the palette."""
    help: str
    """One sentence."""
    action: str
    """Textual action, run on the screen or, with "app.", on the application."""
    group: str
    footer: int = 0
    """Rank in the footer, 1..100: the highest stay when room is short. 0: never there."""
    contexts: tuple[str, ...] = _MAIN
    """Where its keys work."""
    hint: tuple[str, ...] = ()
    """Where the footer shows it, when that is not everywhere it works."""
    priority: bool = False
    """Whether it works even while text is being typed and over every dialog."""


# One command is two or three lines, so that the whole list can be read at a glance.
# fmt: off
COMMANDS: Final[tuple[Command, ...]] = (
    Command("move.up", ("up", "k"), "up", "Move the cursor up.",
            "pane('cursor_up')", "Move", contexts=_READ),
    Command("move.down", ("down", "j"), "down", "Move the cursor down.",
            "pane('cursor_down')", "Move", contexts=_READ),
    Command("move.left", ("left", "h"), "left",
            "Move left; in the activity tree, close the branch or go to its parent.",
            "pane('cursor_left')", "Move", contexts=_READ),
    Command("move.right", ("right", "l"), "right",
            "Move right; in the activity tree, open the branch.",
            "pane('cursor_right')", "Move", contexts=_READ),
    Command("move.page_up", ("pageup",), "page up", "Move up by one page.",
            "pane('page_up')", "Move", contexts=_READ),
    Command("move.page_down", ("pagedown",), "page down", "Move down by one page.",
            "pane('page_down')", "Move", contexts=_READ),
    Command("move.half_page_up", ("ctrl+u",), "half page up", "Move up by half a page.",
            "pane('half_page_up')", "Move", contexts=_READ),
    Command("move.half_page_down", ("ctrl+d",), "half page down", "Move down by half a page.",
            "pane('half_page_down')", "Move", contexts=_READ),
    Command("move.top", ("g", "home"), "top", "Go to the first line.",
            "pane('cursor_top')", "Move", contexts=_READ),
    Command("move.bottom", ("G", "end"), "bottom", "Go to the last line.",
            "pane('cursor_bottom')", "Move", contexts=_READ),
    Command("move.next_pane", ("tab",), "next pane", "Go to the next pane or section.",
            "focus_pane(1)", "Move", footer=30, contexts=_SECTIONED),
    Command("move.previous_pane", ("shift+tab",), "previous pane",
            "Go to the previous pane or section.",
            "focus_pane(-1)", "Move", contexts=_SECTIONED),

    Command("find.search", ("slash",), "search", "Search for text in this pane.",
            "search", "Find", footer=70, contexts=_READ),
    Command("find.next", ("n",), "next match",
            "Go to the next match of the search; in a comparison without one, to the next "
            "difference.",
            "next_match(1)", "Find", footer=72, contexts=_READ,
            hint=("metrics", "compared_tools", "compared_agents", "steps", "groups")),
    Command("find.previous", ("N",), "previous match",
            "Go to the previous match of the search; in a comparison without one, to the "
            "previous difference.",
            "next_match(-1)", "Find", contexts=_READ),
    Command("find.next_error", ("e",), "next error", "Go to the next line with an error.",
            "next_error(1)", "Find", footer=50, contexts=("main", *_SETS),
            hint=("sessions", "activity", "tools", *_EVENTS, "delegation_list")),
    Command("find.previous_error", ("E",), "previous error",
            "Go to the previous line with an error.", "next_error(-1)", "Find",
            contexts=("main", *_SETS)),
    Command("find.filter", ("F",), "filter",
            "Show only the sessions, in the activity tree the events, that match a filter.",
            "filter_sessions", "Find", footer=60, hint=("sessions", "activity")),

    Command("sessions.mark", ("space",), "mark", "Mark or unmark the session.",
            "mark", "Sessions", footer=75, contexts=("sessions",)),
    Command("sessions.group_a", ("A",), "group A",
            "Put the session into group A, to compare groups; again takes it out.",
            "group('A')", "Sessions", footer=19, contexts=("sessions",)),
    Command("sessions.group_b", ("B",), "group B",
            "Put the session into group B; again takes it out.",
            "group('B')", "Sessions", footer=19, contexts=("sessions",)),
    Command("sessions.all_into_a", ("left_curly_bracket",), "all into A",
            "Put all sessions that match the filter into group A; again takes that back.",
            "group_listed('A')", "Sessions", footer=18, contexts=("sessions",)),
    Command("sessions.all_into_b", ("right_curly_bracket",), "all into B",
            "Put all sessions that match the filter into group B; again takes that back.",
            "group_listed('B')", "Sessions", footer=18, contexts=("sessions",)),
    Command("sessions.clear_marks", ("x",), "clear marks", "Unmark all sessions.",
            "clear_marks", "Sessions", footer=15, hint=("sessions",)),
    Command("sessions.detail", ("d",), "all about it",
            "Show all that is known about the session, with every column of its row.",
            "session_detail", "Sessions", footer=17, contexts=("sessions",)),
    Command("marks.set", ("asterisk",), "bookmark",
            "Give the session or event under the cursor a label and a note, kept apart from "
            "the store.",
            "bookmark", "Sessions", footer=11, hint=("sessions", "activity")),
    Command("marks.list", ("apostrophe",), "bookmarks", "Show all bookmarks and go to one.",
            "list_bookmarks", "Sessions"),
    Command("sessions.scope", ("a",), "scope",
            "Let tools and matrix cover this session, the marked ones or all.",
            "cycle_scope", "Sessions", footer=45, hint=("sessions", "tools", "matrix")),
    Command("sessions.sub_agents", ("S",), "sub-agents",
            "Show or hide the sessions that sub-agents ran for another one.",
            "toggle_sub_agents", "Sessions", footer=22, hint=("sessions",)),
    Command("sessions.sort", ("s",), "sort", "Sort this list by its next column.",
            "cycle_sort", "Sessions", footer=40, contexts=_LISTS),
    Command("sessions.reverse", ("r",), "reverse", "Reverse the order of this list.",
            "reverse_sort", "Sessions", footer=20, contexts=_LISTS),

    Command("activity.follow", ("f",), "follow", "Stay at the newest activity, or stop doing so.",
            "toggle_follow", "Activity", footer=65, hint=("sessions", "activity")),
    Command("activity.pause", ("p",), "pause", "Freeze the screen, or go on; nothing is lost.",
            "app.toggle_pause", "Activity", footer=25, contexts=_PANED, hint=_MAIN),
    Command("activity.raw", ("w",), "raw rows",
            "Show start and end rows as they are stored, or paired as calls.",
            "toggle_raw", "Activity", footer=35, hint=("activity",)),
    Command("activity.expand_all", ("plus",), "expand all", "Open all branches of the tree.",
            "expand_all", "Activity", footer=18, contexts=("activity",)),
    Command("activity.collapse_all", ("minus",), "collapse all", "Close all branches of the tree.",
            "collapse_all", "Activity", footer=17, contexts=("activity",)),

    Command("matrix.relation", ("m",), "relation",
            "Count who follows whom, who delegates to whom, or which tool comes next.",
            "cycle_relation", "Tools & matrix", footer=60,
            contexts=("main", "compared_matrix", "timeline_matrix"),
            hint=("matrix", "compared_matrix", "timeline_matrix")),
    Command("matrix.value", ("M",), "values",
            "Show counts, shares of the row, or how far from expected.",
            "cycle_value", "Tools & matrix", footer=55, contexts=("main", "timeline_matrix"),
            hint=("matrix", "timeline_matrix")),
    Command("matrix.diagonal", ("D",), "diagonal",
            "Leave out, or count, those that follow themselves.",
            "toggle_diagonal", "Tools & matrix", footer=40,
            contexts=("main", "compared_matrix", "timeline_matrix"),
            hint=("matrix", "compared_matrix", "timeline_matrix")),

    Command("compare.open", ("c", "2"), "compare",
            "Compare the marked sessions, or groups A and B.",
            "compare", "Compare", footer=62, contexts=("main", *_SETS), hint=("sessions",)),
    Command("compare.baseline", ("b",), "baseline",
            "Compare with the session under the cursor.",
            "baseline", "Compare", footer=60, contexts=("compare",),
            hint=("metrics", "compared_tools", "compared_agents")),
    Command("compare.filter", ("f",), "filter",
            "Show only the better, the worse, the different, the same, or all.",
            "filter_changes", "Compare", footer=71, contexts=("metrics",)),
    Command("compare.matrix", ("M",), "whose matrix",
            "Show the difference of the matrices, this session's or the baseline's.",
            "cycle_matrix", "Compare", footer=58, contexts=("compared_matrix",)),
    Command("compare.measure", ("m",), "measure",
            "Draw events, errors or tokens.",
            "cycle_measure", "Compare", footer=60, contexts=("overlay",)),
    Command("compare.go_left", ("less_than_sign",), "left session",
            "Leave for the step's place in the session on the left.",
            "open_side('left')", "Compare", footer=35, contexts=("steps",)),
    Command("compare.go_right", ("greater_than_sign",), "right session",
            "Leave for the step's place in the session on the right.",
            "open_side('right')", "Compare", footer=34, contexts=("steps",)),

    Command("timeline.zoom_in", ("plus", "equals_sign"), "zoom in",
            "Show less of the time, in more detail.",
            "time_zoom(1)", "Timeline", footer=76, contexts=("lanes",)),
    Command("timeline.zoom_out", ("minus",), "zoom out", "Show more of the time.",
            "time_zoom(-1)", "Timeline", footer=75, contexts=("lanes",)),
    Command("timeline.earlier", ("less_than_sign",), "earlier",
            "Move the lanes to what came earlier.",
            "time_pan(-1)", "Timeline", footer=64, contexts=("lanes",)),
    Command("timeline.later", ("greater_than_sign",), "later",
            "Move the lanes to what came later.",
            "time_pan(1)", "Timeline", footer=63, contexts=("lanes",)),
    Command("timeline.fit", ("0",), "whole time", "Show the whole time on the lanes.",
            "time_fit", "Timeline", footer=62, contexts=("lanes",)),
    Command("timeline.view", ("v",), "lanes or list",
            "Go from an event on the lanes to the same event in the list, or back.",
            "other_view", "Timeline", footer=61, contexts=("timeline",), hint=_EVENTS),
    Command("timeline.step_back", ("left_square_bracket",), "step back",
            "Show the session as it was one step earlier.",
            "replay_step(-1)", "Timeline", footer=74, contexts=_REPLAYS, hint=("timeline",)),
    Command("timeline.step_on", ("right_square_bracket",), "step on",
            "Show the session as it was one step later; after the last step, as it is.",
            "replay_step(1)", "Timeline", footer=73, contexts=_REPLAYS, hint=("past",)),
    Command("timeline.at_cursor", ("t",), "as of here",
            "Show the session as it was when the event under the cursor began.",
            "replay_here", "Timeline", footer=58, contexts=_EVENTS),
    Command("timeline.present", ("P",), "present", "Leave the past: show the session as it is.",
            "replay_leave", "Timeline", footer=57, contexts=_REPLAYS, hint=("past",)),
    Command("timeline.detail", ("d",), "detail", "Open the event under the cursor in full.",
            "detail", "Timeline", footer=68, contexts=_EVENTS),
    Command("timeline.repeats", ("r",), "repeats",
            "Give exact repeats lines of their own, or fold them into one.",
            "toggle_repeats", "Timeline", footer=60, contexts=("entries",)),
    Command("delegations.child", ("d",), "sub-session",
            "Of a delegation, go to the session in which the work was done.",
            "child_session", "Sessions", footer=60, contexts=("delegation_list",)),

    Command("overview.window", ("t",), "time window",
            "Look back one day, a week, a month, a quarter, or at all time.",
            "cycle_window", "Overview", footer=66, contexts=("overview",)),
    Command("overview.measure", ("m",), "measure",
            "Draw the trend of events, sessions, error rates, completion, errors or tokens.",
            "cycle_measure", "Overview", footer=64, contexts=("overview",),
            hint=("totals", "trend")),
    Command("overview.bucket", ("b",), "hour/day/week", "Show trends by hour, by day or by week.",
            "cycle_bucket", "Overview", footer=63, contexts=("overview",),
            hint=("totals", "trend")),
    Command("overview.by", ("B",), "group by",
            "Group sessions by component, agent, project or model.",
            "cycle_grouping", "Overview", footer=62, contexts=("overview",),
            hint=("totals", "breakdown")),

    Command("work.type", ("f",), "type", "Show only items of one type, or of all.",
            "cycle_type", "Work items", footer=66, contexts=("work_items",)),
    Command("work.priority", ("p",), "priority", "Show only items of one priority, or of all.",
            "cycle_priority", "Work items", footer=65, contexts=("work_items",)),
    Command("work.assignee", ("a",), "who", "Show only the items that one agent has, or all.",
            "cycle_assignee", "Work items", footer=64, contexts=("work_items",)),

    Command("screens.open", ("enter",), "open", "Open what is under the cursor.",
            "open", "Screens", footer=80, contexts=_BOTH,
            hint=(*PANES, "steps", *DELEGATION_PANES, *_EVENTS, "alerts", "trend", "breakdown",
                  "work_items")),
    Command("screens.back", ("escape",), "back", "Close this, or go back.",
            "back", "Screens", footer=80, contexts=_READ, hint=("compare", "detail", *_SETS)),
    Command("screens.main", ("1",), "main screen", "Go to sessions, activity, tools and matrix.",
            "main_screen", "Screens", contexts=("compare", *_SETS)),
    Command("screens.overview", ("3",), "overview",
            "Show totals, trends, breakdowns and alerts.",
            "app.show_screen('overview')", "Screens", contexts=_BOTH),
    Command("screens.delegations", ("4",), "delegations",
            "Show who handed what to whom, and what every agent does.",
            "app.show_screen('delegations')", "Screens", contexts=_BOTH),
    Command("screens.timeline", ("5",), "timeline",
            "Show the session under the cursor over time.",
            "app.show_screen('timeline')", "Screens", contexts=_BOTH),
    Command("screens.work_items", ("6",), "work items",
            "Show features, bugs and other work by status.",
            "app.show_screen('work_items')", "Screens", contexts=_BOTH),
    Command("screens.zoom", ("z",), "zoom", "Give this pane the whole screen, or its place again.",
            "toggle_zoom", "Screens", footer=28,
            contexts=_PANED),
    Command("screens.info", ("i",), "store info",
            "Show what is known about the store, and what could not be read.",
            "app.store_info", "Screens", contexts=_ANY),
    Command("screens.sql", ("colon",), "SQL", "Ask the store a question in SQL.",
            "app.sql", "Screens", footer=13, contexts=_ANY, hint=("main", "sql")),
    Command("screens.help", ("question_mark",), "help", "Show all keys.",
            "app.help", "Screens", footer=100, contexts=_ANY),
    Command("screens.palette", ("ctrl+p",), "commands", "Find a command by its name.",
            "app.command_palette", "Screens", footer=12, contexts=_ANY),

    Command("program.copy", ("y",), "copy", "Copy what is under the cursor.",
            "copy", "Program", footer=40, contexts=_READ, hint=("activity", "detail")),
    Command("program.copy_command", ("Y",), "copy command",
            "Copy the shell command that prints this view.",
            "copy_command", "Program", footer=10, contexts=_READ),
    Command("program.export", ("o",), "export", "Write this view to a file.",
            "export_view", "Program", footer=14, contexts=_READ),
    Command("program.masking", ("X",), "mask secrets",
            "Cover on the screen what looks like a credential, or show it.",
            "app.toggle_masking", "Program", footer=4, contexts=_ANY),
    Command("program.picture", ("O",), "picture",
            "Write a picture of the screen to a file.",
            "app.picture", "Program", contexts=_ANY),
    Command("program.utc", ("u",), "UTC", "Show times in UTC, or in your own zone.",
            "app.toggle_utc", "Program", footer=5, contexts=_ANY),
    Command("program.theme", ("T",), "theme", "Use the next colour theme.",
            "app.next_theme", "Program", contexts=_ANY),
    Command("program.low_bandwidth", ("L",), "low bandwidth",
            "Send less to the terminal, for slow connections, or all again.",
            "app.toggle_low_bandwidth", "Program", contexts=_ANY),
    Command("program.redraw", ("ctrl+l",), "redraw", "Draw the whole screen again.",
            "app.redraw", "Program", contexts=_ANY),
    Command("program.suspend", ("ctrl+z",), "suspend", "Go to the shell; fg comes back.",
            "app.suspend_process", "Program", contexts=_ANY, priority=True),
    Command("program.quit", ("q",), "quit", "Leave the program.",
            "app.quit", "Program", footer=90, contexts=_ANY),
    Command("program.quit_at_once", ("ctrl+c", "ctrl+q"), "quit at once",
            "Leave the program from anywhere, even while typing.",
            "app.quit", "Program", contexts=_ANY, priority=True),
)
# fmt: on
"""All commands, in the order in which they are listed."""
