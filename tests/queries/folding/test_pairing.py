from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.folding import joining
from queries.folding.joining import finish_all
from queries.folding.pairing import Pairing, made_in_turn, paired, paired_in_turn
from queries.models import Event, EventKey, EventKind, EventState, Phase
from tests.queries.events import call, event, sequences


def test_start_and_end_become_one_call_with_the_ends_outcome() -> None:
    start = call(1, Phase.START, summary="src/auth.py", agent="claude", parent_id=None)
    end = call(4, Phase.END, state=EventState.ERROR, agent="explorer", parent_id="p")
    (joined,) = paired([start, end])
    assert joined.key == start.key
    assert joined.end_key == end.key
    assert (joined.id, joined.time, joined.summary) == ("e1", 1001.0, "src/auth.py")
    assert (joined.state, joined.agent, joined.parent_id) == (EventState.ERROR, "explorer", "p")
    assert joined.duration == 3.0


def test_a_recorded_duration_is_kept() -> None:
    (joined,) = paired([call(1, Phase.START), call(4, Phase.END, duration=0.25)])
    assert joined.duration == 0.25


def test_a_start_that_never_ended_does_not_shift_later_calls() -> None:
    rows = [
        call(1, Phase.START),
        call(10, Phase.START),
        call(11, Phase.END),
        call(20, Phase.START),
        call(21, Phase.END),
    ]
    shown = paired(rows)
    assert [(row.seq, row.phase, row.duration) for row in shown] == [
        (1, Phase.START, None),
        (10, Phase.WHOLE, 1.0),
        (20, Phase.WHOLE, 1.0),
    ]


def test_keys_join_calls_that_overlap() -> None:
    rows = [
        call(1, Phase.START, call_key="a"),
        call(2, Phase.START, call_key="b"),
        call(3, Phase.END, call_key="a"),
        call(9, Phase.END, call_key="b"),
    ]
    assert [(row.seq, row.duration) for row in paired(rows)] == [(1, 2.0), (2, 7.0)]


def test_an_end_alone_is_a_call() -> None:
    (row,) = paired([call(3, Phase.END)])
    assert row.phase is Phase.END


def test_tools_and_sessions_do_not_mix() -> None:
    rows = [
        call(1, Phase.START, tool="Read"),
        call(2, Phase.END, tool="Bash"),
        call(3, Phase.END, tool="Read", session_id="other"),
    ]
    assert len(paired(rows)) == 3


def test_a_delegation_told_by_four_rows_is_one_event() -> None:
    whole = event(
        1,
        kind=EventKind.DELEGATION,
        call_key="e1",
        state=EventState.RUNNING,
        tool="Task",
    )
    before = call(2, Phase.START, kind=EventKind.DELEGATION, call_key="e1")
    completed = call(7, Phase.END, kind=EventKind.DELEGATION, call_key="e1")
    after = call(8, Phase.END, kind=EventKind.DELEGATION, state=EventState.ERROR, tool="Task")
    (shown,) = paired([whole, before, completed, after])
    assert (shown.key, shown.state, shown.duration) == (whole.key, EventState.ERROR, 6.0)


def test_a_delegation_of_one_row_without_a_key_is_one_by_itself() -> None:
    rows = [
        call(1, Phase.START, kind=EventKind.DELEGATION, target_agent="alice"),
        event(2, kind=EventKind.DELEGATION, target_agent="bob", state=EventState.OK),
        call(3, Phase.END, kind=EventKind.DELEGATION, state=EventState.ERROR),
    ]
    shown = paired(rows)
    assert [(row.seq, row.target_agent, row.state, row.duration) for row in shown] == [
        (1, "alice", EventState.ERROR, 2.0),
        (2, "bob", EventState.OK, None),
    ]
    assert [row.key for row in paired(rows[1:])] == [(0, 2), (0, 3)]


def test_nested_delegations_close_from_the_inside() -> None:
    outer = event(1, kind=EventKind.DELEGATION, call_key="e1", state=EventState.RUNNING)
    inner = event(2, kind=EventKind.DELEGATION, call_key="e2", state=EventState.RUNNING)
    inner_end = call(5, Phase.END, kind=EventKind.DELEGATION)
    outer_end = call(9, Phase.END, kind=EventKind.DELEGATION)
    shown = paired([outer, inner, inner_end, outer_end])
    assert [(row.seq, row.duration) for row in shown] == [(1, 8.0), (2, 3.0)]


def test_an_end_row_keeps_a_delegation_finished_that_still_says_it_runs() -> None:
    whole = event(1, kind=EventKind.DELEGATION, call_key="e1", state=EventState.RUNNING)
    pairing = Pairing()
    pairing.add(whole)
    pairing.add(call(2, Phase.END, kind=EventKind.DELEGATION))
    assert pairing.update(whole).state is EventState.OK


