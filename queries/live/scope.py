"""Tools, agents and matrices of some sessions: read page by page, then kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

from queries.counting.lean_cells import Row
from queries.counting.lean_rows import LeanRows, lean_view
from queries.fold import Fold
from queries.folding.batch import Batch
from queries.folding.declared_tools import declared_in
from queries.folding.running_rows import without_text
from queries.garbage import no_collection
from queries.interactions import HandoffPairs, agent_statistics, all_interactions
from queries.models import AggregatedTool, Event, Scope, ScopeFigures
from queries.store import Store
from queries.tools import tool_statistics

FIRST, PAGE = 400, 5000
"""Rows of the first page, which is soon there, and of all others."""
_READERS: WeakKeyDictionary[Store, LeanRows] = WeakKeyDictionary()
"""What reads rows, with what it has found out about them: the next scope's are like them."""


class ScopeCounter:
    """The totals of a scope that names its sessions."""

    def __init__(self, store: Store, scope: Scope) -> None:
        """Begin to count the sessions of ``scope``."""
        self.scope = scope
        self._messages_only = store.mapping.has_messages
        self.fold = Fold(messages_only=self._messages_only)
        self._sessions = frozenset(scope.session_ids)
        self._rows = _READERS.setdefault(store, LeanRows())
        self._seen: dict[tuple[str, int], int] = {}
        sources = range(len(store.mapping.sources))
        self._todo = [(name, source) for name in scope.session_ids for source in sources]
        self._done = 0
        """How many of these are counted wholly."""
        self._before: int | None = None
        """Of the next one, the seq from which on rows are counted; None: none are."""
        self._size = FIRST
        self.counted = 0.0

    def read(
        self,
        store: Store,
        ranges_of: Callable[[str], Mapping[int, tuple[int, int]] | None] = lambda _: None,
    ) -> Iterator[None]:
        """Count every session, newest page first; yields after each page, complete or not.

        What was counted by an earlier call, of the same store, is not counted again.
        """
        for session_id, source in self._todo[self._done :]:
            ranges = ranges_of(session_id)
            within = None if ranges is None else ranges.get(source)
            while True:
                before, size = self._before, self._size
                seqs = self._count(store, source, session_id, before, size, within)
                if before is None:
                    self._seen[session_id, source] = seqs[-1] if seqs else 0
                if len(seqs) < size:
                    break
                self._size = PAGE
                self._before = seqs[0]
                part = 0.5
                if within is not None and within[1] > within[0]:
                    part = (within[1] - seqs[0]) / (within[1] - within[0])
                self.counted = (self._done + min(max(part, 0.0), 0.99)) / len(self._todo)
                yield
            self._done += 1
            self._before = None
            self.counted = self._done / len(self._todo)
            yield
        self.counted = 1.0

    def _count(
        self,
        store: Store,
        source: int,
        session_id: str,
        before: int | None,
        limit: int,
        within: tuple[int, int] | None,
    ) -> Sequence[int]:
        """Count the newest rows of a session before a seq; the seqs of these, ascending."""
        seqs: list[int] = []

        def rows(cells: str) -> list[Row]:
            found = store.session_cells(
                source, session_id, cells, view=lean_view(store, source), before=before,
                limit=limit, within=within,
            )  # fmt: skip
            seqs[:] = [row[0] for row in found]
            return found

        with no_collection():
            batch = self._rows.read_cells(store, source, rows)
            if batch is None:
                page = store.session_page(
                    source, session_id, before=before, limit=limit, within=within
                )
                batch = Batch.of(page)
                seqs[:] = batch.seqs
            if batch.seqs:
                self.fold.prepend_batch(batch)
        return seqs

    @property
    def size(self) -> int:
        """How many tools, agents, pairs of these and rows that run make up the figures."""
        return self.fold.names + len(self.fold.running)

    def add(self, events: Iterable[Event]) -> bool:
        """Take rows that arrived; whether any of them belongs to the scope."""
        own = [
            event
            for event in events
            if event.session_id in self._sessions
            and event.seq > self._seen.get((event.session_id, event.source), 0)
        ]
        self.fold.add_all(own)
        return bool(own)

    def update(self, events: Iterable[Event]) -> bool:
        """Rows changed in place; whether any of them was counted differently."""
        any_own = False
        for event in events:
            before = self.fold.running.get(event.key)
            if before is not None and before != without_text(event):
                self.fold.update(before, event)
                any_own = True
        return any_own

    def figures(
        self,
        is_alive: Callable[[str], bool],
        aggregated: Iterable[AggregatedTool] = (),
        handed: HandoffPairs | None = None,
    ) -> ScopeFigures:
        """What the panes of this scope show now.

        Args:
            is_alive: whether a session is running.
            aggregated: what the store declares of its sessions.
            handed: who handed work to whom in them.
        """
        return ScopeFigures(
            scope=self.scope,
            tools=tool_statistics(self.fold, is_alive, declared_in(self.fold, aggregated)),
            agents=agent_statistics(self.fold),
            interactions=all_interactions(self.fold, handed or HandoffPairs()),
            counted=self.counted,
        )
