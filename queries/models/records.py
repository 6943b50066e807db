"""The canonical records: sessions, events and what else a store has rows of.

As everywhere in the model: times are UTC epoch seconds, ``None`` is "unknown", and every string
is safe to draw.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar, dataclass_transform

from queries.plain_data import dataclass

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def light(cls: type[_T]) -> type[_T]:
    """A slotted dataclass that only type checkers keep from being changed.

    What keeps a frozen one unchanged while running costs 3.3 of its 3.6 us of construction,
    which is too much for something made for every row, or every session, of a store.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


class SessionStatus(StrEnum):
    """What a session is doing, in words that all stores share."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    PAUSED = "paused"
    STALE = "stale"
    """Says that it runs, but has been silent for long and is not the newest."""
    UNKNOWN = "unknown"


class EventKind(StrEnum):
    """What sort of thing happened."""

    PROMPT = "prompt"
    MESSAGE = "message"
    TOOL = "tool"
    DELEGATION = "delegation"
    HANDOFF = "handoff"
    ERROR = "error"
    OTHER = "other"


class EventState(StrEnum):
    """How it went, as far as the data proves it."""

    RUNNING = "running"
    OK = "ok"
    ERROR = "error"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """Whether one row is a whole event or one of the two rows of a call."""

    WHOLE = "whole"
    START = "start"
    END = "end"


CALL_KINDS = frozenset((EventKind.TOOL, EventKind.DELEGATION))
"""The kinds that count as tool calls."""

EventKey = tuple[int, int]
"""``(source, seq)``: identity and order of arrival of one row; source is an index into
:attr:`StoreInfo.sources`, seq the rowid in that source's table."""


@light
class Session:
    """One session as its store declares it."""

    id: str
    parent_id: str | None = None
    parent_event_id: str | None = None
    """The call that started this session, where the store says so."""
    title: str = ""
    agent: str | None = None
    component: str | None = None
    project: str | None = None
    status: SessionStatus = SessionStatus.UNKNOWN
    raw_status: str | None = None
    """The store's own word for the status."""
    started: float | None = None
    ended: float | None = None
    declared_turns: int | None = None
    quality: float | None = None
    error: str | None = None
    tokens: int | None = None
    cost: float | None = None
    declared: bool = True
    """False when only events speak of this session and no row in a sessions table does."""
    records_duration: bool = False
    """Whether the store has a column for durations of sessions: none is inferred then."""
    recorded_duration: float | None = None
    """What that column says, in seconds."""
    records_failure: bool = False
    """Whether the store has a column for errors of sessions, apart from the status."""
    failed: bool | None = None
    """What that column says."""
    is_mute: bool = False
    """Whether its store tells nothing between start and end: silence means nothing then."""


@light
class Event:
    """One thing that happened: a row of the store, or the two rows of one call.

    Never changed; :func:`dataclasses.replace` makes another one.
    """

    source: int
    seq: int
    id: str
    session_id: str
    parent_id: str | None = None
    time: float | None = None
    agent: str | None = None
    target_agent: str | None = None
    kind: EventKind = EventKind.OTHER
    phase: Phase = Phase.WHOLE
    call_key: str | None = None
    """Joins the start row and the end row of one call, where the store has such a key."""
    tool: str | None = None
    operation: str | None = None
    summary: str = ""
    state: EventState = EventState.UNKNOWN
    duration: float | None = None
    model: str | None = None
    tokens: int | None = None
    cost: float | None = None
    end_key: EventKey | None = None
    """The end row of a call made of two rows; key and id are the start row's."""

    @property
    def key(self) -> EventKey:
        """``(source, seq)``."""
        return (self.source, self.seq)

    @property
    def is_call(self) -> bool:
        """Whether it counts as a tool call."""
        return self.kind in CALL_KINDS


@dataclass(frozen=True, slots=True)
class EventText:
    """The heavy columns of one event, read only for the event that is open."""

    source: int
    seq: int
    input: str | None
    output: str | None
    raw: tuple[tuple[str, str | None], ...] = ()
    """Every column of the foreign row: ``(column, value as text)``; None is NULL."""
    cut: bool = False
    """Whether any text was longer than what is ever read (see ``queries.store``)."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """One agent handing work to another, from a store that keeps such a table."""

    id: str
    session_id: str | None
    time: float | None
    from_agent: str
    to_agent: str
    type: str | None = None
    state: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A feature, bug, spike or other item of work."""

    id: str
    type: str | None
    title: str
    status: str | None
    priority: str | None = None
    assigned_to: str | None = None
    created: float | None = None
    updated: float | None = None
    completed: float | None = None
    steps_total: int | None = None
    steps_completed: int | None = None
