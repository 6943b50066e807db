"""What came together in several sessions over the time since their start, in one plot."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final, Literal, Unpack

from rich.cells import cell_len
from rich.segment import Segment

from queries.models.comparison import Curve
from queries.text import count, duration, short_count
from widgets.cells import fit
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.plot_canvas import Line, height_at, plot, sign_of

Measure = Literal["events", "errors", "tokens"]
MEASURES: Final[tuple[Measure, ...]] = ("events", "errors", "tokens")
_LABEL: Final = 6
_LEAST_ROWS: Final = 3
_STEP: Final = 4
"""Cells that the ruler moves by."""


class OverlayChart(Pane):
    """Cumulative curves, a legend, and a ruler that tells the values at one time."""

    CURSOR_LINE = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--ruler"}
    DEFAULT_CSS = "OverlayChart > .line--ruler { text-style: reverse; }"

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty chart."""
        options.setdefault("empty_text", "No curves to draw.")
        super().__init__(**options)
        self._curves: tuple[Curve, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._measure: Measure = "events"
        self._ruler: int | None = None
        self._version = 0
        self._drawn: tuple[Hashable, list[str]] = (None, [])

    # Data

    def show_curves(self, curves: Sequence[Curve], titles: Sequence[str]) -> None:
        """Draw these sessions' curves, in their order."""
        self._curves, self._titles = tuple(curves), tuple(titles)
        self._changed()

    def show_measure(self, measure: Measure) -> None:
        """Draw events, errors or tokens."""
        self._measure = measure
        self._changed()

    @property
    def measure(self) -> Measure:
        """What is drawn."""
        return self._measure

    # Commands

    def move_left(self) -> None:
        """Move the ruler to an earlier time."""
        self._move_ruler(-_STEP)

    def move_right(self) -> None:
        """Move the ruler to a later time."""
        self._move_ruler(_STEP)

    def line_clicked(self, index: int, x: int) -> None:
        """Put the ruler there."""
        del index
        self._ruler = x - _LABEL - 2
        self._move_ruler(0)

    def covers(self) -> str:
        """What is drawn."""
        return f"{self._measure} so far, over the time since each session's start"

    def hint(self) -> str:
        """What to do with it."""
        return "Left and right move a ruler, which tells the values at one time."

    def text_under_cursor(self) -> str:
        """The values at the ruler, or at the end."""
        return "  ".join(self._legend_line(index) for index in range(len(self._curves)))

    def lines_as_text(self) -> list[str]:
        """The whole chart as it is drawn."""
        return [line.rstrip() for line in self._lines()]

    def line_text(self, index: int) -> str:
        """One line of the chart."""
        lines = self._lines()
        return lines[index].rstrip() if index < len(lines) else ""

    # Drawing

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._changed()

    def line_key(self, index: int) -> Hashable:
        """The text of the line and where the ruler is."""
        return (self.line_text(index), self._ruler_column())

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """One line; the cell under the ruler stands out."""
        del is_cursor
        text = fit(self.line_text(index), width, "left", self.glyphs.ellipsis)
        column, plain = self._ruler_column(), self.role()
        rows = self._plot_rows()
        if index > rows + 1:
            return [Segment(text, plain)]
        if column is None or index >= rows:
            return [Segment(text, self.role("muted" if index >= rows else ""))]
        return [
            Segment(text[:column], plain),
            Segment(text[column : column + 1], self.role("ruler")),
            Segment(text[column + 1 :], plain),
        ]

    def _changed(self) -> None:
        self._version += 1
        self.set_view(len(self._lines()), 0, 0)

    def _move_ruler(self, step: int) -> None:
        last = self._plot_width() - 1
        if self._curves and last > 0:
            now = last if self._ruler is None else self._ruler
            self._ruler = max(0, min(now + step, last))
            self._changed()
            self.post_message(self.CursorMoved(self, 0))

    def _ruler_column(self) -> int | None:
        return None if self._ruler is None else self._ruler + _LABEL + 1

    def _plot_width(self) -> int:
        return max(0, self.text_width - _LABEL - 2)

    def _plot_rows(self) -> int:
        """Rows of the plot: what axis and legend leave."""
        return max(_LEAST_ROWS, self.page_height - 2 - self._legend_rows())

    def _legend_rows(self) -> int:
        return min(len(self._curves), max(1, self.page_height // 3))

    def _values(self, curve: Curve) -> tuple[int, ...] | None:
        match self._measure:
            case "events":
                return curve.events
            case "errors":
                return curve.errors
            case _:
                return curve.tokens

    def _line(self, curve: Curve) -> Line:
        values = self._values(curve)
        return ((), ()) if values is None else (curve.seconds, values)

    def _lines(self) -> list[str]:
        key = (self._version, self.size, self._ruler)
        if self._drawn[0] != key:
            self._drawn = (key, self._made() if self._curves else [])
        return self._drawn[1]

    def _extent(self) -> tuple[float, float]:
        lines = [self._line(curve) for curve in self._curves]
        x_max = max((xs[-1] for xs, _ in lines if xs), default=0.0)
        return x_max, max((ys[-1] for _, ys in lines if ys), default=0.0)

    def _made(self) -> list[str]:
        width, rows = self._plot_width(), self._plot_rows()
        if width < 8:
            return []
        x_max, y_max = self._extent()
        lines = [self._line(curve) for curve in self._curves]
        side, corner, rule = ("|", "+", "-") if self.glyphs.is_ascii else ("│", "└", "─")
        drawn = plot(lines, width, rows, x_max, y_max, self.glyphs)
        labels = {0: short_count(y_max), rows // 2: short_count(y_max / 2), rows - 1: "0"}
        made = [
            f"{fit(labels.get(row, ''), _LABEL, 'right')}{side}{text}"
            for row, text in enumerate(drawn)
        ]
        made.append(" " * _LABEL + corner + rule * width)
        ends = [duration(0.0), duration(x_max / 2), duration(x_max)]
        between = width - sum(map(cell_len, ends))
        gap = " " * max(1, between // 2)
        made.append(" " * (_LABEL + 1) + gap.join(ends))
        legend = [self._legend_line(index) for index in range(len(self._curves))]
        return made + legend[: self._legend_rows()]

    def _legend_line(self, index: int) -> str:
        curve, title = self._curves[index], self._titles[index]
        line = self._line(curve)
        if not line[0]:
            return f"{sign_of(index)}  {title}: {self.glyphs.dash}"
        if self._ruler is None:
            told = f"{count(int(line[1][-1]))} {self._measure} in {duration(curve.seconds[-1])}"
        else:
            x_max = self._extent()[0]
            at = x_max * self._ruler / max(1, self._plot_width() - 1)
            value = height_at(line, at)
            over = "over by then, with " if value is None else ""
            value = line[1][-1] if value is None else value
            told = f"{over}{count(int(value))} {self._measure} after {duration(at)}"
        return f"{sign_of(index)}  {title}: {told}"
