"""Queries on a connection to a store that may be locked, replaced or damaged at any moment.

Every query is bounded, fetched whole and under a deadline, so no read lock outlives it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from queries.opening import files as opening
from queries.opening.files import (
    Opened,
    QueryStoppedError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
)
from queries.opening.gaps import Gaps
from queries.reading.fetching import fetched
from queries.text import clean

DEADLINE = 5.0
"""Seconds after which a query is stopped unless its caller says otherwise."""
_REOPENINGS = 5
Rows = list[tuple[Any, ...]]


class BoundedQueries(ABC):
    """Runs queries; goes on with another connection where the one there is does not do."""

    connection: sqlite3.Connection

    def __init__(self, path: Path) -> None:
        """Open nothing. Args: path: of the file."""
        self.path = path
        self.statements = 0
        """Statements run so far; for tests of how much work is done."""
        self._lock = threading.RLock()
        self.patience = DEADLINE
        """Seconds that a query may take unless its caller says otherwise. Who has no screen
        to keep alive may wait longer."""
        self._deadline = float("inf")
        self._stopped = False
        self.is_unwanted: Callable[[], bool] = always_wanted
        """Asked before each query: whether nobody wants its answer any more. What was
        interrupted between two queries would go on otherwise."""
        self.gaps: Gaps | None = None
        """Where the gaps between a writer's transactions are waited for before each query;
        None: nowhere."""
        self._holds_up: bool
        """Whether a writer has to wait for what is being read."""
        self._closed = False
        self._opened: Opened | None = None

    @abstractmethod
    def _reopen(self, *, is_damaged: bool = False) -> None:
        """Go on with another connection, in the middle of what the caller reads."""

    @abstractmethod
    def _is_outdated(self) -> bool:
        """Whether the file was written since we began to read it without locks."""

    def _is_stopped(self) -> bool:
        return self._stopped or self.is_unwanted()

    def query(
        self, sql: str, parameters: Sequence[object] = (), *, deadline: float | None = None
    ) -> Rows:
        """All rows of a bounded query.

        Raises:
            StoreBusyError: a writer kept us out for longer than a tenth of a second.
            QueryStoppedError: interrupted, or longer than ``deadline`` (:attr:`patience`) seconds.
            StoreError: the file is damaged or gone.
        """
        with self._lock:
            self._stopped = False
            if self.is_unwanted():
                raise QueryStoppedError("The query was stopped.")
            for _ in range(_REOPENINGS):
                if self._opened is None and not self._closed:
                    self._reopen()
                seconds = self.patience if deadline is None else deadline
                self._deadline = time.monotonic() + seconds
                try:
                    rows = self._run(sql, parameters)
                except QueryStoppedError:
                    raise
                except StoreDamagedError:
                    self._reopen(is_damaged=not self._is_outdated())
                    continue
                except StoreError as error:
                    if not (self._is_outdated() or opening.needs_another_way(error)):
                        raise
                else:
                    if not self._is_outdated():
                        return rows
                self._reopen()
            raise StoreBusyError(f"{clean(str(self.path))}: is being written all the time.")

    def _run(self, sql: str, parameters: Sequence[object]) -> Rows:
        give_up = time.monotonic() + opening.LOCK_PATIENCE
        if self.gaps is not None:
            self.gaps.wait()
        while True:
            self.statements += 1
            try:
                return fetched(self.connection.execute(sql, parameters), holds_up=self._holds_up)
            except sqlite3.Error as error:
                name = opening.error_name(error)
                if name == "SQLITE_INTERRUPT":
                    raise QueryStoppedError("The query was stopped.") from error
                if opening.is_busy(error):
                    if self._stopped:
                        raise QueryStoppedError("The query was stopped.") from error
                    if time.monotonic() >= give_up:
                        raise StoreBusyError(
                            f"{clean(str(self.path))}: is locked by a writer."
                        ) from error
                    time.sleep(0.001)
                elif not name and "decode to UTF-8" in str(error) and self._is_strict():
                    self.connection.text_factory = opening.tolerant
                else:
                    raise opening.unreadable(self.path, error) from error
            except (OverflowError, UnicodeError) as error:
                raise StoreError(f"{clean(str(self.path))}: {error}.") from error

    def _is_strict(self) -> bool:
        return self.connection.text_factory is str

    def give_way(self) -> None:
        """Read between a writer's transactions from now on, where it would wait for us."""
        if self._holds_up:
            self.gaps = Gaps(self.path)

    def rows_at_once(self, most: int, *, cells_only: bool = False) -> int:
        """How many rows a query should fetch: ``most``, or few while a writer waits for them.

        ``cells_only``: few cells of each.
        """
        return most if self.gaps is None else self.gaps.rows(most, cells_only=cells_only)

    def interrupt(self) -> None:
        """Stop the query that another thread is running on this store, if any."""
        self._stopped = True
        with contextlib.suppress(sqlite3.Error):
            self.connection.interrupt()

    def _tick(self) -> int:
        return int(self._stopped or time.monotonic() > self._deadline)

    def _probe(self, sql: str, *parameters: object) -> Rows:
        self._deadline = time.monotonic() + DEADLINE
        return self._run(sql, parameters)


def always_wanted() -> bool:
    """No query is unwanted."""
    return False
