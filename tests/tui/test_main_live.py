from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from queries.models import StoreState
from queries.trees.activity_reader import FIRST, SessionTree
from tests.stores import CanonicalStore, canonical_store
from tests.tui.desk import LIVE, OLD, SUB, desk, desk_clock
from tests.tui.stage import Stage, on_stage
from tui.reader import Answer
from tui.screens import tree_control

STORE = Path("desk.db")


def calls(stage: Stage) -> dict[str, int]:
    return {row.tool: row.calls for row in stage.main.tool_view.rows}


def session_line(stage: Stage, session_id: str) -> list[str]:
    """The cells of a session's line."""
    view = stage.main.session_view
    row = next(row for row in view.rows if row.id == session_id)
    return [view.cell(row, name, 12)[0] for name in ("title", "events", "calls", "errors")]


async def test_a_row_shows_in_all_panes_after_one_poll(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        store.add_event(LIVE, kind="message", agent="reviewer", summary="looks good",
                        state="unknown", parent_id="ask")  # fmt: skip
        store.add_event(LIVE, agent="reviewer", tool="Deploy", state="error",
                        summary="no rights", parent_id="ask", duration=1.0)  # fmt: skip
        await stage.step()
        assert session_line(stage, LIVE) == ["Fix the login", "15", "9", "3✗"]
        assert "no rights" in stage.tree()[-1]
        assert calls(stage)["Deploy"] == 1
        assert stage.main.figures.interactions.counts["planner", "reviewer"] == 1
        assert "20 events" in stage.status


async def test_a_running_call_finishes_in_place(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        before = stage.tree()
        running = {row.tool: row.running for row in stage.main.tool_view.rows}
        assert running["Bash"] == 1
        store.finish_event("last", "error", 3.0)
        await stage.step()
        after = stage.tree()
        assert len(after) == len(before)
        assert "●" in before[-1]
        assert "✗" in after[-1]
        assert after[-1].endswith("3.0s")
        assert session_line(stage, LIVE)[3] == "3✗"
        row = next(row for row in stage.main.tool_view.rows if row.tool == "Bash")
        assert (row.running, row.errors) == (0, 3)


async def test_a_delegation_finishes_in_place_with_its_session_below(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        store.finish_event("task", "ok", 60.0)
        store.update("session", "id", SUB, status="completed", ended=desk_clock().now)
        await stage.step()
        line = next(line for line in stage.tree() if "Task → explorer" in line)
        assert "✓" in line
        assert any("def login" in line for line in stage.tree())
        assert "1 running" in stage.status


async def test_the_open_event_is_kept_up_to_date(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("G", "enter")
        assert "state still running" in stage.text()
        store.finish_event("last", "error", 3.0)
        await stage.step()
        assert "state failed" in stage.text()
        assert "3.0s" in stage.text()


async def test_the_open_call_gets_its_end_row(folder: Path) -> None:
    store = desk()
    store.add_event(LIVE, id="begin", tool="Bash", phase="start", call_key="k", state="running",
                    summary="long one", parent_id="ask")  # fmt: skip
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("G", "enter")
        assert "state still running" in stage.text()
        end = store.add_event(LIVE, id="end", tool="Bash", phase="end", call_key="k",
                              state="ok", parent_id="ask", duration=7.0)  # fmt: skip
        store.add_text(end["seq"], None, "all is well")
        await stage.step()
        assert "state succeeded" in stage.text()
        assert "7.0s" in stage.text()
        assert "[output" in stage.text()
        assert "all is well" in stage.text()


async def test_a_new_session_leaves_the_cursor_on_its_own(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        for number in range(3):
            store.add_session(f"new-{number}", title="Another", started=desk_clock().now + number)
            await stage.step()
            assert stage.main.session_view.focused_id() == LIVE
            assert stage.main.session_view.cursor == number + 1
        assert stage.titles()[1].startswith("Activity · Fix the login")
        assert "6 sessions" in stage.status


async def test_a_sub_agents_session_appears_under_its_call(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        with store.batch():
            store.add_session("sub-2", title="Second look", agent="critic", status="running",
                              parent_id=LIVE, parent_event_id="last")  # fmt: skip
            store.add_event("sub-2", tool="Read", summary="by the critic")
        await stage.step()
        lines = stage.tree()
        at = next(i for i, line in enumerate(lines) if "pytest -x" in line)
        assert "critic · Second look" in lines[at + 1]
        assert "by the critic" in lines[at + 2]


async def test_a_sub_agents_session_that_is_declared_late_is_whole(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        store.add_event("sub-2", tool="Read", summary="before it was declared")
        await stage.step()
        assert not any("before it was" in line for line in stage.tree())
        store.add_session("sub-2", title="Second look", parent_id=LIVE, parent_event_id="last")
        store.add_event("sub-2", tool="Read", summary="after it was declared")
        await stage.step()
        assert any("before it was declared" in line for line in stage.tree())
        assert any("after it was declared" in line for line in stage.tree())


async def test_hand_offs_and_own_totals_are_read_again(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("m", "m")
        assert ("coder", "reviewer") not in stage.main.figures.interactions.counts
        store.add_handoff("coder", "reviewer", session_id=LIVE)
        await stage.step()
        assert stage.main.figures.interactions.counts["coder", "reviewer"] == 1
        whole = stage.main.snapshot
        assert whole is not None


async def test_a_session_that_ends_leaves_no_call_running(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        store.update("session", "id", LIVE, status="completed", ended=desk_clock().now)
        await stage.step()
        assert all(row.running == 0 for row in stage.main.tool_view.rows)
        assert "⊘" in stage.tree()[-1]
        store.update("session", "id", LIVE, status="running", ended=None)
        await stage.step()
        assert "●" in stage.tree()[-1]


async def test_much_at_once_is_read_anew(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        with store.batch():
            for number in range(2500):
                store.add_event(LIVE, tool="Edit", parent_id="ask", summary=f"edit {number}")
        snapshot = await stage.step()
        assert snapshot is not None
        assert snapshot.arrived_cut
        assert calls(stage)["Edit"] == 2501
        assert "edit 2499" in stage.tree()[-1]
        assert stage.reader.asked["tree"] == 2


async def test_a_tree_that_is_followed_for_long_lets_go_of_what_is_earlier(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_control, "GROWN", 2500)
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        tree = stage.main.tree_view

        async def add(first: int) -> None:
            with store.batch():
                for number in range(first, first + 1500):
                    store.add_event(LIVE, tool="Edit", summary=f"edit {number}")
            await stage.step()

        await add(0)
        assert tree.node_count > 1500
        assert stage.reader.asked["tree"] == 1
        await add(1500)
        assert stage.reader.asked["tree"] == 2
        assert tree.node_count == 2001
        assert "1,013 earlier events" in stage.tree()[0]
        assert "edit 2999" in stage.tree()[-1]
        await stage.focus("activity")
        await stage.press("up")
        assert not tree.following
        # Once, it is looked whether the sub-agent's session is among the newest.
        await add(3000)
        asked = stage.reader.asked["tree"]
        await add(4500)
        await add(6000)
        # Somebody looks at what is there.
        assert stage.reader.asked["tree"] == asked
        assert tree.node_count == 5001


async def test_what_is_earlier_than_a_long_tree_is_not_looked_for_at_each_event(
    folder: Path,
) -> None:
    store = desk()
    with store.batch():
        for number in range(3000):
            store.add_event(LIVE, tool="Read", summary=f"step {number}")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        # The sub-agent's session belongs to a call that is not read.
        assert SUB not in stage.main.activity.tree.model.sessions()  # type: ignore[union-attr]  # it is loaded
        store.add_event(LIVE, tool="Read", summary="first")
        await stage.step()
        asked = stage.reader.asked["tree"]
        for number in range(3):
            store.add_event(LIVE, tool="Read", summary=f"more {number}")
            await stage.step()
            assert f"more {number}" in stage.tree()[-1]
        assert stage.reader.asked["tree"] == asked
        store.add_event(SUB, tool="Grep", summary="again")
        await stage.step()
        assert stage.reader.asked["tree"] == asked + 1


async def test_what_happens_while_more_is_read_is_shown_as_well(folder: Path) -> None:
    """The end of a long session is shown at once; what comes before the rest is not lost."""
    store = desk()
    with store.batch():
        for number in range(2 * FIRST):
            store.add_event(LIVE, tool="Read", summary=f"step {number}")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        control = stage.main.activity
        trees: list[SessionTree] = []
        show = control.take_answer

        def take(answer: Answer) -> str:
            if isinstance(answer.value, SessionTree):
                trees.append(answer.value)
                if answer.value.is_rough:
                    store.add_event(LIVE, tool="Read", summary="late")
            return show(answer)

        control.take_answer = take  # type: ignore[method-assign]  # to come between two answers
        await stage.focus("sessions")
        await stage.press("down", "up")
        assert [each.is_rough for each in trees[-2:]] == [True, False]
        await stage.step()
        assert f"{2 * FIRST + 1} calls" in stage.tree()[-1]


async def test_a_giant_session_opens_on_its_newest_page_and_goes_back(folder: Path) -> None:
    store = desk()
    with store.batch():
        for number in range(5000):
            store.add_event(LIVE, tool="Read", id=f"g{number}", summary=f"step {number}")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        tree = stage.main.tree_view
        # What belongs to earlier calls, whatever session it is in, is earlier, too.
        assert tree.node_count == 2001
        assert "3,013 earlier events" in stage.tree()[0]
        assert stage.tree()[-1].find("step 4999") > 0
        await stage.focus("activity")
        oldest = stage.tree()[1]
        await stage.press("g")
        assert stage.reader.asked["tree"] == 2
        assert "1,013 earlier events" in stage.tree()[0]
        # What was the oldest line is still under the cursor.
        assert tree.text_under_cursor().split() == oldest.split()
        await stage.press("g", "g", "g")
        assert tree.node_count > 5000
        assert "earlier" not in stage.tree()[0]
        asked = stage.reader.asked["tree"]
        await stage.press("G", "g", "up")
        assert stage.reader.asked["tree"] == asked


async def test_nothing_new_costs_nothing(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        await stage.step()
        before = stage.statements()
        with stage.repaints() as asked:
            for _ in range(5):
                assert await stage.step() is None
                stage.main._tick()
                await stage.settle()
        assert asked == []
        assert stage.statements() - before == 5, "one question for the version each time"
    store.close()


async def test_one_changed_row_repaints_few_lines(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock(), paint=True) as stage:
        await stage.step()
        with stage.repaints() as asked:
            store.finish_event("last", "ok", 3.0)
            await stage.step()
        lines = {(name, region.y) for name, region in asked if region.height == 1}
        whole = [name for name, region in asked if region.height > 1]
        assert whole == []
        assert len(lines) <= 12


async def test_a_replaced_store_is_read_from_the_start(folder: Path) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("space", "space", "a")
        with canonical_store(Path("other.db")) as other:
            other.add_session("other", title="From elsewhere")
            other.add_event("other", tool="Fetch", summary="something else")
        os.replace("other.db", STORE)
        await stage.step()
        assert [row.id for row in stage.main.session_view.rows] == ["other"]
        assert stage.titles()[1].startswith("Activity · From elsewhere")
        assert any("something else" in line for line in stage.tree())
        assert not stage.main.sessions.marks
        assert "marked" not in stage.footer
        assert calls(stage) == {"Fetch": 1}
        assert "● live" in stage.status


async def test_a_store_that_goes_and_comes_back(folder: Path) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        os.rename(STORE, "away.db")
        await stage.step()
        assert "gone" in stage.status
        assert "no such file" in stage.status
        assert len(stage.main.session_view.rows) == 3
        await stage.press("j")
        assert "no such file" in stage.text()
        assert stage.said() == []
        os.rename("away.db", STORE)
        await stage.step()
        assert "● live" in stage.status
        assert any("def login" in line for line in stage.tree())
        assert calls(stage) == {"Grep": 1}


async def test_a_store_that_was_emptied(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        stage.clock.now += 60
        with store.batch():
            for table in ("event", "session", "event_text"):
                store.connection.execute(f"DELETE FROM {table}")
        await stage.step()
        assert "No sessions yet." in stage.text()
        assert stage.titles()[1].startswith("Activity · no session")
        assert stage.titles()[2] == "Tools · no session"
        assert calls(stage) == {}
        assert "0 events" in stage.status


async def test_a_file_that_is_no_store_any_more_is_told_and_tried_again(folder: Path) -> None:
    desk().close()
    Path("copy.db").write_bytes(STORE.read_bytes())
    async with on_stage(STORE, clock=desk_clock()) as stage:
        Path("junk").write_text("this is not a database, and never was one" * 10)
        os.replace("junk", STORE)
        await stage.step()
        assert "unreadable" in stage.status
        assert "is not a SQLite database" in stage.status
        os.replace("copy.db", STORE)
        await stage.step()
        assert "● live" in stage.status
        assert len(stage.main.session_view.rows) == 3


async def test_a_locked_store_is_waited_for(folder: Path) -> None:
    writer = _rollback_desk()
    async with on_stage(STORE, clock=desk_clock(), first_step=False) as stage:
        writer.execute("BEGIN EXCLUSIVE")
        snapshot = await stage.step()
        assert snapshot is not None
        assert snapshot.state is StoreState.LOCKED
        assert "locked" in stage.status
        assert stage.main.session_view.rows == ()
        writer.execute("COMMIT")
        await stage.step()
        assert "● live" in stage.status
        assert len(stage.main.session_view.rows) == 3


async def test_what_was_locked_for_the_reader_is_read_again(folder: Path) -> None:
    writer = _rollback_desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        writer.execute("BEGIN EXCLUSIVE")
        await stage.press("j")
        assert "is locked by a writer." in stage.text()
        assert stage.said() == []
        writer.execute("COMMIT")
        stage.main._tick()
        await stage.settle()
        assert any("def login" in line for line in stage.tree())
        assert calls(stage) == {"Grep": 1}


async def test_an_event_that_was_locked_is_read_again(folder: Path) -> None:
    writer = _rollback_desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("activity")
        await stage.press("g", "j", "j", "j", "j", "j")
        writer.execute("BEGIN EXCLUSIVE")
        await stage.press("enter")
        assert "is locked by a writer." in stage.text()
        writer.execute("COMMIT")
        stage.main._tick()
        await stage.settle()
        assert '"path": "src/auth.py"' in stage.text()


async def test_a_wanted_session_is_looked_for_once_the_store_opens(folder: Path) -> None:
    from tui.options import ScreenOptions

    writer = _rollback_desk()
    writer.execute("BEGIN EXCLUSIVE")
    options = ScreenOptions(session=OLD)
    async with on_stage(STORE, clock=desk_clock(), options=options) as stage:
        assert stage.said() == []
        writer.execute("COMMIT")
        await stage.step()
        assert stage.main.session_view.focused_id() == OLD


async def test_a_fault_of_the_poller_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:

        def poll(**_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(stage.poller.feed, "poll", poll)
        stage.poller.run()
        await stage.settle()
        assert "unreadable" in stage.status
        assert "ZeroDivisionError" in stage.status
        assert len(stage.main.session_view.rows) == 3


async def test_the_past_is_counted_while_it_is_shown(folder: Path) -> None:
    store: CanonicalStore = desk()
    with store.batch():
        for number in range(4000):
            store.add_event(OLD, tool="Edit", id=f"e{number}")
    async with on_stage(STORE, clock=desk_clock(), first_step=False) as stage:
        await stage.step(count=False)
        assert "totals: " in stage.status
        await stage.press("a")
        assert "% counted" in stage.titles()[2]
        await stage.step()
        assert "totals: " not in stage.status
        assert "counted" not in stage.titles()[2]
        assert calls(stage)["Edit"] == 4001


async def test_the_watched_rows_are_those_on_the_screen(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (120, 16), clock=desk_clock()) as stage:
        tree = stage.main.tree_view
        assert stage.poller.watched == set(tree.visible_event_keys())
        await stage.focus("activity")
        await stage.press("g")
        assert stage.poller.watched == set(tree.visible_event_keys())
        assert (0, 5) in stage.poller.watched


def _rollback_desk() -> sqlite3.Connection:
    """The store in rollback-journal mode, and its writer."""
    with desk() as store:
        store.connection.execute("PRAGMA journal_mode = delete").fetchall()
    return sqlite3.connect(STORE, isolation_level=None)
