"""However rows come, the changes that are told make the tree that all rows at once make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unittest import mock

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from queries.activity import ActivityModel
from queries.folding import joining
from queries.models import ActivityNode, Event, EventKind, EventState, Phase, Session
from tests.queries.events import event
from tests.queries.tree_making import NaiveTree, apart

SUBS = (
    Session(id="sub1", parent_id="s1", agent="explorer"),
    Session(id="sub2", parent_id="sub1", parent_event_id="e3", title="Deeper"),
    Session(id="sub3", parent_id="sub3", parent_event_id="e5"),
)
SESSIONS = ("s1", "s1", "s2", "sub1", "sub2", "sub3")


@st.composite
def rows(draw: st.DrawFn, orphans: bool = True, max_size: int = 25) -> list[Event]:
    """Rows of a tree with everything that makes trees hard."""
    found: list[Event] = []
    for seq in range(1, draw(st.integers(0, max_size)) + 1):
        session = draw(st.sampled_from(SESSIONS))
        parents: list[str | None] = [None, None, None]
        if orphans:
            parents += [f"e{n}" for n in range(1, max_size, 2)] + [f"e{seq}", "absent"]
        elif session in ("s1", "s2"):
            parents += [row.id for row in found if row.session_id in ("s1", "s2")]
        state = draw(st.sampled_from(tuple(EventState)))
        row = event(
            seq,
            session_id=session,
            parent_id=draw(st.sampled_from(parents)),
            time=draw(st.one_of(st.none(), st.integers(1000, 1005))),
            tokens=draw(st.sampled_from((None, 5))),
            duration=draw(st.sampled_from((None, 0.1, 0.7))),
            state=state,
        )
        shape = draw(st.sampled_from(("tool", "tool", "prompt", "start", "end", "task", "tasked")))
        if shape == "prompt":
            row = replace(row, kind=EventKind.PROMPT, duration=None)
        elif shape in ("start", "end"):
            phase = Phase(shape)
            running = EventState.RUNNING if shape == "start" else EventState.OK
            row = replace(row, phase=phase, state=running)
        elif shape == "task":
            row = replace(row, kind=EventKind.DELEGATION, call_key=f"k{seq % 3}")
        elif shape == "tasked":
            phase = draw(st.sampled_from((Phase.START, Phase.END)))
            running = EventState.RUNNING if phase is Phase.START else EventState.OK
            key = draw(st.sampled_from((None, f"k{seq % 3}")))
            row = replace(row, kind=EventKind.DELEGATION, phase=phase, call_key=key, state=running)
        found.append(row)
    return found


class Alive:
    """Which sessions run, until told otherwise."""

    def __init__(self) -> None:
        self.over: set[str] = set()

    def __call__(self, session_id: str) -> bool:
        return session_id not in self.over


def model(alive: Alive, options: tuple[bool, bool, bool]) -> ActivityModel:
    raw, by_time, guess = options
    return ActivityModel("s1", raw=raw, by_time=by_time, guess=guess, is_alive=alive)


def chunks(given_rows: Sequence[Event], sizes: Sequence[int]) -> list[list[Event]]:
    """The rows in groups of these sizes, the last one of all the rest."""
    result, at = [], 0
    for size in sizes:
        result.append(list(given_rows[at : at + size]))
        at += size
    return [*result, list(given_rows[at:])]


def recounted(nodes: list[ActivityNode]) -> None:
    """Check the sums of every node against a plain count of what is below."""
    below: dict[str | None, list[Event]] = {}
    dead = {node.key for node in nodes if node.never_ended}
    running: dict[str | None, int] = {}
    parents = {node.key: node.parent for node in nodes}
    for node in nodes:
        if node.event is None:
            continue
        at = node.parent
        while at is not None:
            below.setdefault(at, []).append(node.event)
            runs = node.event.is_call and node.event.state is EventState.RUNNING
            running[at] = running.get(at, 0) + (runs and node.key not in dead)
            at = parents[at]
    for node in nodes:
        events = below.get(node.key, [])
        if node.stats is None:
            assert not events
            continue
        calls = [row for row in events if row.is_call]
        known = [row.duration for row in calls if row.duration is not None]
        tokens = [row.tokens for row in events if row.tokens is not None]
        assert node.stats.events == len(events)
        assert node.stats.calls == len(calls)
        assert node.stats.errors == sum(row.state is EventState.ERROR for row in events)
        assert node.stats.running == running.get(node.key, 0)
        assert node.stats.tokens == (sum(tokens) if tokens else None)
        if known:
            assert node.stats.duration is not None
            assert abs(node.stats.duration - sum(known)) < 1e-6
        else:
            assert node.stats.duration is None


options = st.tuples(st.booleans(), st.booleans(), st.booleans())
sizes = st.lists(st.integers(1, 6), max_size=8)


@settings(max_examples=60)
@given(rows(), sizes, options)
def test_rows_in_any_groups_make_the_same_tree(
    given_rows: list[Event], group_sizes: list[int], chosen: tuple[bool, bool, bool]
) -> None:
    at_once = model(Alive(), chosen)
    for session in SUBS:
        at_once.add_session(session)
    expected = at_once.load(given_rows)
    recounted(expected)
    live = model(Alive(), chosen)
    for session in SUBS:
        live.add_session(session)
    first, *others = chunks(given_rows, group_sizes)
    told = NaiveTree(live.load(first))
    for group in others:
        told.apply(live.add(group))
        assert apart(told.nodes(), live.nodes()) == ""
    assert apart(live.nodes(), expected) == ""
    assert len(live) == len(expected)


@st.composite
def happenings(draw: st.DrawFn, given_rows: list[Event]) -> list[tuple[str, object]]:
    """What a screen tells a model while rows arrive."""
    made: list[tuple[str, object]] = [("add", group) for group in chunks(given_rows, [3, 3, 3, 3])]
    for session in draw(st.permutations(SUBS)):
        made.insert(draw(st.integers(0, len(made))), ("declare", session))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(made)))
        kind = draw(st.sampled_from(("over", "again", "row", "repeat")))
        if kind in ("over", "again"):
            made.insert(at, (kind, draw(st.sampled_from(SESSIONS))))
        elif given_rows:
            row = draw(st.sampled_from(given_rows))
            if kind == "row":
                state = draw(st.sampled_from(tuple(EventState)))
                new = replace(row, state=state, duration=2.5, tokens=draw(st.none() | st.just(1)))
                made.insert(at, ("update", new))
            else:
                made.insert(at, ("add", [row]))
    return made


@settings(max_examples=60)
@given(st.data(), options)
def test_whatever_happens_the_changes_tell_it(
    data: st.DataObject, chosen: tuple[bool, bool, bool]
) -> None:
    given_rows = data.draw(rows())
    alive = Alive()
    live = model(alive, chosen)
    told = NaiveTree(live.load([], earlier="12 earlier events"))
    seen: set[int] = set()
    for kind, what in data.draw(happenings(given_rows)):
        if kind == "add":
            assert isinstance(what, list)
            fresh = [row for row in what if row.seq > max(seen, default=0) or row.seq in seen]
            told.apply(live.add(fresh))
            seen.update(row.seq for row in fresh)
        elif kind == "declare":
            assert isinstance(what, Session)
            told.apply(live.add_session(what))
        elif kind == "update":
            assert isinstance(what, Event)
            told.apply(live.update([what]))
        else:
            assert isinstance(what, str)
            (alive.over.add if kind == "over" else alive.over.discard)(what)
            told.apply(live.refresh())
        assert apart(told.nodes(), live.nodes()) == ""
    recounted(live.nodes())
    assert live.refresh() == []


def told_twice() -> list[Event]:
    """A delegation in a sub-agent's session whose start is part of a later row."""
    start = event(1, session_id="sub1", kind=EventKind.DELEGATION, call_key="k")
    start = replace(start, phase=Phase.START, state=EventState.RUNNING)
    whole = replace(start, seq=3, id="e3", phase=Phase.WHOLE)
    return [start, event(2, session_id="s1"), whole]


