"""The shape of a large store, before any schema: which event belongs where, and how it went.

Skewed like real ones: a giant session, thousands of small ones that overlap, deep trees, and
some very long texts. The same for the same seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log
from random import Random
from typing import NamedTuple

FIRST_TIME = 1_767_225_600.0
"""2026-01-01 00:00:00 UTC."""
SECONDS_PER_EVENT = 0.9
GIANT_SHARE = 0.2
GIANT_LIMIT = 200_000
SMALLEST, MEDIAN, LARGEST = 10, 130, 2_000
"""Events of a session that is not the giant."""
SPREAD = 1.09
"""Sigma of the logarithm of a session's size: 99 % have less than about 1,650 events."""
CONCURRENT = 12
"""Sessions that run at the same time, the giant not counted."""
DEEPEST = 12
"""Ancestors that an event has at most."""

TOOLS = (
    *("Read", "Read", "Read", "Read", "Bash", "Bash", "Bash", "Grep", "Grep", "Edit", "Edit"),
    *("Glob", "Write", "WebFetch", "TodoWrite", "mcp__github__get_issue"),
)
SLOWNESS = {"Bash": 3.0, "WebFetch": 2.0, "mcp__github__get_issue": 0.8}
AGENTS = ("claude-code", "codex", "explorer", "reviewer", "test-runner", "gemini")


class Shape(NamedTuple):
    """One event. Numbers count from 0 in order of arrival."""

    number: int
    session: int
    parent: int
    """The number of the event above it, -1 for none."""
    time: float
    kind: str
    """prompt, message, tool or delegation."""
    phase: str
    """whole, or start and end: two events for one call."""
    call: int
    """For start and end the number of the start, else -1."""
    tool: str | None
    agent: str
    state: str
    duration: float | None
    fat: bool
    """Whether its text has more than 8 KB."""


@dataclass(slots=True)
class SessionShape:
    """One session, complete once all events have been drawn."""

    number: int
    size: int
    """How many events it will have, unless the store ends first."""
    agent: str
    parent: int = -1
    """The session that started it, -1 for none, with ``call``, the event that did."""
    call: int = -1
    events: int = 0
    started: float = 0.0
    ended: float = 0.0
    path: list[int] = field(default_factory=list)
    """From the prompt down to the event under which the next one hangs."""
    begun: Shape | None = None
    """A call of two events of which only the first one has been drawn."""

    @property
    def over(self) -> bool:
        """Whether it had all its events."""
        return self.events >= self.size


class StoreShape:
    """Draws the events of one store.

    Args:
        events: how many in all.
        seed: decides everything.
        fat: the part of the events with a long text.

    Attributes:
        sessions: as far as the events have been drawn.
    """

    def __init__(self, events: int, seed: int = 0, fat: float = 0.05) -> None:
        self._dice = Random(f"{seed}/store")
        self._events, self._fat = events, fat
        self.sessions: list[SessionShape] = []
        rolls = Random(f"{seed}/durations")
        self._durations = {
            tool: [
                round(rolls.lognormvariate(log(SLOWNESS.get(tool, 0.2)), 0.9), 3)
                for _ in range(499)
            ]
            for tool in sorted(set(TOOLS))
        }

    def draw(self) -> Iterator[Shape]:
        """All events in order of arrival; can be called once."""
        dice, total = self._dice, self._events
        roll = dice.random
        left = min(int(total * GIANT_SHARE), GIANT_LIMIT)
        # Beside the giant half of the events belong to others; it ends shortly before the newest.
        begin = int(total * 0.95) - 2 * left
        giant = self._begin(left) if left else None
        running = [self._begin() for _ in range(CONCURRENT)]
        for number in range(total):
            now = number >= begin and roll() < 0.5
            if giant and left and (now or total - number <= left):
                left -= 1
                session = giant
            else:
                slot = int(roll() * CONCURRENT)
                session = running[slot]
                if session.over:
                    session = running[slot] = self._begin(caller=running[slot - 1])
            yield self._event(number, session)

    def _begin(self, size: int = 0, caller: SessionShape | None = None) -> SessionShape:
        dice = self._dice
        drawn = int(dice.lognormvariate(log(MEDIAN), SPREAD))
        session = SessionShape(
            number=len(self.sessions),
            size=size or min(max(drawn, SMALLEST), LARGEST),
            agent=AGENTS[int(dice.random() * 2)],
        )
        if caller and caller.path and dice.random() < 0.15:
            session.parent, session.call = caller.number, caller.path[-1]
            session.agent = AGENTS[2 + int(dice.random() * (len(AGENTS) - 2))]
        self.sessions.append(session)
        return session

    def _event(self, number: int, session: SessionShape) -> Shape:
        roll = self._dice.random
        time = round(FIRST_TIME + (number + roll()) * SECONDS_PER_EVENT, 3)
        if not session.events:
            session.started = time
        session.events += 1
        session.ended = time
        fat = roll() < self._fat
        path = session.path
        begun = session.begun
        if begun:
            session.begun = None
            state = "error" if roll() < 0.05 else "ok"
            duration = round(time - begun.time, 3)
            return begun._replace(number=number, time=time, phase="end", state=state,
                                  duration=duration, fat=fat)  # fmt: skip
        chance = roll()
        if not path or chance < 0.03:
            path[:] = [number]
            return Shape(number, session.number, -1, time, "prompt", "whole", -1, None,
                         session.agent, "ok", None, fat)  # fmt: skip
        parent = path[-1]
        if chance < 0.20:
            return Shape(number, session.number, parent, time, "message", "whole", -1, None,
                         session.agent, "ok", None, fat)  # fmt: skip
        if chance < 0.30 and len(path) > 1:
            path.pop()
        if chance > 0.88 and len(path) < DEEPEST:
            path.append(number)
            state = "running" if roll() < 0.02 else "ok"
            agent = AGENTS[int(roll() * len(AGENTS))]
            return Shape(number, session.number, parent, time, "delegation", "whole", -1, "Task",
                         agent, state, round(5 + 90 * roll(), 3), fat)  # fmt: skip
        tool = TOOLS[int(roll() * len(TOOLS))]
        if chance < 0.45:
            start = Shape(number, session.number, parent, time, "tool", "start", number, tool,
                          session.agent, "running", None, fat)  # fmt: skip
            session.begun = start
            return start
        state = "error" if roll() < 0.04 else "ok"
        return Shape(number, session.number, parent, time, "tool", "whole", -1, tool,
                     session.agent, state, self._durations[tool][number % 499], fat)  # fmt: skip
