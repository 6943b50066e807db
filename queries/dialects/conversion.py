"""Rows of a store as records of the model, cell by cell, so that a bad cell costs that cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from sys import intern

from queries.dialects.base import Row, StoreMapping
from queries.dialects.cells import identifier, name, number, summary_text, whole
from queries.models import Event, EventKind, EventState, Phase, Session, SessionStatus
from queries.text import clean_or_none
from queries.times import parse_time

AGENT_LIMIT = 80
ERROR_LIMIT = 2000
PROJECT_LIMIT = 200
STATUS_LIMIT = 40
TOOL_LIMIT = 120
_NO_OTHER_UNIT = 1e11
"""Seconds: larger numbers may be another unit."""
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
