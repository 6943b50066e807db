"""The events that one cell of an interaction matrix counts, among events that are at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from queries.folding.handed_on import maker
from queries.folding.joining import names_its_maker
from queries.folding.speakers import Speaker
from queries.models import Event, EventKey, EventKind, Phase, Relation

_HANDING = (EventKind.DELEGATION, EventKind.HANDOFF)


def events_behind(
    events: Iterable[Event],
    relation: Relation,
    first: str,
    second: str,
    rows: Mapping[EventKey, Mapping[EventKey, Event]],
) -> frozenset[EventKey]:
    """Both events of each pair of speakers or tools; or delegations and hand-offs.

    Args:
        events: each with all its rows joined.
        relation: of the matrix.
        first: name of the row.
        second: name of the column.
        rows: of delegations that several rows tell of, by key: the first row and the end rows.
    """
    known = sorted(events, key=lambda event: event.key)
    if relation is Relation.DELEGATES:
        told_by = {event.key: tuple(rows.get(event.key, {}).values()) for event in known}
        by_id = {row.id: event for event in known for row in (event, *told_by[event.key])}
        return frozenset(
            event.key
            for event in known
            if event.kind in _HANDING
            and event.target_agent == second
            and _handed_by(event, told_by[event.key], by_id) == first
        )
    found: set[EventKey] = set()
    last: dict[str, Event] = {}
    in_messages = any(event.kind is EventKind.MESSAGE for event in known)
    for event in known:
        name = event.tool if relation is Relation.TOOLS else event.agent
        if name is None or (relation is Relation.TOOLS and not event.is_call):
            continue
        speaks = event.kind is EventKind.MESSAGE or not in_messages
        if relation is not Relation.TOOLS and not speaks:
            continue
        before = last.get(event.session_id)
        last[event.session_id] = event
        if before is None or name != second:
            continue
        if first == (before.tool if relation is Relation.TOOLS else before.agent):
            found |= {before.key, event.key}
    return frozenset(found)


def _handed_by(event: Event, rows: Sequence[Event], by_id: Mapping[str, Event]) -> str | None:
    if event.kind is EventKind.HANDOFF:
        return event.agent
    own = next((row for row in rows if row.key == event.key), event)
    later = sorted(
        (row for row in rows if row.phase is Phase.END), key=lambda row: row.key, reverse=True
    )

    def speaker_of(above: str) -> Speaker | None:
        known = by_id.get(above)
        if known is None or known is event:
            return None
        if known.kind is EventKind.DELEGATION and known.target_agent:
            return (known.target_agent, True)
        return (known.agent, False) if known.kind is EventKind.PROMPT and known.agent else None

    ends = [(row.parent_id, row.agent) for row in later]
    return maker(ends, (own.parent_id, own.agent), names_its_maker(own), speaker_of)
