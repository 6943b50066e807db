"""Session rows kept newest first while single ones change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from queries.models import SessionRow

_Key = tuple[float, str]
_AFTER_ALL = "\U0010ffff" * 4
_MANY = 64


class Ranking:
    """Rows by id and in order: the latest start first, unknown starts last, ties by id.

    A change costs next to nothing, however many rows there are.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, SessionRow] = {}
        # What they are sorted by is made when it is needed: for thousands, it would take megabytes.
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
                self._ordered[self._place(rank(row))] = row
                self._by_id[session_id] = row
                continue
            if before is not None:
                del self._ordered[self._place(rank(before))], self._by_id[session_id]
            if row is not None:
                self._ordered.insert(self._place(rank(row)), row)
                self._by_id[session_id] = row

    def _put_many(self, rows: Mapping[str, SessionRow | None]) -> None:
        by_id = self._by_id
        fresh: list[SessionRow] = []
        for session_id, row in rows.items():
            if row is None:
                by_id.pop(session_id, None)
            else:
                by_id[session_id] = row
                fresh.append(row)
        same = [row for row in self._ordered if row.id not in rows]
        # Two runs that are in order are merged: other threads wait while that is done.
        fresh.sort(key=rank)
        self._ordered = sorted(same + fresh, key=rank)

    def _place(self, key: _Key) -> int:
        """Where the row with this key is, or belongs."""
        return bisect_left(self._ordered, key, key=rank)

    def rows(self) -> tuple[SessionRow, ...]:
        """All rows in order; the same object as long as nothing is put."""
        if self._tuple is None:
            self._tuple = tuple(self._ordered)
        return self._tuple

    def newest(self) -> str | None:
        """The id of the row with the latest start, the highest of several; None if unknown."""
        if not self._ordered:
            return None
        latest = self._ordered[0].started
        if latest is None:
            return None
        return self._ordered[bisect_right(self._ordered, (-latest, _AFTER_ALL), key=rank) - 1].id

    def started_between(self, first: float, last: float) -> Iterator[str]:
        """The ids of rows that started between two instants, both included."""
        upto = self._place((-first, _AFTER_ALL))
        for at in range(self._place((-last, "")), upto):
            yield self._ordered[at].id

    def __len__(self) -> int:
        return len(self._by_id)


def rank(row: SessionRow) -> _Key:
    """What rows are sorted by: the latest start first, unknown starts last, ties by id."""
    started = row.started
    return (float("inf") if started is None else -started, row.id)
