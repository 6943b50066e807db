"""How the sessions of a scope are read: what the reader is asked for, and what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

from queries.handoff_rows import handoff_pairs
from queries.interactions import HandoffPairs
from queries.live.scope import ScopeCounter
from queries.models import AggregatedTool, Scope, ScopeFigures
from queries.plain_data import dataclass
from queries.side_tables import aggregated_tools
from queries.store import Store
from queries.trees.activity_reader import Ranges
from tui.reader import NOTHING_YET, Work

TOLD_EVERY = 0.25
"""Seconds between two looks at what is counted so far."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is not told by events: the store's own totals, and its table of hand-offs."""

    aggregated: tuple[AggregatedTool, ...]
    handed: HandoffPairs


@dataclass(frozen=True, slots=True)
class Counted:
    """A scope that is counted wholly, with what is needed to go on."""

    counter: ScopeCounter
    side: Side
    figures: ScopeFigures


def counting(
    scope: Scope,
    is_alive: Callable[[str], bool],
    ranges_of: Callable[[str], Ranges | None],
    *,
    is_again: bool,
) -> Work:
    """Counts a scope: yields :class:`ScopeFigures` now and then, and :class:`Counted` at last.

    Args:
        scope: names its sessions.
        is_alive: whether a session is running.
        ranges_of: where the rows of a session lie, where that is known.
        is_again: whether complete figures are shown already, if not quite the right ones.
    """
    begun: WeakKeyDictionary[Store, ScopeCounter] = WeakKeyDictionary()

    def work(store: Store) -> Iterator[object]:
        # Where something else went first, it goes on where it was interrupted.
        counter = begun.setdefault(store, ScopeCounter(store, scope))
        side = side_of(store, scope)
        told = float("inf") if is_again else float("-inf")
        took = 0.0
        for _ in counter.read(store, ranges_of):
            if time.monotonic() - told < max(TOLD_EVERY, took) or counter.counted >= 1.0:
                yield NOTHING_YET
                continue
            since = time.monotonic()
            yield counter.figures(is_alive, side.aggregated, side.handed)
            told = time.monotonic()
            # Of very many tools, what is counted so far takes as long as counting on.
            took = told - since
        yield Counted(counter, side, counter.figures(is_alive, side.aggregated, side.handed))

    return work


def reading_beside(scope: Scope) -> Work:
    """Reads what is not told by events anew."""

    def work(store: Store) -> Iterator[object]:
        yield side_of(store, scope)

    return work


def side_of(store: Store, scope: Scope) -> Side:
    """What is not told by the events of a scope."""
    names = scope.session_ids
    return Side(aggregated_tools(store, names), handoff_pairs(store, names))
