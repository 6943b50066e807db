"""Whether a session or an event fulfils one term of a filter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Final

from queries.models import BEFORE_OPERATION, Event, EventState, SessionRow, SessionStatus
from queries.times import parse_time

if TYPE_CHECKING:
    from queries.finding.filters import Term

UNKNOWN_NAME: Final = "?"
"""As the value of a field in :data:`NAMES`: those that have none."""
WHOLE: Final = "="
"""Before a value of such a field: the whole name, not a part of one."""
NAMES: Final = frozenset(("agent", "project", "component", "model", "tool"))
NUMBERS: Final = ("events", "errors", "calls", "tokens")
"""Fields that are whole numbers."""
QUANTITIES: Final = ("duration", "cost", "quality")
"""Fields that may be fractions."""
UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
"""What may stand behind a duration, in seconds."""
MOMENTS: Final = ("since", "until")
STATES: Final[dict[str, str]] = {
    SessionStatus.COMPLETED: EventState.OK,
    SessionStatus.FAILED: EventState.ERROR,
}
"""What words for sessions mean of an event, where it has another word."""
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": ge,
    "<=": le,
    ">": gt,
    "<": lt,
    "": eq,
}

_SESSION_TEXTS: Final[dict[str, Callable[[SessionRow], tuple[str | None, ...]]]] = {
    "agent": lambda row: (row.session.agent, *row.totals.agents),
    "title": lambda row: (row.session.title or row.totals.first_prompt,),
    "id": lambda row: (row.session.id,),
    "project": lambda row: (row.session.project,),
    "component": lambda row: (row.session.component,),
}
_EVENT_TEXTS: Final[dict[str, Callable[[Event], tuple[str | None, ...]]]] = {
    "agent": lambda event: (event.agent, event.target_agent),
    "title": lambda event: (event.summary,),
    "id": lambda event: (event.id,),
    "tool": lambda event: (event.tool, event.operation),
    "model": lambda event: (event.model,),
}
_SESSION_NUMBERS: Final[dict[str, Callable[[SessionRow], float | None]]] = {
    "events": lambda row: row.totals.events,
    "errors": lambda row: row.totals.errors,
    "calls": lambda row: row.totals.tool_calls,
    "tokens": lambda row: row.tokens,
    "duration": lambda row: row.duration,
    "cost": lambda row: row.cost,
    "quality": lambda row: row.session.quality,
}
_EVENT_NUMBERS: Final[dict[str, Callable[[Event], float | None]]] = {
    "tokens": lambda event: event.tokens,
    "duration": lambda event: event.duration,
    "cost": lambda event: event.cost,
}


def ask_session(term: Term, row: SessionRow, models: Sequence[str] = ()) -> bool:
    """Whether a session fulfils a term, which is not turned round.

    Args:
        term: of a filter for sessions.
        row: the session with its counts.
        models: those that were used in it.
    """
    field = term.field
    if field in _SESSION_TEXTS:
        return _is_named(field, _SESSION_TEXTS[field](row), term.values)
    if field == "tool":
        used, names = _tool_names(row.totals.tools)
        return _is_named(field, used, term.values, names)
    if field == "model":
        return _is_named(field, models, term.values)
    if field == "bookmark":
        return row.session.id in term.ids
    if field == "status":
        return row.session.status in term.values
    if field in _SESSION_NUMBERS:
        return _compares(_SESSION_NUMBERS[field](row), term.values)
    if field in MOMENTS:
        return is_active(row.started, row.last_time, term)
    texts = (text for read in _SESSION_TEXTS.values() for text in read(row))
    others = (row.session.error, row.totals.first_prompt)
    return not field and _contains((*texts, *others), term.values)


def ask_event(term: Term, event: Event) -> bool:
    """Whether an event fulfils a term, which is not turned round."""
    field = term.field
    if field in _EVENT_TEXTS:
        return _is_named(field, _EVENT_TEXTS[field](event), term.values)
    if field == "kind":
        return event.kind in term.values
    if field in ("state", "status"):
        return event.state in (STATES.get(value, value) for value in term.values)
    if field in _EVENT_NUMBERS:
        return _compares(_EVENT_NUMBERS[field](event), term.values)
    if field in MOMENTS:
        return is_active(event.time, event.time, term)
    texts = (text for read in _EVENT_TEXTS.values() for text in read(event))
    return not field and _contains((*texts, event.session_id), term.values)


@lru_cache(512)
def _tool_names(used: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tools with their operations, to find a part of; and the names of both by themselves.

    Nearly all sessions have the tools of others.
    """
    names = dict.fromkeys(name for each in used for name in each.split(BEFORE_OPERATION) if name)
    return tuple(each.replace(BEFORE_OPERATION, " ").strip() for each in used), tuple(names)


def _is_named(
    field: str,
    texts: Sequence[str | None],
    values: tuple[str, ...],
    names: Sequence[str | None] | None = None,
) -> bool:
    """Whether some text has one of the values; ``names``: what they are whole, if not the texts."""
    if field not in NAMES:
        return _contains(texts, values)
    parts: list[str] = []
    for value in values:
        if value == UNKNOWN_NAME:
            if not any(texts):
                return True
        elif value[:1] == WHOLE and len(value) > 1:
            whole = value[1:].casefold()
            whole_texts = texts if names is None else names
            if any(text is not None and text.casefold() == whole for text in whole_texts):
                return True
        else:
            parts.append(value)
    return bool(parts) and _contains(texts, tuple(parts))


def _contains(texts: Iterable[str | None], values: tuple[str, ...]) -> bool:
    needles = [value.casefold() for value in values]
    for text in texts:
        if text:
            folded = text.casefold()
            for needle in needles:
                if needle in folded:
                    return True
    return False


def _compares(number: float | None, values: tuple[str, ...]) -> bool:
    """Whether a number, which may be unknown, is one of those asked for."""
    if number is None:
        return False
    for value in values:
        sign, wanted = _comparison(value)
        if sign(number, wanted):
            return True
    return False


@lru_cache(256)
def _comparison(value: str) -> tuple[Callable[[float, float], bool], float]:
    digits = value.lstrip("<>=")
    unit = digits.lstrip("0123456789.")
    number = float(digits[: len(digits) - len(unit)]) * UNITS[unit]
    return _COMPARE[value[: len(value) - len(digits)]], number


@lru_cache(256)
def _instant(value: str) -> float:
    moment = parse_time(value, UTC)
    return math.nan if moment is None else moment


def is_active(first: float | None, last: float | None, term: Term) -> bool:
    """Whether what was under way between two instants fulfils a term about moments."""
    for value in term.values:
        moment = _instant(value)
        if term.field == "since" and last is not None and last >= moment:
            return True
        if term.field == "until" and first is not None and first < moment:
            return True
    return False
