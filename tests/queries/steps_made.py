"""Steps of sessions that tests compare."""

from __future__ import annotations

from collections.abc import Iterable

from queries.comparing.steps import step_text
from queries.models import Event
from queries.models.alignment import Step


def make_steps(events: Iterable[Event]) -> tuple[Step, ...]:
    """Events (one call is one event) in order of arrival as numbered steps."""
    return tuple(
        Step(number, event, step_text(event)) for number, event in enumerate(events, start=1)
    )
