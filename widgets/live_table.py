"""The table of live runs: in which phase spawners are right now."""

from __future__ import annotations

from typing import ClassVar

from queries.models.delegations import LiveRun, LiveStatus
from queries.text import duration, short_count
from widgets.cells import Column
from widgets.glyphs import bar
from widgets.pane import Pane
from widgets.table_text import Cell
from widgets.timed_table import TimedTable

_LIVE_ROLES = {
    LiveStatus.STARTED: "running",
    LiveStatus.IN_PROGRESS: "running",
    LiveStatus.STREAMING: "running",
    LiveStatus.COMPLETED: "ok",
    LiveStatus.FAILED: "error",
}


class LiveTable(TimedTable[LiveRun]):
    """One line per run of a spawner that tells what it is doing."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("spawner", "spawner", 12, 6, priority=100),
        Column("phase", "phase", 12, 6, priority=95),
        Column("status", "status", 11, 9, priority=90),
        Column("progress", "progress", 10, 8, priority=70, leaves=10),
        Column("text", "latest", 16, 8, priority=80, flexible=True),
        Column("duration", "took", 6, 6, "right", priority=60, leaves=12),
        Column("tokens", "tokens", 6, 6, "right", priority=40, leaves=16),
        Column("last", "ago", 4, 4, "right", priority=50, leaves=12),
    )
    SHARED: ClassVar[tuple[str, ...]] = ("spawner", "phase", "text")

    class Opened(Pane.Opened):
        """The delegation of a run shall be shown."""

        def __init__(self, pane: Pane, index: int, run: LiveRun) -> None:
            self.run = run
            super().__init__(pane, index)

    def open_current(self) -> None:
        """Ask for the delegation of the run under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current))

    def row_key(self, row: LiveRun) -> str:
        """The delegation, or the first phase of what belongs to none."""
        return row.parent_id or f"{row.session_id} {row.spawner} {row.phases[0].id}"

    def cell(self, row: LiveRun, column: str, width: int) -> Cell:
        """One cell of the table."""
        latest = row.latest
        match column:
            case "spawner":
                return (row.spawner or self.glyphs.dash, "accent")
            case "phase":
                return (latest.phase or self.glyphs.dash, "strong")
            case "status":
                return (latest.status.value, _LIVE_ROLES.get(latest.status, "muted"))
            case "progress":
                if latest.progress is None:
                    return (self.glyphs.dash, "muted")
                told = f"{int(latest.progress * 100)}%"
                return (f"{told:>4} {bar(latest.progress, max(0, width - 5), self.glyphs)}", "")
            case "text":
                return (latest.text or self.glyphs.dash, "")
            case "duration":
                return (duration(latest.duration), "muted")
            case "tokens":
                return (short_count(latest.tokens), "muted")
            case _:
                return self.ago(latest.time)
