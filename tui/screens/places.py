"""Where one can go on the main screen."""

from __future__ import annotations

from queries.models import EventKey
from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A session, or an event in it."""

    session_id: str | None
    """None where only a filter is wanted."""
    key: EventKey | None = None
    filter: str = ""
    """The filter of sessions that is to be set."""
    is_filtered: bool = False
    """Whether an empty filter is to be set as well: all sessions are meant."""
