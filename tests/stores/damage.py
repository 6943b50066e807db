"""Files in which some pages make no sense."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_TABLE_LEAF, _TABLE_INNER, _INDEX_INNER = 13, 5, 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a database file and what it is for."""

    number: int
    """From 1."""
    of: str
    """The table or index; "" for pages of long texts, and free ones."""
    is_index: bool
    is_leaf: bool


def pages_of(path: Path) -> list[Page]:
    """Every page of a file, which is in rollback-journal mode or has an empty ``-wal``.

    The pages of one tree are in its order.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        roots = connection.execute(
            "SELECT name, type = 'index', rootpage FROM sqlite_master WHERE rootpage > 0"
        ).fetchall()
    data = path.read_bytes()
    size = _page_size(data)
    found: list[Page] = []

    def walk(number: int, name: str, is_index: bool) -> None:
        begin = (number - 1) * size
        header = begin + (100 if number == 1 else 0)
        kind = data[header]
        is_inner = kind in (_TABLE_INNER, _INDEX_INNER)
        found.append(Page(number, name, is_index, not is_inner))
        if not is_inner:
            return
        for cell in range(int.from_bytes(data[header + 3 : header + 5], "big")):
            at = header + 12 + 2 * cell
            place = begin + int.from_bytes(data[at : at + 2], "big")
            walk(int.from_bytes(data[place : place + 4], "big"), name, is_index)
        walk(int.from_bytes(data[header + 8 : header + 12], "big"), name, is_index)

    for name, is_index, root in [("sqlite_master", 0, 1), *roots]:
        walk(root, name, bool(is_index))
    known = {page.number for page in found}
    rest = (number for number in range(1, len(data) // size + 1) if number not in known)
    return found + [Page(number, "", False, True) for number in rest]


def spoil(path: Path, pages: Iterable[Page], fill: bytes = b"\xff") -> None:
    """Overwrite pages with one byte again and again, but for the header of the file."""
    with path.open("r+b") as file:
        size = _page_size(file.read(100))
        for page in pages:
            skipped = 100 if page.number == 1 else 0
            file.seek((page.number - 1) * size + skipped)
            file.write(fill * (size - skipped))


def _page_size(data: bytes) -> int:
    return int.from_bytes(data[16:18], "big") or 65536
