"""The interaction matrix: who works with whom, or which tool comes after which."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final, Unpack

from rich.segment import Segment

from queries.models import Interactions, Relation
from widgets.cells import GAP, MANY_NAMES, fit, shortened, shortened_alone
from widgets.line_view import ViewOptions
from widgets.matrix_figures import (
    LEAST_CELL,
    TOTAL_NAME,
    TOTAL_WIDTH,
    VALUE_TITLES,
    MatrixFigures,
    ValueMode,
    why_empty,
)
from widgets.pane import Pane

_WIDEST_CELL: Final = 12

Part = tuple[str, str]
"""Text and role."""


class InteractionMatrix(Pane):
    """Rows are from, columns are to; a cursor on one cell.

    Heat is told twice: by the background and by a shade character behind the number.
    """

    CURSOR_LINE = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--heat-{step}" for step in range(1, 5)}
    """Backgrounds of the cells, from a little to the most."""

    DEFAULT_CSS = """
    InteractionMatrix {
        & > .line--heat-1 { background: $primary 15%; }
        & > .line--heat-2 { background: $primary 30%; }
        & > .line--heat-3 { background: $primary 45%; color: $text; }
        & > .line--heat-4 { background: $primary 60%; color: $text; text-style: bold; }
        &:ansi > .line--heat-1 { background: transparent; }
        &:ansi > .line--heat-2 { background: transparent; }
        &:ansi > .line--heat-3 { background: transparent; color: $foreground; }
        &:ansi > .line--heat-4 { background: transparent; color: $foreground; text-style: bold; }
    }
    """

    class CellOpened(Pane.PaneMessage):
        """The cell under the cursor shall be opened."""

        def __init__(self, pane: Pane, from_name: str, to_name: str, relation: Relation) -> None:
            self.from_name = from_name
            self.to_name = to_name
            self.relation = relation
            super().__init__(pane)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty matrix."""
        super().__init__(**options)
        self._interactions: Interactions | None = None
        self._figures: MatrixFigures | None = None
        self._mode: ValueMode = "count"
        self._short: dict[int, tuple[str, ...]] = {}
        """Names as they are drawn, by width."""
        self._targets: dict[str, list[str]] | None = None
        """See :meth:`MatrixFigures.by_row`, once it was asked for."""
        self._column = 0
        self._left = 0

    # Data

    def show_interactions(
        self, interactions: Interactions, value: ValueMode = "count", diagonal: bool = True
    ) -> None:
        """Show a matrix; the cursor stays on its pair of names.

        Args:
            interactions: the counts.
            value: what the cells show.
            diagonal: whether cells from a name to itself count.
        """
        self.show_figures(interactions, MatrixFigures.of(interactions, diagonal), value)

    def show_figures(
        self, interactions: Interactions, figures: MatrixFigures, value: ValueMode = "count"
    ) -> None:
        """As :meth:`show_interactions`, of which the figures are made already.

        Costs nothing that grows with the matrix when these are the ones that are shown.
        """
        held = self.current_pair
        is_other = figures is not self._figures
        self._interactions, self._mode = interactions, value
        self._figures = figures if figures.counts else None
        self._empty_text = why_empty(interactions, figures.diagonal)
        cursor = self.cursor
        if is_other:
            self._short, self._targets = {}, None
            if held is not None:
                cursor = _place(figures.names, held[0], cursor)
                self._column = _place(figures.names, held[1], self._column)
        self._column = max(0, min(self._column, len(figures.names) - 1))
        self._left = self._visible_columns().start
        self.set_view(len(figures.names) + 1 if figures.counts else 0, cursor)

    @property
    def column(self) -> int:
        """The index of the cursor's column."""
        return self._column

    @property
    def current_pair(self) -> tuple[str, str] | None:
        """From and to under the cursor; None in an empty matrix and on the line of totals."""
        names = self._figures.names if self._figures else ()
        if self.cursor < len(names) and self._column < len(names):
            return names[self.cursor], names[self._column]
        return None

    # Commands

    def move_left(self) -> None:
        """Move to the column on the left."""
        self._move_to_column(self._column - 1)

    def move_right(self) -> None:
        """Move to the column on the right."""
        self._move_to_column(self._column + 1)

    def open_current(self) -> None:
        """Ask for the cell under the cursor to be opened."""
        pair = self.current_pair
        if pair is not None and self._interactions is not None:
            self.post_message(self.CellOpened(self, *pair, self._interactions.relation))

    def line_clicked(self, index: int, x: int) -> None:
        """Move the cursor to the cell."""
        name_width, cell_width, _ = self._widths()
        place = (x - name_width) // (cell_width + GAP)
        shown = self._visible_columns()
        if x >= name_width and place < len(shown):
            self._move_to_column(shown[place])
        self.move_to(index)

    def text_under_cursor(self) -> str:
        """The cell in words: count, share and ratio."""
        pair = self.current_pair
        if pair is None or self._figures is None:
            return super().text_under_cursor()
        return self._figures.sentence(*pair, self._mode)

    def lines_as_text(self) -> list[str]:
        """See :func:`~widgets.matrix_text.matrix_lines`."""
        from widgets.matrix_text import matrix_lines

        return [] if self._figures is None else matrix_lines(self._figures, self._mode, self.glyphs)

    def covers(self) -> str:
        """What is counted and how it is shown, and which columns, where not all fit."""
        if self._interactions is None:
            return ""
        parts = [self._interactions.basis]
        if self._figures is not None:
            if self._mode != "count":
                parts.append(VALUE_TITLES[self._mode])
            if not self._figures.diagonal:
                parts.append("without repeats")
            names, shown = len(self._figures.names), self._visible_columns()
            if len(shown) < names:
                # With the arrow that the columns have: a title has little room.
                parts.append(f"{self.glyphs.arrow}{shown.start + 1}-{shown.stop} of {names}")
        return " · ".join(part for part in parts if part)

    # Columns

    def _move_to_column(self, column: int) -> None:
        if self._figures is None:
            return
        column = max(0, min(column, len(self._figures.names) - 1))
        if column != self._column:
            self._column = column
            self._left = self._visible_columns().start
            self.repaint_changed()
            self.post_message(self.CursorMoved(self, self.cursor))
            self._tell_view()

    def _visible_columns(self) -> range:
        """The columns that are visible at the present width, the cursor's among them."""
        names = len(self._figures.names) if self._figures else 0
        shown = self._widths()[2]
        left = max(self._column - shown + 1, min(self._left, self._column))
        left = max(0, min(left, names - shown))
        return range(left, left + shown)

    def _widths(self) -> tuple[int, int, int]:
        """Cells of the name column and of each cell, and how many columns are visible."""
        if self._figures is None:
            return (0, 0, 0)
        names = self._figures.names
        longest, width = self._figures.longest, self.text_width
        name_width = min(max(longest, len(TOTAL_NAME)), max(5, width // 4))
        room = max(
            0, width - name_width - self._total_width() - (GAP if self._total_width() else 0)
        )
        fair = room // len(names) - GAP
        cell_width = max(LEAST_CELL, min(_WIDEST_CELL, longest + 1, fair))
        return name_width, cell_width, max(1, min(len(names), room // (cell_width + GAP)))

    def _total_width(self) -> int:
        """The column of totals is there only where it leaves room for the cells."""
        return TOTAL_WIDTH if self.text_width >= 30 else 0

    # Drawing

    @property
    def header_height(self) -> int:
        """One line of names, where there is a matrix."""
        return 1 if self._figures is not None else 0

    def header_key(self) -> Hashable:
        """The names, where they stand, and which one the cursor is at."""
        widths, shown = self._widths(), self._visible_columns()
        titles = tuple(self._short_name(column, widths[1] - 1) for column in shown)
        return (titles, widths, shown, self._column)

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The names of the columns, shortened but different from each other."""
        del y, width
        if self._figures is None:
            return []
        name_width, cell_width, _ = self._widths()
        parts: list[Part] = [(fit("", name_width), "header")]
        for column in self._visible_columns():
            short = self._short_name(column, cell_width - 1)
            title = fit(self.glyphs.arrow + short, cell_width, "right")
            parts += [
                (" " * GAP, "header"),
                (title, "strong" if column == self._column else "header"),
            ]
        if self._total_width():
            parts += [(" " * GAP, "header"), (fit(TOTAL_NAME, TOTAL_WIDTH, "right"), "header")]
        return self._segments(parts)

    def line_key(self, index: int) -> Hashable:
        """Everything that the row shows."""
        return tuple(self._parts(index, index == self.cursor))

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The row: name, visible cells, total."""
        del width
        return self._segments(self._parts(index, is_cursor))

    def line_text(self, index: int) -> str:
        """The name of the row, what it leads to, and its total."""
        figures = self._figures
        if figures is None:
            return ""
        source, total = figures.row_name(index), figures.row_total(index, self._mode)
        if index >= len(figures.names):
            return f"{source}  {total}"
        if self._targets is None:
            self._targets = figures.by_row()
        cells = [f"{to} {figures.count(source, to):,}" for to in self._targets.get(source, ())]
        return f"{source}  {', '.join(cells)}  {total}"

    def _parts(self, index: int, is_cursor: bool) -> list[Part]:
        figures = self._figures
        if figures is None:
            return []
        name_width, cell_width, _ = self._widths()
        is_name = index < len(figures.names)
        name = self._short_name(index, name_width) if is_name else TOTAL_NAME
        plain = "" if is_name else "strong"
        parts: list[Part] = [(fit(name, name_width), "strong" if is_cursor else plain)]
        for column in self._visible_columns():
            text, role, shade = figures.cell(index, column, self._mode, self.glyphs)
            role = "cursor" if is_cursor and column == self._column else role
            parts += [(" " * GAP, ""), (fit(text, cell_width - 1, "right") + shade, role)]
        if self._total_width():
            total = figures.row_total(index, self._mode)
            parts += [(" " * GAP, ""), (fit(total, TOTAL_WIDTH, "right"), "strong")]
        return parts

    def _short_name(self, index: int, width: int) -> str:
        """A name in at most ``width`` cells; of not too many, different from all others."""
        figures = self._figures
        names = figures.names if figures else ()
        if len(names) > MANY_NAMES or (figures and figures.longest <= width):
            return shortened_alone(names[index], width, self.glyphs.ellipsis)
        if width not in self._short:
            self._short[width] = shortened(names, width, self.glyphs.ellipsis)
        return self._short[width][index]

    def masking_changed(self) -> None:
        """See :meth:`LineView.masking_changed`."""
        self._short = {}
        super().masking_changed()

    def _segments(self, parts: list[Part]) -> list[Segment]:
        return list(Segment.simplify(Segment(text, self.role(role)) for text, role in parts))


def _place(names: Sequence[str], name: str, otherwise: int) -> int:
    return names.index(name) if name in names else otherwise
