"""Small activity trees for tests."""

from __future__ import annotations

from typing import Any

from queries.models import (
    ActivityNode,
    Event,
    EventKind,
    EventState,
    NodeKind,
    NodeStats,
)

NOON = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""


def event_node(
    seq: int,
    parent: str | None = None,
    title: str | None = None,
    kind: EventKind = EventKind.TOOL,
    state: EventState = EventState.OK,
    stats: NodeStats | None = None,
    never_ended: bool = False,
    **fields: Any,
) -> ActivityNode:
    """An event node with the key ``e<seq>``, one second after the one before it."""
    event = Event(
        0, seq, f"id{seq}", "session", time=NOON + seq, kind=kind, state=state,
        summary=title or f"title {seq}", **fields,
    )  # fmt: skip
    return ActivityNode(
        f"e{seq}", parent, NodeKind.EVENT, event.summary, event, stats, never_ended
    )  # fmt: skip


def prompt(seq: int, title: str = "Fix the flaky login test", **fields: Any) -> ActivityNode:
    return event_node(seq, None, title, EventKind.PROMPT, EventState.UNKNOWN, **fields)


def tool(seq: int, parent: str | None, tool: str = "Read", **fields: Any) -> ActivityNode:
    return event_node(seq, parent, tool=tool, **fields)


def notice(title: str = "4,321 earlier events") -> ActivityNode:
    return ActivityNode("notice", None, NodeKind.NOTICE, title)


def long_session(count: int) -> list[ActivityNode]:
    """One prompt and ``count`` calls below it."""
    return [prompt(0), *(tool(seq, "e0") for seq in range(1, count + 1))]


def mixed_session() -> list[ActivityNode]:
    """One node of every kind and state."""
    stats = NodeStats(calls=13, errors=2, running=1, duration=252.0)
    return [
        notice(),
        prompt(1, stats=stats, agent="planner"),
        tool(2, "e1", duration=0.2, agent="planner", title="src/auth.py"),
        tool(3, "e1", "Bash", state=EventState.ERROR, duration=2.0, agent="hacker", title="make"),
        event_node(
            4, "e1", "Find every caller", EventKind.DELEGATION, EventState.RUNNING,
            tool="Task", target_agent="explorer", agent="planner",
        ),
        ActivityNode("sub", "e4", NodeKind.SESSION, "explorer's session", None, NodeStats(calls=1)),
        tool(5, "sub", "Grep", operation="fast", state=EventState.UNKNOWN, title="日本語の文章"),
        tool(6, "sub", "Glob", state=EventState.RUNNING, never_ended=True, title="🚀 **/*.py"),
        event_node(7, None, "We are in.", EventKind.MESSAGE, EventState.UNKNOWN, agent="mole"),
        event_node(
            8, None, "take over", EventKind.HANDOFF, EventState.OK, agent="mole",
            target_agent="safe",
        ),
        event_node(9, None, "it broke", EventKind.ERROR, EventState.ERROR),
        ActivityNode("orphans", None, NodeKind.GROUP, "Outside any prompt", None, NodeStats()),
        event_node(10, "orphans", "lonely", EventKind.OTHER, EventState.UNKNOWN),
    ]  # fmt: skip
