from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.widgets.comparisons import DURATION, group_metric
from tests.widgets.pane_app import SIZES, PaneApp
from widgets.glyphs import ASCII, UNICODE
from widgets.pane import Pane
from widgets.strip_plot import LINES, StripPlot, quantile, strip_lines

values = st.lists(st.floats(-1e6, 1e6), max_size=20)


def test_both_groups_share_an_axis() -> None:
    assert strip_lines([0, 10, 20, 30, 40], [60, 60, 60, 100], DURATION, 34, ASCII) == [
        "A ---[==|==]---",
        "  o  o  o  o  o",
        "B                   |==]---------",
        "                    3           o",
        "  +--------------+--------------+",
        "  0s            50s         1m40s",
    ]


def test_one_value_and_none() -> None:
    lines = strip_lines([5.0], [], DURATION, 34, ASCII)
    assert lines[0].strip("A ") == "|"
    assert lines[1].strip() == "o"
    assert lines[2] == "B no values"
    assert strip_lines([], [], DURATION, 34) == []
    assert strip_lines([1.0], [2.0], DURATION, 8) == []


def test_quartiles_lie_between_values() -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.25) == 1.75
    assert quantile([7.0], 0.75) == 7.0


@example([], [5e-324], 14)
@given(values, values, st.integers(14, 120))
def test_nothing_is_wider_than_the_room_and_no_value_is_lost(
    a: list[float], b: list[float], width: int
) -> None:
    lines = strip_lines(a, b, DURATION, width, UNICODE)
    assert len(lines) == (LINES if a or b else 0)
    assert all(len(line) <= width for line in lines)
    for group, line in ((a, lines[1:2]), (b, lines[3:4])):
        told = sum(1 if sign == "•" else int(sign) for sign in "".join(line) if sign not in " #")
        assert told == len(group) or "#" in "".join(line)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size(size: tuple[int, int]) -> None:
    plot = StripPlot()
    app = PaneApp(Pane())
    async with app.run_test(size=size) as pilot:
        await app.mount(plot)
        plot.show_metric(group_metric())
        await pilot.pause()
        assert not plot.can_focus
        if size == (200, 60):
            shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
            assert "duration: one point per session" in shown
            assert "5m10s" in shown
        plot.show_metric(None)
        await pilot.pause()
