"""Whole columns of raw cells become numbers and instants, cell by cell only where needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from functools import partial
from itertools import compress, count, repeat
from operator import add, is_, is_not, itemgetter
from typing import Any, cast

from queries.dialects.base import Moments, Source
from queries.dialects.cells import (
    SUMMARY_LIMIT,
    are_common,
    identifier,
    name,
    number,
    summary_text,
    whole,
)
from queries.dialects.conversion import AGENT_LIMIT
from queries.folding.batch import Links
from queries.times import parse_time

Cells = Sequence[Any]
_SECONDS = {f"{second:02}": float(second) for second in range(60)}
_LATEST = 6e10
"""Seconds: larger numbers may be another unit."""
MINUTES_KEPT = 20_000
_NEITHER = (None, None)
_minute_of, _second_of = itemgetter(slice(17)), itemgetter(slice(17, None))


class Minutes(dict[str, float]):
    """When minutes begin, by the first 17 characters of a time's text.

    Only of those whose seconds all follow each other.
    """

    def __init__(self, zone: tzinfo) -> None:
        """Args: zone: what a text without one means."""
        super().__init__()
        self.zone = zone

    def __missing__(self, text: str) -> float:
        first, last = parse_time(text + "00", self.zone), parse_time(text + "59", self.zone)
        if first is None or last is None or last - first != 59 or len(text) != 17:
            raise KeyError(text)
        if len(self) >= MINUTES_KEPT:
            self.clear()
        self[text] = first
        return first


def instants(cells: Cells, minutes: Minutes) -> list[float | None]:
    """What :func:`~queries.times.parse_time` makes of each cell."""
    if are_plain(cells, _LATEST):
        return list(cells)
    try:
        begun = map(minutes.__getitem__, map(_minute_of, cells))
        return list(map(add, begun, map(_SECONDS.__getitem__, map(_second_of, cells))))
    except (KeyError, TypeError):
        return [parse_time(cell, minutes.zone) for cell in cells]


def numbers(cells: Cells) -> list[float | None]:
    """What :func:`~queries.dialects.cells.number` makes of each cell."""
    if are_plain(cells, 1e300):
        return list(cells)
    return [
        cell if cell is None or (type(cell) is float and 0 <= cell < 1e300) else number(cell)
        for cell in cells
    ]


def durations_of(
    described: Source, begun: Moments, durations: Cells, minutes: Minutes
) -> list[float | None]:
    """How long rows of a source took, whose instants are known, in seconds.

    Args:
        described: the source.
        begun: the instants.
        durations: the column.
        minutes: known ones.
    """
    timed, lasting = ([], durations) if described.amend is None else _texts_apart(durations)
    took = numbers(lasting)
    if described.amend is not None and timed:
        worked_out = described.amend.durations(
            [begun[index] for index in timed],
            [durations[index] for index in timed],
            partial(instants, minutes=minutes),
        )
        for index, seconds in zip(timed, worked_out, strict=True):
            took[index] = None if seconds is None else number(seconds)
    return took


def _texts_apart(cells: Cells) -> tuple[list[int], Cells]:
    """Where cells of a column are texts, and the column without them."""
    kinds = list(map(type, cells))
    if str not in kinds:
        return [], cells
    indexes = list(compress(count(), map(is_, kinds, repeat(str))))
    rest = list(cells)
    for index in indexes:
        rest[index] = None
    return indexes, rest


def identifiers(cells: Cells) -> Sequence[str | None]:
    """What :func:`~queries.dialects.cells.identifier` makes of each cell that is there."""
    known = [cell for cell in cells if cell is not None]
    if not known:
        return cells
    try:
        text = "".join(known)
        if text.isascii() and text.isprintable() and all(known) and len(max(known, key=len)) <= 200:
            return cells
    except TypeError:
        pass
    return [None if cell is None else identifier(cell) for cell in cells]


def shown_identifiers(cells: Cells) -> Sequence[str]:
    """What :func:`~queries.dialects.cells.identifier` makes of each cell, there or not."""
    if None in cells:
        return list(map(identifier, cells))
    return cast("Sequence[str]", identifiers(cells))


def links(rows: Sequence[Sequence[Any]]) -> Iterator[Links]:
    """The ids of rows, the ids above them and whom they are for, of (seq, and these) cells."""
    if not rows:
        return iter(())
    _, ids, parents, targets = zip(*rows, strict=True)
    return zip(
        shown_identifiers(ids),
        identifiers([None if cell == "" else cell for cell in parents]),
        [None if cell is None else name(cell, AGENT_LIMIT) for cell in targets],
        strict=True,
    )


def summaries(cells: Cells) -> list[str]:
    """What :func:`~queries.dialects.cells.summary_text` makes of each cell."""
    try:
        if max(map(len, cells), default=0) > SUMMARY_LIMIT:
            cells = [
                cell if len(cell) <= SUMMARY_LIMIT else cell[:SUMMARY_LIMIT] + "…" for cell in cells
            ]
        text = "".join(cells)
    except TypeError:
        return list(map(summary_text, cells))
    if are_common(text):
        return list(map(str.strip, cells))
    return list(map(summary_text, cells))


def amounts(tokens: Cells, costs: Cells) -> dict[int, tuple[int | None, float | None]]:
    """By index: what each row that states tokens or cost says of them."""
    if tokens.count(None) + costs.count(None) == 2 * len(tokens):
        return {}
    both = enumerate(zip(tokens, costs, strict=True))
    if None not in tokens:
        stated = dict(both)
    elif costs.count(None) == len(costs):
        stated = dict(compress(both, map(is_not, tokens, repeat(None))))
    else:
        stated = {index: pair for index, pair in both if pair != _NEITHER}
    if {int, type(None)}.issuperset(map(type, tokens)) and are_plain(costs, 1e300):
        return stated
    return {index: (whole(some), number(cost)) for index, (some, cost) in stated.items()}


def are_plain(cells: Cells, limit: float) -> bool:
    """Whether all cells that are there are floats from 0 to a limit: found out at once."""
    kinds = set(map(type, cells))
    if not {float, type(None)}.issuperset(kinds):
        return False
    known = cells if len(kinds) == 1 else [cell for cell in cells if cell is not None]
    return float not in kinds or (min(known) >= 0 and max(known) < limit)
