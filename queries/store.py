"""A store: somebody else's database seen as canonical rows, read in bounded pages.

One :class:`Store` is one connection; give each thread its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from queries.connection import Rows, StoreConnection, quoted
from queries.dialects.base import EVENT_COLUMNS, SESSION_COLUMNS, Source, to_event, to_session
from queries.models import Event, EventKey, Problem, Session
from queries.text import clean_id

PAGE = 500
"""Rows of one page."""
_PARAMETERS = 500
"""Bound values of one IN list; well under what any SQLite allows."""
_T = TypeVar("_T")


class Store(StoreConnection):
    """Pages of sessions and events of one store file."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self._bad: Counter[tuple[str, str]] = Counter()
        self._raw_ids: dict[str, object] = {}
        super().__init__(path)

    # -- rows to model ----------------------------------------------------------------------

    def _convert(
        self, where: str, rows: Rows, convert: Callable[[tuple[Any, ...]], _T]
    ) -> list[_T]:
        result = []
        for row in rows:
            try:
                result.append(convert(row))
            except (ValueError, TypeError, OverflowError, RecursionError) as error:
                self._bad[where, type(error).__name__] += 1
        return result

    def problems(self) -> tuple[Problem, ...]:
        """Rows that could not be read so far."""
        return tuple(
            Problem(where, f"rows left out: {what} while reading them", count)
            for (where, what), count in sorted(self._bad.items())
        )

    def _events(self, source: int, rows: Rows) -> list[Event]:
        described = self.mapping.sources[source]
        convert, zone = described.convert or to_event, self.mapping.zone

        def one(row: tuple[Any, ...]) -> Event:
            event = convert(source, row, zone)
            if row[2] != event.session_id:
                self._raw_ids.setdefault(event.session_id, row[2])
            return event

        return self._convert(described.name, rows, one)

    def raw_id(self, shown: str) -> object:
        """The store's own value for an id as it is shown."""
        return self._raw_ids.get(shown, shown)

    def _source(self, source: int) -> Source:
        described: Source = self.mapping.sources[source]
        return described

    # -- events -----------------------------------------------------------------------------

    def bounds(self, source: int) -> tuple[int, int] | None:
        """Lowest and highest seq of a source; None when it has no rows."""
        table = quoted(self._source(source).table)
        low = self.query(f"SELECT min(rowid) FROM {table}")[0][0]
        high = self.query(f"SELECT max(rowid) FROM {table}")[0][0]
        return None if low is None or high is None else (low, high)

    def count_rows(self, source: int) -> int:
        """Exact number of rows of a source's table; a walk over its smallest index."""
        table = quoted(self._source(source).table)
        number: int = self.query(f"SELECT count(*) FROM {table}", deadline=60)[0][0]
        return number

    def events_between(self, source: int, after: int, upto: int, limit: int) -> list[Event]:
        """Events with ``after < seq <= upto``, the lowest ``limit`` of them, in order."""
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source}"
            " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            (after, upto, limit),
        )
        return self._events(source, rows)

    def slice_start(self, source: int, upto: int, rows: int) -> int:
        """The seq before which ``rows`` rows end at ``upto``: a slice is (start, upto]."""
        table = quoted(self._source(source).table)
        found = self.query(
            f"SELECT rowid FROM {table} WHERE rowid <= ? ORDER BY rowid DESC LIMIT 1 OFFSET ?",
            (upto, rows - 1),
        )
        return int(found[0][0]) - 1 if found else -(2**63)

    def events_by_key(self, keys: Iterable[EventKey]) -> list[Event]:
        """The rows with these keys as they are now; missing ones are left out."""
        by_source: dict[int, list[int]] = {}
        for source, seq in keys:
            by_source.setdefault(source, []).append(seq)
        result: list[Event] = []
        for source, seqs in sorted(by_source.items()):
            for part in _parts(sorted(seqs)):
                marks = ",".join("?" * len(part))
                rows = self.query(
                    f"SELECT {_EVENT} FROM event_rows_{source} WHERE seq IN ({marks}) ORDER BY seq",
                    part,
                )
                result += self._events(source, rows)
        return result

    def session_page(
        self,
        source: int,
        session_id: str,
        *,
        before: int | None = None,
        limit: int = PAGE,
        within: tuple[int, int] | None = None,
    ) -> list[Event]:
        """The newest ``limit`` events of a session before a seq, in order of arrival.

        ``within`` is the range of seqs known to hold the session's rows; without an index
        on the session column it saves a walk over the rest of the table.
        """
        raw = self.raw_id(session_id)
        below = before if before is not None else 2**63 - 1
        if self.session_indexed[source]:
            described = self._source(source)
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source} WHERE seq IN ("
                f"SELECT rowid FROM {quoted(described.table)}"
                f" WHERE {quoted(described.session_column)} IS ? AND rowid < ?"
                " ORDER BY rowid DESC LIMIT ?)",
                (raw, below, limit),
            )
        else:
            low, high = within if within is not None else (-(2**63), 2**63 - 1)
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source}"
                " WHERE seq < ? AND seq <= ? AND seq >= ? AND +session_id IS ?"
                " ORDER BY seq DESC LIMIT ?",
                (below, high, low, raw, limit),
                deadline=30,
            )
        rows.sort(key=lambda row: row[0])
        return self._events(source, rows)

    def session_rows_after(
        self, source: int, session_id: str, after: int, upto: int, limit: int
    ) -> list[Event]:
        """Events of a session with ``after < seq <= upto``, the lowest ``limit`` of them.

        Meant for sources with an index on the session column (:attr:`session_indexed`).
        """
        described = self._source(source)
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source} WHERE seq IN ("
            f"SELECT rowid FROM {quoted(described.table)}"
            f" WHERE {quoted(described.session_column)} IS ? AND rowid > ? AND rowid <= ?"
            " ORDER BY rowid LIMIT ?)",
            (self.raw_id(session_id), after, upto, limit),
        )
        rows.sort(key=lambda row: row[0])
        return self._events(source, rows)

    def event_session_ids(self) -> set[str]:
        """Every session that any event names, declared or not; one walk over each source."""
        found: set[str] = set()
        for source in self.mapping.sources:
            column = quoted(source.session_column)
            for row in self.query(
                f"SELECT DISTINCT {column} FROM {quoted(source.table)}", deadline=60
            ):
                shown = clean_id(row[0])
                if shown != row[0]:
                    self._raw_ids.setdefault(shown, row[0])
                found.add(shown)
        return found

    def children_elsewhere(
        self, source: int, parents: Sequence[str], session_id: str
    ) -> list[Event]:
        """Events under these parents that belong to another session, at most a page a part."""
        if not self.parent_indexed[source]:
            return []
        found: list[Event] = []
        for part in _parts(parents):
            marks = ",".join("?" * len(part))
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{source}"
                f" WHERE parent_id IN ({marks}) AND session_id IS NOT ? LIMIT ?",
                (*part, self.raw_id(session_id), PAGE * 10),
            )
            found += self._events(source, rows)
        return sorted(found, key=lambda event: event.seq)

    def event_by_id(self, event_id: str, source: int | None = None) -> Event | None:
        """The event with this id of the store's own; None when there is none."""
        numbers = range(len(self.mapping.sources)) if source is None else (source,)
        for number in numbers:
            rows = self.query(
                f"SELECT {_EVENT} FROM event_rows_{number} WHERE id = ? LIMIT 1", (event_id,)
            )
            if rows:
                return self._events(number, rows)[0]
        return None

    def newest_time(self, source: int, upto: int) -> float | None:
        """The time of the latest row at or before a seq."""
        rows = self.query(
            f"SELECT {_EVENT} FROM event_rows_{source} WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
            (upto,),
        )
        events = self._events(source, rows)
        return events[0].time if events else None

    # -- sessions ---------------------------------------------------------------------------

    def sessions(self, *, after: int | None = None, limit: int) -> list[Session]:
        """Declared sessions, the latest written first; ``after``: only with a higher rowid."""
        if self.mapping.sessions is None:
            return []
        low = -(2**63) if after is None else after
        rows = self.query(
            f"SELECT {_SESSION} FROM session_rows WHERE seq > ? ORDER BY seq DESC LIMIT ?",
            (low, limit),
            deadline=30,
        )
        return self._sessions(rows)

    def sessions_by_id(self, ids: Sequence[str]) -> list[Session]:
        """The declared sessions with these ids; missing ones are left out."""
        if self.mapping.sessions is None:
            return []
        result: list[Session] = []
        for part in _parts([self.raw_id(session_id) for session_id in ids]):
            marks = ",".join("?" * len(part))
            rows = self.query(f"SELECT {_SESSION} FROM session_rows WHERE id IN ({marks})", part)
            result += self._sessions(rows)
        return result

    def sub_sessions(self, session_id: str) -> list[Session]:
        """Declared sessions whose parent is this one, oldest first; at most a page."""
        if self.mapping.sessions is None or self.mapping.sessions.parent_column is None:
            return []
        rows = self.query(
            f"SELECT {_SESSION} FROM session_rows WHERE parent_id = ? ORDER BY seq LIMIT ?",
            (self.raw_id(session_id), PAGE),
        )
        return self._sessions(rows)

    def count_sessions(self) -> int:
        """Number of declared sessions."""
        if self.mapping.sessions is None:
            return 0
        table = quoted(self.mapping.sessions.table)
        number: int = self.query(f"SELECT count(*) FROM {table}", deadline=30)[0][0]
        return number

    def last_session_row(self) -> int:
        """The highest rowid of the sessions table; 0 when there is none."""
        if self.mapping.sessions is None:
            return 0
        table = quoted(self.mapping.sessions.table)
        return self.query(f"SELECT max(rowid) FROM {table}")[0][0] or 0

    def _sessions(self, rows: Rows) -> list[Session]:
        mapping = self.mapping
        for row in rows:
            shown = clean_id(row[1])
            if shown != row[1]:
                self._raw_ids.setdefault(shown, row[1])
        table = mapping.sessions.table if mapping.sessions is not None else "sessions"
        convert = mapping.convert_session or to_session
        return self._convert(table, rows, lambda row: convert(row, mapping))


_EVENT = ", ".join(EVENT_COLUMNS)
_SESSION = ", ".join(SESSION_COLUMNS)


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(values), _PARAMETERS):
        yield values[start : start + _PARAMETERS]
