"""What a dialect has to say about a foreign schema, and the shared conversion of rows.

A dialect names its event tables (sources) and, for each, one SELECT over ONE table that
yields the canonical columns. The store makes a TEMP VIEW of it. Cells keep their foreign
types there; :func:`to_event` and :func:`to_session` turn them into the model, cell by cell,
so that a bad cell costs that cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from sys import intern
from typing import Any, Protocol

from queries.dialects.cells import identifier, name, summary_text
from queries.dialects.cells import number as number
from queries.dialects.cells import whole as whole
from queries.models import Event, EventKind, EventState, Phase, Session, SessionStatus
from queries.plain_data import dataclass, field
from queries.text import clean_or_none
from queries.times import parse_time

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
AGENT_LIMIT = 80
ERROR_LIMIT = 2000
PROJECT_LIMIT = 200
STATUS_LIMIT = 40
TOOL_LIMIT = 120
_NO_OTHER_UNIT = 1e11
"""Seconds: larger numbers may be another unit."""


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
    """Replaces :func:`to_event` where SQL alone cannot say it: (source, row, naive zone)."""
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
    """Replaces :func:`to_session` where SQL alone cannot say it."""
    notes: tuple[str, ...] = ()
    """What a reader should know, for ``doctor``: tables left out and why."""


class Dialect(Protocol):
    """A foreign schema. Recognised by its columns, never by a file name."""

    name: str

    def map(self, schema: Schema, probe: Probe) -> StoreMapping | None:
        """How to read this schema, or None when it is not this dialect's."""


STATUS_WORDS: Mapping[str, SessionStatus] = {
    "active": SessionStatus.RUNNING,
    "running": SessionStatus.RUNNING,
    "in_progress": SessionStatus.RUNNING,
    "in-progress": SessionStatus.RUNNING,
    "started": SessionStatus.RUNNING,
    "completed": SessionStatus.COMPLETED,
    "complete": SessionStatus.COMPLETED,
    "done": SessionStatus.COMPLETED,
    "ended": SessionStatus.COMPLETED,
    "success": SessionStatus.COMPLETED,
    "failed": SessionStatus.FAILED,
    "error": SessionStatus.FAILED,
    "cancelled": SessionStatus.FAILED,
    "paused": SessionStatus.PAUSED,
    "idle": SessionStatus.PAUSED,
}

KINDS = {kind.value: kind for kind in EventKind}
STATES = {state.value: state for state in EventState}
PHASES = {phase.value: phase for phase in Phase}


_Names = tuple[
    str | None, str | None, EventKind, Phase, str | None, str | None, EventState, str | None
]
_NAMES_KEPT = 20_000
_names: dict[tuple[object, ...], _Names] = {}


def _named(cells: tuple[object, ...]) -> _Names:
    """What cells say that come again and again: agent, target, kind, phase, and so on to model.

    Only those of texts are kept: other cells may be equal and yet shown differently.
    """
    agent, target, kind, phase, tool, operation, state, model = cells
    found = (
        name(agent, AGENT_LIMIT),
        name(target, AGENT_LIMIT),
        KINDS.get(kind, EventKind.OTHER),  # type: ignore[call-overload]  # any cell can be asked for
        PHASES.get(phase, Phase.WHOLE),  # type: ignore[call-overload]
        name(tool, TOOL_LIMIT),
        name(operation, TOOL_LIMIT),
        STATES.get(state, EventState.UNKNOWN),  # type: ignore[call-overload]
        name(model, AGENT_LIMIT),
    )
    if all(cell is None or (type(cell) is str and len(cell) <= TOOL_LIMIT) for cell in cells):
        if len(_names) >= _NAMES_KEPT:
            _names.clear()
        _names[cells] = found
    return found


def names_of(marks: Iterable[tuple[object, ...]]) -> list[_Names]:
    """What the cells of many rows say that come again and again, see :func:`to_event`.

    Args:
        marks: of each row agent, target, kind, phase, tool, operation, state and model.
    """
    all_marks = list(marks)
    try:
        return list(map(_names.__getitem__, all_marks))
    except KeyError:
        return [_names.get(cells) or _named(cells) for cells in all_marks]


def to_event(source: int, row: Row, zone: tzinfo) -> Event:
    """One canonical row (EVENT_COLUMNS) as an :class:`Event`."""
    (seq, id_, session, parent, time, agent, target, kind, phase, call_key, tool, operation,
     summary, state, duration, model, tokens, cost) = row  # fmt: skip
    cells = (agent, target, kind, phase, tool, operation, state, model)
    names = _names.get(cells) or _named(cells)
    agent, target, kind, phase, tool, operation, state, model = names
    # By position: names would cost four times as much, and this runs for every row of a store.
    return Event(
        source,
        seq,
        identifier(id_),
        identifier(session),
        None if parent is None or parent == "" else identifier(parent),
        time if type(time) is float and 0.0 <= time < _NO_OTHER_UNIT else parse_time(time, zone),
        agent,
        target,
        kind,
        phase,
        None if call_key is None else identifier(call_key),
        tool,
        operation,
        summary_text(summary),
        state,
        None if duration is None else number(duration),
        model,
        None if tokens is None else whole(tokens),
        None if cost is None else number(cost),
    )


def status_of(cell: object, mapping: StoreMapping) -> SessionStatus:
    """What a session's own word for its status means."""
    return _meaning(clean_or_none(cell, STATUS_LIMIT), mapping)


def _meaning(word: str | None, mapping: StoreMapping) -> SessionStatus:
    if word is None:
        return SessionStatus.UNKNOWN
    return (mapping.statuses or STATUS_WORDS).get(word.lower(), SessionStatus.UNKNOWN)


def to_session(row: Row, mapping: StoreMapping) -> Session:
    """One canonical row (SESSION_COLUMNS) as a :class:`Session`."""
    (_, id_, parent, parent_event, title, agent, component, project, status) = row[:9]
    started, ended, turns, quality, error, tokens, cost, lasted, failed = row[9:18]
    # What many sessions say alike is made of its cell once, and is then the same text.
    word = name(status, STATUS_LIMIT)
    zone = mapping.zone
    # By position, as events are: a store may have hundreds of thousands of sessions.
    return Session(
        intern(identifier(id_)),
        None if parent is None or parent == "" else identifier(parent),
        None if parent_event is None or parent_event == "" else identifier(parent_event),
        "" if title is None else summary_text(title),
        name(agent, AGENT_LIMIT),
        name(component, TOOL_LIMIT),
        name(project, PROJECT_LIMIT),
        _meaning(word, mapping),
        word,
        None if started is None else parse_time(started, zone),
        None if ended is None else parse_time(ended, zone),
        None if turns is None else whole(turns),
        None if quality is None else number(quality),
        None if error is None else clean_or_none(error, ERROR_LIMIT),
        None if tokens is None else whole(tokens),
        None if cost is None else number(cost),
        True,
        mapping.records_durations,
        None if lasted is None else number(lasted),
        mapping.records_failures,
        None if failed is None else bool(whole(failed)),
        mapping.is_mute,
    )
