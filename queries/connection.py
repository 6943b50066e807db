"""One read-only connection to a store: recognised, guarded, and told when it changed.

Every query is bounded, fetched whole and under a deadline, so no read lock outlives it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Self

from queries import opening
from queries.dialects import explain_unknown, read_schema, recognise
from queries.models import StoreInfo
from queries.opening import QueryStoppedError, Signature, StoreBusyError, StoreError
from queries.text import clean

DEADLINE = 5.0
"""Seconds after which a query is stopped unless its caller says otherwise."""
_READ_PRAGMAS = frozenset(
    ("data_version", "schema_version", "journal_mode", "table_info", "table_xinfo", "index_list",
     "index_info", "index_xinfo", "user_version", "page_count", "page_size", "quick_check")
)  # fmt: skip
Rows = list[tuple[Any, ...]]


class Change(Enum):
    """What happened to a store's files since they were last looked at."""

    NONE = "none"
    DATA = "data"
    """Something was committed."""
    REOPEN = "reopen"
    """The same file, but this connection cannot see what is new."""
    REPLACED = "replaced"
    """Another file, or a rebuilt schema: nothing read before is valid."""


class StoreConnection:
    """A read-only connection to one store file."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self.path = Path(path)
        self.statements = 0
        """Statements run so far; for tests of how much work is done."""
        self._lock = threading.RLock()
        self._deadline = float("inf")
        self._stopped = False
        self.signature: Signature = opening.signature(self.path)
        self._opened = opening.open_readonly(self.path)
        self.connection = self._opened.connection
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            if opening.is_busy(error):
                raise StoreBusyError(f"{clean(str(path))}: is locked by a writer.") from error
            raise opening.unreadable(self.path, error) from error
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        self.connection.set_progress_handler(self._tick, 2000)
        self.schema = read_schema(self._probe)
        mapping = recognise(self.schema, self._probe)
        if mapping is None:
            raise StoreError(f"{clean(str(self.path))}: {explain_unknown(self.schema)}")
        self.mapping = mapping
        for number, source in enumerate(mapping.sources):
            self.connection.execute(f"CREATE TEMP VIEW event_rows_{number} AS {source.select}")
        if mapping.sessions is not None:
            self.connection.execute(f"CREATE TEMP VIEW session_rows AS {mapping.sessions.select}")
        self.session_indexed = tuple(
            self.leads_index(source.table, source.session_column) for source in mapping.sources
        )
        self.parent_indexed = tuple(
            source.parent_column is not None
            and self.leads_index(source.table, source.parent_column)
            for source in mapping.sources
        )
        journal = self._probe("PRAGMA journal_mode")[0][0]
        self._schema_version = self._probe("PRAGMA schema_version")[0][0]
        self._data_version = self._probe("PRAGMA data_version")[0][0]
        self.connection.execute("PRAGMA query_only=1").fetchall()
        self.connection.set_authorizer(_authorize)
        self.info = StoreInfo(
            path=clean(str(self.path)),
            dialect=mapping.dialect,
            why=mapping.why,
            sources=tuple(source.name for source in mapping.sources),
            journal_mode=clean(journal),
            opened_as=self._opened.how,
            has_messages=mapping.has_messages,
            size=self.signature.size,
        )

    def close(self) -> None:
        """Close the connection; a private copy is removed. Safe to call twice."""
        with self._lock:
            opened = getattr(self, "_opened", None)
            if opened is None:
                return
            with contextlib.suppress(sqlite3.Error):
                opened.connection.close()
            if opened.copy is not None:
                opened.copy.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- noticing changes -------------------------------------------------------------------

    def change(self) -> Change:
        """What happened since the last call. A few microseconds. Raises StoreGoneError."""
        now = opening.signature(self.path)
        before, self.signature = self.signature, now
        if now.file != before.file:
            return Change.REPLACED
        if self._opened.immutable or self._opened.copy is not None:
            return Change.NONE if now == before else Change.REOPEN
        version = self.query("PRAGMA data_version")[0][0]
        if version == self._data_version:
            return Change.NONE
        self._data_version = version
        if self.query("PRAGMA schema_version")[0][0] != self._schema_version:
            return Change.REPLACED
        return Change.DATA

    @property
    def schema_version(self) -> int:
        """SQLite's counter of schema changes, as of opening."""
        version: int = self._schema_version
        return version

    # -- running queries --------------------------------------------------------------------

    def query(
        self, sql: str, parameters: Sequence[object] = (), *, deadline: float = DEADLINE
    ) -> Rows:
        """All rows of a bounded query.

        Raises:
            StoreBusyError: a writer kept us out for longer than a tenth of a second.
            QueryStoppedError: interrupted, or longer than ``deadline`` seconds.
            StoreError: the file is damaged or gone.
        """
        with self._lock:
            self._deadline = time.monotonic() + deadline
            self._stopped = False
            give_up = time.monotonic() + opening.LOCK_PATIENCE
            while True:
                self.statements += 1
                try:
                    return self.connection.execute(sql, parameters).fetchall()
                except sqlite3.Error as error:
                    if opening.is_busy(error):
                        if time.monotonic() < give_up:
                            time.sleep(0.001)
                            continue
                        raise StoreBusyError(
                            f"{clean(str(self.path))}: is locked by a writer."
                        ) from error
                    if error.sqlite_errorname == "SQLITE_INTERRUPT":
                        raise QueryStoppedError("The query was stopped.") from error
                    raise opening.unreadable(self.path, error) from error

    def interrupt(self) -> None:
        """Stop the query that another thread is running on this store, if any."""
        self._stopped = True

    def _tick(self) -> int:
        return int(self._stopped or time.monotonic() > self._deadline)

    def _probe(self, sql: str, *parameters: object) -> Rows:
        self._deadline = time.monotonic() + DEADLINE
        return self.connection.execute(sql, parameters).fetchall()

    def leads_index(self, table: str, column: str) -> bool:
        """Whether some index of the table has this column first."""
        for index in self._probe("SELECT name FROM pragma_index_list(?)", table):
            first = self._probe("SELECT name FROM pragma_index_info(?) WHERE seqno = 0", index[0])
            if first and str(first[0][0]).lower() == column.lower():
                return True
        return False


def quoted(identifier: str) -> str:
    """An identifier of the foreign schema, quoted for SQL."""
    if identifier == "rowid":
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


def _authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _by: str | None
) -> int:
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _READ_PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
