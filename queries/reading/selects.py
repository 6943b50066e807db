"""Changes to the text of a dialect's SELECT."""

from __future__ import annotations

import re
from collections.abc import Sequence

from queries.dialects.base import Source

_WORDS = re.compile(r"[()]|\w+")


def numbered(seqs: Sequence[int]) -> tuple[str, list[int | None]]:
    """SQL for these different rowids, as :func:`of_rows` takes it, and what is bound there.

    There are few different texts: SQLite reads a new one for longer than it looks up a dozen rows.
    """
    room = 1 << max(len(seqs) - 1, 0).bit_length()
    places = ",".join(("(?)",) * room)
    # No row is found by NULL.
    return f"SELECT column1 AS wanted FROM (VALUES {places})", [*seqs, *[None] * (room - len(seqs))]


def having(table: str, column: str, marks: str) -> str:
    """SQL for the rowids, as :func:`of_rows` takes it, of rows with one of some values.

    Args:
        table: quoted.
        column: quoted.
        marks: where the values are bound.
    """
    return f"SELECT rowid AS wanted FROM {table} WHERE {column} IN ({marks})"


def of_rows(cells: str, view: str, chosen: str, number: str = "seq") -> str:
    """SQL for cells of chosen rows, found by their rowids one after the other.

    It says which table is gone through first, and from which into the other one. An IN list
    leaves that to SQLite, which may go through the whole table instead: a store may hold
    statistics from when it had ten rows.

    Args:
        cells: that are read.
        view: where they are, or a table.
        chosen: SQL for the rowids, as the column ``wanted``.
        number: the column of the view that is the rowid.
    """
    # For an equation SQLite may make a filter first, out of all rows of the table.
    between = f"{number} >= wanted AND {number} <= wanted"
    return f"SELECT {cells} FROM ({chosen}) AS chosen CROSS JOIN {view} ON {between}"


def with_marks(source: Source) -> str:
    """A source's SELECT with its marks as a column more."""
    head = "SELECT rowid AS seq"
    if not source.select.startswith(head):
        raise ValueError(f"{source.name}: its SELECT does not begin with its seq")
    return f"{head}, {source.marks} AS marks{source.select[len(head) :]}"


def bare_select(select: str) -> str | None:
    """A source's SELECT without the WHERE of its own that hides rows; None if it has none.

    That is a WHERE outside of all brackets and texts.
    """
    depth, at = 0, 0
    for number, piece in enumerate(select.split("'")):
        if not number % 2:
            for word in _WORDS.finditer(piece):
                depth += (word[0] == "(") - (word[0] == ")")
                if word[0].upper() == "WHERE" and not depth:
                    return select[: at + word.start()]
        at += len(piece) + 1
    return None
