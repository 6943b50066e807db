"""Rows and headers of tables as text in columns; without a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from rich.cells import cell_len, set_cell_size

from widgets.cells import GAP, Placed, fit

Cell = tuple[str, str]
"""A cell's text, and the role that gives it its style ("" for plain)."""
NO_SIGNS: Final[Mapping[int, str]] = MappingProxyType({})


def fitted(
    cells: Sequence[Cell],
    placed: Sequence[Placed],
    ellipsis: str,
    gaps: Mapping[int, str] = NO_SIGNS,
) -> list[str]:
    """Each gap and each cell of a line, in turn.

    Args:
        cells: texts and roles.
        placed: where they go.
        ellipsis: stands where a text is cut.
        gaps: signs in the gaps before columns, by the column's position.
    """
    parts: list[str] = []
    for position, ((text, _), place) in enumerate(zip(cells, placed, strict=True)):
        parts.append((gaps.get(position, "") if position else "").ljust(GAP if position else 0))
        parts.append(fit(text, place.width, place.column.align, ellipsis))
    return parts


def titles(placed: Sequence[Placed], sorted_by: str, sign: str) -> list[Cell]:
    """The header, with a sign behind the title of the column that is sorted by."""
    texts = [place.column.title for place in placed]
    for position, place in enumerate(placed):
        is_last = position == len(placed) - 1
        if place.column.name == sorted_by and (is_last or _has_room(place)):
            room = max(0, place.width - 1)
            texts[position] = set_cell_size(texts[position], min(len(texts[position]), room))
            texts[position] += sign
    return [(text, "header") for text in texts]


def sign_beside(placed: Sequence[Placed], sorted_by: str, sign: str) -> Mapping[int, str]:
    """By position: the sign in the gap before it, of a column that has no room for it."""
    return {
        position: sign
        for position, (place, _) in enumerate(pairwise(placed), 1)
        if place.column.name == sorted_by and not _has_room(place)
    }


def _has_room(place: Placed) -> bool:
    """Whether a column's title and the sign behind it fit into the column."""
    return cell_len(place.column.title) < place.width
