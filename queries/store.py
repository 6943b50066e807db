"""A store: somebody else's database seen as canonical rows, read in bounded pages.

One :class:`Store` is one connection; give each thread its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from operator import itemgetter

from queries.dialects.base import EVENT_COLUMNS
from queries.models import Event, EventKey, EventKind
from queries.pausing import in_turns
from queries.reading.connection import Rows, quoted
from queries.reading.indexed_rows import WINDOW
from queries.reading.raw_ids import bound, bound_list, place
from queries.reading.selects import having, numbered, of_rows
from queries.reading.session_pages import PAGE, PARAMETERS, filled, filled_parts, parts
from queries.reading.session_rows import SessionRows

__all__ = ["PAGE", "WINDOW", "Store"]

MANY = PAGE * 10
"""Rows under some parents that are read at once at most."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_EVENT = ", ".join(EVENT_COLUMNS)
_seq_cell = itemgetter(0)


class Store(SessionRows):
    """Pages of sessions and events of one store file."""

    def _make_views(self) -> None:
        super()._make_views()
        self._again: dict[EventKey, tuple[tuple[object, object], Event]] = {}

    # -- events -----------------------------------------------------------------------------

    def count_events(self, source: int, deadline: float) -> int:
        """Exact number of events of a source. Raises QueryStoppedError after ``deadline`` s."""
        sql = f"SELECT count(*) FROM event_rows_{source}"
        number: int = self.query(sql, deadline=deadline)[0][0]
        return number

    def count_kind(self, source: int, kind: EventKind, after: int, upto: int) -> tuple[int, int]:
        """How many events with ``after < seq <= upto`` there are, and how many of one kind."""
        number, of_kind = self.query(
            f"SELECT count(*), count(CASE WHEN kind = ? THEN 1 END) FROM event_rows_{source}"
            " WHERE seq > ? AND seq <= ?",
            (kind.value, after, upto),
            deadline=60,
        )[0]
        return number, of_kind

    def events_between(self, source: int, after: int, upto: int, limit: int) -> list[Event]:
        """Events with ``after < seq <= upto``, the lowest ``limit`` of them, in order."""
        return self.event_page(source, after, upto, limit)[0]

    def event_page(self, source: int, after: int, upto: int, limit: int) -> tuple[list[Event], int]:
        """As :meth:`events_between`, and the seq after which to go on; ``upto`` at the end."""
        low, high = max(after + 1, _LOWEST), min(upto, _HIGHEST)
        rows: Rows = []
        while low <= high and len(rows) < limit:
            size = min(self.rows_at_once(limit), limit - len(rows))
            newer = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source}"
                " WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
                (low, high, size),
            )
            rows += newer
            if len(newer) < size:
                break
            low = newer[-1][0] + 1
        return self._events(source, rows), int(rows[-1][0]) if len(rows) == limit else upto

    def slice_start(self, source: int, upto: int, rows: int) -> int:
        """The seq before which ``rows`` rows end at ``upto``: a slice is (start, upto]."""
        table = quoted(self._source(source).table)
        near = max(upto - rows, _LOWEST)
        # Upwards, as the file lies on its disk, which reads ahead then.
        known = self.query(
            f"SELECT count(*) FROM {table} WHERE rowid > ? AND rowid <= ?", (near, upto)
        )[0][0]
        if known == rows:
            return near
        # Where seqs are missing, there are older ones instead.
        found = self.query(
            f"SELECT rowid FROM {table} WHERE rowid <= ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",
            (near, rows - known - 1),
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
            for row in in_turns(rows):
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
            for part in parts(sorted(set(seqs)), self.rows_at_once(PARAMETERS)):
                chosen, values = numbered(part)
                rows = self.query(of_rows(_EVENT, f"event_rows_{source}", chosen), values)
                yield source, sorted(rows, key=_seq_cell)

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
        for part in filled_parts([self._raw_event_ids.get(parent) for parent in parents]):
            marks, values = bound_list(part)
            below = of_rows(_EVENT, f"event_rows_{source}", self._below(source, marks))
            rows = self.query(f"{below} LIMIT ?", (*values, limit))
            found += self._events(source, rows)
        return sorted(found, key=lambda event: event.seq)[:limit]

    def children_elsewhere(
        self,
        source: int,
        parents: Sequence[str],
        session_id: str,
        known: Container[EventKey] = frozenset(),
    ) -> list[Event]:
        """Events under these parents that belong to another session, at most a page a part.

        ``known``: rows that are not asked for. Mostly these are all, which the index on
        the parents alone tells.
        """
        if not self.parent_indexed[source]:
            return []
        own = self.raw_id(session_id)
        found: list[Event] = []
        for part in filled_parts([self._raw_event_ids.get(parent) for parent in parents]):
            marks, values = bound_list(part)
            seqs = self._child_seqs(source, marks, values)
            wanted: list[tuple[str, Sequence[object]]] = [(self._below(source, marks), values)]
            if len(seqs) < MANY:
                unknown = sorted(seq for seq in seqs if (source, seq) not in known)
                wanted = [numbered(some) for some in parts(unknown, self.rows_at_once(PARAMETERS))]
            for chosen, values in wanted:
                rows = self.query(
                    of_rows(_EVENT, f"event_rows_{source}", chosen)
                    # The plus keeps SQLite from looking for them in the session's index.
                    + f" WHERE +session_id IS NOT {place(own)} LIMIT ?",
                    (*values, bound(own), MANY),
                )
                found += self._events(source, rows)
        return sorted(found, key=lambda event: event.seq)

    def _child_seqs(self, source: int, marks: str, values: Sequence[object]) -> set[int]:
        """The seqs of rows of a table under parents, all of them or :data:`MANY`."""
        rows = self.query(f"{self._below(source, marks)} LIMIT ?", (*values, MANY))
        return {row[0] for row in rows}

    def _below(self, source: int, marks: str) -> str:
        """SQL for the rowids of rows under parents, which the index on these tells."""
        described = self._source(source)
        return having(quoted(described.table), quoted(described.parent_column or ""), marks)

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

    def events_by_id(self, ids: Iterable[str]) -> dict[str, Event]:
        """Those events with these ids that there are, many of them at a time.

        Where no index serves the ids, each look is at the whole store.
        """
        found: dict[str, Event] = {}
        wanted = list(dict.fromkeys(ids))
        for source in range(len(self.mapping.sources)):
            for some in parts([name for name in wanted if name not in found]):
                marks, values = bound_list(filled([*map(self._raw_event_ids.get, some)]))
                described = self._source(source)
                chosen = having(quoted(described.table), quoted(described.id_column), marks)
                rows = self.query(
                    of_rows(_EVENT, f"event_rows_{source}", chosen) + " ORDER BY seq LIMIT ?",
                    (*values, MANY),
                )
                for event in self._events(source, rows):
                    found.setdefault(event.id, event)
                if len(rows) == MANY:
                    # So many have the same id that others may have been left out.
                    for name in some:
                        event_or_none = found.get(name) or self.event_by_id(name, source)
                        if event_or_none is not None:
                            found[name] = event_or_none
        return found

    def newest_time(self, source: int, upto: int) -> float | None:
        """The time of the latest row at or before a seq, be it hidden or not."""
        rows = self.query(
            f"SELECT {_EVENT} FROM {'all' if self._hides[source] else 'event'}_rows_{source}"
            " WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
            (upto,),
        )
        events = self._events(source, rows)
        return events[0].time if events else None
