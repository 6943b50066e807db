"""The rows that came last, by which changes in place, replacements and deletions are noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from queries.models import Event, EventKey
from queries.text import clean_id

KEPT = 5000
_NO_ID = clean_id(None)


class RecentRows:
    """The latest :data:`KEPT` rows as they were last read."""

    def __init__(self) -> None:
        self._rows: dict[EventKey, Event] = {}
        self._keys: dict[tuple[int, str], EventKey] = {}

    def note(self, events: Iterable[Event]) -> None:
        """Take rows that arrived, or that look different now."""
        for event in events:
            self._rows[event.key] = event
            self._keys[event.source, event.id] = event.key
        while len(self._rows) > KEPT:
            self.forget(next(iter(self._rows)))

    def forget(self, key: EventKey) -> None:
        """Leave a row out."""
        event = self._rows.pop(key, None)
        if event is not None and self._keys.get((event.source, event.id)) == key:
            del self._keys[event.source, event.id]

    def get(self, key: EventKey) -> Event | None:
        """A row as it was last read."""
        return self._rows.get(key)

    def with_same_id(self, event: Event) -> Event | None:
        """An earlier row of the same table that had the id of a row that arrives."""
        key = self._keys.get((event.source, event.id))
        if key is None or key == event.key or event.id == _NO_ID:
            return None
        return self._rows.get(key)

    def newest(self, number: int = KEPT) -> Iterator[EventKey]:
        """The keys of the rows that came last, the newest first."""
        return islice(reversed(self._rows), number)

    def __len__(self) -> int:
        return len(self._rows)


def is_same_row(before: Event, now: Event | None) -> bool:
    """Whether a row that is there now is the one that was there before, changed or not."""
    return now is not None and now.id == before.id and now.session_id == before.session_id
