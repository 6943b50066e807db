"""What the files of a store look like from outside, and what is said when they cannot be used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from queries.plain_data import dataclass
from queries.text import clean

if TYPE_CHECKING:
    import tempfile


class StoreError(Exception):
    """A store that cannot be used now; the text is one sentence for people."""

    retry = True
    """Whether waiting may help: whoever writes the store may put it right."""


class StoreBusyError(StoreError):
    """A writer keeps readers out for now."""


class StoreDamagedError(StoreError):
    """Something in the file makes no sense to SQLite."""


class StoreGoneError(StoreError):
    """There is no file at the path (any more)."""


class QueryStoppedError(StoreError):
    """A query was interrupted or ran past its deadline."""

    retry = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What tells whether the files of a store are as they were. Cheap: four ``stat``."""

    device: int
    inode: int
    size: int
    modified: int
    wal_size: int
    """-1 when there is no -wal file."""
    wal_modified: int
    index: int = 0
    """Inode of the -shm file, the index of the -wal; 0 when there is none."""
    log_size: int = -1
    """Of DuckDB's ``.wal`` file; -1 when there is none."""
    log_modified: int = 0

    @property
    def has_shm(self) -> bool:
        """Whether the -wal file has an index."""
        return self.index != 0

    @property
    def file(self) -> tuple[int, int]:
        """Identity of the main file: another one after a replacement by rename."""
        return (self.device, self.inode)


def signature(path: Path) -> Signature:
    """The present signature. Raises StoreGoneError when there is no file."""
    main = status_of(path)
    beside = real_path(path)
    wal_size, wal_modified = _size_and_time(f"{beside}-wal")
    return Signature(
        main.st_dev,
        main.st_ino,
        main.st_size,
        main.st_mtime_ns,
        wal_size,
        wal_modified,
        _inode(f"{beside}-shm"),
        *_size_and_time(f"{beside}.wal"),
    )


def _inode(name: str) -> int:
    try:
        return os.stat(name).st_ino
    except OSError:
        return 0


def _size_and_time(name: str) -> tuple[int, int]:
    try:
        found = os.stat(name)
    except OSError:
        return -1, 0
    return found.st_size, found.st_mtime_ns


def status_of(path: Path) -> os.stat_result:
    """The status of the main file. Raises StoreGoneError, StoreError."""
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreGoneError(f"{clean(str(path))}: no such file.") from error
    except OSError as error:
        raise StoreError(f"{clean(str(path))}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise StoreError(f"{clean(str(path))}: cannot be read ({error}).") from error


def private_folder(path: Path) -> tempfile.TemporaryDirectory[str]:
    """A new folder for a private copy of a store. Raises StoreError where there can be none."""
    import tempfile  # takes a few ms to load, for copies that are hardly ever made

    try:
        return tempfile.TemporaryDirectory(prefix="session-tui-")
    except OSError as error:
        raise StoreError(
            f"{clean(str(path))}: cannot be read in place, nor from a private copy"
            f" ({clean(error.strerror or str(error))})."
        ) from error


def real_path(path: Path) -> str:
    """The path that SQLite puts its own files beside: that of the file, not of a link to it."""
    return os.path.realpath(path) if os.path.islink(path) else str(path)
