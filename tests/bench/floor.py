"""The least that can be done: SQLite reading the same rows, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from queries.dialects.base import EVENT_COLUMNS
from queries.store import Store

PAGE = 1000


def connect(path: Path) -> sqlite3.Connection:
    """A plain read-only connection."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)


def selects(path: Path) -> list[str]:
    """One statement per event table that reads what the program reads of each row."""
    columns = ", ".join(EVENT_COLUMNS)
    with Store(path) as store:
        return [f"SELECT {columns} FROM ({source.select})" for source in store.mapping.sources]


def read_all(path: Path, statements: list[str]) -> int:
    """Fetch all rows and forget them; returns how many there were."""
    number = 0
    with closing(connect(path)) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
            while rows := cursor.fetchmany(PAGE):
                number += len(rows)
    return number


def noticing(path: Path) -> tuple[sqlite3.Connection, Callable[[], object]]:
    """A connection, and the cheapest look at whether something was committed."""
    connection = connect(path)

    def look() -> object:
        return connection.execute("PRAGMA data_version").fetchall()

    return connection, look
