"""Where a store is looked for. Only the first bytes of a file are read, never through SQLite."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from queries.plain_data import dataclass
from queries.text import clean

if TYPE_CHECKING:
    from tui.config import Config

STORE_VARIABLE: Final = "SESSION_TUI_STORE"
"""Environment variable that names a store or a folder."""

_SQLITE: Final = b"SQLite format 3\0"
_DUCKDB: Final = b"DUCK"
_EXTRA: Final = "pip install 'session-tui[duckdb]'"
_HTMLGRAPH: Final = ("htmlgraph.db", "index.sqlite")
_HEIST: Final = ("heist_audit.db", "heist_session.db", "heist_analytics.db")
_SUFFIXES: Final = (".db", ".sqlite", ".duckdb")


class NoStoreError(Exception):
    """No store was found; the text is one sentence that says what and where."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that begins like an SQLite or DuckDB database."""

    path: Path
    size: int
    """Bytes of the main file."""
    modified: float
    """When it or its write-ahead log changed last, epoch seconds."""
    reason: str
    """Why it is offered, in words."""


def find_stores(
    argument: str | None, environ: Mapping[str, str], config: Config, cwd: Path, home: Path
) -> list[Candidate]:
    """The stores to open or to choose from, the most recently changed first.

    What is named first wins: the argument, then ``$SESSION_TUI_STORE``, then the
    configuration's ``stores`` of which any exists, then the known places below ``cwd`` (and
    its parents up to the repository's root) and ``home``. A folder stands for the stores
    in it.

    Raises:
        NoStoreError: when what is named is not there or no store, or nothing was found.
    """
    if argument is not None:
        return _named(argument, cwd, home, "named on the command line")
    if named := environ.get(STORE_VARIABLE):
        return _named(named, cwd, home, f"named by ${STORE_VARIABLE}")
    configured = [
        candidate
        for entry in config.stores
        for candidate in _inside(_path(entry, cwd, home), "named in the configuration")
    ]
    if found := configured or _known(cwd, home):
        return _newest(found)
    raise NoStoreError(
        f"no session store found in {clean(cwd)}, in .htmlgraph/ up to the repository's root, or "
        f"in {clean(home / '.htmlgraph')}: name a file, or set {STORE_VARIABLE}."
    )


def inspect(path: Path, reason: str) -> Candidate:
    """Look at one file without waiting, locking or changing anything.

    Not for a file that this process has open in SQLite: closing a second descriptor would
    drop the locks of the first.

    Raises:
        NoStoreError: when it is not a regular, readable file that begins like SQLite or DuckDB.
    """
    name = clean(path)
    try:
        status = os.stat(path)
        # Opening a device could act on it.
        regular = stat.S_ISREG(status.st_mode)
        head = _first_bytes(path) if regular else b""
    except (FileNotFoundError, NotADirectoryError):
        raise NoStoreError(f"{name}: there is no such file.") from None
    except (OSError, ValueError) as error:
        detail = clean(getattr(error, "strerror", None) or error)
        raise NoStoreError(f"{name}: cannot be read ({detail}).") from error
    if not regular:
        raise NoStoreError(f"{name}: is not a regular file.")
    if head != _SQLITE and head[8:12] != _DUCKDB:
        raise NoStoreError(f"{name}: {_what_else(head)}")
    if head[8:12] == _DUCKDB and find_spec("duckdb") is None:
        raise NoStoreError(f"{name}: is a DuckDB file, which takes an extra to be read: {_EXTRA}.")
    return Candidate(path, status.st_size, max(status.st_mtime, _log_time(path)), reason)


def _first_bytes(path: Path) -> bytes:
    # A pipe put in place of the file meanwhile must not make us wait for its writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        return os.read(descriptor, len(_SQLITE))
    finally:
        os.close(descriptor)


def _what_else(head: bytes) -> str:
    if not head:
        return "is empty; nothing has been written to it yet."
    return "is not an SQLite or DuckDB database."


def _log_time(path: Path) -> float:
    times = [0.0]
    for suffix in ("-wal", ".wal"):
        with contextlib.suppress(OSError):
            times.append(os.stat(f"{path}{suffix}").st_mtime)
    return max(times)


def _path(entry: str, cwd: Path, home: Path) -> Path:
    if entry == "~" or entry.startswith("~/"):
        return home / entry[2:]
    return cwd / entry


def _named(entry: str, cwd: Path, home: Path, reason: str) -> list[Candidate]:
    path = _path(entry, cwd, home)
    if not _is_folder(path):
        return [inspect(path, reason)]
    if found := _newest(_inside(path, f"in the folder {reason}")):
        return found
    raise NoStoreError(f"{clean(path)}: no session store is in this folder.")


def _known(cwd: Path, home: Path) -> list[Candidate]:
    found = _inside(cwd, "in this folder")
    for folder in _up_to_root(cwd):
        paths = (folder / ".htmlgraph" / name for name in _HTMLGRAPH)
        found += _usable(paths, "of the repository around this folder")
    return found + _usable([home / ".htmlgraph" / "htmlgraph.db"], "in your home folder")


def _inside(path: Path, reason: str) -> list[Candidate]:
    if not _is_folder(path):
        return _usable([path], reason)
    return _usable(_stores_of(path), reason)


def _stores_of(folder: Path) -> Iterator[Path]:
    for name in _HTMLGRAPH:
        yield folder / ".htmlgraph" / name
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    for name in names:
        if name.endswith(_SUFFIXES):
            yield folder / name
    for name in _HEIST:
        yield folder / "data" / name


def _up_to_root(cwd: Path) -> list[Path]:
    parents = [cwd, *cwd.parents]
    for index, folder in enumerate(parents):
        if os.path.lexists(folder / ".git"):
            return parents[1 : index + 1]
    return []


def _usable(paths: Iterable[Path], reason: str) -> list[Candidate]:
    found = []
    for path in paths:
        try:
            found.append(inspect(path, reason))
        except NoStoreError:
            # Nobody named this file: that it is no store is nothing to tell.
            continue
    return found


def _newest(candidates: Iterable[Candidate]) -> list[Candidate]:
    once = {os.path.realpath(found.path): found for found in reversed(list(candidates))}
    return sorted(once.values(), key=lambda found: (-found.modified, str(found.path)))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
