from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.fold import NO_TOOL, Fold
from queries.folding import joining
from queries.folding.batch import Batch
from queries.folding.pairing import paired
from queries.interactions import HandoffPairs, agent_statistics, interactions
from queries.models import Event, EventKind, EventState, Phase, Relation
from queries.overviews.trends import dated_slots
from queries.tools import tool_statistics
from tests.queries.events import call, event, prompt, sequences


def folded(rows: list[Event], messages_only: bool = False) -> Fold:
    fold = Fold(messages_only=messages_only)
    fold.add_all(rows)
    return fold


def figures(fold: Fold) -> dict[str, object]:
    """Everything that a screen can show of a fold, in comparable form."""
    waiting = list(fold.all_waiting())
    return {
        "events": fold.events + len(waiting),
        "calls": fold.calls + sum(start.is_call for start in waiting),
        "ok": fold.ok,
        "errors": fold.errors,
        "failed": fold.failed_calls,
        "tokens": fold.amounts()[0].whole,
        "rows": fold.rows,
        "sessions": {name: _session(fold, name) for name in fold.sessions},
        "tools": tool_statistics(fold, lambda _: True),
        "agents": [
            replace(agent, last_active=None, share=None) for agent in agent_statistics(fold)
        ],
        "running": set(fold.running),
        "slots": slots_of(fold),
        "relations": {relation: interactions(fold, relation) for relation in Relation},
    }


def slots_of(fold: Fold) -> list[object]:
    return list(dated_slots(fold))


def _session(fold: Fold, name: str) -> object:
    totals = fold.sessions[name].totals(fold.totals_running(name, alive=True))
    busy = (sum(totals.activity),)
    return replace(totals, agents=tuple(sorted(totals.agents)), activity=busy)


def slices(rows: list[Event], cuts: list[int]) -> list[Fold]:
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    return [folded(rows[low:high]) for low, high in itertools.pairwise(edges)]


@given(sequences(), st.lists(st.integers(0, 25), max_size=4))
def test_slices_append_to_the_same_totals_as_one_pass(rows: list[Event], cuts: list[int]) -> None:
    total = Fold(messages_only=False)
    for newer in slices(rows, cuts):
        total.append(newer)
    assert figures(total) == figures(folded(rows))


@given(sequences(), st.lists(st.integers(0, 25), max_size=4))
def test_slices_prepended_newest_first_give_the_same_totals(
    rows: list[Event], cuts: list[int]
) -> None:
    total = Fold(messages_only=False)
    for older in reversed(slices(rows, cuts)):
        total.prepend(older)
    assert figures(total) == figures(folded(rows))


@given(sequences(), st.lists(st.integers(0, 25), max_size=5), st.randoms(use_true_random=False))
def test_neighbours_are_joined_in_any_order(
    rows: list[Event], cuts: list[int], chance: random.Random
) -> None:
    parts = slices(rows, cuts)
    while len(parts) > 1:
        at = chance.randrange(len(parts) - 1)
        older, newer = parts[at : at + 2]
        if chance.random() < 0.5:
            older.append(newer)
            parts[at : at + 2] = [older]
        else:
            newer.prepend(older)
            parts[at : at + 2] = [newer]
    assert figures(parts[0]) == figures(folded(rows))


@given(sequences(), st.lists(st.integers(0, 25), max_size=4), st.integers(0, 9))
def test_what_is_forgotten_out_of_reach_changes_no_total(
    rows: list[Event], cuts: list[int], reach: int
) -> None:
    with mock.patch.object(joining, "REACH", reach):
        total = Fold(messages_only=False)
        for older in reversed(slices(rows, cuts)):
            total.prepend(older)
            total.forget()
        with mock.patch.object(Fold, "forget"):
            whole = figures(folded(rows))
        assert figures(total) == whole
        total.seal()
        assert figures(total) == whole


