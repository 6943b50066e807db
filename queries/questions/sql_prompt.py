"""Questions in SQL that a user types: on the canonical views of a store, read-only and short."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from queries.opening import files as opening
from queries.plain_data import dataclass
from queries.questions.canonical_views import create_views
from queries.reading.connection import StoreConnection
from queries.sessions import STALE_AFTER
from queries.text import clean

SECONDS = 1.0
"""For which a question may run."""
ROWS = 1000
"""That are shown of its answer."""
CELL = 2000
"""Characters that are shown of one value."""
_LONGEST = 20_000_000
"""Bytes of the longest value that SQLite may make up."""
_BYTES = 32
_TRIES = 3


class SqlError(Exception):
    """A question that cannot be answered; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    """What came of a question. All texts are safe to draw."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """Values as text; None for NULL."""
    numeric: frozenset[int]
    """Columns in which all known values are numbers."""
    seconds: float
    cut: str = ""
    """Why there may be more, in words; empty when this is all."""


class SqlStore(StoreConnection):
    """A store with the canonical views in place of the dialect's own."""

    stale_after = STALE_AFTER

    def _make_views(self) -> None:
        for statement in create_views(self.mapping, self.stale_after):
            self._probe(statement)

    def ask(self, sql: str, *, seconds: float = SECONDS, limit: int = ROWS) -> SqlAnswer:
        """Answer a question. Raises SqlError, or StoreError when the store cannot be read."""
        with self._lock:
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            self.connection.set_authorizer(_select_only)
            for _ in range(_TRIES):
                answer = self._ask(sql, seconds, limit)
                if not self._is_outdated():
                    return answer
                self._reopen()
                self.connection.set_authorizer(_select_only)
        raise opening.StoreBusyError(f"{clean(str(self.path))}: is being written all the time.")

    def _ask(self, sql: str, seconds: float, limit: int) -> SqlAnswer:
        begun = time.monotonic()
        self._stopped = False
        self._deadline = begun + seconds
        self.connection.text_factory = opening.tolerant
        rows: list[tuple[object, ...]] = []
        cut = ""
        cursor: sqlite3.Cursor | None = None
        try:
            cursor = self.connection.execute(sql)
            if cursor.description is None:
                raise SqlError("Only SELECT is answered here.")
            while len(rows) <= limit and (row := cursor.fetchone()) is not None:
                rows.append(row)
        except sqlite3.Error as error:
            if opening.error_name(error) != "SQLITE_INTERRUPT":
                raise self._wrong(error) from error
            cut = f"stopped after {seconds:g} s"
            if cursor is None or not rows:
                raise SqlError(f"That takes longer than {seconds:g} s: ask for less.") from error
        except (sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            raise SqlError(_sentence(str(error))) from error
        finally:
            # A cursor that is left open would hold back the writer.
            if cursor is not None:
                cursor.close()
        if len(rows) > limit:
            del rows[limit:]
            cut = f"only the first {limit:,} rows"
        names = tuple(clean(column[0], 80) for column in cursor.description)
        return SqlAnswer(
            columns=names,
            rows=tuple(tuple(map(_text, row)) for row in rows),
            numeric=frozenset(
                index
                for index in range(len(names))
                if all(isinstance(row[index], int | float | None) for row in rows)
            ),
            seconds=time.monotonic() - begun,
            cut=cut,
        )

    def _wrong(self, error: sqlite3.Error) -> Exception:
        if opening.is_busy(error):
            return opening.StoreBusyError(f"{clean(str(self.path))}: is locked by a writer.")
        name = opening.error_name(error)
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_IOERR", "SQLITE_NOTADB")):
            return opening.unreadable(self.path, error)
        if "not authorized" in str(error) or "prohibited" in str(error) or name == "SQLITE_AUTH":
            return SqlError("Only SELECT is answered here.")
        return SqlError(_sentence(str(error)))


def ask(path: Path | str, sql: str, *, seconds: float = SECONDS, limit: int = ROWS) -> SqlAnswer:
    """Answer a question about a store.

    Args:
        path: of the store.
        sql: one SELECT on the canonical views (or the store's own tables, as ``main.name``).
        seconds: for which it may run; what was found until then is the answer.
        limit: rows at most.

    Raises:
        SqlError: it cannot be answered.
        StoreError: the store cannot be read.
    """
    with SqlStore(path) as store:
        return store.ask(sql, seconds=seconds, limit=limit)


def _select_only(
    action: int, _first: str | None, second: str | None, _database: str | None, _by: str | None
) -> int:
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second != "load_extension":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _sentence(text: str) -> str:
    words = clean(" ".join(text.split()), 300)
    words = words[:1].upper() + words[1:]
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        more = "..." if len(value) > _BYTES else ""
        return f"x'{value[:_BYTES].hex()}{more}' ({len(value):,} bytes)"
    return repr(value) if isinstance(value, float) else clean(value, CELL)
