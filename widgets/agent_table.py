"""The table of agents: what each one does, with which tools, and how well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from queries.models.overview import AgentProfile
from queries.text import UNKNOWN, count, date_time, many, percent, short_count
from widgets.cells import Column
from widgets.glyphs import bar
from widgets.pane import Pane
from widgets.proportion_text import proportion_role, proportion_text
from widgets.table_text import Cell
from widgets.timed_table import TimedTable


class AgentTable(TimedTable[AgentProfile]):
    """One line per agent, the busiest first."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("agent", "agent", 14, 8, priority=100),
        Column("events", "events", 6, 6, "right", priority=95),
        Column("share", "share", 5, 5, "right", priority=90),
        Column("bar", "", 8, 4, priority=30, leaves=16),
        Column("sessions", "sess", 5, 4, "right", priority=70),
        Column("calls", "calls", 6, 5, "right", priority=75),
        Column("success", "ok %", 5, 5, "right", priority=85),
        Column("errors", "err", 4, 4, "right", priority=65, leaves=8),
        Column("tokens", "tokens", 6, 6, "right", priority=60, leaves=8),
        Column("last", "ago", 4, 4, "right", priority=80),
        Column("tools", "tools used", 10, 8, priority=50, flexible=True),
    )
    SHARED: ClassVar[tuple[str, ...]] = ("agent", "tools")

    class Opened(Pane.Opened):
        """The sessions of an agent shall be shown."""

        def __init__(self, pane: Pane, index: int, agent: AgentProfile) -> None:
            self.agent = agent
            super().__init__(pane, index)

    def show_agents(self, agents: Iterable[AgentProfile]) -> None:
        """Show these agents in their order; the cursor stays on its agent."""
        self.show(tuple(agents))

    def open_current(self) -> None:
        """Ask for the sessions of the agent under the cursor."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current))

    def row_key(self, row: AgentProfile) -> str:
        """The agent's name."""
        return row.agent

    def cell(self, row: AgentProfile, column: str, width: int) -> Cell:
        """One cell of the table."""
        match column:
            case "agent":
                return (row.agent, "accent")
            case "events":
                return (short_count(row.events), "")
            case "share":
                return (percent(row.share), "muted")
            case "bar":
                return (bar(row.share or 0.0, width, self.glyphs), "accent")
            case "sessions":
                return (short_count(row.sessions), "")
            case "calls":
                return (short_count(row.calls), "")
            case "success":
                return (percent(row.success.rate), proportion_role(row.success))
            case "errors":
                return (short_count(row.errors) if row.errors else "", "error")
            case "tokens":
                return (short_count(row.tokens), "muted")
            case "last":
                return self.ago(row.last_active)
            case _:
                # Each takes three cells with the sign after it, at least; what is cut is not drawn.
                some = row.tools[: width // 3 + 1]
                used = [f"{use.tool} {short_count(use.calls)}" for use in some]
                return (", ".join(used) or self.glyphs.dash, "muted")

    def line_text(self, index: int) -> str:
        """The whole line in words."""
        row = self.rows[index]
        used = ", ".join(f"{use.tool} {count(use.calls)}" for use in row.tools)
        done = ", ".join(
            many(number, what)
            for number, what in (
                (row.messages, "message"), (row.calls, "call"), (row.errors, "error")
            )
        )  # fmt: skip
        return " · ".join([
            row.agent,
            f"{many(row.events, 'event')} ({percent(row.share)} %)",
            many(row.sessions, "session"),
            done,
            f"succeeded {proportion_text(row.success)}",
            f"{count(row.tokens)} tokens",
            f"last active {date_time(row.last_active, self._zone)}",
            f"tools: {used or UNKNOWN}",
        ])  # fmt: skip
