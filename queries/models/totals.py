"""Counts: of sessions, tools, agents and pairs of agents, and of a whole store."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from queries.models.records import Session, light
from queries.plain_data import dataclass

BEFORE_OPERATION: Final = "\0"
"""Between the name of a tool and that of its operation, which both may have blanks."""


@dataclass(frozen=True, slots=True)
class AggregatedTool:
    """Calls of one tool in one session that a store keeps only as a total."""

    session_id: str
    tool: str
    operation: str | None
    calls: int
    ok: int | None
    """Successful calls, rounded from a declared rate; unknown where none is declared."""
    average_duration: float | None = None


@light
class SessionTotals:
    """Counts over one session's events. One call is one event, however many rows it took."""

    events: int = 0
    prompts: int = 0
    messages: int = 0
    tool_calls: int = 0
    ok: int = 0
    """Calls that are known to have succeeded."""
    errors: int = 0
    """Events of any kind that failed."""
    running: int = 0
    """Calls without an end so far."""
    tokens: int | None = None
    cost: float | None = None
    first_time: float | None = None
    last_time: float | None = None
    agents: tuple[str, ...] = ()
    """In order of their first appearance."""
    tools: tuple[str, ...] = ()
    """What was called, each with its operation behind :data:`BEFORE_OPERATION`, in order."""
    first_prompt: str | None = None
    activity: Sequence[int] = ()
    """Events per equal slice of the session's time, oldest first; at most 16 numbers."""
    failed_calls: int = 0
    """Calls that are known to have failed."""


@light
class SessionRow:
    """A session with its counts: one line of the session list."""

    session: Session
    totals: SessionTotals
    complete: bool
    """False while events of this session may still be uncounted (back-fill under way)."""

    @property
    def id(self) -> str:
        """The session's id."""
        return self.session.id

    @property
    def title(self) -> str:
        """What to call it: its title, else its first prompt, else its id."""
        return self.own_title or self.session.id

    @property
    def own_title(self) -> str | None:
        """Its title, else its first prompt; None where it has neither."""
        return self.session.title or self.totals.first_prompt or None

    @property
    def started(self) -> float | None:
        """Declared start, else the first event's time."""
        if self.session.started is not None:
            return self.session.started
        return self.totals.first_time

    @property
    def last_time(self) -> float | None:
        """The latest instant known: the end, else the last event, else the start."""
        session = self.session
        if session.ended is not None:
            return session.ended
        return session.started if self.totals.last_time is None else self.totals.last_time

    @property
    def duration(self) -> float | None:
        """Seconds, as recorded or else from start to end; unknown while there is no end."""
        if self.session.records_duration:
            return self.session.recorded_duration
        if self.started is None or self.session.ended is None:
            return None
        return self.session.ended - self.started

    @property
    def tokens(self) -> int | None:
        """What the events add up to, else what the session declares."""
        return self.totals.tokens if self.totals.tokens is not None else self.session.tokens

    @property
    def cost(self) -> float | None:
        """What the events add up to, else what the session declares, in US dollars."""
        return self.totals.cost if self.totals.cost is not None else self.session.cost

    def to_dict(self) -> dict[str, Any]:
        """As one session of ``session-tui sessions --json``."""
        from queries.as_json.canonical import session_json  # which needs this module

        return session_json(self)


@dataclass(frozen=True, slots=True)
class ToolStatistic:
    """One tool (and operation) over a scope. Durations in seconds."""

    tool: str
    operation: str | None
    agents: tuple[str, ...]
    calls: int
    ok: int
    errors: int
    running: int
    unknown: int
    tokens: int | None
    durations: int
    """How many calls have a known duration; the figures below are over these."""
    average: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    total: float | None
    success_rate: float | None
    """ok / (ok + errors); unknown when nothing finished."""
    success_low: float | None
    success_high: float | None
    """Wilson 95 % interval of the success rate."""
    aggregated: bool = False
    """True when some calls come from a store's own totals, not from single calls."""

    def to_dict(self) -> dict[str, Any]:
        """As one tool of ``session-tui tools --json``."""
        from queries.as_json.canonical import tool_json  # which needs this module

        return tool_json(self)


@dataclass(frozen=True, slots=True)
class AgentStatistic:
    """One agent over a scope."""

    agent: str
    messages: int
    events: int
    tool_calls: int
    errors: int
    sessions: int
    tokens: int | None
    share: float | None
    """Its part of all events in the scope, 0..1."""
    last_active: float | None

    def to_dict(self) -> dict[str, Any]:
        """As one agent of ``session-tui agents --json``."""
        from queries.as_json.canonical import agent_json  # which needs this module

        return agent_json(self)


class Relation(StrEnum):
    """What a cell of the interaction matrix counts."""

    FOLLOWS = "follows"
    """B is the next speaker after A in the same session, in order of arrival."""
    FOLLOWS_ONCE = "follows-once"
    """As follows, but a row that repeats the one before it (agent, tool, text) does not count."""
    DELEGATES = "delegates"
    """A handed work to B: delegations and hand-offs."""
    TOOLS = "tools"
    """Tool B is the next tool called after tool A in the same session."""


@dataclass(frozen=True, slots=True)
class Interactions:
    """A matrix of counts between agents (or tools)."""

    relation: Relation
    names: tuple[str, ...]
    """Rows and columns, the most active first."""
    counts: dict[tuple[str, str], int]
    """(from, to) -> count; absent means 0."""
    basis: str
    """What was counted, in words: "next speaker over 240 messages"."""

    def to_dict(self) -> dict[str, Any]:
        """As ``relation`` and ``interactions`` of ``session-tui agents --json``."""
        from queries.as_json.canonical import interactions_json  # which needs this module

        return {"relation": self.relation.value, "interactions": interactions_json(self)}


@dataclass(frozen=True, slots=True)
class StoreTotals:
    """Counts over the whole store, as far as they are known."""

    sessions: int = 0
    running: int = 0
    events: int = 0
    messages: int = 0
    tool_calls: int = 0
    ok: int = 0
    errors: int = 0
    finished_calls: int = 0
    """ok + failed calls; the denominator of the success rate."""
    tokens: int | None = None
    cost: float | None = None
    agents: int = 0
    counted: float = 1.0
    """The part of all rows that these totals cover, 0..1."""

    @property
    def success_rate(self) -> float | None:
        """Ok / finished calls; unknown when none finished."""
        return self.ok / self.finished_calls if self.finished_calls else None
