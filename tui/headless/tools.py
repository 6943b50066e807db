"""``tools``: statistics per tool."""

from __future__ import annotations

import click

from queries.as_json.canonical import TOOL_KEYS, tool_json
from queries.models import ToolStatistic
from queries.text import count, duration, percent
from tui.headless.arguments import forms, store_argument, zone
from tui.headless.output import Column, text_or_unknown, write_table
from tui.headless.stores import open_store
from tui.headless.windowed import COMPONENT, Asked, count_scope, window_options

COLUMNS: list[Column[ToolStatistic]] = [
    Column("tool", lambda tool: tool.tool),
    Column("operation", lambda tool: text_or_unknown(tool.operation)),
    Column("calls", lambda tool: count(tool.calls), number=True),
    Column("ok %", lambda tool: percent(tool.success_rate), number=True),
    Column("95 % range", lambda tool: _range(tool), number=True),
    Column("failed", lambda tool: count(tool.errors), number=True),
    Column("running", lambda tool: count(tool.running), number=True),
    Column("unknown", lambda tool: count(tool.unknown), number=True),
    Column("average", lambda tool: duration(tool.average), number=True),
    Column("p50", lambda tool: duration(tool.p50), number=True),
    Column("p95", lambda tool: duration(tool.p95), number=True),
    Column("p99", lambda tool: duration(tool.p99), number=True),
    Column("total", lambda tool: duration(tool.total), number=True),
    Column("tokens", lambda tool: count(tool.tokens), number=True),
    Column("agents", lambda tool: text_or_unknown(", ".join(tool.agents))),
]


@click.command(name="tools")
@store_argument
@click.option("--session", "sessions", multiple=True, metavar="ID", help="Only these sessions.")
@window_options(COMPONENT)
@forms(table=True)
def command(
    store: str | None,
    sessions: tuple[str, ...],
    asked: Asked,
    form: str | None,
) -> int:
    """Calls, success and durations of every tool, most called first.

    The rate is ok / (ok + failed); calls that run or whose outcome is unknown are counted
    apart. The range is Wilson's 95 % interval.
    """
    times = zone(False)
    what = asked.chosen(times)
    with open_store(store) as opened:
        tools = count_scope(opened, sessions, what).tools()
    document = {"tool_statistics": [tool_json(tool) for tool in tools]}
    write_table(form or "text", document, "tool_statistics", TOOL_KEYS, COLUMNS, tools)
    return 0


def _range(tool: ToolStatistic) -> str:
    if tool.success_low is None or tool.success_high is None:
        return percent(None)
    return f"{percent(tool.success_low)}-{percent(tool.success_high)}"
