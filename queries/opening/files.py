"""How a SQLite file of somebody else's is opened without harming it.

Read-only always. A WAL database that nobody has open is read as ``immutable``, because even
a read-only connection would leave a ``-wal`` and a ``-shm`` file beside it. Where neither way
can see the last commits without leaving something (a hot journal, a ``-wal`` without its
index) a private copy is opened instead.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from queries.dialects.base import StoreMapping
from queries.dialects.session_buddy import Described
from queries.models import Problem
from queries.opening.file_head import examine as examine
from queries.opening.file_head import first_bytes, is_duckdb, is_wal
from queries.opening.lite import LiteConnection
from queries.opening.salvage import RARELY, salvage
from queries.opening.salvaged_rows import is_damage
from queries.opening.signatures import (
    QueryStoppedError as QueryStoppedError,
)
from queries.opening.signatures import Signature as Signature
from queries.opening.signatures import StoreBusyError as StoreBusyError
from queries.opening.signatures import StoreDamagedError as StoreDamagedError
from queries.opening.signatures import StoreError as StoreError
from queries.opening.signatures import StoreGoneError as StoreGoneError
from queries.opening.signatures import private_folder, real_path
from queries.opening.signatures import signature as signature
from queries.plain_data import dataclass, replace
from queries.text import clean

DEAD_ENDS = (StoreBusyError, StoreGoneError, QueryStoppedError)
"""Errors that reading in another way does not mend."""
LOCK_PATIENCE = 0.1
"""Seconds for which a locked store is tried again, every millisecond."""
PAGES_KEPT = 1_000
"""Kilobytes of a file's pages that a connection keeps: hardly any is read twice, and the system
has them."""
COPY_LIMIT = 16_000_000
"""Bytes up to which a store is copied only to keep its folder as it is."""


tolerant = functools.partial(str, encoding="utf-8", errors="surrogateescape")
"""A text factory for stores with broken UTF-8, which loses nothing: such ids can be asked for.
Without it texts are read more than twice as fast."""


class Copy(Protocol):
    """A private copy on disk."""

    def cleanup(self) -> None:
        """It is not needed any more."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a private SQLite file was made from, where that was another sort of database."""

    dialect: str
    why: str
    how: str
    notes: tuple[str, ...]
    is_mute: bool = False
    """Whether nothing is told between the start and the end of a session."""
    described: Described | None = None
    """How its rows were read there."""


@dataclass(slots=True)
class Opened:
    """A read-only connection and how it came about."""

    connection: sqlite3.Connection
    how: str
    """In words: "read-only", "immutable: ...", "private copy: ..."."""
    immutable: bool
    copy: Copy | None
    """Holds the private copy; to be cleaned up after the connection is closed."""
    uri: str
    """By which the file that is read can be opened once more."""
    origin: Origin | None = None
    is_salvaged: bool = False
    """Whether the private copy holds what is left of a damaged file."""
    problems: tuple[Problem, ...] = ()
    """What a private copy lacks."""
    lasting: float = 0.0
    """Seconds for which a private copy is good enough, although the store changes."""


def open_readonly(path: Path) -> Opened:
    """Open a SQLite database, or a DuckDB one by way of a private copy. Raises StoreError."""
    if is_duckdb(first_bytes(path)):
        return _imported(path)
    head = examine(path)
    now = signature(path)
    has_wal = is_wal(head)
    # Whoever has a WAL database open has made both files beside it.
    if has_wal and (now.wal_size < 0 or (now.wal_size == 0 and not now.has_shm)):
        return _immutable(path, "nobody has it open, so nothing is left beside it")
    try:
        if has_wal and not now.has_shm and now.size + now.wal_size <= COPY_LIMIT:
            return _private_copy(path, "its -wal has no index, and none is to be left beside it")
        return _opened(path, "mode=ro", "read-only")
    except sqlite3.Error as error:
        return _otherwise(path, error, has_wal, now)


def _imported(path: Path) -> Opened:
    from queries.opening.duckdb_import import import_duckdb  # which needs this module

    found = import_duckdb(path)
    try:
        connection = _connect(found.path, "mode=ro")
    except BaseException as error:
        found.cleanup()
        if isinstance(error, sqlite3.Error):
            raise unreadable(path, error) from error
        raise
    how = found.origin.how
    uri = _uri(found.path, "mode=ro")
    return Opened(connection, how, immutable=False, copy=found, uri=uri, origin=found.origin)


_NO_INDEX = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_SHM", "SQLITE_FULL")
"""How it is called where the index of a -wal cannot be made, or not be used."""


def _otherwise(path: Path, error: sqlite3.Error, has_wal: bool, now: Signature) -> Opened:
    if is_busy(error):
        raise StoreBusyError(f"{clean(str(path))}: is locked by a writer.") from error
    name = error_name(error)
    if has_wal and now.wal_size <= 0 and name.startswith(_NO_INDEX):
        return _immutable(path, "its folder cannot be written and there is no pending -wal")
    if name.startswith(_NO_INDEX):
        reason = "its folder cannot be written and it has a -wal without an index"
        if name == "SQLITE_READONLY_ROLLBACK":
            reason = "a writer died and left a journal that has to be rolled back"
        return _private_copy(path, reason)
    raise unreadable(path, error) from error


