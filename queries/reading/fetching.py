"""Taking the rows of a query."""

from __future__ import annotations

import sqlite3
from typing import Any

from queries.pausing import yield_processor

AT_ONCE = 160
"""Rows that are taken in one go: at most some tenths of a millisecond."""


def fetched(cursor: sqlite3.Cursor, *, holds_up: bool) -> list[tuple[Any, ...]]:
    """All rows. Others may have the processor in between.

    Args:
        cursor: of a query that was begun.
        holds_up: whether a writer has to wait until all are taken. Whoever has the processor
            meanwhile may be just that writer, so it is kept to the end then.

    Raises sqlite3.Error, and what Python raises for cells that it cannot take.
    """
    if holds_up:
        rows = cursor.fetchall()
        yield_processor()
        return rows
    rows = []
    while True:
        some = cursor.fetchmany(AT_ONCE)
        rows += some
        yield_processor()
        # Only a query that came to its end lets go of what it reads.
        if len(some) < AT_ONCE:
            return rows
