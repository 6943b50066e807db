from __future__ import annotations

import pytest

from tests.widgets.overviews import EVENTS, hours, trends
from tests.widgets.pane_app import SIZES, on_stage
from widgets.column_chart import column_width, columns_text, nice_top, placed_labels
from widgets.glyphs import ASCII, UNICODE
from widgets.pane import Pane
from widgets.trend_chart import TrendChart
from widgets.trend_figures import MEASURES


@pytest.mark.parametrize(
    ("highest", "whole", "top"),
    [(0, True, 1), (3, True, 3), (7, True, 8), (11, True, 15), (800, True, 800), (801, True, 1000),
     (0.3, False, 0.3), (0.07, False, 0.08), (1.2, True, 2)],
)  # fmt: skip
def test_the_top_of_an_axis_is_round_and_not_below_the_highest(
    highest: float, whole: bool, top: float
) -> None:
    assert nice_top(highest, whole) == pytest.approx(top)


def test_columns_are_as_high_as_their_values() -> None:
    rows = columns_text([0, 1, 4, 8, None], 2, 8.0, 1, UNICODE)
    assert rows == [[" ", " ", " ", "█", " "], [" ", "▂", "█", "█", " "]]
    assert columns_text([0.001], 1, 8.0, 3, UNICODE) == [["▁▁ "]]
    assert columns_text([8, 2], 1, 8.0, 1, ASCII) == [["#", "_"]]


def test_columns_share_the_room() -> None:
    assert [column_width(*pair) for pair in ((10, 50), (60, 50), (2, 50), (0, 50))] == [5, 1, 16, 1]


def test_labels_do_not_touch_and_the_urgent_are_first() -> None:
    labels = [(0, "one"), (3, "two"), (6, "three"), (9, "end")]
    assert placed_labels(labels, 12) == "one   three "
    assert placed_labels(labels, 12, frozenset({3})) == "one      end"
    assert placed_labels([(10, "long")], 12) == " " * 12


async def test_a_chart_with_axes_labels_and_the_value_under_the_cursor() -> None:
    chart = TrendChart()
    async with on_stage(chart, (58, 10)) as stage:
        chart.show_trends(trends())
        await stage.settle()
        lines = stage.lines()
        assert lines[0].startswith("events  2026-01-21: 505 · 2,796 in all")
        assert lines[1].startswith("   800│               ████")
        assert lines[4].startswith("   400│")
        assert lines[8].split()[0].startswith("0└")
        assert lines[8].index("▲") == 7 + 9 * 5
        assert lines[9].split() == ["01-12", "01-14", "01-16", "01-18", "01-20"]
        assert chart.covers() == "events by day · 2026-01-12 to 2026-01-21 · UTC"
        chart.move_top()
        await stage.settle()
        assert stage.lines()[0].startswith("events  2026-01-12: 312")
        assert stage.lines()[8].index("▲") == 7
        stage.assert_exact_widths()


async def test_an_empty_bucket_is_zero_and_its_rates_are_unknown() -> None:
    chart = TrendChart()
    async with on_stage(chart, (58, 10)) as stage:
        chart.show_trends(trends())
        chart.move_top()
        chart.move_right()
        assert chart.text_under_cursor().startswith("2026-01-13: 0 events, 0 failed; 0 sessions")
        assert "completion —; call errors — (0 of 0)" in chart.text_under_cursor()
        await stage.settle()
        assert "·" not in stage.lines()[8]
        chart.show_measure("call errors")
        await stage.settle()
        # Two days without a call: the axis is dotted there.
        assert stage.lines()[8].count("·") == 9
        assert stage.lines()[8][7 + 5] == "▲"


async def test_up_and_down_go_through_the_measures() -> None:
    chart = TrendChart()
    async with on_stage(chart, (58, 10)) as stage:
        chart.show_trends(trends())
        seen = []
        for _ in MEASURES:
            await stage.settle()
            seen.append(stage.lines()[0].split("  ")[0])
            chart.move_cursor(1)
        assert len(set(seen)) == len(MEASURES)
        assert chart.measure == MEASURES[0]


async def test_several_charts_where_there_is_room() -> None:
    chart = TrendChart()
    async with on_stage(chart, (80, 33)) as stage:
        chart.show_trends(trends())
        await stage.settle()
        assert stage.text().count("▲") == 4
        assert [line for line in stage.lines() if line.startswith("completion rate")]


async def test_more_buckets_than_cells_are_scrolled_to() -> None:
    chart = TrendChart()
    async with on_stage(chart, (38, 8)) as stage:
        chart.show_trends(hours(tuple(range(60))))
        assert "31-60 of 60" in chart.covers()
        said = len(stage.said(Pane.CursorMoved))
        chart.move_page(-1)
        assert "30-59 of 60" in chart.covers()
        chart.move_top()
        assert "1-30 of 60" in chart.covers()
        await stage.settle()
        assert len(stage.said(Pane.CursorMoved)) > said
        stage.assert_exact_widths()


async def test_the_cursor_stays_on_its_bucket_or_at_the_end() -> None:
    chart = TrendChart()
    async with on_stage(chart, (58, 10)):
        chart.show_trends(trends(EVENTS[:5]))
        chart.show_trends(trends(EVENTS[:6]))
        assert chart.bucket is not None
        assert chart.bucket.label == "2026-01-17"
        chart.move_left()
        chart.show_trends(trends(EVENTS))
        assert chart.bucket.label == "2026-01-16"


async def test_what_is_left_out_is_told() -> None:
    chart = TrendChart()
    async with on_stage(chart, (58, 10)) as stage:
        chart.show_trends(trends(left_out=24, undated=3))
        assert "24 earlier left out · 3 without a time" in chart.covers()
        chart.show_trends(trends(()))
        await stage.settle()
        assert stage.lines()[0].startswith("Nothing has a known time")
        assert chart.text_under_cursor() == ""


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_in_ascii(size: tuple[int, int]) -> None:
    chart = TrendChart(glyphs=ASCII)
    async with on_stage(chart, size) as stage:
        for shown in (trends(), hours(tuple(range(500))), trends((3,))):
            chart.show_trends(shown)
            await stage.settle()
            stage.assert_exact_widths()
            chart.move_page(-1)
            chart.line_clicked(0, 5)
            await stage.settle()
            assert stage.text().isascii()
