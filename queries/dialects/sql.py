"""Pieces of SQL that every dialect builds its views from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from queries.dialects.base import EVENT_COLUMNS, SESSION_COLUMNS, Probe

NULL = "CAST(NULL AS TEXT)"
"""Stands for a column that a file does not have. A bare NULL has no affinity, which keeps
SQLite from pushing conditions into views."""
EDGE = 2000
"""Rows looked at from each end of a table when a dialect has to look at the data."""


def column(columns: Collection[str], *names: str) -> str:
    """The first non-null of those of these columns that the table has; else NULL."""
    present = [name for name in names if name in columns]
    if not present:
        return NULL
    return present[0] if len(present) == 1 else f"COALESCE({', '.join(present)})"


def utc(expression: str) -> str:
    """A time cell that SQLite's CURRENT_TIMESTAMP wrote, marked as UTC where it is bare text.

    For columns of a store whose other times without a zone mean something else.
    """
    if expression == NULL:
        return NULL
    return (
        f"CASE WHEN typeof({expression}) = 'text' AND {expression} GLOB '????-??-??[ T]*[0-9]'"
        f" AND substr({expression}, 20) NOT GLOB '*[-+]*' THEN {expression} || 'Z'"
        f" ELSE {expression} END"
    )


def positive(expression: str) -> str:
    """A number above zero, else NULL: for columns whose default 0 means "not recorded"."""
    if expression == NULL:
        return NULL
    return (
        f"CASE WHEN {expression} > 0 AND typeof({expression}) IN ('integer', 'real')"
        f" THEN {expression} END"
    )


def event_select(table: str, cells: Mapping[str, str], where: str | None = None) -> str:
    """The SELECT of an event source; columns that are not named are NULL."""
    return _select(EVENT_COLUMNS, table, cells, where)


def session_select(table: str, cells: Mapping[str, str]) -> str:
    """The SELECT of a session source; columns that are not named are NULL."""
    return _select(SESSION_COLUMNS, table, cells, None)


def edge_rows(
    probe: Probe, table: str, names: Sequence[str], cells: str, where: str = "1"
) -> list[tuple[object, ...]]:
    """Those of the first and last rows of a table for which a condition holds.

    Args:
        probe: runs the two bounded queries.
        table: its name.
        names: the columns that are read.
        cells: expressions over them to return; may begin with DISTINCT.
        where: a condition over them.
    """
    rows: list[tuple[object, ...]] = []
    for order in ("ASC", "DESC"):
        rows += probe(
            f"SELECT {cells} FROM (SELECT {', '.join(names)} FROM {table}"
            f" ORDER BY rowid {order} LIMIT {EDGE}) WHERE {where}"
        )
    return rows


def _select(names: tuple[str, ...], table: str, cells: Mapping[str, str], where: str | None) -> str:
    unknown = set(cells).difference(names)
    if unknown:
        raise ValueError(f"no such canonical column: {sorted(unknown)}")
    listed = ", ".join(
        f"{cells.get(name, 'rowid' if name == 'seq' else NULL)} AS {name}" for name in names
    )
    return f"SELECT {listed} FROM {table}" + (f" WHERE {where}" if where else "")
