"""Checking, while nothing happens, that as many rows are counted as there are."""

from __future__ import annotations

import time

from queries.opening.files import QueryStoppedError
from queries.store import Store

COST = 0.05
"""Seconds that counting the rows of a store may take."""
ROWS = 2_000_000
"""Rows up to which that is tried without knowing what it takes."""


class Audit:
    """Compares numbers of rows, where that is cheap."""

    SESSIONS = 5000
    """Up to so many sessions, all are read again."""

    def __init__(self) -> None:
        self._is_dear = False
        self._uncounted: int | None = None
        """Rows of the store that are never counted, because they cannot be read."""

    def agrees(self, store: Store, rows: int, has_problems: bool) -> bool:
        """Whether all that there is is counted, as far as that can be told cheaply.

        Args:
            store: the store.
            rows: how many are counted.
            has_problems: whether some could not be read; then those that are missing at the
                first look are taken to be those.
        """
        if self._is_dear or rows > ROWS:
            return True
        begun = time.perf_counter()
        try:
            number = sum(
                store.count_events(source, COST * 4) for source in range(len(store.info.sources))
            )
        except QueryStoppedError:
            self._is_dear = True
            return True
        self._is_dear = time.perf_counter() - begun > COST
        if self._uncounted is None:
            self._uncounted = max(number - rows, 0) if has_problems else 0
        return number - rows == self._uncounted
