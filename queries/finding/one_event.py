"""One event in full, found by its id."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from queries.as_json.canonical import event_json
from queries.counting.event_stream import EventStream, patiently
from queries.finding.event_pages import find_event
from queries.folding.pairing import paired_in_turn
from queries.models import Event, EventText
from queries.plain_data import dataclass
from queries.side_tables import event_text
from queries.store import Store


@dataclass(frozen=True, slots=True)
class WholeEvent:
    """One event with its whole texts and everything else that its rows hold."""

    event: Event
    """Of a call, both of its rows as one. Times in epoch seconds, durations in seconds."""
    text: EventText
    sources: Sequence[str]
    """Names of the event tables."""

    def to_dict(self) -> dict[str, Any]:
        """As ``session-tui event STORE ID --json``."""
        return {
            **event_json(self.event, self.sources),
            "input": self.text.input,
            "output": self.text.output,
            "cut": self.text.cut,
            "columns": dict(self.text.raw),
        }


def read_event(store: Store, name: str) -> WholeEvent:
    """The event, or the call one of whose rows it is, that an id names.

    Args:
        store: an open store.
        name: an event id, or SOURCE:ID where several tables have it.

    Raises:
        UnknownEventError: there is none, or it is not clear which.
    """
    event = _whole(store, patiently(partial(find_event, store, name)))
    return WholeEvent(event, patiently(partial(event_text, store, event)), store.info.sources)


def _whole(store: Store, row: Event) -> Event:
    """What a row is part of: its halves can be told only by all rows around them."""
    rows = EventStream(store, sessions=(row.session_id,))
    whole = (one for one in paired_in_turn(rows) if row.key in (one.key, one.end_key))
    return next(whole, row)
