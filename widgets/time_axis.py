"""A stretch of time laid over a number of cells: zoom, pan, and where labels stand."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, tzinfo
from math import floor
from typing import Final

from queries.plain_data import dataclass, replace
from queries.text import UNKNOWN

LEAST: Final = 0.0001
"""Seconds that a cell covers at least."""
_MOST: Final = 1e9
"""Seconds that a cell covers at most: more than any session takes."""
_STEPS: Final = (
    *(base * 10.0**power for power in range(-3, 0) for base in (1, 2, 5)),
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0,
    3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0, 172800.0, 604800.0, 1209600.0,
)  # fmt: skip
"""Seconds between two labels, ascending."""
_GAP: Final = 3
"""Blank cells between two labels, at least."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Which time every cell stands for."""

    start: float
    """Epoch seconds at the left end."""
    cell: float
    """Seconds that one cell covers."""
    width: int
    """Cells."""

    @classmethod
    def fitting(cls, first: float, last: float, width: int) -> TimeAxis:
        """The axis that shows everything from ``first`` to ``last``."""
        # What happens at the very end has its cell, too.
        room = max(1, width - 1)
        return cls(first, _sensible((last - first) / room), max(1, width))

    @property
    def end(self) -> float:
        """Epoch seconds behind the last cell."""
        return self.start + self.cell * self.width

    def edge(self, column: int) -> float:
        """Epoch seconds at the left edge of a cell."""
        return self.start + column * self.cell

    def column(self, instant: float) -> int:
        """The cell of an instant; below 0 or from ``width`` on for those outside."""
        place = (instant - self.start) / self.cell
        column = floor(place) if abs(place) < 1e12 else (-1 if place < 0 else self.width)
        # Divisions and products round differently; the edges decide.
        if 0 <= column < self.width and instant >= self.edge(column + 1):
            column += 1
        elif 0 < column <= self.width and instant < self.edge(column):
            column -= 1
        return column

    def zoomed(self, factor: float, about: float) -> TimeAxis:
        """The axis with cells so many times as long; ``about`` keeps its cell."""
        cell = _sensible(self.cell * factor)
        return TimeAxis(about - (about - self.start) / self.cell * cell, cell, self.width)

    def panned(self, cells: int) -> TimeAxis:
        """The axis moved towards what comes later."""
        return replace(self, start=self.start + cells * self.cell)

    def starting(self, start: float) -> TimeAxis:
        """The axis beginning at another instant."""
        return replace(self, start=start)

    def showing(self, instant: float) -> TimeAxis:
        """The axis moved as little as needed for an instant to be on it."""
        column = self.column(instant)
        if 0 <= column < self.width:
            return self
        # A little of what lies around it is seen as well.
        margin = min(self.width // 8, 8)
        at = margin if column < 0 else self.width - 1 - margin
        return replace(self, start=instant - at * self.cell)

    def labels(self, zone: tzinfo | None) -> list[tuple[int, str]]:
        """Cells and what is written from there on, at round times and without overlaps."""
        for step in _STEPS:
            width = len(_label(self.start, step, zone)) + 1
            if step / self.cell >= width + _GAP:
                return self._at_every(step, zone)
        return []

    def _at_every(self, step: float, zone: tzinfo | None) -> list[tuple[int, str]]:
        shift = _offset(self.start, zone)
        number = floor((self.start + shift) / step)
        found: list[tuple[int, str]] = []
        while (instant := number * step - shift) < self.end:
            number += 1
            column = self.column(instant)
            text = _label(instant, step, zone)
            if column >= 0 and column + len(text) + 1 <= self.width:
                found.append((column, text))
        return found


def _sensible(cell: float) -> float:
    return min(max(cell, LEAST), _MOST)


def _moment(instant: float, zone: tzinfo | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(round(instant, 3), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return None


def _offset(instant: float, zone: tzinfo | None) -> float:
    moment = _moment(instant, zone)
    offset = None if moment is None else moment.utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def _label(instant: float, step: float, zone: tzinfo | None) -> str:
    moment = _moment(instant, zone)
    if moment is None:
        return UNKNOWN
    if step >= 86400:
        return moment.strftime("%m-%d")
    if step >= 60:
        # Where a day begins, it is said which.
        return moment.strftime("%m-%d" if moment.hour == moment.minute == 0 else "%H:%M")
    text = moment.strftime("%H:%M:%S")
    if step >= 1:
        return text
    digits = 1 if step >= 0.1 else 2 if step >= 0.01 else 3
    return f"{text}.{moment.microsecond // 1000:03d}"[: len(text) + 1 + digits]


def nearest(instants: list[float], instant: float) -> int:
    """The index of the value nearest to ``instant``, in an ascending list that has some."""
    index = bisect_left(instants, instant)
    if index == len(instants):
        return index - 1
    if index and instant - instants[index - 1] <= instants[index] - instant:
        return index - 1
    return index
