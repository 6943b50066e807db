"""Every column of one foreign row, as text."""

from __future__ import annotations

from queries.reading.connection import quoted
from queries.reading.raw_ids import bound, place
from queries.store import Store
from queries.text import UNKNOWN, clean, clean_lines

LIMIT = 100_000
"""Characters of a column that are shown."""
Columns = tuple[tuple[str, str | None], ...]
"""Names with values; None is NULL."""


def column_lines(columns: Columns) -> list[str]:
    """Columns for people, under a heading."""
    return [
        "Columns of the row:",
        *(f"  {name.ljust(20)} {UNKNOWN if value is None else value}" for name, value in columns),
    ]


def row_columns(store: Store, table: str, seq: int) -> Columns:
    """The columns of the row with a rowid; nothing where there is none. Raises StoreError."""
    return _columns(store, table, "rowid = ?", seq)


def session_columns(store: Store, session_id: str) -> Columns:
    """The columns of the row that declares a session; nothing where none does.

    Raises:
        StoreError: the store cannot be read now.
    """
    described = store.mapping.sessions
    if described is None:
        return ()
    raw = store.raw_id(session_id)
    return _columns(store, described.table, f"{described.id_column} = {place(raw)}", bound(raw))


def _columns(store: Store, table: str, condition: str, value: object) -> Columns:
    names = [row[1] for row in store.query(f"PRAGMA table_info({quoted(table)})")]
    cells = ", ".join(
        f"CASE typeof({quoted(name)}) WHEN 'text' THEN substr({quoted(name)}, 1, {LIMIT + 1})"
        f" WHEN 'blob' THEN substr({quoted(name)}, 1, 400) ELSE {quoted(name)} END"
        for name in names
    )
    rows = store.query(f"SELECT {cells} FROM {quoted(table)} WHERE {condition} LIMIT 1", (value,))
    return tuple(
        (clean(name, 80), None if cell is None else clean_lines(cell, LIMIT))
        for row in rows
        for name, cell in zip(names, row, strict=True)
    )
