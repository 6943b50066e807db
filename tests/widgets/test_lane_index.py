from __future__ import annotations

from queries.models import EventState
from tests.widgets.timelines import NOON, event, many, small, span, timeline
from widgets.glyphs import ASCII, UNICODE
from widgets.lane_index import LaneIndex, LaneLine, as_of
from widgets.time_axis import TimeAxis
from widgets.waterfall_line import draw_line


def drawn(line: LaneLine, axis: TimeAxis, **options: float) -> str:
    pieces = draw_line(line, axis, UNICODE, **options).pieces
    return "".join(sign for sign, _ in pieces).rstrip()


def test_each_row_of_a_lane_is_a_line() -> None:
    index = LaneIndex(small())
    assert [(line.lane.agent, line.row) for line in index.lines] == [
        ("planner", 0), ("hacker", 0), ("hacker", 1)
    ]  # fmt: skip
    assert index.place_of((0, 5)) == (2, 0)
    assert index.place_of((0, 99)) is None
    assert [index.span(place).event.seq for place in index.in_order] == [1, 2, 3, 4, 5, 6, 7]
    assert index.is_running
    assert index.last_before(NOON + 37) == (1, 0)
    assert index.last_before(NOON - 1) is None


def test_bars_have_a_sign_and_their_tools_name() -> None:
    index = LaneIndex(small())
    axis = TimeAxis(NOON, 2.0, 51)
    assert drawn(index.lines[0], axis) == "❯ ▪Read━━━━━━  →" + "━" * 29
    assert drawn(index.lines[1], axis) == " " * 17 + "✗Bash━       ◇         ●Edit╍╍╍╍╍"
    assert drawn(index.lines[2], axis) == " " * 20 + "▪Grep━━━"


def test_running_calls_grow() -> None:
    line = LaneIndex(small()).lines[1]
    axis = TimeAxis(NOON + 70, 2.0, 40)
    assert drawn(line, axis) == "     ●Edit╍╍╍╍╍"
    assert drawn(line, axis, now=NOON + 110) == "     ●Edit" + "╍" * 10


def test_as_of_an_instant() -> None:
    index = LaneIndex(small())
    axis = TimeAxis(NOON, 2.0, 51)
    assert drawn(index.lines[1], axis, until=NOON + 40) == " " * 17 + "●╍╍╍"
    assert drawn(index.lines[0], axis, until=NOON + 10) == "❯ ●╍╍╍"
    assert drawn(index.lines[2], axis, until=NOON + 30) == ""
    shown = as_of(index.span((1, 0)), NOON + 40)
    assert (shown.running, shown.event.state, shown.event.duration) == (
        True, EventState.RUNNING, None,
    )  # fmt: skip
    assert as_of(index.span((1, 0)), NOON + 45).event.state is EventState.ERROR


def test_what_is_closer_than_a_cell_is_counted() -> None:
    line = LaneIndex(many(1000)).lines[0]
    axis = TimeAxis.fitting(NOON, NOON + 10_000, 101)
    made = draw_line(line, axis, UNICODE)
    signs = [sign for sign, _ in made.pieces]
    # Ten calls a cell, of which one failed.
    assert signs[:3] == ["9", "✗", "✗"]
    assert made.shared == 999
    fewer = draw_line(line, TimeAxis(NOON + 12, 30.0, 2), UNICODE)
    assert [sign for sign, _ in fewer.pieces] == ["3", "3"]
    dense = draw_line(LaneIndex(timeline(
        span(event(number, number / 100)) for number in range(30)
    )).lines[0], TimeAxis(NOON, 1.0, 2), UNICODE)  # fmt: skip
    assert dense.pieces[0] == ("▓", "strong")
    assert dense.shared == 30


def test_a_failure_of_later_does_not_colour_the_past() -> None:
    line = LaneIndex(timeline([
        span(event(1, 0.1, 0.1)), span(event(2, 0.5, 30.0, state=EventState.ERROR)),
    ])).lines[0]  # fmt: skip
    axis = TimeAxis(NOON, 1.0, 40)
    assert drawn(line, axis).startswith("✗")
    assert drawn(line, axis, until=NOON + 10).startswith("2")
    assert drawn(line, axis, until=NOON + 31).startswith("✗")


def test_reads_cells_and_not_spans() -> None:
    index = LaneIndex(many(20_000))
    line = index.lines[0]
    asked = 0

    class Counting(list[float]):
        def __getitem__(self, place: object) -> float:  # type: ignore[override]  # counts
            nonlocal asked
            asked += 1
            return list.__getitem__(self, place)  # type: ignore[call-overload,no-any-return]  # as is

    line.starts = Counting(line.starts)
    assert len(list(line.cells(TimeAxis.fitting(NOON, NOON + 10_000, 100), None, None))) == 100
    assert asked < 100 * 20


def test_ascii_is_ascii() -> None:
    index = LaneIndex(small())
    for line in index.lines:
        signs = "".join(sign for sign, _ in draw_line(line, TimeAxis(NOON, 2.0, 51), ASCII).pieces)
        assert signs.isascii()


def test_a_name_is_written_only_where_it_fits() -> None:
    line = LaneIndex(timeline([
        span(event(1, 0, 6.0, tool="Read")),
        span(event(2, 10, 20.0, tool="日本語")),
        span(event(3, 40, 10.0, tool="WebSearch")),
        span(event(4, 50, 5.0, tool="X")),
    ])).lines[0]  # fmt: skip
    assert drawn(line, TimeAxis(NOON, 1.0, 70)) == (
        "▪Read━    ▪" + "━" * 19 + " " * 10 + "▪" + "━" * 9 + "▪X━━━"
    )
