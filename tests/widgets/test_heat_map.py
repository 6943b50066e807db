from __future__ import annotations

import pytest

from queries.models.overview import HeatMap
from tests.widgets.overviews import heat
from tests.widgets.pane_app import SIZES, on_stage
from widgets.glyphs import ASCII, UNICODE
from widgets.heat_map import HeatMapView, legend, shade_of


def test_shades_are_equal_steps_and_something_is_never_nothing() -> None:
    assert [shade_of(n, 20) for n in (0, 1, 5, 6, 10, 11, 15, 16, 20)] == [
        0, 1, 1, 2, 2, 3, 3, 4, 4,
    ]  # fmt: skip
    assert shade_of(1, 100_000) == 1
    assert shade_of(0, 0) == 0


@pytest.mark.parametrize(
    ("highest", "words"),
    [(20, "░ 1-5  ▒ 6-10  ▓ 11-15  █ 16-20"), (4, "░ 1  ▒ 2  ▓ 3  █ 4"), (1, "█ 1"), (0, "")],
)
def test_the_legend_says_what_the_shades_stand_for(highest: int, words: str) -> None:
    assert legend(highest, UNICODE) == words


async def test_hours_shades_and_sums() -> None:
    pane = HeatMapView()
    async with on_stage(pane, (78, 10)) as stage:
        pane.show_heat(heat(), "UTC")
        await stage.settle()
        lines = stage.lines()
        assert lines[0].split() == ["00", "03", "06", "09", "12", "15", "18", "21", "total"]
        assert lines[2][4 + 28 : 4 + 30] == "██"
        assert lines[2].split()[-1] == "74"
        assert lines[6].split() == ["Sat", "0"]
        assert lines[8].split()[-1] == "280"
        assert "█ 16-20" in lines[9]
        stage.assert_exact_widths()


@pytest.mark.parametrize(
    ("width", "has_totals"), [(28, False), (32, False), (40, True), (58, True)]
)
async def test_sums_are_shown_whole_or_not_at_all(width: int, has_totals: bool) -> None:
    pane = HeatMapView()
    async with on_stage(pane, (width, 10)) as stage:
        pane.show_heat(heat(), "UTC")
        await stage.settle()
        lines = stage.lines()
        assert ("tot" in lines[0]) is ("total" in lines[0]) is has_totals
        assert lines[2].rstrip().endswith("74") is has_totals
        stage.assert_exact_widths()


async def test_the_cursor_tells_an_hour() -> None:
    pane = HeatMapView()
    async with on_stage(pane, (58, 10)):
        pane.show_heat(heat(), "UTC")
        # It begins where most happened, and stays where it is.
        assert pane.text_under_cursor() == "Tuesday 14:00-15:00: 20 events, 7.1 % of all"
        pane.move_top()
        for _ in range(24):
            pane.move_left()
        pane.show_heat(heat(), "UTC")
        assert pane.text_under_cursor().startswith("Monday 00:00-01:00")
        pane.move_cursor(1)
        for _ in range(14):
            pane.move_right()
        assert pane.text_under_cursor() == "Tuesday 14:00-15:00: 20 events, 7.1 % of all"
        pane.move_bottom()
        for _ in range(30):
            pane.move_right()
        assert pane.text_under_cursor().startswith("Sunday 23:00-00:00: 0 events, 0.0 %")
        pane.action_page_down()
        pane.line_clicked(0, 4)
        assert pane.text_under_cursor().startswith("Monday 00:00-01:00")


async def test_wide_cells_have_counts() -> None:
    pane = HeatMapView(glyphs=ASCII)
    async with on_stage(pane, (160, 10)) as stage:
        pane.show_heat(heat(), "UTC")
        await stage.settle()
        assert "20#" in stage.lines()[2].split()
        assert stage.text().isascii()
        assert "   20" in pane.lines_as_text()[2]


async def test_nothing() -> None:
    pane = HeatMapView()
    async with on_stage(pane, (58, 10)) as stage:
        pane.show_heat(HeatMap(tuple((0,) * 24 for _ in range(7)), 0), "UTC")
        await stage.settle()
        assert stage.lines()[1].startswith("No event has a known time")
        assert pane.text_under_cursor() == ""


@pytest.mark.parametrize("size", SIZES)
async def test_every_size(size: tuple[int, int]) -> None:
    pane = HeatMapView()
    async with on_stage(pane, size) as stage:
        pane.show_heat(heat(), "UTC")
        for _ in range(8):
            pane.action_cursor_down()
            pane.action_cursor_right()
            await stage.settle()
            stage.assert_exact_widths()