@given(
    st.lists(st.sampled_from((Phase.START, Phase.END)), min_size=4, max_size=12),
    st.lists(st.integers(0, 12), max_size=3),
)
def test_halves_of_calls_find_each_other_across_batches(
    halves: list[Phase], cuts: list[int]
) -> None:
    """Of one tool in one session, so that many wait for each other."""
    rows = [call(seq, phase, duration=None) for seq, phase in enumerate(halves, start=1)]
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    batches = [Batch.of(rows[low:high]) for low, high in itertools.pairwise(edges) if low < high]
    onward, backward = Fold(messages_only=False), Fold(messages_only=False)
    for batch in batches:
        onward.add_batch(batch)
    for batch in reversed(batches):
        backward.prepend_batch(batch)
    assert figures(onward) == figures(backward) == figures(folded(rows))


@given(sequences(), st.integers(1, 9) | st.just(joining.REACH))
def test_rows_one_by_one_count_the_same_as_all_at_once(rows: list[Event], reach: int) -> None:
    """Also where a batch is of more rows than lie between a start and an end at most."""
    with mock.patch.object(joining, "REACH", reach):
        fold = Fold(messages_only=False)
        for row in rows:
            fold.add(row)
        assert figures(fold) == figures(folded(rows))


def test_little_is_kept_of_ends_whose_start_never_comes() -> None:
    with mock.patch.object(joining, "REACH", 20):
        total = Fold(messages_only=False)
        for first in range(900, -1, -100):
            total.prepend(folded([call(first + row, Phase.END) for row in range(100)]))
        assert total.calls == 1000
        total.seal()
        assert not total.waiting
        assert total.sessions["s1"].open is None


@given(sequences())
def test_counts_equal_a_recount_of_the_paired_events(rows: list[Event]) -> None:
    fold = folded(rows)
    shown = paired(rows)
    starts = [row for row in shown if row.phase is Phase.START]
    calls = [row for row in shown if row.is_call]
    assert fold.events + len(starts) == len(shown)
    assert fold.calls + len(starts) == len(calls)
    assert fold.ok == sum(1 for row in calls if row.state is EventState.OK)
    assert fold.errors == sum(1 for row in shown if row.state is EventState.ERROR)
    per_tool = Counter((row.tool or NO_TOOL) for row in calls)
    statistics = tool_statistics(fold, lambda _: True)
    assert {row.tool: row.calls for row in statistics} == dict(per_tool)


@given(sequences())
def test_tokens_are_those_of_the_paired_events(rows: list[Event]) -> None:
    fold = folded(rows)
    told = [row for row in paired(rows) if row.tokens is not None]
    assert fold.amounts()[0].whole == (sum(row.tokens or 0 for row in told) if told else None)
    by_tool, by_agent, by_session = Counter[str](), Counter[str](), Counter[str]()
    for row in told:
        by_session[row.session_id] += row.tokens or 0
        if row.is_call:
            by_tool[row.tool or NO_TOOL] += row.tokens or 0
        if row.agent is not None:
            by_agent[row.agent] += row.tokens or 0
    tools, agents = tool_statistics(fold, lambda _: True), agent_statistics(fold)
    sessions = {name: session.totals(0).tokens for name, session in fold.sessions.items()}
    assert {each.tool: each.tokens for each in tools if each.tokens is not None} == by_tool
    assert {each.agent: each.tokens for each in agents if each.tokens is not None} == by_agent
    assert {name: some for name, some in sessions.items() if some is not None} == by_session


@given(sequences())
def test_follows_is_lag_over_messages_in_order_of_arrival(rows: list[Event]) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    last: dict[str, str] = {}
    for row in rows:
        if row.kind is EventKind.MESSAGE and row.agent is not None:
            if row.session_id in last:
                expected[last[row.session_id], row.agent] += 1
            last[row.session_id] = row.agent
    assert interactions(folded(rows, messages_only=True), Relation.FOLLOWS).counts == dict(expected)


def test_repeated_messages_count_once_when_repeats_are_collapsed() -> None:
    spoken = [("planner", "go"), ("planner", "go"), ("hacker", "ok"), ("hacker", "ok")]
    rows = [
        event(seq, kind=EventKind.MESSAGE, agent=agent, summary=text)
        for seq, (agent, text) in enumerate(spoken, 1)
    ]
    fold = folded(rows, messages_only=True)
    assert interactions(fold, Relation.FOLLOWS).counts == {
        ("planner", "planner"): 1,
        ("planner", "hacker"): 1,
        ("hacker", "hacker"): 1,
    }
    assert interactions(fold, Relation.FOLLOWS_ONCE).counts == {("planner", "hacker"): 1}


