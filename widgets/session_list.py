"""The list of sessions: what runs, how it goes, and which ones are marked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Final, Unpack

from rich.segment import Segment

from queries.models import SessionRow
from widgets.cells import Column
from widgets.line_table import LineTable
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.session_cells import (
    COLUMNS,
    SORT_COLUMNS,
    TEXT_SORTS,
    agents_of,
    columns_of,
    filled,
    session_cell,
)
from widgets.table_text import Cell


class SessionList(LineTable[SessionRow]):
    """One line per session."""

    COLUMNS: ClassVar[tuple[Column, ...]] = COLUMNS
    TEXT_SORTS: ClassVar[frozenset[str]] = TEXT_SORTS
    SORT_COLUMNS: ClassVar[Mapping[str, str]] = SORT_COLUMNS

    class Focused(Pane.PaneMessage):
        """The cursor is on another session now, or on none."""

        def __init__(self, pane: Pane, session_id: str | None) -> None:
            self.session_id = session_id
            super().__init__(pane)

    class Opened(Pane.Opened):
        """The session under the cursor shall be opened."""

        def __init__(self, pane: Pane, index: int, session_id: str) -> None:
            self.session_id = session_id
            super().__init__(pane, index)

    class MarkToggled(Pane.PaneMessage):
        """The session under the cursor shall be marked or unmarked."""

        def __init__(self, pane: Pane, session_id: str) -> None:
            self.session_id = session_id
            super().__init__(pane)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty list."""
        options.setdefault("empty_text", "No sessions yet.")
        super().__init__(**options)
        self._total = 0
        self._filled = frozenset[str]()
        self._now = 0.0
        self._focused_id: str | None = None
        self._alerts: frozenset[str] = frozenset()

    # Data

    def set_alerts(self, sessions: frozenset[str]) -> None:
        """Show a sign before the status of these sessions."""
        if sessions != self._alerts:
            self._alerts = sessions
            self.repaint_changed()

    @property
    def alerts(self) -> frozenset[str]:
        """The sessions that have a sign."""
        return self._alerts

    def show_sessions(
        self,
        rows: Sequence[SessionRow],
        *,
        total: int,
        now: float,
        sort: str = "started",
        reverse: bool = False,
        known: frozenset[str] | None = None,
    ) -> None:
        """Show these sessions; cursor, marks and place on the screen stay.

        Args:
            rows: in the order to show.
            total: how many sessions there are, shown or not.
            now: epoch seconds, for the age of what runs.
            sort: the order the rows are in.
            reverse: whether that order is turned round.
            known: see :func:`~widgets.session_cells.filled`; None: what these sessions tell.
        """
        known = filled(rows) if known is None else known
        if known != self._filled:
            self._filled = known
            self._placed_width = -1
        self._total, self._now = total, now
        self.show(rows, sort=sort, reverse=reverse)

    def focused_id(self) -> str | None:
        """The id of the session under the cursor; None while there is none."""
        return self.current_key

    # Commands

    def open_current(self) -> None:
        """Ask for the session under the cursor to be opened."""
        session_id = self.focused_id()
        if session_id is not None:
            self.post_message(self.Opened(self, self.cursor, session_id))

    def toggle_mark(self) -> None:
        """Ask for the session under the cursor to be marked or unmarked."""
        session_id = self.focused_id()
        if session_id is not None:
            self.post_message(self.MarkToggled(self, session_id))

    def covers(self) -> str:
        """The visible part of all sessions: ``1-18 of 412``."""
        first, end = self.visible_range()
        if not self.line_count or not self.page_height:
            return f"{self._total:,}"
        return f"{first + 1:,}-{end:,} of {self._total:,}"

    def set_view(self, line_count: int, cursor: int | None = None, top: int | None = None) -> None:
        """See :meth:`Pane.set_view`; posts :class:`Focused` for another session."""
        super().set_view(line_count, cursor, top)
        focused = self.focused_id()
        if focused != self._focused_id:
            self._focused_id = focused
            self.post_message(self.Focused(self, focused))

    # Drawing

    @property
    def shows_trend(self) -> bool:
        """Whether there is a column for the activity over time, which changes all the time."""
        return self._shows_trend

    @shows_trend.setter
    def shows_trend(self, on: bool) -> None:
        if on != self._shows_trend:
            self._shows_trend = on
            self._placed_width = -1
            self.repaint_changed()

    _shows_trend = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those that some session fills."""
        return columns_of(self._filled, trend=self._shows_trend)

    def header_key(self) -> Hashable:
        """The sort order, and which columns there are."""
        return (super().header_key(), self._filled, self._shows_trend)

    def line_key(self, index: int) -> Hashable:
        """The texts of the visible columns, which these are, and whether there is an alert."""
        return (super().line_key(index), self._filled, self.rows[index].id in self._alerts)

    def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
        """The row; the sign of an alert stands in the gap before the status, and moves nothing."""
        placed = self.placed()
        if self.rows[index].id not in self._alerts:
            return super().line_segments(index, width, is_cursor)
        names = [place.column.name for place in placed]
        at = names.index("status") if "status" in names else 0
        gaps = {at: ALERT} if at else {}
        return self._in_columns(self._visible_cells(index), placed, gaps=gaps, sign_role="error")

    def row_key(self, row: SessionRow) -> str:
        """The session's id."""
        return row.session.id

    def line_text(self, index: int) -> str:
        """Title, id, agents, status and what else the session says, then the figures."""
        row = self.rows[index]
        names = dict.fromkeys((row.title, row.id, *agents_of(row), row.session.raw_status or ""))
        names[row.session.status.value] = None
        declared = (row.session.component, row.session.project, row.session.error)
        names.update(dict.fromkeys(name for name in declared if name))
        if row.id in self._alerts:
            names["alert"] = None
        words = "  ".join(name for name in names if name)
        return f"{words}  {row.totals.events} events  {row.totals.errors} errors"

    def cell(self, row: SessionRow, column: str, width: int) -> Cell:
        """One cell of the list."""
        mark = self.marks.get(row.id, "")
        return session_cell(row, column, width, glyphs=self.glyphs, mark=mark, now=self._now)


ALERT: Final = "!"
"""Stands for an alert, in Unicode as in ASCII."""
