"""The totals of whole stores, kept for the next time they are opened.

What is kept, and what is trusted. An entry is a fold (:mod:`queries.keeping.fold_state`) over all
rows of all sources of one store, counted from its first to its last row while nothing was
committed: the mark of the store's files (:mod:`queries.keeping.store_mark`) was the same before the
first row was read and after the last. It is used only where the present mark is that very mark, so
every row that it counts is there, unchanged, and no other row is: not by likelihood, but because no
commit of SQLite, no copy over the file and no other file in its place leaves the mark as it was.
Rows that are inserted, changed in place, deleted, replaced or renumbered are all seen by this, and
so is a commit that changes nothing that is counted; then everything is counted anew. (Looking only
at rows, say those at the end and some others, cannot prove this: an old row changed in place, or
one deleted between two others, leaves all of them as they were.)

Besides, an entry is used only

- for the same path, dialect, way of reading (SELECTs, zone of naive times) and order of counting,
- by the program that wrote it: the same version, the same files of code, the same layout,
- where all rows could be read: totals of a store with damaged rows are never kept,
- with the checksum of its content right. An entry that is cut, damaged, foreign or old is ignored
  and written anew.

Entries hold ids of sessions and events, names of agents and tools, numbers, times, and the first
prompt of each session; no other text. They are JSON, so reading one runs no code. How they lie on
disk: :mod:`queries.keeping.entry_files`.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from sys import intern
from typing import Any, Final

from queries.digest import blake2b
from queries.fold import Fold
from queries.folding.packed_texts import PackedTexts
from queries.keeping.entry_files import EntryFiles
from queries.keeping.fold_state import LAYOUT, fold_of, total_parts
from queries.keeping.packed_lines import lines_of, packed_lines
from queries.keeping.store_mark import StoreMark, mark_of
from queries.keeping.way_of_reading import way_of_reading
from queries.plain_data import dataclass
from queries.store import Store

FORMAT: Final = 2
LEAST_ROWS = 20_000
"""Stores with fewer rows are counted in no time; nothing is kept of them."""
MOST_BYTES = 200_000_000
"""Size of all entries together; beyond it the oldest are removed."""
_LENGTH = 4
"""Bytes before packed texts, which say how long these are, the largest first."""
_WRONG = (
    ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RecursionError,
    TypeError, ValueError, zlib.error,
)  # fmt: skip
"""What may come of reading something that is no entry."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The totals of a store as they were kept."""

    fold: Fold
    high: Mapping[int, int]
    """Per source, the seq of the last row counted."""


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """What can be told about an entry without reading all of it."""

    rows: int
    written: float
    """Epoch seconds."""
    size: int
    """Bytes on disk."""
    is_current: bool
    """Whether nothing was committed to the store since."""


class FoldCache:
    """A folder of entries. Nothing that goes wrong with it is ever an error."""

    def __init__(
        self,
        folder: Path,
        *,
        least_rows: int = LEAST_ROWS,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Args: folder: made when something is kept. clock: gives epoch seconds."""
        self._files = EntryFiles(folder, most_bytes)
        self._least = least_rows
        self._clock = clock

    # -- reading ------------------------------------------------------------------------------

    def load(self, store: Store, mark: StoreMark, order: str) -> Kept | None:
        """The totals of a store whose present mark is this; None when none are kept.

        Args:
            store: the open store.
            mark: of its files, as they are now.
            order: in which order rows of several sources were counted.
        """
        try:
            content = self._files.read(_name(store.path, order))
            start = content.index(b"\n") + 1
            told = json.loads(content[:start])
            if told["key"] != _key(store, order) or told["mark"] != mark.plain():
                return None
            size, both = told["sessions"], memoryview(content)[start:]
            fold = fold_of(map(json.loads, lines_of(both[size:])))
            if fold.rows != told["rows"]:
                return None
            fold.sessions.fetch_later(lambda: _sessions(both[:size]))
            return Kept(fold, {int(source): int(seq) for source, seq in told["high"]})
        except _WRONG:
            return None

    def info(self, path: Path, order: str) -> EntryInfo | None:
        """What is kept of a store, be it of use or not; None when there is nothing."""
        try:
            name = _name(path, order)
            content = self._files.read(name)
            told = json.loads(content[: content.index(b"\n")])
            mark = mark_of(path)
            return EntryInfo(
                int(told["rows"]), float(told["written"]), self._files.size(name),
                is_current=mark is not None and told["mark"] == mark.plain(),
            )  # fmt: skip
        except _WRONG:
            return None

    # -- writing ------------------------------------------------------------------------------

    def save(
        self,
        store: Store,
        mark: StoreMark,
        order: str,
        fold: Fold,
        high: Mapping[int, int],
        *,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> bool:
        """Keep the totals of a store; whether that was done.

        Args:
            store: the open store.
            mark: of its files, from before the first row was read until now.
            order: in which order rows of several sources were counted.
            fold: over all rows.
            high: per source, the seq of the last row.
            goes_on: asked now and then; when it says no, nothing is kept.
        """
        if fold.rows < self._least:
            return False
        try:
            # Apart from all others, the sessions need not be read where only totals are wanted.
            # In pieces: nearly all of them are in memory anyway.
            pieces: list[bytes] = []
            for texts in fold.sessions.packs():
                pieces += (len(texts.packed).to_bytes(_LENGTH), texts.packed)
                if not goes_on():
                    return False
            size = sum(map(len, pieces))
            for piece in packed_lines(total_parts(fold)):
                pieces.append(piece)
                if not goes_on():
                    return False
            head = {
                "key": _key(store, order),
                "mark": mark.plain(),
                "rows": fold.rows,
                "high": sorted(high.items()),
                "written": self._clock(),
                "sessions": size,
            }
            pieces.insert(0, json.dumps(head).encode() + b"\n")
            return self._files.write(_name(store.path, order), pieces)
        except _WRONG:
            return False


def _name(path: Path, order: str) -> str:
    """Of the entry of a store."""
    name = f"{os.path.realpath(path)}\n{order}"
    return blake2b(name.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _sessions(body: memoryview) -> Iterator[tuple[str, PackedTexts]]:
    """The totals of all sessions, by id."""
    at = 0
    while at < len(body):
        start = at + _LENGTH
        at = start + int.from_bytes(body[at:start])
        texts = PackedTexts(bytes(body[start:at]))
        names = texts.unpacked()
        texts.number = len(names)
        for name in names:
            # The same text as that of the session's row: a store may have a hundred thousand.
            yield intern(name), texts


def _key(store: Store, order: str) -> list[Any]:
    """What must be the same for an entry to be of this store, as this program reads it."""
    reading = json.dumps(way_of_reading(store))
    return [
        FORMAT,
        LAYOUT,
        _code(),
        os.fsencode(os.path.realpath(store.path)).hex(),
        blake2b(reading.encode(), digest_size=16).hexdigest(),
        order,
    ]


def _code() -> str:
    """What tells apart versions of the code that counts. Raises OSError without files of code."""
    digest = blake2b(digest_size=16)
    for folder in _folders(Path(__file__).parents[1]):
        with os.scandir(folder) as found:
            files = sorted(
                (each.name, each.stat().st_size, each.stat().st_mtime_ns)
                for each in found
                if each.name.endswith((".py", ".sql"))
            )
        digest.update(repr(files).encode())
    return digest.hexdigest()


def _folders(package: Path) -> list[Path]:
    """Those of a package that hold code. Raises OSError as listing it does."""
    with os.scandir(package) as found:
        inner = sorted(each.name for each in found if each.is_dir())
    return [package, *(package / name for name in inner if name != "__pycache__")]
