"""Ends of calls whose start may be in older rows: there may be many, few are ever looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from queries.folding.batch import Batch
from queries.models import Event

Place = tuple[Batch, int] | Event
"""A batch and the index of a row in it, or the row itself."""


def event_at(place: Place) -> Event:
    """The row in a place."""
    return place if isinstance(place, Event) else place[0].event(place[1])


class WaitingEnds:
    """Ends of one group, oldest first."""

    __slots__ = ("ats", "places")

    def __init__(self, ats: Sequence[int] = (), places: Sequence[Place] = ()) -> None:
        """Args: ats: their positions, ascending. places: where they are."""
        self.ats = list(ats)
        self.places = list(places)

    def __len__(self) -> int:
        return len(self.ats)

    def add(self, ats: Sequence[int], places: Sequence[Place]) -> None:
        """Take later ones."""
        self.ats += ats
        self.places += places

    def prepend(self, older: WaitingEnds) -> None:
        """Take earlier ones."""
        self.ats[:0] = older.ats
        self.places[:0] = older.places

    def let_go(self, number: int) -> None:
        """Let go of so many, the oldest first."""
        del self.ats[:number]
        del self.places[:number]

    def forget(self, low: float) -> None:
        """Let go of those at this position and after it."""
        known = bisect_left(self.ats, low)
        del self.ats[known:]
        del self.places[known:]

    def shift(self, by: int) -> None:
        """Move all positions."""
        self.ats = [at + by for at in self.ats]
