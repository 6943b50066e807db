"""What one line of the waterfall looks like: a lane's name and its spans in cells."""

from __future__ import annotations

from rich.cells import cell_len

from queries.models import EventKind, EventState
from queries.models.timeline import TimelineSpan
from queries.plain_data import dataclass
from widgets.glyphs import Glyphs
from widgets.lane_index import Cell, LaneLine, as_of, is_failure
from widgets.time_axis import TimeAxis

Piece = tuple[str, str]
"""One cell's sign and its role."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What spans are drawn with behind their first cell."""

    whole: str
    running: str
    never_ended: str


UNICODE_BARS = Bars("━", "╍", "┈")
ASCII_BARS = Bars("=", "~", ".")


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in cells."""

    pieces: tuple[Piece, ...]
    shared: int
    """Events that share a cell with another one."""


def span_role(span: TimelineSpan) -> str:
    """The role that tells how a span went."""
    if span.never_ended:
        return "warning"
    if is_failure(span):
        return "error"
    if span.running:
        return "running"
    if span.event.is_call:
        return "ok" if span.event.state is EventState.OK else "muted"
    return "accent"


def span_sign(span: TimelineSpan, glyphs: Glyphs) -> str:
    """The sign that a span begins with: what it is, or that something is wrong with it."""
    if span.never_ended:
        return glyphs.never_ended
    if is_failure(span):
        return glyphs.error
    if span.running:
        return glyphs.running
    signs = {
        EventKind.PROMPT: glyphs.prompt,
        EventKind.MESSAGE: glyphs.message,
        EventKind.TOOL: glyphs.tool,
        EventKind.DELEGATION: glyphs.delegation,
        EventKind.HANDOFF: glyphs.handoff,
    }
    return signs.get(span.event.kind, glyphs.other)


def draw_line(
    line: LaneLine,
    axis: TimeAxis,
    glyphs: Glyphs,
    *,
    now: float | None = None,
    until: float | None = None,
) -> DrawnLine:
    """Draw the part of a line that is on the axis.

    A cell in which several spans begin shows their number, or the failure among them.

    Args:
        line: which one.
        axis: which time the cells stand for.
        glyphs: the set of signs to draw with.
        now: how far running spans reach.
        until: the instant that is looked at: what begins later is not there, and what goes
            on beyond it ends at it.
    """
    pieces: list[Piece] = []
    shared = 0
    open_column, open_position, length = 0, -1, 0
    for column, cell in enumerate(line.cells(axis, now, until)):
        goes_on = cell.through is not None and (until is None or axis.edge(column) <= until)
        if cell.count or cell.through != open_position or not goes_on:
            _write_name(pieces, open_column, length, line, open_position)
            open_position = -1
        if cell.count > 1:
            shared += cell.count
            pieces.append(_shared(cell, glyphs))
        elif cell.count == 1:
            span = as_of(line.spans[cell.first], until)
            open_column, open_position, length = column, cell.first, 0
            pieces.append((span_sign(span, glyphs), span_role(span)))
        elif cell.through is not None and goes_on:
            length += 1
            pieces.append(_body(as_of(line.spans[cell.through], until), glyphs))
        else:
            pieces.append((" ", ""))
    _write_name(pieces, open_column, length, line, open_position)
    return DrawnLine(tuple(pieces), shared)


def _shared(cell: Cell, glyphs: Glyphs) -> Piece:
    if cell.errors:
        return glyphs.error, "error"
    return (str(cell.count) if cell.count < 10 else glyphs.shades[-2]), "strong"


def _body(span: TimelineSpan, glyphs: Glyphs) -> Piece:
    bars = ASCII_BARS if glyphs.is_ascii else UNICODE_BARS
    role = span_role(span)
    if span.never_ended:
        return bars.never_ended, role
    return (bars.running if span.running else bars.whole), role


def _write_name(
    pieces: list[Piece], column: int, length: int, line: LaneLine, position: int
) -> None:
    """Write a span's tool into the ``length`` cells behind its sign, if they are enough."""
    if position < 0:
        return
    name = line.spans[position].event.tool or ""
    if len(name) < length and cell_len(name) == len(name):
        for place, character in enumerate(name, column + 1):
            pieces[place] = (character, pieces[place][1])