def test_the_end_row_knows_better_than_a_placeholder() -> None:
    placeholder = event(
        1, kind=EventKind.DELEGATION, call_key="e1", target_agent="general-purpose", summary=""
    )
    after = call(
        4, Phase.END, kind=EventKind.DELEGATION, target_agent="Explore", summary="Find the callers"
    )
    (shown,) = paired([placeholder, after])
    assert (shown.target_agent, shown.summary) == ("Explore", "Find the callers")


def test_what_a_delegation_says_itself_stays_where_its_end_says_nothing() -> None:
    whole = event(
        1, kind=EventKind.DELEGATION, call_key="e1", target_agent="Explore", summary="Find it"
    )
    after = call(4, Phase.END, kind=EventKind.DELEGATION, target_agent=None, summary="done")
    (shown,) = paired([whole, after])
    assert (shown.target_agent, shown.summary) == ("Explore", "Find it")


@given(st.permutations(list(EventState)), st.permutations([2, 3, 4]))
def test_the_order_in_which_end_rows_are_found_does_not_matter(
    states: list[EventState], seqs: list[int]
) -> None:
    whole = event(1, kind=EventKind.DELEGATION, call_key="e1", state=states[0])
    ends = [
        event(seq, kind=EventKind.DELEGATION, state=state, target_agent=f"agent {seq}")
        for seq, state in zip([2, 3, 4], states[1:], strict=True)
    ]
    in_order = finish_all(whole, ends)
    assert finish_all(whole, [ends[seq - 2] for seq in seqs]) == in_order
    assert (in_order.state, in_order.target_agent) == (EventState.ERROR, "agent 4")


def test_an_end_too_far_away_is_a_call_by_itself() -> None:
    rows = [call(1, Phase.START), *(event(seq, tool="Bash") for seq in (2, 3, 4))]
    end = call(5, Phase.END)
    with mock.patch.object(joining, "REACH", 4):
        assert [row.seq for row in paired([*rows, end])] == [1, 2, 3, 4]
    with mock.patch.object(joining, "REACH", 3):
        assert [row.seq for row in paired([*rows, end])] == [1, 2, 3, 4, 5]


@given(sequences())
def test_every_row_is_shown_or_part_of_a_shown_event(rows: list[Event]) -> None:
    shown = paired(rows)
    keys = [row.key for row in shown]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {row.key for row in rows}
    wholes = {row.key for row in rows if row.phase is Phase.WHOLE}
    assert wholes <= set(keys)
    assert all(row.end_key is None or row.end_key not in keys for row in shown)


def all_at_once(rows: list[Event]) -> list[Event]:
    """The plain way: everything is held until the last row is seen."""
    rows_so_far = Pairing()
    shown: dict[EventKey, Event] = {}
    for row in rows:
        outcome = rows_so_far.add(row)
        if outcome.hidden is not None:
            shown.pop(outcome.hidden, None)
        for new in (outcome.shown, outcome.changed):
            if new is not None:
                shown[new.key] = new
    return list(shown.values())


@pytest.mark.parametrize("reach", [1, 3, 20_000])
@given(rows=sequences())
def test_events_are_let_go_of_when_nothing_can_change_them(reach: int, rows: list[Event]) -> None:
    with mock.patch.object(joining, "REACH", reach):
        assert list(paired_in_turn(rows)) == all_at_once(rows)


def test_a_long_session_is_not_held() -> None:
    taken = 0

    def rows() -> Iterator[Event]:
        nonlocal taken
        for seq in range(1, 500):
            taken += 1
            yield event(seq)

    with mock.patch.object(joining, "REACH", 10):
        events = paired_in_turn(rows())
        assert next(events).seq == 1
        assert taken < 30


def test_what_is_made_of_events_is_held_instead_of_them() -> None:
    made = 0
    taken = 0

    def rows() -> Iterator[Event]:
        nonlocal taken
        for seq in range(1, 200):
            assert made == taken, "each is made before the next one is taken"
            taken += 1
            yield event(seq)

    def make(each: Event) -> int:
        nonlocal made
        made += 1
        return each.seq

    with mock.patch.object(joining, "REACH", 50):
        assert list(made_in_turn(rows(), make)) == list(range(1, 200))
    assert made == 199


@given(rows=sequences())
def test_made_of_events_as_they_stay(rows: list[Event]) -> None:
    made = list(made_in_turn(rows, lambda each: (each,)))
    assert made == [(each,) for each in paired(rows)]
