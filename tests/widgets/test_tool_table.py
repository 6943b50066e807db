from __future__ import annotations

from dataclasses import replace

import pytest

from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from tests.widgets.rows import tool
from widgets.glyphs import ASCII
from widgets.tool_table import SORTS, ToolTable, sort_tools, tool_name

READ = tool("Read", calls=120, ok=120, rate=1.0, low=0.969, high=1.0, p50=0.1, p95=0.4, total=12.0)
BASH = tool("Bash", calls=60, ok=57, errors=3, running=2, rate=0.95, low=0.86, high=0.983, p50=3.0)
GIT = tool("git", "commit", calls=4, aggregated=True)


async def test_the_width_of_the_main_screens_pane() -> None:
    pane = ToolTable()
    async with on_stage(pane, (40, 6)) as stage:
        pane.show_tools([BASH, READ, GIT])
        await stage.settle()
        rows = [line.split() for line in stage.lines()]
        assert rows[0] == ["tool", "calls▼", "ok", "%", "err", "p50", "p95"]
        assert rows[1] == ["Read", "120", "100.0", "0.1s", "0.4s"]
        assert rows[2] == ["Bash", "60", "95.0", "3", "3.0s", "—"]
        assert rows[3] == ["git·com…", "Σ4", "—", "—", "—"]


async def test_a_wide_pane_shows_bars_and_intervals() -> None:
    pane = ToolTable()
    async with on_stage(pane, (140, 6)) as stage:
        pane.show_tools([BASH, READ, GIT])
        await stage.settle()
        assert "██████████ 100.0  96.9-100.0" in stage.lines()[1]
        assert "█████      " in stage.lines()[2]
        assert "86.0-98.3" in stage.lines()[2]
        assert "3✗" in stage.lines()[2]
        assert "git·commit" in stage.lines()[3]
        assert stage.lines()[1].split()[-2:] == ["12s", "—"]


@pytest.mark.parametrize("order", SORTS)
@pytest.mark.parametrize("reverse", [False, True])
def test_unknown_values_come_last_either_way(order: str, reverse: bool) -> None:
    tools = sort_tools([GIT, BASH, READ, tool("Zed", p50=9.0, p95=1.0, tokens=3)], order, reverse)
    values = [SORTS[order](row) for row in tools]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    backwards = (order != "tool") != reverse
    assert known == sorted(known, key=lambda value: value, reverse=backwards)


def test_sorted_by_value_and_not_by_text() -> None:
    tools = [tool("a", p95=9.0), tool("b", p95=120.0), tool("c", p95=0.5)]
    assert [row.tool for row in sort_tools(tools, "p95")] == ["b", "a", "c"]
    assert [row.tool for row in sort_tools(tools, "p95", True)] == ["c", "a", "b"]


def test_ties_are_by_name() -> None:
    tools = [tool("b"), tool("a", "z"), tool("a", "y"), tool("a")]
    assert [tool_name(row) for row in sort_tools(tools)] == ["a", "a·y", "a·z", "b"]
    with pytest.raises(KeyError):
        sort_tools(tools, "colour")


async def test_a_growing_tool_repaints_its_line_and_keeps_the_cursor() -> None:
    pane = ToolTable()
    async with on_stage(pane, (40, 8)) as stage:
        pane.show_tools([BASH, READ, GIT])
        pane.select("Bash")
        await stage.settle()
        more = tool("Bash", calls=61, ok=57, errors=3, running=2, rate=0.95, p50=3.0)
        with stage.repaints() as drawn:
            pane.show_tools([more, READ, GIT])
            await stage.settle()
        assert drawn == [2]
        pane.show_tools([more, READ, GIT], "tool")
        assert pane.current_key == "Bash"
        await stage.settle()
        assert stage.lines()[0].startswith("tool▲")


async def test_open_names_the_tool() -> None:
    pane = ToolTable()
    async with on_stage(pane, (40, 8)) as stage:
        pane.open_current()
        pane.show_tools([BASH, READ])
        pane.move_cursor(1)
        pane.open_current()
        await stage.settle()
        assert [message.tool for message in stage.said(ToolTable.Opened)] == [BASH]


async def test_tool_and_operation_are_different_rows() -> None:
    pane = ToolTable()
    async with on_stage(pane, (40, 8)) as stage:
        pane.show_tools([tool("git", "add", calls=2), tool("git", calls=1)])
        assert pane.current_key == "git\nadd"
        assert pane.select("git")
        assert pane.cursor == 1
        await stage.settle()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ascii_only", [False, True])
async def test_any_size(size: tuple[int, int], ascii_only: bool) -> None:
    pane = ToolTable(glyphs=ASCII) if ascii_only else ToolTable()
    names = (*HOSTILE, "日本語ツール" * 5, "🙂" * 30)
    tools = [
        tool(name, "op" * n, calls=10**n, errors=10**n, running=n, rate=1 / 3, low=0.1, high=0.9,
             p50=10.0**n, p95=10.0**n, total=10.0**n, tokens=10**n, aggregated=True)
        for n, name in enumerate(names)
    ]  # fmt: skip
    async with on_stage(pane, size) as stage:
        pane.show_tools(tools)
        pane.move_bottom()
        await stage.settle()
        stage.assert_exact_widths()
        assert len(pane.lines_as_text()) == len(tools) + 1


async def test_empty_table_says_so() -> None:
    pane = ToolTable()
    async with on_stage(pane, (40, 8)) as stage:
        assert stage.lines()[1].rstrip() == "No tool has been called yet."


async def test_cut_names_stay_different() -> None:
    pane = ToolTable()
    tools = [replace(BASH, tool=f"subprocess.{name}") for name in ("codex", "gemini")]
    async with on_stage(pane, (34, 4)) as stage:
        pane.show_tools(tools)
        await stage.settle()
        names = [line.split()[0] for line in stage.lines()[1:3]]
        assert [name.startswith("sub") and "…" in name for name in names] == [True, True]
        assert len(set(names)) == 2
