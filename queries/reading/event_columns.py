"""Pages of rows become events column by column: most cells take no more than one look at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from itertools import repeat

from queries.dialects.base import Row, Source
from queries.dialects.cells import identifier, whole
from queries.dialects.conversion import names_of
from queries.models import Event, EventKind
from queries.reading.lean_columns import (
    Cells,
    Minutes,
    durations_of,
    identifiers,
    instants,
    numbers,
    summaries,
)

_WHOLE = frozenset((int, type(None)))


def events_of(source: int, described: Source, rows: Sequence[Row], minutes: Minutes) -> list[Event]:
    """What the conversion of a source that is no more than amended makes of each row.

    Args:
        source: its number.
        described: the source.
        rows: EVENT_COLUMNS of each.
        minutes: known ones; their zone is what a time without one means.

    Raises what the conversion of one of the rows raises.
    """
    (seqs, ids, sessions, parents, times, agents, targets, kinds, phases, keys, tools, operations,
     texts, states, durations, models, tokens, costs) = zip(*rows, strict=True)  # fmt: skip
    begun = instants(times, minutes)
    amend = described.amend
    if amend is not None:
        texts = tuple(map(amend.summary, kinds, tools, texts))
    marks = zip(agents, targets, kinds, phases, tools, operations, states, models, strict=True)
    agents, targets, kinds, phases, tools, operations, states, models = zip(
        *names_of(marks), strict=True
    )
    if "" in parents:
        parents = tuple(None if cell == "" else cell for cell in parents)
    made = map(
        Event, repeat(source), seqs, _identifiers(ids), _sessions(sessions), identifiers(parents),
        begun, agents, targets, kinds, phases, identifiers(keys), tools, operations,
        summaries(texts), states, durations_of(described, begun, durations, minutes), models,
        _whole_numbers(tokens), numbers(costs),
    )  # fmt: skip
    events = list(made)
    if described.convert is not None and EventKind.DELEGATION in kinds:
        _find_targets(events, rows, described.convert, minutes.zone)
    return events


def _identifiers(cells: Cells) -> Iterable[str]:
    """What :func:`~queries.dialects.cells.identifier` makes of each cell."""
    if None in cells:
        return map(identifier, cells)
    return identifiers(cells)  # type: ignore[return-value]  # none of which is None


def _sessions(cells: Cells) -> Iterable[str]:
    first = cells[0]
    # One object for all rows: mostly they are of one session.
    if type(first) is str and cells.count(first) == len(cells):
        return repeat(identifier(first))
    return _identifiers(cells)


def _whole_numbers(cells: Cells) -> Iterable[int | None]:
    if _WHOLE.issuperset(map(type, cells)):
        return cells
    return (None if cell is None else whole(cell) for cell in cells)


def _find_targets(
    events: list[Event],
    rows: Sequence[Row],
    convert: Callable[[int, Row, tzinfo], Event],
    zone: tzinfo,
) -> None:
    """Convert those rows one by one whose conversion finds out whom a delegation is for."""
    for index, event in enumerate(events):
        if event.kind is EventKind.DELEGATION and event.target_agent is None:
            events[index] = convert(event.source, rows[index], zone)
