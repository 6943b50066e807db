"""Large stores for measurements: ``python -m tests.bench.generate PATH --dialect X --events N``."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from hashlib import blake2b
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from tests.bench.heist_rows import HeistRows
from tests.bench.rows import CanonicalRows, HtmlGraphRows, Rows
from tests.bench.shape import SessionShape, StoreShape

BATCH = 20_000
LOOK, LOOKS = 4_096, 1_000
"""Bytes of a look at a cached store, and how many there are at most, about."""
BYTES_PER_EVENT = 1_300
"""Of a store with its indexes while it is being written, at most."""
LARGE = 100_000
"""Events from which on a store is worth a process."""
REVISION = 2
"""Part of the names of cached stores; grows when the same arguments give other rows."""
DIALECTS: dict[str, Callable[[int], Rows]] = {
    "canonical": CanonicalRows,
    "heist-audit": HeistRows,
    "htmlgraph": HtmlGraphRows,
}


def generate(
    path: Path,
    dialect: str,
    events: int,
    seed: int = 0,
    *,
    journal: str = "delete",
    fat: float = 0.05,
) -> None:
    """Write a large store; the file appears at once and complete, or not at all.

    Args:
        path: of the file; replaced where it exists.
        dialect: one of :data:`DIALECTS`.
        events: rows in all event tables together.
        seed: decides everything that is written.
        journal: the journal mode that the file is left in: delete or wal.
        fat: the part of the events that have a text of more than 8 KB.

    Raises:
        KeyError: unknown dialect.
        OSError: the folder cannot be written, or the disk is full.
    """
    rows = DIALECTS[dialect](seed)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(partial, isolation_level=None)
        try:
            _fill(connection, rows, StoreShape(events, seed, fat))
            connection.execute(f"PRAGMA journal_mode = {journal}").fetchall()
        finally:
            connection.close()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def cached(folder: Path, dialect: str, events: int, seed: int = 0) -> Path:
    """A store as :func:`generate` writes it, kept in a folder for the next time.

    One that is no longer what was written is generated anew.

    Raises:
        OSError: there is not enough space for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _place(folder, dialect, events, seed)
    if not is_cached(folder, dialect, events, seed):
        _check_space(folder, events)
        generate(path, dialect, events, seed)
        path.with_suffix(".mark").write_text(_mark(path), "ascii")
    return path


def is_cached(folder: Path, dialect: str, events: int, seed: int = 0) -> bool:
    """Whether :func:`cached` would have nothing to write."""
    path = _place(folder, dialect, events, seed)
    try:
        return path.with_suffix(".mark").read_text("ascii") == _mark(path)
    except OSError:
        return False


def prepare(folder: Path, stores: Iterable[tuple[str, int]]) -> None:
    """Generate what is missing of some stores, on all cores at once.

    Args:
        folder: where they are kept.
        stores: dialect and number of events of each.

    Raises:
        OSError: there is not enough space for them; nothing was written then.
    """
    missing = [store for store in stores if not is_cached(folder, *store)]
    folder.mkdir(parents=True, exist_ok=True)
    _check_space(folder, sum(events for _, events in missing))
    if sum(events >= LARGE for _, events in missing) < 2:
        for store in missing:
            cached(folder, *store)
        return
    # A process that was forked would share what is open; one that is spawned shares nothing.
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        for done in [pool.submit(cached, folder, *store) for store in missing]:
            done.result()


def _check_space(folder: Path, events: int) -> None:
    needed, free = events * BYTES_PER_EVENT, shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(f"stores need {needed / 1e9:.0f} GB, and {free / 1e9:.0f} GB are free")


def _place(folder: Path, dialect: str, events: int, seed: int) -> Path:
    return folder / f"{dialect}-{events}-{seed}-r{REVISION}.db"


def _mark(path: Path) -> str:
    """Tells a store that was cut or written to from the one that was generated.

    Of large ones only every so many bytes are looked at, and the beginning, where SQLite
    counts commits.
    """
    size = path.stat().st_size
    digest = blake2b(str(size).encode(), digest_size=16)
    with path.open("rb") as file:
        for place in range(0, size, max(LOOK, size // LOOKS)):
            file.seek(place)
            digest.update(file.read(LOOK))
    return digest.hexdigest()


def _fill(connection: sqlite3.Connection, rows: Rows, shape: StoreShape) -> None:
    # Nobody reads the file before it is complete, so it needs no journal; its rows are ours, so
    # checking them one by one (half of the time of an insert) is left to the tests.
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;"
        "PRAGMA temp_store = MEMORY; PRAGMA ignore_check_constraints = ON;"
    )
    first = [sql for sql in rows.schema if sql.startswith("CREATE TABLE")]
    # An index over rows that are there is built by one sort: far faster than row by row.
    later = [sql for sql in rows.schema if not sql.startswith("CREATE TABLE")]
    connection.execute("BEGIN")
    for statement in first:
        connection.execute(statement)
    events = shape.draw()
    while batch := list(islice(events, BATCH)):
        for statement, values in rows.events(batch):
            connection.executemany(statement, values)
    _insert_sessions(connection, rows, shape.sessions)
    for statement in later:
        connection.execute(statement)
    connection.execute("COMMIT")


def _insert_sessions(
    connection: sqlite3.Connection, rows: Rows, sessions: Iterable[SessionShape]
) -> None:
    begun = [session for session in sessions if session.events]
    for statement, values in rows.sessions(begun):
        connection.executemany(statement, values)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.generate", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--dialect", choices=DIALECTS, default="htmlgraph")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--journal", choices=("delete", "wal"), default="delete")
    parser.add_argument("--fat", type=float, default=0.05, metavar="SHARE")
    options = parser.parse_args()
    begun = time.perf_counter()
    generate(
        options.path,
        options.dialect,
        options.events,
        options.seed,
        journal=options.journal,
        fat=options.fat,
    )
    size = options.path.stat().st_size / 1e6
    print(f"{options.events:,} events, {size:,.0f} MB, {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
