from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.stores import FIRST_TIME
from tests.tui.delegating import TEAM, team, team_clock
from tests.tui.stage import Stage, on_stage
from tui.options import ScreenOptions

LEAD = ScreenOptions(session="lead")


def tools(stage: Stage) -> dict[str, tuple[int, int, int]]:
    """Calls, errors and running ones of every tool."""
    return {row.tool: (row.calls, row.errors, row.running) for row in stage.main.tool_view.rows}


async def test_all_panes_follow_the_steps(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press("[")
        assert stage.main.past.at == FIRST_TIME + 210
        assert "THE PAST 2026-01-12 10:03:30 · step 13 of 14" in stage.footer
        assert [title.count("as of 10:03:30") for title in stage.titles()] == [0, 1, 1, 1]
        assert tools(stage)["Edit"] == (1, 0, 1)
        [edit] = [line for line in stage.tree() if "build.py" in line]
        assert "●" in edit
        await stage.press("[")
        assert "Edit" not in tools(stage)
        assert not any("build.py" in line for line in stage.tree())
        while stage.main.past.at != FIRST_TIME:
            await stage.press("[")
        assert [line for line in stage.tree() if "report.txt" in line] == []
        assert any("Ship it" in line for line in stage.tree())
        await stage.press("[")
        assert stage.said()[-1] == "That is the first step that is loaded."


async def test_a_sub_agents_session_is_part_of_the_past(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press("[")
        while (stage.main.past.at or 0.0) > FIRST_TIME + 20:
            await stage.press("[")
        [call] = [line for line in stage.tree() if "make test" in line]
        assert "●" in call
        assert tools(stage) == {"Task": (1, 0, 1)}
        await stage.press("[")
        assert not any("make test" in line for line in stage.tree())


async def test_one_key_leads_back(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        before = stage.tree()
        for key in ("P", "escape"):
            await stage.press("[", "[", key)
            assert stage.main.past.at is None
            assert stage.tree() == before
            assert tools(stage)["Edit"] == (1, 1, 0)
            assert "PAST" not in stage.text()
            assert "as of" not in "".join(stage.titles())
        await stage.press("P")
        assert stage.said()[-1] == "This is the present."
        await stage.press("[", "]", "]")
        assert stage.main.past.at is None
        assert stage.tree() == before


async def test_what_happens_meanwhile_is_there_afterwards(folder: Path) -> None:
    with team() as store:
        async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
            await stage.press("[", "[")
            shown = stage.tree()
            store.add_event("lead", agent="lead", tool="Grep", summary="needle", state="ok",
                            parent_id="ask", time=FIRST_TIME + 990)  # fmt: skip
            await stage.step()
            assert stage.tree() == shown
            assert "Grep" not in tools(stage)
            await stage.press("P")
            assert any("needle" in line for line in stage.tree())
            assert tools(stage)["Grep"] == (1, 0, 0)


async def test_another_session_is_shown_as_it_is(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press("[", "[", "down")
        assert stage.main.activity.session_id == "sub"
        assert stage.main.past.at is None
        assert any("make test" in line for line in stage.tree())
        assert tools(stage) == {"Bash": (1, 1, 0)}
        await stage.press("up")
        assert tools(stage)["Edit"] == (1, 1, 0)


async def test_an_empty_store_has_no_past(folder: Path) -> None:
    with team() as store, store.batch():
        store.add_session("none", title="Nothing", status="running", started=FIRST_TIME + 500)
    async with on_stage(TEAM, options=ScreenOptions(session="none"),
                        clock=team_clock()) as stage:  # fmt: skip
        await stage.press("[")
        assert stage.said()[-1] == "Nothing of this session has a time, so it has no past."
        await stage.press("]", "P")
        assert stage.main.past.at is None


async def test_the_past_of_a_replaced_store_is_left(folder: Path) -> None:
    team().close()
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press("[", "[")
        with team(Path("copy.db")) as other:
            other.add_event("lead", id="new", summary="from elsewhere", parent_id="ask")
        os.replace("copy.db", TEAM)
        await stage.step()
        await stage.step()
        assert stage.main.past.at is None
        assert "PAST" not in stage.text()
        assert any("from elsewhere" in line for line in stage.tree())
        assert stage.said()[-1] == "The store was replaced; this is the present of the new one."


async def test_the_past_says_that_its_figures_leave_out_sub_agents(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press("[")
        assert stage.titles()[2].endswith("(no sub-agents)")
        await stage.press("P")
        assert "sub-agents" not in stage.titles()[2]
        await stage.press("5")
        assert "without 1 session of sub-agents" in stage.text()


async def test_another_session_is_gone_to_while_the_past_is_read(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        stage.reader.held = True
        await stage.burst("[", "down")
        await stage.serve()
        assert stage.main.activity.session_id == "sub"
        assert stage.main.past.at is None
        assert any("make test" in line for line in stage.tree())
        assert tools(stage) == {"Bash": (1, 1, 0)}
        assert "as of" not in "".join(stage.titles())


async def test_the_session_that_is_gone_to_has_its_own_past(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        for keys in (("down", "["), ("up", "down", "["), ("up", "[", "down", "[")):
            await stage.burst(*keys)
            assert stage.main.activity.session_id == "sub"
            assert stage.main.past.at is not None
            assert "as of" in stage.titles()[1]
            assert set(tools(stage)) == {"Bash"}
            await stage.press("P")


@pytest.mark.parametrize("keys", ["[[[", "[[]", "[]]", "[]][", "[[P[", "[" * 20])
async def test_steps_that_are_asked_for_while_the_past_is_read(folder: Path, keys: str) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press(*keys)
        one_by_one = (stage.main.past.at, stage.tree(), stage.titles(), tools(stage))
        await stage.press("P")
        stage.reader.held = True
        await stage.burst(*keys)
        while await stage.serve():
            pass
        assert (stage.main.past.at, stage.tree(), stage.titles(), tools(stage)) == one_by_one


async def test_the_present_is_gone_back_to_while_the_past_is_read(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        before = stage.tree()
        for key in ("P", "escape"):
            await stage.burst("[", "[", key)
            assert stage.main.past.at is None
            assert stage.tree() == before


async def test_the_past_is_shown_as_calls(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        await stage.press("[")
        before = stage.titles(), stage.tree()
        await stage.press("w")
        assert stage.said()[-1] == "The past is shown as calls; P leads back to the present."
        assert (stage.titles(), stage.tree()) == before
        await stage.press("P")
        assert "raw rows" not in stage.titles()[1]
        await stage.press("w")
        assert "raw rows" in stage.titles()[1]
        await stage.press("[")
        assert (stage.titles(), stage.tree()) == before
        await stage.press("P")
        assert "raw rows" in stage.titles()[1]


async def test_the_past_covers_the_session_alone(folder: Path) -> None:
    with team():
        pass
    async with on_stage(TEAM, options=LEAD, clock=team_clock()) as stage:
        present = stage.titles()
        for keys in (("[",), ("[", "[")):
            await stage.burst(*keys, "a")
            assert stage.said()[-1] == (
                "The past covers this session alone; P leads back to the present."
            )
            assert stage.main.figures.mode == "focused"
            await stage.press("P")
            assert stage.titles() == present
        await stage.press("a", "[", "a", "P")
        assert stage.main.figures.mode == "all"
