"""The table of tools: how often each is called, how often it fails, how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Final, Unpack

from rich.cells import cell_len

from queries.models import ToolStatistic
from queries.text import count, duration, percent, short_count
from widgets.cells import MANY_NAMES, Column, shortened, shortened_alone
from widgets.glyphs import bar
from widgets.line_table import LineTable
from widgets.line_view import ViewOptions
from widgets.masking import shown
from widgets.pane import Pane
from widgets.table_text import Cell

SORTS: Final[Mapping[str, Callable[[ToolStatistic], float | str | None]]] = {
    "calls": lambda tool: tool.calls,
    "tool": lambda tool: tool_name(tool).casefold(),
    "ok": lambda tool: tool.success_rate,
    "errors": lambda tool: tool.errors,
    "running": lambda tool: tool.running,
    "p50": lambda tool: tool.p50,
    "p95": lambda tool: tool.p95,
    "average": lambda tool: tool.average,
    "total": lambda tool: tool.total,
    "tokens": lambda tool: tool.tokens,
}
"""Sort orders by name, each by the raw value. Unknown values always come last."""

TEXT_SORTS: Final = frozenset(("tool",))
"""Sorted A to Z by default; all others largest first."""


def tool_name(tool: ToolStatistic) -> str:
    """The tool with its operation: ``Bash`` or ``git·commit``."""
    return tool.tool if tool.operation is None else f"{tool.tool}·{tool.operation}"


def sort_tools(
    tools: Iterable[ToolStatistic], sort: str = "calls", reverse: bool = False
) -> list[ToolStatistic]:
    """The tools in one of the :data:`SORTS`; ties by name.

    Args:
        tools: in any order.
        sort: the order.
        reverse: turns the order's default direction; the unknown stay last.

    Raises:
        KeyError: there is no such order.
    """
    value = SORTS[sort]
    known = [(key, tool) for tool in tools if (key := value(tool)) is not None]
    held = {id(tool) for _, tool in known}
    unknown = sorted((tool for tool in tools if id(tool) not in held), key=tool_name)
    known.sort(key=lambda pair: tool_name(pair[1]))
    # Each order has one type of key, so that they do compare.
    known.sort(key=lambda pair: pair[0], reverse=(sort not in TEXT_SORTS) != reverse)
    return [tool for _, tool in known] + unknown


class ToolRows(Sequence[ToolStatistic]):
    """Tools in an order. To be made away from the thread that draws, where there are many."""

    def __init__(
        self, tools: Iterable[ToolStatistic], sort: str = "calls", reverse: bool = False
    ) -> None:
        """Sort the tools; see :func:`sort_tools`."""
        self.lines = tuple(sort_tools(tools, sort, reverse))
        self.sort, self.reverse = sort, reverse
        self.most_calls = max((tool.calls for tool in self.lines), default=0)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]  # as in every sequence
        """The tool at a place."""
        return self.lines[place]

    def __len__(self) -> int:
        """How many tools there are."""
        return len(self.lines)


class ToolTable(LineTable[ToolStatistic]):
    """One line per tool and operation."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("tool", "tool", 18, 8, priority=100, flexible=True),
        Column("calls", "calls", 6, 5, "right", priority=95),
        Column("bar", "", 10, 4, priority=60),
        Column("ok", "ok %", 5, 5, "right", priority=90),
        Column("interval", "95% range", 11, 11, "right", priority=50, leaves=14),
        Column("errors", "err", 5, 4, "right", priority=85),
        Column("running", "run", 4, 4, "right", priority=65, leaves=9),
        Column("p50", "p50", 6, 6, "right", priority=80),
        Column("p95", "p95", 6, 6, "right", priority=75),
        Column("average", "avg", 6, 6, "right", priority=40, leaves=16),
        Column("total", "total", 6, 6, "right", priority=35, leaves=18),
        Column("tokens", "tokens", 6, 6, "right", priority=30, leaves=20),
    )
    TEXT_SORTS: ClassVar[frozenset[str]] = TEXT_SORTS

    class Opened(Pane.Opened):
        """The tool under the cursor shall be opened."""

        def __init__(self, pane: Pane, index: int, tool: ToolStatistic) -> None:
            self.tool = tool
            super().__init__(pane, index)

    def __init__(self, **options: Unpack[ViewOptions]) -> None:
        """Construct an empty table."""
        options.setdefault("empty_text", "No tool has been called yet.")
        super().__init__(**options)
        self._most_calls = 0
        self._shortened: tuple[int, dict[str, str]] = (0, {})

    def show_tools(
        self, tools: Iterable[ToolStatistic], sort: str = "calls", reverse: bool = False
    ) -> None:
        """Sort and show these tools; the cursor stays on its tool.

        Args:
            tools: in any order.
            sort: one of :data:`SORTS`.
            reverse: turns the order's default direction.

        Raises:
            KeyError: there is no such order.
        """
        self.show_rows(ToolRows(tools, sort, reverse))

    def show_rows(self, rows: ToolRows) -> None:
        """Show tools that are sorted; the cursor stays on its tool."""
        if rows.lines is not self._rows:
            self._shortened = (0, {})
            self._most_calls = rows.most_calls
        self.show(rows.lines, sort=rows.sort, reverse=rows.reverse)

    def index_of(self, key: str) -> int | None:
        """Where the tool with this key is; None if nowhere."""
        name, _, operation = key.partition("\n")
        wanted = operation if "\n" in key else None
        for index, tool in enumerate(self._rows):
            # An index of all would be made anew for each version of them.
            if tool.tool == name and tool.operation == wanted:
                return index
        return None

    def open_current(self) -> None:
        """Ask for the tool under the cursor to be opened."""
        if self.current is not None:
            self.post_message(self.Opened(self, self.cursor, self.current))

    def masking_changed(self) -> None:
        """See :meth:`LineView.masking_changed`."""
        self._shortened = (0, {})
        super().masking_changed()

    def row_key(self, row: ToolStatistic) -> str:
        """Tool and operation; no tool's name holds the separator."""
        return f"{row.tool}\n{row.operation}" if row.operation is not None else row.tool

    def line_text(self, index: int) -> str:
        """The whole name, and all other columns of the row."""
        row = self._rows[index]
        cells = (self.cell(row, column.name, column.width)[0] for column in self.COLUMNS[1:])
        return "  ".join([tool_name(row), *(text.strip() for text in cells if text.strip())])

    def searched_text(self, index: int) -> str:
        """The whole line; of very many tools their names: all of them in words take too long."""
        if len(self._rows) > MANY_NAMES:
            return tool_name(self._rows[index])
        return self.line_text(index)

    def cell(self, row: ToolStatistic, column: str, width: int) -> Cell:
        """One cell of the table."""
        match column:
            case "tool":
                return (self._shown_name(tool_name(row), width), "")
            case "calls":
                return (self._calls(row, width), "")
            case "bar":
                part = row.calls / self._most_calls if self._most_calls else 0.0
                return (bar(part, width, self.glyphs), "accent")
            case "ok":
                role = "muted" if row.success_rate is None else "warning" if row.errors else "ok"
                return (percent(row.success_rate), role)
            case "interval":
                if row.success_low is None or row.success_high is None:
                    return (self.glyphs.dash, "muted")
                return (f"{percent(row.success_low)}-{percent(row.success_high)}", "muted")
            case "errors":
                if not row.errors:
                    return ("", "")
                sign = self.glyphs.error
                return (short_count(row.errors) + (sign if width >= 5 else ""), "error")
            case "running":
                return (short_count(row.running) if row.running else "", "running")
            case "tokens":
                return (short_count(row.tokens), "muted" if row.tokens is None else "")
            case _:
                seconds = _SECONDS[column](row)
                return (duration(seconds), "muted" if seconds is None else "")

    def _shown_name(self, name: str, width: int) -> str:
        """The name so that it differs from all others even where it is cut; of very many, cut."""
        if cell_len(name) <= width:
            return shown(name)
        if len(self._rows) > MANY_NAMES:
            return shortened_alone(name, width, self.glyphs.ellipsis)
        if self._shortened[0] != width:
            names = tuple(map(tool_name, self._rows))
            short = shortened(names, width, self.glyphs.ellipsis)
            self._shortened = (width, dict(zip(names, short, strict=True)))
        return self._shortened[1][name]

    def _calls(self, row: ToolStatistic, width: int) -> str:
        sign = self.glyphs.aggregated if row.aggregated else ""
        exact = sign + count(row.calls)
        return exact if len(exact) <= width else sign + short_count(row.calls)


_SECONDS: Final[Mapping[str, Callable[[ToolStatistic], float | None]]] = {
    "p50": lambda tool: tool.p50,
    "p95": lambda tool: tool.p95,
    "average": lambda tool: tool.average,
    "total": lambda tool: tool.total,
}
