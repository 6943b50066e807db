"""The table that the lists share: keyed rows, a header, marks, and diffed repaints."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Final, Generic, TypeVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from widgets.cells import Column, Placed, layout, shared
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.table_text import NO_SIGNS, Cell, fitted, sign_beside, titles

Row = TypeVar("Row")

_NEAR: Final = 64
"""A row that moved is first looked for so many places around its old one."""
_MEASURED: Final = 500
"""Rows of which the texts are measured, the first ones: a longer one below them may be cut."""
_LONGEST: Final = 200
"""Cells that a text can need."""
_TEXT_WIDTH: Final = 160
"""Width of the table in an export."""


class LineTable(Pane, Generic[Row]):
    """Rows that are identified by a key, in columns that adapt to the width.

    A subclass names its :attr:`COLUMNS` and implements :meth:`row_key` and :meth:`cell`.
    The cursor belongs to a key, not to a position: when the rows are replaced it stays on
    its row, and that row stays where it is on the screen.
    """

    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    TEXT_SORTS: ClassVar[frozenset[str]] = frozenset()
    """Sort orders that go from A to Z, unless they are reversed."""
    SORT_COLUMNS: ClassVar[Mapping[str, str]] = {}
    """Sort order -> name of the column that shows it, where the two differ."""
    SHARED: ClassVar[tuple[str, ...]] = ()
    """Names of the columns of text that share their room by need, the flexible one included."""

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        super().__init__(**options)
        self._rows: Sequence[Row] = ()
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._index: dict[str, int] | None = None
        self._following_top: tuple[int, int] | None = None
        self._sort = ""
        self._reverse = False
        self._marks: Mapping[str, str] = {}
        self._placed: tuple[Placed, ...] = ()
        self._placed_width = -1
        self._needs: Mapping[str, int] = {}

    # What a subclass provides

    def row_key(self, row: Row) -> str:
        """The row's identity, the same in every version of the row."""
        raise NotImplementedError

    def cell(self, row: Row, column: str, width: int) -> Cell:
        """What the row shows in a column of ``width`` cells; it is fitted afterwards."""
        raise NotImplementedError

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of which those that fit are shown; :attr:`COLUMNS`, or some of them."""
        return self.COLUMNS

    # Rows

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as they were shown last."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor; None in an empty table."""
        return self._rows[self.cursor] if self._rows else None

    @property
    def current_key(self) -> str | None:
        """The key of the row under the cursor; None in an empty table."""
        row = self.current
        return None if row is None else self.row_key(row)

    def show(self, rows: Sequence[Row], *, sort: str = "", reverse: bool = False) -> None:
        """Replace all rows and repaint the lines that look different.

        The cursor stays on its key; when that is gone, at its index. The row under it keeps
        its place on the screen when rows come or go above it. Only where the cursor was on
        the first row with nothing above, the table stays at its top, so that new rows appear.

        Args:
            rows: sorted already; must not change afterwards.
            sort: the order they are in, for the sign in the header.
            reverse: whether that order is turned round.
        """
        place = (self.cursor, self.top)
        at_top = place == (0, 0) or place == self._following_top
        first, end = self.visible_range()
        anchor = self.cursor if first <= self.cursor < end or not self.page_height else first
        before, old = self._rows, self.cursor
        self._rows, self._index, self._cells = tuple(rows), None, {}
        self._sort, self._reverse = sort, reverse
        if self.SHARED and (needs := self._measured_needs()) != self._needs:
            self._needs, self._placed_width = needs, -1
        # Rows that went in above a cursor at the top push it down, and are seen.
        cursor = self._moved(before, old)
        moved = cursor if anchor == old else self._moved(before, anchor)
        top = self.top + moved - anchor
        if at_top:
            top = 0 if cursor < max(1, self.page_height) else top
        self.set_view(len(self._rows), cursor, top)
        self._following_top = (self.cursor, 0) if at_top and self.top == 0 else None

    def select(self, key: str) -> bool:
        """Move the cursor to the row with this key.

        Returns:
            Whether there is one.
        """
        index = self.index_of(key)
        if index is None:
            return False
        self.move_to(index)
        return True

    def index_of(self, key: str) -> int | None:
        """Where the row with this key is; None if nowhere."""
        if self._index is None:
            self._index = {}
            for index, row in enumerate(self._rows):
                self._index.setdefault(self.row_key(row), index)
        return self._index.get(key)

    def set_marks(self, marks: Mapping[str, str]) -> None:
        """Show these marks: key of a row -> sign."""
        if marks != self._marks:
            self._marks = dict(marks)
            self._cells = {}
            self.repaint_changed()

    @property
    def marks(self) -> Mapping[str, str]:
        """Key of a row -> the sign it is marked with."""
        return self._marks

    def _measured_needs(self) -> dict[str, int]:
        """By columns that share their room: the cells of the longest text, title included."""
        names = {column.name: column.title for column in self.columns if column.name in self.SHARED}
        return {
            name: max(
                cell_len(title) + 1,
                *(cell_len(self.cell(row, name, _LONGEST)[0]) for row in self._rows[:_MEASURED]),
                0,
            )
            for name, title in names.items()
        }

    def _moved(self, before: Sequence[Row], index: int) -> int:
        """Where the row that was at ``index`` is now; the same index if it is gone."""
        if not 0 <= index < len(before):
            return index
        key = self.row_key(before[index])
        for near in range(_NEAR):
            for place in (index + near, index - near):
                if 0 <= place < len(self._rows) and self.row_key(self._rows[place]) == key:
                    return place
        found = self.index_of(key)
        return index if found is None else found

    # Drawing

    def masking_changed(self) -> None:
        """See :meth:`LineView.masking_changed`."""
        self._cells = {}
        super().masking_changed()

    @property
    def header_height(self) -> int:
        """One line of column titles."""
        return 1

    def placed(self) -> tuple[Placed, ...]:
        """The columns shown at the present width."""
        if self._placed_width != self.text_width:
            self._placed_width = self.text_width
            self._placed = layout(self.columns, self.text_width)
            if self._needs:
                self._placed = shared(self._placed, self._needs)
            self._cells = {}
        return self._placed

    def line_key(self, index: int) -> Hashable:
        """The texts of the visible columns, and what their widths depend on."""
        cells = self._visible_cells(index)
        return (cells, *self._needs.items()) if self._needs else cells

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The row in the visible columns."""
        del width, is_cursor
        return self._in_columns(self._visible_cells(index), self.placed())

    def line_text(self, index: int) -> str:
        """All columns of the row, also those there is no room for."""
        row = self._rows[index]
        cells = (self.cell(row, column.name, column.width)[0] for column in self.columns)
        return "  ".join(text.strip() for text in cells if text.strip())

    def lines_as_text(self) -> list[str]:
        """The header and all rows in aligned columns."""
        placed = layout(self.columns, max(_TEXT_WIDTH, self.text_width))
        rows = [
            [self.cell(row, place.column.name, place.width) for place in placed]
            for row in self._rows
        ]
        sorted_by, sign, ellipsis = self._sorted_by(), self._sign(), self.glyphs.ellipsis
        beside = sign_beside(placed, sorted_by, sign)
        header = fitted(titles(placed, sorted_by, sign), placed, ellipsis, beside)
        return [
            "".join(header).rstrip(),
            *("".join(fitted(row, placed, ellipsis)).rstrip() for row in rows),
        ]

    def header_key(self) -> Hashable:
        """The sort order, and what the widths of columns depend on."""
        return (self._sort, self._reverse, *self._needs.items())

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The titles, with a sign at the column that is sorted by."""
        del y, width
        placed = self.placed()
        cells = titles(placed, self._sorted_by(), self._sign())
        beside = sign_beside(placed, self._sorted_by(), self._sign())
        return self._in_columns(cells, placed, "header", beside)

    def _sorted_by(self) -> str:
        """The name of the column that is sorted by; "" for none."""
        return self.SORT_COLUMNS.get(self._sort, self._sort)

    def _sign(self) -> str:
        descending = (self._sort not in self.TEXT_SORTS) != self._reverse
        return self.glyphs.descending if descending else self.glyphs.ascending

    def _visible_cells(self, index: int) -> tuple[Cell, ...]:
        placed = self.placed()
        cells = self._cells.get(index)
        if cells is None:
            row = self._rows[index]
            cells = tuple(self.cell(row, place.column.name, place.width) for place in placed)
            if len(self._cells) > 1000:
                self._cells.clear()
            self._cells[index] = cells
        return cells

    def _in_columns(
        self,
        cells: Sequence[Cell],
        placed: Sequence[Placed],
        base: str = "",
        gaps: Mapping[int, str] = NO_SIGNS,
        sign_role: str = "",
    ) -> list[Segment]:
        """Cells fitted to their columns, one segment per run of equal style.

        Args:
            cells: texts and roles.
            placed: where they go.
            base: role of the blanks.
            gaps: signs in the gaps before columns.
            sign_role: role of these signs; that of the blanks where it is "".
        """
        texts = fitted(cells, placed, self.glyphs.ellipsis, gaps)
        roles: list[str] = []
        for position, (text, role) in enumerate(cells):
            roles.append((sign_role or base) if position in gaps else base)
            roles.append(role if text else base)
        runs = [run for run in zip(texts, roles, strict=True) if run[0]]
        styles: dict[str, Style] = {role: self.role(role) for _, role in runs}
        return list(Segment.simplify(Segment(text, styles[role]) for text, role in runs))
