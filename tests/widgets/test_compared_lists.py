from __future__ import annotations

from tests.widgets.comparisons import comparison, titles
from tests.widgets.pane_app import Stage, on_stage
from widgets.compared_lists import ComparedAgents, ComparedTools


def lines(stage: Stage) -> list[str]:
    return [" ".join(line.split()) for line in stage.lines() if line.strip()]


async def test_tools_side_by_side() -> None:
    table, compared = ComparedTools(), comparison()
    async with on_stage(table, (100, 10)) as stage:
        table.show_tools(compared.tools, titles(compared), 0)
        await stage.settle()
        assert lines(stage)[1:] == [
            "tool calls ok % p95 total calls change ok % p95 total",
            "Read 5 100.0 1.0s — 5 100.0 1.0s —",
            "Bash only in 1 4 50.0 2.0s — — -4 — — —",
            "Grep only in 2 — — — — 3 +3 100.0 0.1s —",
        ]
        assert table.text_under_cursor().startswith("Read in 2 Port it again: 5 calls · 0 failed")


async def test_agents_side_by_side() -> None:
    table, compared = ComparedAgents(), comparison()
    async with on_stage(table, (120, 10)) as stage:
        table.show_agents(compared.agents, titles(compared), 0)
        await stage.settle()
        assert lines(stage)[1:] == [
            "agent msgs calls err tokens msgs change calls change err tokens",
            "planner 4 1 0 — 6 +2 1 0 —",
            "coder only in 1 0 8 0 — — — -8 — —",
        ]
        table.move_bottom()
        assert table.text_under_cursor() == "coder in 2 Port it again: took no part"


async def test_jumps_pass_over_what_is_the_same() -> None:
    table, compared = ComparedTools(), comparison()
    async with on_stage(table, (100, 10)):
        table.show_tools(compared.tools, titles(compared), 0)
        seen = []
        for step in (1, 1, 1, -1):
            assert table.next_difference(step)
            seen.append("" if table.current is None else table.current.tool)
        assert seen == ["Bash", "Grep", "Bash", "Grep"]


async def test_little_room_keeps_calls_and_success() -> None:
    table, compared = ComparedTools(), comparison()
    async with on_stage(table, (40, 10)) as stage:
        table.show_tools(compared.tools, titles(compared), 0)
        await stage.settle()
        assert lines(stage)[1] == "tool calls ok % calls ok %"
        stage.assert_exact_widths()
