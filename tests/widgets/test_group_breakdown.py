from __future__ import annotations

import pytest

from queries.models.overview import Breakdown, By, Window
from tests.widgets.overviews import FIRST, breakdown, group
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.group_breakdown import SORTS, BreakdownTable, sort_groups

NOW = FIRST + 2 * 86400


def names(table: BreakdownTable) -> list[str | None]:
    return [row.name for row in table.rows[:-1]]


async def test_every_figure_of_a_group() -> None:
    table = BreakdownTable()
    async with on_stage(table, (200, 8)) as stage:
        table.show_breakdown(breakdown(), NOW)
        await stage.settle()
        assert " ago common error" in stage.lines()[0]
        cells = stage.lines()[1].split()
        assert cells[:2] == ["api", "9"]
        for figure in ("4m45s", "9m00s", "22.2", "12.2-32.2", "85", "excellent", "180", "2x"):
            assert figure in cells, figure
        assert stage.lines()[5].split()[:3] == ["all", "sessions", "20"]
        assert stage.lines()[4].split()[0] == "(unknown)"
        assert "—" in stage.lines()[4]
        assert 'most common error, 2 times: "timeout"' in table.text_under_cursor()


async def test_sorting_keeps_the_unknown_last_and_the_cursor_on_its_group() -> None:
    table = BreakdownTable()
    async with on_stage(table, (100, 8)):
        table.show_breakdown(breakdown(), NOW)
        assert names(table) == ["api", "worker", "billing", None]
        table.select("billing")
        table.show_breakdown(breakdown(), NOW, "failing")
        assert names(table)[:2] == ["billing", "api"]
        assert table.current_key == "billing"
        table.show_breakdown(breakdown(), NOW, "name")
        assert names(table) == ["api", "billing", "worker", None]
        table.show_breakdown(breakdown(), NOW, "last", reverse=True)
        assert names(table) == ["billing", "worker", "api", None]


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_sorts(sort: str) -> None:
    groups = breakdown().groups
    for reverse in (False, True):
        assert len(sort_groups(groups, sort, reverse)) == len(groups)


async def test_opening_tells_the_group() -> None:
    table = BreakdownTable()
    async with on_stage(table, (100, 8)) as stage:
        table.show_breakdown(breakdown(), NOW)
        table.open_current()
        table.move_bottom()
        table.open_current()
        await stage.settle()
        opened = [message.group for message in stage.said(BreakdownTable.Opened)]
        assert [None if found is None else found.name for found in opened] == ["api", None]
        assert table.covers() == "4"


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_hostile_names(size: tuple[int, int]) -> None:
    table = BreakdownTable()
    shown = Breakdown(
        By.AGENT, Window(), tuple(group(name, 3, 1, common_error=name) for name in HOSTILE),
        group(None, 9, 1),
    )  # fmt: skip
    async with on_stage(table, size) as stage:
        table.show_breakdown(shown, NOW)
        await stage.settle()
        stage.assert_exact_widths()
        if size == (200, 60):
            assert "[@click=app.quit]x[/]" in stage.text()
