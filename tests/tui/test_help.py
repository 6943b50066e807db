from __future__ import annotations

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from queries.finding.filters import FIELDS
from tui import keymap
from tui.commands import COMMANDS, GROUPS, bindings_for
from tui.screens.help import HelpScreen


class HelpApp(App[None]):
    BINDINGS = bindings_for(("any",))

    def __init__(self, chosen: dict[str, str] | None = None, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.chosen = chosen or {}
        self.ascii_only = ascii_only

    async def on_mount(self) -> None:
        keymap.apply(self, self.chosen)
        await self.push_screen(HelpScreen(self.chosen, ascii_only=self.ascii_only))

    async def action_help(self) -> None:
        await self.push_screen(HelpScreen(self.chosen))

    @property
    def page(self) -> VerticalScroll:
        return self.screen.query_one("#help-page", VerticalScroll)

    def lines(self) -> list[str]:
        """What the terminal shows."""
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]


async def whole_text(app: HelpApp, pilot: Pilot[None]) -> str:
    """All that can be read by scrolling down page by page, blanks made single."""
    seen: list[str] = []
    while True:
        inside = [line.partition("│")[2].rpartition("│")[0] for line in app.lines()]
        seen += [" ".join(line.strip("▁▂▃▄▅▆▇█ ").split()) for line in inside if line]
        if app.page.scroll_y >= app.page.max_scroll_y:
            return " ".join(" ".join(seen).split())
        app.page.scroll_relative(y=app.page.size.height, animate=False)
        await pilot.pause()


@pytest.mark.parametrize("size", [(120, 40), (40, 10)])
async def test_every_command_and_filter_can_be_read(size: tuple[int, int]) -> None:
    app = HelpApp()
    async with app.run_test(size=size) as pilot:
        assert app.page.size.height > size[1] / 2
        text = await whole_text(app, pilot)
    for heading in (*GROUPS, "Filters"):
        assert heading in text
    for command in COMMANDS:
        assert command.help in text, command.id
    for name in FIELDS:
        assert f"{name}: " in text
    assert "? Show all keys." in text
    assert "⇥ Go to the next pane or section." in text


async def test_the_users_keys_are_shown_and_work() -> None:
    app = HelpApp({"move.down": "v", "screens.help": "H", "find.next": ""}, ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await whole_text(app, pilot)
        assert "v Move the cursor down." in text
        assert "H Show all keys." in text
        assert text.isascii() or not set(text) & set("↑↓←→⇥⏎")
        app.page.scroll_home(animate=False)
        await pilot.press("v", "v", "j")
        assert app.page.scroll_y == 2
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("H")
        assert not isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize("key", ["escape", "q", "question_mark"])
async def test_it_closes(key: str) -> None:
    app = HelpApp()
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert not isinstance(app.screen, HelpScreen)
        assert app.is_running


async def test_it_scrolls_by_keys() -> None:
    app = HelpApp()
    async with app.run_test(size=(60, 16)) as pilot:
        height = app.page.size.height
        for key, y in [
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("ctrl+d", 1 + height // 2),
            ("ctrl+u", 1),
            ("pagedown", 1 + height),
            ("pageup", 1),
            ("G", app.page.max_scroll_y),
            ("g", 0),
        ]:
            await pilot.press(key)
            assert app.page.scroll_y == y, key


async def test_the_key_of_the_registry_opens_it() -> None:
    app = HelpApp()
    async with app.run_test() as pilot:
        await pilot.press("escape", "question_mark")
        assert isinstance(app.screen, HelpScreen)


async def test_what_works_on_the_screen_below_comes_first_and_the_rest_is_dim() -> None:
    app = HelpApp()
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("escape")
        await app.push_screen(HelpScreen(here=("any", "timeline", "lanes")))
        await pilot.pause()
        headings = [str(each.render()) for each in app.screen.query(".help-heading")]
        assert headings[0] == "Timeline"
        assert sorted(headings) == sorted((*GROUPS, "Filters"))
        assert headings.index("Screens") < headings.index("Sessions")
        styles = {
            meaning: style
            for group in GROUPS
            for _, meaning, style in HelpScreen(here=("any", "timeline", "lanes"))._rows(group)
        }
        assert styles["Show less of the time, in more detail."] == ""
        assert styles["Mark or unmark the session."] == "dim"
        assert any("esc close" in line for line in app.lines())
