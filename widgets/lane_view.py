"""Spans of time drawn on lanes under an axis: the drawing half of the waterfall."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import tzinfo
from typing import Final, Unpack

from rich.segment import Segment
from textual import events

from queries.models.timeline import TimelineSpan
from queries.text import UNKNOWN
from widgets.cells import fit, shortened
from widgets.lane_index import LaneIndex, as_of
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.time_axis import TimeAxis
from widgets.waterfall_line import DrawnLine, draw_line

_WIDEST_NAME: Final = 18
_AHEAD: Final = 0.1
"""Part of the time that is left free on the right while something grows."""

_SILENT: Final = 1800.0
"""Seconds of silence after which the lanes do not reach up to the present any more: all that
happened would be in a cell or two."""
_BEHIND: Final = 0.25
"""Part of the time in which something happened that is shown of such a silence."""


class LaneView(Pane):
    """Lanes with a cursor on one span; keeps the axis in step with what grows."""

    CURSOR_LINE = False

    def __init__(self, *, zone: tzinfo | None = None, **options: Unpack[ViewOptions]) -> None:
        """Construct without lanes; ``zone``: in which times are shown, None the user's."""
        options.setdefault("empty_text", "Nothing with a known time happened in this session.")
        super().__init__(**options)
        self._zone = zone
        self._index: LaneIndex | None = None
        self._axis: TimeAxis | None = None
        self._place: tuple[int, int] | None = None
        self._now: float | None = None
        self._until: float | None = None
        self._fits = True
        self._version = 0
        self._drawn: dict[int, tuple[Hashable, DrawnLine]] = {}

    # Data

    def show_index(self, index: LaneIndex) -> None:
        """Show a timeline; the cursor stays on its event, and the axis where it is.

        An axis that shows everything, or that reaches the end, goes on doing so.
        """
        held = None if self._index is None or self._place is None else self.current_span
        before = self._last()
        self._index = index
        self._version += 1
        self._place = None
        if held is not None:
            self._place = index.place_of(held.key)
        if self._place is None and index.lines:
            instant = self._last() if held is None else held.start
            line = min(self.cursor, len(index.lines) - 1) if held is not None else 0
            self._place = (line, index.lines[line].nearest(instant or 0.0))
            if held is None and index.in_order:
                self._place = index.in_order[-1]
        self._keep_axis(before)
        line = self._place[0] if self._place is not None else 0
        self.set_view(len(index.lines), line, self._top_showing(line))

    def tick(self, now: float) -> None:
        """Tell the present: running calls grow up to it.

        Args:
            now: epoch seconds.
        """
        before = self._last()
        self._now = now
        if self._index is not None:
            self._keep_axis(before)
            self.repaint_changed()

    def look_at(self, instant: float | None) -> None:
        """Show everything as it was at an instant; None: as it is."""
        if instant != self._until:
            self._until = instant
            if instant is not None and self._axis is not None and self._index is not None:
                self._axis = self._axis.showing(instant)
                # What just happened is what one wants to know about.
                self._place = self._index.place_at(instant) or self._place
            self.view_changed()
            if self._place is not None:
                super().move_to(self._place[0])

    @property
    def zone(self) -> tzinfo | None:
        """In which times are shown; None is the user's own."""
        return self._zone

    @zone.setter
    def zone(self, zone: tzinfo | None) -> None:
        self._zone = zone
        self.view_changed()

    @property
    def current_span(self) -> TimelineSpan | None:
        """The span under the cursor, as of the instant that is looked at."""
        if self._index is None or self._place is None:
            return None
        return as_of(self._index.span(self._place), self._until)

    @property
    def axis(self) -> TimeAxis | None:
        """Which time is visible."""
        return self._axis

    # Drawing

    @property
    def header_height(self) -> int:
        """One line with the time, where there are lanes."""
        return 1 if self._index is not None and self._index.lines else 0

    def header_key(self) -> Hashable:
        """The axis, and in which zone its labels are."""
        return (self._axis, self._zone, self._until, self._name_width())

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The labels at round times; the instant that is looked at stands out."""
        del y
        name, axis = self._name_width(), self._axis
        if axis is None:
            return []
        cells = [" "] * max(0, width - name)
        for column, text in axis.labels(self._zone):
            for place, character in enumerate(f"{self.glyphs.guide_line}{text}", column):
                if place < len(cells):
                    cells[place] = character
        text = "".join(cells)
        segments = [Segment(" " * name, self.role("header"))]
        at = None if self._until is None else axis.column(self._until)
        if at is None or not 0 <= at < len(cells):
            return [*segments, Segment(text, self.role("header"))]
        return [
            *segments,
            Segment(text[:at], self.role("header")),
            Segment(self.glyphs.descending, self.role("warning")),
            Segment(text[at + 1 :], self.role("header")),
        ]

    def line_key(self, index: int) -> Hashable:
        """The name, the cells, and where the cursor is."""
        return (self._lane_name(index), self._line(index).pieces, self._cursor_cells(index))

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The name of the lane and the cells that are visible."""
        del width
        name_role = "strong" if is_cursor else "accent"
        pieces = list(self._line(index).pieces)
        segments = [Segment(self._lane_name(index), self.role(name_role))]
        marked = self._cursor_cells(index)
        for column, (sign, role) in enumerate(pieces):
            style = self.role(role)
            if marked is not None and marked[0] <= column < marked[1]:
                style = self.role("cursor")
            segments.append(Segment(sign, style))
        return list(Segment.simplify(segments))

    def _cursor_cells(self, index: int) -> tuple[int, int] | None:
        span, axis = self.current_span, self._axis
        if index != self.cursor or span is None or axis is None or self._index is None:
            return None
        first = axis.column(span.start)
        end = max(span.end, self._now or 0.0) if span.running and self._until is None else span.end
        last = max(first, axis.column(end))
        if last > first and end <= axis.edge(last):
            last -= 1
        following = self._place[1] + 1 if self._place is not None else 0
        starts = self._index.lines[index].starts
        if following < len(starts):
            # What begins next has its own cell.
            last = max(first, min(last, axis.column(starts[following]) - 1))
        return max(0, first), min(axis.width, last + 1)

    def _line(self, index: int) -> DrawnLine:
        if self._index is None or self._axis is None:
            return DrawnLine((), 0)
        key = (self._version, self._axis, self._until, self._now_for(index))
        known = self._drawn.get(index)
        if known is None or known[0] != key:
            line = self._index.lines[index]
            drawn = draw_line(line, self._axis, self.glyphs, now=self._now, until=self._until)
            if len(self._drawn) > 500:
                self._drawn.clear()
            known = self._drawn[index] = (key, drawn)
        return known[1]

    def _now_for(self, index: int) -> int | None:
        """Up to which cell what runs on a line reaches; None where nothing does."""
        if self._index is None or self._axis is None or self._now is None:
            return None
        line = self._index.lines[index]
        return self._axis.column(self._now) if line.spans[-1].running else None

    def _name_width(self) -> int:
        names = [] if self._index is None else self._index.names
        longest = max(map(len, names), default=0)
        return min(longest, _WIDEST_NAME, max(4, self.text_width // 5)) + 1

    def _lane_name(self, index: int) -> str:
        """The name of the lane where it begins and on the first line that is visible."""
        width = self._name_width()
        if self._index is None:
            return " " * width
        line = self._index.lines[index]
        if line.row and index != self.top:
            return " " * width
        short = shortened(tuple(self._index.names), width - 1, self.glyphs.ellipsis)
        return fit(short[self._index.names.index(line.lane.agent or UNKNOWN)], width)

    # Axis

    def on_resize(self, event: events.Resize | None = None) -> None:
        """Draw for the new size."""
        del event
        self._keep_axis(None, resized=True)
        super().on_resize()

    def view_changed(self) -> None:
        """Draw what looks different, and say what is visible now."""
        self.repaint_changed()
        self._tell_view()

    def _first(self) -> float | None:
        return None if self._index is None else self._index.timeline.first

    def _last(self) -> float | None:
        if self._index is None:
            return None
        last = self._index.timeline.last
        if last is None or not self._index.is_running:
            return last
        if self.silent_for is not None:
            known = self._index.known_until or last
            return known + max((known - (self._first() or known)) * _BEHIND, 1.0)
        return last if self._now is None else max(last, self._now)

    @property
    def silent_for(self) -> float | None:
        """Seconds since anything happened, where something has run all alone for long."""
        if self._index is None or not self._index.is_running:
            return None
        last, known = self._index.timeline.last, self._index.known_until
        if last is None or known is None:
            return None
        silence = max(last, self._now or last) - known
        return silence if silence > _SILENT else None

    def _cells(self) -> int:
        return max(1, self.text_width - self._name_width())

    def _whole_axis(self, *, ahead: bool = False) -> TimeAxis | None:
        first, last = self._first(), self._last()
        if first is None or last is None:
            return None
        if ahead and self._index is not None and self._index.is_running:
            last += (last - first) * _AHEAD
        return TimeAxis.fitting(first, last, self._cells())

    def _keep_axis(self, before: float | None, *, resized: bool = False) -> None:
        """Go on showing everything, or the end where that was visible before."""
        axis, last = self._axis, self._last()
        if self._fits or axis is None:
            if not self._shows(self._axis):
                self._axis = self._whole_axis(ahead=True)
            return
        if resized or axis.width != self._cells():
            self._axis = axis = TimeAxis(axis.start, axis.cell, self._cells())
        if before is not None and last is not None and axis.start <= before < axis.end <= last:
            self._axis = axis.starting(last - axis.cell * (axis.width - 1))

    def _shows(self, axis: TimeAxis | None) -> bool:
        """Whether an axis shows all, and not much besides, so that it need not change."""
        whole = self._whole_axis()
        if axis is None or whole is None or axis.width != whole.width:
            return False
        last = self._last() or 0.0
        return axis.start == whole.start and last < axis.end and axis.cell <= whole.cell * 1.25
