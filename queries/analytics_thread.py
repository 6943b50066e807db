"""The thread in which the Python API reads, and what its parts share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from queries.counting.event_stream import patiently
from queries.finding.filter_parsing import parse_filter, term_of
from queries.finding.filters import Filter, Term
from queries.finding.session_lookup import require_sessions
from queries.keeping.fold_cache import FoldCache
from queries.keeping.kept_totals import user_cache
from queries.moments import parse_moment
from queries.reading.connection import Change
from queries.sessions import STALE_AFTER
from queries.store import Store
from queries.text import iso
from queries.whole_store import ListedStore, count_sessions, count_store

Moment = float | str
"""Epoch seconds, or text as in filters: ``7d``, ``today``, ``2026-01-12T14:00`` (UTC)."""
_T = TypeVar("_T")


class AnalyticsThread:
    """Opens the store and reads it in one thread of its own."""

    def __init__(
        self,
        path: Path | str,
        *,
        stale_after: float = STALE_AFTER,
        clock: Callable[[], float] = time.time,
        cache: FoldCache | bool = True,
    ) -> None:
        """Nothing is opened before ``async with``.

        Args:
            path: the store's file.
            stale_after: seconds of silence after which a running session is stale.
            clock: gives epoch seconds.
            cache: where the totals of large stores are kept, as the commands do: True for
                the user's cache folder, False for nowhere.
        """
        self._cache = cache
        self.path = Path(path)
        self._stale_after = stale_after
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "session-analytics")
        self._store: Store | None = None
        self._counted: ListedStore | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._run(lambda _: None)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        store = self._store
        if store is not None:
            store.interrupt()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    async def _run(self, read: Callable[[Store], _T]) -> _T:
        """Read in the thread; who gives up waiting stops what is read."""
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, lambda: read(self._ready()))
        try:
            return await work
        except asyncio.CancelledError:
            if self._store is not None:
                self._store.interrupt()
            raise

    def _ready(self) -> Store:
        store = self._store
        if store is not None:
            change = patiently(store.change)
            if change is not Change.NONE:
                self._counted = None
            if change in (Change.REOPEN, Change.REPLACED):
                self._close()
                store = None
        if store is None:
            store = self._store = patiently(lambda: Store(self.path))
        return store

    def _close(self) -> None:
        store, self._store, self._counted = self._store, None, None
        if store is not None:
            store.close()

    def _count(self, store: Store) -> ListedStore:
        if self._counted is None:
            cache = self._cache
            self._counted = count_store(
                store,
                now=self._clock(),
                stale_after=self._stale_after,
                cache=user_cache() if cache is True else None if cache is False else cache,
            )
        return self._counted

    def _scope(self, store: Store, session_ids: Sequence[str]) -> ListedStore:
        if isinstance(session_ids, str):
            raise TypeError("session_ids is a list of ids, not one id")
        if not session_ids:
            return self._count(store)
        ids = require_sessions(store, session_ids)
        return count_sessions(store, ids, now=self._clock(), stale_after=self._stale_after)

    def _wanted(
        self,
        text: str,
        fields: frozenset[str],
        single: dict[str, str | None],
        since: Moment | None,
        until: Moment | None,
    ) -> Filter:
        now = self._clock()
        terms = [term_of(name, value, now) for name, value in single.items() if value]
        for name, moment in (("since", since), ("until", until)):
            if moment is not None:
                instant = self._instant(moment)
                terms.append(Term(name, (iso(instant) or str(instant),)))
        typed = parse_filter(text, now, fields) if text else Filter()
        return Filter((*terms, *typed.terms))

    def _instant(self, moment: Moment) -> float:
        return parse_moment(moment, self._clock()) if isinstance(moment, str) else float(moment)

    def _since(self, days: float | None, since: Moment | None) -> Moment | None:
        if days is None or since is not None:
            return since
        return self._clock() - days * 86400
