"""What is known about one event, in words."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from queries import text
from queries.models import Event, EventState, Phase

_STATES = {
    EventState.OK: "succeeded",
    EventState.ERROR: "failed",
    EventState.RUNNING: "still running",
    EventState.UNKNOWN: "outcome unknown",
}
_PHASES = {Phase.START: "start of a call", Phase.END: "end of a call"}


def state_words(event: Event, never_ended: bool = False) -> str:
    """How the event went: "failed", "still running", "never ended"."""
    return "never ended" if never_ended else _STATES[event.state]


def event_facts(
    event: Event, zone: tzinfo | None = None, never_ended: bool = False
) -> list[tuple[str, str]]:
    """Label and value of all that is known, the important first.

    Args:
        event: whose facts.
        zone: in which its time is given; None is the user's own.
        never_ended: whether it is a call that will get no end any more.
    """
    end = None if event.end_key is None else f"{event.end_key[0]}:{event.end_key[1]}"
    facts: list[tuple[str, str | None]] = [
        ("kind", event.kind.value),
        ("state", state_words(event, never_ended)),
        ("tool", event.tool),
        ("operation", event.operation),
        ("agent", event.agent),
        ("to", event.target_agent),
        ("time", _time(event.time, zone)),
        ("duration", None if event.duration is None else text.duration(event.duration)),
        ("model", event.model),
        ("tokens", None if event.tokens is None else text.count(event.tokens)),
        ("cost", None if event.cost is None else f"${event.cost:,.4f}"),
        ("session", event.session_id),
        ("event", event.id),
        ("parent", event.parent_id),
        ("call", event.call_key),
        ("row", f"{event.source}:{event.seq}"),
        ("ended in row", end),
        ("this row", _PHASES.get(event.phase)),
    ]
    return [(label, value) for label, value in facts if value]


def _time(instant: float | None, zone: tzinfo | None) -> str | None:
    shown = text.date_time(instant, zone)
    if instant is None or shown == text.UNKNOWN:
        return None
    name = datetime.fromtimestamp(instant, UTC).astimezone(zone).tzname()
    return f"{shown} {text.clean(name)}"
