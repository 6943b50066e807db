"""Counts of one tool and of one agent, and sums of what is not always known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from queries.folding.batch import RowType
from queries.folding.durations import Durations
from queries.folding.exact_sum import plus
from queries.models import Event, EventKind, EventState, ToolStatistic


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

    def __add__(self, other: KnownSum) -> KnownSum:
        """Both together; neither changes."""
        if not other.count:
            return self
        both = KnownSum()
        both.merge(self)
        both.merge(other)
        return both

    @property
    def value(self) -> float | None:
        """The sum, or None."""
        return self.total if self.count else None

    @property
    def whole(self) -> int | None:
        """The sum as an int, or None."""
        return int(self.total) if self.count else None


def amounts_of(events: Iterable[Event]) -> tuple[KnownSum, KnownSum]:
    """What events took: tokens, and dollars."""
    tokens, costs = KnownSum(), KnownSum()
    for event in events:
        if event.tokens is not None:
            tokens.add_all((event.tokens,), 1)
        if event.cost is not None:
            costs.add_all((event.cost,), 1)
    return tokens, costs


class ToolFold:
    """Counts over the calls of one tool and operation, without starts that still wait."""

    # There may be a hundred thousand: what most of them lack is None here.
    __slots__ = (
        "_agents", "_durations", "_tokens", "calls", "errors", "ok", "running", "statistic",
        "unknown",
    )  # fmt: skip

    def __init__(self) -> None:
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.running = 0
        self.unknown = 0
        self._tokens: KnownSum | None = None
        self._agents: tuple[str, int] | dict[str, int] | None = None
        """How many calls each made; of one alone its name and number."""
        self._durations: Durations | None = None
        self.statistic: ToolStatistic | None = None
        """What these counts come to, once it was worked out; None when they have changed."""

    @property
    def tokens(self) -> int | None:
        """What the calls took together; unknown where none says so."""
        return None if self._tokens is None else self._tokens.whole

    @property
    def durations(self) -> Durations:
        """How long finished calls took; not to be changed."""
        return _NONE if self._durations is None else self._durations

    def agents(self) -> Mapping[str, int]:
        """How many calls each agent made."""
        known = self._agents
        return {} if known is None else dict([known]) if isinstance(known, tuple) else known

    def count(self, kind: RowType, number: int) -> None:
        """Count ``number`` calls (negative: take them back)."""
        self.statistic = None
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
            self._count_agent(kind.agent, number)

    def count_never_ended(self, agent: str | None) -> None:
        """Count a call whose outcome will not become known."""
        self.statistic = None
        self.calls += 1
        self.unknown += 1
        if agent is not None:
            self._count_agent(agent, 1)

    def _count_agent(self, name: str, number: int) -> None:
        known = self._agents
        if known is None:
            self._agents = (name, number)
        elif isinstance(known, tuple):
            if known[0] == name:
                self._agents = (name, known[1] + number)
            else:
                self._agents = {known[0]: known[1], name: number}
        else:
            known[name] = known.get(name, 0) + number

    def add_tokens(self, values: Sequence[int], sign: int) -> None:
        """Add (or with -1 take back) what calls took."""
        self.statistic = None
        if self._tokens is None:
            self._tokens = KnownSum()
        self._tokens.add_all(values, sign)

    def add_durations(self, values: Sequence[float]) -> None:
        """Count how long finished calls took, in seconds."""
        self.statistic = None
        if self._durations is None:
            self._durations = Durations()
        self._durations.add_all(values)

    def remove_duration(self, seconds: float) -> None:
        """Forget how long one call took; one that was not counted is ignored."""
        self.statistic = None
        if self._durations is not None:
            self._durations.remove(seconds)

    def merge(self, other: ToolFold) -> None:
        """Add all that ``other`` counted. Consumes ``other``."""
        self.statistic = None
        self.calls += other.calls
        self.ok += other.ok
        self.errors += other.errors
        self.running += other.running
        self.unknown += other.unknown
        for agent, number in other.agents().items():
            self._count_agent(agent, number)
        if self._tokens is None:
            self._tokens = other._tokens
        elif other._tokens is not None:
            self._tokens.merge(other._tokens)
        if self._durations is None:
            self._durations = other._durations
        elif other._durations is not None:
            self._durations.merge(other._durations)


_NONE: Final = Durations()


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
