"""The sessions of a DuckDB file as a private SQLite file of canonical tables.

DuckDB lets nobody read beside a writer, and keeps writers out while somebody reads. So the file
and its ``.wal`` are copied, the copy is opened, read and removed. The library is imported only
here, when such a file is to be opened: it is an optional extra.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from queries.dialects.session_buddy import Described, describe
from queries.dialects.zones import naive_zone
from queries.opening.files import Origin, Signature, StoreBusyError, StoreError, signature
from queries.plain_data import dataclass
from queries.text import clean, iso
from queries.times import OTHER_UNIT, parse_time

EXTRA = "pip install 'session-tui[duckdb]'"
TRIES = 5
"""How often a copy is made anew because the file was written meanwhile."""
BETWEEN_TRIES = 0.05
PAGE = 2000
_NAMED = 12
_GUARD = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "threads": "1",
}
"""Views and macros of a file must not reach other files or the network."""
_TABLES = """
CREATE TABLE session (
    id TEXT PRIMARY KEY, title TEXT, agent TEXT, component TEXT, project TEXT, status TEXT,
    started REAL, ended REAL, quality REAL, error TEXT, duration REAL, failed INTEGER
);
CREATE TABLE event (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE, session_id TEXT NOT NULL, time REAL,
    kind TEXT NOT NULL
);
CREATE INDEX event_session ON event (session_id, seq);
"""


@dataclass(slots=True)
class Imported:
    """A private SQLite file, shared by all connections that read the same state of a store."""

    key: tuple[str, Signature]
    folder: TemporaryDirectory[str]
    origin: Origin
    users: int = 0

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(self.folder.name) / "store.db"

    def cleanup(self) -> None:
        """One connection is closed; the last one removes the file."""
        with _lock:
            self.users -= 1
            if self.users > 0:
                return
            if _imports.get(self.key[0]) is self:
                del _imports[self.key[0]]
        self.folder.cleanup()


_imports: dict[str, Imported] = {}
_lock = threading.RLock()


def import_duckdb(path: Path) -> Imported:
    """The present sessions of a DuckDB file; :meth:`Imported.cleanup` lets go of them.

    Raises:
        StoreBusyError: the file is being written all the time.
        StoreError: with a sentence: the library is missing, or there are no known tables.
    """
    name = os.path.realpath(path)
    with _lock:
        key = (name, signature(path))
        known = _imports.get(name)
        if known is None or known.key != key:
            known = _imports[name] = _import(path, name)
        known.users += 1
        return known


def _import(path: Path, name: str) -> Imported:
    library = _library(path)
    try:
        folder = TemporaryDirectory(prefix="session-tui-")
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        for attempt in range(TRIES):
            before = signature(path)
            try:
                copy = _copied(name, Path(folder.name))
                torn = signature(path) != before
                if not torn:
                    origin = _transfer(library, path, copy, Path(folder.name) / "store.db")
                    return Imported((name, before), folder, origin)
            except (library.Error, OSError, sqlite3.Error) as error:
                if signature(path) == before:
                    raise _unreadable(path, error) from error
            time.sleep(BETWEEN_TRIES * (attempt + 1))
        raise StoreBusyError(f"{clean(str(path))}: is being written; it cannot be copied now.")
    except BaseException:
        folder.cleanup()
        raise


def _library(path: Path) -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise StoreError(
            f"{clean(str(path))}: is a DuckDB file, which takes an extra to be read: {EXTRA}."
        ) from error
    return duckdb


def _unreadable(path: Path, error: Exception) -> StoreError:
    detail = clean(" ".join(str(error).split()), 200).rstrip(".")
    return StoreError(f"{clean(str(path))}: cannot be read through DuckDB ({detail}).")


def _copied(name: str, folder: Path) -> Path:
    target = folder / "copy.duckdb"
    for suffix in ("", ".wal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{target}{suffix}")
        if not suffix or os.path.exists(f"{name}{suffix}"):
            shutil.copyfile(f"{name}{suffix}", f"{target}{suffix}")
            os.chmod(f"{target}{suffix}", 0o600)
    return target


def _transfer(library: Any, path: Path, copy: Path, target: Path) -> Origin:
    """Read the copy into a new SQLite file; the copy is removed."""
    with contextlib.closing(library.connect(str(copy), read_only=True, config=_GUARD)) as duck:
        tables = _tables(duck)
        zone, about_zone = naive_zone(UTC)
        described = describe(tables, naive_is_utc=zone is UTC)
        if described is None:
            raise StoreError(f"{clean(str(path))}: {_explain(duck, tables)}")

        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(sqlite3.connect(target)) as lite:
            lite.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_TABLES}")
            left_out = _fill(lite, _pages(duck, described), described, zone)
            lite.commit()
    for suffix in ("", ".wal"):
        with contextlib.suppress(OSError):
            os.unlink(f"{copy}{suffix}")
    return Origin(
        dialect=described.dialect,
        why=described.why,
        how="private copy: read through DuckDB, which allows no reading beside a writer",
        notes=tuple(_notes(described, tables, about_zone, left_out)),
        is_mute=True,
        described=described,
    )


def _tables(duck: Any) -> dict[str, dict[str, str]]:
    """Tables of the file's own schema, with the types of their columns."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in duck.execute(
        "SELECT t.table_name, c.column_name, c.data_type FROM duckdb_tables() AS t"
        " JOIN duckdb_columns() AS c USING (database_oid, schema_oid, table_oid)"
        " WHERE t.schema_name = 'main' AND NOT t.internal ORDER BY 1, c.column_index"
    ).fetchall():
        found.setdefault(str(table), {})[str(column)] = str(kind)
    return found


