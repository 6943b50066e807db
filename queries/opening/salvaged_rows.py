"""The rows of one damaged table, copied around what cannot be read of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

CHUNK = 2000
"""Rows copied at a time: a writer is not kept waiting for longer than that takes."""
PASSES = 1000
"""Damage is passed at most so many times, and once more for each page: pages that lead to each
other in a circle would be read for ever."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite found something in the file that makes no sense to it."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_TOOBIG", "SQLITE_IOERR_SHORT_READ"))


class CopiedTable:
    """Copies a table of the database "damaged" into the one of the same name in "main"."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        """The table in "main" has been made already."""
        self._connection = connection
        self._name = _quoted(name)
        columns = self._run(f"PRAGMA damaged.table_xinfo({self._name})")
        self._columns = [_quoted(str(row[1])) for row in columns if row[6] == 0]
        names = {str(row[1]).lower() for row in columns}
        self._rowid = next((n for n in ("rowid", "_rowid_", "oid") if n not in names), "")
        self.lost = 0
        """Rows that could not be read."""
        self.lost_cells = 0
        """Cells that could not be read, of rows that could."""
        self.is_open_ended = False
        """Whether more rows were lost at an end of the table than can be told."""
        self._copied = 0

    def copy(self) -> None:
        """Copy every row that can be read."""
        if not self._has_rowids():
            self._copy_at_once()
            return
        bounds = self._bounds()
        if bounds is not None:
            self._copy_between(*bounds)
        elif not self.is_open_ended:
            return
        number = self._number()
        if number is not None:
            self.lost = max(number - self._copied, 0)
            self.is_open_ended = False

    def _has_rowids(self) -> bool:
        if not self._rowid:
            return False
        try:
            self._run(f"SELECT {self._rowid} FROM damaged.{self._name} LIMIT 0")
        except sqlite3.OperationalError as error:
            if is_damage(error):
                raise
            return False
        return True

    def _copy_at_once(self) -> None:
        names = ", ".join(self._columns)
        self._run(
            f"INSERT OR IGNORE INTO main.{self._name} ({names})"
            f" SELECT {names} FROM damaged.{self._name}"
        )

    # -- where rows are -----------------------------------------------------------------------

    def _bounds(self) -> tuple[int, int] | None:
        """Between which rowids rows are, as far as that can be known; None without any."""
        rowid, table = self._rowid, f"damaged.{self._name}"
        for low, high in ((rowid, rowid), (f"+{rowid}", f"+{rowid}")):
            try:
                # By its ends, then by any index, each of which has all the rowids.
                low, high = self._run(
                    f"SELECT (SELECT min({low}) FROM {table}), (SELECT max({high}) FROM {table})"
                )[0]
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
            else:
                return None if low is None else (int(low), int(high))
        self.is_open_ended = True
        first = 1
        if self._last(_LOWEST, -1):
            first = _LOWEST
        top = first - 1
        for power in range(62, -1, -1):
            if top + 2**power <= _HIGHEST and self._last(first, top + 2**power):
                top += 2**power
        return (first, top) if top >= first else None

    def _last(self, low: int, high: int) -> bool:
        """Whether the last row in a range can be read."""
        return bool(self._keys(low, high, "DESC"))

    def _keys(self, low: int, high: int, order: str) -> Sequence[Any] | None:
        """The first or last rowid in a range; None when it cannot be read."""
        try:
            return self._run(
                f"SELECT {self._rowid} FROM damaged.{self._name} NOT INDEXED"
                f" WHERE {self._rowid} >= ? AND {self._rowid} <= ?"
                f" ORDER BY {self._rowid} {order} LIMIT 1",
                low,
                high,
            )
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            return None

    def _number(self) -> int | None:
        """How many rows there are, where an index can tell."""
        try:
            return int(self._run(f"SELECT count(*) FROM damaged.{self._name}")[0][0])
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            return None

    # -- copying ------------------------------------------------------------------------------

    def _copy_between(self, low: int, high: int) -> None:
        at, size = low - 1, CHUNK
        passes = PASSES + int(self._run("PRAGMA damaged.page_count")[0][0])
        while at < high:
            try:
                at = self._copy_chunk(at + 1, high, size)
                size = min(size * 2, CHUNK)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                if size > 1:
                    size //= 2
                elif passes:
                    passes -= 1
                    at = self._pass(at + 1, high)
                else:
                    self.is_open_ended = True
                    return

    def _copy_chunk(self, low: int, high: int, size: int) -> int:
        """Copy the first rows of a range; returns the rowid up to which all is done."""
        where = f"{self._rowid} >= ? AND {self._rowid} <= ?"
        number, last = self._run(
            f"SELECT count(*), max(key) FROM (SELECT {self._rowid} AS key FROM"
            f" damaged.{self._name} NOT INDEXED WHERE {where} ORDER BY {self._rowid} LIMIT ?)",
            low,
            high,
            size,
        )[0]
        if not number:
            return high
        names = ", ".join((self._rowid, *self._columns))
        self._insert(
            f"INSERT OR IGNORE INTO main.{self._name} ({names}) SELECT {names}"
            f" FROM damaged.{self._name} NOT INDEXED WHERE {where}",
            low,
            last,
        )
        return int(last)

    def _insert(self, sql: str, *parameters: object) -> int:
        number = max(self._connection.execute(sql, parameters).rowcount, 0)
        self._copied += number
        return number

    def _pass(self, low: int, high: int) -> int:
        """Go past the damage at the start of a range; returns the rowid it ends with."""
        first = self._keys(low, high, "ASC")
        if first is not None:
            if not first:
                return high
            self._copy_cells(int(first[0][0]))
            return int(first[0][0])
        bad, step = low, 1
        good = None
        while good is None and bad < high:
            probe = min(low + step, high)
            if self._keys(probe, high, "ASC") is None:
                bad, step = probe, step * 2
            else:
                good = probe
        if good is None:
            self.lost += high - low + 1
            return high
        while good - bad > 1:
            middle = (good + bad) // 2
            if self._keys(middle, high, "ASC") is None:
                bad = middle
            else:
                good = middle
        first = self._keys(good, high, "ASC")
        end = int(first[0][0]) - 1 if first else high
        self.lost += end - low + 1
        return end

    def _copy_cells(self, key: int) -> None:
        """Copy those cells of a row that can be read."""
        names = [name for name in self._columns if self._is_readable(name, key)]
        cells = ", ".join((self._rowid, *names))
        done = self._insert(
            f"INSERT OR IGNORE INTO main.{self._name} ({cells}) SELECT {cells}"
            f" FROM damaged.{self._name} NOT INDEXED WHERE {self._rowid} = ?",
            key,
        )
        if done:
            self.lost_cells += len(self._columns) - len(names)
        else:
            self.lost += 1

    def _is_readable(self, name: str, key: int) -> bool:
        try:
            self._run(
                f"SELECT {name} FROM damaged.{self._name} NOT INDEXED WHERE {self._rowid} = ?", key
            )
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            return False
        return True

    def _run(self, sql: str, *parameters: object) -> Sequence[Any]:
        return self._connection.execute(sql, parameters).fetchall()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
