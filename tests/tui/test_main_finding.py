from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from queries.models import EventState
from tests.tui.desk import LIVE, OLD, SUB, desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui.screens import tree_control

STORE = Path("desk.db")


def current(stage: Stage) -> str:
    """The title of the tree's line under the cursor."""
    node = stage.main.tree_view.current_node()
    assert node is not None
    return node.title


def highlighted(stage: Stage) -> set[str]:
    """The texts that are drawn as matches."""
    view = stage.main.pane
    style = view.role("match")
    strips = [view.render_line(y) for y in range(view.size.height)]
    found = (segment for strip in strips for segment in strip)
    return {
        segment.text
        for segment in found
        if segment.style and style.bgcolor == segment.style.bgcolor
    }


async def search(stage: Stage, text: str, *, enter: bool = True) -> None:
    """Search the pane that has the focus."""
    await stage.press("/")
    await stage.type(text, enter=enter)


async def filter_by(stage: Stage, text: str) -> None:
    """Filter what the pane that has the focus shows."""
    await stage.press("F")
    await stage.type(text)


@asynccontextmanager
async def searched_early(text: str) -> AsyncIterator[Stage]:
    """A screen whose activity is searched, but not read yet: it is when the reader serves."""
    desk()
    async with on_stage(STORE, clock=desk_clock(), first_step=False) as stage:
        stage.reader.held = True
        await stage.step()
        await stage.focus("activity")
        await search(stage, text)
        yield stage


