"""What was shown stays right when finished rows change, and stores or names are replaced."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from queries.live import counting
from queries.live.roster import Roster
from queries.models import Relation
from tests.stores import CanonicalStore, canonical_store
from tests.tui.desk import LIVE, OLD, desk, desk_clock
from tests.tui.stage import on_stage
from tui.screens import scope_counting

STORE = Path("desk.db")


async def test_a_finished_call_that_changes_is_counted_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope_counting, "REST", 0.0)
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        before = {row.tool: row.errors for row in stage.main.tool_view.rows}
        assert before["Read"] == 0
        store.connection.execute(
            "UPDATE event SET state = 'error' WHERE session_id = ? AND tool = 'Read'", (LIVE,)
        )
        await stage.step()
        await stage.step()
        after = {row.tool: row.errors for row in stage.main.tool_view.rows}
        assert after == before | {"Read": 2}


async def test_marks_stay_while_a_replaced_store_is_listed_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Roster.load_more, "__defaults__", (2,))
    monkeypatch.setattr(counting, "FIRST_SESSIONS", 2)
    with canonical_store(STORE) as store:
        for number in range(12):
            # Without events, a session is known only by being listed.
            store.add_session(f"s{number}")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("space", "G", "space")
        assert set(stage.main.sessions.marks) == {"s11", "s0"}
        shutil.copy(STORE, "copy.db")
        with canonical_store(Path("copy.db")) as other:
            other.connection.execute("DELETE FROM session WHERE id = 's5'")
        os.replace("copy.db", STORE)
        await stage.step(count=False)
        assert stage.main.snapshot is not None
        assert not stage.main.snapshot.is_listed
        await stage.step()
        assert set(stage.main.sessions.marks) == {"s11", "s0"}
        shutil.copy(STORE, "copy.db")
        with canonical_store(Path("copy.db")) as other:
            other.connection.execute("DELETE FROM session WHERE id = 's0'")
        os.replace("copy.db", STORE)
        await stage.step()
        await stage.step()
        assert set(stage.main.sessions.marks) == {"s11"}
        assert "1 marked" in stage.footer


async def test_a_paused_screen_stays_as_it_is_when_the_store_is_replaced(folder: Path) -> None:
    desk().close()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("p")
        before = stage.tree()
        shutil.copy(STORE, "copy.db")
        with CanonicalStore(Path("copy.db"), ()) as other:
            other.add_event(LIVE, id="new", summary="from elsewhere", parent_id="ask")
        os.replace("copy.db", STORE)
        await stage.step()
        await stage.step()
        assert stage.tree() == before
        await stage.press("p")
        await stage.step()
        assert any("from elsewhere" in line for line in stage.tree())


async def test_a_new_title_shows_in_all_panes(folder: Path) -> None:
    store = desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        store.update("session", "id", LIVE, title="Mend the login")
        await stage.step()
        titles = stage.titles()
        assert titles[1].startswith("Activity · Mend the login")
        assert titles[2] == "Tools · Mend the login"
        assert titles[3].startswith("Interactions · Mend the login")


async def test_a_cell_of_delegations_opens_those_of_its_agents(folder: Path) -> None:
    with canonical_store(STORE) as store:
        store.add_session(OLD)
        for giver in ("boss", "lead", "lead"):
            store.add_event(
                OLD, kind="delegation", agent=giver, target_agent="coder", tool="Task",
                summary=f"{giver} asks",
            )  # fmt: skip
    async with on_stage(STORE, clock=desk_clock()) as stage:
        behind = stage.main.activity.behind
        assert len(behind(Relation.DELEGATES, "lead", "coder")) == 2
        assert len(behind(Relation.DELEGATES, "boss", "coder")) == 1
        assert behind(Relation.DELEGATES, "coder", "coder") == frozenset()
