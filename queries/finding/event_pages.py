"""The newest events that fulfil a filter, and how many there are, in one bounded pass."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from queries.folding.joining import by_itself
from queries.folding.pairing import Outcome, Pairing
from queries.models import Event, EventKey, EventKind, Phase
from queries.plain_data import dataclass
from queries.store import Store
from queries.text import clean

Matches = Callable[[Event], bool]


class UnknownEventError(Exception):
    """There is no such event, or more than one; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events out of all that match."""

    events: tuple[Event, ...]
    """In order of arrival, the newest last."""
    total: int | None
    """All that match, wherever the page ends; None where that was not counted."""
    before: int | None
    """How many match that arrived before the end of the page, those in it included."""


def newest_page(
    rows: Iterable[Event],
    matches: Matches,
    limit: int | None,
    *,
    before: EventKey | None = None,
    is_outside: bool = False,
    raw: bool = False,
) -> EventPage:
    """Pair rows in order of arrival and keep the newest events that match.

    An event's place is that of its first row; whether it matches is asked of the finished
    event. Memory is bounded by ``limit`` and the number of open calls and delegations.

    Args:
        rows: in order of arrival.
        matches: the filter.
        limit: events kept; None keeps all.
        before: the page ends before the event of this row.
        is_outside: whether that row only tells where the page ends, and is of no event that is
            asked for.
        raw: take every row for an event.
    """
    page = PageOfEvents(matches, limit)
    pairing = Pairing()
    for row in rows:
        if row.key == before:
            page.end()
            if is_outside:
                continue
        page.take(Outcome(shown=by_itself(row)) if raw else pairing.add(row), may_change=not raw)
    return page.result()


class PageOfEvents:
    """Takes what rows turn out to be, and keeps the newest events that match."""

    def __init__(self, matches: Matches, limit: int | None) -> None:
        """Args: matches: the filter; limit: events kept, None keeps all."""
        self._matches = matches
        self._limit = limit
        self._rank = 0
        self._end: int | None = None
        self._total = 0
        self._before = 0
        self._kept: list[tuple[int, Event]] = []
        self._open: dict[EventKey, tuple[int, Event]] = {}

    def end(self) -> None:
        """Rows from here on count, but are not kept."""
        self._end = self._rank

    def take(self, outcome: Outcome, *, may_change: bool) -> None:
        """Take the next row; ``may_change`` is whether later ones may be of its event."""
        if outcome.hidden is not None:
            self._open.pop(outcome.hidden, None)
        shown, changed = outcome.shown, outcome.changed
        if shown is not None:
            self._rank += 1
            if may_change and (shown.phase is Phase.START or shown.kind is EventKind.DELEGATION):
                self._open[shown.key] = (self._rank, shown)
            else:
                self._settle(self._rank, shown)
        if changed is not None and changed.key in self._open:
            rank = self._open[changed.key][0]
            if changed.kind is EventKind.DELEGATION:
                self._open[changed.key] = (rank, changed)
            else:
                del self._open[changed.key]
                self._settle(rank, changed)

    def _settle(self, rank: int, event: Event) -> None:
        if not self._matches(event):
            return
        self._total += 1
        if self._end is not None and rank > self._end:
            return
        self._before += 1
        if self._limit is None or len(self._kept) < self._limit:
            heapq.heappush(self._kept, (rank, event))
        elif self._limit:
            heapq.heappushpop(self._kept, (rank, event))

    def result(self) -> EventPage:
        """The page, after the last row."""
        for rank, event in self._open.values():
            self._settle(rank, event)
        self._open.clear()
        kept = tuple(event for _, event in sorted(self._kept, key=lambda entry: entry[0]))
        return EventPage(kept, self._total, self._before)


def find_event(store: Store, text: str) -> Event:
    """The row that ``text`` names: an event id, or SOURCE:ID where several tables have it.

    Raises:
        UnknownEventError: there is none, or it is not clear which.
    """
    names = store.info.sources
    wanted = [(number, text) for number in range(len(names))]
    source, colon, rest = text.partition(":")
    if colon and source in names:
        wanted.append((names.index(source), rest))
    found = [
        event
        for number, event_id in wanted
        if (event := store.event_by_id(event_id, number)) is not None
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ways = " or ".join(f"{names[event.source]}:{event.id}" for event in found)
        raise UnknownEventError(f"more than one event has the id '{clean(text, 80)}': say {ways}.")
    if len(names) == 1 and text.isdecimal() and len(text) < 19:
        rows = store.events_by_key([(0, int(text))])
        if rows:
            return rows[0]
    raise UnknownEventError(f"{store.info.path}: has no event '{clean(text, 80)}'.")
