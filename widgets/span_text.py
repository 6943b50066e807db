"""An event in one line of words, as lists and lines under panes tell it."""

from __future__ import annotations

from datetime import tzinfo

from queries.models import Event, EventKind, EventState
from queries.text import UNKNOWN, clock, count, duration
from widgets.activity_line import tool_name
from widgets.event_facts import state_words
from widgets.glyphs import Glyphs


def what_words(event: Event, glyphs: Glyphs) -> str:
    """What it was: the tool and its argument, from whom to whom and what, or the text."""
    match event.kind:
        case EventKind.TOOL:
            words = (tool_name(event), event.summary)
        case EventKind.DELEGATION | EventKind.HANDOFF:
            words = (f"{glyphs.arrow} {event.target_agent or UNKNOWN}", event.summary)
        case _:
            words = ("", event.summary)
    return "  ".join(word for word in words if word) or event.kind.value


def event_words(
    event: Event, glyphs: Glyphs, zone: tzinfo | None, never_ended: bool = False
) -> str:
    """Time, agent, what it was, how long it took and how it went."""
    parts = [clock(event.time, zone), event.agent or UNKNOWN, what_words(event, glyphs)]
    if event.is_call:
        runs = event.state is EventState.RUNNING and not never_ended
        parts += [] if runs else [duration(event.duration)]
        parts.append(state_words(event, never_ended))
    if event.tokens is not None:
        parts.append(f"{count(event.tokens)} tokens")
    return " · ".join(parts)


def searched_text(event: Event) -> str:
    """All words of an event that a search looks through."""
    names = (event.agent, event.target_agent, event.tool, event.operation, event.summary)
    return " ".join(name for name in names if name)
