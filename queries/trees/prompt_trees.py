"""The newest prompts of a store or session with everything under them, as data."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Set

from queries.activity import ActivityModel
from queries.counting.event_stream import EventStream, Progress, patiently
from queries.models import Event, EventKind, NodeKind, NodeStats, Session
from queries.plain_data import dataclass, field
from queries.store import Store
from queries.trees.activity_forest import Line, key_of
from queries.trees.begun_before import begun_before
from queries.trees.newest_prompts import NewestRows, newest_rows
from queries.trees.other_halves import other_halves

_ALL = 2**62
ROWS_ELSEWHERE = 20_000
"""Rows of another session among which the other row of a call is looked for, at most."""


@dataclass(slots=True)
class PromptNode:
    """One event with what happened under it."""

    event: Event
    stats: NodeStats
    children: list[PromptNode] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PromptTrees:
    """The newest prompts, and what lies outside any prompt since the first of them."""

    total_prompts: int
    """All there are in the store (or session)."""
    prompts: list[PromptNode]
    """In order of time."""
    outside: list[PromptNode]
    left_out: int
    """Rows before the first prompt shown, which were not built into trees."""
    cut: bool
    """Whether fewer than ``limit`` prompts are shown because too many rows follow them."""


def read_prompt_trees(
    store: Store,
    session_id: str | None,
    limit: int | None,
    *,
    raw: bool = False,
    progress: Progress | None = None,
) -> PromptTrees:
    """Read the trees of the newest ``limit`` prompts.

    Args:
        store: an open store.
        session_id: only this session, with the sessions of its sub-agents; None: all.
        limit: prompts; None takes all of them, whatever memory that takes.
        raw: leave start and end rows unpaired.
        progress: told which part is read.
    """
    declared = patiently(lambda: store.sessions(limit=_ALL))
    subs = _below(declared, session_id)
    ids = None if session_id is None else [session_id, *(session.id for session in subs)]
    if session_id is None and limit:
        newest = newest_rows(store, limit, progress)
    else:
        newest = NewestRows(limit, session_id)
        for row in EventStream(store, sessions=ids, progress=progress):
            newest.take(row)
    model = ActivityModel(session_id, raw=raw, by_time=len(store.mapping.sources) > 1)
    for session in subs:
        model.add_session(session)
    begun = [] if raw else begun_before(store, newest)
    rows = [*begun, *newest.rows]
    if session_id is not None:
        rows = _with_rows_elsewhere(store, rows, ids or [], raw)
    model.load(rows)
    by_id = {session.id: session for session in subs}
    older = {key_of(row.key) for row in begun}
    if newest.left_out:
        older |= _older(store, model, by_id)
    prompts, outside = _split(store, model, session_id, older)
    return PromptTrees(newest.prompts, prompts, outside, newest.left_out, newest.cut)


def _below(declared: Iterable[Session], session_id: str | None) -> list[Session]:
    """Sub-agents' sessions: all, or those below one session at any depth, oldest first."""
    children: dict[str, list[Session]] = {}
    for session in sorted(declared, key=lambda one: (one.started or 0.0, one.id)):
        if session.parent_id is not None and session.parent_id != session.id:
            children.setdefault(session.parent_id, []).append(session)
    if session_id is None:
        return [session for same in children.values() for session in same]
    found: dict[str, Session] = {}
    queue = deque([session_id])
    while queue:
        for session in children.get(queue.popleft(), ()):
            if session.id not in found and session.id != session_id:
                found[session.id] = session
                queue.append(session.id)
    return list(found.values())


def _with_rows_elsewhere(store: Store, rows: list[Event], ids: list[str], raw: bool) -> list[Event]:
    """Add rows of other sessions that hang under these, at any depth."""
    known = {row.key for row in rows}
    own = set(ids)
    parents = [row.id for row in rows]
    added: list[Event] = []
    while parents:
        fresh: list[Event] = []
        for source in range(len(store.mapping.sources)):
            below = store.children_elsewhere(source, parents, ids[0], known)
            if not raw:
                below += other_halves(store, source, below, own, ROWS_ELSEWHERE)
            for row in below:
                if row.key not in known and row.session_id not in own:
                    known.add(row.key)
                    fresh.append(row)
        added += fresh
        parents = [row.id for row in fresh]
    if not added:
        return rows
    return sorted([*rows, *added], key=lambda row: row.key)


def _split(
    store: Store, model: ActivityModel, session_id: str | None, older: Set[str]
) -> tuple[list[PromptNode], list[PromptNode]]:
    """The trees under prompts, and the other trees without the older ones.

    A prompt below something that is too old to be shown is at the top itself.
    """
    prompts: list[PromptNode] = []
    outside: list[PromptNode] = []
    hidden: list[PromptNode] = []
    stack: list[tuple[Line, list[PromptNode] | None]]
    stack = [(line, None) for line in reversed(model.roots())]
    while stack:
        line, place = stack.pop()
        if place is None and line.key in older:
            place = hidden
        below, event = place, line.event
        if event is not None:
            is_prompt = event.kind is EventKind.PROMPT
            if place is None:
                place = prompts if is_prompt else outside
            elif place is hidden and is_prompt and session_id in (None, event.session_id):
                place = prompts
            if place is not hidden:
                node = PromptNode(event, line.stats())
                place.append(node)
                below = node.children
        # Lines that are no event (groups, sub-agents' sessions) leave their place to those below.
        stack.extend((child, below) for child in reversed(model.children(line)))
    by_time = len(store.mapping.sources) > 1
    for found in (prompts, outside):
        found.sort(key=lambda node: _place(node.event, by_time))
    return prompts, outside


def _place(event: Event, by_time: bool) -> tuple[float, int, int]:
    time = event.time if by_time and event.time is not None else float("inf")
    return (time, event.source, event.seq)


def _older(store: Store, model: ActivityModel, subs: dict[str, Session]) -> frozenset[str]:
    """Lines at the top whose parent exists, but further back than what was read."""
    waiting: dict[str, list[str]] = {}
    stack = list(model.roots())
    while stack:
        line = stack.pop()
        parent = line.event.parent_id if line.event is not None else None
        if line.kind is NodeKind.SESSION:
            parent = subs[line.key.removeprefix("session:")].parent_event_id
        if parent is not None and model.key_of_id(parent) is None:
            waiting.setdefault(parent, []).append(line.key)
        elif line.event is None:
            stack += model.children(line)
    found: set[str] = set()
    for parent in store.events_by_id(waiting):
        found.update(waiting[parent])
    return frozenset(found)
