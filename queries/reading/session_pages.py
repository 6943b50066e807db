"""The sessions that a store declares, and the ids of those it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from queries.dialects.base import SESSION_COLUMNS
from queries.dialects.cells import identifier
from queries.dialects.conversion import status_of, to_session
from queries.models import Problem, Session, SessionStatus
from queries.reading.connection import Rows, StoreConnection, quoted
from queries.reading.raw_ids import RawIds, bound_list
from queries.reading.selects import having, of_rows
from queries.text import clean_id
from queries.times import parse_time

PAGE = 500
"""Rows of one page."""
PARAMETERS = 500
"""Bound values of one IN list; well under what any SQLite allows."""
NEAR = 20_000
"""Sub-agents' sessions are looked for among so many that were written before or after."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_SESSION = ", ".join(SESSION_COLUMNS)
SESSIONS_KEPT = 1000
"""Sessions of which it is known what their rows look like: the same are asked for after every
commit."""
UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)
"""What is raised where a row cannot be made into what it stands for."""


class SessionPages(StoreConnection):
    """Pages of sessions of one store file."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        self._bad: Counter[tuple[str, str]] = Counter()
        self._raw_ids = RawIds()
        self._looked_for: tuple[int, set[str]] = (0, set())
        super().__init__(path)

    def _make_views(self) -> None:
        super()._make_views()
        self._sessions_read: dict[object, tuple[tuple[object, object], Session]] = {}
        """By rowid: the cells and what was made of them."""

    # -- rows to model ----------------------------------------------------------------------

    def _leave_out(self, where: str, error: Exception) -> None:
        """Count a row that cannot be read."""
        self._bad[where, type(error).__name__] += 1

    def problems(self) -> tuple[Problem, ...]:
        """Rows that could not be read so far."""
        return (
            tuple(
                Problem(where, f"rows left out: {what} while reading them", count)
                for (where, what), count in sorted(self._bad.items())
            )
            + self.left_out
        )

    def _sessions(self, rows: Rows) -> list[Session]:
        mapping = self.mapping
        table = mapping.sessions.table if mapping.sessions is not None else "sessions"
        make = mapping.convert_session or to_session
        known = self._sessions_read
        if len(known) > SESSIONS_KEPT:
            known.clear()
        is_page = len(rows) <= SESSIONS_KEPT

        sessions: list[Session] = []
        for row in rows:
            try:
                if is_page:
                    # 1 and 1.0 are equal, but do not look the same.
                    cells = (row, tuple(map(type, row)))
                    before = known.get(row[0])
                    if before is None or before[0] != cells:
                        before = known[row[0]] = (cells, make(row, mapping))
                    session = before[1]
                else:
                    session = make(row, mapping)
            except UNREADABLE as error:
                self._leave_out(table, error)
                continue
            if session.id != row[1]:
                self._raw_ids.note(session.id, row[1])
            sessions.append(session)
        return sessions

    @property
    def shows_ids(self) -> bool:
        """Whether the ids of all sessions that were read so far are shown as they are."""
        return self._raw_ids.is_empty

    def raw_id(self, shown: str) -> object:
        """The store's own value for a session's id as it is shown.

        An id that had to be changed to be shown, and that was not read before, is looked for
        among all sessions.
        """
        if self._raw_ids.is_missing(shown):
            version, looked_for = self._looked_for
            if version != self.version:
                looked_for = set()
            if shown not in looked_for:
                looked_for.add(shown)
                self._looked_for = (self.version, looked_for)
                self._learn_ids(shown)
        return self._raw_ids.get(shown)

    def _learn_ids(self, wanted: str) -> None:
        tables = [(source.table, source.session_column) for source in self.mapping.sources]
        if self.mapping.sessions is not None:
            tables.insert(0, (self.mapping.sessions.table, self.mapping.sessions.id_column))
        for table, name in tables:
            for (raw,) in self.query(
                f"SELECT DISTINCT {quoted(name)} FROM {quoted(table)}", deadline=60
            ):
                shown = clean_id(raw)
                if shown != raw:
                    self._raw_ids.note(shown, raw)
            if not self._raw_ids.is_missing(wanted):
                return

    # -- declared sessions --------------------------------------------------------------------

    def sessions(self, *, after: int | None = None, limit: int) -> list[Session]:
        """Declared sessions, the latest written first; ``after``: only with a higher rowid."""
        if self.mapping.sessions is None:
            return []
        low = _LOWEST if after is None else min(after + 1, _HIGHEST)
        rows = self.query(
            f"SELECT {_SESSION} FROM session_rows WHERE seq >= ? ORDER BY seq DESC LIMIT ?",
            (low, limit),
            deadline=30,
        )
        return self._sessions(rows)

    def sessions_upto(self, upto: int, limit: int) -> tuple[list[Session], int | None]:
        """Declared sessions up to a rowid, the latest written first.

        Returns:
            The sessions, and the rowid to go on with; None when these were the last.
        """
        if self.mapping.sessions is None:
            return [], None
        rows = self.query(
            f"SELECT {_SESSION} FROM session_rows WHERE seq <= ? ORDER BY seq DESC LIMIT ?",
            (upto, limit),
        )
        is_last = len(rows) < limit or rows[-1][0] == _LOWEST
        return self._sessions(rows), None if is_last else int(rows[-1][0]) - 1

    def sessions_by_id(self, ids: Sequence[str]) -> list[Session]:
        """The declared sessions with these ids; missing ones are left out.

        Of several rows with one id that which was written first comes last.
        """
        if self.mapping.sessions is None:
            return []
        result: list[Session] = []
        for part in filled_parts([self.raw_id(session_id) for session_id in ids]):
            marks, values = bound_list(part)
            source = self.mapping.sessions
            chosen = having(quoted(source.table), quoted(source.id_column), marks)
            rows = self.query(
                of_rows(_SESSION, "session_rows", chosen)
                # The plus keeps SQLite from walking through all of them in this order.
                + " ORDER BY +seq DESC",
                values,
            )
            result += self._sessions(rows)
        return result

    def session_signs(self) -> tuple[set[str], list[str]]:
        """The ids of all declared sessions, and those that say they run, the latest first.

        Far less is read than for the sessions themselves, so there may be any number of them.
        """
        mapping = self.mapping
        if mapping.sessions is None:
            return set(), []
        rows = self.query("SELECT id, status FROM session_rows ORDER BY seq DESC", deadline=30)
        words = {status: status_of(status, mapping) for status in {row[1] for row in rows}}
        ids: set[str] = set()
        running: list[str] = []
        for raw, status in rows:
            shown = clean_id(raw)
            if shown != raw:
                self._raw_ids.note(shown, raw)
            ids.add(shown)
            if words[status] is SessionStatus.RUNNING:
                running.append(shown)
        return ids, running

    def session_starts(self) -> dict[str, float | None]:
        """When each declared session began, by its id, where it says so."""
        mapping = self.mapping
        if mapping.sessions is None:
            return {}
        zone = mapping.session_zone or mapping.zone
        rows = self.query("SELECT id, started FROM session_rows ORDER BY seq DESC", deadline=30)
        return {identifier(raw): parse_time(started, zone) for raw, started in rows}

    def sub_sessions(self, session_id: str) -> list[Session]:
        """Declared sessions whose parent is this one, oldest first; at most a page."""
        return self.sub_sessions_of([session_id])

    def sub_sessions_of(self, session_ids: Sequence[str]) -> list[Session]:
        """Declared sessions whose parent is one of these, oldest first; at most a page.

        A parent may be told by an expression that no index serves. So in a long list of
        sessions only those are looked at that were written near their parent.
        """
        if self.mapping.sessions is None or not session_ids:
            return []
        marks, values = bound_list([self.raw_id(name) for name in session_ids[:PARAMETERS]])
        first, last = self.query(
            f"SELECT min(seq), max(seq) FROM session_rows WHERE id IN ({marks})", values
        )[0]
        if first is None or last is None:
            first = last = self.last_session_row()
        rows = self.query(
            f"SELECT {_SESSION} FROM session_rows WHERE seq >= ? AND seq <= ?"
            f" AND parent_id IN ({marks}) ORDER BY seq LIMIT ?",
            (max(first - NEAR, _LOWEST), min(last + NEAR, _HIGHEST), *values, PAGE),
            deadline=30,
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
                    self._raw_ids.note(shown, row[0])
                found.add(shown)
        return found


def parts(values: Sequence[Any], most: int = PARAMETERS) -> Iterable[Sequence[Any]]:
    """The values in groups of at most so many; of as many as one statement can take by default."""
    for start in range(0, len(values), most):
        yield values[start : start + most]


def filled(values: Sequence[Any]) -> Sequence[Any]:
    """The values of a part, the last one repeated up to one of few lengths.

    In an IN list that changes nothing, and there are few different statements. SQLite reads a
    new one for longer than it looks up a dozen rows, and keeps what it made of each, which takes
    as much memory as hundreds of rows.
    """
    missing = min(1 << (len(values) - 1).bit_length(), PARAMETERS) - len(values)
    return [*values, *[values[-1]] * missing] if missing > 0 else values


def filled_parts(values: Sequence[Any], most: int = PARAMETERS) -> Iterable[Sequence[Any]]:
    """As :func:`parts`, each :func:`filled`."""
    return map(filled, parts(values, most))
