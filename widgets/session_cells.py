"""What a line of the session list says, column by column; without a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from operator import attrgetter, is_not
from typing import Final

from queries.models import SessionRow, SessionStatus
from queries.text import age, duration, short_count
from widgets.cells import Column
from widgets.glyphs import UNICODE, Glyphs, session_glyph, spark
from widgets.line_text import shorten_middle, shorten_path
from widgets.table_text import Cell

COLUMNS: Final[tuple[Column, ...]] = (
    Column("mark", "", 1, priority=95),
    Column("status", "", 1, priority=100),
    Column("title", "session", 24, 10, priority=99, flexible=True),
    Column("component", "component", 14, 9, priority=38, leaves=14),
    Column("project", "project", 18, 8, priority=36, leaves=14),
    Column("agent", "agent", 12, 8, priority=40, leaves=22),
    Column("time", "time", 6, 5, "right", priority=90),
    Column("quality", "qual", 4, 4, "right", priority=34, leaves=14),
    Column("events", "events", 6, 6, "right", priority=80),
    Column("calls", "calls", 5, 5, "right", priority=60, leaves=18),
    Column("errors", "err", 5, 5, "right", priority=85),
    Column("tokens", "tokens", 6, 6, "right", priority=50),
    Column("trend", "trend", 16, 5, priority=75),
)
EVENTS: Final = "events"
"""Stands for all columns that events fill, in what :func:`filled` tells."""
_OF_EVENTS: Final = frozenset(("agent", "events", "calls", "errors", "tokens", "trend"))
_DECLARED: Final = ("component", "project", "quality")
"""The columns that only some stores fill."""
_is_mute, _events = attrgetter("session.is_mute"), attrgetter("totals.events")
TEXT_SORTS: Final = frozenset(("title", "status", "agent", "component", "project"))
"""Sort orders that go from A to Z, unless they are reversed."""
SORT_COLUMNS: Final[Mapping[str, str]] = {
    "started": "time",
    "duration": "time",
    "active": "trend",
}
"""Sort order -> name of the column that shows it, where the two differ."""
_STATUS_ROLES: Final = {
    SessionStatus.RUNNING: "running",
    SessionStatus.COMPLETED: "ok",
    SessionStatus.FAILED: "error",
    SessionStatus.PAUSED: "warning",
    SessionStatus.STALE: "warning",
    SessionStatus.UNKNOWN: "muted",
}
_OVER: Final = frozenset((SessionStatus.COMPLETED, SessionStatus.FAILED))


def filled(rows: Sequence[SessionRow], known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Which columns have something to tell, besides those that always are there.

    Args:
        rows: sessions.
        known: those that are known to have, from other sessions.
    """
    # There may be very many sessions: all of this is done without a step of ours for each.
    for name in frozenset(_DECLARED) - known:
        if any(map(is_not, map(attrgetter(f"session.{name}"), rows), repeat(None))):
            known |= {name}
    if EVENTS not in known:
        is_mute = all(map(_is_mute, rows)) and not any(map(_events, rows))
        known |= frozenset() if is_mute else {EVENTS}
    return known


def columns_of(known: frozenset[str], *, trend: bool = True) -> tuple[Column, ...]:
    """The columns of a list in which these are filled; ``trend``: whether that one is wanted."""
    absent = {name for name in _DECLARED if name not in known}
    if known and EVENTS not in known:
        absent |= _OF_EVENTS
    if not trend:
        absent.add("trend")
    return tuple(column for column in COLUMNS if column.name not in absent)


def session_cell(
    row: SessionRow, column: str, width: int, *, glyphs: Glyphs, mark: str, now: float
) -> Cell:
    """One cell of the list.

    Args:
        row: the session.
        column: the name of the column.
        width: cells of the column.
        glyphs: the set of signs to draw with.
        mark: the sign that the session is marked with; "" for none.
        now: epoch seconds, for the age of what runs.
    """
    totals = row.totals
    match column:
        case "mark":
            return (glyphs.mark if mark == UNICODE.mark else mark, "accent")
        case "status":
            status = row.session.status
            return (session_glyph(status, glyphs), _STATUS_ROLES[status])
        case "title":
            sub = f"{glyphs.sub} " if row.session.parent_id is not None else ""
            if sub or row.title != row.id:
                return (sub + row.title, "")
            # Ids of one kind often begin alike; a sub-agent's, with the id of the one above it.
            return (shorten_middle(row.id, width), "")
        case "agent":
            return (", ".join(agents_of(row)) or glyphs.dash, "muted")
        case "component":
            return _name(row.session.component, width, glyphs)
        case "project":
            return _name(row.session.project, width, glyphs)
        case "quality":
            quality = row.session.quality
            return (glyphs.dash, "muted") if quality is None else (f"{quality:.0f}", "")
        case "time":
            return (_time(row, width, glyphs, now), "muted")
        case "events":
            return _count(row, totals.events, glyphs)
        case "calls":
            return _count(row, totals.tool_calls, glyphs)
        case "errors":
            if not totals.errors:
                return ("", "")
            return (short_count(totals.errors) + glyphs.error, "error")
        case "tokens":
            return (short_count(row.tokens), "" if row.tokens is not None else "muted")
        case _:
            return (spark(_squeezed(totals.activity, width), glyphs), "accent")


def agents_of(row: SessionRow) -> tuple[str, ...]:
    """Who acted in a session; whom it names itself stands first."""
    if row.session.agent is not None:
        others = (agent for agent in row.totals.agents if agent != row.session.agent)
        return (row.session.agent, *others)
    return row.totals.agents


def _time(row: SessionRow, width: int, glyphs: Glyphs, now: float) -> str:
    """How long it took; of one that is not over, how long ago it began."""
    length = row.duration
    if length is not None:
        if length < 0 or width >= 6:
            return duration(length)
        return f"{length:.0f}s" if length < 59.5 else age(max(60.0, length))
    if row.started is None or row.session.status in _OVER:
        return glyphs.dash
    return age(now - row.started)


def _name(name: str | None, width: int, glyphs: Glyphs) -> Cell:
    """What a session says of itself; of a path the last folders."""
    if name is None:
        return (glyphs.dash, "muted")
    return (shorten_path(name, width) if "/" in name else name, "muted")


def _count(row: SessionRow, number: int, glyphs: Glyphs) -> Cell:
    """A count; with "+" while there may be more, and unknown before any was found."""
    if row.complete:
        return (short_count(number), "")
    return (f"{short_count(number)}+" if number else glyphs.dash, "muted")


def _squeezed(values: Sequence[int], width: int) -> list[int]:
    """The values in at most ``width`` groups of neighbours, summed."""
    if width <= 0 or len(values) <= width:
        return list(values)
    edges = [group * len(values) // width for group in range(width + 1)]
    return [sum(values[edges[group] : edges[group + 1]]) for group in range(width)]
