"""Who hands work to whom: the matrix says what the list of delegations says."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.delegations import read_delegations
from queries.fold import Fold
from queries.folding import joining
from queries.folding.handed_on import maker
from queries.keeping.fold_state import fold_of, fold_parts
from queries.models import Event, EventKind, Phase
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.events import event
from tests.queries.samples import DATA
from tests.queries.test_fold import folded

D = EventKind.DELEGATION
PROMPTS = {"ask": ("user", False), "task": ("explorer", True)}


@pytest.mark.parametrize(
    ("rows", "own", "is_sure", "made_by"),
    [
        ([], ("ask", "claude"), True, "claude"),
        ([], ("ask", "claude"), False, "user"),
        ([], ("gone", "claude"), False, "claude"),
        ([], ("task", "claude"), False, "explorer"),
        ([], ("task", "orchestrator"), True, "orchestrator"),
        ([("task", "sub"), ("ask", "x")], ("ask", "claude"), False, "explorer"),
        ([("ask", "codex")], ("ask", "claude"), False, "codex"),
        ([("ask", None)], ("ask", "claude"), False, "user"),
        ([], (None, None), True, None),
    ],
)
def test_who_made_a_delegation(
    rows: list[tuple[str | None, str | None]],
    own: tuple[str | None, str | None],
    is_sure: bool,
    made_by: str | None,
) -> None:
    assert maker(rows, own, is_sure, PROMPTS.get) == made_by


def test_a_spawners_delegations_are_its_own_whatever_the_prompt_says() -> None:
    prompt = event(1, kind=EventKind.PROMPT, agent="gemini", tool=None)
    task = event(2, kind=D, agent="claude-code", target_agent="tester", parent_id="e1",
                 call_key="e2")  # fmt: skip
    spawned = event(3, kind=D, agent="orchestrator", target_agent="codex", parent_id="e1")
    counts = folded([prompt, task, spawned]).delegations()
    assert counts == {("gemini", "tester"): 1, ("orchestrator", "codex"): 1}


def test_a_delegation_that_is_given_to_another_agent_counts_for_that_one() -> None:
    task = event(1, kind=D, agent="lead", target_agent="a", call_key="e1")
    below = event(2, kind=D, agent=None, target_agent="z", parent_id="e1", call_key="e2")
    fold = folded([task, below])
    fold.update(task, replace(task, target_agent="b"))
    assert fold.delegations() == {("lead", "b"): 1, ("b", "z"): 1}


def test_of_prompts_with_one_id_the_later_one_counts_however_rows_are_put_together() -> None:
    rows = [
        event(1, id="same", kind=EventKind.PROMPT, agent="a"),
        event(2, id="same", kind=EventKind.PROMPT, agent="b"),
        event(3, kind=D, agent=None, target_agent="x", parent_id="same"),
    ]
    newest_first, oldest_first = folded([]), folded([])
    for row in reversed(rows):
        newest_first.prepend(folded([row]))
    for row in rows:
        oldest_first.append(folded([row]))
    assert newest_first.delegations() == oldest_first.delegations() == {("b", "x"): 1}


def test_two_rows_are_one_delegation_and_a_start_alone_is_one() -> None:
    start = event(1, kind=D, phase=Phase.START, agent="lead", target_agent="a", call_key="k")
    end = event(2, kind=D, phase=Phase.END, agent="lead", target_agent="b", call_key="k")
    alone = event(3, kind=D, phase=Phase.START, agent="lead", target_agent="c", call_key="l")
    assert folded([start, end, alone]).delegations() == {("lead", "b"): 1, ("lead", "c"): 1}


def pairs(path: Path) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """As the matrix and as the list of delegations tell it."""
    with Store(path) as store:
        fold = count_store(store).fold
        found = read_delegations(store, is_alive=lambda _: True, shown=None)
    listed = Counter((chain.delegation.agent, chain.delegation.target) for _, chain in found.flat())
    return fold.delegations(), Counter({(a, b): n for (a, b), n in listed.items() if a and b})


@pytest.mark.parametrize("name", ["htmlgraph-0.26.1", "htmlgraph-0.35.0"])
def test_of_real_stores(name: str) -> None:
    matrix, listed = pairs(DATA / f"{name}.db")
    assert matrix == listed
    assert matrix.total() == 12
    # As the store's own table of hand-offs has them.
    assert matrix["general-purpose", "general-purpose"] == 2
    assert matrix["test-runner", "Explore"] == 1
    assert matrix["orchestrator", "codex"] == 1
    assert ("gemini", "codex") not in matrix


def random_rows(random: Random) -> list[Event]:
    """Delegations told by one to four rows, nested, beside prompts."""
    rows: list[Event] = []
    ids = ["gone"]

    def add(**cells: object) -> None:
        number = len(rows) + 1
        cells.setdefault("parent_id", random.choice([*ids[-6:], None]))
        rows.append(event(number, tool="Task", **cells))
        ids.append(f"e{number}")

    for _ in range(12):
        agent, target = random.choice("abc"), random.choice(("x", "y", None))
        match random.randrange(6):
            case 0:
                add(kind=EventKind.PROMPT, agent=agent)
            case 1:
                add(kind=D, agent=agent, target_agent=target)
            case 2:
                own = f"e{len(rows) + 1}"
                add(kind=D, agent=agent, target_agent=target, call_key=own)
                if random.random() < 0.5:
                    add(kind=D, phase=Phase.START, agent="s", parent_id=own, call_key=own)
                if random.random() < 0.6:
                    add(kind=D, phase=Phase.END, agent=agent, target_agent=target)
            case 3:
                key = f"k{len(rows)}"
                add(kind=D, phase=Phase.START, agent=agent, target_agent=target, call_key=key)
                if random.random() < 0.7:
                    add(kind=D, phase=Phase.END, agent=agent, target_agent="z", call_key=key)
            case 4:
                add(kind=D, phase=Phase.START, agent="s", target_agent=target)
            case _:
                add(kind=D, phase=Phase.END, agent=agent, target_agent=target)
    return rows


@pytest.mark.parametrize("seed", range(60))
def test_slices_put_together_say_the_same_as_one_pass(seed: int) -> None:
    random = Random(seed)
    rows = random_rows(random)
    whole = folded(rows).delegations()
    cuts = sorted(random.sample(range(len(rows) + 1), 2))
    first, second, third = rows[: cuts[0]], rows[cuts[0] : cuts[1]], rows[cuts[1] :]
    total = folded(third)
    total.prepend(folded(second))
    total.prepend(folded(first))
    assert total.delegations() == whole
    appended = folded(first)
    appended.append(folded(second))
    appended.append(folded(third))
    assert appended.delegations() == whole


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("reach", [2, 5])
def test_what_is_settled_out_of_reach_is_what_it_would_be_later(reach: int, seed: int) -> None:
    random = Random(seed)
    rows = random_rows(random)
    cuts = [0, *sorted(random.sample(range(len(rows) + 1), 4)), len(rows)]
    with mock.patch.object(joining, "REACH", reach):
        with mock.patch.object(Fold, "forget"):
            whole = folded(rows).delegations()
        total = Fold(messages_only=False)
        for low, high in reversed(list(pairwise(cuts))):
            total.prepend(folded(rows[low:high]))
            total.forget()
        assert total.delegations() == whole


@st.composite
def repeated(draw: st.DrawFn) -> list[Event]:
    """Rows with few ids, which name each other and share keys."""
    rows: list[Event] = []
    count = draw(st.integers(1, 20))
    chance = iter(draw(st.binary(min_size=8 * count, max_size=8 * count)))
    for seq in range(1, count + 1):
        own = f"i{next(chance) % 4}"
        parent, key = (None, "i0", "i1", "i2", "i3")[next(chance) % 5], next(chance) % 4
        kind = (D, D, D, EventKind.PROMPT)[next(chance) % 4]
        phase = tuple(Phase)[next(chance) % 3] if kind is D else Phase.WHOLE
        rows.append(event(
            seq, id=own, parent_id=parent, kind=kind, phase=phase, tool="Task",
            agent=("a", "b", None)[next(chance) % 3],
            target_agent=("x", "a", None)[next(chance) % 3],
            call_key=(None, own, "i1", "i2")[key] if kind is D else None,
            session_id=("s", "s", "t")[next(chance) % 3],
        ))  # fmt: skip
    return rows


@given(
    repeated(),
    st.lists(st.integers(0, 20), max_size=3),
    st.integers(0, 8),
    st.integers(-9, 9),
    st.booleans(),
)
def test_rows_with_repeated_ids_count_the_same_however_they_are_cut(
    rows: list[Event], cuts: list[int], reach: int, end: int, onward: bool
) -> None:
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    with mock.patch.object(joining, "REACH", reach):
        with mock.patch.object(Fold, "forget"):
            whole = folded(rows).delegations()
        total = Fold(messages_only=False, end=end)
        slices = [folded(rows[low:high]) for low, high in pairwise(edges)]
        for part in slices if onward else reversed(slices):
            total.append(part) if onward else total.prepend(part)
            total.forget()
        assert total.delegations() == whole
        # What is kept of a fold goes on as if it had never been away.
        assert fold_of(json.loads(json.dumps(list(fold_parts(total))))).delegations() == whole


def test_of_rows_with_one_id_the_last_within_reach_counts() -> None:
    rows = [
        event(1, id="same", kind=EventKind.PROMPT, agent="a"),
        event(2, kind=D, agent=None, target_agent="x", parent_id="same"),
        event(3, id="same", kind=EventKind.PROMPT, agent="b"),
        event(6, id="same", kind=EventKind.PROMPT, agent="c"),
    ]
    with mock.patch.object(joining, "REACH", 1):
        assert folded(rows[:3]).delegations() == {("b", "x"): 1}
        assert folded(rows[:2]).delegations() == {("a", "x"): 1}
        apart = [rows[0], rows[1], event(4), rows[2]]
        for end in range(4):
            fold = Fold(messages_only=False, end=end)
            fold.add_all(apart)
            assert fold.delegations() == {("a", "x"): 1}
