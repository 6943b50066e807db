"""The list of sessions: what runs, how it goes, and which ones are marked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Final, Unpack

from rich.segment import Segment

from queries.models import SessionRow, SessionStatus
from queries.text import age, duration, short_count
from widgets.cells import Column, Placed, layout
from widgets.glyphs import UNICODE, session_glyph, spark
from widgets.line_table import Cell, LineTable
from widgets.line_view import ViewOptions
from widgets.pane import Pane

_STATUS_ROLES: Final = {
    SessionStatus.RUNNING: "running",
    SessionStatus.COMPLETED: "ok",
    SessionStatus.FAILED: "error",
    SessionStatus.PAUSED: "warning",
    SessionStatus.STALE: "warning",
    SessionStatus.UNKNOWN: "muted",
}
_OVER: Final = frozenset((SessionStatus.COMPLETED, SessionStatus.FAILED))


class SessionList(LineTable[SessionRow]):
    """One line per session."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("mark", "", 1, priority=95),
        Column("status", "", 1, priority=100),
        Column("title", "session", 24, 10, priority=99, flexible=True),
        Column("agent", "agent", 12, 8, priority=40, leaves=22),
        Column("time", "time", 6, 5, "right", priority=90),
        Column("events", "events", 6, 6, "right", priority=80),
        Column("calls", "calls", 5, 5, "right", priority=60, leaves=18),
        Column("errors", "err", 5, 5, "right", priority=85),
        Column("tokens", "tokens", 6, 6, "right", priority=50),
        Column("trend", "trend", 16, 5, priority=75),
    )
    TEXT_SORTS: ClassVar[frozenset[str]] = frozenset(("title", "status", "agent"))
    SORT_COLUMNS: ClassVar[Mapping[str, str]] = {
        "started": "time",
        "duration": "time",
        "active": "trend",
    }

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
    ) -> None:
        """Show these sessions; cursor, marks and place on the screen stay.

        Args:
            rows: in the order to show.
            total: how many sessions there are, shown or not.
            now: epoch seconds, for the age of what runs.
            sort: the order the rows are in.
            reverse: whether that order is turned round.
        """
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

    def placed(self) -> tuple[Placed, ...]:
        """See :meth:`LineTable.placed`."""
        if not self._shows_trend and self._placed_width != self.text_width:
            self._placed_width, self._cells = self.text_width, {}
            self._placed = layout(_WITHOUT_TREND, self.text_width)
        return super().placed()

    def header_key(self) -> Hashable:
        """The sort order, and whether there is a trend."""
        return (super().header_key(), self._shows_trend)

    def line_key(self, index: int) -> Hashable:
        """The texts of the visible columns, and whether there is an alert."""
        return (super().line_key(index), self.rows[index].id in self._alerts)

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
        """Title, id, agents and status, then the figures."""
        row = self.rows[index]
        names = dict.fromkeys((row.title, row.id, *_agents(row), row.session.raw_status or ""))
        names[row.session.status.value] = None
        if row.id in self._alerts:
            names["alert"] = None
        words = "  ".join(name for name in names if name)
        return f"{words}  {row.totals.events} events  {row.totals.errors} errors"

    def cell(self, row: SessionRow, column: str, width: int) -> Cell:
        """One cell of the list."""
        totals = row.totals
        match column:
            case "mark":
                sign = self.marks.get(row.id, "")
                return (self.glyphs.mark if sign == UNICODE.mark else sign, "accent")
            case "status":
                status = row.session.status
                return (session_glyph(status, self.glyphs), _STATUS_ROLES[status])
            case "title":
                sub = f"{self.glyphs.sub} " if row.session.parent_id is not None else ""
                return (sub + row.title, "")
            case "agent":
                return (", ".join(_agents(row)) or self.glyphs.dash, "muted")
            case "time":
                return (self._time(row, width), "muted")
            case "events":
                return self._count(row, totals.events)
            case "calls":
                return self._count(row, totals.tool_calls)
            case "errors":
                if not totals.errors:
                    return ("", "")
                return (short_count(totals.errors) + self.glyphs.error, "error")
            case "tokens":
                return (short_count(row.tokens), "" if row.tokens is not None else "muted")
            case _:
                return (spark(_squeezed(totals.activity, width), self.glyphs), "accent")

    def _time(self, row: SessionRow, width: int) -> str:
        """How long it took; of one that is not over, how long ago it began."""
        length = row.duration
        if length is not None:
            if length < 0 or width >= 6:
                return duration(length)
            return f"{length:.0f}s" if length < 59.5 else age(max(60.0, length))
        if row.started is None or row.session.status in _OVER:
            return self.glyphs.dash
        return age(self._now - row.started)

    def _count(self, row: SessionRow, number: int) -> Cell:
        """A count; with "+" while there may be more, and unknown before any was found."""
        if row.complete:
            return (short_count(number), "")
        return (f"{short_count(number)}+" if number else self.glyphs.dash, "muted")


ALERT: Final = "!"
"""Stands for an alert, in Unicode as in ASCII."""
_WITHOUT_TREND: Final = tuple(column for column in SessionList.COLUMNS if column.name != "trend")


def _agents(row: SessionRow) -> tuple[str, ...]:
    if row.session.agent is not None:
        others = (agent for agent in row.totals.agents if agent != row.session.agent)
        return (row.session.agent, *others)
    return row.totals.agents


def _squeezed(values: Sequence[int], width: int) -> list[int]:
    """The values in at most ``width`` groups of neighbours, summed."""
    if width <= 0 or len(values) <= width:
        return list(values)
    edges = [group * len(values) // width for group in range(width + 1)]
    return [sum(values[edges[group] : edges[group + 1]]) for group in range(width)]
