"""``report``: the figures of a store as a page of text or Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Any

import click

from queries.counting.event_stream import patiently
from queries.models import ToolStatistic
from queries.models.overview import AgentProfile, Group, Overview
from queries.models.rates import Rate
from queries.overviews.alert_groups import grouped, since_filter
from queries.overviews.alerts import all_with_evidence
from queries.overviews.loops import read_loops
from queries.overviews.report import Report, make_report
from queries.plain_data import replace
from queries.text import clean, count, date_time, duration, percent
from tui import config
from tui.headless.arguments import store_argument, utc_option, zone
from tui.headless.check import columns as alert_columns
from tui.headless.group_columns import component_columns, error_columns, interval
from tui.headless.output import (
    Column,
    caught,
    say,
    text_or_unknown,
    write,
    write_json,
    write_markdown,
    write_pairs,
    write_text,
)
from tui.headless.stores import open_store
from tui.headless.trends import bucket_columns
from tui.headless.windowed import PARTS, Asked, count_chosen, described, window_options
from tui.new_file import write_new_file

LISTED = 10
"""Components, tools and agents that a report for people names at most."""
RULE = "=" * 80


@click.command(name="report")
@store_argument
@window_options(PARTS)
@click.option("--json", "-j", "form", flag_value="json", default=None, help="Print JSON.")
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False), metavar="FILE",
    help="Write to a new file that only you can read.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file of --output if it is there.")
@utc_option
def command(
    store: str | None,
    asked: Asked,
    form: str | None,
    output: str | None,
    force: bool,
    utc: bool,
) -> int:
    """Totals, trends, components, tools, agents and alerts on one page."""
    times = zone(utc)
    what = asked.chosen(times)
    settings = config.load()
    with open_store(store) as opened:
        counted, rows = count_chosen(opened, what)
        loops, covered = patiently(lambda: read_loops(opened, rows, settings.thresholds))
        report = make_report(
            counted, rows, what.window, settings.thresholds, now=what.now, zone=times,
            loops=loops, covered=covered,
        )  # fmt: skip
        report = replace(report, alerts=all_with_evidence(opened, report.alerts))
    if output is None:
        _write(report, form, times, described(what))
        return 0
    with caught() as page:
        _write(report, form, times, described(what))
    _write_file(output, page.getvalue(), force)
    say(f"the report is in {clean(output)}.")
    return 0


def _write(report: Report, form: str | None, times: tzinfo | None, label: str) -> None:
    if form == "json":
        write_json(report.to_dict())
        return
    page = _Page(form == "markdown")
    page.title("Session report", report.store, f"{label}; made {date_time(report.made, times)}"
               + (" UTC" if times is UTC else ""))  # fmt: skip
    page.section("Summary", lambda: page.pairs(summary(report.overview)))
    if report.trends.buckets:
        size = report.trends.size.value
        page.section(
            f"By {size} ({report.trends.zone})",
            lambda: page.table(bucket_columns(size, report.trends.buckets), report.trends.buckets),
        )
    groups = report.components.groups[:LISTED]
    by = report.components.by.value
    most_sessions = max((group.sessions for group in groups), default=0)
    page.section(
        f"Top {by}s", lambda: page.table(component_columns(by, most_sessions, times), groups)
    )
    limit = config.load().thresholds.component_errors
    high = [group for group in report.components.groups if _is_high(group, limit)]
    if high:
        page.section(
            f"{by.capitalize()}s with high error rates",
            lambda: page.table(error_columns(by), high[:LISTED]),
        )
    page.section("Tools", lambda: page.table(TOOLS, report.tools[:LISTED]))
    page.section("Agents", lambda: page.table(AGENTS, report.agents[:LISTED]))
    page.section("Alerts", lambda: _alerts(page, report, times))
    page.end()  # fmt: skip


def _is_high(group: Group, limit: float) -> bool:
    rate = group.session_errors.rate
    return rate is not None and limit > 0 and rate > limit


def _alerts(page: _Page, report: Report, times: tzinfo | None) -> None:
    if report.alerts.alerts:
        within = since_filter(report.overview.window.since)
        page.table(alert_columns(times), grouped(report.alerts.alerts, within))
    else:
        write("No alerts.\n")
    write(f"\nLooked at: {report.alerts.covered}.\n")


def summary(found: Overview) -> Sequence[tuple[str, str]]:
    """The totals of a window for people."""
    completion, failed, calls = found.completion, found.session_errors, found.call_errors
    return (
        ("sessions", count(found.sessions)),
        ("running", count(found.running)),
        ("completed", count(found.completed)),
        ("failed", count(found.failed)),
        ("paused", count(found.paused)),
        ("stale", count(found.stale)),
        ("unknown status", count(found.unknown)),
        ("completed %", f"{_rate(completion)} that are over"),
        ("sessions failed %", _rate(failed)),
        ("calls failed %", _rate(calls)),
        ("events", count(found.events)),
        ("messages", count(found.messages)),
        ("calls", count(found.calls)),
        ("errors", count(found.errors)),
        ("agents", count(found.agents)),
        ("tokens", count(found.tokens)),
        ("cost", text_or_unknown(None if found.cost is None else f"${found.cost:.4f}")),
        ("turns, average", _number(found.turns.average)),
        ("turns, median", _number(found.turns.median)),
        ("counted turns, average", _number(found.counted_turns.average)),
        ("counted turns, median", _number(found.counted_turns.median)),
        ("duration, average", duration(found.durations.average)),
        ("duration, median", duration(found.durations.median)),
        ("duration, p95", duration(found.durations.p95)),
        ("quality, average", _number(found.quality.average)),
        ("rating", text_or_unknown(found.rating and found.rating.value)),
    )  # fmt: skip


PAIRS: list[Column[tuple[str, str]]] = [
    Column("figure", lambda pair: pair[0]),
    Column("value", lambda pair: pair[1], number=True),
]
TOOLS: list[Column[ToolStatistic]] = [
    Column("tool", lambda tool: tool.tool),
    Column("operation", lambda tool: text_or_unknown(tool.operation)),
    Column("calls", lambda tool: count(tool.calls), number=True),
    Column("ok %", lambda tool: percent(tool.success_rate), number=True),
    Column("failed", lambda tool: count(tool.errors), number=True),
    Column("p50", lambda tool: duration(tool.p50), number=True),
    Column("p95", lambda tool: duration(tool.p95), number=True),
]
AGENTS: list[Column[AgentProfile]] = [
    Column("agent", lambda agent: agent.agent),
    Column("events", lambda agent: count(agent.events), number=True),
    Column("share %", lambda agent: percent(agent.share), number=True),
    Column("messages", lambda agent: count(agent.messages), number=True),
    Column("calls", lambda agent: count(agent.calls), number=True),
    Column("ok %", lambda agent: percent(agent.success.rate), number=True),
    Column("sessions", lambda agent: count(agent.sessions), number=True),
    Column("tokens", lambda agent: count(agent.tokens), number=True),
    Column("tools", lambda agent: ", ".join(use.tool for use in agent.tools[:5])),
]


class _Page:
    """A page of text or of Markdown."""

    def __init__(self, markdown: bool) -> None:
        self._markdown = markdown

    def title(self, title: str, *lines: str) -> None:
        if self._markdown:
            write(f"# {title}\n\n" + "\n\n".join(lines) + "\n")
        else:
            write(f"{RULE}\n{title.upper()}\n" + "\n".join(lines) + f"\n{RULE}\n")

    def section(self, title: str, show: Callable[[], None]) -> None:
        write(f"\n## {title}\n\n" if self._markdown else f"\n{title.upper()}\n\n")
        show()

    def table(self, columns: Sequence[Column[Any]], items: Sequence[Any]) -> None:
        (write_markdown if self._markdown else write_text)(columns, items)

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        if self._markdown:
            write_markdown(PAIRS, pairs)
        else:
            write_pairs(pairs)

    def end(self) -> None:
        if not self._markdown:
            write(f"\n{RULE}\nEND OF REPORT\n{RULE}\n")


def _rate(rate: Rate) -> str:
    return f"{percent(rate.rate)} ({interval(rate)}) of {count(rate.of)}"


def _number(value: float | None) -> str:
    return text_or_unknown(None if value is None else f"{value:.1f}")


def _write_file(path: str, text: str, force: bool) -> None:
    try:
        write_new_file(path, text, force=force)
    except FileExistsError as error:
        raise click.UsageError(f"{clean(path)}: is there already; --force replaces it.") from error
    except OSError as error:
        raise click.UsageError(f"{clean(path)}: cannot be written ({error.strerror}).") from error
