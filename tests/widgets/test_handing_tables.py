from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

import pytest

from queries.handoff_rows import handoff_groups, kind_of
from queries.models.delegations import LiveStatus
from queries.models.overview import ToolUse
from queries.models.rates import Rate
from tests.widgets.handings import NOON, agent, handoff, nothing_known, run, spawner
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.agent_table import AgentTable
from widgets.glyphs import ASCII
from widgets.handoff_table import HandoffTable
from widgets.live_table import LiveTable
from widgets.proportion_text import proportion_text
from widgets.spawner_table import SpawnerTable
from widgets.timed_table import TimedTable


async def words(view: TimedTable[Any], rows: Sequence[Any], width: int = 120) -> list[str]:
    """The lines of a table, with single blanks."""
    async with on_stage(view, (width, 6)) as stage:
        view.show(rows)
        view.tick(NOON + 3600)
        await stage.settle()
        return [" ".join(line.split()) for line in stage.lines()]


async def test_spawners() -> None:
    lines = await words(SpawnerTable(zone=UTC), [spawner(), nothing_known()])
    assert lines[0] == "handed to times ok % of n 95% range err run ? avg tokens cost last"
    assert lines[1] == "gemini 8 83.3 6 43.6-97.0 1 1 1 4m12s 12k $0.50 1h"
    assert lines[2] == "codex 1 — 0 — 1 — — — —"


async def test_a_spawner_in_words() -> None:
    view = SpawnerTable(zone=UTC)
    async with on_stage(view, (30, 6)) as stage:
        view.show([spawner()])
        assert view.line_text(0) == (
            "gemini (spawner) · 8 delegations · 5 completed, 1 failed · 1 running, 1 unknown · "
            "succeeded 83.3 % of 6 (43.6-97.0) · average 4m12s of 6 · 12,000 tokens, $0.5000 · "
            "last 2023-11-14 22:13:20"
        )
        view.open_current()
        await stage.settle()
        assert [said.spawner.spawner for said in stage.said(SpawnerTable.Opened)] == ["gemini"]


def test_a_proportion_of_nothing_is_unknown() -> None:
    assert proportion_text(Rate()) == "— of 0"


async def test_handoffs() -> None:
    rows = [handoff(2, type=None, reason=None), handoff(1)]
    lines = await words(HandoffTable(zone=UTC), rows)
    assert lines[1] == "planner → coder — accepted — 2023-11-14 22:13:22"
    assert lines[2] == "planner → coder parallel accepted too slow 2023-11-14 22:13:21"


async def test_live_runs_show_the_phase_they_are_in() -> None:
    rows = [
        run("gemini", LiveStatus.STARTED, LiveStatus.STREAMING, progress=0.5, tokens=900),
        run("codex", LiveStatus.FAILED),
    ]
    lines = await words(LiveTable(zone=UTC), rows)
    assert lines[1].startswith("gemini phase 2 streaming 50% ██▌ working")
    assert lines[1].endswith("— 900 59m")
    assert lines[2].startswith("codex phase 1 failed — working")


async def test_agents() -> None:
    view = AgentTable(zone=UTC)
    rows = [agent("planner"), agent("quiet", share=None, success=Rate(), tokens=None,
                                    last_active=None, tools=(), errors=0)]  # fmt: skip
    lines = await words(view, rows)
    assert lines[1] == "planner 120 40.0 ███▎ 4 90 96.7 3 15k 1h Read 60, Bash 30"
    assert lines[2] == "quiet 120 — 4 90 — — — —"
    assert "120 events (40.0 %) · 4 sessions · 20 messages, 90 calls, 3 errors" in view.line_text(0)


async def test_of_thousands_of_tools_only_those_that_fit_are_put_into_words() -> None:
    used = tuple(ToolUse(f"t{n % 10}", 9) for n in range(5000))
    looked_at = 0

    class Used(tuple[ToolUse, ...]):
        def __iter__(self) -> Iterator[ToolUse]:
            nonlocal looked_at
            looked_at += len(self)
            return super().__iter__()

    text, _ = AgentTable().cell(agent("planner", tools=Used(used)), "tools", 40)
    assert text.startswith("t0 9, t1 9, ")
    assert len(text) > 40
    assert looked_at < 100


async def test_the_cursor_stays_on_its_row_and_ages_repaint_only_themselves() -> None:
    view = AgentTable(zone=UTC)
    async with on_stage(view, (80, 6)) as stage:
        view.show_agents([agent("a"), agent("b", last_active=NOON - 86_400)])
        view.tick(NOON + 60)
        view.select("b")
        view.show_agents([agent("c"), agent("a"), agent("b", last_active=NOON - 86_400)])
        assert view.current_key == "b"
        await stage.settle()
        with stage.repaints() as drawn:
            view.tick(NOON + 120)
            await stage.settle()
        assert sorted(drawn) == [1, 2]


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_hostile_and_ascii(size: tuple[int, int]) -> None:
    rows: dict[type[TimedTable[Any]], list[Any]] = {
        SpawnerTable: [spawner(text) for text in HOSTILE],
        HandoffTable: [handoff(n, type=t, state=t, reason=t) for n, t in enumerate(HOSTILE)],
        LiveTable: [run(text, LiveStatus.STREAMING, progress=2.0) for text in HOSTILE],
        AgentTable: [agent(text) for text in HOSTILE],
    }
    for table, some in rows.items():
        view = table(glyphs=ASCII)
        async with on_stage(view, size) as stage:
            view.show(some)
            view.tick(NOON)
            await stage.settle()
            stage.assert_exact_widths()
            assert all(line[:-1].isascii() for line in stage.lines())


async def test_hand_offs_tell_how_many_are_like_them() -> None:
    view = HandoffTable(zone=UTC)
    async with on_stage(view, (120, 6)) as stage:
        rows = [handoff(1), handoff(2), handoff(3, state="rejected")]
        view.show_handoffs(rows, handoff_groups(map(kind_of, rows)))
        await stage.settle()
        assert [view.cell(row, "alike", 5)[0] for row in view.rows] == ["2", "2", ""]
        assert "alike" in stage.lines()[0]
