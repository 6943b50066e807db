from __future__ import annotations

import pytest

from queries.models.comparison import Curve
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.glyphs import ASCII, UNICODE
from widgets.overlay_chart import OverlayChart
from widgets.plot_canvas import height_at, plot, sign_of

SLOW = Curve((0.0, 50.0, 100.0), (1, 5, 10), (0, 0, 1), None)
FAST = Curve((0.0, 25.0, 50.0), (2, 10, 20), (0, 4, 4), (5, 50, 500))


def test_a_curve_stays_level_between_its_points_and_ends() -> None:
    line = (SLOW.seconds, SLOW.events)
    assert [height_at(line, x) for x in (0, 49, 50, 99, 100, 101, -1)] == [
        1, 1, 5, 5, 10, None, None,
    ]  # fmt: skip
    assert height_at(((), ()), 0) is None


def test_ascii_draws_each_curve_with_its_own_sign() -> None:
    drawn = plot(
        [(SLOW.seconds, SLOW.events), (FAST.seconds, FAST.events)], 11, 5, 100.0, 20.0, ASCII
    )
    assert drawn == [
        "     2     ",
        "           ",
        "   22     1",
        "     11111 ",
        "11111      ",
    ]


def test_braille_carries_a_sign_at_the_end_of_every_curve() -> None:
    lines = [(SLOW.seconds, SLOW.events), (FAST.seconds, FAST.events)]
    drawn = plot(lines, 40, 10, 100.0, 20.0, UNICODE)
    assert drawn[0].rstrip()[-1] == "2"
    assert any(line.endswith("1") for line in drawn)
    assert any("\u2800" < sign < "\u28ff" for line in drawn for sign in line)
    assert {len(line) for line in drawn} == {40}
    assert plot(lines, 0, 10, 1.0, 1.0, UNICODE) == []
    assert [sign_of(index) for index in (0, 9, 50)] == ["1", "a", "+"]


async def test_the_legend_tells_the_ends_and_the_ruler_the_values_at_a_time() -> None:
    chart = OverlayChart()
    async with on_stage(chart, (60, 20)) as stage:
        chart.show_curves([SLOW, FAST], ["Port the parser", "Port it again"])
        await stage.settle()
        assert "1  Port the parser: 10 events in 1m40s" in stage.text()
        assert "2  Port it again: 20 events in 50s" in stage.text()
        assert stage.lines()[0].split()[0].startswith("20")
        for _ in range(9):
            chart.move_left()
        await stage.settle()
        assert "1  Port the parser: 1 events after" in stage.text()
        assert "2  Port it again: 10 events after" in stage.text()
        for _ in range(20):
            chart.move_right()
        await stage.settle()
        assert "2  Port it again: over by then, with 20 events after 1m40s" in stage.text()
        stage.assert_exact_widths()


async def test_other_measures() -> None:
    chart = OverlayChart()
    async with on_stage(chart, (60, 20)) as stage:
        chart.show_curves([SLOW, FAST], ["one", "two"])
        chart.show_measure("tokens")
        await stage.settle()
        assert "1  one: —" in stage.text()
        assert "2  two: 500 tokens in 50s" in stage.text()
        assert chart.covers().startswith("tokens so far")
        chart.show_measure("errors")
        await stage.settle()
        assert "1  one: 1 errors in 1m40s" in stage.text()


async def test_nothing_to_draw() -> None:
    chart = OverlayChart()
    async with on_stage(chart, (40, 10)) as stage:
        chart.show_curves([], [])
        await stage.settle()
        assert stage.lines()[0].strip() == "No curves to draw."
        chart.show_curves([Curve((), (), (), None)], ["empty"])
        await stage.settle()
        assert "1  empty: —" in stage.text()


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_hostile_names(size: tuple[int, int]) -> None:
    chart = OverlayChart()
    async with on_stage(chart, size) as stage:
        chart.show_curves([SLOW, FAST, SLOW, FAST, SLOW], HOSTILE)
        await stage.settle()
        stage.assert_exact_widths()
        chart.move_left()
        await stage.settle()
        stage.assert_exact_widths()
        if size == (200, 60):
            assert "[@click=app.quit]x[/]" in stage.text()
