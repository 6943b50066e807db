"""One read-only connection to a store: recognised, guarded, and told when it changed."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Self

from queries.dialects import explain_unknown, has_rowids, read_schema, recognise
from queries.dialects.base import StoreMapping
from queries.models import EventKey, EventKind, Problem, StoreInfo
from queries.opening import files as opening
from queries.opening.changes import Change as Change
from queries.opening.changes import is_hasty, is_overwritten
from queries.opening.file_head import journal_mode
from queries.opening.files import (
    Opened,
    Origin,
    Signature,
    StoreDamagedError,
    StoreError,
)
from queries.opening.guard import authorize
from queries.plain_data import replace
from queries.reading.bounded_queries import BoundedQueries
from queries.reading.bounded_queries import Rows as Rows
from queries.reading.known_messages import knowing_message, known_message
from queries.text import clean

_NO_ROWID = "(no such column: rowid)."
_WITHOUT_ROWID = (
    "a table that is to be followed is WITHOUT ROWID, so its rows have no order of arrival."
)


class StoreConnection(BoundedQueries):
    """A read-only connection to one store file.

    A store that nobody had open is read without locks. When a writer comes along, the query
    that would have seen half of what it writes runs again on a connection that locks.
    """

    mapping: StoreMapping
    info: StoreInfo
    signature: Signature
    """Of the files, when they were last looked at."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises StoreError with one sentence when it is not a usable store."""
        super().__init__(Path(path))
        self._moved: Change | None = None
        self._tried: EventKey | None = None
        """The message known of this store when it was decided whether it has any."""
        self._good_until = 0.0
        """Until when a private copy is not renewed."""
        self._open()

    def _open(self) -> None:
        self._asked = time.time_ns()
        self.signature = self._base = opening.signature(self.path)
        self._opened = opening.open_readonly(self.path)
        self.connection = self._opened.connection
        try:
            try:
                self._prepare(self._opened.how, self._opened.origin)
            except StoreDamagedError:
                self._salvage(self._opened)
        except BaseException:
            self._let_go()
            raise

    def _salvage(self, opened: Opened) -> None:
        """Go on with what is left of a damaged file. Raises StoreError; nothing changes then."""
        if opened.is_salvaged or opened.origin is not None:
            raise  # the damage that was found
        found = opening.salvaged(self.path, opened, self._base, self._is_stopped)
        self._let_go()
        self._opened, self.connection = found, found.connection
        self._good_until = time.monotonic() + found.lasting
        self._prepare(found.how, None)

    def _prepare(self, how: str, origin: Origin | None) -> None:
        self._holds_up = True
        self.connection.set_progress_handler(self._tick, 2000)
        self.schema = read_schema(self._probe)
        mapping = self._recognised()
        self.mapping = mapping if origin is None else opening.imported(mapping, origin)
        self._make_views()
        self.mapping = mapping = self._knowing_message(self.mapping)
        self.session_indexed = tuple(
            self.leads_index(source.table, source.session_column) for source in mapping.sources
        )
        self.parent_indexed = tuple(
            source.parent_column is not None
            and self.leads_index(source.table, source.parent_column)
            for source in mapping.sources
        )
        journal = self._probe("PRAGMA journal_mode")[0][0]
        self._schema_version: int = self._probe("PRAGMA schema_version")[0][0]
        self._data_version: int = self._probe("PRAGMA data_version")[0][0]
        self._probe("PRAGMA query_only=1")
        self.connection.set_authorizer(authorize)
        self.info = StoreInfo(
            path=clean(str(self.path)),
            dialect=self.mapping.dialect,
            why=self.mapping.why,
            sources=tuple(source.name for source in mapping.sources),
            journal_mode=(
                "duckdb" if origin is not None else journal_mode(self.path, clean(journal))
            ),
            opened_as=how,
            has_messages=mapping.has_messages,
            size=self.signature.size,
        )
        self._holds_up = self.info.journal_mode != "wal" and not self.is_detached

    def _recognised(self) -> StoreMapping:
        try:
            mapping = recognise(self.schema, self._probe)
            is_followed = mapping is None or has_rowids(mapping, self._probe)
        except StoreError as error:
            if not str(error).endswith(_NO_ROWID):
                raise
            is_followed = False
        if not is_followed:
            raise StoreError(f"{clean(str(self.path))}: {_WITHOUT_ROWID}")
        if mapping is None:
            raise StoreError(f"{clean(str(self.path))}: {explain_unknown(self.schema)}")
        return mapping

    def _make_views(self) -> None:
        for number, source in enumerate(self.mapping.sources):
            self._probe(f"CREATE TEMP VIEW event_rows_{number} AS {source.select}")
        if self.mapping.sessions is not None:
            self._probe(f"CREATE TEMP VIEW session_rows AS {self.mapping.sessions.select}")

    def close(self) -> None:
        """Close the connection; a private copy is removed. Safe to call twice."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _let_go(self) -> None:
        opened, self._opened = self._opened, None
        if opened is None:
            return
        with contextlib.suppress(sqlite3.Error):
            opened.connection.close()
        if opened.copy is not None:
            opened.copy.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- noticing changes -------------------------------------------------------------------

    def change(self) -> Change:
        """What happened since the last call. A few microseconds. Raises StoreGoneError."""
        now = opening.signature(self.path)
        before, self.signature = self.signature, now
        if now.file != before.file or now.file != self._base.file:
            return Change.REPLACED
        moved, self._moved = self._moved, None
        if moved is not None:
            return moved
        if self._opened is None:
            return Change.REOPEN
        if self.mapping.may_have_messages and known_message(now.file) != self._tried:
            return Change.REOPEN
        if self.is_detached:
            if time.monotonic() < self._good_until:
                return Change.NONE
            is_other = now != self._base or is_hasty(self._base, self._asked)
            return Change.REOPEN if is_other else Change.NONE
        version = self.query("PRAGMA data_version")[0][0]
        if version == self._data_version:
            has_wal = self.info.journal_mode == "wal"
            return Change.REOPEN if is_overwritten(before, now, has_wal) else Change.NONE
        if self.query("PRAGMA schema_version")[0][0] != self._schema_version:
            return Change.REPLACED
        self._data_version = version
        # What the commit did to the files after the look at them is no change of its own.
        self.signature = opening.signature(self.path)
        return Change.DATA

    def _is_outdated(self) -> bool:
        """Whether the file was written since we began to read it without locks."""
        opened = self._opened
        if opened is None or not opened.immutable:
            return False
        try:
            now = opening.signature(self.path)
        except StoreError:
            return False
        return now.file == self._base.file and now != self._base

    def _reopen(self, *, is_damaged: bool = False) -> None:
        """Go on with another connection, in the middle of what the caller reads."""
        schema = (self._schema_version, self.info.sources)
        opened = self._opened
        if is_damaged and opened is not None:
            self.signature = self._base = opening.signature(self.path)
            self._salvage(opened)
        else:
            self._let_go()
            self._open()
        same = schema == (self._schema_version, self.info.sources)
        self._moved = Change.DATA if same else Change.REPLACED

    def is_read_wrongly(self) -> bool:
        """Whether the dialect would now read the tables otherwise, going by what is in them."""
        now = recognise(self.schema, self._probe)
        return now is None or _reading(self._knowing_message(now)) != _reading(self.mapping)

    def take_known_message(self) -> None:
        """Read the store as one with messages from now on, if one is known."""
        self.mapping = self._knowing_message(self.mapping)
        self.info = replace(self.info, has_messages=self.mapping.has_messages)

    def _knowing_message(self, mapping: StoreMapping) -> StoreMapping:
        self._tried = known_message(self.signature.file)
        return knowing_message(mapping, self.signature.file, self._is_message)

    def _is_message(self, key: EventKey) -> bool:
        source, seq = key
        sql = f"SELECT 1 FROM event_rows_{source} WHERE seq = ? AND kind = ?"
        return bool(self._probe(sql, seq, EventKind.MESSAGE.value))

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """What a damaged file holds that cannot be read."""
        return () if self._opened is None else self._opened.problems

    @property
    def origin(self) -> Origin | None:
        """What the private copy was made from, where that is another sort of database."""
        return None if self._opened is None else self._opened.origin

    @property
    def is_detached(self) -> bool:
        """Whether we hold no lock on the file: an unlocked view or a private copy is read."""
        opened = self._opened
        return opened is None or opened.immutable or opened.copy is not None

    @property
    def is_copy(self) -> bool:
        """Whether a private copy is read: what the files hold now may be something else."""
        return self._opened is None or self._opened.copy is not None

    @property
    def schema_version(self) -> int:
        """SQLite's counter of schema changes, as of opening."""
        return self._schema_version

    @property
    def version(self) -> int:
        """SQLite's counter of commits, as of the last look; comparable within a connection."""
        return self._data_version

    def leads_index(self, table: str, column: str) -> bool:
        """Whether some index of the table has this column first."""
        for index in self._probe("SELECT name FROM pragma_index_list(?)", table):
            first = self._probe("SELECT name FROM pragma_index_info(?) WHERE seqno = 0", index[0])
            if first and str(first[0][0]).lower() == column.lower():
                return True
        return False


def _reading(mapping: StoreMapping) -> tuple[object, ...]:
    selects = tuple(source.select for source in mapping.sources)
    return (selects, mapping.has_messages, mapping.has_phases)


def quoted(identifier: str) -> str:
    """An identifier of the foreign schema, quoted for SQL."""
    if identifier == "rowid":
        return identifier
    return '"' + identifier.replace('"', '""') + '"'
