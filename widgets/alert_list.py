"""The list of alerts: what fired, about what, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Unpack

from queries.models.alerts import Alert, Alerts, Rule
from queries.text import age, count
from widgets.cells import Column, shortened
from widgets.line_table import LineTable
from widgets.line_view import ViewOptions
from widgets.pane import Pane
from widgets.session_list import ALERT
from widgets.table_text import Cell

RULES: Final[Mapping[Rule, str]] = {
    Rule.LOW_TOOL_SUCCESS: "A tool succeeds too rarely.",
    Rule.COMPONENT_ERRORS: "Too many sessions of a component fail.",
    Rule.LONG_RUNNING: "A session runs for too long.",
    Rule.STALE: "A session says that it runs, but has been silent for long.",
    Rule.REPEATED_CALL: "The same call comes again and again.",
    Rule.PING_PONG: "Two calls alternate: A B A B.",
    Rule.FAILURE_STREAK: "Calls fail one after the other.",
}
"""What each rule means."""


def alert_key(alert: Alert) -> str:
    """What makes it the same alert as one of before, whatever its figures are now."""
    return "\n".join((alert.rule, alert.subject, alert.session_id or ""))


class AlertList(LineTable[Alert]):
    """One line per alert; opening one shows its evidence."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("sign", "", 1, priority=60),
        Column("rule", "rule", 16, 12, priority=95),
        Column("subject", "about", 22, 14, priority=96, leaves=20),
        Column("text", "what", 25, 16, priority=100, flexible=True),
        Column("time", "seen", 5, 4, "right", priority=70, leaves=32),
    )

    class Opened(Pane.Opened):
        """The evidence of the alert under the cursor shall be shown."""

        def __init__(self, pane: Pane, index: int, alert: Alert) -> None:
            self.alert = alert
            super().__init__(pane, index)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty list."""
        options.setdefault("empty_text", "Looking ...")
        super().__init__(**options)
        self._now = 0.0
        self._subjects: tuple[str, ...] = ()

    def show_alerts(self, alerts: Alerts, now: float) -> None:
        """Show these; the cursor stays on its alert.

        Args:
            alerts: in the order to show.
            now: epoch seconds, for ages.
        """
        self._now = now
        self._subjects = tuple(dict.fromkeys(alert.subject for alert in alerts.alerts))
        self._empty_text = f"No rule fires. Looked at: {alerts.covered or 'nothing yet'}."
        self.show(alerts.alerts)

    def show_waiting(self, why: str) -> None:
        """Show nothing but why there is nothing."""
        self.show(())
        self.empty_text = why

    def open_current(self) -> None:
        """Ask for the evidence of the alert under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current))

    def covers(self) -> str:
        """How many there are."""
        first, end = self.visible_range()
        if not self.page_height or end - first == len(self.rows):
            return count(len(self.rows))
        return f"{first + 1:,}-{end:,} of {len(self.rows):,}"

    def text_under_cursor(self) -> str:
        """The alert in words, and what its rule means."""
        alert = self.current
        if alert is None:
            return ""
        # Of a long title said twice, what is wrong would find no room.
        subject = "" if alert.subject in alert.text else f"{alert.subject}: "
        return f"{alert.rule}: {subject}{alert.text} {RULES[alert.rule]}"

    def row_key(self, row: Alert) -> str:
        """Rule, subject, session and event."""
        return f"{alert_key(row)}\n{row.event_key}"

    def line_text(self, index: int) -> str:
        """Rule, subject and text."""
        alert = self.rows[index]
        return f"{alert.rule}  {alert.subject}  {alert.text}"

    def _subject(self, subject: str, width: int) -> str:
        """A subject in so many cells that is still not taken for another one."""
        if subject not in self._subjects:
            return subject
        short = shortened(self._subjects, width, self.glyphs.ellipsis)
        return short[self._subjects.index(subject)]

    def cell(self, row: Alert, column: str, width: int) -> Cell:
        """One cell of the list."""
        match column:
            case "sign":
                return (ALERT, "error")
            case "rule":
                return (row.rule, "warning")
            case "subject":
                return (self._subject(row.subject, width), "strong")
            case "text":
                return (row.brief or row.text, "")
            case _:
                return (age(None if row.time is None else self._now - row.time), "muted")
