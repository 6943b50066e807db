from __future__ import annotations

from datetime import UTC

import pytest

from queries.models import EventState
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from tests.widgets.timelines import NOON, event, many, small, span, timeline
from widgets.glyphs import ASCII
from widgets.lane_index import LaneIndex
from widgets.waterfall import Waterfall


def pane(**options: object) -> Waterfall:
    return Waterfall(zone=UTC, **options)  # type: ignore[arg-type]  # options of the view


def current(shown: Waterfall) -> int:
    assert shown.current_span is not None
    return shown.current_span.event.seq


async def test_lanes_under_an_axis() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.show_index(LaneIndex(small()))
        await stage.settle()
        lines = stage.lines()
        assert "│22:13:30     │22:14:00" in lines[0]
        assert lines[1].startswith("planner ❯")
        assert lines[2].startswith("hacker ")
        assert lines[3].startswith("        ")
        assert "✗" in lines[2]
        assert "●Edit╍" in lines[2]
        stage.assert_exact_widths()
        assert view.covers().startswith("22:13:20-22:15:00 · 2.2s/cell")


async def test_the_cursor_begins_at_the_end_and_moves_by_spans_and_lanes() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.show_index(LaneIndex(small()))
        assert current(view) == 7
        view.move_left()
        assert current(view) == 6
        view.move_left()
        view.move_left()
        assert current(view) == 4
        view.move_cursor(1)
        assert current(view) == 5
        view.move_cursor(-2)
        assert current(view) == 3
        view.move_top()
        assert current(view) == 1
        view.move_left()
        assert current(view) == 1
        view.move_bottom()
        assert current(view) == 7
        await stage.settle()
        assert len(stage.said(Waterfall.CursorMoved)) >= 6


async def test_facts_of_the_cursor() -> None:
    view = pane()
    async with on_stage(view, (60, 6)):
        view.show_index(LaneIndex(small()))
        assert view.go_to((0, 4))
        assert view.text_under_cursor() == ("22:13:55 · hacker · Bash  file 4 · 10s · failed")
        view.go_to((0, 7))
        view.tick(NOON + 95.7)
        assert view.text_under_cursor().endswith("file 7 · still running · for 15s so far")
        assert not view.go_to((0, 99))


async def test_zoom_pan_and_fit() -> None:
    view = pane()
    async with on_stage(view, (60, 6)):
        view.show_index(LaneIndex(small()))
        assert view.axis is not None
        whole = view.axis
        view.go_to((0, 4))
        column = whole.column(NOON + 35)
        view.zoom(1)
        assert view.axis.cell == pytest.approx(whole.cell / 2)
        assert view.axis.column(NOON + 35) == column
        view.pan(0.5)
        assert view.axis.start > whole.start
        view.pan(1000)
        assert view.axis.start < NOON + 200
        view.zoom(-5)
        assert view.axis == view._whole_axis()
        view.zoom(3)
        view.fit_all()
        assert view.axis.start == NOON


async def test_going_to_a_span_out_of_sight_shows_it() -> None:
    view = pane()
    async with on_stage(view, (60, 6)):
        view.show_index(LaneIndex(small()))
        view.zoom(5)
        view.move_top()
        assert view.axis is not None
        assert 0 <= view.axis.column(NOON) < view.axis.width


async def test_what_shares_a_cell_is_said_and_skipped() -> None:
    view = pane()
    async with on_stage(view, (110, 6)) as stage:
        view.show_index(LaneIndex(many(1000)))
        view.move_top()
        await stage.settle()
        assert "1,000 merged" in view.covers()
        assert "of 9 in this cell" in view.text_under_cursor() or "of 10 in this cell" in (
            view.text_under_cursor()
        )
        before = current(view)
        view.move_right()
        after = current(view)
        assert after - before in (9, 10)
        assert "1 of" in view.text_under_cursor()
        view.move_left()
        assert current(view) == after - 1
        assert "9 of 9" in view.text_under_cursor() or "10 of 10" in view.text_under_cursor()
        view.move_right()
        view.move_right()
        view.move_left()
        view.move_left()
        assert current(view) == after - 1


async def test_errors_and_search_go_round_the_end() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.show_index(LaneIndex(small()))
        assert view.next_error(1)
        assert current(view) == 4
        assert view.find("auth") == 1
        assert current(view) == 2
        assert view.find("FILE") == 4
        assert view.find_next(1)
        assert current(view) in {3, 4}
        await stage.settle()
        assert view.find("nothing like it") == 0
        assert view.find("") == 0
        assert not view.find_next(1)


async def test_the_past_is_shown_as_it_was() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.show_index(LaneIndex(small()))
        view.look_at(NOON + 40)
        await stage.settle()
        assert current(view) == 5
        assert "▼" in stage.lines()[0]
        assert "✗" not in stage.text()
        assert "Edit" not in stage.text()
        view.move_bottom()
        assert current(view) == 5
        assert not view.next_error(1)
        view.go_to((0, 4))
        assert "still running" in view.text_under_cursor()
        assert not any("done" in line for line in view.lines_as_text())
        view.look_at(None)
        await stage.settle()
        assert "✗" in stage.text()


