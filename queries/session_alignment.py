"""Two sessions of a store read and aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from queries.alignment import align_columns, with_arguments
from queries.alignment_models import Alignment, StepRelation
from queries.arguments import difference, read_inputs
from queries.event_stream import EventStream, patiently
from queries.models import Event, EventKind
from queries.normalising import normaliser
from queries.packed_steps import PackedSteps
from queries.pairing import paired_in_turn
from queries.plain_data import replace
from queries.step_columns import StepColumns, StepShapes
from queries.store import Store

MOST_ROWS = 200_000
"""Rows of each session that are aligned; what comes after them is left out, and said."""
MOST_INPUTS = 10_000
"""Pairs whose whole inputs are compared; of those after them, the one-line texts are."""
INPUTS_AT_ONCE = 250
"""Pairs of which the inputs are in memory at once."""
_WITH_INPUT = frozenset((
    EventKind.TOOL, EventKind.DELEGATION, EventKind.PROMPT, EventKind.MESSAGE,
))  # fmt: skip


def align_sessions(store: Store, a: str, b: str) -> Alignment:
    """Align two sessions, which exist, step by step.

    Steps are matched by their one-line texts; where those are alike, the whole inputs (up to
    20,000 characters) decide whether the step is changed.
    """
    projects = {
        session.id: session.project
        for session in patiently(lambda: store.sessions_by_id((a, b)))
    }  # fmt: skip
    level_a, level_b = (normaliser(name, projects.get(name)) for name in (a, b))
    shapes = StepShapes()
    sides = (StepColumns(shapes, level_a), StepColumns(shapes, level_b))
    steps_a, more_a = _read_steps(store, a, sides[0])
    steps_b, more_b = _read_steps(store, b, sides[1])
    alignment = align_columns(a, b, steps_a, steps_b, sides, shapes)
    del sides
    alignment = with_arguments(alignment, _differing(store, alignment, level_a, level_b))
    return _told(alignment, more_a or more_b)


def _read_steps(store: Store, session_id: str, side: StepColumns) -> tuple[PackedSteps, bool]:
    rows = iter(EventStream(store, sessions=(session_id,)))
    steps = PackedSteps(side.noting(paired_in_turn(islice(rows, MOST_ROWS))))
    return steps, next(rows, None) is not None


def _differing(
    store: Store, alignment: Alignment, level_a: Callable[[str], str], level_b: Callable[[str], str]
) -> dict[int, str]:
    """Per matched line, what differs in the whole inputs."""
    pairs = islice(_with_inputs(alignment), MOST_INPUTS)
    found: dict[int, str] = {}
    while part := list(islice(pairs, INPUTS_AT_ONCE)):
        events = [event for _, *both in part for event in both]
        inputs = patiently(partial(read_inputs, store, events))
        for index, one, other in part:
            if one.key in inputs and other.key in inputs:
                told = difference(inputs[one.key], inputs[other.key], level_a, level_b)
                if told is not None:
                    found[index] = told
    return found


def _with_inputs(alignment: Alignment) -> Iterator[tuple[int, Event, Event]]:
    """Matched lines of steps that may have inputs, with both events."""
    for index, line in enumerate(alignment.lines):
        if line.relation is not StepRelation.MATCHED or line.a is None or line.b is None:
            continue
        event = alignment.steps_a[line.a].event
        if event.kind in _WITH_INPUT:
            yield index, event, alignment.steps_b[line.b].event


def _told(alignment: Alignment, cut: bool) -> Alignment:
    if not cut:
        return alignment
    return replace(
        alignment, method=f"{alignment.method} Only the first {MOST_ROWS:,} rows are aligned."
    )