def unreadable(path: Path, error: sqlite3.Error) -> StoreError:
    """The error for a database that SQLite itself cannot read."""
    if error_name(error) == "SQLITE_NOTADB":
        return StoreError(f"{clean(str(path))}: is not a SQLite database (or is encrypted).")
    kind = StoreDamagedError if is_damage(error) else StoreError
    return kind(f"{clean(str(path))}: cannot be read ({clean(str(error))}).")


def salvaged(
    path: Path, opened: Opened, state: Signature, is_unwanted: Callable[[], bool]
) -> Opened:
    """A private copy of what is left of a damaged store. Raises StoreError.

    Args:
        path: of the store.
        opened: as it was opened; it is left as it is.
        state: of its files, before anything was read.
        is_unwanted: asked now and then; whether to stop.
    """
    room = 2 * (state.size + max(state.wal_size, 0))
    copy = salvage(path, opened.uri, state, room, is_unwanted)
    how = "private copy: the file is damaged, and what can be read of it is shown"
    try:
        found = _opened(copy.path, "mode=ro", how, copy)
    except sqlite3.Error as error:
        copy.cleanup()
        raise unreadable(path, error) from error
    found.is_salvaged, found.problems = True, copy.problems
    found.lasting = copy.seconds * RARELY
    return found


def needs_another_way(error: StoreError) -> bool:
    """Whether the file may be read if it is opened in another way.

    As where a writer died meanwhile, whose journal has to be rolled back.
    """
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and error_name(cause).startswith(
        ("SQLITE_READONLY", "SQLITE_CANTOPEN")
    )


def imported(mapping: StoreMapping, origin: Origin) -> StoreMapping:
    """How a private file is read that was made from another sort of database."""
    return replace(
        mapping,
        dialect=origin.dialect,
        why=origin.why,
        notes=origin.notes,
        is_mute=origin.is_mute,
    )


def error_name(error: sqlite3.Error) -> str:
    """SQLite's name of an error; "" for one that Python's own module raised."""
    return getattr(error, "sqlite_errorname", None) or ""


def is_busy(error: sqlite3.Error) -> bool:
    """Whether a writer's lock is what stopped a query."""
    return error_name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _immutable(path: Path, reason: str) -> Opened:
    try:
        return _opened(path, "mode=ro&immutable=1", f"immutable: {reason}")
    except sqlite3.Error as error:
        raise unreadable(path, error) from error


def _opened(path: Path, options: str, how: str, copy: Copy | None = None) -> Opened:
    """Raises sqlite3.Error."""
    is_immutable = "immutable" in options
    return Opened(_connect(path, options), how, is_immutable, copy, _uri(path, options))


def _private_copy(path: Path, reason: str) -> Opened:
    folder = private_folder(path)
    try:
        target = _copied(path, Path(folder.name) / "store.db")
        with contextlib.closing(
            sqlite3.connect(target, isolation_level=None, factory=LiteConnection)
        ) as recover:
            recover.execute("SELECT count(*) FROM sqlite_master").fetchall()
        return _opened(target, "mode=ro", f"private copy: {reason}", folder)
    except (OSError, sqlite3.Error) as error:
        folder.cleanup()
        raise StoreError(
            f"{clean(str(path))}: cannot be read in place ({reason}) nor from a private copy "
            f"({clean(str(error))})."
        ) from error
    except BaseException:
        folder.cleanup()
        raise


def _copied(path: Path, target: Path) -> Path:
    import shutil  # takes a few ms to load, for copies that are hardly ever made

    before = signature(path)
    beside = real_path(path)
    for suffix in ("", "-wal", "-journal"):
        if os.path.exists(f"{beside}{suffix}"):
            shutil.copyfile(f"{beside}{suffix}", f"{target}{suffix}")
    if signature(path) != before:
        raise StoreBusyError(f"{clean(str(path))}: is being written; it cannot be copied now.")
    os.chmod(target, 0o600)
    return target


def _uri(path: Path, options: str) -> str:
    return f"file:{quote(os.fsencode(os.path.abspath(path)), safe='/')}?{options}"


def _connect(path: Path, options: str) -> sqlite3.Connection:
    """A connection that has read the schema once. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        _uri(path, options),
        uri=True,
        isolation_level=None,
        timeout=0,
        check_same_thread=False,
        cached_statements=256,
        factory=LiteConnection,
    )
    try:
        _try_reading(connection)
        pages = f"cache_size=-{PAGES_KEPT}"
        for pragma in ("trusted_schema=0", pages, "temp_store=2", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _try_reading(connection: sqlite3.Connection) -> None:
    give_up = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= give_up:
                raise
            time.sleep(0.001)
        else:
            return
