"""What a fold waits for, as plain data and back: open rows and who handed work to whom."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from queries.handed_on import HandedOn, Told, _Edge
from queries.models import Event, EventKind, EventState, Phase
from queries.open_rows import OpenRow, OpenRows, _Delegation

Plain = list[Any]
OPEN_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    OpenRows: ("_stacks", "_ends", "_delegations"),
    OpenRow: ("at", "row", "now", "ends"),
    _Delegation: ("first", "last", "whole", "start", "before"),
}
HANDED_ON_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    HandedOn: ("_counts", "_edges", "_speakers"),
    _Edge: ("at", "id", "parent", "agent", "target", "is_end", "is_sure", "key", "ends"),
}
EVENT_FIELDS: Final[dict[type, tuple[str, ...]]] = {Event: Event.__match_args__}
_edge_cells = attrgetter(*HANDED_ON_FIELDS[_Edge])
_event_cells = attrgetter(*EVENT_FIELDS[Event])
_KIND, _PHASE, _SUMMARY, _STATE, _END, _ID, _KEY = map(
    EVENT_FIELDS[Event].index, ("kind", "phase", "summary", "state", "end_key", "id", "call_key")
)
_NAMES = tuple(
    map(EVENT_FIELDS[Event].index, ("agent", "target_agent", "tool", "operation", "model"))
)
AT_ONCE = 200
"""Entries in one part."""
WAITING_AT_ONCE = 10
"""Sessions with rows that wait in one part: each may have thousands of them."""


def event_plain(event: Event) -> Plain:
    """An event without its text."""
    cells = list(_event_cells(event))
    cells[_SUMMARY] = ""
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


# -- who handed work to whom -------------------------------------------------------------------


def handed_on_plain(handed_on: HandedOn) -> Iterator[Plain]:
    """In parts."""
    for pairs in some_of(handed_on._counts.items()):
        yield ["counts", None, [[*pair, number] for pair, number in pairs]]
    for stretch, edges in handed_on._edges.items():
        for some in some_of(edges.items()):
            yield ["edges", stretch, [
                [*edge, list(key), []] if isinstance(edge, Told) else _edge_plain(edge)
                for key, edge in some
            ]]  # fmt: skip
    for stretch, speakers in handed_on._speakers.items():
        for names in some_of(speakers.items()):
            yield ["speakers", stretch, [[name, *known] for name, known in names]]


def handed_on_from(handed_on: HandedOn, part: Plain) -> None:
    """Put one part back."""
    what, stretch, content = part
    if what == "counts":
        for first, second, number in content:
            handed_on._counts[first, second] = number
    elif what == "edges":
        known = handed_on._edges[stretch]
        for cells in content:
            *told, (source, seq), ends = cells
            known[source, seq] = _edge_from(cells) if ends else Told(*told)
    elif what == "speakers":
        speakers = handed_on._speakers[stretch]
        speakers.update({event_id: (at, *speaker) for event_id, at, *speaker in content})
    else:
        raise ValueError(what)


def _edge_plain(edge: _Edge) -> Plain:
    *cells, key, ends = _edge_cells(edge)
    return [*cells, list(key), [_edge_plain(end) for end in ends]]


def _edge_from(cells: Plain) -> _Edge:
    *told, (source, seq), ends = cells
    edge = _Edge((source, seq), Told(*told))
    edge.ends = [_edge_from(end) for end in ends]
    return edge


def some_of(items: Iterable[Any], number: int = AT_ONCE) -> Iterator[list[Any]]:
    """Consecutive items in lists of at most so many."""
    rest = iter(items)
    while some := list(islice(rest, number)):
        yield some
