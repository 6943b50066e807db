"""Two sessions of a store read and aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from queries.alignment import align_columns, lines_of, with_arguments
from queries.comparing.arguments import difference, read_inputs
from queries.comparing.normalising import normaliser
from queries.comparing.packed_steps import PackedSteps
from queries.comparing.run_reading import Taker
from queries.comparing.step_columns import StepColumns, StepShapes
from queries.counting.event_stream import EventStream, patiently
from queries.folding.pairing import paired_in_turn
from queries.models import Event, EventKind
from queries.models.alignment import Alignment
from queries.plain_data import replace
from queries.store import Store

MOST_ROWS = 200_000
"""Rows of each session that are aligned; what comes after them is left out, and said."""
MOST_INPUTS = 10_000
"""Pairs whose whole inputs are compared; of those after them, the one-line texts are."""
INPUTS_AT_ONCE = 250
"""Pairs of which the inputs are in memory at once."""
STEPS_AT_ONCE = 2048
"""Steps that are put into columns together."""
_WITH_INPUT = frozenset((
    EventKind.TOOL, EventKind.DELEGATION, EventKind.PROMPT, EventKind.MESSAGE,
))  # fmt: skip


def align_sessions(store: Store, a: str, b: str) -> Alignment:
    """Align two sessions, which exist, step by step.

    Steps are matched by their one-line texts; where those are alike, the whole inputs (up to
    20,000 characters) decide whether the step is changed.
    """
    reading = AlignmentReading(store, a, b)
    for side, name in enumerate((a, b)):
        reading.take(side, iter(EventStream(store, sessions=(name,))))
    return reading.alignment()


class AlignmentReading:
    """Two sessions that are aligned when the rows of both have been taken."""

    def __init__(self, store: Store, a: str, b: str) -> None:
        """Args: store: an open store. a, b: sessions, which exist."""
        self._store, self._ids = store, (a, b)
        projects = {
            session.id: session.project
            for session in patiently(lambda: store.sessions_by_id((a, b)))
        }  # fmt: skip
        self._levels = [normaliser(name, projects.get(name)) for name in (a, b)]
        self._shapes = StepShapes()
        self._sides = [StepColumns(self._shapes, level) for level in self._levels]
        self._steps = [PackedSteps(), PackedSteps()]
        self._is_cut = False

    @property
    def takers(self) -> dict[str, Taker]:
        """By session, where these are two: takes its rows in order of arrival."""
        return {name: partial(self.take, side) for side, name in enumerate(self._ids)}

    def take(self, side: int, rows: Iterator[Event]) -> None:
        """Take the rows of the first (0) or of the second (1) session in order of arrival."""
        columns, steps = self._sides[side], self._steps[side]

        events = paired_in_turn(islice(rows, MOST_ROWS))
        while some := list(islice(events, STEPS_AT_ONCE)):
            columns.extend(some)
            steps.extend(some)
        self._is_cut |= next(rows, None) is not None

    def alignment(self) -> Alignment:
        """The alignment; asked for once, and after all rows were taken."""
        (a, b), (one, other) = self._ids, self._sides
        self._sides = []
        alignment = align_columns(a, b, self._steps[0], self._steps[1], (one, other), self._shapes)
        del one, other
        alignment = with_arguments(alignment, _differing(self._store, alignment, *self._levels))
        return _told(alignment, self._is_cut)


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
    for index, a, b in lines_of(alignment).matched():
        event = alignment.steps_a[a].event
        if event.kind in _WITH_INPUT:
            yield index, event, alignment.steps_b[b].event


def _told(alignment: Alignment, cut: bool) -> Alignment:
    if not cut:
        return alignment
    return replace(
        alignment, method=f"{alignment.method} Only the first {MOST_ROWS:,} rows are aligned."
    )
