"""Rows become what is shown: one event for each call, however many rows tell of it.

:mod:`queries.joining` says which rows belong together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from queries.joining import join
from queries.models import Event, EventKey, EventKind, Phase
from queries.open_rows import REACH, OpenRows
from queries.plain_data import dataclass


@dataclass(slots=True)
class Outcome:
    """What one more row means for what is shown."""

    shown: Event | None = None
    """A new event to show; None when the row only changes another."""
    changed: Event | None = None
    """An event shown before (same identity) as it is now."""
    hidden: EventKey | None = None
    """The identity of an event shown before that turns out to be part of another."""


class Pairing:
    """Pairs rows that arrive in order, for any number of sessions."""

    def __init__(self) -> None:
        self._open: dict[str, OpenRows] = {}
        self._rows = 0
        self._outcome = Outcome()

    def add(self, event: Event) -> Outcome:
        """Take the next row, in order of arrival."""
        self._rows += 1
        self._outcome = outcome = Outcome(shown=event)
        if event.phase is not Phase.WHOLE or event.kind is EventKind.DELEGATION:
            session = self._open.get(event.session_id)
            if session is None:
                session = self._open[event.session_id] = OpenRows()
            session.take(self._rows, event, self)
        if self._rows % REACH == 0:
            self._forget()
        return outcome

    def pass_by(self) -> None:
        """The next row is an event by itself, whatever others say."""
        self._rows += 1
        if self._rows % REACH == 0:
            self._forget()

    def update(self, event: Event) -> Event:
        """A row seen before changed in place: what is shown for it now."""
        session = self._open.get(event.session_id)
        found = None if session is None else session.find(event)
        return event if found is None else found.update(event)

    def _forget(self) -> None:
        for name in list(self._open):
            if self._open[name].forget(self._rows + 1, self):
                del self._open[name]

    # -- what open rows turn out to be ------------------------------------------------------

    low = float("-inf")

    def told_already(self, row: Event) -> None:
        """A start row belongs to an event that is shown."""
        if self._outcome.shown is row:
            self._outcome.shown = None
        else:
            self._outcome.hidden = row.key

    def joined(self, start: Event, end: Event) -> None:
        """Two rows are one call."""
        self._outcome.shown, self._outcome.changed = None, join(start, end)

    def parted(self, start: Event, end: Event) -> None:
        """Nothing older ever comes to part them."""

    def finished(self, end: Event, before: Event, after: Event) -> None:
        """An end row belongs to a delegation, which is now like this."""
        del end, before
        self._outcome.shown, self._outcome.changed = None, after

    def abandoned(self, start: Event) -> None:
        """A start whose end is not waited for any longer stays what it is."""


def paired(events: Iterable[Event]) -> list[Event]:
    """Rows in order of arrival as events, in the order in which they first appeared."""
    return list(paired_in_turn(events))


def paired_in_turn(events: Iterable[Event]) -> Iterator[Event]:
    """As :func:`paired`, holding only events that one of the next rows may still change."""
    pairing = Pairing()
    shown: dict[EventKey, Event] = {}
    begun: deque[tuple[int, EventKey]] = deque()
    for number, event in enumerate(events):
        if event.phase is Phase.WHOLE and event.kind is not EventKind.DELEGATION:
            pairing.pass_by()
            key = (event.source, event.seq)
            if key not in shown:
                begun.append((number, key))
            shown[key] = event
        else:
            outcome = pairing.add(event)
            if outcome.hidden is not None:
                shown.pop(outcome.hidden, None)
            for new in (outcome.shown, outcome.changed):
                if new is not None:
                    if new.key not in shown:
                        begun.append((number, new.key))
                    shown[new.key] = new
        # Rows are let go of when they are out of reach, or as many rows later at most.
        while begun and begun[0][0] < number - 2 * REACH:
            key = begun.popleft()[1]
            if key in shown:
                yield shown.pop(key)
    yield from shown.values()
