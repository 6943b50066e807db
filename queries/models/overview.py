"""What the overview is made of: totals, trends, breakdowns and agents.

The contract between those who count and those who draw. Times are UTC epoch seconds, durations
seconds, rates 0..1; ``None`` always means "unknown", never zero.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from queries.models.rates import Rate, Rating, Spread
from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: what was active at or after ``since`` and began before ``until``."""

    since: float | None = None
    """Open where it is None."""
    until: float | None = None
    label: str = "all time"


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts, averages and rates over the sessions of a window.

    Events, calls, errors, tokens and cost are those of these sessions, whole.
    """

    window: Window
    sessions: int
    running: int
    completed: int
    failed: int
    paused: int
    stale: int
    unknown: int
    events: int
    messages: int
    calls: int
    errors: int
    """Events of any kind that failed."""
    tokens: int | None
    cost: float | None
    """US dollars."""
    agents: int
    completion: Rate
    """Completed sessions, of those that are neither running nor of unknown status."""
    session_errors: Rate
    """Sessions that failed or declare an error, of those whose status is known."""
    call_errors: Rate
    """Failed calls, of the calls whose outcome is known."""
    turns: Spread
    """Declared turns of the sessions that declare any above 0."""
    counted_turns: Spread
    """Prompts of each session, or messages where it has no prompts; none above 0 left out."""
    durations: Spread
    """Declared start to declared end."""
    quality: Spread
    rating: Rating | None
    last_active: float | None
    counted: float = 1.0
    """The part of the store's events that is counted so far, 0..1."""


class BucketSize(StrEnum):
    """How wide the buckets of a trend are."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    """From Monday on."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One stretch of a trend. Nothing having happened is 0, and rates of nothing unknown."""

    start: float
    end: float
    """The start of the next one; where clocks are changed, a day has 23 or 25 hours."""
    label: str
    """"2026-01-12", "2026-01-12 14:00" or "2026-W03", in the zone of the trend."""
    sessions: int
    """Sessions that began in it."""
    completion: Rate
    """Of the sessions that began in it; as in :class:`Overview`."""
    session_errors: Rate
    events: int
    errors: int
    call_errors: Rate
    tokens: int | None
    """What its events state; unknown where none states any."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Events, or sessions that began, by weekday and hour."""

    counts: tuple[tuple[int, ...], ...]
    """Seven rows from Monday on, of 24 hours each, in the zone of the trend."""
    total: int


@dataclass(frozen=True, slots=True)
class Trends:
    """How a store fared over time. Buckets follow one another without gaps."""

    size: BucketSize
    zone: str
    """The name of the zone in which days and hours are told."""
    window: Window
    buckets: tuple[Bucket, ...]
    """Oldest first."""
    heat: HeatMap
    """Of events."""
    begun: HeatMap = HeatMap(((0,) * 24,) * 7, 0)
    """Of sessions."""
    left_out: int = 0
    """Buckets before the first one that are left out, there being too many."""
    undated: int = 0
    """Events and sessions without a known time, or with one more than a year after now, which
    are in no bucket unless the window has an end."""
    resolution: float = 900.0
    """Events are known to lie in a slot of so many seconds; a slot across the border of two
    buckets counts for the one in which it begins."""

    def to_dict(self) -> dict[str, Any]:
        """As ``session-tui trends --json``."""
        from queries.as_json.overview import trends_json  # which needs this module

        return trends_json(self)


class By(StrEnum):
    """What sessions are grouped by."""

    COMPONENT = "component"
    AGENT = "agent"
    """A session counts for every agent that took part in it."""
    PROJECT = "project"
    MODEL = "model"
    """A session counts for every model that was used in it."""


@dataclass(frozen=True, slots=True)
class Group:
    """The sessions of one component, agent, project or model."""

    name: str | None
    """None for the sessions of which it is not known."""
    sessions: int
    active: int
    """Those that are running."""
    completed: int
    failed: int
    share: float | None
    """Its part of all sessions of the breakdown, 0..1."""
    durations: Spread
    session_errors: Rate
    """As in :class:`Overview`."""
    common_error: str | None
    """The error that most of its sessions declare; of several, the first from A to Z."""
    common_error_count: int
    events: int
    calls: int
    errors: int
    call_errors: Rate
    tokens: int | None
    cost: float | None
    quality: Spread
    rating: Rating | None
    last_active: float | None

    def to_dict(self) -> dict[str, Any]:
        """As one entry of ``session-tui components --json``."""
        from queries.as_json.overview import component_json  # which needs this module

        return component_json(self)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Sessions by component, agent, project or model."""

    by: By
    window: Window
    groups: tuple[Group, ...]
    """Most sessions first."""
    whole: Group
    """All sessions together, each once."""
    note: str = ""
    """What more there is to know, in words: "a session counts for every agent in it"."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """How often an agent called one tool."""

    tool: str
    calls: int


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """What one agent did."""

    agent: str
    events: int
    share: float | None
    """Its part of all events, 0..1."""
    messages: int
    calls: int
    errors: int
    success: Rate
    """Calls that succeeded, of the calls whose outcome is known."""
    sessions: int
    tokens: int | None
    last_active: float | None
    tools: tuple[ToolUse, ...]
    """Most called first."""

    def to_dict(self) -> dict[str, Any]:
        """As an entry of ``agents`` of ``session-tui report --json``."""
        from queries.as_json.overview import profile_json  # which needs this module

        return profile_json(self)
