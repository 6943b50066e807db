"""What delegations are made of: who handed what to whom, and how it went.

Times are UTC epoch seconds, durations seconds; ``None`` always means "unknown", never zero.
"""

from __future__ import annotations

from enum import StrEnum

from queries.models import EventKey, EventState, Handoff
from queries.models.rates import Rate
from queries.plain_data import dataclass


class DelegationStatus(StrEnum):
    """How a delegation went."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    NEVER_ENDED = "never ended"
    """It says that it runs, but its session is over, or has moved on."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delegation:
    """One piece of work handed to another agent, however many rows tell of it."""

    key: EventKey
    """Of the event, for jumping to it."""
    id: str
    session_id: str
    parent_id: str | None
    """The event under which it happened."""
    agent: str | None
    """Who handed it over."""
    target: str | None
    """To whom."""
    spawner: str | None
    """Which program runs the other agent (gemini, codex, ...), where the store tells."""
    task: str
    status: DelegationStatus
    state: EventState
    started: float | None
    ended: float | None
    duration: float | None
    """End minus start; unknown until there is an end."""
    tokens: int | None
    cost: float | None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class DelegationWork:
    """What happened below one delegation, at any depth and in any session."""

    key: EventKey
    """The delegation's."""
    child_sessions: tuple[str, ...] = ()
    """Other sessions in which it happened; the first one is the sub-agent's own."""
    events: int = 0
    calls: int = 0
    errors: int = 0
    delegations: int = 0
    """Those among the events that hand work further on."""
    depth: int = 0
    """Levels below the delegation."""
    tokens: int | None = None
    cost: float | None = None
    last_time: float | None = None
    cut: bool = False
    """Whether there was too much to read all of it."""


@dataclass(frozen=True, slots=True)
class DelegationChain:
    """A delegation with those that were made below it."""

    delegation: Delegation
    work: DelegationWork | None
    """None where it has not been looked for."""
    children: tuple[DelegationChain, ...] = ()


@dataclass(frozen=True, slots=True)
class SpawnerStatistic:
    """All delegations to one spawner (or, without one, to one agent)."""

    spawner: str
    is_spawner: bool
    """Whether it is a spawner; else it is an agent of the same system."""
    delegations: int
    completed: int
    failed: int
    running: int
    unknown: int
    """Never ended ones among them."""
    success: Rate
    """Completed, of those that completed or failed."""
    average_duration: float | None
    durations: int
    """How many durations are known."""
    tokens: int | None
    cost: float | None
    first_used: float | None
    last_used: float | None


class LiveStatus(StrEnum):
    """What a streamed phase says."""

    STARTED = "started"
    IN_PROGRESS = "in progress"
    STREAMING = "streaming"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LivePhase:
    """One message of a spawner about what it is doing. Stores delete these again."""

    id: int
    time: float | None
    type: str
    """The store's own word: ``spawner_phase``."""
    spawner: str | None
    session_id: str | None
    parent_id: str | None
    """The delegation's event id."""
    phase: str | None
    status: LiveStatus
    text: str
    """A preview of the prompt or the message; the error where there is one."""
    progress: float | None = None
    """0..1."""
    duration: float | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What is known of one spawner's run from its live phases."""

    parent_id: str | None
    spawner: str | None
    session_id: str | None
    phases: tuple[LivePhase, ...]
    """In order."""

    @property
    def latest(self) -> LivePhase:
        """The phase that it is in."""
        return self.phases[-1]


@dataclass(frozen=True, slots=True)
class HandoffGroup:
    """Hand-offs of one kind between two agents."""

    from_agent: str
    to_agent: str
    type: str | None
    state: str | None
    count: int
    last_time: float | None


@dataclass(frozen=True, slots=True)
class Delegations:
    """All that a store tells about work being handed on."""

    total: int
    """Delegations that were found, each once."""
    chains: tuple[DelegationChain, ...]
    """Newest first; those that were made below others are their children."""
    spawners: tuple[SpawnerStatistic, ...]
    """Over all that were found, most delegations first."""
    handoffs: tuple[Handoff, ...]
    """Newest first; maybe not all."""
    handoff_groups: tuple[HandoffGroup, ...]
    """Of all of them, most frequent first."""
    live: tuple[LiveRun, ...]
    """The latest first."""
    agents: tuple[str, ...]
    """All that handed over or were handed work."""
    shown: int = 0
    """Delegations in the chains."""
    covered: float = 1.0
    """The part of the store that was looked through, newest first, 0..1."""
    live_phases: int | None = None
    """How many phases the live runs are made of, the newest; None: all."""

    @property
    def handed(self) -> int:
        """How many rows the table of hand-offs has."""
        return sum(group.count for group in self.handoff_groups)

    @property
    def limits(self) -> str:
        """What was left out, in words: what lies further back than is looked; "" for nothing."""
        parts = []
        if self.covered < 1.0:
            parts.append(f"only the newest {int(self.covered * 100)} % of the store looked through")
        if self.live_phases is not None:
            parts.append(f"live runs of the newest {self.live_phases:,} phases")
        return ", ".join(parts)

    def flat(self) -> tuple[tuple[int, DelegationChain], ...]:
        """The chains as lines from top to bottom, each with its depth."""
        lines: list[tuple[int, DelegationChain]] = []
        todo = [(0, chain) for chain in reversed(self.chains)]
        while todo:
            depth, chain = todo.pop()
            lines.append((depth, chain))
            todo += [(depth + 1, child) for child in reversed(chain.children)]
        return tuple(lines)
