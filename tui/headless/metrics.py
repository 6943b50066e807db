"""``metrics``: the figures of a store."""

from __future__ import annotations

import click

from queries.as_json.overview import metrics_overview_json
from queries.metrics import Metrics, ToolRate, metrics
from queries.models.overview import Overview
from queries.overviews.overview import overview
from queries.text import count, duration, percent
from tui.headless.arguments import forms, store_argument, zone
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
from tui.headless.stores import open_store
from tui.headless.windowed import PARTS, Asked, count_chosen, window_options

RATES: list[Column[ToolRate]] = [
    Column("tool", lambda rate: rate.tool),
    Column("ok %", lambda rate: percent(rate.success_rate), number=True),
    Column("calls", lambda rate: count(rate.uses), number=True),
]


@click.command(name="metrics")
@store_argument
@window_options(PARTS)
@forms(table=True)
def command(
    store: str | None,
    asked: Asked,
    form: str | None,
) -> int:
    """Totals, averages and success rates of a store; CSV and Markdown have the tools' rates.

    "completed %" is of all sessions, and of those that are over (in JSON "completion_rate" and
    "judged_completion_rate"); the running ones are not.
    """
    times = zone(False)
    what = asked.chosen(times)
    with open_store(store) as opened:
        counted, rows = count_chosen(opened, what)
    figures = metrics(counted)
    totals = overview(rows, what.window)
    shape = figures.to_dict() | metrics_overview_json(totals)
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
                ("paused", count(figures.paused)),
                ("unknown status", count(figures.unknown)),
                ("completed %", _completed(figures, totals)),
                ("turns, average", _turns(figures.average_turns)),
                ("turns, median", _turns(figures.median_turns)),
                ("events", count(figures.events)),
                ("messages", count(figures.messages)),
                ("tool calls", count(figures.tool_calls)),
                ("errors", count(figures.errors)),
                ("tokens", count(figures.tokens)),
                ("cost", text_or_unknown(figures.cost and f"${figures.cost:.4f}")),
                ("calls ok %", percent(figures.tool_success_rate)),
                ("duration, average", duration(totals.durations.average)),
                ("duration, median", duration(totals.durations.median)),
                ("agents", count(totals.agents)),
                ("quality, average", _turns(totals.quality.average)),
            )
        )
        write("\n")
        write_text(RATES, figures.tool_rates)
    return 0


def _completed(figures: Metrics, totals: Overview) -> str:
    judged = totals.completion
    return (
        f"{percent(figures.completion_rate)} of all,"
        f" {percent(judged.rate)} of {count(judged.of)} that are over"
    )


def _turns(number: float | None) -> str:
    return text_or_unknown(None if number is None else f"{number:.1f}")
