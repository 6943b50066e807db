"""Counts of one tool and of one agent, and sums of what is not always known."""

from __future__ import annotations

from collections.abc import Sequence

from queries.folding.batch import RowType
from queries.folding.durations import Durations
from queries.folding.exact_sum import plus
from queries.models import EventKind, EventState


class KnownSum:
    """A sum over those values that are known; itself unknown while there are none."""

    __slots__ = ("count", "rest", "total")

    def __init__(self) -> None:
        self.total: float = 0
        self.rest = 0.0
        """By how much the exact sum differs."""
        self.count = 0

    def add_all(self, values: Sequence[float], sign: int) -> None:
        """Add (or with -1 take back) known values."""
        amount = sum(values)
        if type(amount) is int:
            self.total += sign * amount
        else:
            self.total, self.rest = plus(self.total, self.rest, [sign * each for each in values])
        self.count += sign * len(values)

    def merge(self, other: KnownSum) -> None:
        """Add all that ``other`` holds."""
        if type(other.total) is int:
            self.total += other.total
        else:
            self.total, self.rest = plus(self.total, self.rest, (other.total, other.rest))
        self.count += other.count

    @property
    def value(self) -> float | None:
        """The sum, or None."""
        return self.total if self.count else None

    @property
    def whole(self) -> int | None:
        """The sum as an int, or None."""
        return int(self.total) if self.count else None


class ToolFold:
    """Counts over the calls of one tool and operation, without starts that still wait."""

    __slots__ = ("agents", "calls", "durations", "errors", "ok", "running", "tokens", "unknown")

    def __init__(self) -> None:
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.running = 0
        self.unknown = 0
        self.tokens = KnownSum()
        self.agents: dict[str, int] = {}
        self.durations = Durations()

    def count(self, kind: RowType, number: int) -> None:
        """Count ``number`` calls (negative: take them back)."""
        self.calls += number
        state = kind.state
        if state is EventState.OK:
            self.ok += number
        elif state is EventState.ERROR:
            self.errors += number
        elif state is EventState.RUNNING:
            self.running += number
        else:
            self.unknown += number
        if kind.agent is not None:
            self.agents[kind.agent] = self.agents.get(kind.agent, 0) + number

    def merge(self, other: ToolFold) -> None:
        """Add all that ``other`` counted."""
        self.calls += other.calls
        self.ok += other.ok
        self.errors += other.errors
        self.running += other.running
        self.unknown += other.unknown
        self.tokens.merge(other.tokens)
        for agent, number in other.agents.items():
            self.agents[agent] = self.agents.get(agent, 0) + number
        self.durations.merge(other.durations)


class AgentFold:
    """Counts over one agent's events, without starts that still wait."""

    __slots__ = (
        "calls", "errors", "events", "failed", "last_time", "messages", "ok", "sessions", "tokens",
    )  # fmt: skip

    def __init__(self) -> None:
        self.events = 0
        self.messages = 0
        self.calls = 0
        self.ok = 0
        self.failed = 0
        """Calls that failed; ``errors`` are events of any kind."""
        self.errors = 0
        self.sessions = 0
        """Sessions in which the agent has events."""
        self.tokens = KnownSum()
        self.last_time: float | None = None

    def count(self, kind: RowType, number: int) -> None:
        """Count ``number`` events (negative: take them back)."""
        self.events += number
        if kind.kind is EventKind.MESSAGE:
            self.messages += number
        elif kind.is_call:
            self.calls += number
            if kind.state is EventState.OK:
                self.ok += number
            elif kind.state is EventState.ERROR:
                self.failed += number
        if kind.state is EventState.ERROR:
            self.errors += number

    def see(self, time: float) -> None:
        """Note when the agent did something."""
        if self.last_time is None or time > self.last_time:
            self.last_time = time

    def merge(self, other: AgentFold) -> None:
        """Add all that ``other`` counted, also sessions that are the same ones."""
        self.events += other.events
        self.messages += other.messages
        self.calls += other.calls
        self.ok += other.ok
        self.failed += other.failed
        self.errors += other.errors
        self.sessions += other.sessions
        self.tokens.merge(other.tokens)
        if other.last_time is not None:
            self.see(other.last_time)
