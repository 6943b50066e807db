"""The first bytes of a file, which tell what it is."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

from queries.opening.signatures import StoreError, status_of
from queries.text import clean

MAGIC = b"SQLite format 3\x00"


def examine(path: Path) -> bytes:
    """The first 100 bytes of a file that is a SQLite database; StoreError says why it is not."""
    head = first_bytes(path)
    name = clean(str(path))
    if is_duckdb(head):
        raise StoreError(f"{name}: is a DuckDB file.")
    if not head.startswith(MAGIC):
        raise StoreError(f"{name}: is not a SQLite database (or is an encrypted one).")
    if len(head) < 100:
        raise StoreError(f"{name}: is cut off inside the SQLite header.")
    return head


def journal_mode(path: Path, told: str) -> str:
    """The journal mode of a SQLite database.

    Args:
        path: of the file.
        told: by a connection, which knows nothing of it where it takes the file to be immutable
            or reads a private copy.
    """
    return "wal" if is_wal(examine(path)) else told


def is_wal(head: bytes) -> bool:
    """Whether a SQLite database that begins like this is in WAL mode."""
    return head[18] == 2 or head[19] == 2


def is_duckdb(head: bytes) -> bool:
    """Whether a file that begins like this is a DuckDB database."""
    return head[8:12] == b"DUCK"


def first_bytes(path: Path) -> bytes:
    """The first 100 bytes of a file; StoreError says why it has none."""
    name = clean(str(path))
    mode = status_of(path).st_mode
    if stat.S_ISDIR(mode):
        raise StoreError(f"{name}: is a directory, not a database file.")
    if not stat.S_ISREG(mode):
        raise StoreError(f"{name}: is not a regular file.")
    try:
        head = _head(path)
    except OSError as error:
        raise StoreError(f"{name}: cannot be read ({error.strerror}).") from error
    if not head:
        raise StoreError(f"{name}: is empty; no program has written a session there yet.")
    return head


_kept: dict[tuple[int, int], int] = {}
_keeping = threading.Lock()
_KEPT = 4


def _head(path: Path) -> bytes:
    """The first 100 bytes, through a descriptor that stays open.

    Closing any descriptor of a file drops all POSIX locks this process holds on it, also
    those of a SQLite connection in the middle of a query.
    """
    with _keeping:
        found = os.stat(path)
        identity = (found.st_dev, found.st_ino)
        if identity not in _kept:
            while len(_kept) >= _KEPT:
                os.close(_kept.pop(next(iter(_kept))))
            _kept[identity] = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        return os.pread(_kept[identity], 100, 0)
