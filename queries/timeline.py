"""A session over time: lanes of its agents, its events in one order, its figures at an instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from queries.fold import Fold
from queries.folding.delegation_rows import DelegationRows
from queries.folding.pairing import paired
from queries.interactions import agent_statistics, all_interactions, interactions
from queries.models import Event, EventKind, EventState, Relation, Scope, ScopeFigures
from queries.models.timeline import Timeline, TimelineEntry, TimelineLane, TimelineSpan
from queries.plain_data import dataclass, replace
from queries.store import Store
from queries.tools import tool_statistics
from queries.trees.activity_reader import Ranges, read_events

PAGE = 5000
"""Newest rows of a session that are read for its timeline."""


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """The newest events of a session."""

    events: tuple[Event, ...]
    """In order of arrival, paired."""
    has_earlier: bool
    """Whether there are older ones."""
    rows: tuple[Event, ...]
    """Its rows as they are stored, which make these events."""


def read_session(
    store: Store, session_id: str, *, limit: int = PAGE, ranges: Ranges | None = None
) -> SessionEvents:
    """The newest events of a session.

    Args:
        store: an open store.
        session_id: the session.
        limit: rows that are read.
        ranges: where its rows are known to lie.

    Raises:
        StoreError: the store cannot be read now.
    """
    rows, more = read_events(store, session_id, limit, ranges)
    return SessionEvents(tuple(paired(rows)), more, tuple(rows))


def as_of(events: Iterable[Event], at: float) -> tuple[Event, ...]:
    """Events as they were at an instant: those that had begun.

    A call that ended later is running. An event without a time had begun if the one before it
    in order of arrival had.
    """
    shown: list[Event] = []
    begun = True
    for event in events:
        if event.time is not None:
            begun = event.time <= at
        if not begun:
            continue
        end = _end(event)
        if event.is_call and end is not None and end > at:
            event = replace(event, state=EventState.RUNNING, duration=None)
        shown.append(event)
    return tuple(shown)


def timeline(
    events: Sequence[Event], *, now: float, alive: bool, has_earlier: bool = False
) -> Timeline:
    """The timeline of a session.

    Args:
        events: its events in order of arrival, paired.
        now: epoch seconds: up to where running calls reach.
        alive: whether the session is running; else calls without an end never ended.
        has_earlier: whether older events were left unread.
    """
    lanes: dict[str | None, list[Event]] = {}
    undated = 0
    for event in events:
        if event.time is None:
            undated += 1
        else:
            lanes.setdefault(event.agent, []).append(event)
    made = tuple(_lane(agent, some, now, alive) for agent, some in lanes.items())
    spans = [span for lane in made for span in lane.spans]
    return Timeline(
        first=min((span.start for span in spans), default=None),
        last=max((span.end for span in spans), default=None),
        lanes=made,
        undated=undated,
        steps=steps_of(events),
        has_earlier=has_earlier,
    )


def entries(events: Iterable[Event]) -> tuple[TimelineEntry, ...]:
    """Events in order of arrival; exact repeats that follow right away are one entry."""
    found: list[TimelineEntry] = []
    pending: list[Event] = []
    for event in events:
        if pending and not is_repeat(pending[-1], event):
            found.append(TimelineEntry(pending[0], tuple(pending[1:])))
            pending = []
        pending.append(event)
    if pending:
        found.append(TimelineEntry(pending[0], tuple(pending[1:])))
    return tuple(found)


def is_repeat(before: Event, after: Event) -> bool:
    """Whether an event says exactly what the one before it says."""
    return bool(before.summary) and all(
        getattr(before, name) == getattr(after, name)
        for name in ("session_id", "kind", "agent", "target_agent", "tool", "operation",
                     "summary", "state")
    )  # fmt: skip


def steps_of(events: Iterable[Event]) -> tuple[float, ...]:
    """The instants at which something begins or ends, ascending."""
    found: set[float] = set()
    for event in events:
        if event.time is not None:
            found.add(event.time)
            end = _end(event)
            if event.is_call and end is not None:
                found.add(end)
    return tuple(sorted(found))


def figures_at(
    session_id: str,
    events: Iterable[Event],
    at: float,
    *,
    messages_only: bool,
    is_alive: Callable[[str], bool],
    delegation_rows: DelegationRows,
) -> ScopeFigures:
    """Tools, agents and interactions of a session as they were at an instant.

    Args:
        session_id: the session.
        events: its events in order of arrival, paired.
        at: the instant.
        messages_only: whether "follows" looks at messages only.
        is_alive: whether a session was running then.
        delegation_rows: which of its rows knows who handed over a delegation, they show together.
    """
    fold, handed = Fold(messages_only=messages_only), Fold(messages_only=messages_only)
    shown = as_of(events, at)
    for event in shown:
        fold.add(event)
    for row in sorted(_handing_over(shown, at, delegation_rows), key=lambda row: row.key):
        handed.add(row)
    return ScopeFigures(
        Scope((session_id,), session_id),
        tool_statistics(fold, is_alive),
        agent_statistics(fold),
        all_interactions(fold) | {Relation.DELEGATES: interactions(handed, Relation.DELEGATES)},
    )


def _handing_over(events: Iterable[Event], at: float, rows: DelegationRows) -> Iterator[Event]:
    """Who handed what to whom, row by row, and the prompts that tell for whom was spoken."""
    for event in events:
        if event.kind is EventKind.DELEGATION and event.key in rows:
            is_over = event.state is not EventState.RUNNING
            for row in rows[event.key].values():
                if is_over or row.key == event.key or row.time is None or row.time <= at:
                    yield row
        elif event.kind in (EventKind.DELEGATION, EventKind.HANDOFF, EventKind.PROMPT):
            yield event


def was_alive(session_id: str) -> bool:
    """Whether a session ran, at an instant of the past: every call could still end then."""
    del session_id
    return True


def _end(event: Event) -> float | None:
    if event.time is None or event.duration is None or event.state is EventState.RUNNING:
        return None
    return event.time + max(event.duration, 0.0)


def _lane(agent: str | None, events: Sequence[Event], now: float, alive: bool) -> TimelineLane:
    spans: list[TimelineSpan] = []
    rows: list[float] = []
    for event in sorted(events, key=lambda event: (event.time or 0.0, event.key)):
        start = event.time or 0.0
        is_open = event.is_call and event.state is EventState.RUNNING
        end = _end(event) if event.is_call else None
        if is_open and alive:
            end = now
        end = start if end is None else max(end, start)
        row = next((number for number, free in enumerate(rows) if free <= start), len(rows))
        rows[row : row + 1] = [end]
        spans.append(
            TimelineSpan(event, start, end, row, is_open and alive, is_open and not alive)
        )  # fmt: skip
    return TimelineLane(
        agent=agent,
        spans=tuple(spans),
        rows=len(rows),
        events=len(events),
        calls=sum(event.is_call for event in events),
        errors=sum(event.state is EventState.ERROR for event in events),
        busy=_covered(spans),
    )


def _covered(spans: Iterable[TimelineSpan]) -> float:
    """Seconds that at least one of these spans, ordered by start, covers."""
    total, reached = 0.0, float("-inf")
    for span in spans:
        if span.end > reached:
            total += span.end - max(span.start, reached)
            reached = span.end
    return total
