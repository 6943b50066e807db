"""Which models were used in which session: read on demand, since totals do not keep it."""

from __future__ import annotations

from functools import partial

from queries.counting.event_stream import Progress, patiently
from queries.finding.filters import Filter
from queries.reading.connection import Rows
from queries.store import Store
from queries.text import clean_id, clean_or_none

ROWS = 50_000
"""Rows of a store that are looked at in one step."""


def models_used(store: Store, *, progress: Progress | None = None) -> dict[str, tuple[str, ...]]:
    """By session: the models that its events name, from A to Z.

    Raises StoreError as the store's own queries do.
    """
    found: dict[str, set[str]] = {}
    for source in range(len(store.mapping.sources)):
        bounds = patiently(partial(store.bounds, source))
        if bounds is None:
            continue
        low, upto = bounds
        whole = upto - low + 1
        while upto >= low:
            after = patiently(partial(store.slice_start, source, upto, ROWS))
            for session, model in patiently(partial(_slice, store, source, after, upto)):
                name = clean_or_none(model, 80)
                if name is not None:
                    found.setdefault(clean_id(session), set()).add(name)
            upto = after
            if progress is not None:
                progress(min((whole - max(upto - low + 1, 0)) / whole, 1.0))
    return {session: tuple(sorted(models)) for session, models in found.items()}


def knowing_models(wanted: Filter, store: Store, progress: Progress | None = None) -> Filter:
    """A filter that knows which models were used, if it asks for any.

    Raises StoreError as the store's own queries do.
    """
    if not wanted.asks_for_models:
        return wanted
    return wanted.with_models(models_used(store, progress=progress))


def _slice(store: Store, source: int, after: int, upto: int) -> Rows:
    return store.query(
        f"SELECT DISTINCT session_id, model FROM event_rows_{source}"
        " WHERE seq >= ? AND seq <= ? AND model IS NOT NULL",
        (max(after + 1, -(2**63)), upto),
        deadline=30,
    )
