"""What is counted of a table beside sessions and events, kept right as the table grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from queries.dialects.base import SideTable
from queries.reading.connection import quoted
from queries.side_rows import HIGHEST, LOWEST, Slice, slices, top_of
from queries.store import Store

FEW: Final = 500
"""Up to so many rows, a table is read again after every commit."""
COUNTED: Final = 20_000
"""Up to so many rows, they are counted after every commit."""

_T = TypeVar("_T")


class FollowedTable(Generic[_T]):
    """Reads each row of a table once, and all of them again where some went or may differ."""

    def __init__(
        self,
        side: SideTable | None,
        *,
        empty: Callable[[], _T],
        take: Callable[[Store, _T, Slice | None], None],
        size: int,
        most: int,
    ) -> None:
        """Nothing is read yet.

        Args:
            side: the table; None: the store has none.
            empty: what is counted of no rows.
            take: counts a slice of rows.
            size: rows of a slice.
            most: rows up to which it is read again where nothing tells that it changed.
        """
        self._side = side
        self._empty = empty
        self._take = take
        self._size = size
        self._most = most
        self._low = LOWEST
        """The lowest rowid that may not have been read."""
        self._rows = 0
        """How many rows were."""
        self._has_rowids = True
        self.value = empty()
        self.is_read = side is None
        """Whether all is read that was there at first."""

    def load_more(self, store: Store) -> bool:
        """Read the next slice of a newly opened store; whether there was one."""
        return not self.is_read and self._read(store, 1) > 0

    def refresh(self, store: Store, *, whole: bool) -> bool:
        """After a commit: read what is new, or everything again; whether anything was read.

        Args:
            store: to read.
            whole: also read again what only may differ.
        """
        side = self._side
        if side is None or not self.is_read:
            return False
        if self._rows > COUNTED and self._has_rowids and not whole:
            top = top_of(store, side)
            if top is not None and top >= self._low - 1:
                return top >= self._low and self._read(store) > 0
        rows, fresh = self._count(store, side)
        if min(rows, self._rows) > FEW and not (whole and rows <= self._most):
            if rows - fresh == self._rows:
                return bool(fresh) and self._read(store) > 0
        elif not rows and not self._rows:
            return False
        anew = FollowedTable(side, empty=self._empty, take=self._take, size=self._size,
                             most=self._most)  # fmt: skip
        if rows <= FEW and self._has_rowids:
            anew._take_in(store, side, Slice(LOWEST, HIGHEST, rows))
        else:
            anew._read(store)
        self.value, self._low, self._rows = anew.value, anew._low, anew._rows
        return True

    def _read(self, store: Store, most: int | None = None) -> int:
        """Read what is left, or so many slices of it; returns how many there were."""
        number = 0
        if self._side is not None:
            for part in slices(store, self._side, self._size, self._low):
                if number == most:
                    return number
                self._take_in(store, self._side, part)
                number += 1
        self.is_read = True
        return number

    def _take_in(self, store: Store, side: SideTable, part: Slice | None) -> None:
        self._take(store, self.value, part)
        if part is None:
            self._has_rowids = False
            self._rows = store.query(f"SELECT count(*) FROM {quoted(side.table)}")[0][0]
            return
        number = part.rows
        if number is None:
            number = store.query(
                f"SELECT count(*) FROM {quoted(side.table)} WHERE rowid >= ? AND rowid <= ?",
                (part.low, part.high),
            )[0][0]
        self._rows += number
        self._low = part.high + 1

    def _count(self, store: Store, side: SideTable) -> tuple[int, int]:
        """How many rows there are, and how many of them came since."""
        table = quoted(side.table)
        if not self._has_rowids:
            return store.query(f"SELECT count(*) FROM {table}")[0][0], 0
        rows, fresh = store.query(
            f"SELECT (SELECT count(*) FROM {table}),"
            f" (SELECT count(*) FROM {table} WHERE rowid >= ?)",
            (min(self._low, HIGHEST),),
        )[0]
        return rows, fresh
