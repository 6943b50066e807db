"""Tools and agents of several sessions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from queries.models.comparison import ComparedAgent, ComparedTool
from queries.text import count, duration, many, percent, short_count
from widgets.column_plan import Part
from widgets.session_columns import Cell, SessionColumns


def _only_in(session: int | None) -> str:
    return "" if session is None else f"only in {session + 1}"


def _count(number: int, width: int) -> str:
    exact = count(number)
    return exact if len(exact) <= width else short_count(number)


def _signed(number: int, width: int) -> str:
    if not number:
        return ""
    return ("+" if number > 0 else "-") + _count(abs(number), width - 1)


class ComparedTools(SessionColumns[ComparedTool]):
    """One line per tool and operation: calls, success and how long they take."""

    NAME_TITLE: ClassVar[str] = "tool"
    PARTS: ClassVar[tuple[Part, ...]] = (
        Part("calls", "calls", 5),
        Part("delta", "change", 6, level=1, baseline=False),
        Part("ok", "ok %", 5),
        Part("p95", "p95", 6, level=1),
        Part("total", "total", 6, level=2),
    )

    def show_tools(
        self, tools: Sequence[ComparedTool], titles: Sequence[str], baseline: int
    ) -> None:
        """Show these tools; the cursor stays on its tool and its session."""
        self.show_rows(tools, titles, baseline)

    def row_name(self, row: ComparedTool) -> str:
        """Tool and operation."""
        return row.tool if row.operation is None else f"{row.tool}·{row.operation}"

    def row_note(self, row: ComparedTool) -> str:
        """The number of the only session that called it."""
        return _only_in(row.only_in)

    def differs(self, row: ComparedTool, session: int) -> bool:
        """Whether calls or failures are not as many."""
        one, other = row.cells[session], row.cells[self._baseline]
        if one is None or other is None:
            return one is not other
        return (one.calls, one.errors) != (other.calls, other.errors)

    def cell(self, row: ComparedTool, session: int, part: str, width: int) -> Cell:
        """One figure; a dash where the session never called the tool."""
        tool = row.cells[session]
        if part == "delta":
            before = row.cells[self._baseline]
            change = (0 if tool is None else tool.calls) - (0 if before is None else before.calls)
            return (_signed(change, width), "strong")
        if tool is None:
            return (self.glyphs.dash, "muted")
        match part:
            case "calls":
                return (_count(tool.calls, width), "")
            case "ok":
                role = "muted" if tool.success_rate is None else "warning" if tool.errors else "ok"
                return (percent(tool.success_rate), role)
            case "p95":
                return (duration(tool.p95), "" if tool.p95 is not None else "muted")
            case _:
                return (duration(tool.total), "" if tool.total is not None else "muted")

    def sentence(self, row: ComparedTool, session: int) -> str:
        """All figures of one tool in one session."""
        tool = row.cells[session]
        who = f"{self.row_name(row)} in {self._titles[session]}"
        if tool is None:
            return f"{who}: never called"
        parts = [many(tool.calls, "call"), f"{count(tool.errors)} failed"]
        if tool.success_low is not None and tool.success_high is not None:
            parts.append(
                f"{percent(tool.success_rate)} % ok "
                f"({percent(tool.success_low)}-{percent(tool.success_high)})"
            )
        if tool.p95 is not None:
            parts.append(f"p50 {duration(tool.p50)}, p95 {duration(tool.p95)}")
        return f"{who}: {' · '.join(parts)}"


class ComparedAgents(SessionColumns[ComparedAgent]):
    """One line per agent: messages, calls and errors."""

    NAME_TITLE: ClassVar[str] = "agent"
    PARTS: ClassVar[tuple[Part, ...]] = (
        Part("messages", "msgs", 5),
        Part("message_change", "change", 6, level=1, baseline=False),
        Part("calls", "calls", 5),
        Part("call_change", "change", 6, level=1, baseline=False),
        Part("errors", "err", 4, level=1),
        Part("tokens", "tokens", 6, level=2),
    )

    def show_agents(
        self, agents: Sequence[ComparedAgent], titles: Sequence[str], baseline: int
    ) -> None:
        """Show these agents; the cursor stays on its agent and its session."""
        self.show_rows(agents, titles, baseline)

    def row_name(self, row: ComparedAgent) -> str:
        """The agent."""
        return row.agent

    def row_note(self, row: ComparedAgent) -> str:
        """The number of the only session that it took part in."""
        return _only_in(row.only_in)

    def differs(self, row: ComparedAgent, session: int) -> bool:
        """Whether messages, calls or errors are not as many."""
        one, other = row.cells[session], row.cells[self._baseline]
        if one is None or other is None:
            return one is not other
        return (one.messages, one.tool_calls, one.errors) != (
            other.messages, other.tool_calls, other.errors
        )  # fmt: skip

    def cell(self, row: ComparedAgent, session: int, part: str, width: int) -> Cell:
        """One figure; a dash where the agent took no part."""
        agent, before = row.cells[session], row.cells[self._baseline]
        if part == "message_change":
            change = (agent.messages if agent else 0) - (before.messages if before else 0)
            return (_signed(change, width), "strong")
        if part == "call_change":
            change = (agent.tool_calls if agent else 0) - (before.tool_calls if before else 0)
            return (_signed(change, width), "strong")
        if agent is None:
            return (self.glyphs.dash, "muted")
        match part:
            case "messages":
                return (_count(agent.messages, width), "")
            case "calls":
                return (_count(agent.tool_calls, width), "")
            case "errors":
                return (_count(agent.errors, width), "error" if agent.errors else "")
            case _:
                return (short_count(agent.tokens), "" if agent.tokens is not None else "muted")

    def sentence(self, row: ComparedAgent, session: int) -> str:
        """All figures of one agent in one session."""
        agent = row.cells[session]
        who = f"{row.agent} in {self._titles[session]}"
        if agent is None:
            return f"{who}: took no part"
        parts = [
            many(agent.messages, "message"),
            many(agent.tool_calls, "call"),
            many(agent.errors, "error"),
            f"{percent(agent.share)} % of the events",
        ]
        return f"{who}: {' · '.join(parts)}"
