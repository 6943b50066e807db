"""What alerts are made of: rules, when they fire, and what fired.

Times are UTC epoch seconds, durations seconds, rates 0..1.
"""

from __future__ import annotations

from enum import StrEnum

from queries.models import EventKey
from queries.plain_data import dataclass


class Rule(StrEnum):
    """What raised an alert."""

    LOW_TOOL_SUCCESS = "low-tool-success"
    COMPONENT_ERRORS = "component-errors"
    LONG_RUNNING = "long-running"
    STALE = "stale"
    REPEATED_CALL = "repeated-call"
    """The same call (tool and input) again and again."""
    PING_PONG = "ping-pong"
    """Two calls in turn: A B A B."""
    FAILURE_STREAK = "failure-streak"
    """Calls that failed one after the other."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule that fired, with its evidence."""

    rule: Rule
    subject: str
    """The tool, component or session it is about."""
    text: str
    """One sentence with the figures."""
    value: float
    """What was measured: a rate, seconds, or a number of calls."""
    threshold: float
    """What it was measured against."""
    time: float | None = None
    """When it was last so."""
    session_id: str | None = None
    """The session that shows it."""
    event_key: EventKey | None = None
    """The event that shows it."""
    event_id: str | None = None
    brief: str = ""
    """The figures without the subject, where there is little room; "" for none."""
    filter: str = ""
    """The filter that lists the sessions it is about, where these are several."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When alerts fire. A threshold of 0 (a success rate of 0) switches its rule off."""

    tool_success: float = 0.8
    """Tools that succeed less often than this, 0..1."""
    tool_calls: int = 5
    """Finished calls without which nothing is said of a tool."""
    component_errors: float = 0.05
    """Components of whose sessions more than this part fail, 0..1."""
    component_sessions: int = 5
    """Sessions without which nothing is said of a component."""
    running_seconds: float = 7200.0
    """Running sessions that are older than this."""
    stale: bool = True
    """Sessions that say they run but have been silent for long."""
    repeats: int = 3
    """The same call so many times in a row, or more."""
    ping_pong: int = 3
    """Two calls in turn so many times (A B is once), or more."""
    streak: int = 3
    """So many failed calls in a row, or more."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """What fired, and what was looked at."""

    alerts: tuple[Alert, ...]
    """In the order of the rules; within one, the worst first."""
    covered: str
    """What was looked at, in words."""
    sessions: frozenset[str] = frozenset()
    """The sessions to mark in a list: not those of which their status says the same."""
