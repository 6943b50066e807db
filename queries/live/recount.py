"""Counting a store once more, while nothing happens, to see whether old rows have changed.

Rows that come are told by their order, rows that go by their number, and rows that change in
place by reading them again, as long as they are among the last ones, run or are on screen. Any
other row can be changed without a trace: then only counting all of them again tells.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import zip_longest

from queries.counting.backfill import WORK, Backfill
from queries.fold import Fold
from queries.interactions import agent_statistics, all_interactions
from queries.models import SessionTotals
from queries.pausing import no_pause
from queries.plain_data import replace
from queries.store import Store
from queries.tools import tool_statistics

MOST_ROWS = 300_000
"""Rows up to which a store is counted again: of more it would take long, and much memory."""
MOST_NAMES = 100_000
"""Tools, agents and pairs of these up to which it is: all would be held twice meanwhile."""
SHARE = 0.05
"""The part of a processor that counting again may take over time."""
AT_ONCE = 200
"""Sessions that are compared between two pauses."""


class Recount:
    """One more count of a store; only of use while nothing is committed."""

    def __init__(self, store: Store, messages_only: bool) -> None:
        """Begin at the present end. Raises StoreError as the store's own queries do."""
        self._fold = Fold(messages_only=messages_only)
        self._past = Backfill(store, self._fold)
        self.cost = 0.0
        """Seconds of work so far."""

    @property
    def is_done(self) -> bool:
        """Whether everything is counted."""
        return self._past.done

    def step(
        self, store: Store, work: float = WORK, pause: Callable[[], object] = no_pause
    ) -> None:
        """Count one slice; see :meth:`Backfill.step`."""
        begun = time.thread_time()
        self._past.step(store, work=work, pause=pause)
        self.cost += time.thread_time() - begun

    def agrees(self, fold: Fold, pause: Callable[[], object] = no_pause) -> bool:
        """Whether another fold over all rows tells the same.

        Args:
            fold: the other one.
            pause: called now and then.
        """
        return _figures(self._fold) == _figures(fold) and self._have_same_sessions(fold, pause)

    def _have_same_sessions(self, fold: Fold, pause: Callable[[], object]) -> bool:
        mine, others = self._fold.sessions, fold.sessions
        if mine.keys() != others.keys():
            return False
        for number, ((name, text), (_, other)) in enumerate(
            zip_longest(mine.texts(), others.texts(mine))
        ):
            if not number % AT_ONCE:
                pause()
            if text == other and name not in fold.waiting:
                continue
            known, found = mine.look(name), others.look(name)
            if known is None or found is None:
                return False
            if _plain(known.totals(0)) != _plain(found.totals(0)):
                return False
        return True


def _figures(fold: Fold) -> tuple[object, ...]:
    """All that is told of a whole store, whichever sessions run."""

    def is_alive(_: str) -> bool:
        return True

    tokens, costs = fold.amounts()
    return (
        fold.rows,
        tokens.whole,
        costs.value,
        tool_statistics(fold, is_alive),
        agent_statistics(fold),
        all_interactions(fold),
        {row.key: row.session_id for row in fold.running.rows()},
        list(fold.slots),
        fold.slots.undated,
    )


def _plain(totals: SessionTotals) -> SessionTotals:
    """Without what depends on how rows were put together, but for nothing that is counted."""
    return replace(totals, agents=tuple(sorted(totals.agents)), activity=())
