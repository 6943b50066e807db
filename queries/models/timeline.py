"""What a session's timeline is made of: lanes of spans, and entries of a list.

Times are UTC epoch seconds, durations seconds; ``None`` always means "unknown", never zero.
"""

from __future__ import annotations

from queries.models import Event, EventKey
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

    first: float | None
    last: float | None
    """The end of the last span; the instant of the timeline while something runs."""
    lanes: tuple[TimelineLane, ...]
    """In order of first appearance."""
    undated: int
    """Events without a known time, which are on no lane."""
    steps: tuple[float, ...]
    """The instants at which something began or ended, for stepping through: ascending."""
    has_earlier: bool = False
    """Whether older events were left unread."""
