"""A session over time: one lane per agent, calls as bars, zoomed and panned by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from queries.models import Event, EventKey
from queries.models.timeline import TimelineSpan
from queries.text import UNKNOWN, clock, count, date_time, duration, many
from widgets.activity_line import running_age
from widgets.lane_index import as_of, is_failure
from widgets.lane_view import LaneView
from widgets.pane import Pane
from widgets.span_text import event_words, searched_text

_FEW: Final = 10
"""A cell with fewer events than this is gone through one by one."""
_ZOOM: Final = 2.0


class Waterfall(LaneView):
    """Spans of time on lanes; a cursor on one of them."""

    class Opened(Pane.Opened):
        """An event shall be shown where it belongs."""

        def __init__(self, pane: Pane, index: int, event: Event) -> None:
            self.event = event
            super().__init__(pane, index)

    # Zoom and pan

    def zoom(self, steps: int) -> None:
        """Show less of the time in more detail (positive) or more of it (negative)."""
        axis, span = self._axis, self.current_span
        if axis is None:
            return
        self._fits = False
        about = axis.edge(axis.width // 2)
        if span is not None and 0 <= axis.column(span.start) < axis.width:
            about = span.start
        self._axis = axis.zoomed(_ZOOM**-steps, about)
        whole = self._whole_axis()
        if whole is not None and self._axis.cell >= whole.cell:
            self.fit_all()
        self.view_changed()

    def pan(self, parts: float) -> None:
        """Move by so many widths of the view, later (positive) or earlier."""
        if self._axis is not None and self._index is not None:
            self._fits = False
            moved = self._axis.panned(round(self._axis.width * parts))
            first, last = self._first() or 0.0, self._last() or 0.0
            start = max(first - moved.cell, min(moved.start, last - moved.cell))
            self._axis = moved.starting(start)
            self.view_changed()

    def fit_all(self) -> None:
        """Show the whole session."""
        self._fits = True
        self._axis = self._whole_axis()
        self.view_changed()

    # Moving

    def move_left(self) -> None:
        """Go to the span before, or to the nearest cell before with one."""
        self._step(-1)

    def move_right(self) -> None:
        """Go to the next span, or to the next cell with one."""
        self._step(1)

    def move_to(self, index: int) -> None:
        """Go to another line, at the same time."""
        lines = () if self._index is None else self._index.lines
        span = self.current_span
        if lines and span is not None:
            index = max(0, min(index, len(lines) - 1))
            if index != self.cursor and self._index is not None:
                at = span.start if self._until is None else min(span.start, self._until)
                self._place = (index, lines[index].nearest(at))
                self._show_place()
        super().move_to(index)

    def move_top(self) -> None:
        """Go to the first span."""
        if self._index is not None and self._index.in_order:
            self._go(self._index.in_order[0])

    def move_bottom(self) -> None:
        """Go to the last span."""
        if self._index is not None and self._index.in_order:
            self._go(self._index.in_order[-1])

    def go_to(self, key: EventKey) -> bool:
        """Move the cursor to an event; returns whether it is on a lane."""
        place = None if self._index is None else self._index.place_of(key)
        if place is None:
            return False
        if place != self._place:
            self._go(place)
        return True

    def next_error(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) failure in order of time, round the end."""
        return self._seek(direction, is_failure)

    def open_current(self) -> None:
        """Ask for the event under the cursor to be shown where it belongs."""
        span = self.current_span
        if span is not None:
            self.post_message(self.Opened(self, self.cursor, span.event))

    def _step(self, direction: int) -> None:
        index, axis = self._index, self._axis
        if index is None or axis is None or self._place is None:
            return
        number, position = self._place
        line = index.lines[number]
        following = position + direction
        column = axis.column(line.starts[position])
        first = axis.edge(column)
        inside = line.within(first, axis.edge(column + 1))
        if len(inside) >= _FEW and following in inside:
            following = inside.stop if direction > 0 else inside.start - 1
        if 0 <= following < len(line.spans):
            self._go((number, following))

    def _go(self, place: tuple[int, int]) -> None:
        if self._index is None:
            return
        if self._until is not None and self._index.span(place).start > self._until:
            return
        self._place = place
        self._show_place()
        if place[0] == self.cursor:
            self.repaint_changed()
            self._tell_view()
            self.post_message(self.CursorMoved(self, self.cursor))
        super().move_to(place[0])

    def _show_place(self) -> None:
        span = self.current_span
        if span is not None and self._axis is not None:
            shown = self._axis.showing(span.start)
            if shown is not self._axis:
                self._axis, self._fits = shown, False

    def _seek(self, direction: int, test: Callable[[TimelineSpan], bool]) -> bool:
        index = self._index
        if index is None or self._place is None:
            return False
        rank, total = index.rank_of(self._place), len(index.in_order)
        step = 1 if direction >= 0 else -1
        for distance in range(1, total + 1):
            place = index.in_order[(rank + step * distance) % total]
            span = index.span(place)
            if self._until is not None and span.start > self._until:
                continue
            if test(as_of(span, self._until)):
                self._go(place)
                return True
        return False

    # Search

    def find(self, text: str) -> int:
        """Search the events on all lanes; see :meth:`Pane.find`."""
        self._needle = text
        self._pattern = re.compile(re.escape(text), re.IGNORECASE) if text else None
        spans = [] if self._index is None else [
            span for line in self._index.lines for span in line.spans if self._finds(span)
        ]  # fmt: skip
        span = self.current_span
        if spans and (span is None or not self._finds(span)):
            self.find_next(1)
        self.repaint_changed()
        return len(spans)

    def find_next(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) event that holds the text, round the end."""
        return self._pattern is not None and self._seek(direction, self._finds)

    def _finds(self, span: TimelineSpan) -> bool:
        return self._pattern is not None and bool(self._pattern.search(searched_text(span.event)))

    # What it tells about itself

    def covers(self) -> str:
        """Which time is visible, what a cell covers, and how many events share cells."""
        axis = self._axis
        if axis is None or self._index is None or not self._index.lines:
            return ""
        first = max(axis.start, self._first() or axis.start)
        last = min(axis.end, max(self._last() or axis.end, axis.start))
        parts = [
            f"{clock(first, self._zone)}-{clock(last, self._zone)}",
            f"{duration(axis.cell)}/cell",
            *([] if self.silent_for is None else [f"silent for {duration(self.silent_for)}"]),
        ]
        if self.line_count > self.page_height > 0:
            first, end = self.visible_range()
            parts.append(f"rows {first + 1:,}-{end:,} of {self.line_count:,}")
        shared = sum(self._line(index).shared for index in range(*self.visible_range()))
        if shared:
            parts.append(f"{count(shared)} merged")
        return " · ".join(parts)

    def text_under_cursor(self) -> str:
        """What is known of the event under the cursor, and how many share its cell."""
        span = self.current_span
        if span is None or self._index is None or self._place is None:
            return ""
        parts = [event_words(span.event, self.glyphs, self._zone, span.never_ended)]
        if span.running and self._now is not None and self._until is None:
            parts.append(f"for {running_age(self._now - span.start)} so far")
        if self._axis is not None:
            line = self._index.lines[self._place[0]]
            column = self._axis.column(span.start)
            inside = line.within(self._axis.edge(column), self._axis.edge(column + 1))
            if len(inside) > 1:
                number = self._place[1] - inside.start + 1
                parts.append(f"{count(number)} of {count(len(inside))} in this cell")
        return " · ".join(parts)

    def line_text(self, index: int) -> str:
        """The lane's name and what it did."""
        if self._index is None:
            return ""
        line = self._index.lines[index]
        lane = line.lane
        told = f"{many(lane.events, 'event')}, {many(lane.calls, 'call')}, "
        told += f"{many(lane.errors, 'error')}, busy {duration(lane.busy)}"
        return f"{lane.agent or UNKNOWN} row {line.row + 1} of {lane.rows}: {told}"

    def lines_as_text(self) -> list[str]:
        """Lane after lane, all its events in order of time."""
        lines: list[str] = []
        for line in () if self._index is None else self._index.lines:
            if not line.row:
                lines.append(self.line_text(self._index.lines.index(line) if self._index else 0))
            for span in line.spans:
                if self._until is None or span.start <= self._until:
                    shown = as_of(span, self._until)
                    words = event_words(shown.event, self.glyphs, self._zone, shown.never_ended)
                    lines.append(f"  {date_time(span.start, self._zone)}  {words}")
        return lines