def started_twice() -> list[Event]:
    """A delegation under whose first start a session hangs, and whose second one comes later."""
    fields = {"session_id": "s1", "kind": EventKind.DELEGATION, "call_key": "k"}
    starts = [event(seq, phase=Phase.START, state=EventState.RUNNING, **fields) for seq in (3, 9)]
    return [*starts, event(14, session_id="sub2"), event(15, **fields)]


def under_its_own_start() -> list[Event]:
    """A delegation whose parent is its own start row, which came before the first prompt."""
    fields = {"kind": EventKind.DELEGATION, "call_key": "k", "state": EventState.RUNNING}
    start = event(2, session_id="s1", phase=Phase.START, **fields)
    whole = event(8, session_id="s1", parent_id="e2", **fields)
    prompts = [
        event(seq, session_id=of, kind=EventKind.PROMPT) for seq, of in ((1, "sub1"), (7, "s1"))
    ]
    return [
        prompts[0],
        start,
        event(3, session_id="s1"),
        prompts[1],
        whole,
        event(9, session_id="s1"),
    ]


@settings(max_examples=60)
@example(told_twice(), 3, False)
@example(started_twice(), 4, False)
@example(under_its_own_start(), 6, False)
@given(rows(orphans=False), st.integers(0, 25), st.booleans())
def test_sub_sessions_may_be_declared_late(given_rows: list[Event], late: int, guess: bool) -> None:
    starters = {session.parent_event_id for session in SUBS[:2]}
    assume(all(row.session_id in ("s1", "s2") for row in given_rows if row.id in starters))
    early = ActivityModel("s1", guess=guess)
    for session in SUBS[:2]:
        early.add_session(session)
    expected = early.load(given_rows)
    afterwards = ActivityModel("s1", guess=guess)
    told = NaiveTree(afterwards.load(given_rows[:late]))
    for session in SUBS[:2]:
        told.apply(afterwards.add_session(session))
    told.apply(afterwards.add(given_rows[late:]))
    assert apart(told.nodes(), expected) == ""


