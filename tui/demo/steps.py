"""What a scenario is made of: timed steps of changes to a store, free of any SQL.

Times are seconds relative to the start of the demo (negative before it), durations seconds,
cost US dollars.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator

from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class PutSession:
    """A session appears or is as it stands here from now on."""

    id: str
    parent_id: str | None
    parent_event_id: str | None
    title: str
    agent: str
    component: str | None
    project: str | None
    status: str
    started: float
    ended: float | None
    declared_turns: int | None
    quality: float | None
    error: str | None
    tokens: int | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class AddEvent:
    """An event arrives."""

    id: str
    session_id: str
    parent_id: str | None
    time: float
    agent: str
    kind: str
    summary: str
    state: str = "ok"
    target_agent: str | None = None
    phase: str = "whole"
    call_key: str | None = None
    tool: str | None = None
    operation: str | None = None
    duration: float | None = None
    model: str | None = None
    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """An event that was running has ended; its row changes in place."""

    id: str
    state: str
    duration: float | None


@dataclass(frozen=True, slots=True)
class PutText:
    """Input and output of an event; what is None stays as it was."""

    event_id: str
    input: str | None = None
    output: str | None = None


@dataclass(frozen=True, slots=True)
class PutHandoff:
    """One agent hands work to another, or such a hand-off has a new state."""

    id: str
    session_id: str
    time: float
    from_agent: str
    to_agent: str
    type: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class PutWorkItem:
    """An item of work appears or is as it stands here from now on."""

    id: str
    type: str
    title: str
    status: str
    priority: str
    assigned_to: str | None
    created: float
    updated: float
    completed: float | None
    steps_total: int
    steps_completed: int


Operation = PutSession | AddEvent | ChangeEvent | PutText | PutHandoff | PutWorkItem


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one instant, to be committed at once."""

    at: float
    operations: tuple[Operation, ...]


Script = Generator[float, None, None]
"""Does something on a stage, yields the seconds until it does the next thing."""


class Stage:
    """Where scripts act: it knows the time and collects what they do."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._done: list[Operation] = []
        self._begun: list[Script] = []

    def do(self, *operations: Operation) -> None:
        """Let something happen now."""
        self._done.extend(operations)

    def begin(self, script: Script) -> None:
        """Start another script beside the one that acts."""
        self._begun.append(script)

    def take(self) -> tuple[tuple[Operation, ...], list[Script]]:
        """What was done, and begun, since the last call."""
        taken = tuple(self._done), self._begun
        self._done, self._begun = [], []
        return taken


def play(scripts: Iterable[tuple[float, Callable[[Stage], Script]]]) -> Iterator[Step]:
    """Play scripts at the same time.

    Args:
        scripts: when each begins, and what makes it for a stage.

    Yields:
        Steps in order of time; at equal times, in the order in which scripts were begun.
    """
    stage = Stage(0.0)
    queue = [(at, number, make(stage)) for number, (at, make) in enumerate(scripts)]
    heapq.heapify(queue)
    begun = len(queue)
    while queue:
        at, number, script = heapq.heappop(queue)
        stage.now = at
        wait = next(script, None)
        operations, new = stage.take()
        for other in new:
            heapq.heappush(queue, (at, begun, other))
            begun += 1
        if wait is not None:
            heapq.heappush(queue, (round(at + wait, 3), number, script))
        if operations:
            yield Step(at, operations)
