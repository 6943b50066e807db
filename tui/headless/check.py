"""``check``: do any alerts fire? For cron and scripts."""

from __future__ import annotations

from datetime import tzinfo

import click

from queries.as_json.overview import ALERT_KEYS, alerts_json
from queries.counting.event_stream import patiently
from queries.models.alerts import Alert, Rule
from queries.overviews.alert_groups import grouped, since_filter
from queries.overviews.alerts import all_with_evidence, find_alerts
from queries.overviews.loops import SESSIONS, read_loops
from queries.plain_data import replace
from queries.text import date_time, many
from tui import config
from tui.headless.arguments import forms, store_argument, utc_option, zone
from tui.headless.output import Column, say, text_or_unknown, write_table
from tui.headless.stores import open_store
from tui.headless.windowed import PARTS, Asked, count_chosen, described, window_options

FIRED = 1
"""The exit code when an alert fires."""


@click.command(name="check")
@store_argument
@click.option(
    "--rule", "rules", multiple=True, type=click.Choice([rule.value for rule in Rule]),
    help="Only this rule; may be repeated.",
)  # fmt: skip
@click.option(
    "--sessions", "looked_at", type=click.IntRange(min=0), default=SESSIONS, show_default=True,
    metavar="N", help="Look for loops in the calls of so many sessions.",
)  # fmt: skip
@window_options(PARTS)
@forms(table=True)
@utc_option
def command(
    store: str | None,
    rules: tuple[str, ...],
    looked_at: int,
    asked: Asked,
    form: str | None,
    utc: bool,
) -> int:
    """Print the alerts that fire; the exit code is 1 when there are any, else 0.

    Tools that fail often, components of which many sessions fail, sessions that run for long
    or say that they run but are silent, the same call again and again, two calls in turn,
    failures in a row. When they fire is configured in [thresholds]. For cron:
    session-tui check STORE --days 1
    """
    times = zone(utc)
    thresholds = config.load().thresholds
    what = asked.chosen(times)
    with open_store(store) as opened:
        counted, rows = count_chosen(opened, what)
        loops, covered = patiently(lambda: read_loops(opened, rows, thresholds, sessions=looked_at))
        found = find_alerts(
            rows, counted.tools(), thresholds, now=what.now, window=what.window, loops=loops,
            covered=covered,
        )  # fmt: skip
        wanted = [alert for alert in found.alerts if not rules or alert.rule.value in rules]
        found = all_with_evidence(opened, replace(found, alerts=tuple(wanted)))
    alerts = found.alerts
    # People are told in a line what is the same of many sessions; programs get each of them.
    is_read = form in (None, "text", "markdown")
    listed = grouped(alerts, since_filter(what.window.since)) if is_read else alerts
    document = alerts_json(found, what.window)
    if alerts or form is not None:
        write_table(
            form or "text", document, "alerts", ALERT_KEYS, columns(times), listed, nothing=None
        )
    number = many(len(listed), "alert") if listed else "no alerts"
    terms = f"{described(what)}; " if what.filter.terms else ""
    say(f"{number}: {terms}{found.covered}.")
    return FIRED if alerts else 0


def columns(times: tzinfo | None) -> list[Column[Alert]]:
    """The table for people."""
    return [
        Column("rule", lambda alert: alert.rule.value),
        Column("time", lambda alert: date_time(alert.time, times)),
        Column("session", lambda alert: text_or_unknown(alert.filter or alert.session_id)),
        Column("event", lambda alert: text_or_unknown(alert.event_id)),
        Column("what", lambda alert: alert.text),
    ]
