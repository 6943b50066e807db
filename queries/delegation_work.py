"""What happened below a delegation, at any depth and in any session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from queries.delegation_models import Delegation, DelegationWork
from queries.models import Event, EventKey, EventKind, EventState, Session
from queries.pairing import paired
from queries.store import Store

BELOW = 20_000
"""Rows below one delegation that are read at most."""
LEVELS = 100
SLACK = 120.0
"""Seconds by which a sub-agent's session may begin before or after the call that made it."""


class Below:
    """Reads what is below delegations of one store."""

    def __init__(self, store: Store, names: Mapping[str, str] = MappingProxyType({})) -> None:
        """Args: names: by id of a row of a delegation, the id of the delegation's event."""
        self._store = store
        self._names = names
        self._subs: dict[str, list[Session]] = {}

    def work(self, delegation: Delegation, others: Sequence[Delegation] = ()) -> DelegationWork:
        """What happened below a delegation.

        Args:
            delegation: the delegation.
            others: those of the same store, to tell whose session a sub-agent's is where the
                store does not say so.
        """
        rows: dict[EventKey, Event] = {}
        depths: dict[str, int] = {delegation.id: 0}
        level = [delegation.id]
        sessions: dict[str, None] = {}
        for session in self._own_sessions(delegation, others):
            sessions[session.id] = None
            level += self._take(rows, depths, self._session_rows(session.id), delegation, 1)
        for depth in range(1, LEVELS):
            if not level or len(rows) >= BELOW:
                break
            level = self._take(rows, depths, self._children(level), delegation, depth)
        events = paired(sorted(rows.values(), key=lambda row: row.key))
        for event in events:
            if event.session_id != delegation.session_id:
                sessions.setdefault(event.session_id)
        tokens = [event.tokens for event in events if event.tokens is not None]
        costs = [event.cost for event in events if event.cost is not None]
        return DelegationWork(
            key=delegation.key,
            child_sessions=tuple(sessions),
            events=len(events),
            calls=sum(event.is_call for event in events),
            errors=sum(event.state is EventState.ERROR for event in events),
            delegations=sum(event.kind is EventKind.DELEGATION for event in events),
            depth=max((depths.get(event.id, 1) for event in events), default=0),
            tokens=sum(tokens) if tokens else None,
            cost=sum(costs) if costs else None,
            last_time=max((event.time for event in events if event.time is not None),
                          default=None),
            cut=len(rows) >= BELOW,
        )  # fmt: skip

    def phases(self, delegation: Delegation) -> list[Event]:
        """What is right below a delegation."""
        return paired(self._children([delegation.id]))

    def _take(
        self,
        rows: dict[EventKey, Event],
        depths: dict[str, int],
        fresh: Sequence[Event],
        delegation: Delegation,
        depth: int,
    ) -> list[str]:
        """Keep rows that are new; returns their ids."""
        ids: list[str] = []
        for row in fresh:
            if row.key in rows or row.key == delegation.key or len(rows) >= BELOW:
                continue
            rows[row.key] = row
            depths.setdefault(row.id, depths.get(row.parent_id or "", depth - 1) + 1)
            ids.append(row.id)
            name = self._names.get(row.id, row.id)
            if name not in depths:
                # Of the rows of one delegation, what is below it may name another one.
                depths[name] = depths[row.id]
                ids.append(name)
        return ids

    def _children(self, parents: Sequence[str]) -> list[Event]:
        found: list[Event] = []
        for source in range(len(self._store.mapping.sources)):
            found += self._store.children(source, parents, BELOW)
        return found

    def _session_rows(self, session_id: str) -> list[Event]:
        found: list[Event] = []
        for source in range(len(self._store.mapping.sources)):
            found += self._store.session_page(source, session_id, limit=BELOW)
        return found

    def _own_sessions(self, delegation: Delegation, others: Sequence[Delegation]) -> list[Session]:
        """The sub-agents' sessions that this delegation began."""
        name = delegation.session_id
        if name not in self._subs:
            self._subs[name] = self._store.sub_sessions(name)
        return [
            session
            for session in self._subs[name]
            if session.parent_event_id == delegation.id
            or (session.parent_event_id is None and _maker(session, others) == delegation.key)
        ]


def _maker(session: Session, others: Sequence[Delegation]) -> EventKey | None:
    """The delegation that seems to have begun a session: the latest one before it."""
    if session.started is None:
        return None
    before = [
        other
        for other in others
        if other.session_id == session.parent_id
        and other.started is not None
        and other.started <= session.started + SLACK
        and (other.ended is None or session.started <= other.ended + SLACK)
    ]
    of_agent = [other for other in before if other.target and other.target == session.agent]
    return max(of_agent or before, key=lambda other: other.key).key if before else None
