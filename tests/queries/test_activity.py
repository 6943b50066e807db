"""Where rows stand in the activity tree, and what is said of them there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queries.activity import ActivityModel
from queries.models import (
    Event,
    NodeInserted,
    NodeKind,
    NodeRemoved,
    NodeReplaced,
    Session,
    TreeChange,
)
from tests.queries.effort import lines_run
from tests.queries.events import event, prompt, task
from tests.queries.tree_making import NaiveTree, outline, tree

# -- places -----------------------------------------------------------------------------------


def test_prompts_with_what_happened_under_them() -> None:
    rows = [prompt(1), event(2, parent_id="e1"), event(3, parent_id="e2"), prompt(4),
            event(5, parent_id="e4"), event(6, parent_id="e1")]  # fmt: skip
    assert tree(*rows) == [
        "text 1",
        "  text 2",
        "    text 3",
        "  text 6",
        "text 4",
        "  text 5",
    ]


def test_rows_outside_any_prompt_are_grouped_where_they_happened() -> None:
    rows = [event(1), prompt(2), event(3), event(4), prompt(5), event(6, parent_id="e5"), event(7)]
    assert tree(*rows) == [
        "text 1",
        "text 2",
        "outside any prompt",
        "  text 3",
        "  text 4",
        "text 5",
        "  text 6",
        "outside any prompt",
        "  text 7",
    ]


def test_a_store_without_prompts_is_a_list() -> None:
    assert tree(event(1), event(2), event(3, parent_id="e1")) == ["text 1", "  text 3", "text 2"]


def test_orphans_wait_for_their_parent() -> None:
    model = ActivityModel("s1")
    told = NaiveTree(model.load([prompt(1), event(2, parent_id="e9"), event(3, parent_id="e2")]))
    assert outline(told.nodes()) == ["text 1", "outside any prompt", "  text 2", "    text 3"]
    changes = model.add([event(9, parent_id="e1")])
    told.apply(changes)
    assert outline(told.nodes()) == ["text 1", "  text 9", "    text 2", "      text 3"]
    assert [type(change) for change in changes] == [
        NodeRemoved, NodeRemoved, NodeInserted, NodeInserted, NodeInserted, NodeReplaced,
    ]  # fmt: skip


def test_cycles_and_rows_that_are_their_own_parent_stay_reachable() -> None:
    rows = [
        event(1, parent_id="e1"),
        event(2, parent_id="e4"),
        event(3, parent_id="e2"),
        event(4, parent_id="e3"),
    ]
    assert sorted(line.strip() for line in tree(*rows)) == [f"text {n}" for n in range(1, 5)]


def test_children_in_another_session_hang_under_their_parent() -> None:
    model = ActivityModel("s1")
    child = event(2, session_id="elsewhere", parent_id="e1")
    assert model.covers(replace(child, parent_id="e0")) is False
    model.load([prompt(1)])
    assert model.covers(child)
    model.add([child])
    assert outline(model.nodes()) == ["text 1", "  text 2"]
    assert model.key_of_id("e2") == "event:0:2"
    assert model.key_of_id("absent") is None


def test_rows_of_several_tables_are_ordered_by_time() -> None:
    rows = [
        event(1, time=30.0, source=1),
        event(1, time=10.0),
        event(2, time=20.0),
        event(2, time=None, source=1),
    ]
    model = ActivityModel("s1", by_time=True)
    told = NaiveTree(model.load(rows))
    assert [node.key for node in told.nodes()] == [
        "event:0:1", "event:0:2", "event:1:1", "event:1:2",
    ]  # fmt: skip
    told.apply(model.add([event(3, time=15.0)]))
    assert [node.key for node in told.nodes()][:2] == ["event:0:1", "event:0:3"]


def test_a_notice_stands_on_top() -> None:
    model = ActivityModel("s1")
    nodes = model.load([prompt(1)], earlier="12 earlier events")
    assert [(node.kind, node.title) for node in nodes] == [
        (NodeKind.NOTICE, "12 earlier events"),
        (NodeKind.EVENT, "text 1"),
    ]


# -- sub-agents' sessions ---------------------------------------------------------------------

SUB = Session(id="sub", parent_id="s1", agent="explorer", title="Look around")


def test_a_sub_session_hangs_under_the_call_that_started_it() -> None:
    model = ActivityModel("s1")
    model.add_session(replace(SUB, parent_event_id="e2"))
    assert model.sessions() == ["s1", "sub"]
    own = [prompt(1), task(2, parent_id="e1")]
    model.load(
        [
            *own,
            prompt(3, session_id="sub"),
            event(4, session_id="sub", parent_id="e3"),
            event(5, session_id="sub"),
        ]
    )
    assert outline(model.nodes()) == [
        "text 1",
        "  text 2",
        "    explorer · Look around",
        "      text 3",
        "        text 4",
        "      text 5",
    ]


def test_a_sub_session_waits_for_its_call() -> None:
    model = ActivityModel("s1")
    model.add_session(replace(SUB, parent_event_id="e3"))
    told = NaiveTree(model.load([prompt(1), event(2, session_id="sub")]))
    assert outline(told.nodes()) == ["text 1", "explorer · Look around", "  text 2"]
    told.apply(model.add([task(3, parent_id="e1")]))
    assert outline(told.nodes()) == [
        "text 1", "  text 3", "    explorer · Look around", "      text 2",
    ]  # fmt: skip


def test_a_sub_session_without_a_known_call_stands_where_it_began() -> None:
    model = ActivityModel("s1")
    model.add_session(SUB)
    model.load([prompt(1), event(2, session_id="sub"), prompt(3), event(4, session_id="sub")])
    assert outline(model.nodes()) == ["text 1", "explorer · Look around", "  text 2", "  text 4",
                                      "text 3"]  # fmt: skip


def test_a_session_that_is_said_to_start_itself() -> None:
    model = ActivityModel("s1")
    told = NaiveTree(model.load([task(1, session_id="sub"), event(2, session_id="sub")]))
    told.apply(model.add_session(Session(id="sub", parent_id="sub", parent_event_id="e1")))
    assert outline(told.nodes()) == ["sub", "  text 1", "  text 2"]


def test_a_session_may_get_its_title_later() -> None:
    model = ActivityModel("s1")
    model.add_session(Session(id="sub", parent_id="s1"))
    told = NaiveTree(model.load([event(1, session_id="sub")]))
    told.apply(model.add_session(SUB))
    assert outline(told.nodes())[0] == "explorer · Look around"
    assert model.add_session(SUB) == []
    assert model.add_session(Session(id="s1")) == []


# -- size ---------------------------------------------------------------------------------------


def chain(length: int) -> list[Event]:
    return [
        event(seq, parent_id=None if seq == 1 else f"e{seq - 1}", duration=0.5)
        for seq in range(1, length + 1)
    ]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("live", [False, True])
def test_a_very_deep_tree_is_no_problem(live: bool, backwards: bool) -> None:
    rows = chain(10_000)
    if backwards:
        rows = [replace(row, seq=10_001 - row.seq) for row in reversed(rows)]
    model = ActivityModel("s1")
    if live:
        told = NaiveTree(model.load(rows[:1]))
        told.apply(model.add(rows[1:]))
        nodes = told.nodes()
    else:
        nodes = model.load(rows)
    assert nodes[0].stats is not None
    assert (nodes[0].stats.events, nodes[0].stats.duration) == (9999, 4999.5)
    assert nodes[-1].parent == nodes[-2].key


@pytest.mark.parametrize("live", [False, True])
def test_each_level_costs_the_same(live: bool) -> None:
    def effort(depth: int) -> int:
        rows, model = chain(depth), ActivityModel("s1")
        if not live:
            return lines_run(lambda: model.load(rows))
        model.load(rows[:1])
        return lines_run(lambda: model.add(rows[1:]))

    assert effort(2_000) < 4.5 * effort(500)


def test_a_row_under_a_prompt_with_very_many_costs_little() -> None:
    def effort(below: int) -> int:
        model = ActivityModel("s1")
        model.load([prompt(1), *(event(seq, parent_id="e1") for seq in range(2, below))])
        changes: list[TreeChange] = []
        lines = lines_run(lambda: changes.extend(model.add([event(60_000, parent_id="e1")])))
        assert [type(change) for change in changes] == [NodeInserted, NodeReplaced]
        return lines

    assert effort(50_000) <= effort(50) + 20