def test_a_running_row_that_finishes_is_counted_as_it_is_now() -> None:
    running = event(1, state=EventState.RUNNING, duration=None)
    fold = folded([running])
    assert tool_statistics(fold, lambda _: True)[0].running == 1
    fold.update(running, replace(running, state=EventState.ERROR, duration=2.5))
    (tool,) = tool_statistics(fold, lambda _: True)
    assert (tool.running, tool.errors, tool.p50, tool.success_rate) == (0, 1, 2.5, 0.0)
    assert not fold.running


def test_a_call_without_end_is_running_only_while_its_session_is() -> None:
    fold = folded([call(1, Phase.START)])
    (alive,) = tool_statistics(fold, lambda _: True)
    (dead,) = tool_statistics(fold, lambda _: False)
    assert (alive.calls, alive.running, alive.unknown) == (1, 1, 0)
    assert (dead.calls, dead.running, dead.unknown) == (1, 0, 1)
    assert alive.success_rate is None


def test_a_start_before_the_next_prompt_never_ended() -> None:
    fold = folded([call(1, Phase.START), event(2, kind=EventKind.PROMPT)])
    (tool,) = tool_statistics(fold, lambda _: True)
    assert (tool.running, tool.unknown) == (0, 1)
    assert fold.totals_running("s1", alive=True) == 0


@pytest.mark.parametrize(("sessions", "each", "pauses"), [(1000, 1, 8), (5, 400, 6)])
def test_others_have_the_processor_after_some_rows(sessions: int, each: int, pauses: int) -> None:
    rows = [event(n, session_id=f"s{n // each}") for n in range(sessions * each)]
    with mock.patch("queries.folding.fold_rows.yield_processor") as yielded:
        Fold(messages_only=False).add_batch(Batch.of(rows))
    assert yielded.call_count == pauses


@pytest.mark.parametrize("rows_after", [0, joining.REACH + 1])
def test_only_starts_of_calls_are_calls(rows_after: int) -> None:
    span = {"session_id": "spans", "kind": EventKind.OTHER, "tool": None}
    fold = folded([call(1, Phase.START, **span), *map(prompt, range(2, 2 + rows_after))])
    (agent,) = agent_statistics(fold)
    session = fold.sessions["spans"].totals(fold.totals_running("spans", alive=True))
    assert (agent.events, agent.tool_calls) == (1 + rows_after, 0)
    assert (session.events, session.tool_calls, session.running) == (1, 0, 0)
    assert interactions(fold, Relation.TOOLS).basis == "next tool over 0 calls"


def test_delegations_count_for_the_agent_that_their_parent_speaks_for() -> None:
    prompt = event(1, kind=EventKind.PROMPT, agent="claude")
    task = event(
        2,
        kind=EventKind.DELEGATION,
        agent="agent-1",
        target_agent="explorer",
        parent_id="e1",
        call_key="e2",
    )
    nested = event(
        3,
        kind=EventKind.DELEGATION,
        agent="agent-2",
        target_agent="tester",
        parent_id="e2",
        call_key="e3",
    )
    lost = event(
        4,
        kind=EventKind.DELEGATION,
        agent="codex",
        target_agent="tester",
        parent_id="gone",
        call_key="e4",
    )
    counts = interactions(folded([prompt, task, nested, lost]), Relation.DELEGATES).counts
    assert counts == {
        ("claude", "explorer"): 1,
        ("explorer", "tester"): 1,
        ("codex", "tester"): 1,
    }


