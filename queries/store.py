"""A store: somebody else's database seen as canonical rows, read in bounded pages.

One :class:`Store` is one connection; give each thread its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from queries.connection import Rows, quoted
from queries.dialects.base import EVENT_COLUMNS, Source, to_event
from queries.models import Event, EventKey, EventKind
from queries.opening import StoreBusyError
from queries.raw_ids import RawIds, bound, place
from queries.selects import bare_select, with_marks
from queries.session_pages import PAGE, SessionPages, parts, places

__all__ = ["PAGE", "Store"]

WINDOW = 5000
"""Rows looked at in one step where a source may hide most of them."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_EVENT = ", ".join(EVENT_COLUMNS)


class Store(SessionPages):
    """Pages of sessions and events of one store file."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self._raw_event_ids = RawIds()
        super().__init__(path)

    def _make_views(self) -> None:
        super()._make_views()
        self._again: dict[EventKey, tuple[tuple[object, object], Event]] = {}
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
        convert, zone = described.convert or to_event, self.mapping.zone

        def one(row: tuple[Any, ...]) -> Event:
            event = convert(source, row, zone)
            if row[2] != event.session_id:
                self._raw_ids.note(event.session_id, row[2])
            if row[1] != event.id and type(row[1]) is not int:
                self._raw_event_ids.note(event.id, row[1])
            return event

        return self._convert(described.name, rows, one)

    def _source(self, source: int) -> Source:
        sources: tuple[Source, ...] = self.mapping.sources
        if source >= len(sources):
            # What is left of a damaged file may lack a table that was there a moment ago.
            raise StoreBusyError(f"{self.info.path}: has changed while it was read.")
        return sources[source]

    # -- events -----------------------------------------------------------------------------

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

    def count_rows(self, source: int) -> int:
        """Exact number of rows of a source's table; a walk over its smallest index."""
        table = quoted(self._source(source).table)
        number: int = self.query(f"SELECT count(*) FROM {table}", deadline=60)[0][0]
        return number

    def count_events(self, source: int, deadline: float) -> int:
        """Exact number of events of a source. Raises QueryStoppedError after ``deadline`` s."""
        sql = f"SELECT count(*) FROM event_rows_{source}"
        number: int = self.query(sql, deadline=deadline)[0][0]
        return number

    def events_between(self, source: int, after: int, upto: int, limit: int) -> list[Event]:
        """Events with ``after < seq <= upto``, the lowest ``limit`` of them, in order."""
        return self.event_page(source, after, upto, limit)[0]

    def event_page(self, source: int, after: int, upto: int, limit: int) -> tuple[list[Event], int]:
        """As :meth:`events_between`, and the seq after which to go on; ``upto`` at the end."""
        low, high = max(after + 1, _LOWEST), min(upto, _HIGHEST)
        if low > high:
            return [], upto
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source}"
            " WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
            (low, high, limit),
        )
        return self._events(source, rows), int(rows[-1][0]) if len(rows) == limit else upto

    def newest_between(self, source: int, after: int, upto: int, limit: int) -> list[Event]:
        """Events with ``after < seq <= upto``, the highest ``limit`` of them, in order."""
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source}"
            " WHERE seq >= ? AND seq <= ? ORDER BY seq DESC LIMIT ?",
            (max(after + 1, _LOWEST), min(upto, _HIGHEST), limit),
        )
        return self._events(source, rows[::-1])

    def slice_start(self, source: int, upto: int, rows: int) -> int:
        """The seq before which ``rows`` rows end at ``upto``: a slice is (start, upto]."""
        table = quoted(self._source(source).table)
        found = self.query(
            f"SELECT rowid FROM {table} WHERE rowid <= ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",
            (upto, rows - 1),
        )
        return int(found[0][0]) - 1 if found else _LOWEST - 1

    def slice_end(self, source: int, after: int, rows: int) -> int:
        """The seq of the last of the next ``rows`` rows: a slice is (after, end]."""
        table = quoted(self._source(source).table)
        found = self.query(
            f"SELECT rowid FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT 1 OFFSET ?",
            (after, rows - 1),
        )
        return int(found[0][0]) if found else _HIGHEST

    def events_by_key(self, keys: Iterable[EventKey]) -> list[Event]:
        """The rows with these keys as they are now; missing ones are left out."""
        return [
            event
            for source, rows in self._rows_by_key(keys)
            for event in self._events(source, rows)
        ]

    def events_again(self, keys: Iterable[EventKey]) -> list[Event]:
        """As :meth:`events_by_key`; the same objects for rows that are as they were last time."""
        before, self._again = self._again, {}
        result: list[Event] = []
        for source, rows in self._rows_by_key(keys):
            for row in rows:
                # 1 and 1.0 are equal, but do not look the same.
                cells = (row, tuple(map(type, row)))
                known = before.get((source, row[0]))
                if known is None or known[0] != cells:
                    made = self._events(source, [row])
                    if not made:
                        continue
                    known = (cells, made[0])
                self._again[source, row[0]] = known
                result.append(known[1])
        return result

    def _rows_by_key(self, keys: Iterable[EventKey]) -> Iterator[tuple[int, Rows]]:
        by_source: dict[int, list[int]] = {}
        for source, seq in keys:
            by_source.setdefault(source, []).append(seq)
        for source, seqs in sorted(by_source.items()):
            for part in parts(sorted(seqs)):
                marks = ",".join("?" * len(part))
                sql = f"SELECT {_EVENT} FROM event_rows_{source} WHERE seq IN ({marks})"
                yield source, self.query(f"{sql} ORDER BY seq", part)

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
        raw = self.raw_id(session_id)
        high = _HIGHEST if before is None else before - 1
        if self.session_indexed[source]:
            rows = self._indexed_page(
                source, raw, _EVENT, limit, (_LOWEST, high), newest=True, windows=windows
            )
        else:
            # One bound on each side: the planner would use only the first of two.
            low, last = within if within is not None else (_LOWEST, _HIGHEST)
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source}"
                f" WHERE seq >= ? AND seq <= ? AND session_id IS {place(raw)}"
                " ORDER BY seq DESC LIMIT ?",
                (low, max(min(last, high), _LOWEST), bound(raw), limit),
                deadline=30,
            )
        rows.sort(key=lambda row: row[0])
        return self._events(source, rows)

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
        view: str | None = None,
        windows: int | None = None,
    ) -> Rows:
        """The newest (or oldest) rows of a session with a seq from the first to the last.

        A source may hide rows, so the rowids are taken from its table and a page that comes
        out short is continued.
        """
        described = self._source(source)
        seqs = (
            f"SELECT rowid FROM {quoted(described.table)}"
            f" WHERE {quoted(described.session_column)} IS {place(raw)}"
            " AND rowid >= ? AND rowid <= ?"
            f" ORDER BY rowid {'DESC' if newest else 'ASC'} LIMIT ?"
        )
        page: Rows = []
        size = limit
        low, high = max(between[0], _LOWEST), min(between[1], _HIGHEST)
        while low <= high:
            chosen = (bound(raw), low, high, size)
            page += self.query(
                f"SELECT {cells} FROM {view or f'event_rows_{source}'} WHERE seq IN ({seqs})",
                chosen,
            )
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
        page.sort(key=lambda row: row[0], reverse=newest)
        return page[:limit]

    def events_of_kind(
        self, source: int, kind: EventKind, after: int, upto: int, limit: int
    ) -> list[Event]:
        """Events of one kind with ``after < seq <= upto``, the highest ``limit`` of them."""
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source}"
            " WHERE seq >= ? AND seq <= ? AND kind = ? ORDER BY seq DESC LIMIT ?",
            (max(after + 1, _LOWEST), min(upto, _HIGHEST), kind.value, limit),
        )
        rows.sort(key=lambda row: row[0])
        return self._events(source, rows)

    def failed_call(self, source: int, tool: str, after: int, upto: int) -> Event | None:
        """The latest failed call of a tool with ``after < seq <= upto``."""
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source} WHERE seq >= ? AND seq <= ?"
            " AND tool = ? AND state = 'error' AND kind IN ('tool', 'delegation')"
            " ORDER BY seq DESC LIMIT 1",
            (max(after + 1, _LOWEST), min(upto, _HIGHEST), tool),
        )
        events = self._events(source, rows)
        return events[0] if events else None

    def children(self, source: int, parents: Sequence[str], limit: int) -> list[Event]:
        """Events under these parents, whatever their session, at most ``limit``.

        There are none to be had where no index serves their parents.
        """
        if not self.parent_indexed[source]:
            return []
        found: list[Event] = []
        for part in parts([self._raw_event_ids.get(parent) for parent in parents]):
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source} WHERE parent_id IN ({places(part)})"
                " LIMIT ?",
                (*map(bound, part), limit),
            )
            found += self._events(source, rows)
        return sorted(found, key=lambda event: event.seq)[:limit]

    def children_elsewhere(
        self, source: int, parents: Sequence[str], session_id: str
    ) -> list[Event]:
        """Events under these parents that belong to another session, at most a page a part."""
        if not self.parent_indexed[source]:
            return []
        own = self.raw_id(session_id)
        found: list[Event] = []
        for part in parts([self._raw_event_ids.get(parent) for parent in parents]):
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source} WHERE parent_id IN ({places(part)})"
                f" AND session_id IS NOT {place(own)} LIMIT ?",
                (*map(bound, part), bound(own), PAGE * 10),
            )
            found += self._events(source, rows)
        return sorted(found, key=lambda event: event.seq)

    def event_by_id(self, event_id: str, source: int | None = None) -> Event | None:
        """The event with this id of the store's own; None when there is none."""
        raw = self._raw_event_ids.get(event_id)
        numbers = range(len(self.mapping.sources)) if source is None else (source,)
        for number in numbers:
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{number} WHERE id = {place(raw)} LIMIT 1",
                (bound(raw),),
            )
            if rows:
                return self._events(number, rows)[0]
        return None

    def newest_time(self, source: int, upto: int) -> float | None:
        """The time of the latest row at or before a seq, be it hidden or not."""
        rows = self.query(
            f"SELECT {_EVENT} FROM {'all' if self._hides[source] else 'event'}_rows_{source}"
            " WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
            (upto,),
        )
        events = self._events(source, rows)
        return events[0].time if events else None
