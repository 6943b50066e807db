"""What happened below a delegation, at any depth and in any session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from queries.folding.pairing import paired
from queries.models import Event, EventKey, EventKind, EventState, Phase, Session
from queries.models.delegations import Delegation, DelegationWork
from queries.store import Store

BELOW = 20_000
"""Rows below one delegation that are read at most."""
LEVELS = 100
"""Levels below one delegation that are read at most."""
KEPT = 20_000
"""Rows that are kept for other delegations, above or below the one they were read for."""
SLACK = 120.0
"""Seconds by which a sub-agent's session may begin before or after the call that made it."""


class _Found:
    """Rows below one delegation."""

    def __init__(self, delegation: Delegation) -> None:
        self.top = delegation
        self.rows: dict[EventKey, Event] = {}
        self.depths: dict[str, int] = {delegation.id: 0}
        self.sessions: dict[str, None] = {}
        self.is_deeper = False
        """Whether there may be rows below those of the last level that was read."""

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= BELOW


class Below:
    """Reads what is below delegations of one store."""

    def __init__(
        self,
        store: Store,
        delegations: Sequence[Delegation] = (),
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """What is the same for all of them.

        Args:
            store: an open store.
            delegations: all of its delegations, to tell whose session a sub-agent's is where
                the store does not say so.
            names: by id of a row of a delegation, the id of the delegation's event.
        """
        self._store = store
        self._made: dict[str, list[Delegation]] = {}
        """By session: the delegations made in it."""
        for each in delegations:
            self._made.setdefault(each.session_id, []).append(each)
        sources = enumerate(store.mapping.sources)
        self._unindexed = [
            number
            for number, source in sources
            if source.parent_column is not None and not store.parent_indexed[number]
        ]
        self._rows_of: tuple[str, list[Event]] | None = None
        self._names = names
        self._subs: dict[str, list[Session]] = {}
        self._known: dict[EventKey, tuple[_Found, list[Event]]] = {}
        self._rows_known = 0
        self._under: dict[str, list[Event]] = {}
        """By id of a row: the rows under it, of those that were looked for last."""
        self._rows_under = 0

    def work(self, delegation: Delegation) -> DelegationWork:
        """What happened below a delegation, in figures."""
        found, events = self._read(delegation)
        for event in events:
            if event.session_id != delegation.session_id:
                found.sessions.setdefault(event.session_id)
        tokens = [event.tokens for event in events if event.tokens is not None]
        costs = [event.cost for event in events if event.cost is not None]
        times = [event.time for event in events if event.time is not None]
        return DelegationWork(
            key=delegation.key,
            child_sessions=tuple(found.sessions),
            events=len(events),
            calls=sum(event.is_call for event in events),
            errors=sum(event.state is EventState.ERROR for event in events),
            delegations=sum(event.kind is EventKind.DELEGATION for event in events),
            depth=max((found.depths.get(event.id, 1) for event in events), default=0),
            tokens=sum(tokens) if tokens else None,
            cost=sum(costs) if costs else None,
            last_time=max(times, default=None),
            cut=found.is_full or found.is_deeper,
        )

    def events(self, delegation: Delegation) -> list[Event]:
        """What happened below a delegation, in order of arrival of each source."""
        return self._read(delegation)[1]

    def _read(self, delegation: Delegation) -> tuple[_Found, list[Event]]:
        known = self._known.get(delegation.key)
        if known is None:
            found = self._find(delegation)
            events = paired(sorted(found.rows.values(), key=lambda row: row.key))
            known = (found, events)
            if len(events) <= BELOW // 100:
                self._rows_known += len(found.rows)
                if self._rows_known > KEPT:
                    self._known.clear()
                    self._rows_known = len(found.rows)
                self._known[delegation.key] = known
        return known

    def _find(self, delegation: Delegation) -> _Found:
        found = _Found(delegation)
        level = [delegation.id]
        within = [delegation.session_id]
        for depth in range(1, LEVELS):
            fresh: list[str] = []
            for session in self._sessions_of(level, within):
                if session.id not in found.sessions and session.id not in within:
                    found.sessions[session.id] = None
                    fresh += self._take(found, self._session_rows(session.id), depth)
            fresh += self._take(found, self._children(level), depth)
            if self._unindexed:
                fresh += self._take(found, self._unfound(level, delegation.session_id), depth)
            within = [*found.sessions, delegation.session_id]
            level = fresh
            if not level or found.is_full:
                break
        found.is_deeper = bool(level) and bool(self._children(level))
        return found

    def _take(self, found: _Found, rows: Iterable[Event], depth: int) -> list[str]:
        """Keep rows that are new; returns their ids."""
        ids: list[str] = []
        for row in rows:
            if row.key in found.rows or row.key == found.top.key or found.is_full:
                continue
            if self._names.get(row.id) == found.top.id:
                # The last row of a delegation may hang under the first one.
                if row.id not in found.depths:
                    found.depths[row.id] = 0
                    ids.append(row.id)
                continue
            depths = found.depths
            if row.phase is not Phase.START or row.id not in self._names:
                # A start row of a delegation tells nothing that its other rows do not.
                found.rows[row.key] = row
            depths.setdefault(row.id, depths.get(row.parent_id or "", depth - 1) + 1)
            ids.append(row.id)
            name = self._names.get(row.id, row.id)
            if name not in depths:
                # Of the rows of one delegation, what is below it may name another one.
                depths[name] = depths[row.id]
                ids.append(name)
        return ids

    def _children(self, parents: Sequence[str]) -> list[Event]:
        found = [event for parent in parents for event in self._under.get(parent, ())]
        unknown = [parent for parent in parents if parent not in self._under]
        if unknown:
            fresh: list[Event] = []
            is_cut = False
            for source in range(len(self._store.mapping.sources)):
                rows = self._store.children(source, unknown, BELOW)
                is_cut |= len(rows) >= BELOW
                fresh += rows
            found += fresh
            if not is_cut:
                self._keep(unknown, fresh)
        return sorted(found, key=lambda event: event.key)

    def _keep(self, parents: Sequence[str], rows: Sequence[Event]) -> None:
        """Delegations below one another share most of what is below them."""
        self._rows_under += len(parents) + len(rows)
        if self._rows_under > KEPT:
            self._under.clear()
            self._rows_under = len(parents) + len(rows)
        for parent in parents:
            self._under[parent] = []
        for row in rows:
            self._under.setdefault(row.parent_id or "", []).append(row)

    def _unfound(self, parents: Sequence[str], session_id: str) -> list[Event]:
        """Rows under these parents in one session, where no index serves their parents."""
        if self._rows_of is None or self._rows_of[0] != session_id:
            rows: list[Event] = []
            for source in self._unindexed:
                rows += self._store.session_page(source, session_id, limit=BELOW)
            self._rows_of = (session_id, rows)
        meant = frozenset(parents)
        return [row for row in self._rows_of[1] if row.parent_id in meant]

    def _session_rows(self, session_id: str) -> list[Event]:
        found: list[Event] = []
        for source in range(len(self._store.mapping.sources)):
            found += self._store.session_page(source, session_id, limit=BELOW)
        return found

    def _sessions_of(self, ids: Sequence[str], within: Iterable[str]) -> list[Session]:
        """The sub-agents' sessions that calls with these ids began."""
        meant = frozenset(ids)
        found: list[Session] = []
        for name in within:
            if name not in self._subs:
                self._subs[name] = self._store.sub_sessions(name)
            found += [
                session
                for session in self._subs[name]
                if (session.parent_event_id or _maker(session, self._made.get(name, ()))) in meant
            ]
        return found


def _maker(session: Session, delegations: Sequence[Delegation]) -> str | None:
    """Which of its parent's delegations seems to have begun a session: the latest before it."""
    if session.started is None:
        return None
    before = [
        each
        for each in delegations
        if each.started is not None
        and each.started <= session.started + SLACK
        and (each.ended is None or session.started <= each.ended + SLACK)
    ]
    of_agent = [each for each in before if each.target and each.target == session.agent]
    return max(of_agent or before, key=lambda each: each.key).id if before else None
