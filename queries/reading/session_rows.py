"""The rows of one session of a store, in bounded pages and in order of arrival."""

from __future__ import annotations

from operator import attrgetter, itemgetter, ne
from pathlib import Path
from typing import TYPE_CHECKING, Any

from queries.dialects.base import EVENT_COLUMNS
from queries.dialects.conversion import to_event
from queries.models import Event
from queries.reading.connection import Rows, quoted
from queries.reading.indexed_rows import IndexedRows
from queries.reading.raw_ids import RawIds, bound, place
from queries.reading.selects import with_marks
from queries.reading.session_pages import PAGE, UNREADABLE

if TYPE_CHECKING:
    from queries.reading.lean_columns import Minutes

FEW = 8
"""Rows: so few are made into events one by one."""
_seq_cell, _ids_of_row = itemgetter(0), itemgetter(1, 2)
_ids_of = attrgetter("id", "session_id")
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_EVENT = ", ".join(EVENT_COLUMNS)


class SessionRows(IndexedRows):
    """Pages of single sessions' events."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self._raw_event_ids = RawIds()
        self._minutes: Minutes | None = None
        super().__init__(path)

    def _make_views(self) -> None:
        super()._make_views()
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
            self._note(row, event)
            events.append(event)
        return events

    def _note(self, row: tuple[Any, ...], event: Event) -> None:
        """Remember the ids of a row that is found by other ones than it shows."""
        if row[2] != event.session_id:
            self._raw_ids.note(event.session_id, row[2])
        if row[1] != event.id and type(row[1]) is not int:
            self._raw_event_ids.note(event.id, row[1])

    def _events_together(self, source: int, rows: Rows) -> list[Event]:
        """As :meth:`_events`, of many rows; raises what one of them raises."""
        # Lists of sessions do without these.
        from queries.reading.event_columns import events_of
        from queries.reading.lean_columns import Minutes

        zone = self.mapping.zone
        if self._minutes is None or self._minutes.zone != zone:
            self._minutes = Minutes(zone)
        events = events_of(source, self.mapping.sources[source], rows, self._minutes)
        if any(map(ne, map(_ids_of_row, rows), map(_ids_of, events))):
            for row, event in zip(rows, events, strict=True):
                self._note(row, event)
        return events

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

        ``windows``: how often to look at :data:`~queries.reading.indexed_rows.WINDOW` older
        rows where a source hides those that it has shown; until there are enough by default.

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
        rows: Rows = []
        high = _HIGHEST if before is None else before - 1
        while len(rows) < limit:
            size = min(self.rows_at_once(limit), limit - len(rows))
            older = self._newest_cells(source, raw, cells, view, high, size, within, windows)
            rows[:0] = older
            if len(older) < size:
                break
            high = older[0][0] - 1
        return rows

    def _newest_cells(
        self,
        source: int,
        raw: object,
        cells: str,
        view: str,
        high: int,
        limit: int,
        within: tuple[int, int] | None,
        windows: int | None,
    ) -> Rows:
        """The newest rows of a session up to a seq, in order of arrival, by one query."""
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
