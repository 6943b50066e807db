"""Which events to tell as rows arrive, and which to tell again because they finished."""

from __future__ import annotations

from collections.abc import Iterable

from queries.folding.by_arrival import ByArrival
from queries.folding.joining import join
from queries.folding.pairing import Pairing
from queries.models import Event, EventKey, EventKind, EventState, Phase
from queries.plain_data import dataclass, replace


@dataclass(frozen=True, slots=True)
class Line:
    """One event to tell."""

    event: Event
    update: bool
    """Whether it was there before and went on since: it finished, mostly."""


class OpenCalls:
    """Pairs rows and collects :attr:`lines`; remembers only what may still change."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self.lines = list(lines)
        """What is to be told since :meth:`begin`."""
        self.running: ByArrival[Event] = ByArrival()
        """By row that says it runs, which may be changed in place: the event that it is of."""
        self._pairing = Pairing()
        self._shown: dict[EventKey, Event] = {}
        self._held: list[Line] = []

    def begin(self) -> None:
        """Start a new list of lines, with those that were held back."""
        self.lines, self._held = self._held, []

    def take(self, row: Event) -> None:
        """Take the next row, in order of arrival."""
        outcome = self._pairing.add(row)
        if outcome.hidden is not None:
            self._shown.pop(outcome.hidden, None)
            for waiting in (self.lines, self._held):
                waiting[:] = [line for line in waiting if line.event.key != outcome.hidden]
        if outcome.shown is not None:
            # The start row of a delegation is no event of its own when the delegation's row
            # follows, which it does at once: it is held back until the next time.
            shown = outcome.shown
            early = shown.phase is Phase.START and shown.kind is EventKind.DELEGATION
            held = early and shown.call_key is not None
            (self._held if held else self.lines).append(Line(shown, update=False))
            self._note(shown)
        if outcome.changed is not None:
            self._went_on(outcome.changed)

    def changed(self, asked: Iterable[EventKey], found: Iterable[Event]) -> None:
        """Rows among :attr:`running` as they are now; those not found are gone."""
        fresh = {event.key: event for event in found}
        for key in sorted(asked):
            event = fresh.get(key)
            known = self.running.get(key)
            if event is None:
                self.running.drop(key)
                self._shown.pop(key, None)
                continue
            if known is not None and known.end_key is not None and event.phase is Phase.START:
                # How it went is told by its end row.
                continue
            now = self._pairing.update(event)
            if known is None or now.key == known.key:
                self._went_on(now)
            elif known.end_key == key:
                self._went_on(join(known, event))

    def _note(self, event: Event) -> None:
        rows = [event.key] if event.end_key is None else [event.key, event.end_key]
        for key in rows:
            if event.phase is not Phase.START and event.state is EventState.RUNNING:
                self.running.put(key, event)
            else:
                self.running.drop(key)
        is_open = event.phase is Phase.START or event.kind is EventKind.DELEGATION
        if is_open or self.running.get(event.key) is not None:
            self._shown[event.key] = event
        else:
            self._shown.pop(event.key, None)

    def _went_on(self, event: Event) -> None:
        before = self._shown.get(event.key)
        self._note(event)
        if before is not None and before.phase is not Phase.START and before.state is event.state:
            return
        for waiting in (self.lines, self._held):
            for index in range(len(waiting) - 1, -1, -1):
                if waiting[index].event.key == event.key:
                    waiting[index] = replace(waiting[index], event=event)
                    return
        self.lines.append(Line(event, update=True))
