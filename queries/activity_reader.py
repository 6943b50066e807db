"""Reading what the activity tree shows: a session's newest events, its sub-agents' sessions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from queries.activity import ActivityModel, merge_sources
from queries.models import ActivityNode, Event, Session
from queries.store import Store

PAGE = 2000
"""Events of the session itself that are read at first."""
SUB_SESSIONS = 50
"""Sub-agents' sessions that are read, at most."""
SUB_PAGE = 1000
"""Newest events read of each sub-agent's session."""

Ranges = Mapping[int, tuple[int, int]]
"""Per source, the lowest and highest seq known to hold a session's rows."""


@dataclass(slots=True)
class SessionTree:
    """A loaded tree, ready to be drawn and to be kept up to date."""

    model: ActivityModel
    nodes: list[ActivityNode]
    events: int
    """Rows read of the session itself."""
    has_earlier: bool
    """Whether older rows of the session were left unread."""


def read_events(
    store: Store, session_id: str, limit: int, ranges: Ranges | None = None
) -> tuple[list[Event], bool]:
    """The newest ``limit`` rows of a session in order, and whether there are older ones."""
    pages = []
    more = False
    for source in range(len(store.mapping.sources)):
        within = None if ranges is None else ranges.get(source)
        if ranges is not None and within is None and not store.session_indexed[source]:
            continue
        page = store.session_page(source, session_id, limit=limit + 1, within=within)
        more = more or len(page) > limit
        pages.append(page[-limit:])
    events = merge_sources(pages) if pages else []
    if len(events) > limit:
        more = True
        events = events[-limit:]
    return events, more


def read_tree(
    store: Store,
    session_id: str,
    *,
    limit: int = PAGE,
    raw: bool = False,
    is_alive: Callable[[str], bool] = lambda _: True,
    ranges_of: Callable[[str], Ranges | None] = lambda _: None,
    total: int | None = None,
) -> SessionTree:
    """The activity tree of one session.

    Args:
        store: an open store.
        session_id: the session.
        limit: newest rows of the session itself to read.
        raw: leave start and end rows unpaired.
        is_alive: whether a session is running.
        ranges_of: where a session's rows are known to lie (spares a scan without an index).
        total: how many events the session has, for the notice about earlier ones.
    """
    events, more = read_events(store, session_id, limit, ranges_of(session_id))
    model = ActivityModel(
        session_id, raw=raw, is_alive=is_alive, by_time=len(store.mapping.sources) > 1
    )
    subs, below = _below(store, session_id, events, ranges_of)
    for session in subs:
        model.add_session(session)
    earlier = ""
    if more:
        rest = "" if total is None else f"{max(total - len(events), 1):,} "
        earlier = f"{rest}earlier events"
    everything = sorted([*events, *below], key=lambda event: event.key) if below else events
    if below and len(store.mapping.sources) > 1:
        everything = merge_sources([events, below])
    nodes = model.load(everything, earlier=earlier)
    return SessionTree(model, nodes, len(events), more)


def _below(
    store: Store,
    session_id: str,
    events: list[Event],
    ranges_of: Callable[[str], Ranges | None],
) -> tuple[list[Session], list[Event]]:
    """Sub-agents' sessions of any depth, and the rows of other sessions under these events."""
    subs: dict[str, Session] = {}
    found: dict[tuple[int, int], Event] = {}
    queue = deque(store.sub_sessions(session_id))
    parents = [event.id for event in events]
    while queue or parents:
        fresh: list[Event] = []
        for source in range(len(store.mapping.sources)):
            fresh += store.children_elsewhere(source, parents, session_id)
        if queue and len(subs) < SUB_SESSIONS:
            session = queue.popleft()
            if session.id in subs or session.id == session_id:
                parents = []
                continue
            subs[session.id] = session
            fresh += read_events(store, session.id, SUB_PAGE, ranges_of(session.id))[0]
            queue.extend(store.sub_sessions(session.id))
        else:
            queue.clear()
        new = [event for event in fresh if event.key not in found]
        found.update((event.key, event) for event in new)
        parents = [event.id for event in new][: SUB_PAGE * 5]
    return list(subs.values()), sorted(found.values(), key=lambda event: event.key)
