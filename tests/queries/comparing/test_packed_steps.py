"""Steps and lines that lie packed: what tuples of them would say, in far less memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.alignment import align, align_columns, with_arguments
from queries.as_json.canonical import encode, event_json
from queries.as_json.texts import event_text
from queries.comparing import packed_steps
from queries.comparing.aligned_json import _line_json, alignment_json
from queries.comparing.packed_steps import PACKED, PackedSteps
from queries.comparing.step_columns import StepColumns, StepShapes
from queries.models import Event, EventKind, EventState, Phase
from queries.models.alignment import Alignment, StepRelation
from queries.text import clean, iso
from tests.queries.events import event, prompt
from tests.queries.steps_made import make_steps

TEXTS = st.text(max_size=12).map(clean)
NAMES = st.none() | st.sampled_from(("planner", "hacker", 'a "quoted" one', "日本"))
NUMBERS = st.none() | st.floats(0, 1e12) | st.sampled_from((0.1 + 0.2, 1e-7, 1e300))
EVENTS = st.builds(
    Event,
    source=st.just(0), seq=st.integers(1, 2**40), id=TEXTS, session_id=TEXTS,
    parent_id=st.none() | TEXTS, time=st.none() | st.floats(-1e11, 3e11), agent=NAMES,
    target_agent=NAMES, kind=st.sampled_from(EventKind), phase=st.sampled_from(Phase),
    call_key=st.none() | TEXTS, tool=NAMES, operation=NAMES, summary=TEXTS,
    state=st.sampled_from(EventState), duration=NUMBERS, model=NAMES,
    tokens=st.none() | st.integers(0, 2**60), cost=NUMBERS,
    end_key=st.none() | st.tuples(st.integers(0, 3), st.integers(1, 9)),
)  # fmt: skip


def aligned(a: list[Event], b: list[Event]) -> Alignment:
    """As sessions of a store are aligned."""
    shapes = StepShapes()
    sides = (StepColumns(shapes, str.strip), StepColumns(shapes, str.strip))
    for side, rows in zip(sides, (a, b), strict=True):
        for each in rows:
            side.add(each)
    steps = [PackedSteps(rows) for rows in (a, b)]
    return align_columns("a", "b", steps[0], steps[1], sides, shapes)


@settings(deadline=None, max_examples=15)
@given(st.lists(EVENTS, max_size=5))
def test_packed_steps_are_what_was_packed(events: list[Event]) -> None:
    steps = make_steps(events * 80)
    packed = PackedSteps(events * 80)
    assert len(packed) == len(steps)
    assert packed == steps
    assert [packed[at] for at in range(-len(steps), 0)] == list(steps)
    assert packed[3:300:7] == steps[3:300:7]
    with pytest.raises(IndexError):
        packed[len(steps)]


@given(EVENTS)
def test_text_of_an_event_is_what_its_dictionary_becomes(made: Event) -> None:
    sources = ["agent_events"]
    assert event_text(made, sources) == encode(event_json(made, sources))
    longer = {**event_json(made, sources), "stats": {"calls": 1}}
    assert event_text(made, sources, more=', "stats": {"calls": 1}') == encode(longer)


@given(st.floats() | st.integers(-(10**12), 10**12).map(lambda micro: micro / 1e3 + 0.5e-6))
def test_moments_kept_by_the_second_are_what_the_calendar_says(instant: float) -> None:
    if 0.0 <= instant < 2.5e11:
        from datetime import UTC, datetime

        slow = datetime.fromtimestamp(round(instant, 6), UTC).isoformat().replace("+00:00", "Z")
        assert iso(instant) == slow
    else:
        assert iso(instant) is None or str(iso(instant)).endswith("Z")


@settings(deadline=None, max_examples=25)
@given(st.lists(EVENTS, max_size=8), st.lists(EVENTS, max_size=8), st.data())
def test_lines_as_text_are_lines_as_data(a: list[Event], b: list[Event], data: Any) -> None:
    b += data.draw(st.lists(st.sampled_from(a), max_size=9)) if a else []
    found = aligned(a, b)
    assert found == align("a", "b", make_steps(a), make_steps(b))
    told = dict.fromkeys(range(0, len(found.lines), 2), "x: 1 | 2")
    for each in (found, with_arguments(found, told)):
        texts = list(alignment_json(each, in_turn=True)["steps"])
        assert texts == [encode(_line_json(line, each)) for line in each.lines]
        assert texts == [encode(line) for line in alignment_json(each)["steps"]]
        plain = replace(each, lines=tuple(each.lines), steps_a=tuple(each.steps_a))
        assert texts == list(alignment_json(plain, in_turn=True)["steps"])
        changed = sum(line.relation is StepRelation.CHANGED for line in each.lines)
        assert changed == each.changed
        first = next((at for at, line in enumerate(each.lines) if line.differs), None)
        assert first == each.first_divergence


def test_a_long_session_takes_few_bytes_a_step() -> None:
    rows = 8 * PACKED

    def events(other: int) -> list[Event]:
        # Neither side's texts are the other's but for every second one.
        return [
            (prompt if seq % 40 == 1 else event)(
                seq, id=f"event-{other}-{seq}", summary=f"text {seq} {seq % 2 * other} " * 4
            )
            for seq in range(1, rows + 1)
        ]

    both = (events(1), events(2))
    tracemalloc.start()
    try:
        found = aligned(*both)
        held, _ = tracemalloc.get_traced_memory()
        for _ in alignment_json(found, in_turn=True)["steps"]:
            pass
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.lines) >= rows
    assert held < 2 * rows * 150, "a step with its line"
    assert after < held + 4 * 2 * PACKED * 1000, "a few packs are open"


def test_every_cell_of_an_event_is_packed() -> None:
    made = event(1, end_key=(0, 2), model="m", tokens=3, cost=0.5, call_key="k", duration=1.0)
    (step,) = PackedSteps([made])
    assert [getattr(step.event, one.name) for one in fields(made)] == [
        getattr(made, one.name) for one in fields(made)
    ]


def test_names_that_are_too_many_lie_with_their_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_steps, "NAMES_KEPT", 3)
    events = [event(seq, tool=f"tool {seq % 7}") for seq in range(1, 2 * PACKED + 9)]
    packed = PackedSteps(events)
    assert packed == make_steps(events)
    assert len(packed._names) == 3
    told = [each for number in range(3) for each in packed.told(number)]
    assert told == [
        (step.event.id, step.text, step.event.state.value, step.event.duration)
        for step in make_steps(events)
    ]
