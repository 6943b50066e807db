"""The table of sessions by component, agent, project or model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Unpack

from queries.models.overview import Breakdown, Group
from queries.text import age, count, duration, many, percent, short_count
from widgets.cells import Column
from widgets.glyphs import bar
from widgets.line_table import LineTable
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.rate_text import interval_text, money, plain_number, rate_sentence
from widgets.table_text import Cell

SORTS: Final[Mapping[str, Callable[[Group], float | str | None]]] = {
    "sessions": lambda group: group.sessions,
    "name": lambda group: None if group.name is None else group.name.casefold(),
    "active": lambda group: group.active,
    "failing": lambda group: group.session_errors.rate,
    "average": lambda group: group.durations.average,
    "p95": lambda group: group.durations.p95,
    "quality": lambda group: group.quality.average,
    "calls": lambda group: group.calls,
    "call_errors": lambda group: group.call_errors.rate,
    "tokens": lambda group: group.tokens,
    "cost": lambda group: group.cost,
    "last": lambda group: group.last_active,
}
"""Sort orders by name, each by the raw value. Unknown values always come last."""
TEXT_SORTS: Final = frozenset(("name",))
"""Sorted A to Z by default; all others largest first."""
UNNAMED: Final = "(unknown)"
WHOLE: Final = "all sessions"
_WHOLE_KEY: Final = "\nall"
_UNNAMED_KEY: Final = "\nunknown"


def sort_groups(groups: tuple[Group, ...], sort: str, reverse: bool = False) -> list[Group]:
    """The groups in one of the :data:`SORTS`; ties stay in their order.

    Raises:
        KeyError: there is no such order.
    """
    value = SORTS[sort]
    keyed = [(value(group), group) for group in groups]
    known = [(key, group) for key, group in keyed if key is not None]
    # Each order has one type of key, so that they do compare.
    known.sort(key=lambda pair: pair[0], reverse=(sort not in TEXT_SORTS) != reverse)
    return [group for _, group in known] + [group for key, group in keyed if key is None]


class BreakdownTable(LineTable[Group]):
    """One line per group, and below them all sessions together."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("name", "group", 20, 8, priority=100, flexible=True),
        Column("sessions", "sess", 5, 4, "right", priority=99),
        Column("bar", "share", 8, 6, priority=50, leaves=12),
        Column("active", "run", 4, 3, "right", priority=70),
        Column("average", "avg", 6, 6, "right", priority=85),
        Column("p95", "p95", 6, 6, "right", priority=75),
        Column("failing", "fail%", 5, 5, "right", priority=95),
        Column("interval", "95% range", 11, 11, "right", priority=60, leaves=14),
        Column("known", "n", 5, 4, "right", priority=80),
        Column("quality", "qual", 5, 4, "right", priority=65),
        Column("rating", "rating", 17, 9, priority=62, leaves=12),
        Column("calls", "calls", 6, 5, "right", priority=58, leaves=12),
        Column("call_errors", "cerr%", 5, 5, "right", priority=57, leaves=12),
        Column("tokens", "tokens", 6, 6, "right", priority=45, leaves=16),
        Column("cost", "cost", 8, 7, "right", priority=30, leaves=18),
        Column("last", "ago", 5, 4, "right", priority=72),
        Column("error", "common error", 34, 14, priority=64, leaves=12),
    )
    TEXT_SORTS: ClassVar[frozenset[str]] = TEXT_SORTS

    class Opened(Pane.Opened):
        """The group under the cursor shall be opened; None for all sessions."""

        def __init__(self, pane: Pane, index: int, group: Group | None) -> None:
            self.group = group
            super().__init__(pane, index)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        options.setdefault("empty_text", "Counting ...")
        super().__init__(**options)
        self._whole: Group | None = None
        self._now = 0.0
        self._most = 0

    def show_breakdown(
        self, breakdown: Breakdown, now: float, sort: str = "sessions", reverse: bool = False
    ) -> None:
        """Sort and show these groups; the cursor stays on its group.

        Args:
            breakdown: groups and their whole.
            now: epoch seconds, for ages.
            sort: one of :data:`SORTS`.
            reverse: turns the order's default direction; the unknown stay last.

        Raises:
            KeyError: there is no such order.
        """
        rows = sort_groups(breakdown.groups, sort, reverse)
        self._whole, self._now = breakdown.whole, now
        self._most = max((group.sessions for group in rows), default=0)
        self._empty_text = "There is no session in this window."
        self.show([*rows, breakdown.whole] if rows else (), sort=sort, reverse=reverse)

    @property
    def group(self) -> Group | None:
        """The group under the cursor; None on the line of all sessions."""
        return None if self.current is self._whole else self.current

    def open_current(self) -> None:
        """Ask for the group under the cursor to be opened."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.group))

    def covers(self) -> str:
        """How many groups there are."""
        groups = max(0, len(self.rows) - 1)
        first, end = self.visible_range()
        if not self.page_height or (first == 0 and end >= len(self.rows)):
            return count(groups)
        return f"{first + 1:,}-{min(end, groups):,} of {groups:,}"

    def text_under_cursor(self) -> str:
        """All about the group in words."""
        group = self.current
        if group is None:
            return ""
        error = (
            f'; most common error, {count(group.common_error_count)} times: "{group.common_error}"'
        )
        return (
            f"{self._title_of(group)}: {many(group.sessions, 'session')}"
            f" ({percent(group.share)} %), {count(group.active)} running, "
            f"{count(group.completed)} completed, {count(group.failed)} failed; "
            f"error rate {rate_sentence(group.session_errors)}; "
            f"average {duration(group.durations.average)}, p95 {duration(group.durations.p95)}; "
            f"quality {plain_number(group.quality.average)}"
            + (f" ({group.rating})" if group.rating else "")
            + f"; calls that fail {rate_sentence(group.call_errors)}"
            + (error if group.common_error else "")
        )

    def row_key(self, row: Group) -> str:
        """The group's name; no name holds a line break."""
        if row is self._whole:
            return _WHOLE_KEY
        return _UNNAMED_KEY if row.name is None else row.name

    def line_text(self, index: int) -> str:
        """The name and the figures."""
        cells = (self.cell(self.rows[index], column.name, 99)[0] for column in self.COLUMNS
                 if column.name != "bar")  # fmt: skip
        return "  ".join(text.strip() for text in cells if text.strip())

    def cell(self, row: Group, column: str, width: int) -> Cell:
        """One cell of the table."""
        match column:
            case "name":
                role = "strong" if row is self._whole else "muted" if row.name is None else ""
                return (self._title_of(row), role)
            case "sessions":
                return (short_count(row.sessions), "")
            case "bar":
                part = row.sessions / self._most if self._most and row is not self._whole else 0.0
                return (bar(part, width, self.glyphs), "accent")
            case "active":
                return (short_count(row.active) if row.active else "", "running")
            case "average" | "p95":
                seconds = getattr(row.durations, column)
                return (duration(seconds), "muted" if seconds is None else "")
            case "failing":
                failing = row.session_errors
                return (percent(failing.rate), _rate_role(failing.rate))
            case "interval":
                return (interval_text(row.session_errors) or self.glyphs.dash, "muted")
            case "known":
                return (short_count(row.session_errors.of), "muted")
            case "call_errors":
                return (percent(row.call_errors.rate), _rate_role(row.call_errors.rate))
            case "error":
                times = f"{count(row.common_error_count)}x " if row.common_error else ""
                return (times + (row.common_error or ""), "muted")
            case _:
                return self._figure(row, column)

    def _figure(self, row: Group, column: str) -> Cell:
        match column:
            case "quality":
                return _known(row.quality.average, plain_number(row.quality.average))
            case "rating":
                return (row.rating or "", "muted")
            case "calls":
                return (short_count(row.calls), "")
            case "tokens":
                return _known(row.tokens, short_count(row.tokens))
            case "cost":
                return _known(row.cost, money(row.cost))
            case _:
                since = None if row.last_active is None else self._now - row.last_active
                return (age(since), "muted")

    def _title_of(self, row: Group) -> str:
        return WHOLE if row is self._whole else UNNAMED if row.name is None else row.name


def _known(value: float | None, text: str) -> Cell:
    return (text, "muted" if value is None else "")


def _rate_role(rate: float | None) -> str:
    return "muted" if rate is None else "warning" if rate else "ok"
