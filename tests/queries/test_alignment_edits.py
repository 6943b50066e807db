"""One session against itself with a single edit: exactly that edit is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.alignment import align
from queries.counting.event_stream import EventStream
from queries.folding.pairing import paired
from queries.models import Event, EventKind, EventState
from queries.models.alignment import Alignment, StepRelation
from queries.store import Store
from tests.queries.events import event
from tests.queries.steps_made import make_steps

SAMPLES = sorted((Path(__file__).parents[1] / "data").glob("*.db"))
PROVEN = (EventState.OK, EventState.ERROR)


@st.composite
def runs(draw: st.DrawFn) -> list[Event]:
    """Calls and messages of which many are alike, with outcomes of their own."""
    cells = st.tuples(
        st.sampled_from((EventKind.TOOL, EventKind.TOOL, EventKind.MESSAGE)),
        st.sampled_from(("Read", "Bash")),
        st.sampled_from(("x", "y", "z")),
        st.sampled_from((EventState.OK, EventState.ERROR, EventState.UNKNOWN)),
    )
    rows = draw(st.lists(cells, min_size=1, max_size=20))
    return [
        event(seq, kind=kind, tool=tool, summary=text, state=state)
        for seq, (kind, tool, text, state) in enumerate(rows, start=1)
    ]


def against(a: Sequence[Event], b: Sequence[Event]) -> Alignment:
    found = align("a", "b", make_steps(a), make_steps(b))
    # Both sides can be read off the lines, whatever the edit was.
    assert [line.a for line in found.lines if line.a is not None] == list(range(len(a)))
    assert [line.b for line in found.lines if line.b is not None] == list(range(len(b)))
    return found


def differences(found: Alignment) -> dict[str, int]:
    """What is reported, without what is the same."""
    numbers = {
        "changed": found.changed,
        "moved": found.moved,
        "only_a": found.only_a,
        "only_b": found.only_b,
        "outcomes": found.outcomes,
    }
    return {name: number for name, number in numbers.items() if number}


def check_drop(run: Sequence[Event], at: int) -> None:
    shorter = [*run[:at], *run[at + 1 :]]
    assert differences(against(run, shorter)) == {"only_a": 1}
    assert differences(against(shorter, run)) == {"only_b": 1}


def check_change(run: Sequence[Event], at: int) -> None:
    text = f"{run[at].summary} --more"
    found = against(run, [*run[:at], replace(run[at], summary=text), *run[at + 1 :]])
    assert differences(found) == {"changed": 1}
    assert found.first_divergence == at
    assert found.divergence.startswith(f"part at step {at + 1:,}: ")


def check_outcome(run: Sequence[Event], at: int) -> None:
    state = EventState.ERROR if run[at].state is EventState.OK else EventState.OK
    found = against(run, [*run[:at], replace(run[at], state=state), *run[at + 1 :]])
    assert differences(found) == {"outcomes": 1}
    assert found.first_divergence == at
    assert found.lines[at].relation is StepRelation.MATCHED


def check_repeat(run: Sequence[Event], at: int, size: int) -> None:
    found = against(run, [*run[: at + size], *run[at : at + size], *run[at + size :]])
    assert differences(found) == {"only_b": size}


def check_swap(run: Sequence[Event], at: int) -> None:
    """Two neighbours in each other's place: one of them moved, unless they are alike."""
    found = against(run, [*run[:at], run[at + 1], run[at], *run[at + 2 :]])
    known = differences(found)
    known.pop("outcomes", None)
    assert sum(known.values()) <= 1
    assert known.keys() <= {"moved"}
    if known:
        assert found.first_divergence is not None
        assert found.first_divergence <= at


@settings(max_examples=150)
@given(runs(), st.data())
def test_one_edit_is_one_difference(run: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(run) - 1))
    check_drop(run, at)
    check_change(run, at)
    if run[at].state in PROVEN:
        check_outcome(run, at)
    check_repeat(run, at, data.draw(st.integers(1, len(run) - at)))
    if at + 1 < len(run):
        check_swap(run, at)


@settings(max_examples=50)
@given(st.permutations(tuple("abcdefghij")), st.integers(0, 9), st.integers(0, 9))
def test_a_step_moved_is_one_move(order: list[str], old: int, new: int) -> None:
    run = [event(seq, summary=text) for seq, text in enumerate(order, start=1)]
    other = [*run[:old], *run[old + 1 :]]
    other.insert(new, run[old])
    found = against(run, other)
    assert differences(found) == ({} if old == new else {"moved": 1})
    if old != new:
        assert found.first_divergence == min(old, new)
        assert found.lines[min(old, new)].relation is StepRelation.MOVED


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_edits_of_real_sessions(path: Path) -> None:
    with Store(path) as store:
        for session in store.sessions(limit=100):
            run = list(paired(EventStream(store, sessions=(session.id,))))
            for at in range(0, len(run), 11):
                check_drop(run, at)
                check_change(run, at)
                if run[at].state in PROVEN:
                    check_outcome(run, at)
                check_repeat(run, at, min(3, len(run) - at))
                if at + 1 < len(run):
                    check_swap(run, at)


@pytest.mark.parametrize("size", [1, 3])
def test_what_went_alike_is_one_pair(size: int) -> None:
    good = [event(seq, summary="x") for seq in range(1, size + 1)]
    bad = [event(seq, summary="x", state=EventState.ERROR) for seq in range(4, size + 4)]
    found = against([*good, *bad], bad)
    assert differences(found) == {"only_a": size}
    assert found.first_divergence == 0
