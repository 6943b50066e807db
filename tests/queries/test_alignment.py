"""Two runs step by step: known differences in every dialect, and what holds for any two."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.alignment import MOST_STEPS, align
from queries.comparing.common_sequence import common_pairs, common_pairs_of_any_size, single_pairs
from queries.comparing.normalising import normaliser
from queries.comparing.session_alignment import align_sessions
from queries.models import Event, EventKind, EventState
from queries.models.alignment import Alignment, Step, StepRelation
from queries.store import Store
from tests.queries.events import event
from tests.queries.runs import (
    ARGUMENT,
    DIALECTS,
    DROPPED,
    FAILING,
    PLAN,
    SPOKEN,
    SWAPPED,
    WITHOUT_ARGUMENTS,
    Do,
    write_runs,
)
from tests.queries.steps_made import make_steps
from tests.stores import canonical_store

every_dialect = pytest.mark.parametrize("dialect", DIALECTS)


def aligned(path: Path, a: str = "first", b: str = "other") -> Alignment:
    with Store(path) as store:
        return align_sessions(store, a, b)


def relations(alignment: Alignment) -> str:
    signs = dict(zip(StepRelation, "=~>-+", strict=True))
    return "".join(signs[line.relation] for line in alignment.lines)


def steps(*texts: str, kind: EventKind = EventKind.TOOL) -> tuple[Step, ...]:
    """Steps of the tools in capitals before a blank: "Read x"."""
    rows = []
    for seq, text in enumerate(texts, start=1):
        tool, _, summary = text.partition(" ")
        rows.append(event(seq, kind=kind, tool=tool, summary=summary))
    return make_steps(rows)


def pure(a: tuple[Step, ...], b: tuple[Step, ...]) -> Alignment:
    return align("a", "b", a, b)


# -- known differences ------------------------------------------------------------------------


@every_dialect
def test_the_same_run_twice(tmp_path: Path, dialect: str) -> None:
    found = aligned(write_runs(tmp_path / "s.db", dialect, first=PLAN, other=PLAN))
    assert relations(found) == "=" * len(PLAN)
    assert found.first_divergence is None
    assert found.divergence == "no difference in 7 steps"


def test_a_session_and_itself(tmp_path: Path) -> None:
    path = write_runs(tmp_path / "s.db", "canonical", first=PLAN, other=PLAN)
    assert relations(aligned(path, "first", "first")) == "=" * len(PLAN)


@every_dialect
def test_one_step_dropped(tmp_path: Path, dialect: str) -> None:
    found = aligned(write_runs(tmp_path / "s.db", dialect, first=PLAN, other=DROPPED))
    assert relations(found) == "==-===="
    assert (found.matched, found.only_a, found.only_b) == (6, 1, 0)
    assert found.first_divergence == 2
    assert found.divergence.startswith("part at step 3: Grep")
    assert found.divergence.partition(" | ")[2].startswith("Edit")


@every_dialect
def test_two_steps_swapped(tmp_path: Path, dialect: str) -> None:
    found = aligned(write_runs(tmp_path / "s.db", dialect, first=PLAN, other=SWAPPED))
    assert (found.matched, found.moved, found.only_a, found.only_b) == (6, 1, 0, 0)
    moved = [line for line in found.lines if line.relation is StepRelation.MOVED]
    here, there = sorted(moved, key=lambda line: line.a is None)
    assert (here.a, here.counterpart) == (there.counterpart, there.b)
    assert found.first_divergence == 2


@every_dialect
def test_one_argument_changed(tmp_path: Path, dialect: str) -> None:
    found = aligned(write_runs(tmp_path / "s.db", dialect, first=PLAN, other=ARGUMENT))
    if dialect in WITHOUT_ARGUMENTS:
        assert found.first_divergence is None
        return
    assert relations(found) == "==~===="
    assert found.divergence == "part at step 3: Grep login | Grep logout"


@every_dialect
def test_one_text_changed(tmp_path: Path, dialect: str) -> None:
    found = aligned(write_runs(tmp_path / "s.db", dialect, first=PLAN, other=SPOKEN))
    assert relations(found) == "=~====="
    assert found.divergence.endswith(": I have no idea.")


@every_dialect
def test_one_step_failing(tmp_path: Path, dialect: str) -> None:
    found = aligned(write_runs(tmp_path / "s.db", dialect, first=PLAN, other=FAILING))
    assert relations(found) == "=" * len(PLAN)
    assert (found.outcomes, found.first_divergence) == (1, 5)
    assert found.lines[5].outcome_differs
    assert found.divergence.startswith("part at step 6: Bash")
    assert "(ok) | Bash" in found.divergence
    assert found.divergence.endswith("(error)")


@every_dialect
def test_nothing_against_something(tmp_path: Path, dialect: str) -> None:
    path = write_runs(tmp_path / "s.db", dialect, first=(), other=PLAN[:2])
    found = aligned(path)
    assert relations(found) == "++"
    assert found.divergence.startswith("part at step 1: (ends) | Read")
    assert aligned(path, "first", "first").divergence == "no steps on either side"


def test_whole_arguments_decide_where_the_lines_are_alike(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as store:
        for session, offset in (("first", 10), ("other", 20)):
            store.add_session(session)
            for number, limit in enumerate((5, 5)):
                row = store.add_event(session, tool="Read", summary="src/auth.py")
                given = {"limit": limit, "offset": offset if number else 1, "id": session}
                store.add_text(row["rowid"], json.dumps(given))
    found = aligned(tmp_path / "s.db")
    assert relations(found) == "=~"
    assert found.lines[1].detail == "offset: 10 | 20"
    assert (
        found.divergence == "part at step 2: Read src/auth.py [offset: 10 | 20] | Read src/auth.py"
    )


def test_calls_of_two_rows_are_one_step(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as store:
        for session, took in (("first", 2.0), ("other", 5.0)):
            store.add_session(session)
            for phase, state in (("start", "running"), ("end", "ok")):
                store.add_event(
                    session, phase=phase, state=state, call_key=f"call-{session}",
                    duration=took if phase == "end" else None,
                )  # fmt: skip
    found = aligned(tmp_path / "s.db")
    assert relations(found) == "="
    assert found.lines[0].duration_delta == 3.0


# -- how lines relate -------------------------------------------------------------------------


def test_changed_prefers_the_same_operation() -> None:
    a = make_steps([event(1, tool="Bash", operation="git", summary="git log")])
    b = make_steps([
        event(1, tool="Bash", operation="pytest", summary="pytest"),
        event(2, tool="Bash", operation="git", summary="git diff"),
    ])  # fmt: skip
    assert relations(pure(a, b)) == "+~"


def test_unlike_steps_at_the_same_place_stay_apart() -> None:
    found = pure(steps("Read a", "Edit x"), steps("Grep b", "Edit x"))
    assert relations(found) == "-+="
    assert found.divergence == "part at step 1: Read a | Grep b"


def test_of_steps_that_are_alike_the_first_moved_to_where_the_first_is() -> None:
    found = pure(
        steps("Read x", "Read x", *(f"Do {name}" for name in "abcd")),
        steps(*(f"Do {name}" for name in "abcd"), "Read x", "Read x"),
    )
    moved = [line for line in found.lines if line.relation is StepRelation.MOVED]
    assert [(line.a, line.counterpart) for line in moved if line.a is not None] == [(0, 4), (1, 5)]
    assert [(line.b, line.counterpart) for line in moved if line.b is not None] == [(4, 0), (5, 1)]


def test_a_repeated_step_is_moved_once() -> None:
    found = pure(steps("Read a", "Edit x", "Bash t"), steps("Edit x", "Bash t", "Read a", "Read a"))
    assert (found.moved, found.only_b) == (1, 1)


def test_speaker_and_text_make_a_message() -> None:
    def said(*who: str) -> tuple[Step, ...]:
        rows = [
            event(seq, kind=EventKind.MESSAGE, tool=None, agent=name, summary="Go.")
            for seq, name in enumerate(who, start=1)
        ]
        return make_steps(rows)

    assert relations(pure(said("planner", "mole"), said("planner", "hacker"))) == "=-+"


def test_unproven_outcomes_do_not_differ() -> None:
    a = make_steps([event(1, state=EventState.OK, duration=1.0)])
    for state in (EventState.RUNNING, EventState.UNKNOWN):
        found = pure(a, make_steps([event(1, state=state)]))
        assert found.first_divergence is None
        assert found.lines[0].duration_delta is None


def session(*parts: tuple[str, tuple[str, ...]]) -> tuple[Step, ...]:
    """Prompts, each with calls below it."""
    rows: list[Event] = []
    for prompt, calls in parts:
        rows.append(event(len(rows) + 1, kind=EventKind.PROMPT, tool=None, summary=prompt))
        rows += [
            event(len(rows) + number, summary=text) for number, text in enumerate(calls, start=1)
        ]
    return make_steps(rows)


def test_prompts_that_are_shared_hold_their_steps_together() -> None:
    a = session(("fix", ("x", "y", "z")), ("test", ("p", "q")))
    b = session(("test", ("x", "y", "z")), ("fix", ("p", "q")))
    c = session(("fix", ("p", "q")), ("test", ("x", "y", "z")))
    found = pure(a, c)
    assert "by prompt (2 of 2 and 2 prompts" in found.method
    matched = [(line.a, line.b) for line in found.lines if line.relation is StepRelation.MATCHED]
    assert matched == [(0, 0), (4, 3)]
    assert "by prompt (1 of 2 and 2 prompts" in pure(a, b).method


def test_repeated_prompts_do_not_mislead() -> None:
    first = ("continue", ("a", "b"))
    rest = (("continue", ("c", "d")), ("continue", ("e", "f")))
    assert relations(pure(session(first, *rest), session(*rest))) == "---======"
    assert relations(pure(session(*rest), session(first, *rest))) == "+++======"
    told = pure(session(first, *rest), session(*rest)).divergence
    assert told == "part at step 1: prompt: continue (only here, 3 steps) | prompt: continue"
    told = pure(session(*rest), session(first, *rest)).divergence
    assert told == "part at step 1: prompt: continue | prompt: continue (only here, 3 steps)"
    again = ("continue", ("a", "e"))
    found = pure(session(("continue", ("a",)), again), session(again))
    assert relations(found) == "--==="


def test_what_one_side_has_alone_is_a_whole_prompt_where_it_can_be() -> None:
    longer = session(("go", ("z", "x")), ("go", ("z",)), ("end", ()))
    shorter = session(("go", ("z",)), ("end", ()))
    assert relations(pure(longer, shorter)) == "---==="
    assert relations(pure(shorter, longer)) == "+++==="


def test_long_sessions_are_aligned_by_prompt_first() -> None:
    a = session(("one", tuple(f"s{number}" for number in range(MOST_STEPS))), ("two", ("x", "y")))
    b = session(("one", tuple(f"s{number}" for number in range(50))), ("two", ("x", "z")))
    found = pure(a, b)
    assert found.method.startswith("More than 10,000 steps: aligned by prompt first")
    assert (found.matched, found.changed, found.only_a) == (53, 1, MOST_STEPS - 50)


# -- what holds for any two sessions ----------------------------------------------------------

ANY = st.lists(
    st.tuples(
        st.sampled_from((EventKind.TOOL, EventKind.MESSAGE, EventKind.PROMPT, EventKind.ERROR)),
        st.sampled_from(("Read", "Bash", None)),
        st.sampled_from(("x", "y", "z")),
        st.sampled_from(tuple(EventState)),
    ),
    max_size=25,
).map(
    lambda rows: make_steps(
        event(seq, kind=kind, tool=tool, summary=text, state=state)
        for seq, (kind, tool, text, state) in enumerate(rows, start=1)
    )
)


@settings(max_examples=300)
@given(ANY, ANY)
def test_both_sides_can_be_rebuilt(a: tuple[Step, ...], b: tuple[Step, ...]) -> None:
    found = pure(a, b)
    assert [line.a for line in found.lines if line.a is not None] == list(range(len(a)))
    assert [line.b for line in found.lines if line.b is not None] == list(range(len(b)))
    assert found.matched + found.changed + found.moved + found.only_a == len(a)
    assert found.matched + found.changed + found.moved + found.only_b == len(b)
    for line in found.lines:
        pair = line.relation in (StepRelation.MATCHED, StepRelation.CHANGED)
        assert pair == (line.a is not None and line.b is not None)
        assert (line.counterpart is not None) == (line.relation is StepRelation.MOVED)
        if line.a is not None and line.b is not None:
            alike = found.steps_a[line.a].text == found.steps_b[line.b].text
            assert alike == (line.relation is StepRelation.MATCHED)
    if found.first_divergence is None:
        assert [step.text for step in a] == [step.text for step in b]
    else:
        assert all(not line.differs for line in found.lines[: found.first_divergence])
        assert f"part at step {found.first_divergence + 1}:" in found.divergence


@given(ANY)
def test_a_session_is_like_itself(a: tuple[Step, ...]) -> None:
    found = pure(a, a)
    assert found.matched == len(a)
    assert found.first_divergence is None


@settings(max_examples=300)
@given(st.text("abcd", max_size=30), st.text("abcd", max_size=30))
def test_as_many_as_possible_are_matched(a: str, b: str) -> None:
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            longer = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if one == other else longer
    pairs = common_pairs(a, b)
    assert len(pairs) == lengths[-1][-1]
    assert all(a[one] == b[other] for one, other in pairs)
    assert all(x < y for p, q in pairwise(pairs) for x, y in zip(p, q, strict=True))


@given(st.text("abcdefgh", max_size=30), st.text("abcdefgh", max_size=30))
def test_single_pairs_occur_once_and_ascend(a: str, b: str) -> None:
    pairs = single_pairs(a, b)
    assert all(a.count(a[one]) == b.count(b[other]) == 1 for one, other in pairs)
    assert all(x < y for p, q in pairwise(pairs) for x, y in zip(p, q, strict=True))


def test_cut_sequences_are_matched_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queries.comparing.common_sequence.MOST_WORK", 400)
    dice = Random(3)
    for letters in (5, 500):
        a = [dice.randrange(letters) for _ in range(120)]
        b = a[:40] + [dice.randrange(letters) for _ in range(50)] + a[60:]
        pairs, surely = common_pairs_of_any_size(a, b)
        assert not surely
        assert all(a[one] == b[other] for one, other in pairs)
        assert all(x < y for p, q in pairwise(pairs) for x, y in zip(p, q, strict=True))
        assert len(pairs) >= 50


# -- levelling --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cat  a\n b", "cat a ↵b"),
        ("/home/ann/p/x.py", "/Users/bob/p/x.py"),
        ("/root/p/x.py", "/home/ann/p/x.py"),
        ("ls /tmp/tmpab12cd/x", "ls /tmp/tmpzz99qq/x"),
        ("ls /tmp/run-a1b2c3d4/x", "ls /tmp/run-z9y8x7w6/x"),
        ("pytest ./tests", "pytest tests"),
        ("show 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "show 9b2d1d3a-0b1c-4c1e-8f7e-6a5b4c3d2e1f"),
        ("git show a1b2c3d", "git show 0123abcdef"),
        ("open evt_00ab12cd34ef", "open evt_ffab12cd34e0"),
        ("at 2026-01-12T10:00:00Z", "at 2026-01-13 11:22:33.5+01:00"),
        ("heist_1766132250.log", "heist_1766139681.log"),
        ("since 1766132250.25", "since 1766139681250"),
    ],
)
def test_what_differs_only_because_it_was_another_run(one: str, other: str) -> None:
    level = normaliser("session-1", None)
    assert level(one) == level(other)
    assert level(level(one)) == level(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sed -n 10,20p x", "sed -n 10,21p x"),
        ("curl localhost:8007", "curl localhost:8008"),
        ("day > '2026-01-12'", "day > '2026-01-13'"),
        ("head -c 1000000", "head -c 2000000"),
        ("Read src/a.py", "Read src/A.py"),
        ("/home/ann/x.py", "/srv/ann/x.py"),
        ("ls /tmp/build/x", "ls /tmp/other/x"),
        ("deadbeef", "decade"),
        ("sum 12345678901", "sum 12345678902"),
    ],
)
def test_what_is_asked_for_stays(one: str, other: str) -> None:
    level = normaliser("session-1", None)
    assert level(one) != level(other)


def test_own_names_are_levelled() -> None:
    one, other = normaliser("run-000001", "/opt/tree-1"), normaliser("run-000002", "/srv/two/")
    assert one("cat /opt/tree-1/x run-000001") == other("cat /srv/two/x run-000002")
    assert normaliser("7", None)("line 7") == "line 7"


# -- time and memory --------------------------------------------------------------------------


def test_ten_thousand_steps_each() -> None:
    dice = Random(2)
    base = [f"{dice.choice(('Read', 'Edit', 'Bash'))} {dice.randrange(400)}" for _ in range(9999)]
    other = list(base)
    for _ in range(900):
        at = dice.randrange(len(other) - 1)
        change = dice.randrange(3)
        if change == 0:
            del other[at]
        elif change == 1:
            other.insert(at, f"Grep {dice.randrange(400)}")
        else:
            other[at], other[at + 1] = other[at + 1], other[at]
    a, b = steps(*base), steps(*other[:10_000])
    found = pure(a, b)
    assert found.matched > 9000
    keys_a, keys_b = [dice.randrange(50) for _ in base], [dice.randrange(50) for _ in base]
    tracemalloc.start()
    common_pairs(keys_a, keys_b)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


def test_plans_differ_as_they_say() -> None:
    assert {len(DROPPED), len(SWAPPED), len(PLAN)} == {6, 7}
    assert replace(PLAN[0], ok=True) == Do("Read", "src/auth.py")
