"""What it takes to align a session's steps, in columns: a few bytes for each step."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from itertools import compress, count, repeat
from math import nan
from operator import attrgetter, is_

from queries.comparing.steps import step_key, step_shapes
from queries.models import Event, EventKind, EventState

Level = Callable[[str], str]
_Marks = tuple[EventKind, str | None, str | None, str | None, str | None]
NO_OUTCOME, SUCCEEDED, FAILED = range(3)
_OUTCOMES = dict.fromkeys(EventState, NO_OUTCOME) | {
    EventState.OK: SUCCEEDED, EventState.ERROR: FAILED,
}  # fmt: skip
_marks_of: Callable[[Event], _Marks] = attrgetter(
    "kind", "agent", "target_agent", "tool", "operation"
)
_summary_of, _state_of = attrgetter("summary"), attrgetter("state")
_duration_of, _kind_of = attrgetter("duration"), attrgetter("kind")


class StepShapes:
    """What steps have in common but for their texts, numbered for both sides alike."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[_Marks, tuple[int, int]] = {}
        self.looser: dict[int, int] = {}
        """By the number of what two steps share closely: of what they share at least."""

    def of(self, events: Sequence[Event]) -> list[tuple[int, int]]:
        """Of each: the numbers of what makes it the same step with its text, and closely so."""
        all_marks = list(map(_marks_of, events))
        try:
            return list(map(self._known.__getitem__, all_marks))
        except KeyError:
            both = zip(all_marks, events, strict=True)
            return [self._known.get(marks) or self._new(marks, event) for marks, event in both]

    def _new(self, marks: _Marks, event: Event) -> tuple[int, int]:
        close, loose = (self._number((name, shape)) for name, shape in
                        zip(("close", "loose"), step_shapes(event), strict=True))  # fmt: skip
        self.looser[close] = loose
        known = self._known[marks] = (self._number(("key", step_key(event, _none))), close)
        return known

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
        self.extend((event,))

    def extend(self, events: Sequence[Event]) -> None:
        """Add the next steps."""
        if not events:
            return
        first = len(self.keys)
        numbers, shapes = zip(*self._shapes.of(events), strict=True)
        texts = map(self._level, map(_summary_of, events))
        self.keys.extend(map(hash, zip(numbers, texts, strict=True)))
        self.shapes.extend(shapes)
        self.outcomes.extend(map(_OUTCOMES.__getitem__, map(_state_of, events)))
        durations = list(map(_duration_of, events))
        self.durations.extend([nan if each is None else each for each in durations])
        kinds = list(map(_kind_of, events))
        if EventKind.PROMPT in kinds:
            asks = map(is_, kinds, repeat(EventKind.PROMPT))
            self.prompts.extend(compress(count(first), asks))

    def asks(self, index: int) -> bool:
        """Whether a step is a prompt, or behind the last one."""
        at = bisect_left(self.prompts, index)
        return index >= len(self.keys) or (at < len(self.prompts) and self.prompts[at] == index)


def outcomes_differ(one: int, other: int) -> bool:
    """Whether of two outcomes one is a success and the other a failure."""
    return one != other and NO_OUTCOME not in (one, other)


def _none(_text: str) -> str:
    return ""
