"""``metrics``: the figures of a store."""

from __future__ import annotations

import click

from queries.metrics import ToolRate, metrics
from queries.text import count, percent
from queries.whole_store import count_store
from tui.headless.arguments import forms, store_argument
from tui.headless.output import (
    Column,
    text_or_unknown,
    write,
    write_csv,
    write_json,
    write_markdown,
    write_pairs,
    write_text,
)
from tui.headless.stores import open_store, progress, stale_after

RATES: list[Column[ToolRate]] = [
    Column("tool", lambda rate: rate.tool),
    Column("ok %", lambda rate: percent(rate.success_rate), number=True),
    Column("calls", lambda rate: count(rate.uses), number=True),
]


@click.command(name="metrics")
@store_argument
@forms(table=True)
def command(store: str | None, form: str | None) -> int:
    """Totals, averages and success rates of a store; CSV and Markdown have the tools' rates."""
    with open_store(store) as opened, progress() as tell:
        figures = metrics(count_store(opened, tell, stale_after=stale_after()))
    shape = figures.to_dict()
    if form == "json":
        write_json(shape)
    elif form == "csv":
        rates = shape["tool_success_rates"]
        write_csv(("tool_name", "success_rate", "total_uses"), rates)
    elif form == "markdown":
        write_markdown(RATES, figures.tool_rates)
    else:
        write_pairs(
            (
                ("sessions", count(figures.sessions)),
                ("completed", count(figures.completed)),
                ("failed", count(figures.failed)),
                ("running", count(figures.running)),
                ("stale", count(figures.stale)),
                ("completed %", percent(figures.completion_rate)),
                ("turns, average", _turns(figures.average_turns)),
                ("turns, median", _turns(figures.median_turns)),
                ("events", count(figures.events)),
                ("messages", count(figures.messages)),
                ("tool calls", count(figures.tool_calls)),
                ("errors", count(figures.errors)),
                ("tokens", count(figures.tokens)),
                ("cost", text_or_unknown(figures.cost and f"${figures.cost:.4f}")),
                ("calls ok %", percent(figures.tool_success_rate)),
            )
        )
        write("\n")
        write_text(RATES, figures.tool_rates)
    return 0


def _turns(number: float | None) -> str:
    return text_or_unknown(None if number is None else f"{number:.1f}")
