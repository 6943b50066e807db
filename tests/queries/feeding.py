"""What tests of the feed share: a clock that stands still, and ways to run a feed."""

from __future__ import annotations

from pathlib import Path

from queries.feed import Feed
from queries.models import EventState, Snapshot


class Clock:
    """Goes on only when told to."""

    def __init__(self, now: float = 1_768_212_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def count_all(feed: Feed) -> None:
    """Count the whole past."""
    while feed.counting:
        feed.backfill(1.0)


def snap(feed: Feed) -> Snapshot:
    """Look once; what is known now, changed or not."""
    snapshot = feed.poll() or feed.snapshot(force=True)
    assert snapshot is not None
    return snapshot


def counted(path: Path, clock: Clock) -> Snapshot:
    """What a new feed counts in a store."""
    feed = Feed(path, clock=clock)
    feed.poll()
    count_all(feed)
    snapshot = snap(feed)
    feed.close()
    return snapshot


def states(snapshot: Snapshot) -> dict[str, EventState]:
    """The states of the events that changed in place, by id."""
    return {event.id: event.state for event in snapshot.updated}


def begun(path: Path, clock: Clock) -> Feed:
    """A feed that has counted everything."""
    feed = Feed(path, clock=clock)
    snap(feed)
    count_all(feed)
    snap(feed)
    return feed


def total(snapshot: Snapshot) -> int:
    """How many events are counted."""
    return snapshot.totals.events
