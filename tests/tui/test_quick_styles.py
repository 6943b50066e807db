"""What tests take instead of Textual's ways to styles and handlers finds what these would find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.geometry import Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.messages import Update
from textual.screen import Screen
from textual.widgets import Button, Input, Label, OptionList

from tests.quick_screens import find_handlers
from tests.quick_styles import Parts, apply_anew, replace_all, style_components
from tests.tui.desk import desk, desk_clock
from tests.tui.stage import on_stage
from tui.app import SessionApp
from tui.screens.main import MainScreen

Styles = dict[str, object]


def styles_of(nodes: list[DOMNode]) -> list[tuple[Styles, dict[str, Styles], tuple[bool, ...]]]:
    """What each node has, and each part of it that has styles of its own."""
    found: list[tuple[Styles, dict[str, Styles], tuple[bool, ...]]] = []
    for node in nodes:
        base: Any = node.styles.base
        parts: Any = node._component_styles
        own = {name: dict(styles.base.get_rules()) for name, styles in Parts.items_of(parts)}
        flags = (node._has_hover_style, node._has_focus_within, node._has_order_style,
                 node._has_odd_or_even)  # fmt: skip
        found.append((dict(base.get_rules()), own, flags))
    return found


def assert_styled_as_by_textual(app: App[Any]) -> None:
    """Every node of every screen has the styles that Textual gives it."""
    nodes = [app, *(node for screen in app.screen_stack for node in screen.walk_children())]
    app.stylesheet.update_nodes(nodes)
    before = styles_of(nodes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "apply", apply_anew)
        patch.setattr(Stylesheet, "replace_rules", staticmethod(replace_all))
        patch.setattr(Stylesheet, "_process_component_classes", style_components)
        app.stylesheet.update_nodes(nodes)
    assert styles_of(nodes) == before


@pytest.mark.parametrize("size", [(120, 40), (60, 20)], ids=str)
async def test_screens_of_the_program(folder: Path, size: tuple[int, int]) -> None:
    desk().close()
    async with on_stage(Path("desk.db"), size, clock=desk_clock()) as stage:
        assert_styled_as_by_textual(stage.app)
        for key in ("tab", "3", "escape", "question_mark", "escape", "ctrl+p", "escape", "z", "j"):
            await stage.press(key)
            assert_styled_as_by_textual(stage.app)


class Sampler(App[None]):
    """Rules of many kinds about few widgets."""

    CSS = """
    Label { color: red; }
    Label:first-child { color: blue; }
    Vertical > Label.-loud { text-style: bold; }
    Vertical:focus-within Label { background: green; }
    #other Label { color: white; }
    Button:hover { background: yellow; }
    Button:disabled { color: gray; }
    Input.-wide { width: 50; }
    .-day Input > .input--cursor { color: red; }
    Input:focus > .input--cursor { color: black; }
    """

    def compose(self) -> ComposeResult:
        for name in ("one", "other"):
            with Vertical(id=name):
                yield Label("a", id=f"{name}-label")
                yield Label("b")
                yield Input(id=f"{name}-input")
                yield Button("c", id=f"{name}-button")


def loud(app: App[None]) -> None:
    app.query_one("#one-label").add_class("-loud")


def disabled(app: App[None]) -> None:
    app.query_one("#other-button", Button).disabled = True


def disabled_around(app: App[None]) -> None:
    app.query_one("#one").disabled = True


def focused(app: App[None]) -> None:
    app.query_one("#other-input").focus()


def themed(app: App[None]) -> None:
    app.theme = "textual-light"


def named_above(app: App[None]) -> None:
    app.add_class("-day")


def wide(app: App[None]) -> None:
    app.query_one("#one-input").set_class(True, "-wide")


def no_longer_first(app: App[None]) -> None:
    app.query_one("#one", Vertical).mount(Label("new"), before=0)


CHANGES = (loud, disabled, disabled_around, focused, themed, named_above, wide, no_longer_first)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_whatever_rules_ask_for(change: Callable[[App[None]], None]) -> None:
    app = Sampler()
    async with app.run_test() as pilot:
        nodes: list[DOMNode] = [*app.screen.walk_children()]
        assert_styled_as_by_textual(app)
        before = styles_of(nodes)
        change(app)
        await pilot.pause()
        assert styles_of(nodes) != before
        assert_styled_as_by_textual(app)


@pytest.mark.parametrize(
    "widget", [App, Screen, Button, Input, Label, OptionList, SessionApp, MainScreen]
)
async def test_handlers_are_those_that_textual_finds(widget: type[MessagePump]) -> None:
    messages: list[Message] = [
        events.Idle(), events.Mount(), events.Compose(), events.Show(), events.Hide(),
        events.Blur(), events.Focus(), events.Key("x", "x"), events.Resize(Size(1, 1), Size(1, 1)),
        events.ScreenResume(), events.Paste("x"), Update(Label()),
        Button.Pressed(Button()),
    ]  # fmt: skip
    app = Sampler()
    async with app.run_test():
        receiver = widget.__new__(widget)
        for message in messages:
            name = message.handler_name
            expected = [*find_handlers(receiver, name, message)]
            assert [*receiver._get_dispatch_methods(name, message)] == expected
            message.prevent_default()
            assert [*receiver._get_dispatch_methods(name, message)] == []


async def test_the_pointer_over_a_button() -> None:
    app = Sampler()
    async with app.run_test(size=(80, 40)) as pilot:
        button = app.query_one("#other-button")
        plain = styles_of([button])
        await pilot.hover("#other-button")
        await pilot.pause()
        assert styles_of([button]) != plain
        assert_styled_as_by_textual(app)
        await pilot.hover("#one-label")
        await pilot.pause()
        assert styles_of([button]) == plain
