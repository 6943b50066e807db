from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores import canonical_store
from tests.tui.desk import LIVE, OLD, desk, desk_clock
from tests.tui.stage import Stage, on_stage

STORE = Path("desk.db")


def ids(stage: Stage) -> list[str]:
    return [row.id for row in stage.main.session_view.rows]


async def test_the_cursor_moves_by_lines_pages_and_to_both_ends(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        tree = stage.main.tree_view
        await stage.focus("activity")
        await stage.press("g")
        assert tree.cursor == 0
        expected = [
            ("j", 1), ("down", 2), ("k", 1), ("up", 0),
            ("ctrl+d", tree.page_height // 2), ("ctrl+u", 0),
            ("G", 14), ("home", 0), ("end", 14),
            ("pageup", 0), ("pagedown", 14),
        ]  # fmt: skip
        for key, line in expected:
            await stage.press(key)
            assert tree.cursor == line, key


async def test_left_and_right_close_and_open_a_branch(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        tree = stage.main.tree_view
        await stage.focus("activity")
        await stage.press("g", "left")
        assert tree.line_count == 1
        await stage.press("l")
        assert tree.line_count == 15
        await stage.press("right")
        assert tree.cursor == 1
        await stage.press("h")
        assert tree.cursor == 0


async def test_left_and_right_go_through_the_columns_of_the_matrix(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        matrix = stage.main.matrix_view
        await stage.focus("matrix")
        assert matrix.current_pair == ("planner", "planner")
        await stage.press("right")
        assert matrix.current_pair == ("planner", "coder")
        await stage.press("down", "left")
        assert matrix.current_pair == ("coder", "planner")


async def test_tab_goes_round_the_panes_and_the_keys_follow(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        seen = []
        for _ in range(5):
            seen.append(stage.app.focused.id if stage.app.focused else None)
            await stage.press("tab")
        assert seen == ["sessions", "activity", "tools", "matrix", "sessions"]
        await stage.press("shift+tab", "shift+tab")
        assert stage.app.focused is stage.main.matrix_view
        assert "relation" in stage.footer
        assert "mark" not in stage.footer


async def test_in_a_narrow_terminal_tabs_show_one_pane_each(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (60, 20), clock=desk_clock()) as stage:
        for name in ("Sessions", "Activity", "Tools", "Interactions"):
            assert f"[{name}]" in stage.lines()[1]
            visible = [pane for pane in stage.main.panes if pane.display]
            assert visible == [stage.main.pane]
            assert stage.main.pane.size.width == 58
            await stage.press("tab")


async def test_a_click_on_a_tab_shows_its_pane(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (60, 20), clock=desk_clock()) as stage:
        column = stage.lines()[1].index("Tools")
        await stage.pilot.click(offset=(column, 1))
        await stage.settle()
        assert stage.app.focused is stage.main.tool_view
        assert "[Tools]" in stage.lines()[1]


async def test_a_click_on_a_session_shows_it_and_moves_the_focus(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("tools")
        row = next(y for y, line in enumerate(stage.lines()) if "Port the" in line)
        await stage.pilot.click(offset=(10, row))
        await stage.settle()
        assert stage.main.session_view.focused_id() == OLD
        assert stage.main.contexts == ("any", "main", "sessions")
        assert stage.titles()[1].startswith("Activity · Port the parser")


@pytest.mark.parametrize(
    ("size", "shown"),
    [((100, 16), 4), ((99, 16), 1), ((100, 15), 1), ((20, 6), 1), ((19, 6), 0), ((20, 5), 0)],
)
async def test_the_layout_follows_the_size(folder: Path, size: tuple[int, int], shown: int) -> None:
    desk()
    async with on_stage(STORE, (120, 40), clock=desk_clock()) as stage:
        await stage.pilot.resize_terminal(*size)
        await stage.settle()
        drawn = [
            pane for pane in stage.main.panes if pane in stage.main._compositor.visible_widgets
        ]
        assert len(drawn) == shown
        assert ("too small" in " ".join(stage.text().split())) is not shown


async def test_what_was_chosen_outlives_every_size(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("G", "space")
        await stage.focus("activity")
        for size in ((40, 10), (10, 3), (200, 50)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
        assert stage.main.session_view.focused_id() == OLD
        assert set(stage.main.sessions.marks) == {OLD}
        assert stage.app.focused is stage.main.tree_view
        assert ids(stage) == [LIVE, "sub", OLD]


async def test_a_larger_terminal_does_not_end_following(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (80, 12), clock=desk_clock()) as stage:
        assert stage.main.tree_view.following
        await stage.focus("activity")
        assert stage.main.tree_view.following
        await stage.pilot.resize_terminal(120, 40)
        await stage.settle()
        assert stage.main.tree_view.following
        assert stage.titles()[1].endswith("following")


async def test_the_option_chooses_the_first_session(folder: Path) -> None:
    from tui.options import ScreenOptions

    desk()
    options = ScreenOptions(session=OLD)
    async with on_stage(STORE, clock=desk_clock(), options=options) as stage:
        assert stage.main.session_view.focused_id() == OLD
        assert stage.titles()[1].startswith("Activity · Port the parser")
        assert stage.said() == []


async def test_a_session_that_is_not_there_is_told(folder: Path) -> None:
    from tui.options import ScreenOptions

    desk()
    options = ScreenOptions(session="no[/]body")
    async with on_stage(STORE, clock=desk_clock(), options=options) as stage:
        assert stage.said() == ["There is no session no[/]body."]
        assert stage.main.session_view.focused_id() == LIVE


def written_backwards(path: Path, number: int = 2500) -> None:
    """More sessions than are read before the first frame; the newest was written first."""
    with canonical_store(path) as store, store.batch():
        for at in range(number):
            store.add_session(f"s{at:04}", started=1e9 - at * 100, ended=1e9 - at * 100 + 50)


async def test_a_session_is_chosen_as_soon_as_it_is_listed(folder: Path) -> None:
    from tui.options import ScreenOptions

    written_backwards(folder / "store.db")
    options = ScreenOptions(session="s0002")
    async with on_stage(folder / "store.db", options=options, first_step=False) as stage:
        await stage.step(count=False)
        assert "s0002" not in ids(stage)
        assert stage.said() == []
        while "s0002" not in ids(stage):
            await stage.step()
        assert stage.main.session_view.focused_id() == "s0002"
        await stage.step()
        assert stage.main.session_view.focused_id() == "s0002"
        assert stage.said() == []


@pytest.mark.parametrize("key", [None, "j"])
async def test_the_cursor_stays_at_the_top_until_it_is_moved(folder: Path, key: str | None) -> None:
    written_backwards(folder / "store.db")
    async with on_stage(folder / "store.db", first_step=False) as stage:
        await stage.step(count=False)
        first = ids(stage)
        assert stage.main.session_view.focused_id() == first[0] != "s0000"
        if key is not None:
            await stage.press(key)
        while len(ids(stage)) < 2500:
            await stage.step()
        chosen = "s0000" if key is None else first[1]
        assert stage.main.session_view.focused_id() == chosen
        assert stage.titles()[1].startswith(f"Activity · {chosen}")


async def test_a_session_that_comes_later_leaves_the_cursor_where_it_is(folder: Path) -> None:
    path = folder / "store.db"
    with canonical_store(path) as store:
        store.add_session("old", started=1000.0)
        async with on_stage(path) as stage:
            store.add_session("new", started=2000.0)
            await stage.step()
            assert ids(stage) == ["new", "old"]
            assert stage.main.session_view.focused_id() == "old"
