"""One call is one call: the start row and the end row of a call become one event.

A row with a ``call_key`` joins the row with the same key. Without a key an end closes the
nearest open start of the same session and tool, as closing brackets do. That choice (and not
the oldest open start) is deliberate: a call whose end never came then stays open by itself
instead of shifting every later call of that tool by one, nested delegations pair rightly, and
pairings made inside a slice of rows stay valid whatever comes before or after it, which is
what lets totals be merged slice by slice.

A delegation may be told by up to four rows: the delegation itself (whole, with a key), a
start and an end with that key, and an end without one. They are one event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from queries.models import Event, EventKey, EventKind, EventState, Phase

Group = tuple[str, str]


def group_of(event: Event) -> Group:
    """What rows without a key are matched by: session and tool; all delegations together."""
    if event.kind is EventKind.DELEGATION:
        return (event.session_id, "\0delegation")
    return (event.session_id, event.tool or "")


def join(start: Event, end: Event) -> Event:
    """One event of two rows: the start's identity, time and input, the end's outcome."""
    took = end.duration
    if took is None and start.time is not None and end.time is not None:
        took = max(end.time - start.time, 0.0)
    return replace(
        end,
        source=start.source,
        seq=start.seq,
        id=start.id,
        time=start.time if start.time is not None else end.time,
        parent_id=end.parent_id or start.parent_id,
        agent=end.agent or start.agent,
        target_agent=end.target_agent or start.target_agent,
        tool=end.tool or start.tool,
        operation=end.operation or start.operation,
        summary=start.summary or end.summary,
        duration=took,
        model=end.model or start.model,
        tokens=end.tokens if end.tokens is not None else start.tokens,
        cost=end.cost if end.cost is not None else start.cost,
        phase=Phase.WHOLE,
        end_key=end.key,
    )


def finish(whole: Event, end: Event) -> Event:
    """A delegation after one of its end rows: finished, failed if either row says so."""
    state = whole.state
    if end.state is EventState.ERROR:
        state = EventState.ERROR
    elif state in (EventState.RUNNING, EventState.UNKNOWN):
        state = end.state if end.state is not EventState.RUNNING else state
    took = whole.duration
    if took is None and whole.time is not None and end.time is not None:
        took = max(end.time - whole.time, 0.0)
    return replace(
        whole,
        state=state,
        duration=took,
        tokens=whole.tokens if whole.tokens is not None else end.tokens,
        cost=whole.cost if whole.cost is not None else end.cost,
        end_key=end.key,
    )


@dataclass(slots=True)
class Outcome:
    """What one more row means for what is shown."""

    shown: Event | None = None
    """A new event to show; None when the row only changes another."""
    changed: Event | None = None
    """An event shown before (same identity) as it is now."""
    hidden: EventKey | None = None
    """The identity of an event shown before that turns out to be part of another."""


@dataclass(slots=True)
class Pairing:
    """Pairs rows that arrive in order, for any number of sessions."""

    open: dict[Group, list[Event]] = field(default_factory=dict)
    """Starts (and whole delegations) that wait for an end without a key, oldest first."""
    keyed: dict[str, Event] = field(default_factory=dict)
    """Starts that wait for the end with their key."""
    delegations: dict[str, Event] = field(default_factory=dict)
    """Whole delegations by key, as they are now."""

    def add(self, event: Event) -> Outcome:
        """Take the next row, in order of arrival."""
        if event.phase is Phase.WHOLE:
            return self._whole(event)
        if event.phase is Phase.START:
            return self._start(event)
        return self._end(event)

    def _whole(self, event: Event) -> Outcome:
        outcome = Outcome(shown=event)
        key = event.call_key
        if event.kind is EventKind.DELEGATION and key is not None:
            early = self.keyed.pop(key, None)
            if early is not None:
                outcome.hidden = early.key
            self.delegations[key] = event
            self.open.setdefault(group_of(event), []).append(event)
        return outcome

    def _start(self, event: Event) -> Outcome:
        if event.call_key is None:
            self.open.setdefault(group_of(event), []).append(event)
        elif event.call_key in self.delegations:
            return Outcome()
        else:
            self.keyed[event.call_key] = event
        return Outcome(shown=event)

    def _end(self, event: Event) -> Outcome:
        key = event.call_key
        if key is not None:
            whole = self.delegations.get(key)
            if whole is not None:
                return Outcome(changed=self._finished(whole, event))
            start = self.keyed.pop(key, None)
            return Outcome(shown=event) if start is None else Outcome(changed=join(start, event))
        waiting = self.open.get(group_of(event))
        if not waiting:
            return Outcome(shown=event)
        start = waiting.pop()
        if start.phase is Phase.WHOLE:
            return Outcome(changed=self._finished(self._now(start), event))
        return Outcome(changed=join(start, event))

    def _now(self, whole: Event) -> Event:
        return self.delegations.get(whole.call_key or "", whole)

    def _finished(self, whole: Event, end: Event) -> Event:
        changed = finish(whole, end)
        if whole.call_key is not None:
            self.delegations[whole.call_key] = changed
        return changed

    def update(self, event: Event) -> Event:
        """A row seen before changed in place: what is shown for it now."""
        before = self.delegations.get(event.call_key or "")
        if before is not None and before.key == event.key:
            if before.end_key is not None and event.state is EventState.RUNNING:
                event = replace(event, state=before.state, duration=before.duration)
            self.delegations[event.call_key or ""] = event
        waiting = self.open.get(group_of(event), [])
        for index, other in enumerate(waiting):
            if other.key == event.key:
                waiting[index] = event
        return event


def paired(events: Iterable[Event]) -> list[Event]:
    """Rows in order of arrival as events, in the order in which they first appeared."""
    pairing = Pairing()
    shown: dict[EventKey, Event] = {}
    for event in events:
        outcome = pairing.add(event)
        if outcome.hidden is not None:
            shown.pop(outcome.hidden, None)
        if outcome.shown is not None:
            shown[outcome.shown.key] = outcome.shown
        if outcome.changed is not None:
            shown[outcome.changed.key] = outcome.changed
    return list(shown.values())