async def test_growing_keeps_cursor_zoom_and_end() -> None:
    view = pane()
    first = [span(event(1, 0, 5.0)), span(event(2, 50, state=EventState.RUNNING), now=60)]
    async with on_stage(view, (60, 6)) as stage:
        view.show_index(LaneIndex(timeline(first)))
        view.move_top()
        fitted = view.axis
        view.tick(NOON + 61)
        assert view.axis == fitted
        view.tick(NOON + 200)
        assert view.axis is not None
        assert view.axis.end > NOON + 200
        view.move_bottom()
        view.zoom(2)
        end = view.axis.end
        while view.axis.end <= NOON + 200:
            view.pan(0.5)
        before = view.axis
        view.tick(before.end + 30)
        assert view.axis.cell == before.cell
        assert view.axis.end > before.end + 30
        assert end
        more = [*first, span(event(3, 300, 1.0, agent="late"))]
        view.show_index(LaneIndex(timeline(more)))
        assert current(view) == 2
        await stage.settle()
        assert view.line_count == 2


async def test_a_call_that_runs_in_silence_for_long_leaves_room_for_all_else() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.tick(NOON + 86_400)
        view.show_index(LaneIndex(small()))
        await stage.settle()
        lines = stage.lines()
        assert "│22:13:30" in lines[0]
        assert lines[1].startswith("planner ❯")
        assert "Read" in lines[1]
        # It runs on behind the edge, and the title says why the present is not there.
        assert lines[2].rstrip("▇ ").endswith("╍")
        assert view.covers() == "22:13:20-22:15:12 · 2.5s/cell · silent for 23h58m"
        assert view.text_under_cursor().endswith("for 23h58m so far")
        view.zoom(1)
        view.pan(5)
        assert view.axis is not None
        assert view.axis.start < NOON + 120
        view.fit_all()
        before = view.axis
        view.tick(NOON + 86_500)
        assert view.axis == before


async def test_a_call_that_runs_for_a_while_is_drawn_up_to_the_present() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.tick(NOON + 1500)
        view.show_index(LaneIndex(small()))
        await stage.settle()
        assert view.axis is not None
        assert view.axis.end > NOON + 1500
        assert "silent" not in view.covers()


async def test_a_tick_repaints_only_lines_with_something_running() -> None:
    view = pane()
    async with on_stage(view, (60, 8)) as stage:
        view.show_index(LaneIndex(small()))
        view.tick(NOON + 101)
        await stage.settle()
        assert view.axis is not None
        with stage.repaints() as drawn:
            view.tick(NOON + 101 + view.axis.cell)
            await stage.settle()
        assert drawn == [2]
        with stage.repaints() as drawn:
            view.tick(NOON + 101 + view.axis.cell)
            await stage.settle()
        assert drawn == []


async def test_as_text_each_lane_tells_all_its_events() -> None:
    view = pane()
    async with on_stage(view, (60, 6)):
        view.show_index(LaneIndex(small()))
        lines = view.lines_as_text()
        assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
            "planner", "hacker",
        ]  # fmt: skip
        events = [line.split(maxsplit=2) for line in lines if line.startswith("  ")]
        assert [clock for _, clock, _ in events] == [
            "22:13:20", "22:13:25", "22:13:50", "22:13:55", "22:14:20", "22:14:40", "22:14:00",
        ]  # fmt: skip
        assert "src/auth.py" in events[1][2]
        view.look_at(NOON + 32)
        assert len([line for line in view.lines_as_text() if line.startswith("  ")]) == 3


async def test_opening_names_the_event() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.open_current()
        view.show_index(LaneIndex(small()))
        view.open_current()
        await stage.settle()
        assert [said.event.seq for said in stage.said(Waterfall.Opened)] == [7]


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_hostile_and_ascii(size: tuple[int, int]) -> None:
    spans = [
        span(event(number, number * 5, 4.0, agent=text, tool=text, summary=text))
        for number, text in enumerate(HOSTILE)
    ]
    for glyphs in ({}, {"glyphs": ASCII}):
        view = pane(**glyphs)
        async with on_stage(view, size) as stage:
            view.show_index(LaneIndex(timeline(spans)))
            for _ in range(6):
                view.move_left()
                view.move_cursor(1)
                view.zoom(1)
                await stage.settle()
                stage.assert_exact_widths()
            if glyphs:
                assert all(line[:-1].isascii() for line in stage.lines())


async def test_nothing_is_an_answer() -> None:
    view = pane()
    async with on_stage(view, (60, 6)) as stage:
        view.show_index(LaneIndex(timeline([])))
        for act in (view.move_left, view.move_top, view.move_bottom, view.fit_all):
            act()
        view.zoom(1)
        view.pan(1.0)
        view.look_at(NOON)
        view.tick(NOON)
        assert not view.next_error(1)
        assert view.find("x") == 0
        assert view.text_under_cursor() == ""
        await stage.settle()
        assert "Nothing with a known time" in stage.text()
