"""The events behind a cell of a matrix: as many as the cell counts."""

from __future__ import annotations

import pytest

from queries.activity import ActivityModel
from queries.counting.event_stream import EventStream
from queries.interactions import interactions
from queries.matrix_cells import events_behind
from queries.models import Event, EventKind, EventState, Phase, Relation
from queries.plain_data import replace
from queries.store import Store
from tests.queries.events import event, prompt, task
from tests.queries.samples import DATA
from tests.queries.test_fold import folded


def behind(events: list[Event], first: str, second: str) -> list[int]:
    return sorted(seq for _, seq in events_behind(events, Relation.DELEGATES, first, second, {}))


def test_a_delegation_belongs_to_whom_its_prompt_or_delegation_speaks_for() -> None:
    events = [
        prompt(1, agent="claude"),
        written_before(2, agent="agent-1", target_agent="explorer", parent_id="e1"),
        written_before(3, agent="agent-2", target_agent="tester", parent_id="e2"),
        written_before(4, agent="codex", target_agent="tester", parent_id="gone"),
        written_before(5, agent="codex", target_agent="tester", parent_id="e6"),
        event(6, agent="planner"),
        event(7, kind=EventKind.HANDOFF, agent="planner", target_agent="tester", parent_id="e1"),
        prompt(8, agent=None),
        written_before(9, agent="codex", target_agent="tester", parent_id="e8"),
        task(10, agent="sure", target_agent="tester", parent_id="e1"),
    ]
    assert behind(events, "claude", "explorer") == [2]
    assert behind(events, "explorer", "tester") == [3]
    assert behind(events, "codex", "tester") == [4, 5, 9]
    assert behind(events, "planner", "tester") == [7]
    assert behind(events, "sure", "tester") == [10]
    assert behind(events, "agent-1", "explorer") == behind(events, "claude", "tester") == []


def written_before(seq: int, **fields: object) -> Event:
    """The row before a call, which does not know who makes it."""
    return task(seq, call_key=f"e{seq}", **fields)


@pytest.mark.parametrize("name", ["htmlgraph-0.26.1", "htmlgraph-0.35.0", "heist-audit"])
def test_of_delegations_there_are_as_many_as_are_counted(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        for session in store.sessions(limit=100):
            rows = list(EventStream(store, sessions=(session.id,)))
            model = ActivityModel(session.id)
            model.load(rows)
            events = [node.event for node in model.nodes() if node.event is not None]
            counts = interactions(folded(rows), Relation.DELEGATES).counts
            found = {
                pair: len(events_behind(events, Relation.DELEGATES, *pair, model.delegation_rows))
                for pair in counts
            }
            assert found == counts


def test_of_those_who_follow_each_other_both_events() -> None:
    events = [
        event(1, agent="a"), event(2, agent="b"), event(3, agent="a", session_id="s2"),
        event(4, agent=None), event(5, agent="a"), event(6, agent="b", kind=EventKind.OTHER),
    ]  # fmt: skip
    in_order = events_behind(events, Relation.FOLLOWS, "a", "b", {})
    assert sorted(in_order) == [(0, 1), (0, 2), (0, 5), (0, 6)]
    assert events_behind(reversed(events), Relation.FOLLOWS, "a", "b", {}) == in_order
    spoken = [*events, event(7, agent="b", kind=EventKind.MESSAGE)]
    spoken.append(event(8, agent="a", kind=EventKind.MESSAGE))
    assert events_behind(spoken, Relation.FOLLOWS, "a", "b", {}) == frozenset()
    assert sorted(events_behind(spoken, Relation.FOLLOWS, "b", "a", {})) == [(0, 7), (0, 8)]
    tools = [event(1, tool="Read"), event(2, tool=None, kind=EventKind.MESSAGE),
             event(3, tool="Bash")]  # fmt: skip
    assert sorted(events_behind(tools, Relation.TOOLS, "Read", "Bash", {})) == [(0, 1), (0, 3)]


def test_who_made_a_delegation_is_known_better_with_each_of_its_rows() -> None:
    outer = written_before(2, agent="lead", target_agent="outer", parent_id="e1")
    whole = written_before(4, agent="lead", target_agent="x", parent_id="e1")
    end = replace(
        whole, seq=5, id="e5", phase=Phase.END, state=EventState.OK, parent_id="e2", call_key=None
    )
    model = ActivityModel("s1")

    def found(first: str) -> list[int]:
        events = [node.event for node in model.nodes() if node.event is not None]
        keys = events_behind(events, Relation.DELEGATES, first, "x", model.delegation_rows)
        return [seq for _, seq in keys]

    model.load([prompt(1, agent="lead"), outer, whole])
    assert (found("lead"), found("outer")) == ([4], [])
    model.add([end])
    assert (found("lead"), found("outer")) == ([], [4])
    sure = task(6, agent="lead", target_agent="x", call_key="k")
    model.add([sure, replace(sure, seq=7, id="e7", phase=Phase.END, state=EventState.OK)])
    assert (found("lead"), found("outer")) == ([6], [4])
    model.update([replace(sure, agent="boss")])
    assert (found("lead"), found("boss"), found("outer")) == ([], [6], [4])
    model.add([written_before(8, agent="lead", target_agent="x", parent_id="e5")])
    assert found("x") == [8], "what is below the end row is below the delegation"


def test_rows_that_name_nobody_leave_a_delegation_to_the_agent_of_its_prompt() -> None:
    whole = written_before(2, agent="stand-in", target_agent="x", parent_id="e1")
    end = replace(whole, seq=3, id="e3", phase=Phase.END, agent=None, call_key=None)
    rows = [prompt(1, agent="lead"), whole, end]
    model = ActivityModel("s1")
    model.load(rows)
    events = [node.event for node in model.nodes() if node.event is not None]
    assert interactions(folded(rows), Relation.DELEGATES).counts == {("lead", "x"): 1}
    told = events_behind(events, Relation.DELEGATES, "lead", "x", model.delegation_rows)
    assert told == {whole.key}
