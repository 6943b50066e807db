"""Lanes, merged entries and the state of a session at an instant."""

from __future__ import annotations

import pytest

from queries.folding.pairing import paired
from queries.models import Event, EventKind, EventState, Phase
from queries.store import Store
from queries.timeline import as_of, entries, read_session, replay, steps_of, timeline
from queries.tools import tool_statistics
from queries.whole_store import count_store
from tests.queries.events import call, event
from tests.queries.samples import DATA
from tests.queries.test_fold import folded

OK, ERROR, RUNNING = EventState.OK, EventState.ERROR, EventState.RUNNING


def rows() -> list[Event]:
    return [
        event(1, kind=EventKind.MESSAGE, agent="planner", time=100.0, state=EventState.UNKNOWN),
        event(2, agent="hacker", time=101.0, duration=10.0),
        event(3, agent="hacker", time=105.0, duration=2.0, state=ERROR),
        event(4, agent="planner", time=112.0, duration=None, state=RUNNING),
        event(5, agent="hacker", time=None),
    ]


def test_lanes_have_spans_and_rows() -> None:
    found = timeline("s1", rows(), now=150.0, alive=True)
    assert [lane.agent for lane in found.lanes] == ["planner", "hacker"]
    planner, hacker = found.lanes
    assert [(span.start, span.end, span.row, span.running) for span in planner.spans] == [
        (100.0, 100.0, 0, False), (112.0, 150.0, 0, True),
    ]  # fmt: skip
    assert [(span.start, span.end, span.row) for span in hacker.spans] == [
        (101.0, 111.0, 0), (105.0, 107.0, 1),
    ]  # fmt: skip
    assert (hacker.rows, hacker.calls, hacker.errors, hacker.busy) == (2, 2, 1, 10.0)
    assert (found.first, found.last, found.undated, found.events) == (100.0, 150.0, 1, 5)


def test_running_calls_grow_until_their_session_is_over() -> None:
    later = timeline("s1", rows(), now=160.0, alive=True)
    assert later.lanes[0].spans[-1].end == 160.0
    over = timeline("s1", rows(), now=160.0, alive=False)
    span = over.lanes[0].spans[-1]
    assert (span.end, span.running, span.never_ended) == (112.0, False, True)


def test_steps_are_where_something_begins_or_ends() -> None:
    found = timeline("s1", rows(), now=150.0, alive=True)
    assert found.steps == (100.0, 101.0, 105.0, 107.0, 111.0, 112.0)


def test_a_session_as_of_an_instant() -> None:
    found = as_of(rows(), 106.0)
    assert [(each.seq, each.state, each.duration) for each in found] == [
        (1, EventState.UNKNOWN, None), (2, RUNNING, None), (3, RUNNING, None),
    ]  # fmt: skip
    assert [each.state for each in as_of(rows(), 107.0)][2] is ERROR
    # What has no time of its own came with what came before it.
    assert [each.seq for each in as_of(rows(), 112.0)] == [1, 2, 3, 4, 5]
    shown = timeline("s1", rows(), now=999.0, alive=False, at=106.0)
    assert shown.lanes[1].spans[0].end == 106.0
    assert shown.lanes[1].spans[0].running
    assert shown.steps == timeline("s1", rows(), now=150.0, alive=True).steps
    last = timeline("s1", rows(), now=999.0, alive=False, at=112.0)
    assert last.lanes[0].spans[-1].never_ended, "as it is now: nothing came after this"


@pytest.mark.parametrize("name", ["heist-audit", "htmlgraph-0.26.1", "htmlgraph-0.35.0"])
def test_a_replay_ends_as_the_session_is(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        counted = count_store(store)
        for row in counted.rows:
            events, more = read_session(store, row.id)
            assert not more
            last = steps_of(events)[-1]
            now = replay(
                row.id, events, last, messages_only=store.mapping.has_messages,
                is_alive=counted.is_alive,
            )  # fmt: skip
            assert now.part == 1.0
            assert now.events == events
            same = ("events", "messages", "prompts", "tool_calls", "ok", "errors", "tokens")
            for field in same:
                assert getattr(now.totals, field) == getattr(row.totals, field), field
            first = replay(row.id, events, steps_of(events)[0], messages_only=True)
            assert first.part == 0.0
            assert 0 < len(first.events) < len(events)
            middle = steps_of(events)[len(steps_of(events)) // 2]
            half = replay(row.id, events, middle, messages_only=True)
            begun = [each for each in events if (each.time or 0) <= middle]
            assert half.totals.events == len(begun)
            statistics = tool_statistics(folded(list(as_of(events, middle))), lambda _: True)
            assert half.figures.tools == statistics


def test_exact_repeats_are_one_entry_if_that_is_asked_for() -> None:
    said = [
        event(1, kind=EventKind.MESSAGE, summary="hello"),
        event(2, kind=EventKind.MESSAGE, summary="hello"),
        event(3, kind=EventKind.MESSAGE, summary="hello", agent="mole"),
        event(4, kind=EventKind.MESSAGE, summary=""),
        event(5, kind=EventKind.MESSAGE, summary=""),
        event(6, summary="x"),
        event(7, summary="x", state=ERROR),
    ]
    found = entries(said, collapse=True)
    assert [(entry.event.seq, entry.times) for entry in found] == [
        (1, 2), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1),
    ]  # fmt: skip
    assert found[0].repeats == (said[1],)
    assert [entry.event for entry in entries(said, collapse=False)] == said


def test_messages_and_calls_are_merged_in_order() -> None:
    with Store(DATA / "heist-audit.db") as store:
        events, more = read_session(store, "heist_1766132250")
        newest, older = read_session(store, "heist_1766132250", limit=10)
    assert not more
    assert older
    assert newest == events[-10:]
    assert {each.kind for each in events} == {EventKind.MESSAGE, EventKind.TOOL}
    times = [each.time or 0.0 for each in events]
    assert times == sorted(times)


def test_two_rows_of_a_call_are_one_span() -> None:
    both = paired([call(1, Phase.START, time=10.0), call(2, Phase.END, time=14.0)])
    found = timeline("s1", both, now=99.0, alive=True)
    assert [(span.start, span.end) for lane in found.lanes for span in lane.spans] == [(10.0, 14.0)]
    assert [each.state for each in as_of(both, 12.0)] == [RUNNING]


def test_nothing_has_a_timeline_too() -> None:
    found = timeline("s1", [], now=1.0, alive=True)
    assert (found.first, found.lanes, found.entries, found.steps) == (None, (), (), ())
    assert replay("s1", [], 5.0, messages_only=False).part == 1.0