def test_a_delegation_counts_for_the_agent_that_its_end_row_names() -> None:
    task = event(
        1, kind=EventKind.DELEGATION, agent="claude", target_agent="general-purpose", call_key="e1"
    )
    nested = event(
        2,
        kind=EventKind.DELEGATION,
        agent="agent-1",
        target_agent="tester",
        parent_id="e1",
        call_key="e2",
    )
    end = call(3, Phase.END, kind=EventKind.DELEGATION, call_key="e1", target_agent="explorer",
               agent="claude")  # fmt: skip
    expected = {("claude", "explorer"): 1, ("explorer", "tester"): 1}
    rows = [task, nested, end]
    assert interactions(folded(rows), Relation.DELEGATES).counts == expected
    for cut in (1, 2):
        total = folded(rows[cut:])
        total.prepend(folded(rows[:cut]))
        assert interactions(total, Relation.DELEGATES).counts == expected


def test_a_delegation_that_changes_in_place_keeps_what_its_end_rows_told() -> None:
    task = event(1, kind=EventKind.DELEGATION, call_key="e1", state=EventState.RUNNING)
    end = call(2, Phase.END, kind=EventKind.DELEGATION, call_key="e1", state=EventState.ERROR)
    fold = folded([task, end])
    fold.update(task, replace(task, state=EventState.RUNNING, tokens=7))
    (tool,) = tool_statistics(fold, lambda _: True)
    assert (tool.calls, tool.errors, tool.tokens, tool.p50) == (1, 1, 7, 1.0)
    assert not fold.running


def test_a_delegation_whose_key_comes_again_keeps_what_its_end_rows_told() -> None:
    task = event(1, kind=EventKind.DELEGATION, call_key="k", state=EventState.RUNNING)
    end = call(2, Phase.END, kind=EventKind.DELEGATION, call_key="k", state=EventState.ERROR)
    again = event(3, kind=EventKind.DELEGATION, call_key="k", state=EventState.RUNNING)
    fold = folded([task, end, again])
    fold.update(task, replace(task, tokens=7))
    assert fold.update(end, replace(end, state=EventState.OK))
    (tool,) = tool_statistics(fold, lambda _: True)
    assert (tool.calls, tool.ok, tool.errors, tool.running, tool.tokens) == (2, 1, 0, 1, 7)


def test_a_change_of_a_row_that_is_not_counted_yet_counts_nothing() -> None:
    fold = folded([event(5)])
    fold.update(event(2), event(2, state=EventState.ERROR))
    assert (fold.events, fold.ok, fold.errors) == (1, 1, 0)


def test_a_start_row_that_becomes_a_whole_call_in_place_waits_no_longer() -> None:
    start = call(1, Phase.START)
    fold = folded([start])
    fold.update(start, replace(start, phase=Phase.WHOLE, state=EventState.OK, duration=2.0))
    (tool,) = tool_statistics(fold, lambda _: True)
    assert (tool.calls, tool.ok, tool.running, tool.p50) == (1, 1, 0, 2.0)


def test_a_start_row_that_changes_in_place_waits_as_it_is_now() -> None:
    start = call(1, Phase.START, tool="Read")
    fold = folded([start])
    fold.update(start, replace(start, tool="Grep"))
    (tool,) = tool_statistics(fold, lambda _: True)
    assert (tool.tool, tool.calls, tool.running) == ("Grep", 1, 1)
    fold.add(call(2, Phase.END, tool="Grep"))
    assert (fold.calls, fold.ok) == (1, 1)


def test_handoffs_that_repeat_delegations_are_left_out() -> None:
    task = event(1, kind=EventKind.DELEGATION, agent="a", target_agent="b", call_key="e1")
    rows = HandoffPairs()
    rows.add("a", "b", "delegation", 1)
    rows.add("b", "c", "parallel", 1)
    with_events = interactions(folded([task]), Relation.DELEGATES, rows)
    assert with_events.counts == {("a", "b"): 1, ("b", "c"): 1}
    alone = interactions(folded([]), Relation.DELEGATES, rows)
    assert alone.counts == {("a", "b"): 1, ("b", "c"): 1}
    assert "1 delegation and 1 hand-off" in with_events.basis


@pytest.mark.parametrize("messages_only", [True, False])
def test_an_empty_fold_has_no_rates(messages_only: bool) -> None:
    fold = Fold(messages_only=messages_only)
    assert tool_statistics(fold, lambda _: True) == ()
    assert agent_statistics(fold) == ()
    assert interactions(fold, Relation.FOLLOWS).names == ()
