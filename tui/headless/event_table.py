"""Events as a table for people."""

from __future__ import annotations

from datetime import tzinfo

from queries.models import Event
from queries.text import date_time, duration
from tui.headless.output import Column, text_or_unknown


def event_columns(times: tzinfo | None, *, phase: bool = False) -> list[Column[Event]]:
    """The columns.

    Args:
        times: the zone of the times.
        phase: show which of a call's two rows it is.
    """
    columns: list[Column[Event]] = [
        Column("time", lambda event: date_time(event.time, times)),
        Column("session", lambda event: event.session_id),
        Column("agent", _agent),
        Column("kind", lambda event: event.kind.value),
        Column("tool", tool_name),
        Column("state", lambda event: event.state.value),
        Column("duration", lambda event: duration(event.duration), number=True),
        Column("id", lambda event: event.id),
        Column("summary", lambda event: event.summary),
    ]
    if phase:
        columns.insert(4, Column("phase", lambda event: event.phase.value))
    return columns


def _agent(event: Event) -> str:
    agent = text_or_unknown(event.agent)
    return agent if event.target_agent is None else f"{agent} → {event.target_agent}"


def tool_name(event: Event) -> str:
    """The tool, with its operation where it has one: ``vault·unlock``."""
    tool = text_or_unknown(event.tool)
    return tool if event.operation is None else f"{tool}·{event.operation}"
