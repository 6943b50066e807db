"""Work items as one list, grouped by status: for narrow screens."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Unpack

from rich.cells import cell_len
from rich.segment import Segment

from queries.models import WorkItem
from queries.models.work_items import WorkBoard
from queries.text import count
from widgets.cells import fit
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.work_board import ItemOpened
from widgets.work_words import item_facts, item_sentence, priority_role, priority_sign

Line = WorkItem | tuple[str, int]
"""An item, or the heading of a status with the number of its items."""


class WorkListView(Pane):
    """A heading per status, below it its items, one line each."""

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty list."""
        options.setdefault("empty_text", "Reading ...")
        super().__init__(**options)
        self._lines: list[Line] = []

    def show_board(self, board: WorkBoard) -> None:
        """Show these items; the cursor stays on its item."""
        held, cursor = self.item, self.cursor
        lines: list[Line] = []
        for column in board.columns:
            lines += [(column.title, len(column.items)), *column.items]
        self._lines = lines
        if held is None or not self.select(held.id):
            # The first line is a heading.
            self.set_view(len(lines), cursor or 1)

    @property
    def item(self) -> WorkItem | None:
        """The item under the cursor; None on a heading."""
        line = self._lines[self.cursor] if self.cursor < len(self._lines) else None
        return line if isinstance(line, WorkItem) else None

    def select(self, item_id: str) -> bool:
        """Move to an item; returns whether it is there."""
        for index, line in enumerate(self._lines):
            if isinstance(line, WorkItem) and line.id == item_id:
                self.set_view(len(self._lines), index, self._top_showing(index))
                return True
        return False

    def open_current(self) -> None:
        """Ask for the item under the cursor to be opened."""
        if self.item is not None:
            self.post_message(ItemOpened(self, self.item))

    def text_under_cursor(self) -> str:
        """All about the item that a list knows."""
        return "" if self.item is None else item_sentence(self.item)

    def line_key(self, index: int) -> Hashable:
        """The item or the heading."""
        return self._lines[index]

    def line_text(self, index: int) -> str:
        """The item in words, or the heading."""
        line = self._lines[index]
        return item_sentence(line) if isinstance(line, WorkItem) else f"{line[0]} {count(line[1])}"

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """Priority, title, and at the right end the facts, where there is room for them."""
        del is_cursor
        line, cut = self._lines[index], self.glyphs.ellipsis
        if not isinstance(line, WorkItem):
            return [Segment(fit(self.line_text(index), width, "left", cut), self.role("header"))]
        facts = item_facts(line)
        room = min(cell_len(facts), max(0, width * 2 // 5))
        room = room if width - room >= 20 else 0
        title = fit(line.title, max(1, width - 6 - room - bool(room)), "left", cut)
        return [
            Segment("  ", self.role()),
            Segment(priority_sign(line.priority) + " ", self.role(priority_role(line.priority))),
            Segment(title, self.role()),
            Segment(" " + fit(facts, room, "right", cut) if room else "", self.role("muted")),
        ]
