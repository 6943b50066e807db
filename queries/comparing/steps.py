"""Sessions as sequences of steps, and what makes two steps the same."""

from __future__ import annotations

from collections.abc import Callable

from queries.models import CALL_KINDS, Event, EventKind

StepKey = tuple[str | None, ...]
_SPOKEN = frozenset((EventKind.MESSAGE, EventKind.ERROR))


def step_text(event: Event) -> str:
    """A step in one line: "Read src/auth.py", "Bash git: git status", "planner: Go."."""
    kind, agent, target = event.kind, event.agent, event.target_agent
    return teller(kind, agent, target, event.tool, event.operation)(event.summary)


def teller(
    kind: EventKind,
    agent: str | None,
    target: str | None,
    tool: str | None,
    operation: str | None,
) -> Callable[[str], str]:
    """What gives :func:`step_text` of all steps that say this, by their summaries."""
    if kind in CALL_KINDS:
        name = tool or kind.value
        if target:
            name += f" → {target}"
        if not operation:
            return lambda summary: f"{name} {summary}".rstrip()
        return lambda summary: (
            f"{name} {summary}" if operation in summary else f"{name} {operation} {summary}"
        ).rstrip()
    if kind is EventKind.HANDOFF:
        return lambda summary: f"{agent or '?'} → {target or '?'}: {summary}".rstrip(": ")
    who = "prompt" if kind is EventKind.PROMPT else agent or kind.value
    if kind is EventKind.ERROR:
        who += " error"
    return lambda summary: f"{who}: {summary or tool or ''}".rstrip(": ")


def step_key(event: Event, level: Callable[[str], str]) -> StepKey:
    """What two steps have in common when they are the same.

    Tool, operation, target and levelled arguments of a call; speaker and levelled text of what
    is said; the levelled text of a prompt, whoever asked.
    """
    text = level(event.summary)
    if event.is_call:
        return (event.kind, event.tool, event.operation, event.target_agent, text)
    if event.kind is EventKind.PROMPT:
        return (event.kind, text)
    if event.kind in _SPOKEN:
        return (event.kind, event.agent, text)
    return (event.kind, event.agent, event.target_agent, event.tool, event.operation, text)


def step_shapes(event: Event) -> tuple[StepKey, StepKey]:
    """What two steps share when one is a changed form of the other: closely, and at least."""
    if event.is_call:
        return (
            (event.kind, event.tool, event.operation, event.target_agent),
            (event.kind, event.tool),
        )
    if event.kind is EventKind.PROMPT:
        return ((event.kind,), (event.kind,))
    if event.kind in _SPOKEN:
        return ((event.kind, event.agent), (event.kind, event.agent))
    return ((event.kind, event.agent, event.target_agent), (event.kind, event.agent))
