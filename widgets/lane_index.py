"""The spans of a timeline, arranged so that any stretch of it is drawn without reading the rest.

To be made once per timeline, away from the thread that draws: it reads every span.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from queries.models import EventKey, EventKind, EventState
from queries.models.timeline import Timeline, TimelineLane, TimelineSpan
from queries.plain_data import dataclass, replace
from queries.text import UNKNOWN
from widgets.time_axis import TimeAxis, nearest


def is_failure(span: TimelineSpan) -> bool:
    """Whether the span is something that went wrong."""
    return span.event.state is EventState.ERROR or span.event.kind is EventKind.ERROR


def as_of(span: TimelineSpan, until: float | None) -> TimelineSpan:
    """The span as it was at an instant: a call that had not ended was running."""
    open_then = span.end > (span.end if until is None else until)
    if until is None or not (open_then or span.running or span.never_ended):
        return span
    if not span.event.is_call:
        return span
    event = replace(span.event, state=EventState.RUNNING, duration=None)
    end = max(span.start, until)
    return replace(span, event=event, end=end, running=True, never_ended=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """What falls into one cell of a line."""

    first: int
    """Position of the first span that begins in it."""
    count: int
    """How many spans begin in it."""
    through: int | None
    """Position of the span that comes in from the left, if there is one."""
    errors: int
    """Failures among those that begin in it."""


class LaneLine:
    """One row of a lane: spans that do not overlap, in order of time."""

    def __init__(self, lane: TimelineLane, row: int, spans: Sequence[TimelineSpan]) -> None:
        """Args: spans: those of the row, ascending by their start."""
        self.lane = lane
        self.row = row
        self.spans = spans
        self.starts = [span.start for span in spans]
        self._errors = [0, *accumulate(is_failure(span) for span in spans)]

    def end_of(self, position: int, now: float | None) -> float:
        """Where a span ends; a running one goes on until ``now``."""
        span = self.spans[position]
        return max(span.end, now) if span.running and now is not None else span.end

    def cells(self, axis: TimeAxis, now: float | None, until: float | None) -> Iterator[Cell]:
        """One cell after the other; reads so many spans as there are cells, and no more.

        Args:
            axis: which time the cells stand for.
            now: how far running spans reach.
            until: nothing that begins later is there; None: everything is.
        """
        starts, edge = self.starts, axis.edge
        there = len(starts) if until is None else bisect_right(starts, until)
        low = min(bisect_left(starts, edge(0)), there)
        for column in range(axis.width):
            left = edge(column)
            high = min(bisect_left(starts, edge(column + 1), low), there)
            before = low - 1
            through = before if before >= 0 and self.end_of(before, now) > left else None
            errors = self._errors[high] - self._errors[low]
            if errors and until is not None and high == there:
                # Of a row, only the last one can have been under way.
                last = self.spans[high - 1]
                errors -= is_failure(last) and not is_failure(as_of(last, until))
            yield Cell(low, high - low, through, errors)
            low = high

    def within(self, first: float, end: float) -> range:
        """The positions of the spans that begin from ``first`` on and before ``end``."""
        low = bisect_left(self.starts, first)
        return range(low, bisect_left(self.starts, end, low))

    def nearest(self, instant: float) -> int:
        """The position of the span under an instant, or of the one that begins nearest to it."""
        position = bisect_right(self.starts, instant) - 1
        if position >= 0 and self.end_of(position, None) >= instant:
            return position
        return nearest(self.starts, instant)


class LaneIndex:
    """All lines of a timeline, and where each event is."""

    def __init__(self, timeline: Timeline) -> None:
        """Read every span of the timeline."""
        self.timeline = timeline
        lines: list[LaneLine] = []
        for lane in timeline.lanes:
            rows: list[list[TimelineSpan]] = [[] for _ in range(max(1, lane.rows))]
            for span in lane.spans:
                rows[span.row].append(span)
            for row, spans in enumerate(rows):
                spans.sort(key=lambda span: (span.start, span.key))
                if spans:
                    lines.append(LaneLine(lane, row, spans))
        self.lines: Sequence[LaneLine] = lines
        self._places: dict[EventKey, tuple[int, int]] = {
            span.key: (number, position)
            for number, line in enumerate(lines)
            for position, span in enumerate(line.spans)
        }
        self.in_order = sorted(
            self._places.values(),
            key=lambda place: (lines[place[0]].starts[place[1]], place),
        )
        """Line and position of every span, ascending by time."""
        self._ranks = {place: rank for rank, place in enumerate(self.in_order)}
        self._times = [lines[number].starts[position] for number, position in self.in_order]
        self._changes: dict[float, tuple[int, int]] = {}
        for ends in (True, False):
            for place in self.in_order:
                span = self.span(place)
                self._changes[span.end if ends else span.start] = place
        self.names = list(dict.fromkeys(line.lane.agent or UNKNOWN for line in lines))
        """Of the lanes, each once."""
        self.is_running = any(line.spans[-1].running for line in lines)
        """Whether something grows."""
        self.known_until = max(
            (span.start if span.running else span.end for line in lines for span in line.spans),
            default=None,
        )
        """The last instant at which something is known to have happened."""

    def place_at(self, instant: float) -> tuple[int, int] | None:
        """The place of what begins or ends at an instant, else of what began last before it."""
        return self._changes.get(instant) or self.last_before(instant)

    def last_before(self, instant: float) -> tuple[int, int] | None:
        """The place of the last span that begins at or before an instant."""
        rank = bisect_right(self._times, instant) - 1
        return self.in_order[rank] if rank >= 0 else None

    def place_of(self, key: EventKey) -> tuple[int, int] | None:
        """Line and position of an event; None where it is on no lane."""
        return self._places.get(key)

    def rank_of(self, place: tuple[int, int]) -> int:
        """How many spans come before a place in order of time."""
        return self._ranks[place]

    def span(self, place: tuple[int, int]) -> TimelineSpan:
        """The span at a line and position."""
        return self.lines[place[0]].spans[place[1]]
