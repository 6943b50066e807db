from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest

from queries.models import (
    EventKind,
    EventState,
    NodeInserted,
    NodeKind,
    NodeRemoved,
    NodeReplaced,
    TreeChange,
)
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from tests.widgets.trees import (
    NOON,
    event_node,
    long_session,
    mixed_session,
    notice,
    prompt,
    tool,
)
from widgets.activity_tree import ActivityTree
from widgets.glyphs import ASCII


def coming(first: int, count: int, parent: str = "e0") -> list[TreeChange]:
    return [NodeInserted(tool(seq, parent)) for seq in range(first, first + count)]


def without_scrollbar(lines: list[str]) -> list[str]:
    return [line[:-1] for line in lines]


def current(tree: ActivityTree) -> str:
    node = tree.current_node()
    return "" if node is None else node.key


async def test_a_session_looks_like_this() -> None:
    tree = ActivityTree(zone=UTC)
    async with on_stage(tree, (78, 12)) as stage:
        tree.load(mixed_session(), title="fix-login")
        tree.tick(NOON + 67)
        await stage.settle()
        assert [line.rstrip() for line in stage.lines()] == [
            "  4,321 earlier events",
            "▾ 22:13:21 ❯ Fix the flaky login test            13 calls · 2 ✗ · 1 ● · 4m12s",
            "├   22:13:22 ✓ Read         src/auth.py                                  0.2s",
            "├   22:13:23 ✗ hacker Bash         make                                  2.0s",
            "└ ▾ 22:13:24 ● Task → explorer Find every caller                        1m03s",
            "  └ ▾ ↳ explorer's session                                             1 call",
            "    ├   22:13:25 ? Grep·fast    日本語の文章                                —",
            "    └   22:13:26 ⊘ Glob         🚀 **/*.py                        never ended",
            "  22:13:27 ◇ mole         We are in.",
            "  22:13:28 ⇒ mole → safe  take over",
            "  22:13:29 ✗ it broke",
            "▸ Outside any prompt · last 22:13:30 · lonely",
        ]
        assert tree.tree_title == "fix-login"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("glyphs", [None, ASCII])
async def test_every_size_is_drawn_in_exact_widths(size: tuple[int, int], glyphs: object) -> None:
    tree = ActivityTree(zone=UTC) if glyphs is None else ActivityTree(zone=UTC, glyphs=ASCII)
    async with on_stage(tree, size) as stage:
        stage.assert_exact_widths()
        tree.load(mixed_session())
        await stage.settle()
        stage.assert_exact_widths()
        for move in (tree.move_top, tree.move_right, tree.move_left, tree.open_all):
            move()
            await stage.settle()
            stage.assert_exact_widths()


async def test_markup_in_data_stays_text() -> None:
    tree = ActivityTree()
    async with on_stage(tree) as stage:
        tree.load([tool(seq, None, title=text) for seq, text in enumerate(HOSTILE)])
        await stage.settle()
        assert all(text in stage.text() for text in HOSTILE)


async def test_following_keeps_the_end_in_view() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(50))
        tree.apply(coming(51, 25))
        await stage.settle()
        assert "title 75" in stage.lines()[-1]
        assert current(tree) == "e75"
        assert tree.following
        assert tree.pending == 0
        assert tree.covers() == "67-76 of 76 · following"


async def test_moving_up_ends_following_and_what_comes_is_counted() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(50))
        tree.move_cursor(-1)
        await stage.settle()
        assert not tree.following
        with stage.repaints() as drawn:
            tree.apply(coming(51, 37))
            await stage.settle()
        # The last line of the window is no longer the last of its siblings: its guide.
        assert drawn == [9]
        assert tree.pending == 37
        assert tree.covers() == "42-51 of 88 · +37 new"
        assert [said.pending for said in stage.said(ActivityTree.PendingChanged)] == [37]
        with stage.repaints() as drawn:
            tree.apply(coming(88, 3))
            await stage.settle()
        assert drawn == []
        assert tree.pending == 40
        tree.move_bottom()
        assert tree.pending == 0
        assert tree.following
        assert current(tree) == "e90"


async def test_nodes_in_closed_branches_above_do_not_count_as_unseen() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load([prompt(100), tool(101, "e100"), *long_session(50)])
        tree.follow(False)
        tree.move_top()
        tree.move_left()
        tree.apply(coming(102, 5, "e100"))
        assert tree.pending == 0
        tree.apply(coming(51, 2))
        assert tree.pending == 2
        await stage.settle()


async def test_scrolling_up_ends_following() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(50))
        await stage.settle()
        tree.scroll_to(y=20, animate=False)
        await stage.settle()
        assert not tree.following
        assert tree.top == 20
        tree.apply(coming(51, 5))
        assert tree.top == 20
        assert tree.pending == 5
        tree.scroll_to(y=100, animate=False)
        await stage.settle()
        assert tree.pending == 0


