"""For whom what is below a row speaks: its prompt's agent, or whom a delegation was given to.

Several rows may have one id. Of those that are within reach of a row, the last one counts, so
that what is found does not depend on where the rows were cut into slices.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import TypeVar

from queries.folding import joining

Speaker = tuple[str, bool]
"""An agent, and whether it was handed its work: whether what it speaks for is a delegation."""
Spoken = tuple[int, str, bool]
"""The position of a row, and its :data:`Speaker`."""
_AT = itemgetter(0)
_Kept = TypeVar("_Kept")


def stretch_of(at: int) -> int:
    """The stretch of positions that a position is in: each is as long as rows reach."""
    return at // (joining.REACH or 1)


def settled_stretches(
    stretches: Iterable[int], low: float, high: int, before: int, after: int
) -> list[int]:
    """Those with so many whole stretches of known rows before and, with itself, after.

    Args:
        stretches: to choose from.
        low: the lowest position that is known.
        high: that after the highest one.
        before: how many.
        after: how many.
    """
    size = max(joining.REACH, 1)
    return [
        stretch
        for stretch in stretches
        if (stretch - before) * size >= low and (stretch + after) * size <= high
    ]


class Speakers:
    """Speakers by event id and position."""

    __slots__ = ("_again", "_last")

    def __init__(self) -> None:
        # In stretches of positions, so that what is out of reach is found without looking at
        # what is not.
        self._last: defaultdict[int, dict[str | None, Spoken]] = defaultdict(dict)
        """By event id: the last row with it."""
        self._again: defaultdict[int, dict[str | None, list[Spoken]]] = defaultdict(dict)
        """By an event id that several rows have: all of them in order."""

    def note(self, event_id: str | None, at: int, name: str, is_delegation: bool) -> None:
        """Whatever is below the row at this position speaks for this agent."""
        stretch = stretch_of(at)
        last = self._last[stretch]
        known = last.get(event_id)
        again = self._again.get(stretch, _NONE).get(event_id)
        if again is None:
            if known is None or known[0] == at:
                last[event_id] = (at, name, is_delegation)
                return
            again = self._again[stretch][event_id] = [known]
        self._replace(again, at, [(at, name, is_delegation)])
        last[event_id] = again[-1]

    def forget(self, event_id: str | None, at: int) -> None:
        """Whatever is below the row at this position speaks for nobody."""
        stretch = stretch_of(at)
        again = self._again.get(stretch, _NONE).get(event_id)
        if again is not None:
            self._replace(again, at, [])
            self._last[stretch][event_id] = again[-1]
            if len(again) == 1:
                _take_out(self._again, stretch, event_id)
            return
        known = self._last.get(stretch, _NOBODY).get(event_id)
        if known is not None and known[0] == at:
            _take_out(self._last, stretch, event_id)

    @staticmethod
    def _replace(again: list[Spoken], at: int, instead: list[Spoken]) -> None:
        place = bisect_left(again, at, key=_AT)
        is_there = place < len(again) and again[place][0] == at
        again[place : place + is_there] = instead

    def at(self, at: int, event_id: str | None) -> Speaker | None:
        """For whom what is below an event speaks, of a row at this position."""
        own = stretch_of(at)
        high = at + joining.REACH
        for stretch in (own + 1, own, own - 1):
            known = self._last.get(stretch, _NOBODY).get(event_id)
            if known is None:
                continue
            if known[0] > high:
                again = self._again.get(stretch, _NONE).get(event_id, ())
                within = bisect_right(again, high, key=_AT)
                if not within:
                    continue
                known = again[within - 1]
            return known[1:] if at - known[0] <= joining.REACH else None
        return None

    def merge(self, other: Speakers, pause: Callable[[], object]) -> None:
        """Take those of other rows. Consumes ``other``; ``pause`` is called now and then."""
        for stretch, theirs in other._last.items():
            pause()
            last, again = self._last[stretch], other._again.get(stretch, _NONE)
            if last.keys().isdisjoint(theirs):
                last.update(theirs)
                if again:
                    self._again[stretch].update(again)
                continue
            for event_id, known in theirs.items():
                for spoken in again.get(event_id, (known,)):
                    self.note(event_id, *spoken)

    def shift(self, by: int, pause: Callable[[], object]) -> None:
        """Move all positions."""
        before, self._last = self._last, defaultdict(dict)
        several, self._again = self._again, defaultdict(dict)
        for stretch, last in before.items():
            pause()
            again = several.get(stretch, _NONE)
            for event_id, known in last.items():
                for at, name, is_delegation in again.get(event_id, (known,)):
                    self.note(event_id, at + by, name, is_delegation)

    def settle(self, low: float, high: int) -> None:
        """Let go of those that no row can ask for any more.

        Args:
            low: the lowest position that is known.
            high: that after the highest one.
        """
        for stretch in settled_stretches(self._last, low, high, 4, 4):
            del self._last[stretch]
            self._again.pop(stretch, None)

    def rows(self) -> Iterator[tuple[int, list[tuple[str | None, Spoken]]]]:
        """All of them by stretch, those with one id in order."""
        for stretch, last in self._last.items():
            again = self._again.get(stretch, _NONE)
            yield (
                stretch,
                [
                    (event_id, spoken)
                    for event_id, known in last.items()
                    for spoken in again.get(event_id, (known,))
                ],
            )


_NOBODY: dict[str | None, Spoken] = {}
_NONE: dict[str | None, list[Spoken]] = {}


def _take_out(
    stretches: dict[int, dict[str | None, _Kept]], stretch: int, event_id: str | None
) -> None:
    del stretches[stretch][event_id]
    if not stretches[stretch]:
        del stretches[stretch]
