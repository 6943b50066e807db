"""Calls in the activity tree: their rows joined, ended, never ended, or placed by a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queries.activity import ActivityModel
from queries.models import Event, EventKind, EventState, NodeKind, NodeReplaced, Phase
from tests.queries.events import call, event, prompt, task
from tests.queries.tree_making import NaiveTree, outline, tree


def test_the_two_rows_of_a_call_are_one_line() -> None:
    model = ActivityModel("s1")
    told = NaiveTree(model.load([prompt(1), call(2, Phase.START)]))
    told.apply(model.add([call(3, Phase.END, parent_id="e1", duration=1.5)]))
    assert outline(told.nodes()) == ["text 1", "  text 2"]
    node = told.nodes()[1]
    assert node.event is not None
    assert (node.event.state, node.event.duration, node.event.end_key) == (
        EventState.OK, 1.5, (0, 3),
    )  # fmt: skip
    assert model.key_of_id("e3") == model.key_of_id("e2") == node.key
    told.apply(model.add([event(4, parent_id="e3")]))
    assert outline(told.nodes()) == ["text 1", "  text 2", "    text 4"]


def test_raw_rows_are_shown_as_they_are() -> None:
    rows = [prompt(1), call(2, Phase.START), call(3, Phase.END, parent_id="e1")]
    assert tree(*rows, raw=True) == ["text 1", "  text 3", "outside any prompt", "  text 2"]


def test_rows_that_come_again_are_passed_over() -> None:
    rows = [prompt(1), call(2, Phase.START), call(3, Phase.END, parent_id="e1"),
            task(4, parent_id="e1"),
            call(5, Phase.END, kind=EventKind.DELEGATION, call_key="k4")]  # fmt: skip
    model = ActivityModel("s1")
    nodes = model.load(rows)
    assert model.add(rows) == []
    assert model.add(reversed(rows)) == []
    assert model.nodes() == nodes


def test_a_delegation_ends_in_place() -> None:
    model = ActivityModel("s1")
    told = NaiveTree(model.load([prompt(1), task(2, parent_id="e1"), event(3, parent_id="e2")]))
    before = told.nodes()[0].stats
    assert before is not None
    assert (before.calls, before.running) == (2, 1)
    changes = model.update([task(2, parent_id="e1", state=EventState.OK, duration=3.0)])
    assert all(isinstance(change, NodeReplaced) for change in changes)
    told.apply(changes)
    after = told.nodes()[0].stats
    assert after is not None
    assert (after.running, after.duration) == (0, 3.0)
    assert told.nodes() == model.nodes()
    assert model.update([event(99)]) == []


def test_a_delegation_told_by_two_rows_keeps_its_children() -> None:
    model = ActivityModel("s1")
    start = call(2, Phase.START, kind=EventKind.DELEGATION, call_key="k3", parent_id="e1")
    told = NaiveTree(model.load([prompt(1), start, event(4, parent_id="e2")]))
    told.apply(model.add([task(3, parent_id="e1")]))
    assert outline(told.nodes()) == ["text 1", "  text 3", "    text 4"]
    told.apply(model.add([event(5, parent_id="e2"), event(6, parent_id="e3")]))
    assert outline(told.nodes())[2:] == ["    text 4", "    text 5", "    text 6"]


def test_the_delegation_may_hang_under_its_own_start_row() -> None:
    start = call(2, Phase.START, kind=EventKind.DELEGATION, call_key="k3", parent_id="e1")
    rows = [prompt(1), start, task(3, parent_id="e2"), event(4, parent_id="e3")]
    assert tree(*rows) == ["text 1", "  text 3", "    text 4"]


def test_a_row_that_was_replaced_keeps_its_line() -> None:
    model = ActivityModel("s1")
    told = NaiveTree(model.load([prompt(1), task(2, parent_id="e1"), event(3, parent_id="e2")]))
    told.apply(model.update([replace(task(2, parent_id="e1", state=EventState.OK), seq=9)]))
    assert outline(told.nodes()) == ["text 1", "  text 2", "    text 3"]
    node = told.nodes()[1]
    assert node.event is not None
    assert (node.key, node.event.key, node.event.state) == ("event:0:2", (0, 9), EventState.OK)
    again = replace(task(2, parent_id="e1", state=EventState.ERROR), seq=9)
    told.apply(model.update([again]))
    assert told.nodes()[1].event == again
    assert model.add([again]) == []


# -- never ended --------------------------------------------------------------------------------


def marks(model: ActivityModel) -> list[bool]:
    return [node.never_ended for node in model.nodes() if node.event is not None]


def test_a_start_before_a_later_prompt_never_ended() -> None:
    model = ActivityModel("s1")
    told = NaiveTree(model.load([prompt(1), call(2, Phase.START)]))
    assert marks(model) == [False, False]
    told.apply(model.add([prompt(3, session_id="s2")]))
    assert marks(model) == [False, False, False]
    told.apply(model.add([prompt(4)]))
    assert marks(model) == [False, True, False, False]
    assert told.nodes() == model.nodes()
    group = next(node for node in told.nodes() if node.kind is NodeKind.GROUP)
    assert group.stats is not None
    assert (group.stats.calls, group.stats.running) == (1, 0)


def test_a_row_that_says_itself_that_it_runs_does_so_across_prompts() -> None:
    model = ActivityModel("s1")
    whole = event(2, kind=EventKind.TOOL, state=EventState.RUNNING, parent_id="e1")
    model.load([prompt(1), whole, task(3, parent_id="e1"), prompt(4)])
    assert marks(model) == [False] * 4


def test_calls_of_a_session_that_is_over_never_ended() -> None:
    over: set[str] = set()
    model = ActivityModel("s1", is_alive=lambda name: name not in over)
    told = NaiveTree(
        model.load([prompt(1), call(2, Phase.START, parent_id="e1"), task(3, parent_id="e1")])
    )
    assert model.refresh() == []
    over.add("s1")
    told.apply(model.refresh())
    assert marks(model) == [False, True, True]
    stats = told.nodes()[0].stats
    assert stats is not None
    assert (stats.calls, stats.running) == (2, 0)
    over.clear()
    told.apply(model.refresh())
    assert told.nodes() == model.nodes()
    assert marks(model) == [False, False, False]


# -- running calls whose parent is not known yet ------------------------------------------------


def test_a_running_call_is_shown_under_the_prompt_it_probably_belongs_to() -> None:
    model = ActivityModel("s1", guess=True)
    told = NaiveTree(model.load([prompt(1)]))
    told.apply(model.add([call(2, Phase.START)]))
    assert outline(told.nodes()) == ["text 1", "  text 2"]
    changes = model.add([call(3, Phase.END, parent_id="e1")])
    assert all(isinstance(change, NodeReplaced) for change in changes)
    told.apply(changes)
    assert outline(told.nodes()) == ["text 1", "  text 2"]


@pytest.mark.parametrize("end", [
    call(3, Phase.END),
    call(3, Phase.END, parent_id="absent"),
])  # fmt: skip
def test_a_guess_that_was_wrong_is_taken_back(end: Event) -> None:
    model = ActivityModel("s1", guess=True)
    told = NaiveTree(model.load([prompt(1), call(2, Phase.START)]))
    told.apply(model.add([end]))
    assert outline(told.nodes()) == ["text 1", "outside any prompt", "  text 2"]
    assert told.nodes() == model.nodes()


def test_a_call_that_never_ended_is_no_guess() -> None:
    model = ActivityModel("s1", guess=True)
    told = NaiveTree(model.load([prompt(1), call(2, Phase.START), event(3), prompt(4)]))
    assert outline(told.nodes()) == [
        "text 1", "outside any prompt", "  text 2", "  text 3", "text 4",
    ]  # fmt: skip
    over: set[str] = set()
    model = ActivityModel("s1", guess=True, is_alive=lambda name: name not in over)
    told = NaiveTree(model.load([prompt(1), call(2, Phase.START)]))
    over.add("s1")
    told.apply(model.refresh())
    assert outline(told.nodes()) == ["text 1", "outside any prompt", "  text 2"]
    over.clear()
    told.apply(model.refresh())
    assert outline(told.nodes()) == ["text 1", "  text 2"]


def test_nothing_is_guessed_of_raw_rows_nor_unless_asked() -> None:
    rows = [prompt(1), call(2, Phase.START)]
    expected = ["text 1", "outside any prompt", "  text 2"]
    assert tree(*rows) == expected
    assert tree(*rows, guess=True, raw=True) == expected


def test_of_what_is_finished_nothing_is_guessed() -> None:
    rows = [prompt(1), call(2, Phase.START), call(3, Phase.END), call(4, Phase.START, tool="Bash"),
            call(5, Phase.END, tool="Bash", parent_id="e1"), prompt(6), event(7)]  # fmt: skip
    plain, guessing = ActivityModel("s1"), ActivityModel("s1", guess=True)
    assert plain.load(rows) == guessing.load(rows)