async def test_a_search_highlights_goes_round_and_ends(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g", "/")
        assert stage.main.prompt.is_asking
        await stage.type("AUTH", enter=False)
        assert current(stage) == "src/auth.py"
        await stage.press("enter")
        assert not stage.main.prompt.is_asking
        assert stage.app.focused is stage.main.tree_view
        assert highlighted(stage) == {"auth"}
        lines = [stage.main.tree_view.cursor]
        for key in ("n", "n", "N", "N"):
            await stage.press(key)
            lines.append(stage.main.tree_view.cursor)
        assert lines == [5, 10, 5, 10, 5]
        await stage.press("escape")
        assert highlighted(stage) == set()
        await stage.press("n")
        assert stage.said()[-1] == "Search for something first."


async def test_a_tool_of_other_sessions_is_told_how_to_find(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.main.session_view.select(OLD)
        await stage.settle()
        await stage.press("a")
        await stage.focus("tools")
        stage.main.tool_view.select(
            next(
                stage.main.tool_view.row_key(row)
                for row in stage.main.tool_view.rows
                if row.tool == "Grep"
            )
        )
        await stage.press("enter")
        assert stage.main.tree_view.line_count == 0
        assert stage.said()[-1] == (
            "No call of Grep is among what is shown of this session; the filter tool:=Grep of "
            "the list finds the sessions with some."
        )
        await stage.press("escape")
        await stage.focus("sessions")
        await stage.press("F")
        await stage.type("tool:=Grep")
        assert LIVE in [row.id for row in stage.main.sessions.shown]
        assert OLD not in [row.id for row in stage.main.sessions.shown]


async def test_of_a_session_that_is_not_read_yet_no_tool_is_said_to_be_missing(
    folder: Path,
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("a")
        stage.reader.held = True
        stage.main.session_view.select(OLD)
        await stage.settle()
        await stage.focus("tools")
        said = len(stage.said())
        await stage.press("enter")
        assert stage.main.contexts[-1] == "activity"
        assert not any("No call of" in told for told in stage.said()[said:])


async def test_an_example_that_has_no_room_ends_with_a_sign(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (60, 15), clock=desk_clock()) as stage:
        await stage.focus("sessions")
        await stage.press("F")
        whole = "filter sessions: status:failed agent:planner since:7d some text"
        line = stage.lines()[-1].rstrip()
        assert line.endswith("…")
        assert whole.startswith(line.removesuffix("…").rstrip())
        assert len(line) > 50
        await stage.pilot.resize_terminal(100, 30)
        await stage.settle()
        assert stage.lines()[-1].rstrip() == whole
        await stage.pilot.resize_terminal(40, 12)
        await stage.settle()
        assert stage.lines()[-1].rstrip() == "filter sessions: status:failed agent:pl…"
        await stage.type("status:failed", enter=False)
        assert stage.lines()[-1].rstrip() == "filter sessions: status:failed"


async def test_a_search_for_nothing_there_is_told(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await search(stage, "zebra[/]")
        assert stage.said() == ["Nothing here holds 'zebra[/]'."]
        await stage.press("n")
        assert stage.said()[-1] == "Nothing here holds 'zebra[/]'."


async def test_a_search_typed_before_the_activity_is_read_goes_on_in_what_comes(
    folder: Path,
) -> None:
    async with searched_early("AUTH") as stage:
        assert stage.main.tree_view.line_count == 0
        assert stage.said() == []
        await stage.serve()
        assert current(stage) == "src/auth.py"
        assert highlighted(stage) == {"auth"}
        line = stage.main.tree_view.cursor
        # That was all: what is read again leaves the cursor alone.
        await stage.press("g")
        stage.main.activity.reload()
        await stage.serve()
        assert stage.main.tree_view.cursor == 0 < line


async def test_a_search_typed_too_early_is_told_when_it_finds_nothing(folder: Path) -> None:
    async with searched_early("zebra") as stage:
        assert stage.said() == []
        await stage.serve()
        assert stage.said() == ["Nothing here holds 'zebra'."]


async def test_a_search_typed_too_early_is_forgotten_in_another_session(folder: Path) -> None:
    async with searched_early("parser") as stage:
        await stage.focus("sessions")
        await stage.press("G")
        await stage.serve()
        tree = stage.main.tree_view
        assert stage.main.activity.session_id == OLD
        assert tree.cursor == tree.line_count - 1
        assert stage.said() == []


async def test_a_search_says_that_there_is_more_than_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_control, "PAGE", 5)
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await search(stage, "zebra")
        assert stage.said() == ["Nothing here holds 'zebra'; what is earlier is not read."]


async def test_escape_gives_a_search_up(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await search(stage, "parser", enter=False)
        assert stage.main.session_view.focused_id() == OLD
        await stage.press("escape")
        assert not stage.main.prompt.is_asking
        assert stage.main.pane.needle == ""
        assert stage.app.focused is stage.main.session_view


async def test_each_pane_is_searched_by_itself(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        for pane, needle in (("sessions", "login"), ("tools", "grep"), ("matrix", "coder")):
            await stage.focus(pane)
            await search(stage, needle)
        needles = [pane.needle for pane in stage.main.panes]
        assert needles == ["login", "", "grep", "coder"]
        tool = stage.main.tool_view.current
        assert tool is not None
        assert tool.tool == "Grep"
        assert stage.said() == []


async def test_another_pane_closes_the_prompt(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("/", "x", "tab")
        assert not stage.main.prompt.is_asking
        assert stage.main.contexts[-1] == "activity"
        await stage.press("F")
        assert stage.main.prompt.is_asking
        await stage.pilot.click(offset=(10, 4))
        await stage.settle()
        assert not stage.main.prompt.is_asking
        assert stage.main.session_view.has_focus


async def test_the_next_error_goes_round_the_tree(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        seen = []
        for key in ("e", "e", "e", "E", "E", "E"):
            await stage.press(key)
            seen.append(current(stage))
        test, lint = "pytest tests/test_login.py", "make lint"
        assert seen == [test, lint, test, lint, test, lint]
        assert stage.said() == []


async def test_the_next_error_opens_the_branch_it_is_in(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g", "left")
        assert stage.main.tree_view.line_count == 1
        await stage.press("E")
        assert current(stage) == "make lint"


async def test_without_errors_nothing_moves(folder: Path) -> None:
    store = desk()
    store.connection.execute("UPDATE event SET state = 'ok' WHERE state = 'error'")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("e", "E")
        assert stage.main.tree_view.following
        assert stage.main.tree_view.cursor == 14
        for pane in ("sessions", "tools"):
            await stage.focus(pane)
            await stage.press("e")
            assert stage.main.pane.cursor == 0
        assert stage.said()[-1] == "There is no error here."


async def test_the_next_error_of_a_list_is_a_line_that_has_some(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        seen = []
        for key in ("e", "e", "E"):
            await stage.press(key)
            seen.append(stage.main.session_view.focused_id())
        assert seen == [OLD, LIVE, OLD]
        await stage.focus("tools")
        await stage.press("G", "e")
        tool = stage.main.tool_view.current
        assert tool is not None
        assert (tool.tool, tool.errors) == ("Bash", 1)


async def test_sessions_are_filtered_and_the_title_says_so(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await filter_by(stage, "status:completed")
        assert [row.id for row in stage.main.session_view.rows] == [OLD]
        assert stage.titles()[0] == "Sessions 1-1 of 1 · newest · status:completed"
        assert stage.main.session_view.focused_id() == OLD
        await stage.press("F")
        assert stage.lines()[-1].startswith("filter sessions: status:completed")
        await stage.press("ctrl+u", "enter")
        assert len(stage.main.session_view.rows) == 3


async def test_a_wrong_filter_is_told_and_can_be_mended(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await filter_by(stage, "state:error")
        assert stage.said()[-1].startswith("At character 1: 'state' cannot be asked here")
        assert stage.main.prompt.is_asking
        assert len(stage.main.session_view.rows) == 3
        await stage.press("home", *["delete"] * 5)
        await stage.type("errors:>1", enter=False)
        await stage.press(*["delete"] * 6, "enter")
        assert [row.id for row in stage.main.session_view.rows] == [LIVE]
        assert not stage.main.prompt.is_asking


async def test_a_filter_that_matches_nothing_says_so(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await filter_by(stage, "zebra")
        assert "No session matches the filter." in stage.text()
        await stage.press("escape")
        assert len(stage.main.session_view.rows) == 3
        assert stage.main.session_view.focused_id() == LIVE


async def test_since_counts_back_from_the_clock(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await filter_by(stage, "since:9m")
        assert {row.id for row in stage.main.session_view.rows} == {LIVE, SUB}


async def test_events_are_filtered_with_their_branches(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("F")
        assert stage.lines()[-1].startswith("filter events: status:failed agent:")
        await stage.type("state:error")
        nodes = [stage.main.tree_view._tree.node(line) for line in range(3)]
        assert stage.main.tree_view.line_count == 3
        assert [node.event.state for node in nodes[1:] if node.event] == [EventState.ERROR] * 2
        assert "only state:error" in stage.titles()[1]
        await stage.press("escape")
        assert stage.main.tree_view.line_count == 15
        assert "only" not in stage.titles()[1]


async def test_a_wrong_filter_of_events_is_told(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await filter_by(stage, "project:x")
        assert stage.said()[-1].startswith("At character 1: 'project' cannot be asked here")
        assert stage.main.prompt.is_asking


async def test_a_filter_that_was_not_typed_is_not_offered_for_change(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("tools")
        await stage.press("enter")
        assert "only Bash" in stage.titles()[1]
        await stage.press("F")
        assert stage.lines()[-1].startswith("filter events: status:failed agent:planner")
        assert stage.main.prompt.query_one(Input).value == ""


async def test_new_events_pass_the_filter_too(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await filter_by(stage, "tool:edit")
        before = stage.main.tree_view.line_count
        store.add_event(LIVE, tool="Bash", parent_id="ask")
        store.add_event(LIVE, tool="Edit", parent_id="ask", summary="new edit")
        await stage.step()
        assert stage.main.tree_view.line_count == before + 1
        assert any("new edit" in line for line in stage.tree())


@pytest.mark.parametrize("pane", ["sessions", "activity", "tools", "matrix"])
async def test_keys_that_are_typed_are_not_commands(folder: Path, pane: str) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus(pane)
        await search(stage, "q?pzfaex", enter=False)
        assert stage.app.is_running
        assert not stage.main.is_paused
        assert not stage.main.is_zoomed
        assert stage.app.screen is stage.main
        assert stage.lines()[-1].rstrip() == "/q?pzfaex"


async def test_times_are_typed_as_they_are_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        async with on_stage(STORE, clock=desk_clock()) as stage:
            control = stage.main.sessions
            for since in ("2026-01-12T14:00:00Z", "2026-01-12T05:00:00Z"):
                await stage.focus("sessions")
                await stage.press("F")
                await stage.press("ctrl+u")
                await stage.type("since:2026-01-12T14:00")
                assert str(control.filter) == f"since:{since}"
                assert stage.titles()[0].endswith(" · since:2026-01-12T14:00")
                await stage.press("F")
                assert stage.app.query_one(Input).value == "since:2026-01-12T14:00"
                await stage.press("escape")
                await stage.focus("activity")
                await stage.press("F")
                await stage.press("ctrl+u")
                await stage.type("since:2026-01-12T14:00")
                assert str(stage.main._event_filter) == f"since:{since}"
                assert " · only since:2026-01-12T14:00" in stage.titles()[1]
                await stage.press("u")
            # In UTC, as at first.
            assert stage.titles()[0].endswith(" · since:2026-01-12T05:00")
            assert " · only since:2026-01-12T05:00 ·" in stage.titles()[1]
            await stage.press("u")
            assert " · only since:2026-01-12T14:00 ·" in stage.titles()[1]
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_a_filter_of_events_without_a_match_says_so(folder: Path) -> None:
    store = desk()
    with store.batch():
        store.add_session("none", title="Nothing", status="running", started=1.0)
    words, empty = "No event here matches the filter.", "Nothing happened in this session yet."
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await filter_by(stage, "tool:Zebra")
        assert stage.tree() == []
        assert words in stage.text()
        assert empty not in stage.text()
        await stage.press("escape")
        assert stage.tree()
        await stage.focus("sessions")
        await stage.press("G")
        assert stage.main.activity.session_id == "none"
        assert empty in stage.text()
        await stage.focus("activity")
        await filter_by(stage, "tool:Zebra")
        assert empty in stage.text()


@pytest.mark.parametrize("pane", ["sessions", "activity"])
@pytest.mark.parametrize("mended", ["status:running", ""])
async def test_what_was_wrong_with_a_filter_goes_when_it_is_mended_or_cleared(
    folder: Path, pane: str, mended: str
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus(pane)
        await filter_by(stage, "stat:running")
        assert len(stage.said()) == 1
        assert "stat" in stage.said()[0]
        await stage.press(*["backspace"] * 20)
        await stage.type(mended)
        assert stage.said() == []


async def test_what_was_wrong_with_a_filter_goes_with_the_filter(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await filter_by(stage, "stat:running")
        await stage.press("escape")
        assert stage.said() == []


@pytest.mark.parametrize("keys", [(), ("3",), ("4",), ("5",), ("tab", "enter"), ("2",)])
async def test_what_was_not_found_goes_with_the_next_search(
    folder: Path, keys: tuple[str, ...]
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        if keys == ("2",):
            await stage.press("space", "space")
        stage.app.clear_notifications()
        await stage.press(*keys, "/")
        await stage.type("zebra")
        assert stage.said() == ["Nothing here holds 'zebra'."]
        await search(stage, "e")
        assert stage.said() == []
