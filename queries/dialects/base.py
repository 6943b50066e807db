"""What a dialect has to say about a foreign schema.

A dialect names its event tables (sources) and, for each, one SELECT over ONE table that
yields the canonical columns. The store makes a TEMP VIEW of it. Cells keep their foreign
types there; :mod:`queries.dialects.conversion` turns them into the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Protocol

from queries.models import Event, Session, SessionStatus
from queries.plain_data import dataclass, field

Row = Sequence[Any]
Probe = Callable[..., list[tuple[Any, ...]]]
"""``probe(sql, *parameters)``: runs a small bounded query, returns its rows."""

Moments = Sequence[float | None]
"""Instants of rows."""
EVENT_COLUMNS = (
    "seq",
    "id",
    "session_id",
    "parent_id",
    "time",
    "agent",
    "target_agent",
    "kind",
    "phase",
    "call_key",
    "tool",
    "operation",
    "summary",
    "state",
    "duration",
    "model",
    "tokens",
    "cost",
)
SESSION_COLUMNS = (
    "seq",
    "id",
    "parent_id",
    "parent_event_id",
    "title",
    "agent",
    "component",
    "project",
    "status",
    "started",
    "ended",
    "declared_turns",
    "quality",
    "error",
    "tokens",
    "cost",
    "duration",
    "failed",
)


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables of a store and their columns, by lower-case name."""

    tables: Mapping[str, frozenset[str]]
    user_version: int = 0

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table exists and has all these columns."""
        return table in self.tables and self.tables[table].issuperset(columns)


@dataclass(frozen=True, slots=True)
class Amendments:
    """What a dialect's own conversion makes of single cells."""

    summary: Callable[[object, object, object], object]
    """From (kind, tool, summary) of a row to its summary."""
    durations: Callable[[Moments, Sequence[str], Callable[[Sequence[object]], Moments]], Row]
    """From (times, durations) of rows whose durations are text, and what gives the instants of
    cells, to their seconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """One foreign table whose rows are events."""

    name: str
    """Shown to people and in JSON: the foreign table's name."""
    table: str
    select: str
    """``SELECT rowid AS seq, ... FROM table``: EVENT_COLUMNS in order; no ORDER BY, no LIMIT.
    A WHERE that hides rows which repeat another table's is allowed."""
    session_column: str
    """The raw column behind session_id, for index look-ups."""
    parent_column: str | None = None
    """The raw column behind parent_id; None where events have no parents."""
    id_column: str = "rowid"
    """The raw column behind id."""
    text: str = "NULL, NULL"
    """SQL expressions for (input, output) of one row of ``table``, whole."""
    convert: Callable[[int, Row, tzinfo], Event] | None = None
    """Replaces :func:`~queries.dialects.conversion.to_event` where SQL alone cannot say it:
    (source, row, naive zone)."""
    spawner: str | None = None
    """SQL expression over a row of ``table``: the program that runs a delegation's agent."""
    marks: str | None = None
    """SQL expression over a row of ``table``: a text on which alone agent, kind, phase, state, tool
    and operation of the row depend, where it is found out faster than these."""
    amend: Amendments | None = None
    """What ``convert`` does, if it does nothing else but find out the target of delegations that
    have none: rows are then counted without making an event of each of them."""


@dataclass(frozen=True, slots=True)
class SessionSource:
    """The foreign table whose rows are sessions."""

    table: str
    select: str
    """SESSION_COLUMNS in order, over one table."""
    id_column: str
    parent_column: str | None = None


@dataclass(frozen=True, slots=True)
class SideTable:
    """A foreign table beside sessions and events, of which no row depends on another one."""

    table: str
    columns: tuple[tuple[str, str], ...]
    """Names, each with an SQL expression over a row."""
    told_by: str | None = None
    """Table of a source whose rows tell the same of a session, if it has any of them."""

    @property
    def select(self) -> str:
        """All columns of all rows."""
        return f"SELECT {self.cells()} FROM {self.table}"

    def cells(self) -> str:
        """All columns."""
        return ", ".join(f"{cell} AS {name}" for name, cell in self.columns)

    def cell(self, wanted: str) -> str:
        """One column's expression."""
        return next(cell for name, cell in self.columns if name == wanted)


@dataclass(frozen=True, slots=True)
class WorkItemSource:
    """The foreign table whose rows are work items, for reading one of them whole.

    All but the table are SQL expressions over its rows.
    """

    table: str
    id_column: str
    description: str
    track: str
    parent: str
    tags: str


@dataclass(frozen=True, slots=True)
class StoreMapping:
    """Everything the store needs to read one foreign schema."""

    dialect: str
    why: str
    sources: tuple[Source, ...]
    sessions: SessionSource | None
    zone: tzinfo
    """What a time without a zone means."""
    has_messages: bool
    has_phases: bool
    """Whether calls may come as a start row and an end row."""
    may_have_messages: bool = False
    """Whether there may be messages although none was found: not all rows were looked at."""
    statuses: Mapping[str, SessionStatus] = field(default_factory=dict)
    aggregated_tools: SideTable | None = None
    """session_id, tool, operation, calls, success_rate, average_duration."""
    session_zone: tzinfo | None = None
    """What a session's time without a zone means, where that is something else."""
    records_durations: bool = False
    """Whether sessions have a duration of their own, from which none is inferred."""
    records_failures: bool = False
    """Whether sessions say apart from their status whether an error occurred."""
    is_mute: bool = False
    """Whether nothing is told between the start and the end of a session."""
    handoffs: SideTable | None = None
    """id, session_id, time, from_agent, to_agent, type, state, reason."""
    work_items: SideTable | None = None
    """The columns of models.WorkItem in order."""
    work_item_source: WorkItemSource | None = None
    live: str | None = None
    """SELECT id, time, type, spawner, session_id, parent_id, data (JSON), newest first."""
    read_besides: Mapping[str, str] = field(default_factory=dict)
    """Tables that are read besides all these, and what for; for ``doctor``."""
    convert_session: Callable[[Row, StoreMapping], Session] | None = None
    """Replaces :func:`~queries.dialects.conversion.to_session` where SQL alone cannot say it."""
    notes: tuple[str, ...] = ()
    """What a reader should know, for ``doctor``: tables left out and why."""


class Dialect(Protocol):
    """A foreign schema. Recognised by its columns, never by a file name."""

    name: str

    def map(self, schema: Schema, probe: Probe) -> StoreMapping | None:
        """How to read this schema, or None when it is not this dialect's."""
