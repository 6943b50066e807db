from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations

import pytest
from textual.binding import Binding
from textual.screen import Screen

from tui.app import SessionApp
from tui.commands import (
    COMMANDS,
    CONTEXTS,
    GROUPS,
    PANES,
    available,
    bindings_for,
    commands_in,
    find,
    footer_hints,
    keys_of,
)
from tui.keymap import overlap
from tui.keys import canonical
from tui.screens.compare import CompareScreen
from tui.screens.delegations import DelegationsScreen
from tui.screens.event import EventScreen
from tui.screens.main import MainScreen
from tui.screens.overview import OverviewScreen
from tui.screens.session import SessionScreen
from tui.screens.sql import SqlScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.work_items import WorkItemsScreen
from widgets.pane import Pane

MAIN = ("any", "main")


def test_every_command_is_complete() -> None:
    for command in COMMANDS:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", command.id)
        assert command.keys, command.id
        assert [canonical(key) for key in command.keys] == list(command.keys), command.id
        assert 0 < len(command.title) <= 18, command.id
        assert command.help.endswith("."), command.id
        assert command.group in GROUPS
        assert command.contexts
        assert {*command.contexts, *command.hint} <= set(CONTEXTS)
        assert 0 <= command.footer <= 100
        # The palette reads these as markup.
        assert "[" not in command.title + command.help


def test_ids_are_unique_and_found() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    command = find("sessions.mark")
    assert command is not None
    assert command.keys == ("space",)
    assert find("sessions.nothing") is None


def test_no_default_key_runs_two_commands_in_one_place() -> None:
    for one, other in combinations(COMMANDS, 2):
        if overlap(one, other):
            assert not set(one.keys) & set(other.keys), (one.id, other.id)


def test_no_command_needs_a_key_that_terminals_lack() -> None:
    for command in COMMANDS:
        for key in command.keys:
            assert not re.search(r"^f\d|alt|ctrl\+(enter|shift|tab)|super|meta", key), command.id


def test_actions_of_the_cursor_are_methods_of_panes() -> None:
    methods = [re.fullmatch(r"pane\('(\w+)'\)", command.action) for command in COMMANDS]
    moves = [found[1] for found in methods if found]
    assert len(moves) == 10
    assert [method for method in moves if not hasattr(Pane, f"action_{method}")] == []


@pytest.mark.parametrize(
    "screen",
    [CompareScreen, DelegationsScreen, EventScreen, MainScreen, OverviewScreen, SessionScreen,
     SqlScreen, TimelineScreen, WorkItemsScreen],
)  # fmt: skip
def test_a_screen_implements_the_actions_of_its_commands(screen: type[Screen[object]]) -> None:
    for binding in Binding.make_bindings(screen.BINDINGS):
        name = binding.action.partition("(")[0]
        where: type[object] = SessionApp if name.startswith("app.") else screen
        assert hasattr(where, f"action_{name.removeprefix('app.')}"), name


def test_bindings_carry_the_id_and_are_not_drawn_by_textual() -> None:
    by_id = {binding.id: binding for binding in Binding.make_bindings(bindings_for(("sessions",)))}
    mark = by_id["sessions.mark"]
    assert (mark.key, mark.action, mark.show) == ("space", "mark", False)
    assert "find.search" not in by_id
    everything = list(Binding.make_bindings(bindings_for(CONTEXTS)))
    assert {binding.id for binding in everything} == {command.id for command in COMMANDS}
    first = [binding.key for binding in everything if binding.priority]
    assert first == ["ctrl+z", "ctrl+c", "ctrl+q"]


def test_commands_of_contexts_keep_the_order_of_the_registry() -> None:
    inside = commands_in(("matrix", "main"))
    assert [c for c in COMMANDS if c in inside] == list(inside)
    assert "sessions.mark" not in {command.id for command in inside}
    assert "matrix.value" in {command.id for command in inside}


@pytest.mark.parametrize("pane", PANES)
def test_the_footer_leads_with_help_and_the_way_out(pane: str) -> None:
    hints = footer_hints((*MAIN, pane))
    assert [hint.title for hint in hints[:3]] == ["help", "quit", "open"]
    ranks = [hint.command.footer for hint in hints]
    assert ranks == sorted(ranks, reverse=True)


def test_the_footer_shows_what_the_pane_is_about() -> None:
    def titles(*contexts: str) -> set[str]:
        return {hint.title for hint in footer_hints(contexts)}

    sessions, matrix = titles(*MAIN, "sessions"), titles(*MAIN, "matrix")
    assert {"mark", "filter", "sort", "follow"} <= sessions
    assert {"relation", "values", "diagonal"} <= matrix
    assert not {"relation", "raw rows", "back"} & sessions
    assert not {"mark", "filter", "follow"} & matrix
    assert {"back", "copy", "search", "help"} <= titles("any", "detail")
    assert not {"open", "mark"} & titles("any", "detail")


def test_the_footer_shows_the_users_keys() -> None:
    keymap = {"sessions.mark": "v", "find.search": "", "move.next_pane": "tab"}
    hints = {hint.command.id: hint.key for hint in footer_hints((*MAIN, "sessions"), keymap)}
    assert hints["sessions.mark"] == "v"
    assert "find.search" not in hints
    assert hints["move.next_pane"] == "⇥"
    plain = footer_hints((*MAIN, "sessions"), keymap, ascii_only=True)
    assert all(hint.key.isascii() for hint in plain)


def test_keys_under_a_keymap() -> None:
    down = find("move.down")
    assert down is not None
    assert keys_of(down) == ("down", "j")
    assert keys_of(down, {"move.down": "ctrl+n,n"}) == ("ctrl+n", "n")
    assert keys_of(down, {"move.down": ""}) == ()
    assert keys_of(down, {"move.up": "n"}) == ("down", "j")


def test_actions_are_available_where_their_command_is() -> None:
    assert available("mark", (), (*MAIN, "sessions"))
    assert not available("mark", (), (*MAIN, "tools"))
    assert available("expand_all", (), (*MAIN, "activity"))
    assert not available("expand_all", (), (*MAIN, "sessions"))
    assert available("pane", ("cursor_up",), ("any", "detail"))
    assert not available("next_error", (1,), ("any", "detail"))
    assert available("quit", (), ("any", "detail"))
    assert available("something_else", (), ())


def test_the_registry_does_not_load_the_screen() -> None:
    modules = "tui.commands, tui.keymap, tui.config, tui.themes, tui.places, tui.reference"
    code = f"import sys, {modules}; print({{'textual', 'rich', 'sqlite3'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")
