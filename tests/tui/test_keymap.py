from __future__ import annotations

import pytest
from textual.app import App
from textual.screen import Screen

from tui import keymap
from tui.commands import COMMANDS, PANES, available, bindings_for


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"sessions.mark": "v"},
        {"move.down": "down, ctrl+n"},
        {"sessions.mark": ""},
        {"find.next": "N", "find.previous": "n"},
        {"activity.expand_all": "space"},  # space marks in another pane only
        {"program.quit_at_once": "ctrl+q"},
        {"program.suspend": ""},
    ],
)
def test_good_keymaps_have_no_problems(chosen: dict[str, str]) -> None:
    assert keymap.validate(chosen) == []


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (
            {"session.mark": "v"},
            "there is no command 'session.mark'; did you mean 'sessions.mark'?",
        ),
        ({"zzz": "v"}, "there is no command 'zzz'."),
        ({"sessions.mark": "spacce"}, "sessions.mark: 'spacce' is not a key."),
        ({"sessions.mark": "v,F99"}, "sessions.mark: 'F99' is not a key."),
        ({"program.quit": ""}, "program.quit must have a key."),
        (
            {"sessions.mark": "x"},
            (
                "'x' would run both sessions.mark and sessions.clear_marks: "
                "give one of them another key."
            ),
        ),
        (
            {"activity.raw": "?"},
            "'?' would run both activity.raw and screens.help: give one of them another key.",
        ),
        (
            {"program.quit_at_once": "Q"},
            (
                "program.quit_at_once works even while typing, so 'Q' cannot be its key: "
                "take one with ctrl or alt."
            ),
        ),
    ],
)
def test_mistakes_are_told_in_one_sentence(chosen: dict[str, str], told: str) -> None:
    assert keymap.validate(chosen) == [told]


def test_commands_that_do_the_same_may_share_a_key() -> None:
    assert keymap.validate({"program.quit": "ctrl+q"}) == []


def test_every_mistake_is_told() -> None:
    problems = keymap.validate({"a.b": "x", "sessions.mark": "??", "screens.back": " "})
    assert len(problems) == 3


def test_hostile_names_are_shown_harmless() -> None:
    [problem] = keymap.validate({"\x1b]0;x\x07": "x"})
    assert "\x1b" not in problem
    [problem] = keymap.validate({"sessions.mark": "ctrl+\x1b[2J"})
    assert "\x1b" not in problem


def test_spellings_become_one() -> None:
    assert keymap.normalise({"a": "?, PgDn,?", "b": ""}) == {"a": "question_mark,pagedown", "b": ""}


class MainScreen(Screen[None]):
    BINDINGS = bindings_for(("main", *PANES))
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self.pane = "sessions"
        self.done: list[str] = []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return available(action, parameters, ("any", "main", self.pane))

    def action_mark(self) -> None:
        self.done.append("mark")

    def action_clear_marks(self) -> None:
        self.done.append("clear_marks")

    def action_pane(self, method: str) -> None:
        self.done.append(method)

    def action_expand_all(self) -> None:
        self.done.append("expand_all")

    def action_cycle_scope(self) -> None:
        self.done.append("scope")

    def action_focus_pane(self, step: int) -> None:
        self.done.append(f"focus {step}")


class RemappedApp(App[None]):
    BINDINGS = bindings_for(("any",))

    def __init__(self, chosen: dict[str, str]) -> None:
        super().__init__()
        self.chosen = keymap.normalise(chosen)

    async def on_mount(self) -> None:
        keymap.apply(self, self.chosen)
        await self.push_screen(MainScreen())


async def test_without_a_keymap_the_defaults_work() -> None:
    app = RemappedApp({})
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, MainScreen)
        await pilot.press("space", "x", "j", "plus", "tab", "shift+tab")
        assert screen.done == ["mark", "clear_marks", "cursor_down", "focus 1", "focus -1"]
        screen.pane = "activity"
        screen.done.clear()
        await pilot.press("plus", "space")
        assert screen.done == ["expand_all"]


async def test_a_keymap_moves_swaps_shares_and_removes_keys() -> None:
    chosen = {
        "sessions.mark": "x",
        "sessions.clear_marks": "space",
        "move.down": "n,ctrl+n",
        "find.next": "",
        "activity.expand_all": "v",
        "sessions.sort": "v",
    }
    assert keymap.validate(chosen) == []
    app = RemappedApp(chosen)
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, MainScreen)
        await pilot.press("space", "x", "n", "ctrl+n", "j", "down", "a")
        assert screen.done == ["clear_marks", "mark", "cursor_down", "cursor_down", "scope"]
        screen.pane = "activity"
        screen.done.clear()
        await pilot.press("v", "plus", "k")
        assert screen.done == ["expand_all", "cursor_up"]


async def test_a_default_key_is_shared_with_another_pane_and_a_command_goes_without() -> None:
    app = RemappedApp({"activity.expand_all": "space", "sessions.clear_marks": ""})
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, MainScreen)
        await pilot.press("space", "x", "plus")
        screen.pane = "activity"
        await pilot.press("space", "plus")
        assert screen.done == ["mark", "expand_all"]


def test_every_command_is_stated_once_one_is_changed() -> None:
    assert keymap.to_textual({}) == {}
    stated = keymap.to_textual({"find.next": ""})
    assert list(stated) == [command.id for command in COMMANDS]
    assert stated["find.next"] == "<ignore>"
    assert stated["move.down"] == "down,j"
