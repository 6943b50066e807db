"""Lanes, merged entries and the state of a session at an instant."""

from __future__ import annotations

import pytest

from queries.folding.delegation_rows import delegation_rows
from queries.folding.pairing import paired
from queries.live.scope import ScopeCounter
from queries.models import Event, EventKind, EventState, Phase, Relation, Scope
from queries.plain_data import replace
from queries.store import Store
from queries.timeline import as_of, entries, figures_at, read_session, steps_of, timeline
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
    found = timeline(rows(), now=150.0, alive=True)
    assert [lane.agent for lane in found.lanes] == ["planner", "hacker"]
    planner, hacker = found.lanes
    assert [(span.start, span.end, span.row, span.running) for span in planner.spans] == [
        (100.0, 100.0, 0, False), (112.0, 150.0, 0, True),
    ]  # fmt: skip
    assert [(span.start, span.end, span.row) for span in hacker.spans] == [
        (101.0, 111.0, 0), (105.0, 107.0, 1),
    ]  # fmt: skip
    assert (hacker.rows, hacker.calls, hacker.errors, hacker.busy) == (2, 2, 1, 10.0)
    assert (found.first, found.last, found.undated) == (100.0, 150.0, 1)


def test_running_calls_grow_until_their_session_is_over() -> None:
    later = timeline(rows(), now=160.0, alive=True)
    assert later.lanes[0].spans[-1].end == 160.0
    over = timeline(rows(), now=160.0, alive=False)
    span = over.lanes[0].spans[-1]
    assert (span.end, span.running, span.never_ended) == (112.0, False, True)


def test_steps_are_where_something_begins_or_ends() -> None:
    found = timeline(rows(), now=150.0, alive=True)
    assert found.steps == (100.0, 101.0, 105.0, 107.0, 111.0, 112.0)


def test_a_session_as_of_an_instant() -> None:
    found = as_of(rows(), 106.0)
    assert [(each.seq, each.state, each.duration) for each in found] == [
        (1, EventState.UNKNOWN, None), (2, RUNNING, None), (3, RUNNING, None),
    ]  # fmt: skip
    assert [each.state for each in as_of(rows(), 107.0)][2] is ERROR
    # What has no time of its own came with what came before it.
    assert [each.seq for each in as_of(rows(), 112.0)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["heist-audit", "htmlgraph-0.26.1", "htmlgraph-0.35.0"])
def test_a_replay_ends_as_the_session_is(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        counted = count_store(store)
        for row in counted.rows:
            read = read_session(store, row.id)
            events = read.events
            assert not read.has_earlier
            last = steps_of(events)[-1]
            assert as_of(events, last) == events
            now = figures_at(
                row.id, events, last, messages_only=store.mapping.has_messages,
                is_alive=counted.is_alive, delegation_rows=delegation_rows(read.rows),
            )  # fmt: skip
            counter = ScopeCounter(store, Scope((row.id,), row.id))
            list(counter.read(store))
            whole = counter.figures(counted.is_alive)
            assert now.tools == whole.tools
            # Of a call that two rows tell, the row of its end is no event by itself.
            assert [replace(each, last_active=None) for each in now.agents] == [
                replace(each, last_active=None) for each in whole.agents
            ]
            for relation in Relation:
                assert now.interactions[relation] == whole.interactions[relation]
            assert 0 < len(as_of(events, steps_of(events)[0])) < len(events)
            middle = steps_of(events)[len(steps_of(events)) // 2]
            half = figures_at(row.id, events, middle, messages_only=True, is_alive=lambda _: True,
                delegation_rows=delegation_rows(read.rows),
            )  # fmt: skip
            begun = as_of(events, middle)
            assert len(begun) == sum((each.time or 0) <= middle for each in events)
            assert half.tools == tool_statistics(folded(list(begun)), lambda _: True)


def test_exact_repeats_are_one_entry() -> None:
    said = [
        event(1, kind=EventKind.MESSAGE, summary="hello"),
        event(2, kind=EventKind.MESSAGE, summary="hello"),
        event(3, kind=EventKind.MESSAGE, summary="hello", agent="mole"),
        event(4, kind=EventKind.MESSAGE, summary=""),
        event(5, kind=EventKind.MESSAGE, summary=""),
        event(6, summary="x"),
        event(7, summary="x", state=ERROR),
    ]
    found = entries(said)
    assert [(entry.event.seq, entry.times) for entry in found] == [
        (1, 2), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1),
    ]  # fmt: skip
    assert found[0].repeats == (said[1],)


def test_messages_and_calls_are_merged_in_order() -> None:
    with Store(DATA / "heist-audit.db") as store:
        read = read_session(store, "heist_1766132250")
        newest = read_session(store, "heist_1766132250", limit=10)
    events = read.events
    assert not read.has_earlier
    assert newest.has_earlier
    assert newest.events == events[-10:]
    assert {each.kind for each in events} == {EventKind.MESSAGE, EventKind.TOOL}
    times = [each.time or 0.0 for each in events]
    assert times == sorted(times)


def test_two_rows_of_a_call_are_one_span() -> None:
    both = paired([call(1, Phase.START, time=10.0), call(2, Phase.END, time=14.0)])
    found = timeline(both, now=99.0, alive=True)
    assert [(span.start, span.end) for lane in found.lanes for span in lane.spans] == [(10.0, 14.0)]
    assert [each.state for each in as_of(both, 12.0)] == [RUNNING]


def test_nothing_has_a_timeline_too() -> None:
    found = timeline([], now=1.0, alive=True)
    assert (found.first, found.lanes, found.steps) == (None, (), ())
    assert entries([]) == ()
