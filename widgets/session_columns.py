"""The table that comparisons share: a line per thing, a group of columns per session."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Final, Generic, TypeVar, Unpack

from rich.cells import cell_len
from rich.segment import Segment

from widgets.cells import fit
from widgets.column_plan import LEAST_TITLE, SESSION_GAP, Part, Plan, Planner
from widgets.line_text import shorten_middle
from widgets.line_view import ViewOptions
from widgets.pane import Pane

Row = TypeVar("Row")
Cell = tuple[str, str]
"""Text and role."""

_BASELINE: Final = " (baseline)"


class SessionColumns(Pane, Generic[Row]):
    """Rows that are the same for all sessions; the baseline's columns stand first.

    The cursor is on a row and on a session. Where there is no room for all sessions the
    baseline and the names stay, and the others scroll.
    """

    NAME_TITLE: ClassVar[str] = ""
    PARTS: ClassVar[tuple[Part, ...]] = ()

    class ColumnMoved(Pane.PaneMessage):
        """The cursor is on another session now."""

        def __init__(self, pane: Pane, column: int) -> None:
            self.column = column
            super().__init__(pane)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        super().__init__(**options)
        self._rows: tuple[Row, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._baseline = 0
        self._column = 0
        self._left = 0
        self._planner = Planner(self.PARTS, (), 0, 0)
        self._planned: tuple[int, int, Plan] | None = None

    # What a subclass provides

    def row_name(self, row: Row) -> str:
        """Names the row; different for every row."""
        raise NotImplementedError

    def row_note(self, row: Row) -> str:
        """A few characters behind the name; "" for none."""
        del row
        return ""

    def cell(self, row: Row, session: int, part: str, width: int) -> Cell:
        """What a row says about a session in one of the :attr:`PARTS`."""
        raise NotImplementedError

    def sentence(self, row: Row, session: int) -> str:
        """All about one cell in a line."""
        raise NotImplementedError

    def differs(self, row: Row, session: int) -> bool:
        """Whether the session differs from the baseline in this row."""
        raise NotImplementedError

    # Data

    def show_rows(self, rows: Sequence[Row], titles: Sequence[str], baseline: int) -> None:
        """Show these rows; the cursor stays on its row and its session.

        Args:
            rows: in the order to show.
            titles: names of the sessions.
            baseline: index of the session that stands first.
        """
        held = self.row_name(self._rows[self.cursor]) if self._rows else None
        first = not self._titles
        self._rows, self._titles, self._baseline = tuple(rows), tuple(titles), baseline
        names = [self.row_name(row) for row in self._rows]
        longest = max(map(cell_len, (self.NAME_TITLE, *names)))
        notes = max((cell_len(self.row_note(row)) for row in rows), default=0)
        order = (baseline, *self.others) if titles else ()
        self._planner, self._planned = Planner(self.PARTS, order, longest, notes), None
        if first:
            self._column = next(iter(self.others), 0)
        self._column = max(0, min(self._column, len(titles) - 1))
        self.set_view(len(names), names.index(held) if held in names else None)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are shown."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    @property
    def column(self) -> int:
        """Index of the session that the cursor is on."""
        return self._column

    @property
    def others(self) -> tuple[int, ...]:
        """All sessions but the baseline."""
        return tuple(index for index in range(len(self._titles)) if index != self._baseline)

    # Commands

    def move_left(self) -> None:
        """Move to the session on the left."""
        self._step_column(-1)

    def move_right(self) -> None:
        """Move to the session on the right."""
        self._step_column(1)

    def move_to_column(self, column: int) -> None:
        """Move to a session by its index; an index that no session has is ignored."""
        if column != self._column and 0 <= column < len(self._titles):
            self._column = column
            self.repaint_changed()
            self.post_message(self.ColumnMoved(self, column))
            self._tell_view()

    def next_difference(self, step: int) -> bool:
        """Move to the next (1) or previous (-1) row that differs, round the end.

        It differs in the cursor's session, or in any, where that is the baseline.
        """
        judged = self.others if self._column == self._baseline else (self._column,)
        for distance in range(1, len(self._rows) + 1):
            index = (self.cursor + step * distance) % len(self._rows)
            if any(self.differs(self._rows[index], session) for session in judged):
                self.move_to(index)
                return True
        return False

    def line_clicked(self, index: int, x: int) -> None:
        """Move the cursor to the session and the row."""
        for session, start, width in self._planner.places(self._plan()):
            if start <= x < start + width + SESSION_GAP:
                self.move_to_column(session)
        self.move_to(index)

    def text_under_cursor(self) -> str:
        """The row and the session under the cursor in a line."""
        row = self.current
        return "" if row is None else self.sentence(row, self._column)

    def covers(self) -> str:
        """Which rows are visible, and which sessions, where not all fit."""
        rows, plan = super().covers(), self._plan()
        hidden = len(self._titles) - len(plan.shown)
        if not hidden or not plan.shown:
            return rows
        return f"{rows} · {len(plan.shown)} of {len(self._titles)} sessions"

    def lines_as_text(self) -> list[str]:
        """The whole table with whole names."""
        sessions = self._planner.order
        table = [[self.NAME_TITLE, *(t for s in sessions for t in self._part_titles(s))]]
        for row in self._rows:
            note = self.row_note(row)
            cells = [f"{self.row_name(row)} {note}".rstrip()]
            for session in sessions:
                parts = self._planner.parts_of(session, 99)
                cells += [self.cell(row, session, part.name, 100)[0] for part in parts]
            table.append(cells)
        widths = [max(cell_len(line[place]) for line in table) for place in range(len(table[0]))]
        lines = [
            "  ".join(
                fit(text, width, "right" if place else "left")
                for place, (text, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in table
        ]
        names = [
            f"{self._titles[session]}{_BASELINE if session == self._baseline else ''}"
            for session in sessions
        ]
        return [*names, "", *lines]

    # Columns

    def _step_column(self, step: int) -> None:
        order = self._planner.order
        if order:
            place = order.index(self._column) + step
            self.move_to_column(order[max(0, min(place, len(order) - 1))])

    def _part_titles(self, session: int) -> list[str]:
        return [self._part_title(part, session) for part in self._planner.parts_of(session, 99)]

    def _part_title(self, part: Part, session: int) -> str:
        return "baseline" if session == self._baseline and part.title == "value" else part.title

    def _plan(self) -> Plan:
        width, column = self.text_width, self._column
        if self._planned is None or self._planned[:2] != (width, column):
            plan = self._planner.plan(width, column, self._left)
            self._left = plan.left
            self._planned = (width, column, plan)
        return self._planned[2]

    # Drawing

    @property
    def header_height(self) -> int:
        """The sessions' names and the titles of their columns."""
        return 2 if self._rows else 0

    def header_key(self) -> Hashable:
        """What the header depends on besides the width."""
        return (self._titles, self._baseline, self._column, self._plan())

    def header_segments(self, y: int, width: int) -> list[Segment]:
        """Names of the sessions, then titles of the columns."""
        del width
        plan = self._plan()
        title = "" if y == 0 else self.NAME_TITLE
        cells: list[Cell] = [(fit(title, plan.name_width + plan.note_width), "header")]
        for session in plan.shown:
            cells.append((" " * SESSION_GAP, "header"))
            if y == 0:
                cells.append(self._session_title(session, self._planner.room_of(session, plan)))
            else:
                texts = {
                    part.name: (self._part_title(part, session), "header")
                    for part in self._planner.parts_of(session, plan.level)
                }
                cells += self._in_parts(texts, session, plan, "header")
        return self._segments(cells)

    def _session_title(self, session: int, width: int) -> Cell:
        name, is_current = self._titles[session], session == self._column
        room = width - 2 * is_current
        word = _BASELINE if session == self._baseline and room >= LEAST_TITLE + 6 else ""
        shown = shorten_middle(name, max(1, room - len(word)))
        text = f"[{shown}{word}]" if is_current else shown + word
        return (fit(text, width, "left"), "strong" if is_current else "header")

    def line_key(self, index: int) -> Hashable:
        """The texts of the visible cells."""
        return tuple(self._cells(index))

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """Name, note, and the cells of the visible sessions."""
        del width, is_cursor
        return self._segments(self._cells(index))

    def line_text(self, index: int) -> str:
        """Name, note and all cells."""
        row = self._rows[index]
        cells = [
            self.cell(row, session, part.name, 100)[0]
            for session in self._planner.order
            for part in self._planner.parts_of(session, 99)
        ]
        texts = [self.row_name(row), self.row_note(row), *cells]
        return "  ".join(text.strip() for text in texts if text.strip())

    def _cells(self, index: int) -> list[Cell]:
        plan, row = self._plan(), self._rows[index]
        cells: list[Cell] = [(fit(self.row_name(row), plan.name_width), "")]
        if plan.note_width:
            cells.append((fit(f" {self.row_note(row)}", plan.note_width), "accent"))
        for session in plan.shown:
            texts: Mapping[str, Cell] = {
                part.name: self.cell(row, session, part.name, part.width)
                for part in self._planner.parts_of(session, plan.level)
            }
            cells += [(" " * SESSION_GAP, ""), *self._in_parts(texts, session, plan, "")]
        return cells

    def _in_parts(
        self, texts: Mapping[str, Cell], session: int, plan: Plan, base: str
    ) -> list[Cell]:
        parts = self._planner.parts_of(session, plan.level)
        cells: list[Cell] = []
        used = 0
        for place, part in enumerate(parts):
            text, role = texts[part.name]
            gap = " " if place else ""
            cells.append((gap + fit(text, part.width, part.align, self.glyphs.ellipsis), role))
            used += len(gap) + part.width
        cells.append((" " * (self._planner.room_of(session, plan) - used), base))
        return cells

    def _segments(self, cells: Sequence[Cell]) -> list[Segment]:
        return list(Segment.simplify(Segment(text, self.role(role)) for text, role in cells))
