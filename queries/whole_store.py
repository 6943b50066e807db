"""A whole store, or some of its sessions, counted in one pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from queries.counting.backfill import Backfill
from queries.counting.event_stream import SINGLY, EventStream, Progress, patiently
from queries.counting.messages_sought import settle_messages
from queries.counting.session_batches import SessionBatches
from queries.fold import Fold
from queries.folding.batch import Batch
from queries.folding.batch_order import joined
from queries.folding.declared_tools import declared_in
from queries.garbage import no_collection
from queries.handoff_rows import handoff_pairs
from queries.interactions import HandoffPairs, agent_statistics, interactions
from queries.keeping.fold_cache import FoldCache, Kept
from queries.keeping.kept_totals import BY_SLICES, BY_TIME, KeptTotals
from queries.listing import (
    list_sessions,
    read_sessions,
    running_sessions,
    tools_by_session,
)
from queries.models import (
    AgentStatistic,
    AggregatedTool,
    Interactions,
    Problem,
    Relation,
    Session,
    SessionRow,
    SessionStatus,
    StoreInfo,
    ToolStatistic,
)
from queries.newest_session import NewestSession
from queries.plain_data import dataclass
from queries.sessions import STALE_AFTER, session_row
from queries.side_tables import aggregated_tools
from queries.store import Store
from queries.tools import tool_statistics

ROWS = 48_000
"""Rows that are counted at once: more than beside a screen, for nobody waits for a key here."""


@dataclass(frozen=True, slots=True)
class CountedStore:
    """Totals of what was counted."""

    info: StoreInfo
    fold: Fold
    aggregated: tuple[AggregatedTool, ...]
    handoffs: HandoffPairs
    problems: tuple[Problem, ...]
    """Rows that could not be read."""
    alive: frozenset[str]
    """The sessions that are running, as far as totals depend on that."""

    def is_alive(self, session_id: str) -> bool:
        """Whether a session is running."""
        return session_id in self.alive

    def tools(self) -> tuple[ToolStatistic, ...]:
        """Per tool and operation, most called first."""
        return tool_statistics(self.fold, self.is_alive, declared_in(self.fold, self.aggregated))

    def agents(self) -> tuple[AgentStatistic, ...]:
        """Per agent, most events first."""
        return agent_statistics(self.fold)

    def interactions(self, relation: Relation) -> Interactions:
        """One matrix."""
        return interactions(self.fold, relation, self.handoffs)


@dataclass(frozen=True, slots=True)
class ListedStore(CountedStore):
    """Totals of what was counted, and one line per session."""

    rows: tuple[SessionRow, ...]
    """Newest first."""


def count_store(
    path_or_store: Store | Path | str,
    progress: Progress | None = None,
    *,
    now: float | None = None,
    stale_after: float = STALE_AFTER,
    cache: FoldCache | None = None,
    processes: int = 0,
) -> ListedStore:
    """Count everything in one pass over the events, and list all sessions.

    Args:
        path_or_store: an open store, or the file (which is closed again).
        progress: told which part (0..1) is counted.
        now: epoch seconds, for judging what is stale; the present by default.
        stale_after: seconds of silence after which a running session is stale.
        cache: where totals are kept and looked up; None: nowhere.
        processes: others that count large stores, where there are at least two.

    Raises:
        StoreError: with one sentence, when the store cannot be used.
    """
    if not isinstance(path_or_store, Store):
        with patiently(lambda: Store(path_or_store)) as store:
            return count_store(
                store, progress, now=now, stale_after=stale_after, cache=cache, processes=processes
            )
    store = path_or_store
    totals = _Totals(store, cache)
    declared = read_sessions(store)
    fold = totals.count(progress, processes)
    with no_collection():
        rows = list_sessions(declared, fold, totals.tools, now=_now(now), stale_after=stale_after)
    return ListedStore(
        store.info, fold, totals.tools, totals.handed, store.problems(), _alive(rows), rows
    )


def count_totals(
    store: Store,
    progress: Progress | None = None,
    *,
    now: float | None = None,
    stale_after: float = STALE_AFTER,
    cache: FoldCache | None = None,
    processes: int = 0,
) -> CountedStore:
    """As :func:`count_store`, without a line for any session that no total depends on."""
    totals = _Totals(store, cache)
    fold = totals.count(progress, processes)
    rows = running_sessions(
        store,
        fold,
        fold.waiting | fold.running.sessions().keys(),
        now=_now(now),
        stale_after=stale_after,
    )
    return CountedStore(
        store.info, fold, totals.tools, totals.handed, store.problems(), _alive(rows)
    )


class _Totals:
    """What is counted of a whole store, and what it has totals of itself."""

    def __init__(self, store: Store, cache: FoldCache | None) -> None:
        # Before anything is read: what is kept must be of one state of the store.
        self._store = store
        self._order = BY_SLICES if len(store.mapping.sources) <= 1 else BY_TIME
        self._cache = cache
        self._kept: KeptTotals | None = None
        self._expect_kept()
        # This walks over an index: one that is damaged is found out before anything is counted.
        patiently(store.count_sessions)
        self.tools = patiently(lambda: aggregated_tools(store))
        self.handed = patiently(lambda: handoff_pairs(store))

    def _expect_kept(self) -> None:
        if self._cache is not None:
            self._kept = KeptTotals(self._cache, self._store, self._order)

    def _look_up(self) -> Kept | None:
        return None if self._kept is None else self._kept.look_up(self._store)

    def count(self, progress: Progress | None, processes: int) -> Fold:
        """Everything counted, or looked up where it is kept."""
        known = self._look_up()
        if known is None and self._finds_messages():
            known = self._look_up()
        if known is not None:
            return known.fold
        fold, high = self._count(progress, processes)
        # The first message may have come meanwhile.
        if fold.messages and self._finds_messages():
            fold, high = self._count(progress, processes)
        if self._kept is not None:
            self._kept.keep(self._store, fold, high)
        return fold

    def _count(self, progress: Progress | None, processes: int) -> tuple[Fold, Mapping[int, int]]:
        if self._order == BY_SLICES:
            return _count_back(self._store, progress, processes)
        return _count_by_time(self._store, progress)

    def _finds_messages(self) -> bool:
        """Whether it only turns out now that the store has messages: it is counted otherwise."""
        if not self._store.mapping.may_have_messages:
            return False
        settle_messages(self._store)
        if self._store.mapping.has_messages:
            self._expect_kept()
        return self._store.mapping.has_messages


def count_sessions(
    store: Store,
    session_ids: Sequence[str],
    *,
    now: float | None = None,
    stale_after: float = STALE_AFTER,
) -> ListedStore:
    """Count only these sessions, which exist, in the order given."""
    wanted = dict.fromkeys(session_ids)
    declared = {each.id: each for each in patiently(lambda: store.sessions_by_id([*wanted]))}
    tools = patiently(lambda: aggregated_tools(store, wanted))
    handed = patiently(lambda: handoff_pairs(store, wanted))
    settle_messages(store)
    fold = _count_some(store, tuple(wanted))
    by_session = tools_by_session(tools)
    newest = NewestSession(store)
    rows = tuple(
        session_row(
            declared.get(name, Session(id=name, declared=False)),
            fold,
            now=_now(now),
            newest=partial(newest.is_it, name),
            stale_after=stale_after,
            aggregated=by_session.get(name, ()),
        )
        for name in wanted
    )
    return ListedStore(store.info, fold, tools, handed, store.problems(), _alive(rows), rows)


def _count_back(
    store: Store, progress: Progress | None, processes: int
) -> tuple[Fold, Mapping[int, int]]:
    """Everything counted from its end, which is the fastest way where rows have one order."""
    fold = Fold(messages_only=store.mapping.has_messages)
    past = patiently(lambda: Backfill(store, fold))
    if processes > 1:
        patiently(lambda: past.share(store, processes))
    try:
        with no_collection():
            while not past.done:
                patiently(lambda: past.step(store, ROWS))
                if progress is not None:
                    progress(past.counted)
    finally:
        past.close()
    return fold, past.high


def _count_by_time(store: Store, progress: Progress | None) -> tuple[Fold, Mapping[int, int]]:
    """Everything counted from its beginning, rows of all sources in the order of their times."""
    read = SessionBatches(store)

    def tell(rows: int) -> None:
        if progress is not None:
            progress(min(rows / read.span, 1.0))

    return _count_batches(store, read.read_all(), tell), read.high


def _count_batches(
    store: Store, batches: Iterator[Batch], tell: Callable[[int], None] | None = None
) -> Fold:
    fold = Fold(messages_only=store.mapping.has_messages)
    while True:
        with no_collection():
            taken = list(_until(batches, ROWS))
            if not taken:
                return fold
            fold.add_batch(joined(taken))
        if tell is not None:
            tell(fold.rows)


def _until(batches: Iterator[Batch], rows: int) -> Iterator[Batch]:
    """The next batches, until they have so many rows."""
    taken = 0
    for batch in batches:
        yield batch
        taken += len(batch.seqs)
        if taken >= rows:
            return


def _count_some(store: Store, wanted: Sequence[str]) -> Fold:
    """Everything in some sessions counted in order of arrival."""
    if 1 < len(wanted) <= SINGLY and all(store.session_indexed):
        # Few rows among many, whose order is known of whole rows only.
        fold = Fold(messages_only=store.mapping.has_messages)
        for event in EventStream(store, sessions=wanted):
            fold.add(event)
        return fold
    read = SessionBatches(store)
    batches = read.read(wanted) if len(wanted) == 1 else read.read_among(wanted)
    return _count_batches(store, batches)


def _alive(rows: Sequence[SessionRow]) -> frozenset[str]:
    return frozenset(row.id for row in rows if row.session.status is SessionStatus.RUNNING)


def _now(now: float | None) -> float:
    return time.time() if now is None else now
