"""Sums over what is below a line of the activity tree, exact whatever the order of adding."""

from __future__ import annotations

from queries.models import Event, EventState, NodeStats

_NANO = 1_000_000_000


class Sums:
    """Counts that can be added and taken back."""

    __slots__ = ("calls", "duration", "errors", "events", "running", "timed", "tokens", "told")

    def __init__(self) -> None:
        self.events = 0
        self.calls = 0
        self.errors = 0
        self.running = 0
        self.duration = 0
        """Whole nanoseconds: fractions would not add up to the same in every order."""
        self.timed = 0
        self.tokens = 0
        self.told = 0
        """How many events say what they took in tokens."""

    def add_event(self, event: Event | None, is_dead: bool, sign: int) -> None:
        """Add (or with -1 take back) one event; ``is_dead``: a call that never ended."""
        if event is None:
            return
        self.events += sign
        if event.is_call:
            self.calls += sign
            self.running += sign * (event.state is EventState.RUNNING and not is_dead)
            if event.duration is not None:
                self.duration += sign * round(event.duration * _NANO)
                self.timed += sign
        self.errors += sign * (event.state is EventState.ERROR)
        if event.tokens is not None:
            self.tokens += sign * event.tokens
            self.told += sign

    def add(self, other: Sums, sign: int = 1) -> None:
        """Add (or take back) other sums."""
        self.events += sign * other.events
        self.calls += sign * other.calls
        self.errors += sign * other.errors
        self.running += sign * other.running
        self.duration += sign * other.duration
        self.timed += sign * other.timed
        self.tokens += sign * other.tokens
        self.told += sign * other.told

    def __bool__(self) -> bool:
        return bool(
            self.events or self.calls or self.errors or self.running or self.duration
            or self.timed or self.tokens or self.told
        )  # fmt: skip

    def stats(self) -> NodeStats:
        """As what a screen shows."""
        return NodeStats(
            calls=self.calls,
            errors=self.errors,
            running=self.running,
            duration=self.duration / _NANO if self.timed else None,
            tokens=self.tokens if self.told else None,
            events=self.events,
        )
