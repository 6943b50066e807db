"""What a fold waits for, as plain data and back: open rows and who handed work to whom."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from queries.folding.batch import RowType, marks_of, row_type
from queries.folding.handed_on import HandedOn, Told, _Edge
from queries.folding.open_row import OpenDelegation, OpenRow
from queries.folding.open_rows import OpenRows
from queries.folding.speakers import Speakers
from queries.folding.waiting_ends import WaitingEnds
from queries.models import Event, EventKey, EventKind, EventState, Phase

Plain = list[Any]
OPEN_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    OpenRows: ("_stacks", "_ends", "_delegations"),
    OpenRow: ("at", "row", "now", "ends"),
    WaitingEnds: ("ats", "places"),
    OpenDelegation: ("first", "last", "whole", "earlier", "start", "before"),
}
HANDED_ON_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    HandedOn: ("_counts", "_edges", "_speakers"),
    Speakers: ("_last", "_again"),
    _Edge: ("at", "id", "parent", "agent", "target", "is_end", "is_sure", "key", "ends"),
}
EVENT_FIELDS: Final[dict[type, tuple[str, ...]]] = {Event: Event.__match_args__}
_event_cells = attrgetter(*EVENT_FIELDS[Event])
_KIND, _PHASE, _SUMMARY, _STATE, _END, _ID, _KEY = map(
    EVENT_FIELDS[Event].index, ("kind", "phase", "summary", "state", "end_key", "id", "call_key")
)
_edge_columns = attrgetter(*Told._fields)
_NAMES = tuple(
    map(EVENT_FIELDS[Event].index, ("agent", "target_agent", "tool", "operation", "model"))
)
AT_ONCE = 200
"""Entries in one part."""
ROWS_AT_ONCE = 1000
"""Rows of columns in one part."""
WAITING_AT_ONCE = 10
"""Sessions with rows that wait in one part: each may have thousands of them."""


def event_plain(event: Event) -> Plain:
    """An event without its text."""
    cells = list(_event_cells(event))
    cells[_SUMMARY] = ""
    cells[_KIND], cells[_PHASE], cells[_STATE] = (
        event.kind.value,
        event.phase.value,
        event.state.value,
    )
    return cells


def event_from(cells: Plain) -> Event:
    """The event of these cells."""
    cells = list(cells)
    cells[_KIND] = EventKind(cells[_KIND])
    cells[_PHASE] = Phase(cells[_PHASE])
    cells[_STATE] = EventState(cells[_STATE])
    if cells[_END] is not None:
        source, seq = cells[_END]
        cells[_END] = (source, seq)
    # There may be thousands of these, with few names.
    for place in _NAMES:
        if cells[place] is not None:
            cells[place] = sys.intern(cells[place])
    if cells[_KEY] == cells[_ID]:
        cells[_KEY] = cells[_ID]
    return Event(*cells)


def type_plain(kind: RowType) -> Plain:
    """What the rows of a type have in common."""
    agent, what, phase, state, tool, operation = marks_of(kind)
    return [agent, what.value, phase.value, state.value, tool, operation]


def type_from(cells: Plain) -> RowType:
    """The type of these cells."""
    agent, kind, phase, state, tool, operation = cells
    return row_type((agent, EventKind(kind), Phase(phase), EventState(state), tool, operation))


# -- who handed work to whom -------------------------------------------------------------------


def handed_on_plain(handed_on: HandedOn) -> Iterator[Plain]:
    """In parts."""
    for pairs in some_of(handed_on._counts.items()):
        yield ["counts", None, [[*pair, number] for pair, number in pairs]]
    for stretch, edges in handed_on._edges.items():
        for some in some_of(edges.items(), ROWS_AT_ONCE):
            yield ["edges", stretch, _edges_plain(some)]
    for stretch, speakers in handed_on._speakers.rows():
        for names in some_of(speakers, ROWS_AT_ONCE):
            yield ["speakers", stretch, [
                [event_id for event_id, _ in names], *columns_of([known for _, known in names])
            ]]  # fmt: skip


def handed_on_from(handed_on: HandedOn, part: Plain) -> None:
    """Put one part back."""
    what, stretch, content = part
    if what == "counts":
        for first, second, number in content:
            handed_on._counts[first, second] = number
    elif what == "edges":
        handed_on._edges[stretch].update(_edges_from(content))
    elif what == "speakers":
        ids, *known = content
        speakers = handed_on._speakers
        for event_id, spoken in zip(ids, zip(*known, strict=True), strict=True):
            speakers.note(event_id, *spoken)
    else:
        raise ValueError(what)


def _edges_plain(edges: Sequence[tuple[EventKey, _Edge | Told]]) -> Plain:
    """Delegations in columns; those told by several rows besides, by their places."""
    told = [tuple(edge) if isinstance(edge, Told) else _edge_columns(edge) for _, edge in edges]
    several = [
        [place, [_edge_plain(end) for end in edge.ends]]
        for place, (_, edge) in enumerate(edges)
        if not isinstance(edge, Told) and edge.ends
    ]
    return [*columns_of([key for key, _ in edges]), *columns_of(told), several]


def _edges_from(content: Plain) -> dict[EventKey, _Edge | Told]:
    sources, seqs, *columns, several = content
    keys = list(zip(sources, seqs, strict=True))
    edges: dict[EventKey, _Edge | Told] = dict(zip(keys, map(Told, *columns), strict=True))
    for place, ends in several:
        edges[keys[place]] = _edge_from((column[place] for column in columns), keys[place], ends)
    return edges


def _edge_plain(edge: _Edge) -> Plain:
    return [list(_edge_columns(edge)), *edge.key, [_edge_plain(end) for end in edge.ends]]


def _edge_from(told: Iterable[Any], key: EventKey, ends: Plain) -> _Edge:
    edge = _Edge(key, Told(*told))
    edge.ends = [_edge_from(own, (source, seq), later) for own, source, seq, later in ends]
    return edge


def columns_of(rows: Sequence[Sequence[Any]]) -> Plain:
    """Rows of the same length, of which there is at least one, turned round."""
    return [list(column) for column in zip(*rows, strict=True)]


def some_of(items: Iterable[Any], number: int = AT_ONCE) -> Iterator[list[Any]]:
    """Consecutive items in lists of at most so many."""
    rest = iter(items)
    while some := list(islice(rest, number)):
        yield some
