from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from tests.tui.desk import LIVE, OLD, desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui.commands import COMMANDS, PANES, commands_in
from tui.config import Config
from tui.screens.event import EventScreen
from tui.screens.help import HelpScreen
from tui.screens.store_info import StoreInfoScreen, hanging
from widgets.text_view import TextView

STORE = Path("desk.db")
ENDS = {"program.quit", "program.quit_at_once", "program.suspend"}


async def test_enter_on_a_session_goes_to_its_activity(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("G", "enter")
        assert stage.app.focused is stage.main.tree_view
        assert stage.titles()[1].startswith("Activity · Port the parser")


async def test_enter_on_a_tool_shows_its_calls(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("tools")
        await stage.press("j", "enter")
        assert stage.app.focused is stage.main.tree_view
        assert "only Read" in stage.titles()[1]
        assert sum("Read" in line for line in stage.tree()) == 2
        assert not any("Bash" in line for line in stage.tree())


async def test_enter_on_an_event_opens_it(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g", "j", "enter")
        assert isinstance(stage.app.screen, EventScreen)
        assert stage.lines()[0].startswith("message 0")
        assert "kind message" in stage.text()
        await stage.press("escape")
        assert not stage.is_above
        assert stage.app.focused is stage.main.tree_view


async def test_an_event_that_is_closed_keeps_no_text(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g", "j", "enter")
        screen = stage.app.screen
        assert isinstance(screen, EventScreen)
        view = screen.detail.view
        assert view.text
        await stage.press("escape")
        assert not stage.is_above
        assert view.text == ""


async def test_enter_on_a_group_opens_and_closes_it(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        tree = stage.main.tree_view
        row = next(i for i, line in enumerate(stage.tree()) if "explorer · Find" in line)
        tree.move_to(row)
        await stage.press("enter")
        assert tree.line_count == 14
        await stage.press("enter")
        assert tree.line_count == 15


async def test_enter_where_nothing_is_does_nothing(folder: Path) -> None:
    with desk() as store:
        for table in ("event", "session"):
            store.connection.execute(f"DELETE FROM {table}")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        for pane in PANES:
            await stage.focus(pane)
            await stage.press("enter")
        assert not stage.is_above
        assert stage.app.focused is stage.main.matrix_view


async def test_escape_undoes_one_thing_at_a_time(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("z", "F")
        await stage.type("kind:tool")
        await stage.press("/")
        await stage.type("auth")
        tree = stage.main.tree_view

        def state() -> tuple[bool, bool, bool, str]:
            focused = stage.app.focused
            needle, filtered = bool(tree.needle), bool(tree.filter_label)
            return needle, filtered, stage.main.is_zoomed, (focused and focused.id) or ""

        assert state() == (True, True, True, "activity")
        seen = []
        for _ in range(5):
            await stage.press("escape")
            seen.append(state())
        assert seen == [
            (False, True, True, "activity"),
            (False, False, True, "activity"),
            (False, False, False, "activity"),
            (False, False, False, "sessions"),
            (False, False, False, "sessions"),
        ]
        assert stage.app.is_running


async def test_zoom_gives_one_pane_the_room_and_takes_it_back(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        for pane in stage.main.panes:
            pane.focus()
            await stage.settle()
            await stage.press("z")
            assert [each for each in stage.main.panes if each.display] == [pane]
            assert pane.outer_size.width == 120
            await stage.press("z")
            assert all(each.display for each in stage.main.panes)


async def test_tab_goes_on_while_zoomed(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("z", "tab")
        assert stage.main.is_zoomed
        assert [each for each in stage.main.panes if each.display] == [stage.main.tree_view]
        assert stage.app.focused is stage.main.tree_view


async def test_store_info_says_what_doctor_says_and_closes(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        for closing in ("escape", "i", "q"):
            await stage.press("i")
            assert isinstance(stage.app.screen, StoreInfoScreen)
            text = stage.text()
            for word in ("dialect", "session-tui", "journal mode", "wal", "event_text"):
                assert word in text
            await stage.press(closing)
            assert not stage.is_above
    store.close()


async def test_tab_goes_through_the_sections_of_an_event(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (100, 30), clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("G", "enter")
        screen = stage.app.screen
        assert isinstance(screen, EventScreen)
        assert "⇥ next section" in stage.footer
        first = screen.detail.section
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab", "shift+tab"):
            await stage.press(key)
            seen.append(screen.detail.section)
        assert seen[2] == first
        assert len(set(seen)) == 3
        assert seen[4] == seen[0]
        assert screen.view.has_focus


async def test_store_info_is_searched(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, (80, 20), clock=desk_clock()) as stage:
        await stage.press("i")
        assert "/ search  esc close" in stage.lines()[-1]
        view = stage.app.screen.query_one(TextView)
        await stage.press("/")
        await stage.type("journal")
        assert view.text_under_cursor().startswith("journal mode")
        found = [view.cursor]
        for key in ("n", "n", "N"):
            await stage.press(key)
            found.append(view.cursor)
        assert found[3] == found[1]
        await stage.press("/")
        await stage.type("xyzzy")
        assert stage.said()[-1] == "Nothing here holds 'xyzzy'."
        await stage.press("escape")
        assert view.needle == ""
        assert isinstance(stage.app.screen, StoreInfoScreen)
        await stage.press("escape")
        assert not stage.is_above
    store.close()


def test_lines_of_the_store_info_are_cut_between_words_and_go_on_below_themselves() -> None:
    told = "opened        immutable: nobody has it open\n\nagent_events: 261 rows make events"
    assert hanging(told, 30).split("\n") == [
        "opened        immutable:",
        "              nobody has it",
        "              open",
        "",
        "agent_events: 261 rows make",
        "  events",
    ]
    assert hanging(told, 80) == told
    path = f"store         /{'very/long' * 9}.db"
    assert all(len(line) <= 40 for line in hanging(path, 40).split("\n"))
    assert hanging("日本語" * 20, 20) == "日本語" * 20


async def test_store_info_is_wrapped_anew_for_another_width(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("i")
        wide = stage.app.screen.query_one(TextView).text
        await stage.pilot.resize_terminal(40, 20)
        await stage.settle()
        narrow = stage.app.screen.query_one(TextView)
        assert narrow.text != wide
        assert max(map(len, narrow.text.split("\n"))) <= narrow.text_width
        assert "esc close" in stage.text()


async def test_store_info_that_nobody_waits_for_is_not_read(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.reader.held = True
        await stage.press("i")
        assert "Reading ..." in stage.text()
        await stage.press("escape")
        assert await stage.serve() == 0


async def test_help_opens_from_everywhere_once(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("enter")
        await stage.press("?")
        assert isinstance(stage.app.screen, HelpScreen)
        await stage.press("?")
        assert isinstance(stage.app.screen, EventScreen)
        await stage.pilot.press("q")
        assert stage.app._exit


async def test_the_palette_runs_a_command_where_the_user_is(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("tools")
        await stage.press("ctrl+p")
        assert isinstance(stage.app.screen, CommandPalette)
        await stage.press(*"zoom", "enter")
        for _ in range(20):
            if not stage.is_above:
                break
            await stage.press("enter")
        assert stage.main.is_zoomed
        assert stage.main.pane is stage.main.tool_view


async def test_the_palette_opens_while_a_search_is_typed(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("/", "a", "ctrl+p")
        assert isinstance(stage.app.screen, CommandPalette)
        await stage.press("escape")
        assert not stage.is_above
        assert isinstance(stage.app.focused, Input)


@pytest.mark.parametrize("pane", PANES)
async def test_every_command_has_an_action_and_every_key_is_harmless(
    folder: Path, pane: str
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        pressed = set()
        everywhere = ("any",) if pane == "sessions" else ()
        for command in commands_in((*everywhere, "main", pane)):
            if command.id in ENDS:
                continue
            for key in command.keys:
                await stage.focus(pane)
                await stage.press(key)
                pressed.add(command.id)
                for _ in range(5):
                    if not stage.is_above and not stage.main.prompt.is_asking:
                        break
                    await stage.press("escape")
                assert not stage.is_above, command.id
        assert pressed >= {c.id for c in COMMANDS if "main" in c.contexts} - ENDS
        assert stage.app._exception is None


async def test_every_key_is_harmless_in_an_event_too(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("enter")
        screen = stage.app.screen
        assert isinstance(screen, EventScreen)
        for command in commands_in(("any", "detail")):
            if command.id in ENDS or command.id == "screens.back":
                continue
            for key in command.keys:
                await stage.press(key)
                for _ in range(3):
                    if stage.app.screen is screen and not screen.query_one("Prompt").has_class(
                        "-asking"
                    ):
                        break
                    await stage.press("escape")
                assert stage.app.screen is screen, command.id
        assert stage.app._exception is None


async def test_the_users_keys_work_and_the_defaults_do_not(folder: Path) -> None:
    desk()
    keys = {"move.down": "v", "sessions.mark": "t", "screens.help": "f1", "find.next": ""}
    config = Config(theme="dark", utc=True, keys=keys)
    async with on_stage(STORE, clock=desk_clock(), config=config) as stage:
        await stage.press("v", "j", "space")
        assert stage.main.session_view.cursor == 1
        assert not stage.main.sessions.marks
        await stage.press("t")
        assert len(stage.main.sessions.marks) == 1
        assert "t mark" in stage.footer
        assert "f1 help" in stage.footer
        await stage.press("?")
        assert not stage.is_above
        await stage.press("f1")
        assert isinstance(stage.app.screen, HelpScreen)


async def test_quitting_by_each_of_its_keys(folder: Path) -> None:
    desk()
    for key in ("q", "ctrl+q", "ctrl+c"):
        async with on_stage(STORE, clock=desk_clock()) as stage:
            store = stage.poller.feed.store
            await stage.pilot.press(key)
            assert stage.app._exit
            assert stage.app.return_code == 0
        assert store is not None
        assert stage.poller.feed.store is None
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("/", "a")
        await stage.pilot.press("ctrl+q")
        assert stage.app._exit


async def test_a_snapshot_from_before_the_screen_is_shown(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock(), first_step=False, early_step=True) as stage:
        assert [row.id for row in stage.main.session_view.rows] == [LIVE, "sub", OLD]
        assert "● live" in stage.status


async def test_the_theme_changes(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:

        def colours(stage: Stage) -> set[object]:
            strips = stage.app.screen._compositor.render_strips()
            return {segment.style.bgcolor for strip in strips for segment in strip if segment.style}

        before = colours(stage)
        await stage.press("T")
        assert stage.app.theme == "light"
        assert stage.said()[-1] == "Theme: light"
        assert colours(stage) != before


async def test_redraw_shows_the_same(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        before = stage.text()
        await stage.press("ctrl+l")
        assert stage.text() == before


async def test_what_is_opened_again_at_once_is_read_again(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.reader.held = True
        await stage.burst("i", "escape", "i")
        assert isinstance(stage.app.screen, StoreInfoScreen)
        stage.reader.held = False
        await stage.serve()
        assert "journal" in "\n".join(stage.lines())
