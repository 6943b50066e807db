from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.stores import htmlgraph_store
from tests.tui.desk import LIVE, OLD, SUB, desk, desk_clock
from tests.tui.stage import Clock, Stage, on_stage

STORE = Path("desk.db")


def calls(stage: Stage) -> dict[str, int]:
    return {row.tool: row.calls for row in stage.main.tool_view.rows}


async def test_following_stays_at_the_end_and_is_left_by_moving_up(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        tree = stage.main.tree_view
        await stage.focus("activity")
        assert stage.titles()[1] == "Activity · Fix the login · 1-15 of 15 · following"
        store.add_event(LIVE, summary="one more", parent_id="ask")
        await stage.step()
        assert (tree.cursor, tree.line_count) == (15, 16)
        await stage.press("k")
        assert not tree.following
        store.add_event(LIVE, summary="unseen", parent_id="ask")
        await stage.step()
        assert tree.cursor == 14
        await stage.press("f")
        assert tree.following
        assert tree.cursor == 16
        await stage.press("f")
        assert not tree.following
        assert "following" not in stage.titles()[1]


async def test_what_came_below_the_window_is_counted(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, (120, 20), clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g")
        for number in range(3):
            store.add_event(LIVE, summary=f"new {number}", parent_id="ask")
            await stage.step()
        assert stage.titles()[1].endswith("+3 new")
        await stage.press("G")
        assert stage.titles()[1].endswith("following")


async def test_what_comes_outside_any_prompt_is_told_on_the_line_of_its_closed_group(
    folder: Path,
) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        for number in range(2):
            store.add_event(LIVE, tool="Grep", agent="coder", summary=f"stray {number}")
            await stage.step()
            assert stage.tree()[-1].startswith("▸ outside any prompt  · last ")
            assert f"✓ Grep  stray {number}" in stage.tree()[-1]
        with stage.repaints() as asked:
            store.add_event(LIVE, kind="message", agent="coder", summary="a stray word")
            await stage.step()
        assert "coder  a stray word" in stage.tree()[-1]
        lines = [region.y for name, region in asked if name == "activity"]
        assert len(set(lines)) <= 2
        tree = stage.main.tree_view
        assert tree.following
        # Who opens it sees all of them, and the group tells no more than its name.
        await stage.focus("activity")
        await stage.press("right")
        assert not any("last " in line for line in stage.tree())
        assert [line for line in stage.tree() if "stray 1" in line]


async def test_paused_nothing_moves_and_afterwards_all_is_there(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("p")
        assert "‖ paused" in stage.status
        before = stage.lines()[1:]
        store.add_session("fresh", title="A new one")
        for number in range(3):
            store.add_event(LIVE, tool="Edit", summary=f"new {number}", parent_id="ask")
            await stage.step()
        after = stage.lines()[1:]
        # Only the title of the tree tells that something waits.
        assert [line for line in after if line not in before] == [after[0]]
        assert "paused · +3 new" in after[0]
        await stage.press("p")
        assert "● live" in stage.status
        assert len(stage.main.session_view.rows) == 4
        assert calls(stage)["Edit"] == 4
        assert [line for line in stage.tree() if "new " in line][-1].count("new 2") == 1
        assert "new" not in stage.titles()[1]


async def test_paused_the_line_at_the_top_stands_still_and_tells_what_came_since(
    folder: Path,
) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        before = stage.status
        await stage.press("p")
        assert stage.status.split()[-12:] == before.split()[-12:]
        assert "since" not in stage.status
        store.add_session("fresh", title="A new one")
        store.add_event(LIVE, tool="Edit", state="error", parent_id="ask")
        await stage.step()
        store.add_event(OLD, tool="Edit")
        await stage.step()
        assert "‖ paused · +2 since" in stage.status
        assert stage.status.split()[-12:] == before.split()[-12:]
        await stage.press("p")
        assert "since" not in stage.status
        assert "4 sessions" in stage.status
        await stage.press("p")
        assert "since" not in stage.status
        assert "4 sessions" in stage.status


async def test_paused_a_call_that_ends_is_told_as_a_change(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("p")
        store.finish_event("last", "error", 3.0)
        await stage.step()
        assert "‖ paused · changed since" in stage.status


@pytest.mark.parametrize("screen", ["3", "4", "5"])
async def test_paused_on_one_screen_is_paused_on_all(folder: Path, screen: str) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press(screen, "p")
        before = stage.status.partition("paused")[2]
        store.add_event(OLD, tool="Edit")
        await stage.step()
        assert "‖ paused · +1 since" in stage.status
        assert stage.status.split()[-9:] == before.split()[-9:]
        await stage.press("p")
        assert "● live" in stage.status
        assert "20 events" not in before
        await stage.press("1")
        assert calls(stage)


async def test_paused_an_open_event_stays_as_it_was(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("p", "G", "enter")
        assert "state still running" in stage.text()
        store.finish_event("last", "error", 3.0)
        await stage.step()
        assert "state still running" in stage.text()


async def test_paused_the_figures_of_all_wait_too(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("a", "p")
        store.add_event(OLD, tool="Edit")
        await stage.step()
        assert calls(stage)["Edit"] == 1
        await stage.press("p")
        assert calls(stage)["Edit"] == 2


async def test_another_session_can_be_looked_at_while_paused(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("p", "G")
        assert any("Port the parser" in line for line in stage.tree())
        assert calls(stage) == {"Read": 2, "Bash": 1}


async def test_raw_rows_and_pairs(folder: Path) -> None:
    with htmlgraph_store(folder / "htmlgraph.db", "0.26") as store:
        store.add_session("s")
        store.add_prompt("s", "Fix it.", event_id="prompt")
        store.add_call("s", "Bash", text="make test", parent="prompt")
        store.add_call("s", "Read", text="a.py", parent="prompt")
    async with on_stage(Path("htmlgraph.db")) as stage:

        def rows(tool: str) -> int:
            found = stage.main.activity.tree
            assert found is not None
            return sum(node.event.tool == tool for node in found.model.nodes() if node.event)

        assert (rows("Bash"), rows("Read")) == (1, 1)
        await stage.press("w")
        assert "raw rows" in stage.titles()[1]
        assert (rows("Bash"), rows("Read")) == (2, 2)
        # The start of a call that ended says neither that it runs nor that it never ended.
        await stage.focus("activity")
        await stage.press("+")
        assert sum("Bash" in line for line in stage.tree()) == 2
        assert not any(sign in line for sign in ("⊘", "●") for line in stage.tree()), stage.tree()
        await stage.press("w")
        assert "raw rows" not in stage.titles()[1]
        assert (rows("Bash"), rows("Read")) == (1, 1)


async def test_all_branches_open_and_close(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("-")
        assert stage.main.tree_view.line_count == 1
        await stage.press("+")
        assert stage.main.tree_view.line_count == 15


async def test_only_the_last_session_of_several_in_haste_is_read(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.reader.held = True
        await stage.press("j", "j", "k")
        assert stage.main.activity.session_id == SUB
        assert "Reading ..." in stage.text()
        assert stage.reader.asked["tree"] == 4
        assert await stage.serve() == 2
        assert any("def login" in line for line in stage.tree())
        assert calls(stage) == {"Grep": 1}


async def test_a_stale_answer_is_dropped(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.reader.held = True
        await stage.press("j")
        # Answered, but not yet shown when the next request is made.
        stage.reader.serve()
        stage.main.session_view.select(OLD)
        await stage.settle()
        assert not any("def login" in line for line in stage.tree())
        await stage.serve()
        assert any("Port the parser" in line for line in stage.tree())


async def test_the_time_of_what_runs_goes_on(folder: Path) -> None:
    desk()
    clock = desk_clock()
    async with on_stage(STORE, clock=clock) as stage:
        assert stage.tree()[-1].endswith("4m08s")
        clock.now += 60
        stage.main._tick()
        await stage.settle()
        assert "5m08s" in stage.text()
        await stage.press("p")
        clock.now += 60
        stage.main._tick()
        await stage.settle()
        assert "5m08s" in stage.text()


async def test_times_are_in_utc_or_in_the_users_zone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        assert "10:15:01" in stage.tree()[0]
        await stage.press("u")
        assert "19:15:01" in stage.tree()[0]
        assert stage.said()[-1] == "Times are in your own zone."
        await stage.press("u")
        assert "10:15:01" in stage.tree()[0]
        assert stage.said()[-1] == "Times are in UTC."


async def test_an_empty_session_says_so(folder: Path) -> None:
    with desk() as store:
        store.add_session("empty", started=desk_clock().now)
    async with on_stage(STORE, clock=Clock(desk_clock().now)) as stage:
        assert stage.main.session_view.focused_id() == "empty"
        assert "Nothing happened in this session yet." in stage.text()
