"""What it takes to align a session's steps, in columns: a few bytes for each step."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable
from math import nan

from queries.models import Event, EventKind, EventState
from queries.steps import step_key, step_shapes

Level = Callable[[str], str]
_Marks = tuple[EventKind, str | None, str | None, str | None, str | None]
NO_OUTCOME, SUCCEEDED, FAILED = range(3)
_OUTCOMES = {EventState.OK: SUCCEEDED, EventState.ERROR: FAILED}

StepCells = tuple[bool, int, int, int, float]
"""Whether it is a prompt, its digest, its shape, its outcome and its duration."""


class StepShapes:
    """What steps have in common but for their texts, numbered for both sides alike."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[_Marks, tuple[int, int, int]] = {}
        self.looser: dict[int, int] = {}
        """By the number of what two steps share closely: of what they share at least."""

    def of(self, event: Event) -> tuple[int, int]:
        """The numbers of what makes it the same step with its text, and of what it is closely."""
        marks = (event.kind, event.agent, event.target_agent, event.tool, event.operation)
        known = self._known.get(marks)
        if known is None:
            close, loose = (self._number((name, shape)) for name, shape in
                            zip(("close", "loose"), step_shapes(event), strict=True))  # fmt: skip
            known = self._known[marks] = (
                self._number(("key", step_key(event, _none))),
                close,
                loose,
            )
            self.looser[close] = loose
        return known[:2]

    def _number(self, shape: Hashable) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))


class StepColumns:
    """The steps of one session."""

    __slots__ = ("_level", "_shapes", "durations", "keys", "outcomes", "prompts", "shapes")

    def __init__(self, shapes: StepShapes, level: Level) -> None:
        """Args: shapes: shared by both sides. level: makes the session's texts comparable."""
        self._shapes = shapes
        self._level = level
        self.keys = array("q")
        """Digests: those of equal steps are equal, and all others differ but for one in 2**64."""
        self.shapes = array("i")
        self.outcomes = bytearray()
        self.durations = array("d")
        """Seconds; not a number where they are not known."""
        self.prompts = array("i")
        """The indexes of steps that are prompts."""

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, event: Event) -> None:
        """Add the next step."""
        self.append(self.cells_of(event))

    def cells_of(self, event: Event) -> StepCells:
        """What :meth:`append` takes, of a step that may come later."""
        key, shape = self._shapes.of(event)
        return (
            event.kind is EventKind.PROMPT,
            hash((key, self._level(event.summary))),
            shape,
            _OUTCOMES.get(event.state, NO_OUTCOME),
            nan if event.duration is None else event.duration,
        )

    def append(self, cells: StepCells) -> None:
        """Add the next step."""
        is_prompt, key, shape, outcome, duration = cells
        if is_prompt:
            self.prompts.append(len(self.keys))
        self.keys.append(key)
        self.shapes.append(shape)
        self.outcomes.append(outcome)
        self.durations.append(duration)

    def asks(self, index: int) -> bool:
        """Whether a step is a prompt, or behind the last one."""
        at = bisect_left(self.prompts, index)
        return index >= len(self.keys) or (at < len(self.prompts) and self.prompts[at] == index)


def outcomes_differ(one: int, other: int) -> bool:
    """Whether of two outcomes one is a success and the other a failure."""
    return one != other and NO_OUTCOME not in (one, other)


def _none(_text: str) -> str:
    return ""
