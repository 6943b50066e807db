"""Consecutive rows of a source, read for nothing but to be counted."""

from __future__ import annotations

from collections import deque
from functools import partial

from queries.counting.lean_cells import Row
from queries.counting.lean_rows import LeanRows, lean_view
from queries.folding.batch import Batch
from queries.folding.batch_order import joined
from queries.store import Store

PAGE = 2500
"""Rows that are read at once at most: a writer may have to wait for that long."""
WHOLE = 1000
"""Whole rows that are read at once at most."""
_LOWEST = -(2**63)


class LeanSlices:
    """Reads slices of rows, page by page."""

    def __init__(self) -> None:
        self._rows = LeanRows()

    def forget(self) -> None:
        """No more is read for now; see :meth:`LeanRows.forget`."""
        self._rows.forget()

    def read(
        self, store: Store, source: int, after: int | None, upto: int, limit: int
    ) -> tuple[Batch, int]:
        """The newest rows with ``after < seq <= upto``, and the seq they come after.

        Args:
            store: to read.
            source: number of the source.
            after: None for as many rows as the limit allows.
            upto: the highest seq.
            limit: most rows. Fewer are read where that takes whole rows.

        Raises StoreError as the store's own queries do.
        """
        near = max(upto - limit, _LOWEST - 1)
        start = near if after is None else max(near, after)
        batches: deque[Batch] = deque()
        page: list[Row] = []
        known, at = 0, start
        # Upwards, as the file lies on its disk, which reads ahead then.
        while at < upto:
            most = store.rows_at_once(PAGE, cells_only=True)
            batch = self._rows.read_cells(
                store, source, partial(_up, store, source, at, upto, most, page)
            )
            if batch is None:
                return self._read_whole(store, source, after, upto, limit)
            known += len(page)
            batches.append(batch)
            if len(page) < most:
                break
            at = page[-1][0]
        at = start
        # Where seqs are missing, there are older ones instead.
        while after is None and known < limit and at >= _LOWEST:
            most = min(store.rows_at_once(PAGE, cells_only=True), limit - known)
            batch = self._rows.read_cells(
                store, source, partial(_down, store, source, at, most, page)
            )
            if batch is None:
                return self._read_whole(store, source, after, upto, limit)
            known += len(page)
            batches.appendleft(batch)
            at = page[0][0] - 1 if len(page) == most else _LOWEST - 1
        return joined(batches) if batches else Batch.of(()), at if after is None else after

    def _read_whole(
        self, store: Store, source: int, after: int | None, upto: int, limit: int
    ) -> tuple[Batch, int]:
        limit = min(limit, WHOLE)
        start = store.slice_start(source, upto, limit)
        after = start if after is None else max(start, after)
        return Batch.of(store.events_between(source, after, upto, limit)), after


def slices_before(store: Store, source: int, first: int, upto: int, rows: int) -> list[Batch]:
    """About so many rows of a source up to a seq, oldest first.

    Args:
        store: to read.
        source: number of the source.
        first: the lowest seq of its rows.
        upto: the highest seq that is read.
        rows: how many are enough.
    """
    reader, batches, number = LeanSlices(), list[Batch](), 0
    while number < rows and upto >= first:
        wanted = rows - number
        batch, upto = reader.read(store, source, None, upto, wanted)
        batches.append(batch)
        number += len(batch.seqs)
    return batches[::-1]


def _up(
    store: Store, source: int, after: int, upto: int, most: int, page: list[Row], cells: str
) -> list[Row]:
    """The oldest rows with ``after < seq <= upto``, which are left in ``page`` as well."""
    page[:] = store.query(
        f"SELECT {cells} FROM {lean_view(store, source)}"
        " WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
        (max(after + 1, _LOWEST), upto, most),
    )
    return page


def _down(
    store: Store, source: int, upto: int, most: int, page: list[Row], cells: str
) -> list[Row]:
    """The newest rows with ``seq <= upto``, ascending, which are left in ``page`` as well."""
    page[:] = store.query(
        f"SELECT {cells} FROM {lean_view(store, source)} WHERE seq <= ? ORDER BY seq DESC LIMIT ?",
        (upto, most),
    )[::-1]
    return page
