"""Of thousands of tools and agents, only those on screen cost anything when they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from queries.models import Interactions, Relation, ToolStatistic
from tests.widgets.pane_app import on_stage
from tests.widgets.rows import tool
from widgets import cells, interaction_matrix, tool_table
from widgets.interaction_matrix import InteractionMatrix
from widgets.matrix_figures import MatrixFigures
from widgets.table_text import Cell
from widgets.tool_table import ToolRows, ToolTable

SIZE = (60, 20)
NAMES = tuple(f"mcp__server_{n % 7}__tool_{n}" for n in range(5000))
COUNTS = dict.fromkeys(pairwise(NAMES), 1)
CROWD = Interactions(Relation.TOOLS, NAMES, COUNTS, "basis")


class CountingNames(tuple[str, ...]):
    """Names that count how often one of them is looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[str]:
        for name in tuple.__iter__(self):
            type(self).looked_at += 1
            yield name

    def __hash__(self) -> int:
        type(self).looked_at += len(self)
        return super().__hash__()


@contextmanager
def counted_cuts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How many names are cut to a width, by how they are: alone, or beside all others."""
    cut: Counter[str] = Counter()

    def alone(name: str, width: int, ellipsis: str = "…") -> str:
        cut["alone"] += 1
        return cells.shortened_alone(name, width, ellipsis)

    def together(names: tuple[str, ...], width: int, ellipsis: str = "…") -> tuple[str, ...]:
        cut["together"] += len(names)
        return cells.shortened(names, width, ellipsis)

    with monkeypatch.context() as patch:
        for module in (interaction_matrix, tool_table):
            patch.setattr(module, "shortened_alone", alone)
            patch.setattr(module, "shortened", together)
        yield cut


async def test_a_matrix_of_thousands_is_drawn_from_what_is_visible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane = InteractionMatrix()
    names = CountingNames(NAMES)
    figures = MatrixFigures.of(Interactions(Relation.TOOLS, names, COUNTS, "basis"), True)
    async with on_stage(pane, SIZE) as stage:
        with counted_cuts(monkeypatch) as cut:
            CountingNames.looked_at = 0
            pane.show_figures(CROWD, figures)
            await stage.settle()
            for _ in range(5):
                pane.move_cursor(1)
                pane.move_right()
                pane.show_figures(CROWD, figures)
                await stage.settle()
            text = stage.text()
        assert CountingNames.looked_at == 0
        assert not cut["together"]
        assert 0 < cut["alone"] < 2000
        assert "tool_6" in text


async def test_names_that_all_fit_are_not_compared_with_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane = InteractionMatrix()
    names = tuple(f"a{n}" for n in range(900))
    crowd = Interactions(Relation.FOLLOWS, names, dict.fromkeys(pairwise(names), 1), "basis")
    async with on_stage(pane, SIZE) as stage:
        with counted_cuts(monkeypatch) as cut:
            pane.show_interactions(crowd)
            await stage.settle()
        assert not cut["together"]


async def test_tools_by_the_thousand_are_drawn_from_what_is_visible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane = ToolTable()
    rows = ToolRows([tool(name, calls=9000 - n) for n, name in enumerate(NAMES)])
    asked: Counter[str] = Counter()
    row_key = ToolTable.row_key

    def counting(self: ToolTable, row: object) -> str:
        asked["keys"] += 1
        return row_key(self, row)  # type: ignore[arg-type]  # what the table gives

    monkeypatch.setattr(ToolTable, "row_key", counting)
    async with on_stage(pane, (34, 20)) as stage:
        with counted_cuts(monkeypatch) as cut:
            pane.show_rows(rows)
            await stage.settle()
            pane.move_to(3000)
            for _ in range(5):
                pane.show_rows(rows)
                pane.move_cursor(1)
                await stage.settle()
            text = stage.text()
        assert not cut["together"]
        assert 0 < cut["alone"] < 500
        assert asked["keys"] < 100
        assert "3000" in text


async def test_a_search_among_thousands_of_tools_looks_at_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pane = ToolTable()
    rows = ToolRows([tool(name, calls=9000 - n) for n, name in enumerate(NAMES)])
    made = 0
    cell = ToolTable.cell

    def counting(self: ToolTable, row: ToolStatistic, column: str, width: int) -> Cell:
        nonlocal made
        made += 1
        return cell(self, row, column, width)

    async with on_stage(pane, SIZE) as stage:
        pane.show_rows(rows)
        await stage.settle()
        monkeypatch.setattr(ToolTable, "cell", counting)
        assert pane.find("TOOL_4711") == 1
        assert pane.find_next(1)
        await stage.settle()
        assert pane.cursor == 4711
        assert made < 1000


async def test_a_tool_is_found_and_copied_by_its_whole_name() -> None:
    pane = ToolTable()
    async with on_stage(pane, SIZE):
        pane.show_tools([tool("mcp__filesystem__read_multiple_files"), tool("Read")])
        assert pane.find("multiple_files") == 1
        assert pane.text_under_cursor().startswith("mcp__filesystem__read_multiple_files  ")


async def test_the_cursor_stays_on_its_tool_among_thousands() -> None:
    pane = ToolTable()
    tools = [tool(name, "go" if n % 2 else None, calls=9000 - n) for n, name in enumerate(NAMES)]
    async with on_stage(pane, SIZE) as stage:
        pane.show_rows(ToolRows(tools))
        pane.move_to(4000)
        await stage.settle()
        held = pane.current_key
        pane.show_rows(ToolRows(tools, "calls", True))
        assert pane.current_key == held
        assert pane.cursor == 999
        assert pane.select("mcp__server_1__tool_1\ngo")
        assert not pane.select("mcp__server_1__tool_1")


async def test_an_export_of_a_large_matrix_is_a_list_of_its_counts() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, SIZE):
        pane.show_interactions(CROWD)
        lines = pane.lines_as_text()
    assert len(lines) == len(COUNTS) + 1
    assert lines[0].split() == ["from", "to", "count"]
    assert lines[1].split() == [*NAMES[:2], "1"]


def test_where_each_name_leads_is_in_the_order_of_the_columns() -> None:
    names = ("b", "a", "c")
    counts = {("a", "c"): 1, ("a", "b"): 2, ("b", "b"): 3, ("c", "a"): 0}
    figures = MatrixFigures.of(Interactions(Relation.FOLLOWS, names, counts, ""), True)
    assert figures.by_row() == {"a": ["b", "c"], "b": ["b"]}


async def test_a_search_in_a_matrix_looks_at_counts_and_not_at_all_pairs_of_names() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, SIZE):
        figures = MatrixFigures.of(CROWD, True)
        asked: Counter[str] = Counter()

        class Counts(dict[tuple[str, str], int]):
            def get(self, key: tuple[str, str], default: Any = None) -> Any:
                asked["pairs"] += 1
                return super().get(key, default)

        object.__setattr__(figures, "counts", Counts(figures.counts))
        pane.show_figures(CROWD, figures)
        asked.clear()
        assert pane.find("tool_4711") == 2
        assert asked["pairs"] <= len(COUNTS) + 2000
