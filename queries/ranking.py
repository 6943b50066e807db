"""Session rows kept newest first while single ones change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from operator import itemgetter

from queries.models import SessionRow

_Key = tuple[float, str]
_id = itemgetter(1)
_AFTER_ALL = "\U0010ffff" * 4
_MANY = 64


class Ranking:
    """Rows by id and in order: the latest start first, unknown starts last, ties by id.

    A change costs next to nothing, however many rows there are.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, SessionRow] = {}
        self._keys: list[_Key] = []
        self._ordered: list[SessionRow] = []
        self._tuple: tuple[SessionRow, ...] | None = ()

    def get(self, session_id: str) -> SessionRow | None:
        """The row of a session."""
        return self._by_id.get(session_id)

    def put(self, rows: Mapping[str, SessionRow | None]) -> None:
        """Take rows by id, new ones or in place of older ones; None takes a row out."""
        if not rows:
            return
        self._tuple = None
        if len(rows) > _MANY and len(rows) * 8 > len(self._by_id):
            self._put_many(rows)
            return
        for session_id, row in rows.items():
            before = self._by_id.get(session_id)
            if before is not None and row is not None and rank(before) == rank(row):
                self._ordered[bisect_left(self._keys, rank(row))] = row
                self._by_id[session_id] = row
                continue
            if before is not None:
                at = bisect_left(self._keys, rank(before))
                del self._keys[at], self._ordered[at], self._by_id[session_id]
            if row is not None:
                at = bisect_left(self._keys, rank(row))
                insort(self._keys, rank(row))
                self._ordered.insert(at, row)
                self._by_id[session_id] = row

    def _put_many(self, rows: Mapping[str, SessionRow | None]) -> None:
        by_id, same, fresh, gone = self._by_id, self._keys, list[_Key](), set[_Key]()
        for session_id, row in rows.items():
            before = by_id.get(session_id)
            key = None if row is None else rank(row)
            known = None if before is None else rank(before)
            if row is None:
                by_id.pop(session_id, None)
            else:
                by_id[session_id] = row
            if key != known:
                if known is not None:
                    gone.add(known)
                if key is not None:
                    fresh.append(key)
        if gone:
            same = [key for key in same if key not in gone]
        # Two runs that are in order are merged: other threads wait while that is done.
        fresh.sort()
        self._keys = sorted(same + fresh)
        self._ordered = list(map(by_id.__getitem__, map(_id, self._keys)))

    def rows(self) -> tuple[SessionRow, ...]:
        """All rows in order; the same object as long as nothing is put."""
        if self._tuple is None:
            self._tuple = tuple(self._ordered)
        return self._tuple

    def newest(self) -> str | None:
        """The id of the row with the latest start, the highest of several; None if unknown."""
        if not self._keys or self._keys[0][0] == float("inf"):
            return None
        return self._keys[bisect_right(self._keys, (self._keys[0][0], _AFTER_ALL)) - 1][1]

    def started_between(self, first: float, last: float) -> Iterator[str]:
        """The ids of rows that started between two instants, both included."""
        at = bisect_left(self._keys, (-last, ""))
        while at < len(self._keys) and self._keys[at][0] <= -first:
            yield self._keys[at][1]
            at += 1

    def __len__(self) -> int:
        return len(self._by_id)


def rank(row: SessionRow) -> _Key:
    """What rows are sorted by: the latest start first, unknown starts last, ties by id."""
    started = row.started
    return (float("inf") if started is None else -started, row.id)
