"""The table of spawners: how often work was handed to each, and how that went."""

from __future__ import annotations

from typing import ClassVar

from queries.models.delegations import SpawnerStatistic
from queries.text import UNKNOWN, count, date_time, duration, many, percent, short_count
from widgets.cells import Column
from widgets.pane import Pane
from widgets.proportion_text import proportion_role, proportion_text
from widgets.table_text import Cell
from widgets.timed_table import TimedTable


class SpawnerTable(TimedTable[SpawnerStatistic]):
    """One line per program or agent that work was handed to."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("spawner", "handed to", 14, 8, priority=100, flexible=True),
        Column("delegations", "times", 5, 5, "right", priority=95),
        Column("success", "ok %", 5, 5, "right", priority=90),
        Column("of", "of n", 4, 4, "right", priority=88),
        Column("interval", "95% range", 11, 11, "right", priority=50, leaves=12),
        Column("failed", "err", 4, 4, "right", priority=85),
        Column("running", "run", 4, 4, "right", priority=60, leaves=9),
        Column("unknown", "?", 4, 3, "right", priority=55, leaves=9),
        Column("average", "avg", 6, 6, "right", priority=80),
        Column("tokens", "tokens", 6, 6, "right", priority=70, leaves=9),
        Column("cost", "cost", 8, 7, "right", priority=65, leaves=9),
        Column("last", "last", 4, 4, "right", priority=40, leaves=12),
    )

    class Opened(Pane.Opened):
        """The delegations of a spawner shall be shown."""

        def __init__(self, pane: Pane, index: int, spawner: SpawnerStatistic) -> None:
            self.spawner = spawner
            super().__init__(pane, index)

    def open_current(self) -> None:
        """Ask for the delegations of the spawner under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current))

    def row_key(self, row: SpawnerStatistic) -> str:
        """Spawners and agents may bear the same name."""
        return f"{row.is_spawner:d}{row.spawner}"

    def cell(self, row: SpawnerStatistic, column: str, width: int) -> Cell:
        """One cell of the table."""
        del width
        match column:
            case "spawner":
                return (row.spawner, "" if row.is_spawner else "accent")
            case "delegations":
                return (short_count(row.delegations), "")
            case "success":
                return (percent(row.success.rate), proportion_role(row.success))
            case "of":
                return (short_count(row.success.of), "muted")
            case "interval":
                if row.success.low is None or row.success.high is None:
                    return (self.glyphs.dash, "muted")
                return (f"{percent(row.success.low)}-{percent(row.success.high)}", "muted")
            case "failed":
                return (short_count(row.failed) if row.failed else "", "error")
            case "running":
                return (short_count(row.running) if row.running else "", "running")
            case "unknown":
                return (short_count(row.unknown) if row.unknown else "", "muted")
            case "average":
                return (duration(row.average_duration), "muted")
            case "tokens":
                return (short_count(row.tokens), "muted")
            case "cost":
                return (self.glyphs.dash if row.cost is None else f"${row.cost:,.2f}", "muted")
            case _:
                return self.ago(row.last_used)

    def line_text(self, index: int) -> str:
        """The whole line in words."""
        row = self.rows[index]
        cost = UNKNOWN if row.cost is None else f"${row.cost:,.4f}"
        return " · ".join([
            f"{row.spawner} ({'spawner' if row.is_spawner else 'agent'})",
            many(row.delegations, "delegation"),
            f"{count(row.completed)} completed, {count(row.failed)} failed",
            f"{count(row.running)} running, {count(row.unknown)} unknown",
            f"succeeded {proportion_text(row.success)}",
            f"average {duration(row.average_duration)} of {count(row.durations)}",
            f"{count(row.tokens)} tokens, {cost}",
            f"last {date_time(row.last_used, self._zone)}",
        ])  # fmt: skip
