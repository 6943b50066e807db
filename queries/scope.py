"""Tools, agents and matrices of some sessions: read page by page, then kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from queries.fold import Fold
from queries.interactions import agent_statistics, all_interactions
from queries.models import AggregatedTool, Event, Handoff, Scope, ScopeFigures
from queries.store import Store
from queries.tools import tool_statistics

FIRST, PAGE = 400, 2000
"""Rows of the first page, which is soon there, and of pages at most; each is twice as large as
the one before it."""


class ScopeCounter:
    """The totals of a scope that names its sessions."""

    def __init__(self, store: Store, scope: Scope) -> None:
        """Begin to count the sessions of ``scope``."""
        self.scope = scope
        self._messages_only = store.mapping.has_messages
        self.fold = Fold(messages_only=self._messages_only)
        self._sessions = frozenset(scope.session_ids)
        self._seen: dict[tuple[str, int], int] = {}
        self.counted = 0.0

    def read(
        self,
        store: Store,
        ranges_of: Callable[[str], Mapping[int, tuple[int, int]] | None] = lambda _: None,
    ) -> Iterator[None]:
        """Count every session, newest page first; yields after each page, complete or not."""
        sources = range(len(store.mapping.sources))
        todo = [(session_id, source) for session_id in self.scope.session_ids for source in sources]
        size = FIRST
        for number, (session_id, source) in enumerate(todo):
            ranges = ranges_of(session_id)
            within = None if ranges is None else ranges.get(source)
            before: int | None = None
            while True:
                page = store.session_page(
                    source, session_id, before=before, limit=size, within=within
                )
                if before is None:
                    self._seen[session_id, source] = page[-1].seq if page else 0
                older = Fold(messages_only=self._messages_only)
                older.add_all(page)
                self.fold.prepend(older)
                if len(page) < size:
                    break
                size = min(2 * size, PAGE)
                before = page[0].seq
                part = 0.5
                if within is not None and within[1] > within[0]:
                    part = (within[1] - before) / (within[1] - within[0])
                self.counted = (number + min(max(part, 0.0), 0.99)) / len(todo)
                yield
            self.counted = (number + 1) / len(todo)
            yield
        self.counted = 1.0

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
            before = self.fold.running.get(event.session_id, {}).get(event.key)
            if before is not None and before != event:
                self.fold.update(before, event)
                any_own = True
        return any_own

    def figures(
        self,
        is_alive: Callable[[str], bool],
        aggregated: Sequence[AggregatedTool] = (),
        handed: Sequence[Handoff] = (),
    ) -> ScopeFigures:
        """What the panes of this scope show now."""
        own_tools = [tool for tool in aggregated if tool.session_id in self._sessions]
        own_handoffs = [row for row in handed if row.session_id in self._sessions]
        return ScopeFigures(
            scope=self.scope,
            tools=tool_statistics(self.fold, is_alive, own_tools),
            agents=agent_statistics(self.fold),
            interactions=all_interactions(self.fold, own_handoffs),
            counted=self.counted,
        )
