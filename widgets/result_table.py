"""A table of whatever columns a question has, with a cursor on one cell."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final, Unpack

from rich.cells import cell_len
from rich.segment import Segment

from queries.text import UNKNOWN
from widgets.cells import fit
from widgets.line_view import ViewOptions
from widgets.pane import Pane

Values = Sequence[str | None]
WIDEST: Final = 40
"""Cells of a column at most; the last one may have what is left."""
_GAP: Final = "  "
_MEASURED: Final = 200
"""Rows from which the widths of columns are taken."""


class ResultTable(Pane):
    """Rows of texts; left and right move between columns."""

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        super().__init__(**options)
        self._columns: tuple[str, ...] = ()
        self._rows: Sequence[Values] = ()
        self._numeric: frozenset[int] = frozenset()
        self._widths: list[int] = []
        self._column = 0
        self._left = 0
        """The first column that is visible."""

    def show(self, columns: Sequence[str], rows: Sequence[Values], numeric: frozenset[int]) -> None:
        """Replace everything; the cursor goes to the first cell.

        Args:
            columns: their titles.
            rows: a text for each column; None is unknown.
            numeric: columns that are aligned to the right.
        """
        self._columns, self._rows, self._numeric = tuple(columns), rows, numeric
        self._column = self._left = 0
        self._widths = [
            min(WIDEST, max(1, *(cell_len(_shown(row[index])) for row in rows[:_MEASURED]),
                            cell_len(title)))
            if rows else cell_len(title) or 1
            for index, title in enumerate(self._columns)
        ]  # fmt: skip
        self.set_view(len(rows), 0, 0)
        self.repaint_changed()

    @property
    def column(self) -> int:
        """The index of the cursor's column."""
        return self._column

    def current_cell(self) -> str:
        """The whole text of the cell under the cursor; "" where there is none."""
        if not self._rows or not self._columns:
            return ""
        return self._rows[self.cursor][self._column] or ""

    # Moving

    def move_left(self) -> None:
        """To the column on the left."""
        self._move_column(-1)

    def move_right(self) -> None:
        """To the column on the right."""
        self._move_column(1)

    def _move_column(self, step: int) -> None:
        if not self._columns:
            return
        self._column = max(0, min(self._column + step, len(self._columns) - 1))
        self._left = min(self._left, self._column)
        while self._left < self._column and self._span(self._left) > self.text_width:
            self._left += 1
        self.repaint_changed()

    def _span(self, first: int) -> int:
        """Cells from a column to the end of the cursor's."""
        widths = self._widths[first : self._column + 1]
        return sum(widths) + len(_GAP) * (len(widths) - 1)

    def line_clicked(self, index: int, x: int) -> None:
        """Move the cursor to the cell."""
        for column in range(self._left, len(self._columns)):
            self._column = column
            x -= self._width_of(column) + len(_GAP)
            if x < 0:
                break
        self.move_to(index)
        self.repaint_changed()

    # Drawing

    @property
    def header_height(self) -> int:
        """One line of titles, where there are columns."""
        return 1 if self._columns else 0

    def header_key(self) -> Hashable:
        """The titles and the columns shown."""
        return (self._columns, self._left, self._column)

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The titles, that of the cursor's column standing out."""
        del y, width
        return self._segments(self._columns, "header")

    def line_key(self, index: int) -> Hashable:
        """The row and the columns shown."""
        column = self._column if index == self.cursor else None
        return (tuple(self._rows[index]), self._left, column, tuple(self._widths))

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The row from the first visible column on."""
        del width
        return self._segments(self._rows[index], "", is_cursor=is_cursor)

    def line_text(self, index: int) -> str:
        """All values of the row."""
        return _GAP.join(_shown(value) for value in self._rows[index])

    def text_under_cursor(self) -> str:
        """The cell under the cursor."""
        return self.current_cell()

    def lines_as_text(self) -> list[str]:
        """Titles and rows in aligned columns, nothing cut."""
        lines: list[Values] = [self._columns, *self._rows]
        widths = [
            max(cell_len(_shown(line[index])) for line in lines)
            for index in range(len(self._columns))
        ]
        return [
            _GAP.join(
                fit(_shown(value), widths[index], "right" if index in self._numeric else "left")
                for index, value in enumerate(line)
            ).rstrip()
            for line in lines
        ]

    def _width_of(self, column: int) -> int:
        if column == len(self._columns) - 1:
            used = sum(self._widths[self._left : -1]) + len(_GAP) * (column - self._left)
            return max(self._widths[-1], self.text_width - used)
        return self._widths[column]

    def _segments(self, values: Values, role: str, *, is_cursor: bool = False) -> list[Segment]:
        style, mark = self.role(role), self.role("strong")
        segments: list[Segment] = []
        for index in range(self._left, len(self._columns)):
            text = _shown(values[index])
            align = "right" if index in self._numeric and index < len(values) - 1 else "left"
            cell = fit(text, self._width_of(index), align, self.glyphs.ellipsis)
            is_here = index == self._column and (is_cursor or role == "header")
            shown = style + mark if is_here else style
            if is_here and is_cursor:
                shown = shown + self.role("match")
            segments += [Segment(cell, shown), Segment(_GAP, style)]
        return segments


def _shown(value: str | None) -> str:
    return UNKNOWN if value is None else value
