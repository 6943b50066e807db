"""What can be read of a damaged file, brought into a private one.

SQLite gives a query up at the first page that it can make no sense of. So the rows of each
table are copied in their order, and where that fails the next one that can be read is looked
for. Indexes are made anew: a damaged one costs nothing. What is missing is counted.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from queries.models import Problem
from queries.opening.lite import LiteConnection
from queries.opening.salvaged_rows import CopiedTable, is_damage
from queries.opening.signatures import (
    QueryStoppedError,
    Signature,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    private_folder,
)
from queries.plain_data import dataclass, field
from queries.text import clean

if TYPE_CHECKING:
    import tempfile

PATIENCE = 5.0
"""Seconds for which a writer that locks the store is waited for."""
RARELY = 10
"""A copy of a store that goes on changing is renewed after so many times the time it took."""


@dataclass(slots=True)
class Salvaged:
    """A private file with what is left of a damaged one."""

    path: Path
    problems: tuple[Problem, ...]
    seconds: float
    """How long it took to make."""
    _folder: tempfile.TemporaryDirectory[str]
    _key: tuple[str, Signature]
    _users: int = field(default=1)

    def cleanup(self) -> None:
        """One of its users does not need it any more."""
        with _guard:
            self._users -= 1
            if not self._users:
                _made.pop(self._key, None)
                self._folder.cleanup()


_guard = threading.RLock()
_made: dict[tuple[str, Signature], Salvaged] = {}


def salvage(
    path: Path, uri: str, state: Signature, size: int, is_unwanted: Callable[[], bool]
) -> Salvaged:
    """What is left of a damaged store; one private file for all who ask at the same time.

    Args:
        path: of the store, for people.
        uri: by which SQLite opens it.
        state: of its files, before anything was read.
        size: bytes that a private file may need.
        is_unwanted: asked now and then; whether to stop.

    Raises:
        QueryStoppedError: it was unwanted.
        StoreBusyError: a writer kept us out for too long.
        StoreError: nothing of it can be read, or there is no room for a private file.
    """
    key = (str(path), state)
    import shutil
    import tempfile

    with _guard:
        known = _made.get(key)
        if known is not None:
            known._users += 1
            return known
        begun = time.monotonic()
        folder = private_folder(path)
        try:
            if shutil.disk_usage(folder.name).free < size:
                raise StoreError(
                    f"{clean(str(path))}: is damaged, and there is no room for what is left of it"
                    f" in {clean(tempfile.gettempdir())} (see TMPDIR)."
                )
            target = Path(folder.name) / "store.db"
            problems = _copy(path, uri, target, is_unwanted)
        except BaseException:
            folder.cleanup()
            raise
        made = _made[key] = Salvaged(target, problems, time.monotonic() - begun, folder, key)
        return made


def _copy(
    path: Path, uri: str, target: Path, is_unwanted: Callable[[], bool]
) -> tuple[Problem, ...]:
    try:
        with contextlib.closing(_both(uri, target)) as connection:
            connection.set_progress_handler(lambda: int(is_unwanted()), 10_000)
            return _Copying(connection).run()
    except (OSError, sqlite3.Error) as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        if name == "SQLITE_INTERRUPT":
            raise QueryStoppedError("The query was stopped.") from error
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise StoreBusyError(f"{clean(str(path))}: is locked by a writer.") from error
        raise StoreDamagedError(
            f"{clean(str(path))}: cannot be read ({clean(str(error))})."
        ) from error


def _both(uri: str, target: Path) -> sqlite3.Connection:
    """A connection to the private file, with the damaged one attached to it."""
    with contextlib.closing(sqlite3.connect(uri, uri=True, factory=LiteConnection)) as damaged:
        encoding = damaged.execute("PRAGMA encoding").fetchall()[0][0]
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(target))}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=PATIENCE,
        factory=LiteConnection,
    )
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        for pragma in (
            f"encoding='{encoding}'", "journal_mode=MEMORY", "synchronous=OFF", "temp_store=2",
            "trusted_schema=0", "ignore_check_constraints=1", "mmap_size=0",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("ATTACH ? AS damaged", (uri,))
    except BaseException:
        connection.close()
        raise
    return connection


class _Copying:
    """Copies one database, table by table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._problems: list[Problem] = []

    def run(self) -> tuple[Problem, ...]:
        """Copy everything; returns what was left out."""
        for name, sql in self._listed("table"):
            if sql.upper().startswith("CREATE VIRTUAL") or name.startswith("sqlite_"):
                continue
            try:
                self._run(sql)
                table = CopiedTable(self._connection, name)
                table.copy()
            except sqlite3.Error as error:
                if not is_damage(error) and not _is_schema(error):
                    raise
                self._tell(name, f"the table cannot be read ({error})", 1)
                continue
            self._tell(name, "rows left out: the file is damaged there", table.lost)
            self._tell(name, "cells left out: the file is damaged there", table.lost_cells)
            if table.is_open_ended:
                self._tell(name, "pages left out: nobody knows how many rows they had", 1)
        for _, sql in self._listed("index"):
            # Without it everything is the same, but slower.
            with contextlib.suppress(sqlite3.IntegrityError, sqlite3.OperationalError):
                self._run(sql)
        for pragma in ("user_version", "schema_version"):
            ((number,),) = self._run(f"PRAGMA damaged.{pragma}")
            self._run(f"PRAGMA main.{pragma} = {int(number)}")
        return tuple(self._problems)

    def _listed(self, kind: str) -> list[tuple[str, str]]:
        return self._run(
            "SELECT name, sql FROM damaged.sqlite_master WHERE type = ? AND sql IS NOT NULL"
            " ORDER BY rowid",
            kind,
        )

    def _tell(self, table: str, what: str, count: int) -> None:
        if count:
            self._problems.append(Problem(clean(table, 80), clean(what), count))

    def _run(self, sql: str, *parameters: object) -> list[Any]:
        return self._connection.execute(sql, parameters).fetchall()


def _is_schema(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorname", None) == "SQLITE_ERROR"
