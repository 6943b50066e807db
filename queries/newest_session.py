"""Which session of a store started last: it is never stale, however silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from queries.counting.event_stream import patiently
from queries.dialects.cells import identifier
from queries.sessions import newest_of
from queries.side_rows import HIGHEST, LOWEST
from queries.store import Store
from queries.times import parse_time

PAGE = 10_000
"""Rows that are looked at in one step."""


class NewestSession:
    """Finds it, once that is asked for: the same that a count of the whole store finds."""

    def __init__(self, store: Store) -> None:
        """Nothing is read yet."""
        self._store = store
        self._is_known = False
        self._newest: str | None = None

    def is_it(self, session_id: str) -> bool:
        """Whether no other session started later. Raises StoreError as the store does."""
        if not self._is_known:
            self._newest = _newest(self._store)
            self._is_known = True
        return self._newest == session_id


def times_of(store: Store, session_id: str) -> Iterator[float]:
    """The times of a session's rows, about the newest first.

    Meant for stores with an index on the session in every source.
    """
    for source in range(len(store.mapping.sources)):
        before: int | None = None
        while True:
            rows = patiently(
                partial(
                    store.session_cells, source, session_id, "seq, time",
                    view=f"event_rows_{source}", before=before, limit=PAGE,
                )
            )  # fmt: skip
            for _, cell in reversed(rows):
                time = parse_time(cell, store.mapping.zone)
                if time is not None:
                    yield time
            if len(rows) < PAGE:
                break
            before = rows[0][0]


def _newest(store: Store) -> str | None:
    starts = patiently(store.session_starts)
    ids = patiently(store.event_session_ids)
    # Sessions that are not declared, and those without a start, began with their first event.
    others = [name for name in ids if starts.get(name) is None]
    if others and not all(store.session_indexed):
        return newest_of({**starts, **_all_begun(store, frozenset(others))}.items())
    known = max((start for start in starts.values() if start is not None), default=float("-inf"))
    # A session begins no later than its first row tells.
    later = {name: at for name in others if (at := _at_first_row(store, name)) >= known}
    for name in sorted(later, key=lambda name: -later[name]):
        if later[name] < known:
            break
        begun = min(times_of(store, name), default=None)
        starts[name] = begun
        known = known if begun is None else max(known, begun)
    return newest_of(starts.items())


def _at_first_row(store: Store, name: str) -> float:
    """The time of a session's first row; infinite where that does not tell."""
    found: list[float] = []
    for source in range(len(store.mapping.sources)):
        rows = patiently(
            partial(
                store.session_cells_after, source, name, "seq, time", LOWEST, HIGHEST, 1,
                view=f"event_rows_{source}",
            )
        )  # fmt: skip
        times = [parse_time(cell, store.mapping.zone) for _, cell in rows]
        found += [float("inf") if time is None else time for time in times]
    return min(found, default=float("-inf"))


def _all_begun(store: Store, wanted: frozenset[str]) -> Mapping[str, float | None]:
    """When these sessions began, by one walk over all rows."""
    begun: dict[str, float | None] = {}
    for source in range(len(store.mapping.sources)):
        for name, time in _rows(store, source):
            if name in wanted and time is not None:
                known = begun.get(name)
                begun[name] = time if known is None else min(known, time)
    return begun


def _rows(store: Store, source: int) -> Iterable[tuple[str, float | None]]:
    after = LOWEST
    sql = (
        f"SELECT seq, session_id, time FROM event_rows_{source} WHERE seq >= ? ORDER BY seq LIMIT ?"
    )
    while True:
        rows = patiently(partial(store.query, sql, (after, PAGE)))
        for _, raw, cell in rows:
            yield identifier(raw), parse_time(cell, store.mapping.zone)
        if len(rows) < PAGE:
            return
        after = rows[-1][0] + 1
