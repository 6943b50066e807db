"""The rows of one session, page by page along the index on the session."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from operator import itemgetter
from pathlib import Path

from queries.dialects.base import Source
from queries.opening.files import StoreBusyError
from queries.plain_data import dataclass
from queries.reading.connection import Rows, quoted
from queries.reading.raw_ids import bound, place
from queries.reading.selects import bare_select, numbered, of_rows
from queries.reading.session_pages import PARAMETERS, SessionPages, parts

WINDOW = 5000
"""Rows looked at in one step where a source may hide most of them."""
_seq_cell = itemgetter(0)
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The rowids of a session whose index has them in another order."""

    of: tuple[object, ...]
    """The source, the raw id, and when they were read."""
    rowids: array[int]
    upto: int
    """The highest rowid of the table then: of what came later nothing is known."""


class IndexedRows(SessionPages):
    """Rows of sessions that an index has together, in order of arrival or not."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self._sorted: _Sorted | None = None
        self._orders: dict[int, bool] = {}
        self._straight: dict[tuple[int, str], bool] = {}
        super().__init__(path)

    def _make_views(self) -> None:
        super()._make_views()
        self._orders.clear()
        self._straight.clear()
        self._sorted = None
        bare = [bare_select(source.select) for source in self.mapping.sources]
        self._hides = tuple(select is not None for select in bare)
        for number, select in enumerate(bare):
            if select is not None:
                self._probe(f"CREATE TEMP VIEW all_rows_{number} AS {select}")

    def _source(self, source: int) -> Source:
        sources: tuple[Source, ...] = self.mapping.sources
        if source >= len(sources):
            # What is left of a damaged file may lack a table that was there a moment ago.
            raise StoreBusyError(f"{self.info.path}: has changed while it was read.")
        return sources[source]

    def hides(self, source: int) -> bool:
        """Whether rows of the source's table may be no events."""
        return self._hides[source]

    def bounds(self, source: int) -> tuple[int, int] | None:
        """Lowest and highest seq of a source; None when it has no rows."""
        table = quoted(self._source(source).table)
        low, high = self.query(
            f"SELECT (SELECT min(rowid) FROM {table}), (SELECT max(rowid) FROM {table})"
        )[0]
        return None if low is None or high is None else (low, high)

    def _indexed_page(
        self,
        source: int,
        raw: object,
        cells: str,
        limit: int,
        between: tuple[int, int],
        *,
        newest: bool,
        view: str,
        windows: int | None = None,
    ) -> Rows:
        """The newest (or oldest) rows of a session with a seq from the first to the last.

        A source may hide rows, so the rowids are taken from its table and a page that comes
        out short is continued.
        """
        low, high = max(between[0], _LOWEST), min(between[1], _HIGHEST)
        is_sought = (low == _LOWEST and high == _HIGHEST) or self._comes_in_order(source)
        way = self._seeking_page if is_sought else self._picked_page
        page = way(source, raw, (cells, view), limit, (low, high), newest, windows)
        page.sort(key=_seq_cell, reverse=newest)
        return page[:limit]

    def _seeking_page(
        self,
        source: int,
        raw: object,
        cells: tuple[str, str],
        limit: int,
        between: tuple[int, int],
        newest: bool,
        windows: int | None,
    ) -> Rows:
        """As :meth:`_indexed_page`, the rowids chosen by SQLite for each page."""
        low, high = between
        if low > high:
            return []
        select = "SELECT {} FROM {}".format(*cells)
        if self._comes_in_order(source) and self._goes_straight(source, select):
            order = "DESC" if newest else "ASC"
            return self.query(
                f"{select} WHERE session_id IS {place(raw)} AND seq >= ? AND seq <= ?"
                f" ORDER BY seq {order} LIMIT ?",
                (bound(raw), low, high, limit),
            )
        page: Rows = []
        size = limit
        while low <= high:
            is_sorted = self._comes_in_order(source)
            seqs, chosen = self._seqs(source, raw, (low, high), newest, is_sorted)
            chosen = (*chosen, size)
            page += self.query(of_rows(*cells, seqs), chosen)
            if len(page) >= limit or not self._hides[source]:
                break
            if windows is not None and size >= WINDOW:
                windows -= 1
                if windows <= 0:
                    break
            number, first, last = self.query(
                f"SELECT count(*), min(wanted), max(wanted) FROM ({seqs})", chosen
            )[0]
            if number < size:
                break
            low, high = (low, first - 1) if newest else (last + 1, high)
            size = max(limit, WINDOW)
        return page

    def _seqs(
        self,
        source: int,
        raw: object,
        between: tuple[int, int],
        newest: bool,
        is_sorted: bool = True,
    ) -> tuple[str, tuple[object, ...]]:
        """SQL for the rowids of a session from the first to the last, and its parameters.

        Where the index has them in another order (``is_sorted``), all of the session's are looked
        at, so what is compared of each is as little as can be.
        """
        described, (low, high) = self._source(source), between
        sql = (
            f"SELECT rowid AS wanted FROM {quoted(described.table)}"
            f" WHERE {quoted(described.session_column)} IS {place(raw)}"
        )
        chosen: tuple[object, ...] = (bound(raw),)
        if low > _LOWEST:
            sql, chosen = f"{sql} AND rowid >= ?", (*chosen, low)
        if high < _HIGHEST:
            sql, chosen = f"{sql} AND rowid <= ?", (*chosen, high)
        # The plus keeps SQLite from going through the whole table in that order.
        order = "rowid" if is_sorted else "+rowid"
        return f"{sql} ORDER BY {order} {'DESC' if newest else 'ASC'} LIMIT ?", chosen

    def _picked_page(
        self,
        source: int,
        raw: object,
        cells: tuple[str, str],
        limit: int,
        between: tuple[int, int],
        newest: bool,
        windows: int | None,
    ) -> Rows:
        """As :meth:`_indexed_page`, the rowids taken from all of the session's."""
        # The plus keeps SQLite from looking for them in the session's index.
        of_session = f" WHERE +session_id IS {place(raw)}"
        rowids = self._rowids(source, raw, between[1])
        first, last = bisect_left(rowids, between[0]), bisect_right(rowids, between[1])
        page: Rows = []
        size = limit
        while first < last:
            if newest:
                chosen = rowids[max(first, last - size) : last]
                last -= len(chosen)
            else:
                chosen = rowids[first : min(first + size, last)]
                first += len(chosen)
            for part in parts(chosen, self.rows_at_once(PARAMETERS)):
                seqs, values = numbered(part)
                page += self.query(of_rows(*cells, seqs) + of_session, (*values, bound(raw)))
            if len(page) >= limit:
                break
            if windows is not None and size >= WINDOW:
                windows -= 1
                if windows <= 0:
                    break
            size = max(limit, WINDOW)
        return page

    def _rowids(self, source: int, raw: object, upto: int) -> array[int]:
        """The rowids of a session, ascending: at least those up to one of them.

        They are kept until another session is asked for, so that turning over its pages takes
        one walk over its index and no sorting of it for each of them.
        """
        of = (source, raw, type(raw), self.version)
        known = self._sorted
        if known is not None and known.of == of and upto <= known.upto:
            return known.rowids
        self._sorted = None
        described = self._source(source)
        bounds = self.bounds(source)
        text = self.query(
            f"SELECT group_concat(rowid) FROM {quoted(described.table)}"
            f" WHERE {quoted(described.session_column)} IS {place(raw)}",
            (bound(raw),),
            deadline=30,
        )[0][0]
        rowids = array("q", sorted(map(int, text.split(","))) if text else ())
        self._sorted = _Sorted(of, rowids, _LOWEST if bounds is None else bounds[1])
        return rowids

    def _goes_straight(self, source: int, select: str) -> bool:
        """Whether SQLite itself reads a session's rows of a view in the order of their index."""
        known = self._straight.get((source, select))
        if self._hides[source]:
            return False
        if known is None:
            plan = self.query(
                f"EXPLAIN QUERY PLAN {select} WHERE session_id IS ? AND seq >= ? AND seq <= ?"
                " ORDER BY seq LIMIT ?",
                ("", 0, 0, 1),
            )
            steps = [str(row[-1]) for row in plan]
            known = self._straight[source, select] = (
                "SEARCH" in steps[0]
                and "INDEX" in steps[0]
                and not any("B-TREE" in step for step in steps)
            )
        return known

    def _comes_in_order(self, source: int) -> bool:
        """Whether an index has the rows of each session in order of arrival."""
        known = self._orders.get(source)
        if known is None:
            sql, chosen = self._seqs(source, "", (_LOWEST, _HIGHEST), True)
            plan = self.query(f"EXPLAIN QUERY PLAN {sql}", (*chosen, 1))
            steps = [str(row[-1]) for row in plan]
            known = self._orders[source] = "SEARCH" in steps[0] and not any(
                "B-TREE" in step for step in steps
            )
        return known
