from __future__ import annotations

import pytest

from queries.fold import Fold
from queries.folding.joining import REACH
from queries.interactions import HandoffPairs, agent_statistics, all_interactions, interactions
from queries.models import Event, EventKind, EventState, Phase, Relation
from tests.queries.events import call, event


def folded(*rows: Event, messages_only: bool = False) -> Fold:
    fold = Fold(messages_only=messages_only)
    fold.add_all(rows)
    return fold


def said(seq: int, agent: str | None, **fields: object) -> Event:
    return event(seq, **{"kind": EventKind.MESSAGE, "agent": agent, "tool": None, **fields})


def test_the_next_speaker_is_counted_within_sessions_and_over_gaps() -> None:
    rows = [
        said(1, "a"),
        said(2, "x", session_id="other"),
        said(3, None),
        event(4, agent="tool user"),
        said(5, "b"),
        said(6, "b", session_id="other"),
        said(7, "a"),
    ]
    found = interactions(folded(*rows, messages_only=True), Relation.FOLLOWS)
    assert found.counts == {("a", "b"): 1, ("b", "a"): 1, ("x", "b"): 1}
    assert found.basis == "next speaker over 6 messages"


def test_all_events_speak_where_there_are_no_messages() -> None:
    found = interactions(folded(event(1, agent="a"), said(2, "b")), Relation.FOLLOWS)
    assert (found.counts, found.basis) == ({("a", "b"): 1}, "next speaker over 2 events")


def test_one_is_said_as_one() -> None:
    rows = HandoffPairs()
    rows.add("a", "b", "parallel", 1)
    found = all_interactions(folded(event(1)), rows)
    assert {relation: matrix.basis for relation, matrix in found.items()} == {
        Relation.FOLLOWS: "next speaker over 1 event",
        Relation.FOLLOWS_ONCE: "next speaker over 1 event, repeats collapsed",
        Relation.DELEGATES: "0 delegations and 1 hand-off",
        Relation.TOOLS: "next tool over 1 call",
    }
    spoken = interactions(folded(said(1, "a"), messages_only=True), Relation.FOLLOWS)
    assert spoken.basis == "next speaker over 1 message"


def test_a_repeat_has_the_same_agent_the_same_tool_and_the_same_text() -> None:
    rows = [
        event(1, summary="src"),
        event(2, summary="src"),
        event(3, summary="src", tool="Edit"),
        event(4, summary="src/a", tool="Edit"),
        event(5, summary="src/a", tool="Edit", agent="b"),
    ]
    fold = folded(*rows)
    pair = ("planner", "planner")
    assert interactions(fold, Relation.FOLLOWS).counts[pair] == 3
    assert interactions(fold, Relation.FOLLOWS_ONCE).counts == {pair: 2, ("planner", "b"): 1}


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_repeats_are_seen_where_slices_meet(cut: int) -> None:
    rows = [said(seq, "a", summary="again") for seq in range(1, 5)]
    total = folded(*rows[cut:], messages_only=True)
    total.prepend(folded(*rows[:cut], messages_only=True))
    assert interactions(total, Relation.FOLLOWS).counts == {("a", "a"): 3}
    assert interactions(total, Relation.FOLLOWS_ONCE).counts == {}


def test_the_next_tool_is_counted_once_for_each_call() -> None:
    rows = [
        event(1, tool="Read"),
        call(2, Phase.START, tool="Bash"),
        call(3, Phase.END, tool="Bash"),
        said(4, "a"),
        event(5, tool="Read"),
    ]
    found = interactions(folded(*rows), Relation.TOOLS)
    assert found.counts == {("Read", "Bash"): 1, ("Bash", "Read"): 1}
    assert found.basis == "next tool over 3 calls"


def test_the_most_active_names_come_first() -> None:
    rows = [said(seq, agent) for seq, agent in enumerate(("c", "b", "c", "b", "a"), 1)]
    assert interactions(folded(*rows), Relation.FOLLOWS).names == ("b", "c", "a")


def test_handoffs_in_events_and_in_a_table_of_their_own_add_up() -> None:
    row = event(1, kind=EventKind.HANDOFF, agent="a", target_agent="b")
    table = HandoffPairs()
    table.add("b", "c", None, 1)
    table.add("b", "c", "delegation", 1)
    found = interactions(folded(row), Relation.DELEGATES, table)
    assert found.counts == {("a", "b"): 1, ("b", "c"): 1}
    without = interactions(folded(), Relation.DELEGATES, table)
    assert without.counts == {("b", "c"): 2}


def test_every_matrix_at_once() -> None:
    found = all_interactions(folded(event(1)))
    assert list(found) == list(Relation)
    assert all(relation is matrix.relation for relation, matrix in found.items())


def test_agents_with_all_that_they_did() -> None:
    rows = [
        event(1, agent="a", tokens=5, time=100.0),
        event(2, agent="a", session_id="s2", state=EventState.ERROR, time=50.0),
        said(3, "b", time=None),
        call(4, Phase.START, agent="b", tool="Bash"),
    ]
    first, second = agent_statistics(folded(*rows))
    assert (first.agent, first.events, first.tool_calls, first.errors) == ("a", 2, 2, 1)
    assert (first.sessions, first.tokens, first.last_active, first.share) == (2, 5, 100.0, 0.5)
    assert (second.agent, second.events, second.messages, second.tool_calls) == ("b", 2, 1, 1)
    assert (second.sessions, second.tokens, second.last_active) == (1, None, 1004.0)


@pytest.mark.parametrize("later", [0, REACH + 1])
def test_an_agent_with_nothing_but_calls_without_an_end_is_in_their_sessions(later: int) -> None:
    fold = folded(
        call(1, Phase.START, agent="a", time=10.0),
        call(2, Phase.START, agent="a", session_id="s2", time=30.0),
        call(3, Phase.START, agent="a", session_id="s2", time=20.0),
    )
    fold.append(folded(*(said(3 + seq, None, session_id="s3") for seq in range(1, later + 1))))
    fold.forget()
    assert bool(fold.waiting) is not bool(later)
    found = agent_statistics(fold)
    assert [(row.agent, row.events, row.sessions) for row in found] == [("a", 3, 2)]
    assert found[0].last_active == 30.0
    assert [fold.sessions[name].totals(0).agents for name in ("s1", "s2")] == [("a",), ("a",)]


def test_an_agent_whose_only_event_turns_out_to_be_anothers_is_gone() -> None:
    task = event(1, kind=EventKind.DELEGATION, call_key="e1", agent="claude")
    end = call(2, Phase.END, kind=EventKind.DELEGATION, call_key="e1", agent="hook")
    assert [row.agent for row in agent_statistics(folded(task, end))] == ["claude"]
    fold = folded(end)
    fold.prepend(folded(task))
    assert [(row.agent, row.sessions) for row in agent_statistics(fold)] == [("claude", 1)]