async def test_lines_stay_in_place_when_others_come_or_go_above() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load([prompt(100), *long_session(50)])
        tree.move_cursor(-20)
        await stage.settle()
        before, key = without_scrollbar(stage.lines()), current(tree)
        tree.apply(coming(101, 30, "e100"))
        await stage.settle()
        assert without_scrollbar(stage.lines()) == before
        tree.apply([NodeRemoved("e100")])
        await stage.settle()
        assert without_scrollbar(stage.lines()) == before
        assert current(tree) == key


async def test_paused_freezes_the_view_and_counts() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(50))
        await stage.settle()
        tree.paused = True
        await stage.settle()
        with stage.repaints() as drawn:
            tree.apply([*coming(51, 5), NodeReplaced(tool(50, "e0", title="other"))])
            tree.tick(NOON + 1000)
            await stage.settle()
        assert drawn == []
        assert tree.covers() == "42-51 of 51 · paused · +5 new"
        tree.paused = False
        await stage.settle()
        assert current(tree) == "e55"
        assert "other" in stage.text()
        assert tree.pending == 0


async def test_too_much_while_paused_asks_for_a_reload() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(5))
        tree.paused = True
        tree.apply(coming(6, 15_000))
        tree.apply(coming(15_006, 15_000))
        assert tree.pending == 30_000
        tree.paused = False
        await stage.settle()
        assert len(stage.said(ActivityTree.ReloadWanted)) == 1
        assert tree.node_count == 6


async def test_a_tick_repaints_the_running_lines_whose_age_changed() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        running = tool(3, "e0", state=EventState.RUNNING)
        dead = tool(4, "e0", state=EventState.RUNNING, never_ended=True)
        tree.load([prompt(0), tool(1, "e0"), running, dead, tool(5, "e0")])
        tree.tick(NOON + 10.1)
        await stage.settle()
        assert stage.lines()[2].rstrip().endswith(" 7s")
        with stage.repaints() as drawn:
            tree.tick(NOON + 10.2)
            await stage.settle()
            assert drawn == []
            tree.tick(NOON + 11.1)
            await stage.settle()
        assert drawn == [2]
        assert stage.lines()[2].rstrip().endswith(" 8s")


async def test_one_replaced_node_repaints_one_line() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(5))
        await stage.settle()
        with stage.repaints() as drawn:
            tree.apply([NodeReplaced(tool(2, "e0", state=EventState.ERROR))])
            await stage.settle()
            tree.apply([NodeReplaced(tool(2, "e0", state=EventState.ERROR))])
            await stage.settle()
        assert drawn == [2]


async def test_left_and_right_work_as_in_a_file_manager() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)):
        tree.load([*long_session(3), prompt(9)])
        tree.move_top()
        tree.move_right()
        assert current(tree) == "e1"
        tree.move_right()
        assert current(tree) == "e1"
        tree.move_left()
        assert current(tree) == "e0"
        assert tree.line_count == 5
        tree.move_left()
        assert tree.line_count == 2
        tree.move_left()
        assert (current(tree), tree.line_count) == ("e0", 2)
        tree.move_right()
        assert (current(tree), tree.line_count) == ("e0", 5)
        tree.close_all()
        assert tree.line_count == 2
        tree.open_all()
        assert tree.line_count == 5


async def test_enter_opens_events_and_toggles_groups() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 20)) as stage:
        tree.load(mixed_session())
        assert current(tree) == "orphans"
        tree.open_current()
        assert tree.line_count == 13
        tree.move_to(1)
        tree.open_current()
        await stage.settle()
        assert [said.node.key for said in stage.said(ActivityTree.Opened)] == ["e1"]
        tree.move_top()
        tree.open_current()
        await stage.settle()
        assert {said.node.key for said in stage.said(ActivityTree.EarlierWanted)} == {"notice"}


async def test_reaching_the_notice_at_the_top_asks_for_earlier_events() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load([notice(), *long_session(50)])
        await stage.settle()
        assert stage.said(ActivityTree.EarlierWanted) == []
        tree.move_top()
        await stage.settle()
        assert len(stage.said(ActivityTree.EarlierWanted)) == 1
        tree.move_cursor(-1)
        await stage.settle()
        assert len(stage.said(ActivityTree.EarlierWanted)) == 2
        earlier: list[TreeChange] = [NodeInserted(prompt(s), "e0") for s in range(200, 220)]
        tree.apply([*earlier, NodeReplaced(notice("4,301 earlier events"))])
        await stage.settle()
        assert current(tree) == "e0"
        assert tree.cursor == 21
        assert len(stage.said(ActivityTree.EarlierWanted)) == 2
        tree.scroll_to(y=0, animate=False)
        await stage.settle()
        assert len(stage.said(ActivityTree.EarlierWanted)) == 3


async def test_next_error_opens_what_hides_it() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 20)):
        lost = event_node(30, "orphans", "lost", EventKind.TOOL, EventState.ERROR)
        tree.load([*mixed_session(), lost])
        tree.move_top()
        assert tree.next_error(1)
        assert current(tree) == "e3"
        assert tree.next_error(1)
        assert tree.next_error(1)
        assert current(tree) == "e30"
        assert not tree.next_error(1)
        assert current(tree) == "e30"
        tree.close_all()
        assert current(tree) == "orphans"
        assert tree.next_error(-1)
        assert tree.next_error(-1)
        assert current(tree) == "e3"
        assert not tree.next_error(-1)


