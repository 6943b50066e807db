"""One call is one call: the start row and the end row of a call become one event.

A row with a ``call_key`` joins the row of the same session with the same key. Without a key
an end closes the nearest open start of the same session and tool, as closing brackets do.
That choice (and not the oldest open start) is deliberate: a call whose end never came then
stays open by itself instead of shifting every later call of that tool by one, nested
delegations pair rightly, and pairings made inside a slice of rows stay valid whatever comes
before or after it, which is what lets totals be merged slice by slice.

A delegation may be told by up to four rows: the delegation itself (whole, with a key), a
start and an end with that key, and an end without one. They are one event. What it says of
itself may be a placeholder; its end rows know better.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from queries.models import Event, EventKind, EventState, Phase
from queries.plain_data import replace

REACH = 20_000
"""Rows of the whole store after which nobody waits for the end of a call any longer."""
DELEGATIONS = "\0delegation"
_BY_CERTAINTY = (EventState.RUNNING, EventState.UNKNOWN, EventState.OK, EventState.ERROR)


def group_of(event: Event) -> str:
    """Which brackets of its session a row opens or closes: those of its key, or of its tool.

    All delegations are one group; of theirs, rows with a :func:`delegation_key` are joined
    by it instead.
    """
    if event.kind is EventKind.DELEGATION:
        return DELEGATIONS
    if event.call_key is not None:
        return f"\0{event.call_key}"
    return event.tool or ""


def delegation_key(event: Event) -> str | None:
    """The key that up to three rows of one delegation share; None for all other rows."""
    return event.call_key if event.kind is EventKind.DELEGATION else None


def names_its_maker(event: Event) -> bool:
    """Whether a row of a delegation says itself who handed it over.

    The row that is written before the call has a stand-in instead: a whole row whose key is its
    own id, or a start row without a key of its own.
    """
    if event.phase is Phase.START:
        return event.call_key not in (None, event.parent_id)
    return event.phase is Phase.END or event.call_key != event.id


def join(start: Event, end: Event) -> Event:
    """One event of two rows: the start's identity, time and input, the end's outcome."""
    # By position, for many calls are of two rows: names would cost three times as much.
    return Event(
        start.source,
        start.seq,
        start.id,
        end.session_id,
        end.parent_id or start.parent_id,
        start.time if start.time is not None else end.time,
        end.agent or start.agent,
        end.target_agent or start.target_agent,
        end.kind,
        Phase.WHOLE,
        end.call_key,
        end.tool or start.tool,
        end.operation or start.operation,
        start.summary or end.summary,
        end.state,
        end.duration if end.duration is not None else time_taken(start, end),
        end.model or start.model,
        end.tokens if end.tokens is not None else start.tokens,
        end.cost if end.cost is not None else start.cost,
        end.key,
    )


def by_itself(row: Event) -> Event:
    """A row as it is shown unpaired: of a start nothing tells how its call went on."""
    return replace(row, state=EventState.UNKNOWN) if row.phase is Phase.START else row


def as_counted(start: Event) -> Event:
    """A start whose end is not known as it is counted: one event of unknown outcome."""
    return replace(start, phase=Phase.WHOLE, state=EventState.UNKNOWN)


def time_taken(start: Event, end: Event) -> float | None:
    """Seconds from one row to the other, not below 0; unknown where either has no time."""
    if start.time is None or end.time is None:
        return None
    return max(end.time - start.time, 0.0)


def finish(whole: Event, end: Event) -> Event:
    """A delegation after one of its end rows: as sure of its outcome as either row is."""
    return replace(
        whole,
        state=max(whole.state, end.state, key=_BY_CERTAINTY.index),
        target_agent=end.target_agent or whole.target_agent,
        summary=whole.summary or end.summary,
        duration=whole.duration if whole.duration is not None else time_taken(whole, end),
        tokens=whole.tokens if whole.tokens is not None else end.tokens,
        cost=whole.cost if whole.cost is not None else end.cost,
        end_key=end.key,
    )


def finish_all(whole: Event, ends: Iterable[Event]) -> Event:
    """A delegation after several of its end rows, in whichever order they were found."""
    return reduce(finish, sorted(ends, key=lambda end: end.key), whole)
