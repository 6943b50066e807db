"""The rows of one session of a store, in bounded pages and in order of arrival."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from operator import attrgetter, itemgetter, ne
from pathlib import Path
from typing import TYPE_CHECKING

from queries.connection import Rows, quoted
from queries.dialects.base import EVENT_COLUMNS, Source, to_event
from queries.models import Event
from queries.opening import StoreBusyError
from queries.plain_data import dataclass
from queries.raw_ids import RawIds, bound, place
from queries.selects import bare_select, with_marks
from queries.session_pages import PAGE, UNREADABLE, SessionPages, filled, parts

if TYPE_CHECKING:
    from queries.lean_columns import Minutes

WINDOW = 5000
"""Rows looked at in one step where a source may hide most of them."""
FEW = 8
"""Rows: so few are made into events one by one."""
_seq_cell, _id_cell, _session_id_cell = itemgetter(0), itemgetter(1), itemgetter(2)
_id_of, _session_id_of = attrgetter("id"), attrgetter("session_id")
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_EVENT = ", ".join(EVENT_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The rowids of a session whose index has them in another order."""

    of: tuple[object, ...]
    """The source, the raw id, and when they were read."""
    rowids: array[int]
    upto: int
    """The highest rowid of the table then: of what came later nothing is known."""


class SessionRows(SessionPages):
    """Pages of single sessions' events."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self._raw_event_ids = RawIds()
        self._sorted: _Sorted | None = None
        self._orders: dict[int, bool] = {}
        self._minutes: Minutes | None = None
        super().__init__(path)

    def _make_views(self) -> None:
        super()._make_views()
        self._orders.clear()
        self._sorted = None
        bare = [bare_select(source.select) for source in self.mapping.sources]
        self._hides = tuple(select is not None for select in bare)
        for number, select in enumerate(bare):
            if select is not None:
                self._probe(f"CREATE TEMP VIEW all_rows_{number} AS {select}")
        for number, source in enumerate(self.mapping.sources):
            if source.marks is not None:
                lean = with_marks(source)
                self._probe(f"CREATE TEMP VIEW lean_rows_{number} AS {lean}")

    def _events(self, source: int, rows: Rows) -> list[Event]:
        described = self.mapping.sources[source]
        if len(rows) > FEW and (described.convert is None or described.amend is not None):
            try:
                return self._events_together(source, rows)
            except UNREADABLE:
                pass  # One by one, those rows are found.
        convert, zone = described.convert or to_event, self.mapping.zone

        events: list[Event] = []
        for row in rows:
            try:
                event = convert(source, row, zone)
            except UNREADABLE as error:
                self._leave_out(described.name, error)
                continue
            if row[2] != event.session_id:
                self._raw_ids.note(event.session_id, row[2])
            if row[1] != event.id and type(row[1]) is not int:
                self._raw_event_ids.note(event.id, row[1])
            events.append(event)
        return events

    def _events_together(self, source: int, rows: Rows) -> list[Event]:
        """As :meth:`_events`, of many rows; raises what one of them raises."""
        # Lists of sessions do without these.
        from queries.event_columns import events_of
        from queries.lean_columns import Minutes

        zone = self.mapping.zone
        if self._minutes is None or self._minutes.zone != zone:
            self._minutes = Minutes(zone)
        events = events_of(source, self.mapping.sources[source], rows, self._minutes)
        if any(map(ne, map(_session_id_cell, rows), map(_session_id_of, events))):
            for row, event in zip(rows, events, strict=True):
                if row[2] != event.session_id:
                    self._raw_ids.note(event.session_id, row[2])
        if any(map(ne, map(_id_cell, rows), map(_id_of, events))):
            for row, event in zip(rows, events, strict=True):
                if row[1] != event.id and type(row[1]) is not int:
                    self._raw_event_ids.note(event.id, row[1])
        return events

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

    def session_page(
        self,
        source: int,
        session_id: str,
        *,
        before: int | None = None,
        limit: int = PAGE,
        within: tuple[int, int] | None = None,
        windows: int | None = None,
    ) -> list[Event]:
        """The newest ``limit`` events of a session before a seq, in order of arrival.

        ``windows``: how often to look at :data:`WINDOW` older rows where a source hides those
        that it has shown; until there are enough by default.

        ``within`` is the range of seqs known to hold the session's rows; without an index
        on the session column it saves a walk over the rest of the table.
        """
        cells = self.session_cells(
            source, session_id, _EVENT, before=before, limit=limit, within=within, windows=windows,
            view=f"event_rows_{source}",
        )  # fmt: skip
        return self._events(source, cells)

    def session_cells(
        self,
        source: int,
        session_id: str,
        cells: str,
        *,
        view: str,
        before: int | None,
        limit: int,
        within: tuple[int, int] | None = None,
        windows: int | None = None,
    ) -> Rows:
        """As :meth:`session_page`, raw: these cells of a view, the first of them ``seq``."""
        raw = self.raw_id(session_id)
        high = _HIGHEST if before is None else before - 1
        if self.session_indexed[source]:
            rows = self._indexed_page(
                source, raw, cells, limit, (_LOWEST, high), newest=True, view=view, windows=windows
            )
        else:
            # One bound on each side: the planner would use only the first of two.
            low, last = within if within is not None else (_LOWEST, _HIGHEST)
            rows = self.query(
                f"SELECT {cells} FROM {view}"
                f" WHERE seq >= ? AND seq <= ? AND session_id IS {place(raw)}"
                " ORDER BY seq DESC LIMIT ?",
                (low, max(min(last, high), _LOWEST), bound(raw), limit),
                deadline=30,
            )
        rows.sort(key=_seq_cell)
        return rows

    def has_more_rows(self, source: int, session_id: str, number: int) -> bool:
        """Whether a source's table has more than so many rows of a session, shown or not.

        Meant for sources with an index on the session column (:attr:`session_indexed`).
        """
        described, raw = self._source(source), self.raw_id(session_id)
        found = self.query(
            f"SELECT 1 FROM {quoted(described.table)} WHERE {quoted(described.session_column)}"
            f" IS {place(raw)} LIMIT 1 OFFSET ?",
            (bound(raw), number),
        )
        return bool(found)

    def session_rows_after(
        self, source: int, session_id: str, after: int, upto: int, limit: int
    ) -> list[Event]:
        """Events of a session with ``after < seq <= upto``, the lowest ``limit`` of them.

        Meant for sources with an index on the session column (:attr:`session_indexed`).
        """
        view = f"event_rows_{source}"
        cells = self.session_cells_after(source, session_id, _EVENT, after, upto, limit, view=view)
        return self._events(source, cells)

    def session_cells_after(
        self,
        source: int,
        session_id: str,
        cells: str,
        after: int,
        upto: int,
        limit: int,
        *,
        view: str,
    ) -> Rows:
        """As :meth:`session_rows_after`, raw: these cells of a view, the first of them ``seq``."""
        between = (after + 1, upto)
        raw = self.raw_id(session_id)
        return self._indexed_page(source, raw, cells, limit, between, newest=False, view=view)

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
        select = f"SELECT {cells} FROM {view}"
        page = way(source, raw, select, limit, (low, high), newest, windows)
        page.sort(key=_seq_cell, reverse=newest)
        return page[:limit]

    def _seeking_page(
        self,
        source: int,
        raw: object,
        select: str,
        limit: int,
        between: tuple[int, int],
        newest: bool,
        windows: int | None,
    ) -> Rows:
        """As :meth:`_indexed_page`, the rowids chosen by SQLite for each page."""
        page: Rows = []
        size = limit
        low, high = between
        while low <= high:
            seqs, chosen = self._seqs(source, raw, (low, high), newest)
            chosen = (*chosen, size)
            page += self.query(f"{select} WHERE seq IN ({seqs})", chosen)
            if len(page) >= limit or not self._hides[source]:
                break
            if windows is not None and size >= WINDOW:
                windows -= 1
                if windows <= 0:
                    break
            number, first, last = self.query(
                f"SELECT count(*), min(rowid), max(rowid) FROM ({seqs})", chosen
            )[0]
            if number < size:
                break
            low, high = (low, first - 1) if newest else (last + 1, high)
            size = max(limit, WINDOW)
        return page

    def _seqs(
        self, source: int, raw: object, between: tuple[int, int], newest: bool
    ) -> tuple[str, tuple[object, ...]]:
        """SQL for the rowids of a session from the first to the last, and its parameters.

        Where the index has them in another order, all of the session's are looked at, so what
        is compared of each is as little as can be.
        """
        described, (low, high) = self._source(source), between
        sql = (
            f"SELECT rowid FROM {quoted(described.table)}"
            f" WHERE {quoted(described.session_column)} IS {place(raw)}"
        )
        chosen: tuple[object, ...] = (bound(raw),)
        if low > _LOWEST:
            sql, chosen = f"{sql} AND rowid >= ?", (*chosen, low)
        if high < _HIGHEST:
            sql, chosen = f"{sql} AND rowid <= ?", (*chosen, high)
        return f"{sql} ORDER BY rowid {'DESC' if newest else 'ASC'} LIMIT ?", chosen

    def _picked_page(
        self,
        source: int,
        raw: object,
        select: str,
        limit: int,
        between: tuple[int, int],
        newest: bool,
        windows: int | None,
    ) -> Rows:
        """As :meth:`_indexed_page`, the rowids taken from all of the session's."""
        # The plus keeps SQLite from looking for them in the session's index.
        of_session = f" AND +session_id IS {place(raw)}"
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
            for part in map(filled, parts(chosen)):
                marks = ",".join("?" * len(part))
                page += self.query(
                    f"{select} WHERE seq IN ({marks}){of_session}", (*part, bound(raw))
                )
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

    def _comes_in_order(self, source: int) -> bool:
        """Whether an index has the rows of each session in order of arrival."""
        known = self._orders.get(source)
        if known is None:
            sql, chosen = self._seqs(source, "", (_LOWEST, _HIGHEST), True)
            plan = self.query(f"EXPLAIN QUERY PLAN {sql}", (*chosen, 1))
            known = self._orders[source] = not any("B-TREE" in str(row[-1]) for row in plan)
        return known
