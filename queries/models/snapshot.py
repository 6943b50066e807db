"""What the live engine tells of a store at one moment, and of a scope that was asked for."""

from __future__ import annotations

from enum import StrEnum

from queries.models.records import Event
from queries.models.totals import (
    AgentStatistic,
    Interactions,
    Relation,
    SessionRow,
    StoreTotals,
    ToolStatistic,
)
from queries.plain_data import dataclass, field


class StoreState(StrEnum):
    """What the connection to the store is doing."""

    OPENING = "opening"
    LIVE = "live"
    """Readable and watched."""
    LOCKED = "locked"
    """A writer keeps us out; the screen shows what was last read."""
    GONE = "gone"
    """No file at the path now."""
    UNREADABLE = "unreadable"
    """There, but not a store that can be read now (truncated, corrupt, other schema)."""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What is known about an open store."""

    path: str
    """As the user gave it, safe to draw."""
    dialect: str
    why: str
    """How the dialect was recognised, in words."""
    sources: tuple[str, ...]
    """Names of the event tables, indexed by :attr:`Event.source`."""
    journal_mode: str
    opened_as: str
    """How it was opened: "read-only", "immutable" or "private copy", with the reason."""
    has_messages: bool
    """Whether "follows" counts messages (else all events)."""
    size: int
    """Bytes of the main file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows that could not be read as they are, and what was done."""

    where: str
    what: str
    count: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the panes show, of one instant. Immutable; later ones replace it whole."""

    generation: int
    """Grows by one with every snapshot; a reset of the store grows ``epoch`` as well."""
    epoch: int
    """Changes when the store was replaced or reset: nothing older is valid any more."""
    state: StoreState
    message: str
    """What to tell the user about the state, in one sentence; empty while all is well."""
    info: StoreInfo | None
    sessions: tuple[SessionRow, ...]
    """Newest first; at most as many as the feed was told to keep."""
    total_sessions: int
    totals: StoreTotals
    tools: tuple[ToolStatistic, ...]
    agents: tuple[AgentStatistic, ...]
    interactions: dict[Relation, Interactions]
    arrived: tuple[Event, ...] = ()
    """Events that came since the snapshot before, in order of arrival."""
    arrived_cut: bool = False
    """True when more came than are kept here: reload what you show."""
    updated: tuple[Event, ...] = ()
    """Events that changed in place since the snapshot before."""
    amended: frozenset[str] = frozenset()
    """Sessions of which rows changed in place that were not running: nothing told beforehand."""
    problems: tuple[Problem, ...] = ()
    time: float = 0.0
    """When it was made, epoch seconds."""
    declared: int = 0
    """Grows when hand-offs come, or totals that the store keeps itself change."""
    is_listed: bool = True
    """False while more of the sessions that are listed are still to be read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sessions a pane covers: none named means all."""

    session_ids: tuple[str, ...] = ()
    label: str = "all sessions"


@dataclass(frozen=True, slots=True)
class ScopeFigures:
    """Tools, agents and matrices of one scope."""

    scope: Scope
    tools: tuple[ToolStatistic, ...]
    agents: tuple[AgentStatistic, ...]
    interactions: dict[Relation, Interactions] = field(default_factory=dict)
    counted: float = 1.0
    """The part of the scope's events that is counted so far, 0..1."""
