"""Trends over time as charts of columns, one bucket each, with axes and a cursor."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final, Unpack

from rich.segment import Segment

from queries.models.overview import Bucket, Trends
from queries.text import count
from widgets.cells import fit
from widgets.column_chart import column_width, columns_text, nice_top, placed_labels
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.trend_figures import (
    MEASURES,
    ROLES,
    TITLES,
    Measure,
    axis_labels,
    axis_text,
    bucket_sentence,
    is_rate,
    sum_text,
    value_of,
    value_text,
)

_LABEL: Final = 6
_CHART: Final = 8
"""Lines of one chart where several stand below each other, its title and axis included."""
_TITLED: Final = 5
"""Lines from which a chart has its title."""

Line = tuple[tuple[str, str], ...]
"""Texts and their roles."""


class TrendChart(Pane):
    """One chart, or several where there is room; the cursor is on one bucket of all of them."""

    CURSOR_LINE = False

    class Opened(Pane.Opened):
        """The bucket under the cursor shall be opened."""

        def __init__(self, pane: Pane, bucket: Bucket) -> None:
            self.bucket = bucket
            super().__init__(pane, 0)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty chart."""
        options.setdefault("empty_text", "Counting ...")
        super().__init__(**options)
        self._trends: Trends | None = None
        self._chosen: Measure | None = None
        self._bucket = 0
        self._first = 0
        self._version = 0
        self._drawn: tuple[Hashable, list[Line]] = (None, [])

    # Data

    def show_trends(self, trends: Trends) -> None:
        """Draw these; the cursor stays on its bucket, or on the newest one if it was there."""
        known = self.bucket
        at_end = known is None or self._trends is None or known is self._trends.buckets[-1]
        self._trends = trends
        self._empty_text = "Nothing has a known time in this window."
        last = len(trends.buckets) - 1
        starts = {} if known is None else {b.start: i for i, b in enumerate(trends.buckets)}
        self._bucket = last if at_end or known is None else starts.get(known.start, last)
        self._changed()

    def show_measure(self, measure: Measure) -> None:
        """Draw something else, or draw it first."""
        self._chosen = measure
        self._changed()

    @property
    def measure(self) -> Measure:
        """What is drawn first: what was chosen, else events, or sessions where there are none."""
        if self._chosen is not None:
            return self._chosen
        buckets = self._buckets
        is_mute = not any(bucket.events for bucket in buckets)
        return "sessions" if is_mute and any(b.sessions for b in buckets) else MEASURES[0]

    @property
    def bucket(self) -> Bucket | None:
        """The bucket under the cursor."""
        buckets = self._buckets
        return buckets[self._bucket] if 0 <= self._bucket < len(buckets) else None

    # Commands

    def move_left(self) -> None:
        """Move to the bucket before."""
        self._move_to_bucket(self._bucket - 1)

    def move_right(self) -> None:
        """Move to the next bucket."""
        self._move_to_bucket(self._bucket + 1)

    def move_cursor(self, delta: int) -> None:
        """Up and down go through what is drawn first."""
        at = MEASURES.index(self.measure) + delta
        self.show_measure(MEASURES[at % len(MEASURES)])

    def move_page(self, direction: int) -> None:
        """Move by as many buckets as are visible."""
        self._move_to_bucket(self._bucket + direction * max(1, len(self._shown())))

    def move_half_page(self, direction: int) -> None:
        """Move by half as many."""
        self._move_to_bucket(self._bucket + direction * max(1, len(self._shown()) // 2))

    def move_top(self) -> None:
        """Move to the oldest bucket."""
        self._move_to_bucket(0)

    def move_bottom(self) -> None:
        """Move to the newest bucket."""
        self._move_to_bucket(len(self._buckets) - 1)

    def line_clicked(self, index: int, x: int) -> None:
        """Move to the bucket that was clicked."""
        del index
        wide = column_width(len(self._shown()), self._plot_width())
        self._move_to_bucket(self._first + max(0, x - _LABEL - 1) // wide)

    def open_current(self) -> None:
        """Ask for the bucket to be opened."""
        if self.bucket is not None:
            self.post_message(self.Opened(self, self.bucket))

    # Telling

    def covers(self) -> str:
        """What is drawn, of which time, and what is not visible."""
        trends = self._trends
        if trends is None or not trends.buckets:
            return ""
        first, last = trends.buckets[0].label, trends.buckets[-1].label
        parts = [f"{TITLES[self.measure]} by {trends.size}"]
        shown = self._shown()
        if len(shown) < len(trends.buckets):
            parts.append(f"{shown.start + 1:,}-{shown.stop:,} of {len(trends.buckets):,}")
        parts.append(first if first == last else f"{first} to {last}")
        if trends.left_out:
            parts.append(f"{count(trends.left_out)} earlier left out")
        if trends.undated:
            parts.append(f"{count(trends.undated)} without a time")
        return " · ".join([*parts, trends.zone])

    def text_under_cursor(self) -> str:
        """All about the bucket."""
        return "" if self.bucket is None else bucket_sentence(self.bucket)

    def lines_as_text(self) -> list[str]:
        """Every bucket in words."""
        return [bucket_sentence(bucket) for bucket in self._buckets]

    def line_text(self, index: int) -> str:
        """One line of what is drawn."""
        lines = self._lines()
        return "".join(text for text, _ in lines[index]).rstrip() if index < len(lines) else ""

    # Drawing

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._changed()

    def line_key(self, index: int) -> Hashable:
        """The texts of the line."""
        lines = self._lines()
        return lines[index] if index < len(lines) else None

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """One line of what is drawn."""
        del width, is_cursor
        lines = self._lines()
        if index >= len(lines):
            return []
        return [Segment(text, self.role(role)) for text, role in lines[index]]

    @property
    def _buckets(self) -> Sequence[Bucket]:
        return () if self._trends is None else self._trends.buckets

    def _changed(self) -> None:
        self._version += 1
        self._first = self._shown().start
        self.set_view(len(self._lines()), 0, 0)

    def _move_to_bucket(self, index: int) -> None:
        index = max(0, min(index, len(self._buckets) - 1))
        if index != self._bucket:
            self._bucket = index
            self._changed()
            self.post_message(self.CursorMoved(self, 0))

    def _plot_width(self) -> int:
        return max(0, self.text_width - _LABEL - 1)

    def _shown(self) -> range:
        """The buckets that are visible: all, or so many around the cursor as there is room."""
        buckets, room = len(self._buckets), max(1, self._plot_width())
        if buckets <= room:
            return range(buckets)
        first = max(self._bucket - room + 1, min(self._first, self._bucket))
        first = max(0, min(first, buckets - room))
        return range(first, first + room)

    def _lines(self) -> list[Line]:
        key = (self._version, self.size, self._bucket)
        if self._drawn[0] != key:
            has_room = self._plot_width() >= 4 and self.page_height > 0
            self._drawn = (key, self._made() if self._buckets and has_room else [])
        return self._drawn[1]

    def _made(self) -> list[Line]:
        height = self.page_height
        charts = max(1, min(len(MEASURES), (height - 1) // _CHART))
        at = MEASURES.index(self.measure)
        lines: list[Line] = []
        for number in range(charts):
            measure = MEASURES[(at + number) % len(MEASURES)]
            # Where lines are left over, the first charts are higher.
            share = (height - 1) // charts + (number < (height - 1) % charts)
            lines += self._chart(measure, share)
        lines.append(((" " * (_LABEL + 1), ""), (self._time_axis(), "muted")))
        return lines[:height] if height >= 3 else lines[:1]

    def _chart(self, measure: Measure, height: int) -> list[Line]:
        """One chart in so many lines: title, columns, axis."""
        shown, trends = self._shown(), self._trends
        if trends is None:
            return []
        values = [value_of(self._buckets[index], measure) for index in shown]
        highest = max((value for value in values if value is not None), default=0.0)
        top = 1.0 if measure == "completion" else nice_top(highest, not is_rate(measure))
        top = min(top, 1.0) if is_rate(measure) else top
        lines: list[Line] = []
        if height >= _TITLED:
            lines.append(self._title(measure, trends))
        rows = max(1, height - len(lines) - 1)
        wide = column_width(len(shown), self._plot_width())
        side = "|" if self.glyphs.is_ascii else "│"
        labels = {0: axis_text(top, measure)}
        if rows >= 4 and (is_rate(measure) or top % 2 == 0):
            labels[rows // 2] = axis_text(top / 2, measure)
        role, cursor = ROLES.get(measure, "accent"), self._bucket - shown.start
        for row, cells in enumerate(columns_text(values, rows, top, wide, self.glyphs)):
            lines.append((
                (fit(labels.get(row, ""), _LABEL, "right") + side, "muted"),
                ("".join(cells[:cursor]), role),
                (cells[cursor], "strong"),
                ("".join(cells[cursor + 1 :]), role),
            ))  # fmt: skip
        lines.append(self._rule(values, wide, cursor))
        return lines

    def _title(self, measure: Measure, trends: Trends) -> Line:
        """What is drawn, its value under the cursor, and all of it together."""
        bucket = trends.buckets[self._bucket]
        value, whole = value_text(bucket, measure), sum_text(trends, measure)
        rest = f"  {bucket.label}: {value} · {whole}"
        text = fit(TITLES[measure] + rest, self.text_width, "left", self.glyphs.ellipsis)
        named = len(TITLES[measure])
        return ((text[:named], "strong"), (text[named:], "muted"))

    def _rule(self, values: Sequence[float | None], wide: int, cursor: int) -> Line:
        """The axis: dotted where a value is unknown, with a sign below the cursor."""
        dot, corner, rule = (".", "+", "-") if self.glyphs.is_ascii else ("·", "└", "─")
        cells = [(dot if value is None else rule) * wide for value in values]
        mark = self.glyphs.ascending.ljust(wide, cells[cursor][0])
        return (
            (fit("0", _LABEL, "right") + corner, "muted"),
            ("".join(cells[:cursor]), "muted"),
            (mark, "strong"),
            ("".join(cells[cursor + 1 :]), "muted"),
        )

    def _time_axis(self) -> str:
        shown, trends = self._shown(), self._trends
        if trends is None:
            return ""
        wide = column_width(len(shown), self._plot_width())
        labels = axis_labels([self._buckets[index] for index in shown], trends.size)
        placed = [(index * wide, label.text) for index, label in enumerate(labels)]
        urgent = frozenset(index for index, label in enumerate(labels) if label.urgent)
        return placed_labels(placed, self._plot_width(), urgent)
