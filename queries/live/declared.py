"""What a store declares beside its events, read again only as far as it may have changed."""

from __future__ import annotations

from queries.models import AggregatedTool, Handoff
from queries.side_tables import aggregated_tools, handoffs
from queries.store import Store

FEW = 500
"""Up to so many rows, a table is read again after every commit."""


class Declared:
    """Hand-offs, and totals per session and tool."""

    def __init__(self, store: Store) -> None:
        """Read both."""
        self.handoffs: tuple[Handoff, ...] = handoffs(store)
        self.tools: tuple[AggregatedTool, ...] = aggregated_tools(store)
        self._numbers = self._count(store)
        self.version = 0
        """Grows when either of them changes."""

    def refresh(self, store: Store, *, whole: bool = False) -> None:
        """After a commit: read a table again that is small or has other rows; or both."""
        before, self._numbers = self._numbers, self._count(store)
        of_handoffs, of_tools = self._numbers
        known = (self.handoffs, self.tools)
        if whole or of_handoffs <= FEW or of_handoffs != before[0]:
            self.handoffs = handoffs(store)
        if whole or of_tools <= FEW or of_tools != before[1]:
            self.tools = aggregated_tools(store)
        if known != (self.handoffs, self.tools):
            self.version += 1

    @staticmethod
    def _count(store: Store) -> tuple[int, int]:
        number = [
            0 if select is None else store.query(f"SELECT count(*) FROM ({select})")[0][0]
            for select in (store.mapping.handoffs, store.mapping.aggregated_tools)
        ]
        return (number[0], number[1])
