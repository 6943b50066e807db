"""What a store declares beside its events, read again only as far as it may have changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from queries.fold import Fold
from queries.folding.declared_tools import DeclaredTools
from queries.handoff_rows import pairs_in
from queries.interactions import HandoffPairs
from queries.live.followed_table import FollowedTable
from queries.side_rows import GROUPED, PAGE, Slice
from queries.side_tables import tools_in
from queries.store import Store

HANDOFFS: Final = 200_000
"""Hand-offs up to which all are counted again where nothing tells that they changed."""
TOTALS: Final = 20_000
"""Totals per session and tool of which the same is true."""


class Declared:
    """Hand-offs, and totals per session and tool."""

    def __init__(self, store: Store) -> None:
        """Read the beginning of both tables."""
        self.version = 0
        """Grows when either of them changes."""
        self._handed = FollowedTable(
            store.mapping.handoffs, empty=HandoffPairs, take=_add_pairs, size=GROUPED, most=HANDOFFS
        )
        self._tools = FollowedTable(
            store.mapping.aggregated_tools, empty=DeclaredTools, take=_add_tools, size=PAGE,
            most=TOTALS,
        )  # fmt: skip
        self.load_more(store)

    @property
    def handed(self) -> HandoffPairs:
        """Who handed work to whom."""
        return self._handed.value

    @property
    def tools(self) -> DeclaredTools:
        """The store's own totals."""
        return self._tools.value

    @property
    def is_loaded(self) -> bool:
        """Whether everything is read that was there."""
        return self._handed.is_read and self._tools.is_read

    def load_more(self, store: Store) -> None:
        """Read some more of what was not read yet."""
        self.version += self._handed.load_more(store)
        self.version += self._tools.load_more(store)

    def refresh(self, store: Store, fold: Fold, *, whole: bool = False) -> None:
        """After a commit: read what is new, and tables again that are small or lost rows.

        Args:
            store: to read.
            fold: totals of its events.
            whole: read larger tables again as well.
        """
        handed, tools = self.handed, self.tools
        if self._handed.refresh(store, whole=whole):
            self.version += self.handed is handed or self.handed != handed
        if self._tools.refresh(store, whole=whole):
            known = self.tools.of
            self.tools.leave_out(fold, list(known))
            if self.tools is not tools:
                was = tools.of
                changed = {
                    name for name in was.keys() | known.keys() if was.get(name) != known.get(name)
                }
                self.tools.fresh = changed
            self.version += bool(self.tools.fresh)

    def take_touched(self) -> set[str]:
        """The sessions whose totals changed since the last question."""
        touched, self.tools.fresh = self.tools.fresh, set()
        return touched

    def settle(self, fold: Fold, names: Iterable[str] | None = None) -> None:
        """Leave out totals of sessions whose single calls are counted: of these, or of any."""
        of = self.tools.of
        if of:
            self.version += self.tools.leave_out(fold, list(of) if names is None else names)


def _add_tools(store: Store, tools: DeclaredTools, part: Slice | None) -> None:
    tools.add(tools_in(store, part))


def _add_pairs(store: Store, pairs: HandoffPairs, part: Slice | None) -> None:
    pairs.merge(pairs_in(store, part))
