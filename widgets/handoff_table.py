"""The table of hand-offs: type, state and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from queries.models import Handoff
from queries.models.delegations import HandoffGroup
from queries.text import count, date_time
from widgets.cells import Column
from widgets.pane import Pane
from widgets.table_text import Cell
from widgets.timed_table import TimedTable


class HandoffTable(TimedTable[Handoff]):
    """One line per hand-off, the newest first."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("who", "from → to", 22, 10, priority=100),
        Column("type", "type", 12, 6, priority=90),
        Column("state", "state", 10, 6, priority=85),
        Column("alike", "alike", 5, 5, "right", priority=60, leaves=40),
        Column("reason", "reason", 12, 8, priority=80, flexible=True),
        Column("time", "when", 19, 19, priority=40, leaves=14),
    )
    SHARED: ClassVar[tuple[str, ...]] = ("who", "type", "state", "reason")

    class Opened(Pane.Opened):
        """The session of a hand-off shall be shown."""

        def __init__(self, pane: Pane, index: int, handoff: Handoff) -> None:
            self.handoff = handoff
            super().__init__(pane, index)

    _alike: Mapping[tuple[str, str, str | None, str | None], int] = MappingProxyType({})

    def show_handoffs(self, rows: Sequence[Handoff], groups: Sequence[HandoffGroup]) -> None:
        """Show these, each with how many of all are like it: same agents, type and state."""
        self._alike = {
            (group.from_agent, group.to_agent, group.type, group.state): group.count
            for group in groups
        }
        self.show(rows)

    def open_current(self) -> None:
        """Ask for the session of the hand-off under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current))

    def row_key(self, row: Handoff) -> str:
        """The store's own id."""
        return row.id

    def cell(self, row: Handoff, column: str, width: int) -> Cell:
        """One cell of the table."""
        del width
        match column:
            case "who":
                return (f"{row.from_agent} {self.glyphs.arrow} {row.to_agent}", "accent")
            case "type":
                return (row.type or self.glyphs.dash, "")
            case "state":
                return (row.state or self.glyphs.dash, "")
            case "alike":
                number = self._alike.get(_kind(row), 1)
                return (count(number) if number > 1 else "", "muted")
            case "reason":
                return (row.reason or self.glyphs.dash, "muted")
            case _:
                return (date_time(row.time, self._zone), "muted")


def _kind(row: Handoff) -> tuple[str, str, str | None, str | None]:
    return (row.from_agent, row.to_agent, row.type, row.state)
