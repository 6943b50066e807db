"""What a session's timeline is made of: lanes of spans, merged entries, and its state at a time.

Times are UTC epoch seconds, durations seconds; ``None`` always means "unknown", never zero.
"""

from __future__ import annotations

from queries.models import Event, EventKey, ScopeFigures, SessionTotals
from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class TimelineSpan:
    """One event on a lane: a stretch of time, or an instant."""

    event: Event
    start: float
    end: float
    """The same as the start for what takes no time or whose duration is not known; of a
    running call, the instant of the timeline."""
    row: int
    """Spans of a lane that overlap lie in rows of their own, from 0 on."""
    running: bool
    """Whether it grows."""
    never_ended: bool = False
    """Whether its end is not waited for any longer."""

    @property
    def key(self) -> EventKey:
        """Of the event, for jumping to it."""
        return self.event.key


@dataclass(frozen=True, slots=True)
class TimelineLane:
    """Everything that one agent did, in order of time."""

    agent: str | None
    spans: tuple[TimelineSpan, ...]
    rows: int
    """How many rows its spans take."""
    events: int
    calls: int
    errors: int
    busy: float
    """Seconds in which at least one call was under way."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An event of a merged list, with the exact repeats that follow it right away."""

    event: Event
    repeats: tuple[Event, ...] = ()
    """Events with the same agent, tool, kind and text as the one before."""

    @property
    def times(self) -> int:
        """How often it happened in a row."""
        return 1 + len(self.repeats)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One session over time."""

    session_id: str
    first: float | None
    last: float | None
    """The end of the last span; the instant of the timeline while something runs."""
    lanes: tuple[TimelineLane, ...]
    """In order of first appearance."""
    entries: tuple[TimelineEntry, ...]
    """Messages and calls in order of arrival, repeats collapsed if that was asked for."""
    events: int
    undated: int
    """Events without a known time, which are on no lane."""
    steps: tuple[float, ...]
    """The instants at which something began or ended, for stepping through: ascending."""
    at: float | None = None
    """The instant as of which this is; None for the present."""
    has_earlier: bool = False
    """Whether older events were left unread."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A session as it was at an instant."""

    session_id: str
    at: float
    events: tuple[Event, ...]
    """Those that had begun, in order of arrival; calls that had not ended are running."""
    totals: SessionTotals
    figures: ScopeFigures
    """Tools, agents and matrices of these events."""
    part: float
    """How much of the session's time had passed, 0..1."""
