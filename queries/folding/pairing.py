"""Rows become what is shown: one event for each call, however many rows tell of it.

:mod:`queries.folding.joining` says which rows belong together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count, islice
from typing import TypeVar

from queries.folding import joining
from queries.folding.joining import join
from queries.folding.open_rows import OpenRows
from queries.models import Event, EventKey, EventKind, Phase
from queries.plain_data import dataclass

PARTS = 40
"""In so many parts events that may still change are let go of."""
_T = TypeVar("_T")


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
        self._outcome = self._unused = Outcome()
        self._now: Event | None = None

    def add(self, event: Event) -> Outcome:
        """Take the next row, in order of arrival."""
        self._rows += 1
        self._outcome = outcome = Outcome(shown=event)
        if event.phase is not Phase.WHOLE or event.kind is EventKind.DELEGATION:
            session = self._open.get(event.session_id)
            if session is None:
                session = self._open[event.session_id] = OpenRows()
            session.take(self._rows, event, self)
        if self._rows % joining.REACH == 0:
            self._forget()
        return outcome

    def add_half(self, event: Event) -> Event:
        """Take the next row, in order of arrival: a start or an end, but not of a delegation.

        Returns:
            The row if it is to be shown; else the event shown before (same identity) as it is now
            that the row belongs to it.
        """
        self._rows += 1
        self._outcome, self._now = self._unused, event
        session = self._open.get(event.session_id)
        if session is None:
            session = self._open[event.session_id] = OpenRows()
        session.take_half(self._rows, event, self)
        if self._rows % joining.REACH == 0:
            self._forget()
        return self._now

    def pass_by(self, number: int = 1) -> None:
        """So many of the next rows are events by themselves, whatever others say."""
        before = self._rows
        self._rows += number
        if self._rows // joining.REACH != before // joining.REACH:
            self._forget()

    def update(self, event: Event) -> Event:
        """A row seen before changed in place: what is shown for it now."""
        session = self._open.get(event.session_id)
        if session is None:
            return event
        if event.phase is Phase.END:
            return _with_end(session, event)
        found = session.find(event)
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
        self._now = join(start, end)
        self._outcome.shown, self._outcome.changed = None, self._now

    def parted(self, start: Event, end: Event) -> None:
        """Nothing older ever comes to part them."""

    def finished(self, end: Event, before: Event, after: Event) -> None:
        """An end row belongs to a delegation, which is now like this."""
        del end, before
        self._outcome.shown, self._outcome.changed = None, after

    def abandoned(self, start: Event) -> None:
        """A start whose end is not waited for any longer stays what it is."""


def _with_end(session: OpenRows, end: Event) -> Event:
    """What is shown for an end row that changed: its delegation, as far as that is known."""
    if end.kind is not EventKind.DELEGATION:
        return end
    whole = session.whole_of(end)
    if whole is not None:
        return whole.update_end(end)
    start, known = session.pair_of(end) or (None, None)
    if known is not None:
        known.update(end)
    return end if start is None else join(start.row, end)


def paired(events: Iterable[Event]) -> list[Event]:
    """Rows in order of arrival as events, in the order in which they first appeared."""
    return list(paired_in_turn(events))


def paired_in_turn(events: Iterable[Event]) -> Iterator[Event]:
    """As :func:`paired`, holding only events that one of the next rows may still change."""
    return made_in_turn(events, _itself)


def made_in_turn(events: Iterable[Event], make: Callable[[Event], _T]) -> Iterator[_T]:
    """What is made of each event of :func:`paired`, in that order.

    It is made as soon as an event is what it stays, mostly, so that as good as none is held.

    Args:
        events: rows in order of arrival.
        make: depends on nothing but the event; asked more than once of some.
    """
    pairing = Pairing()
    shown: dict[EventKey, Event | _T] = {}
    parts: deque[tuple[int, list[EventKey]]] = deque()
    step = max(joining.REACH // PARTS, 1)
    rows = iter(events)
    whole, delegation = Phase.WHOLE, EventKind.DELEGATION
    for first in count(0, step):
        part = islice(rows, step)
        begun = next(part, None)
        if begun is None:
            break
        keys: list[EventKey] = []
        parts.append((first, keys))
        # What is out of reach of all rows to come is let go of.
        while parts[0][0] + step + joining.REACH < first:
            for key in parts.popleft()[1]:
                if key in shown:
                    yield _made(shown.pop(key), make)
        passed = 0
        for event in chain((begun,), part):
            if event.phase is whole and event.kind is not delegation:
                passed += 1
                key = (event.source, event.seq)
                keys.append(key)
                shown[key] = make(event)
                continue
            if passed:
                pairing.pass_by(passed)
                passed = 0
            if event.kind is not delegation:
                now = pairing.add_half(event)
                key = (now.source, now.seq)
                if key not in shown:
                    keys.append(key)
                shown[key] = event if now is event else make(now)
                continue
            outcome = pairing.add(event)
            if outcome.hidden is not None:
                shown.pop(outcome.hidden, None)
            if outcome.shown is not None:
                keys.append(outcome.shown.key)
                shown[outcome.shown.key] = outcome.shown
            if outcome.changed is not None:
                key = outcome.changed.key
                if key not in shown:
                    keys.append(key)
                shown[key] = make(outcome.changed)
        if passed:
            pairing.pass_by(passed)
    for item in shown.values():
        yield _made(item, make)


def _made(item: Event | _T, make: Callable[[Event], _T]) -> _T:
    return make(item) if isinstance(item, Event) else item


def _itself(event: Event) -> Event:
    return event
