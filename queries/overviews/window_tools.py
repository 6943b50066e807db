"""The calls of some sessions, where there are few enough to count them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from queries.live.scope import ScopeCounter
from queries.models import Scope, SessionRow, SessionStatus, ToolStatistic
from queries.side_tables import aggregated_tools
from queries.store import Store

SESSIONS: Final = 3_000
"""Sessions that are counted at most."""
EVENTS: Final = 50_000
"""Events of them all at most."""


def tools_in(store: Store, rows: Sequence[SessionRow]) -> tuple[ToolStatistic, ...] | None:
    """Statistics of the calls of these sessions alone; None where there are too many.

    Raises StoreError as the store's own queries do.
    """
    if len(rows) > SESSIONS or sum(row.totals.events for row in rows) > EVENTS:
        return None
    if not rows:
        return ()
    alive = {row.id for row in rows if row.session.status is SessionStatus.RUNNING}
    counter = ScopeCounter(store, Scope(tuple(row.id for row in rows)))
    for _ in counter.read(store):
        pass
    own = aggregated_tools(store, [row.id for row in rows])
    return counter.figures(alive.__contains__, own).tools