async def test_search_finds_nodes_in_closed_branches() -> None:
    tree = ActivityTree(zone=UTC)
    async with on_stage(tree, (60, 20)) as stage:
        tree.load(mixed_session())
        tree.close_all()
        assert tree.find("LONELY") == 1
        assert current(tree) == "e10"
        assert tree.find("grep") == 1
        assert current(tree) == "e5"
        assert tree.find("we are") == 1
        assert tree.find("mole") == 2
        assert current(tree) == "e7"
        assert tree.find_next(1)
        assert current(tree) == "e8"
        assert tree.find_next(1)
        assert current(tree) == "e7"
        assert tree.find_next(-1)
        assert current(tree) == "e8"
        assert tree.find("nowhere") == 0
        assert not tree.find_next(1)
        assert current(tree) == "e8"
        await stage.settle()


async def test_a_filter_shows_matches_and_what_they_hang_under() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 20)) as stage:
        tree.load(mixed_session())
        tree.go_to("e5")
        tree.filter_tool("Grep")
        assert current(tree) == "e5"
        assert tree.line_count == 4
        assert tree.covers().endswith("of 4 · only Grep")
        tree.apply([NodeInserted(tool(50, None, "Grep")), NodeInserted(tool(51, None, "Read"))])
        assert tree.line_count == 5
        tree.filter_tool(None)
        assert current(tree) == "e5"
        assert "only" not in tree.covers()
        await stage.settle()


async def test_it_tells_which_events_are_on_screen() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 4)) as stage:
        tree.load([notice(), *long_session(10)])
        await stage.settle()
        assert tree.visible_event_keys() == [(0, 7), (0, 8), (0, 9), (0, 10)]
        tree.move_top()
        assert tree.visible_event_keys() == [(0, 0), (0, 1), (0, 2)]


async def test_a_load_keeps_the_cursor_and_open_branches() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 20)):
        rows = [*long_session(5), prompt(20), tool(21, "e20")]
        tree.load(rows)
        tree.move_top()
        tree.move_left()
        tree.move_cursor(1)
        tree.load([*rows, prompt(40)])
        assert current(tree) == "e20"
        assert tree.line_count == 4


async def test_the_zone_can_change() -> None:
    tree = ActivityTree(zone=UTC)
    async with on_stage(tree, (60, 4)) as stage:
        tree.load([prompt(0)])
        await stage.settle()
        assert "22:13:20" in stage.text()
        tree.zone = timezone(timedelta(hours=1))
        await stage.settle()
        assert "23:13:20" in stage.text()


async def test_agents_are_named_where_they_differ_or_there_is_room() -> None:
    tree = ActivityTree()
    rows = [
        prompt(0, agent="ann"),
        tool(1, "e0", agent="ann"),
        tool(2, "e0", agent="bob"),
        event_node(3, None, "hi", EventKind.MESSAGE, agent="eve"),
    ]
    async with on_stage(tree, (60, 4)) as stage:
        tree.load(rows)
        await stage.settle()
        assert "ann" not in stage.text()
        assert "bob" in stage.lines()[2]
    tree = ActivityTree()
    async with on_stage(tree, (130, 4)) as stage:
        tree.load(rows)
        await stage.settle()
        assert stage.text().count("ann") == 2
        assert stage.text().count("eve") == 1


async def test_a_click_on_the_sign_of_a_branch_closes_it() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load(long_session(3))
        await stage.settle()
        await stage.pilot.click(ActivityTree, offset=(0, 0))
        assert tree.line_count == 1
        await stage.pilot.click(ActivityTree, offset=(0, 0))
        await stage.settle()
        assert tree.line_count == 4


async def test_text_of_lines_is_whole() -> None:
    tree = ActivityTree(zone=UTC)
    async with on_stage(tree, (20, 5)):
        rows = [prompt(0), replace(tool(1, "e0"), title="x" * 300)]
        tree.load(rows)
        assert tree.text_under_cursor() == "└   22:13:21  ✓  Read  " + "x" * 300 + "  —"
        assert len(tree.lines_as_text()) == 2


async def test_deep_trees_still_show_their_titles() -> None:
    tree = ActivityTree()
    async with on_stage(tree, (60, 10)) as stage:
        tree.load([tool(seq, f"e{seq - 1}", title=f"level {seq}") for seq in range(3000)])
        await stage.settle()
        assert "level 2999" in stage.lines()[-1]
        assert stage.lines()[-1].startswith("…")
        stage.assert_exact_widths()


def test_nothing_to_do_in_an_empty_tree() -> None:
    tree = ActivityTree()
    for act in (tree.move_left, tree.move_right, tree.open_current, tree.toggle_branch):
        act()
    assert tree.current_node() is None
    assert not tree.next_error(1)
    assert tree.find("x") == 0
    assert tree.text_under_cursor() == ""
    assert tree.covers() == "0 · following"
    assert notice().kind is NodeKind.NOTICE
