"""The registry of commands: keys, footer, palette, help and documentation come from here.

A screen that offers commands gives the contexts it serves to :func:`bindings_for`, answers
``check_action`` with :func:`available`, and implements these actions (``*`` marks those
that the detail screen needs as well):

* ``pane(method)`` *: run ``action_<method>()`` of the pane that has the focus. Methods:
  ``cursor_up``, ``cursor_down``, ``cursor_left``, ``cursor_right``, ``page_up``,
  ``page_down``, ``half_page_up``, ``half_page_down``, ``cursor_top``, ``cursor_bottom``.
* ``focus_pane(step)``, ``search`` *, ``next_match(step)`` *, ``next_error(step)``,
  ``filter_sessions``, ``mark``, ``clear_marks``, ``toggle_sub_agents``, ``cycle_scope``,
  ``cycle_sort``, ``reverse_sort``, ``toggle_follow``, ``toggle_pause``, ``toggle_raw``,
  ``expand_all``, ``collapse_all``, ``cycle_relation``, ``cycle_value``, ``toggle_diagonal``,
  ``open``, ``back`` *, ``toggle_zoom``, ``copy`` *, ``copy_command`` *, ``export_view`` *.

The application implements ``app.help``, ``app.store_info``, ``app.toggle_utc``,
``app.next_theme`` and ``app.redraw``; Textual has the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from tui.keys import display

if TYPE_CHECKING:
    from textual.binding import BindingType

Keymap = Mapping[str, str]
"""Command id -> its keys, comma-separated; "" takes all keys away. Others keep theirs."""

PANES: Final = ("sessions", "activity", "tools", "matrix")
"""The panes of the main screen."""

CONTEXTS: Final = ("any", "main", *PANES, "detail")
"""Where a command can belong: everywhere, the main screen, one of its panes, one event."""

GROUPS: Final = ("Move", "Find", "Sessions", "Activity", "Tools & matrix", "Screens", "Program")
"""Headings of the help screen, in order."""

_MAIN: Final = ("main",)
_READ: Final = ("main", "detail")
_LISTS: Final = ("sessions", "tools")
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
    Command("move.next_pane", ("tab",), "next pane", "Go to the next pane.",
            "focus_pane(1)", "Move", footer=30),
    Command("move.previous_pane", ("shift+tab",), "previous pane", "Go to the previous pane.",
            "focus_pane(-1)", "Move"),

    Command("find.search", ("slash",), "search", "Search for text in this pane.",
            "search", "Find", footer=70, contexts=_READ),
    Command("find.next", ("n",), "next match", "Go to the next match of the search.",
            "next_match(1)", "Find", contexts=_READ),
    Command("find.previous", ("N",), "previous match", "Go to the previous match of the search.",
            "next_match(-1)", "Find", contexts=_READ),
    Command("find.next_error", ("e",), "next error", "Go to the next line with an error.",
            "next_error(1)", "Find", footer=50, hint=("sessions", "activity", "tools")),
    Command("find.previous_error", ("E",), "previous error",
            "Go to the previous line with an error.", "next_error(-1)", "Find"),
    Command("find.filter", ("F",), "filter",
            "Show only the sessions, in the activity tree the events, that match a filter.",
            "filter_sessions", "Find", footer=60, hint=("sessions", "activity")),

    Command("sessions.mark", ("space",), "mark", "Mark or unmark the session.",
            "mark", "Sessions", footer=75, contexts=("sessions",)),
    Command("sessions.clear_marks", ("x",), "clear marks", "Unmark all sessions.",
            "clear_marks", "Sessions", footer=15, hint=("sessions",)),
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
            "toggle_pause", "Activity", footer=25),
    Command("activity.raw", ("w",), "raw rows",
            "Show start and end rows as they are stored, or paired as calls.",
            "toggle_raw", "Activity", footer=35, hint=("activity",)),
    Command("activity.expand_all", ("plus",), "expand all", "Open all branches of the tree.",
            "expand_all", "Activity", footer=18, contexts=("activity",)),
    Command("activity.collapse_all", ("minus",), "collapse all", "Close all branches of the tree.",
            "collapse_all", "Activity", footer=17, contexts=("activity",)),

    Command("matrix.relation", ("m",), "relation",
            "Count who follows whom, who delegates to whom, or which tool comes next.",
            "cycle_relation", "Tools & matrix", footer=60, hint=("matrix",)),
    Command("matrix.value", ("M",), "values",
            "Show counts, shares of the row, or how far from expected.",
            "cycle_value", "Tools & matrix", footer=55, hint=("matrix",)),
    Command("matrix.diagonal", ("D",), "diagonal",
            "Leave out, or count, those that follow themselves.",
            "toggle_diagonal", "Tools & matrix", footer=40, hint=("matrix",)),

    Command("screens.open", ("enter",), "open", "Open what is under the cursor.",
            "open", "Screens", footer=80),
    Command("screens.back", ("escape",), "back", "Close this, or go back.",
            "back", "Screens", footer=80, contexts=_READ, hint=("detail",)),
    Command("screens.zoom", ("z",), "zoom", "Give this pane the whole screen, or its place again.",
            "toggle_zoom", "Screens", footer=28),
    Command("screens.info", ("i",), "store info",
            "Show what is known about the store, and what could not be read.",
            "app.store_info", "Screens", contexts=_ANY),
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
    Command("program.utc", ("u",), "UTC", "Show times in UTC, or in your own zone.",
            "app.toggle_utc", "Program", footer=5, contexts=_ANY),
    Command("program.theme", ("T",), "theme", "Use the next colour theme.",
            "app.next_theme", "Program", contexts=_ANY),
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


class Hint(NamedTuple):
    """One entry of the footer."""

    key: str
    """As it is shown."""
    title: str
    command: Command


@cache
def _by_id() -> dict[str, Command]:
    return {command.id: command for command in COMMANDS}


def find(command_id: str) -> Command | None:
    """The command of that id, if there is one."""
    return _by_id().get(command_id)


def keys_of(command: Command, keymap: Keymap | None = None) -> tuple[str, ...]:
    """The keys that run a command under a keymap; possibly none."""
    keys = None if keymap is None else keymap.get(command.id)
    return command.keys if keys is None else tuple(filter(None, keys.split(",")))


def key_names(
    command: Command, keymap: Keymap | None = None, *, ascii_only: bool = False
) -> tuple[str, ...]:
    """The keys of a command as they are shown."""
    return tuple(display(key, ascii_only=ascii_only) for key in keys_of(command, keymap))


def commands_in(contexts: Iterable[str]) -> tuple[Command, ...]:
    """The commands that belong to any of these contexts, in the order of the registry."""
    wanted = frozenset(contexts)
    return tuple(command for command in COMMANDS if not wanted.isdisjoint(command.contexts))


def bindings_for(contexts: Iterable[str]) -> list[BindingType]:
    """What a screen or the application puts into ``BINDINGS``.

    The bindings hold the default keys and the command's id, so that the result of
    :func:`tui.keymap.to_textual`, given to ``App.set_keymap``, replaces them.
    """
    from textual.binding import Binding

    return [
        Binding(
            ",".join(command.keys),
            command.action,
            command.title,
            show=False,
            tooltip=command.help,
            id=command.id,
            priority=command.priority,
        )
        for command in commands_in(contexts)
    ]


def footer_hints(
    contexts: Iterable[str], keymap: Keymap | None = None, *, ascii_only: bool = False
) -> list[Hint]:
    """What the footer shows, the most important first.

    Args:
        contexts: those of the screen and of the pane that has the focus, "any" included.
        keymap: the user's changes.
        ascii_only: whether key names may only use ASCII.
    """
    wanted = frozenset(contexts)
    shown = [
        Hint(names[0], command.title, command)
        for command in commands_in(wanted)
        if command.footer and not (command.hint and wanted.isdisjoint(command.hint))
        if (names := key_names(command, keymap, ascii_only=ascii_only))
    ]
    return sorted(shown, key=lambda hint: -hint.command.footer)


@cache
def _by_call() -> dict[tuple[str, tuple[object, ...]], list[Command]]:
    calls: dict[tuple[str, tuple[object, ...]], list[Command]] = {}
    for command in COMMANDS:
        name, _, parameters = command.action.removeprefix("app.").partition("(")
        arguments = ast.literal_eval(f"({parameters[:-1]},)") if parameters else ()
        calls.setdefault((name, arguments), []).append(command)
    return calls


def available(action: str, parameters: tuple[object, ...], contexts: Iterable[str]) -> bool:
    """Whether an action may run now: the whole of a screen's ``check_action``.

    Args:
        action: name of the action, without parameters.
        parameters: those of the action.
        contexts: those of the screen and of the pane that has the focus.

    Returns:
        False for an action whose commands all belong elsewhere; True for one that is not
        in the registry.
    """
    commands = _by_call().get((action, parameters))
    wanted = frozenset(contexts)
    return commands is None or any(not wanted.isdisjoint(c.contexts) for c in commands)
