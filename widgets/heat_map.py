"""Events or sessions by weekday and hour, as shades that need no colour."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar, Final, Unpack

from rich.segment import Segment

from queries.models.overview import HeatMap
from queries.text import count, percent, short_count
from widgets.cells import fit
from widgets.glyphs import Glyphs, spark
from widgets.line_view import ViewOptions
from widgets.pane import Pane

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = 4
_TOTAL: Final = 6
_COUNTED: Final = 6
"""Cells of an hour from which its count is written out."""
_HOURS: Final = 24
STEPS: Final = 4
"""Shades above none."""


def shade_of(number: int, highest: int) -> int:
    """0 (nothing) to :data:`STEPS`, in equal steps up to the highest count."""
    if number <= 0 or highest <= 0:
        return 0
    return min(STEPS, -(-number * STEPS // highest))


def legend(highest: int, glyphs: Glyphs) -> str:
    """Which shade stands for how many events: ``░ 1-5  ▒ 6-10``."""
    parts: list[str] = []
    low = 1
    for step in range(1, STEPS + 1):
        high = highest * step // STEPS
        if high >= low:
            span = count(low) if high == low else f"{count(low)}-{count(high)}"
            parts.append(f"{glyphs.shades[step]} {span}")
            low = high + 1
    return "  ".join(parts)


class HeatMapView(Pane):
    """Seven lines of 24 hours, their sums, and what the shades mean; the cursor is on one hour."""

    CURSOR_LINE = False
    ROWS: ClassVar[int] = 9
    """Weekdays, the line of all days, the legend."""

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty map."""
        options.setdefault("empty_text", "Counting ...")
        super().__init__(**options)
        self._heat: HeatMap | None = None
        self._zone = ""
        self._what = "events"
        self._highest = 0
        self._hour = 0

    # Data

    def show_heat(self, heat: HeatMap, zone: str, what: str = "events") -> None:
        """Show these counts, whose hours are told in a zone of that name; what: is counted."""
        self._heat, self._zone, self._what = heat, zone, what
        self._highest = max((max(row, default=0) for row in heat.counts), default=0)
        self._empty_text = "No event has a known time in this window."
        if not self.line_count and heat.total:
            # There something happened; the first hour of the week is as good as any other.
            day, self._hour = max(
                ((day, hour) for day in range(7) for hour in range(_HOURS)),
                key=lambda place: heat.counts[place[0]][place[1]],
            )
            self.set_view(self.ROWS, day)
            return
        self.set_view(self.ROWS if heat.total else 0, min(self.cursor, 6))

    # Commands

    def move_left(self) -> None:
        """Move to the hour before."""
        self._move_to_hour(self._hour - 1)

    def move_right(self) -> None:
        """Move to the next hour."""
        self._move_to_hour(self._hour + 1)

    def move_to(self, index: int) -> None:
        """Move to a weekday; sums and legend take no cursor, but are scrolled to."""
        index = max(0, min(index, 6))
        top = self._top_showing(index)
        if index == 6:
            top = max(0, self.line_count - max(1, self.page_height))
            top = min(top, index)
        self.set_view(self.line_count, index, top)

    def line_clicked(self, index: int, x: int) -> None:
        """Move to the hour that was clicked."""
        self.move_to(index)
        self._move_to_hour((x - _DAY) // self._cell_width())

    def open_current(self) -> None:
        """There is nothing behind an hour of all weeks."""

    # Telling

    def covers(self) -> str:
        """How many events there are, and whose hours these are."""
        if self._heat is None:
            return ""
        return f"{count(self._heat.total)} {self._what} · {self._zone}"

    def text_under_cursor(self) -> str:
        """The hour in words: how many events, which part of all."""
        heat = self._heat
        if heat is None or not heat.total:
            return ""
        number = heat.counts[self.cursor][self._hour]
        until = (self._hour + 1) % _HOURS
        hour = f"{DAYS[self.cursor]} {self._hour:02d}:00-{until:02d}:00"
        part = percent(number / heat.total)
        return f"{hour}: {count(number)} {self._what}, {part} % of all"

    def lines_as_text(self) -> list[str]:
        """A table of all counts."""
        heat = self._heat
        if heat is None or not heat.total:
            return []
        hours = "".join(f"{hour:02d}".rjust(7) for hour in range(_HOURS))
        lines = [" " * _DAY + hours + "total".rjust(9)]
        for day, row in zip(DAYS, heat.counts, strict=True):
            cells = "".join(str(number).rjust(7) for number in row)
            lines.append(day[:3].ljust(_DAY) + cells + str(sum(row)).rjust(9))
        return lines

    def line_text(self, index: int) -> str:
        """One line as it is drawn in the present width."""
        return "".join(
            segment.text for segment in self.line_segments(index, self.text_width, False)
        )

    # Drawing

    @property
    def header_height(self) -> int:
        """One line of hours."""
        return 1

    def header_key(self) -> Hashable:
        """Whether there is anything."""
        return self.line_count > 0

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The hours, as many as there is room for."""
        del y
        if not self.line_count:
            return []
        wide = self._cell_width()
        every = 1 if wide >= 3 else 3 if wide == 2 else 6
        line = " " * _DAY
        for hour in range(0, _HOURS, every):
            line += f"{hour:02d}".rjust(wide - 1 if wide > 3 else 2).ljust(wide * every)
        if self._has_totals(width):
            line += "total".rjust(_TOTAL)
        return [Segment(line, self.role("header"))]

    def line_key(self, index: int) -> Hashable:
        """The counts of the line, the highest of all, and where the cursor is."""
        heat = self._heat
        row = () if heat is None or index > 6 else heat.counts[index]
        hour = self._hour if index == self.cursor else None
        return (index, row or heat, self._highest, self._what, hour)

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """A weekday, all of them together, or the legend."""
        heat, plain, muted = self._heat, self.role(), self.role("muted")
        if heat is None:
            return []
        wide = self._cell_width()
        if index == 8:
            words = f"{legend(self._highest, self.glyphs)}  {self._what}"
            return [Segment(" " * _DAY, plain), Segment(words, muted)]
        if index == 7:
            sums = [sum(row[hour] for row in heat.counts) for hour in range(_HOURS)]
            heights = "".join(sign * wide for sign in spark(sums, self.glyphs))
            return [
                Segment("all".ljust(_DAY), muted),
                Segment(heights, self.role("accent")),
                self._total(heat.total, width),
            ]
        row = heat.counts[index]
        segments = [Segment(DAYS[index][:3].ljust(_DAY), plain)]
        for hour, number in enumerate(row):
            at_cursor = is_cursor and hour == self._hour
            style = self.role("cursor" if at_cursor else "accent")
            segments.append(Segment(self._cell(number, wide), style))
        return [*segments, self._total(sum(row), width)]

    def _cell(self, number: int, wide: int) -> str:
        sign = self.glyphs.shades[shade_of(number, self._highest)]
        if wide < _COUNTED:
            return sign * wide
        return f"{fit(short_count(number) if number else '', wide - 1, 'right')}{sign}"

    def _total(self, number: int, width: int) -> Segment:
        if not self._has_totals(width):
            return Segment("")
        return Segment(fit(short_count(number), _TOTAL, "right"), self.role())

    def _cell_width(self) -> int:
        room = (self.text_width - _DAY - _TOTAL) // _HOURS
        return max(1, min(room, _COUNTED))

    def _move_window(self, lines: int) -> None:
        self.move_to(self.cursor + lines)

    def _has_totals(self, width: int) -> bool:
        return width >= _DAY + _HOURS * self._cell_width() + _TOTAL

    def _move_to_hour(self, hour: int) -> None:
        hour = max(0, min(hour, _HOURS - 1))
        if hour != self._hour:
            self._hour = hour
            self.repaint_changed()
            self.post_message(self.CursorMoved(self, self.cursor))
