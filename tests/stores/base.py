"""What all builders share: a file with a foreign schema, and rows put into it."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

SAMPLES = Path(__file__).parent.parent / "data"
FIRST_TIME = 1_768_212_000.0
"""2026-01-12 10:00:00 UTC: the time of the first row that is given none."""

Row = dict[str, Any]
"""A row as SQLite stored it, by column name, and its ``rowid``."""
Journal = Literal["memory", "delete", "truncate", "persist", "wal"]


@dataclass(frozen=True, slots=True)
class RawText:
    """Bytes stored as TEXT, whatever they are: SQLite does not check its UTF-8."""

    data: bytes


Text = str | RawText
Moment = float | str | RawText | None
"""Epoch seconds in the store's own notation, text as it is, ``None``: a second after the last."""


@cache
def _schema_rows(sample: str) -> list[tuple[str, str, str, str]]:
    """Name, table, type and statement of all that a sample consists of."""
    uri = f"file:{SAMPLES / sample}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        return connection.execute(
            "SELECT name, tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type <> 'table', rowid"
        ).fetchall()


def schema_of(sample: str, *, without: Iterable[str] = ()) -> list[str]:
    """The statements that make an empty store like a sample of ``tests/data``.

    Args:
        sample: the sample's file name.
        without: tables to leave out, with their indexes.
    """
    rows = _schema_rows(sample)
    # SQLite makes the tables behind a virtual table itself.
    skipped = {*without} | {
        f"{name}_{part}"
        for name, _, _, sql in rows
        if sql.startswith("CREATE VIRTUAL TABLE")
        for part in ("content", "config", "data", "docsize", "idx")
    }
    return [sql for _, table, _, sql in rows if table not in skipped]


@cache
def _without_rows(schema: tuple[str, ...]) -> bytes:
    """The file that these statements make."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in schema:
            connection.execute(statement)
        return connection.serialize()


class StoreBuilder:
    """A store that is written row by row, each in a commit of its own unless batched.

    Args:
        path: of the file; created, or opened where it has tables already.
        schema: the statements that create it.
        journal: the journal mode. For others, a store with its journal in memory is one with a
            rollback journal; without that file a commit takes a fifth of the time.
    """

    def __init__(self, path: Path, schema: Iterable[str], journal: Journal = "memory") -> None:
        self.path = path
        statements = tuple(schema)
        if not path.exists():
            path.write_bytes(_without_rows(statements))
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        self.connection.execute(f"PRAGMA journal_mode = {journal}").fetchall()
        # No test cuts the power, and waiting for the disk at each row takes ten times as long.
        self.connection.execute("PRAGMA synchronous = OFF")
        if not self.connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall():
            with self.batch():
                for statement in statements:
                    self.connection.execute(statement)
        self._numbers = itertools.count(1)
        self._last_time = FIRST_TIME - 1.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; in WAL mode the last one to close checkpoints."""
        self.connection.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One commit for all rows added meanwhile; nothing of them when it fails."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def insert(self, table: str, /, **values: object) -> Row:
        """Add a row; columns that are not given get the table's defaults."""
        places = ", ".join(_place(value) for value in values.values())
        names = ", ".join(values)
        cursor = self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING rowid AS rowid, *",
            [_bound(value) for value in values.values()],
        )
        columns = [column[0] for column in cursor.description]
        (row,) = cursor.fetchall()
        return dict(zip(columns, row, strict=True))

    def update(self, table: str, key: str, value: object, /, **values: object) -> None:
        """Change the rows whose column ``key`` has this value; there must be some."""
        changes = ", ".join(f"{name} = {_place(new)}" for name, new in values.items())
        cursor = self.connection.execute(
            f"UPDATE {table} SET {changes} WHERE {key} = {_place(value)}",
            [_bound(new) for new in (*values.values(), value)],
        )
        if cursor.rowcount < 1:
            raise LookupError(f"no {table} with {key} = {value!r}")

    def number(self) -> int:
        """The next number for an id: 1, 2, 3, ..."""
        return next(self._numbers)

    def at(self, moment: Moment) -> float | str | RawText:
        """The moment itself, or one second after the last one that was a number."""
        if moment is None:
            moment = self._last_time + 1.0
        if isinstance(moment, int | float):
            self._last_time = float(moment)
        return moment


def sql_time(moment: float | str | RawText) -> str | RawText:
    """``2026-01-12 10:00:00`` in UTC, as CURRENT_TIMESTAMP writes it."""
    if isinstance(moment, str | RawText):
        return moment
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


def iso_time(moment: float | str | RawText) -> str | RawText:
    """``2026-01-12T10:00:00.250000`` in UTC but without saying so, as ``isoformat()`` does."""
    if isinstance(moment, str | RawText):
        return moment
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None).isoformat()


def _place(value: object) -> str:
    return "CAST(? AS TEXT)" if isinstance(value, RawText) else "?"


def _bound(value: object) -> object:
    return value.data if isinstance(value, RawText) else value
