"""Two sessions of a store read and aligned."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from queries.alignment import align, with_arguments
from queries.alignment_models import Alignment, Step, StepRelation
from queries.arguments import difference, read_inputs
from queries.event_stream import EventStream, patiently
from queries.models import EventKind
from queries.normalising import normaliser
from queries.pairing import paired
from queries.plain_data import replace
from queries.steps import make_steps
from queries.store import Store

MOST_ROWS = 200_000
"""Rows of each session that are aligned; what comes after them is left out, and said."""
MOST_INPUTS = 10_000
"""Pairs whose whole inputs are compared; of those after them, the one-line texts are."""
_WITH_INPUT = frozenset((
    EventKind.TOOL, EventKind.DELEGATION, EventKind.PROMPT, EventKind.MESSAGE,
))  # fmt: skip


def align_sessions(store: Store, a: str, b: str) -> Alignment:
    """Align two sessions, which exist, step by step.

    Steps are matched by their one-line texts; where those are alike, the whole inputs (up to
    20,000 characters) decide whether the step is changed.
    """
    steps_a, more_a = _read_steps(store, a)
    steps_b, more_b = _read_steps(store, b)
    projects = {
        session.id: session.project
        for session in patiently(lambda: store.sessions_by_id((a, b)))
    }  # fmt: skip
    level_a, level_b = (normaliser(name, projects.get(name)) for name in (a, b))
    alignment = align(a, b, steps_a, steps_b, level_a, level_b)
    alignment = with_arguments(alignment, _differing(store, alignment, level_a, level_b))
    return _told(alignment, more_a or more_b)


def _read_steps(store: Store, session_id: str) -> tuple[tuple[Step, ...], bool]:
    rows = iter(EventStream(store, sessions=(session_id,)))
    steps = make_steps(paired(islice(rows, MOST_ROWS)))
    return steps, next(rows, None) is not None


def _differing(
    store: Store, alignment: Alignment, level_a: Callable[[str], str], level_b: Callable[[str], str]
) -> dict[int, str]:
    """Per matched line, what differs in the whole inputs."""
    pairs = [
        (index, alignment.steps_a[line.a].event, alignment.steps_b[line.b].event)
        for index, line in enumerate(alignment.lines)
        if line.relation is StepRelation.MATCHED and line.a is not None and line.b is not None
        and alignment.steps_a[line.a].event.kind in _WITH_INPUT
    ][:MOST_INPUTS]  # fmt: skip
    inputs = patiently(lambda: read_inputs(store, (event for _, *both in pairs for event in both)))
    found: dict[int, str] = {}
    for index, one, other in pairs:
        if one.key in inputs and other.key in inputs:
            told = difference(inputs[one.key], inputs[other.key], level_a, level_b)
            if told is not None:
                found[index] = told
    return found


def _told(alignment: Alignment, cut: bool) -> Alignment:
    if not cut:
        return alignment
    return replace(
        alignment, method=f"{alignment.method} Only the first {MOST_ROWS:,} rows are aligned."
    )