def _explain(duck: Any, tables: Mapping[str, object]) -> str:
    if not tables:
        return "is a DuckDB file without tables; no sessions were written to it yet."
    sizes = dict(
        duck.execute(
            "SELECT table_name, estimated_size FROM duckdb_tables()"
            " WHERE schema_name = 'main' AND NOT internal"
        ).fetchall()
    )
    seen = ", ".join(
        f"{clean(name, 40)} ({sizes.get(name, 0):,} rows)" for name in [*tables][:_NAMED]
    )
    more = f" and {len(tables) - _NAMED} more" if len(tables) > _NAMED else ""
    return (
        "is a DuckDB file with neither of Session-Buddy's tables of sessions (sessions,"
        f" session_metrics); it has {seen}{more}."
    )


def _pages(duck: Any, described: Described) -> Iterator[list[tuple[Any, ...]]]:
    answer = duck.execute(described.select)
    while page := answer.fetchmany(PAGE):
        yield page


def _fill(
    lite: sqlite3.Connection,
    pages: Iterator[list[tuple[Any, ...]]],
    described: Described,
    zone: tzinfo,
) -> int:
    """Write canonical rows; how many were left out because another has their id."""
    begins, ends = (name in described.instants for name in ("started", "ended"))

    def line(row: tuple[Any, ...]) -> tuple[Any, ...]:
        id_, component, project, started, ended, duration, quality, failed, error, is_open = row
        if not begins:
            started = parse_time(started, zone)
        if not ends:
            ended = parse_time(ended, zone)
        status = "running" if is_open else "failed" if failed else "completed"
        return (
            id_ or "", component, project, status, _kept(started), _kept(ended), quality, error,
            duration, failed,
        )  # fmt: skip

    taken = seen = 0
    for page in pages:
        taken += lite.executemany(
            "INSERT OR IGNORE INTO session (id, component, project, status, started, ended,"
            " quality, error, duration, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            map(line, page),
        ).rowcount
        seen += len(page)
    return seen - taken


def _kept(instant: float | None) -> float | str | None:
    """An instant as it is read again: a large number would be taken for milliseconds."""
    return instant if instant is None or instant < OTHER_UNIT else iso(instant)


def _notes(
    described: Described, tables: Mapping[str, object], about_zone: str, left_out: int
) -> Iterator[str]:
    yield f"the table {described.table} is read from a copy, anew whenever the file changes"
    yield about_zone
    if described.unused:
        yield f"columns without a place here: {', '.join(described.unused)}"
    others = [name for name in tables if name != described.table]
    if others:
        yield f"tables not read: {', '.join(others)}"
    if left_out:
        yield f"rows left out because an earlier one has the same id: {left_out:,}"