def one_key_twice() -> list[Event]:
    """A delegation, its end row, and later another delegation with the same key."""
    whole = event(1, session_id="s1", kind=EventKind.DELEGATION, call_key="k1")
    end = event(2, session_id="s1", kind=EventKind.DELEGATION, phase=Phase.END, call_key=None)
    return [replace(whole, state=EventState.RUNNING), end, replace(whole, seq=3, id="e3")]


@example(one_key_twice(), 0, EventState.ERROR)
@given(rows(orphans=False), st.integers(0, 25), st.sampled_from(tuple(EventState)))
def test_an_end_row_that_changes_makes_the_tree_of_all_rows_as_they_are(
    given_rows: list[Event], chosen: int, state: EventState
) -> None:
    ends = [at for at, row in enumerate(given_rows) if row.phase is Phase.END]
    assume(ends)
    at = ends[chosen % len(ends)]
    changed = replace(given_rows[at], state=state, duration=2.5, tokens=5, target_agent="tester")
    live = model(Alive(), (False, False, False))
    told = NaiveTree(live.load(given_rows))
    told.apply(live.update([changed]))
    fresh = model(Alive(), (False, False, False))
    now = fresh.load([*given_rows[:at], changed, *given_rows[at + 1 :]])
    assert apart(told.nodes(), live.nodes()) == ""
    assert apart(live.nodes(), now) == ""
    assert live.delegation_rows == fresh.delegation_rows


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_rows_of_a_delegation_change_long_after_nobody_waits_for_more_of_them(changed: int) -> None:
    first = event(1, session_id="s1", kind=EventKind.DELEGATION, call_key="k1")
    ends = [
        event(seq, session_id="s1", kind=EventKind.DELEGATION, phase=Phase.END, call_key=key)
        for seq, key in ((2, "k1"), (3, None))
    ]
    told = [replace(first, state=EventState.RUNNING), *ends]
    row = replace(told[changed], state=EventState.ERROR, tokens=5)
    far = [event(seq, session_id="s1") for seq in range(4, 30)]
    with mock.patch.object(joining, "REACH", 10):
        live = model(Alive(), (False, False, False))
        live.load([*told, *far])
        live.update([row])
        fresh = model(Alive(), (False, False, False))
        now = fresh.load([*told[:changed], row, *told[changed + 1 :], *far])
    assert apart(live.nodes(), now) == ""
