"""The totals of one opened store: looked up when they are wanted, kept once they are counted."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from queries.fold import Fold
from queries.keeping.fold_cache import FoldCache, Kept
from queries.keeping.store_mark import mark_of
from queries.store import Store

PROGRAM = "session-tui"
BY_SLICES = "slices"
"""How rows of several sources are put in order: a slice of one after a slice of another."""
BY_TIME = "time"
GRACE = 4.0
"""Seconds for which totals may still be kept after somebody left: counting them again would take
many times as long. Only the largest stores take more than a tenth of it, right after counting."""


def user_cache() -> FoldCache | None:
    """The folder in the user's cache; None where there is none.

    Nothing is made before something is kept.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path(PROGRAM, appauthor=False) / "totals"
    # Without a home, what is left is relative to whatever folder we were started in.
    return FoldCache(folder) if os.path.isabs(folder) else None


class KeptTotals:
    """What a cache has, or will have, of a store as it is now.

    To be made before the first row is counted: only what is counted of a store to which nothing
    was committed since then is kept.
    """

    def __init__(self, cache: FoldCache, store: Store, order: str = BY_SLICES) -> None:
        """Note the store's present state."""
        self._cache = cache
        self._order = order
        self._mark = None if store.is_copy else mark_of(store.path)
        self._is_asked = self._is_kept = False
        self._until = float("inf")
        """When keeping ends, by the clock that never goes back."""

    def look_up(self, store: Store) -> Kept | None:
        """The totals of all rows there are, the first time; None where none are known."""
        if self._mark is None or self._is_asked:
            return None
        self._is_asked = True
        kept = self._cache.load(store, self._mark, self._order)
        if kept is None or not self._is_unchanged(store.path):
            return None
        self._is_kept = True
        return kept

    def keep(self, store: Store, fold: Fold, high: Mapping[int, int]) -> None:
        """Keep the totals of all rows, the first time, if they are certain."""
        if self._mark is None or self._is_kept or not self._goes_on():
            return
        self._is_kept = True
        if not (store.problems() or store.is_copy) and self._is_unchanged(store.path):
            self._cache.save(store, self._mark, self._order, fold, high, goes_on=self._goes_on)

    def give_up(self) -> None:
        """Keep no totals soon. May be called from another thread, while that is under way."""
        self._until = min(self._until, time.monotonic() + GRACE)

    def _goes_on(self) -> bool:
        return time.monotonic() < self._until

    def _is_unchanged(self, path: Path) -> bool:
        return self._mark is not None and mark_of(path) == self._mark
