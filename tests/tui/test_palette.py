from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest
from textual.app import App
from textual.command import CommandPalette, DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import OptionList

from tui.commands import PANES, bindings_for
from tui.palette import CommandProvider


class MainScreen(Screen[None]):
    BINDINGS = bindings_for(("main", *PANES))

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.pane = "sessions"

    @property
    def contexts(self) -> tuple[str, ...]:
        return ("main", self.pane)

    def action_mark(self) -> None:
        self.done.append("mark")

    def action_next_error(self, step: int) -> None:
        self.done.append(f"next_error {step}")


class PaletteApp(App[None]):
    COMMANDS: ClassVar[set[type[Provider]]] = {CommandProvider}  # type: ignore[assignment]  # Textual also allows functions in the set
    BINDINGS = bindings_for(("any",))

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    @property
    def user_keymap(self) -> Mapping[str, str]:
        return {"sessions.mark": "left_square_bracket,v"}

    async def on_mount(self) -> None:
        await self.push_screen(MainScreen())

    def action_toggle_utc(self) -> None:
        self.done.append("utc")


def main_screen(app: PaletteApp) -> MainScreen:
    screen = app.screen
    assert isinstance(screen, MainScreen)
    return screen


def plain(hit: DiscoveryHit | Hit) -> str:
    prompt = hit.prompt
    assert isinstance(prompt, Content)
    return prompt.plain


async def found(provider: CommandProvider, query: str) -> list[str]:
    hits = [hit async for hit in provider.search(query)]
    return [plain(hit) for hit in sorted(hits, key=lambda hit: -hit.score)]


async def test_the_commands_of_the_place_are_offered_with_their_keys() -> None:
    app = PaletteApp()
    async with app.run_test():
        provider = CommandProvider(app.screen)
        offered = [plain(hit) async for hit in provider.discover()]
        assert "mark  [ v" in offered
        assert "quit  q" in offered
        assert "next error  e" in offered
        assert not [
            line
            for line in offered
            if line.startswith(("up", "next pane", "commands", "expand all"))
        ]
        main_screen(app).pane = "activity"
        offered = [plain(hit) async for hit in provider.discover()]
        assert "expand all  +" in offered
        assert "mark  [ v" not in offered


async def test_titles_are_found_before_explanations() -> None:
    app = PaletteApp()
    async with app.run_test():
        provider = CommandProvider(app.screen)
        assert (await found(provider, "clear"))[0] == "clear marks  x"
        assert "UTC  u" in await found(provider, "times in")
        assert await found(provider, "zzzz") == []
        assert await found(provider, "[/]") == []


async def test_a_screen_that_says_nothing_offers_what_works_everywhere() -> None:
    app = PaletteApp()
    async with app.run_test():
        await app.push_screen(Screen())
        offered = [plain(hit) async for hit in CommandProvider(app.screen).discover()]
        assert "quit  q" in offered
        assert "mark  [ v" not in offered


async def chosen(pilot: Pilot[None], query: str) -> str:
    """Opens the palette with its key, types and takes the first line; returns that line."""
    await pilot.press("ctrl+p")
    assert isinstance(pilot.app.screen, CommandPalette)
    await pilot.press(*query)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    options = pilot.app.screen.query_one(OptionList)
    prompt = options.get_option_at_index(0).prompt
    await pilot.press("enter")
    await pilot.pause()
    return str(prompt)


@pytest.mark.parametrize(
    ("query", "line", "done"),
    [("mar", "mark  [ v", "mark"), ("nexterr", "next error  e", "next_error 1")],
)
async def test_what_is_chosen_runs_on_the_screen(query: str, line: str, done: str) -> None:
    app = PaletteApp()
    async with app.run_test() as pilot:
        assert (await chosen(pilot, query)).splitlines()[0] == line
        assert main_screen(app).done == [done]


async def test_what_is_chosen_runs_on_the_application() -> None:
    app = PaletteApp()
    async with app.run_test() as pilot:
        await chosen(pilot, "utc")
        assert app.done == ["utc"]
