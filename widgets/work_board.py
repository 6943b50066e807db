"""Work items as a board: a column per status, side by side."""

from __future__ import annotations

from collections.abc import Hashable
from textwrap import wrap
from typing import Final, Unpack

from rich.segment import Segment

from queries.models import WorkItem
from queries.models.work_items import WorkBoard, WorkColumn
from queries.text import count
from widgets.cells import fit
from widgets.line_view import ViewOptions
from widgets.masking import shown
from widgets.pane import Pane
from widgets.work_words import item_facts, item_sentence, priority_role, priority_sign

LEAST: Final = 26
"""Cells of a column at least."""
_CARD: Final = 3
"""Lines of one item."""
_GAP: Final = 2


class ItemOpened(Pane.PaneMessage):
    """The item under the cursor shall be opened."""

    def __init__(self, pane: Pane, item: WorkItem) -> None:
        self.item = item
        super().__init__(pane)


class WorkBoardView(Pane):
    """Cards of three lines; the cursor goes from card to card and from column to column."""

    CURSOR_LINE = False

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty board."""
        options.setdefault("empty_text", "Reading ...")
        super().__init__(**options)
        self._columns: tuple[WorkColumn, ...] = ()
        self._column = 0
        self._left = 0

    # Data

    def show_board(self, board: WorkBoard) -> None:
        """Show these columns; the cursor stays on its item, wherever that is now."""
        held = self.item
        self._columns = board.columns
        self._column = max(0, min(self._column, len(self._columns) - 1))
        if held is None or not self.select(held.id):
            self._place(self._column, self.cursor // _CARD)

    @property
    def item(self) -> WorkItem | None:
        """The item under the cursor; None in an empty board."""
        if not self._columns:
            return None
        items = self._columns[self._column].items
        row = self.cursor // _CARD
        return items[row] if row < len(items) else None

    def select(self, item_id: str) -> bool:
        """Move to an item; returns whether it is there."""
        for column, each in enumerate(self._columns):
            for row, item in enumerate(each.items):
                if item.id == item_id:
                    self._place(column, row)
                    return True
        return False

    # Commands

    def move_cursor(self, delta: int) -> None:
        """Move by so many items within the column."""
        self._place(self._column, self.cursor // _CARD + delta)

    def move_to(self, index: int) -> None:
        """Move to the item on a line of the board, as far as the column goes."""
        self._place(self._column, index // _CARD)

    def move_left(self) -> None:
        """Move to the column on the left."""
        self._place(self._column - 1, self.cursor // _CARD)

    def move_right(self) -> None:
        """Move to the column on the right."""
        self._place(self._column + 1, self.cursor // _CARD)

    def open_current(self) -> None:
        """Ask for the item under the cursor to be opened."""
        if self.item is not None:
            self.post_message(ItemOpened(self, self.item))

    def line_clicked(self, index: int, x: int) -> None:
        """Move to the card that was clicked."""
        shown = self._shown()
        place = min(x // (self._width() + _GAP), len(shown) - 1)
        self._place(shown[place], index // _CARD)

    def find(self, text: str) -> int:
        """See :meth:`Pane.find`; goes to the first item that holds the text."""
        super().find(text)
        found = self._holding(text)
        if found and self.item not in [self._columns[c].items[r] for c, r in found]:
            self._place(*found[0])
        return len(found)

    def find_next(self, direction: int) -> bool:
        """Go to the next item that holds the text, column by column, round the end."""
        found = self._holding(self.needle)
        if not found:
            return False
        here = (self._column, self.cursor // _CARD)
        after = [place for place in found if (place > here if direction >= 0 else place < here)]
        self._place(*((after or found)[0] if direction >= 0 else (after or found)[-1]))
        return True

    def _holding(self, text: str) -> list[tuple[int, int]]:
        wanted = text.casefold()
        return [
            (column, row)
            for column, shown in enumerate(self._columns)
            for row, item in enumerate(shown.items)
            if wanted and wanted in item_sentence(item).casefold()
        ]

    # Telling

    def covers(self) -> str:
        """Which columns and rows are visible, where not all are."""
        shown, parts = self._shown(), []
        if len(shown) < len(self._columns):
            parts.append(f"columns {shown.start + 1}-{shown.stop} of {len(self._columns)}")
        first, end = self.visible_range()
        if self.page_height and end - first < self.line_count:
            rows = -(-self.line_count // _CARD)
            parts.append(f"rows {first // _CARD + 1}-{-(-end // _CARD)} of {rows}")
        return " · ".join(parts)

    def text_under_cursor(self) -> str:
        """All about the item that a list knows."""
        return "" if self.item is None else item_sentence(self.item)

    def lines_as_text(self) -> list[str]:
        """Every column below the other, with all its items."""
        lines: list[str] = []
        for column in self._columns:
            lines += [f"{column.title} ({len(column.items)})"]
            lines += [f"  {item_sentence(item)}" for item in column.items]
        return lines

    def line_text(self, index: int) -> str:
        """The items of a row, of all columns."""
        row, part = divmod(index, _CARD)
        items = (column.items[row] for column in self._columns if row < len(column.items))
        return (
            ""
            if part > 1
            else "  ".join(item_facts(item) if part else item.title for item in items)
        )

    # Drawing

    @property
    def header_height(self) -> int:
        """One line of statuses."""
        return 1

    def on_resize(self) -> None:
        """Keep the cursor visible in the new size."""
        self._place(self._column, self.cursor // _CARD)

    def header_key(self) -> Hashable:
        """The statuses, how many items each has, and which are visible."""
        titles = tuple((column.title, len(column.items)) for column in self._columns)
        return (titles, self._shown(), self._column)

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """The statuses with the numbers of their items."""
        del y, width
        segments: list[Segment] = []
        for index in self._shown():
            column = self._columns[index]
            number = f" {count(len(column.items))}"
            title = fit(column.title, self._width() - len(number), "left", self.glyphs.ellipsis)
            text = (title.rstrip() + number).ljust(self._width() + _GAP)
            segments.append(Segment(text, self.role("header")))
        return segments

    def line_key(self, index: int) -> Hashable:
        """The items of the row, and which of them is under the cursor."""
        row = index // _CARD
        cells = tuple(self._item(column, row) for column in self._shown())
        at_cursor = self._column if row == self.cursor // _CARD else None
        return (index % _CARD, cells, at_cursor, self._width(), self.has_focus)

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """One of the lines of a row of cards."""
        del width, is_cursor
        row, part = divmod(index, _CARD)
        wide, segments = self._width(), []
        for column in self._shown():
            item = self._item(column, row)
            here = column == self._column and row == self.cursor // _CARD
            if item is None:
                segments.append(Segment(" " * (wide + _GAP), self.role()))
                continue
            sign = "   " if part else priority_sign(item.priority)
            lines = self._card(item, wide - 5)
            shown = fit(lines[part], wide - 5, "left", self.glyphs.ellipsis)
            edge = ("|" if self.glyphs.is_ascii else "▌") if here else " "
            sign_style = self.role("cursor" if here else priority_role(item.priority))
            is_title = part == 0 or (part == 1 and lines[2] != "")
            style = self.role("cursor" if here else "" if is_title else "muted")
            segments += [
                Segment(edge, self.role("accent")), Segment(sign + " ", sign_style),
                Segment(shown, style), Segment(" " * _GAP, self.role()),
            ]  # fmt: skip
        return segments

    def _move_window(self, lines: int) -> None:
        self._place(self._column, (self.cursor + lines) // _CARD)

    def _card(self, item: WorkItem, width: int) -> tuple[str, str, str]:
        """Title and facts; a long title goes on in the second line."""
        lines = wrap(shown(item.title), max(1, width), break_on_hyphens=False) or [""]
        if len(lines) == 1:
            return (lines[0], item_facts(item), "")
        return (lines[0], " ".join(lines[1:]), item_facts(item) or " ")

    def _item(self, column: int, row: int) -> WorkItem | None:
        items = self._columns[column].items
        return items[row] if row < len(items) else None

    def _shown(self) -> range:
        """The columns that are visible."""
        fitting = max(1, (self.text_width + _GAP) // (LEAST + _GAP))
        left = max(self._column - fitting + 1, min(self._left, self._column))
        left = max(0, min(left, len(self._columns) - fitting))
        return range(left, min(len(self._columns), left + fitting))

    def _width(self) -> int:
        """Cells of one column, without the gap behind it."""
        columns = max(1, len(self._shown()))
        return max(5, (self.text_width + _GAP) // columns - _GAP)

    def _place(self, column: int, row: int) -> None:
        """Put the cursor on an item of a column, and make it visible."""
        before = self.item
        self._column = max(0, min(column, len(self._columns) - 1))
        self._left = self._shown().start
        items = self._columns[self._column].items if self._columns else ()
        row = max(0, min(row, len(items) - 1))
        longest = max((len(column.items) for column in self._columns), default=0)
        last = row * _CARD + _CARD - 1
        top = min(self._top_showing(last), row * _CARD)
        self.set_view(longest * _CARD, row * _CARD, top)
        if self.item is not before:
            self.post_message(self.CursorMoved(self, self.cursor))
