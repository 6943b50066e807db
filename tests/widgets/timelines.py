"""Small timelines for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from queries.models import Event, EventKind, EventState
from queries.models.timeline import Timeline, TimelineLane, TimelineSpan

NOON = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""


def event(
    seq: int,
    at: float,
    lasted: float | None = None,
    *,
    agent: str | None = "planner",
    kind: EventKind = EventKind.TOOL,
    state: EventState = EventState.OK,
    tool: str | None = "Read",
    summary: str = "",
    **fields: Any,
) -> Event:
    """An event ``at`` seconds after :data:`NOON`."""
    return Event(
        0, seq, f"id{seq}", "session", time=NOON + at, agent=agent, kind=kind, state=state,
        tool=tool if kind is EventKind.TOOL else None, duration=lasted,
        summary=summary or f"file {seq}", **fields,
    )  # fmt: skip


def span(of: Event, row: int = 0, now: float = 0.0, **fields: Any) -> TimelineSpan:
    """The event as a span; ``now``: seconds after :data:`NOON`, for what is running."""
    start = of.time or 0.0
    running = of.state is EventState.RUNNING and not fields.get("never_ended", False)
    end = NOON + now if running else start + (of.duration or 0.0)
    return TimelineSpan(of, start, end, row, running, **fields)


def timeline(spans: Iterable[TimelineSpan]) -> Timeline:
    """A timeline of these spans, a lane per agent."""
    by_agent: dict[str | None, list[TimelineSpan]] = {}
    for each in spans:
        by_agent.setdefault(each.event.agent, []).append(each)
    lanes = tuple(
        TimelineLane(
            agent,
            tuple(own),
            max(each.row for each in own) + 1,
            events=len(own),
            calls=sum(each.event.is_call for each in own),
            errors=sum(each.event.state is EventState.ERROR for each in own),
            busy=sum(each.end - each.start for each in own),
        )
        for agent, own in by_agent.items()
    )
    every = [each for own in by_agent.values() for each in own]
    every.sort(key=lambda each: each.event.seq)
    steps = {instant for each in every for instant in (each.start, each.end)}
    return Timeline(
        first=min((each.start for each in every), default=None),
        last=max((each.end for each in every), default=None),
        lanes=lanes,
        undated=0,
        steps=tuple(sorted(steps)),
    )


def small() -> Timeline:
    """A planner and a hacker over 100 seconds: every kind of span, one overlap."""
    return timeline([
        span(event(1, 0, kind=EventKind.PROMPT, summary="Fix the login")),
        span(event(2, 5, 20.0, tool="Read", summary="src/auth.py")),
        span(event(3, 30, 60.0, kind=EventKind.DELEGATION, target_agent="hacker")),
        span(event(4, 35, 10.0, agent="hacker", tool="Bash", state=EventState.ERROR)),
        span(event(5, 40, 15.0, agent="hacker", tool="Grep"), row=1),
        span(event(6, 60, None, agent="hacker", kind=EventKind.MESSAGE, summary="done")),
        span(event(7, 80, agent="hacker", tool="Edit", state=EventState.RUNNING), now=100),
    ])  # fmt: skip


def many(count: int, seconds: float = 10_000.0) -> Timeline:
    """One lane with so many short calls, every tenth of which failed."""
    return timeline(
        span(
            event(
                number,
                seconds * number / count,
                seconds / count / 2,
                state=EventState.OK if number % 10 else EventState.ERROR,
            )
        )
        for number in range(1, count + 1)
    )
