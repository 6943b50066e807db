from __future__ import annotations

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from queries.finding.filters import FIELDS
from tui import keymap
from tui.commands import COMMANDS, GROUPS, bindings_for
from tui.screens.help import HelpScreen
from widgets.glyphs import ASCII, UNICODE
from widgets.signs import meanings


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
    for heading in (*GROUPS, "Signs", "Filters"):
        assert heading in text
    for command in COMMANDS:
        assert command.help in text, command.id
    for name in FIELDS:
        assert f"{name}: " in text
    for signs, meaning in meanings(UNICODE):
        assert f"{signs} {meaning}" in text
    assert "? Show all keys." in text
    assert "⇥ Go to the next pane or section." in text


async def test_the_users_keys_are_shown_and_work() -> None:
    app = HelpApp({"move.down": "v", "screens.help": "H", "find.next": ""}, ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        text = await whole_text(app, pilot)
        assert "v Move the cursor down." in text
        assert "H Show all keys." in text
        assert text.isascii() or not set(text) & set("↑↓←→⇥⏎")
        for signs, meaning in meanings(ASCII):
            assert f"{signs} {meaning}" in text
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
        assert headings[-2:] == ["Signs", "Filters"]
        assert sorted(headings) == sorted((*GROUPS, "Signs", "Filters"))
        assert headings.index("Screens") < headings.index("Sessions")
        dim = {
            row.meaning: row.is_dim
            for group in GROUPS
            for row in HelpScreen(here=("any", "timeline", "lanes"))._rows(group)
        }
        assert not dim["Show less of the time, in more detail."]
        assert dim["Mark or unmark the session."]
        assert any("/ search  esc close" in line for line in app.lines())


def inside(app: HelpApp) -> list[str]:
    """The lines between the edges that say something."""
    found = [line.partition("│")[2].rpartition("│")[0] for line in app.lines()]
    return [" ".join(line.split()) for line in found if line.strip()]


@pytest.mark.parametrize("size", [(84, 24), (40, 12)])
async def test_a_search_leaves_what_holds_it(size: tuple[int, int]) -> None:
    app = HelpApp()
    async with app.run_test(size=size) as pilot:
        await pilot.press("G", "slash")
        await pilot.press(*"zoom")
        await pilot.pause()
        # By the title that footer and palette give it, too.
        text = " ".join(inside(app))
        assert "z Give this pane the" in text
        assert "Sessions" not in text
        whole = len(COMMANDS) + len(FIELDS) + len(meanings(UNICODE))
        assert f"zoom · 3 of {whole}" in app.lines()[0]
        await pilot.press("enter")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("down", "k")
        # The first one shows all again, the second closes.
        await pilot.press("escape")
        assert app.lines()[0].startswith("╭─ Help ───")
        assert "Move the cursor up." in " ".join(inside(app))
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Work items", {"Work items", "Screens"}),
        ("quality:", {"Filters"}),
        ("CTRL+L", {"Program"}),
        ("S", {"Sessions"}),
        ("?", {"Screens", "Signs"}),
        ("!", {"Signs"}),
        ("BOOKMARK", {"Sessions", "Filters"}),
    ],
)
async def test_a_search_looks_at_keys_words_and_headings(typed: str, shown: set[str]) -> None:
    app = HelpApp()
    async with app.run_test(size=(84, 40)) as pilot:
        await pilot.press("slash")
        for letter in typed:
            await pilot.press(
                {" ": "space", "?": "question_mark", "!": "exclamation_mark"}.get(letter, letter)
            )
        await pilot.pause()
        assert {line for line in inside(app) if line in {*GROUPS, "Signs", "Filters"}} == shown


async def test_a_search_for_nothing_there_and_one_that_is_given_up() -> None:
    app = HelpApp()
    async with app.run_test(size=(84, 24)) as pilot:
        await pilot.press("slash", *"xyzzy")
        await pilot.pause()
        assert " xyzzy · 0 of " in app.lines()[0]
        assert inside(app) == []
        await pilot.press("escape")
        assert "Move the cursor up." in " ".join(inside(app))
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("slash", "q", "enter", "q")
        assert not isinstance(app.screen, HelpScreen)
