"""``active``: sessions that are running now."""

from __future__ import annotations

from datetime import tzinfo

import click

from queries.as_json.canonical import SESSION_KEYS
from queries.as_json.overview import active_json
from queries.models import SessionRow, SessionStatus
from queries.sessions import sort_rows
from queries.text import count, date_time, duration
from tui.headless.arguments import forms, limit_option, store_argument, utc_option, zone
from tui.headless.output import Column, say_page, text_or_unknown, write_table
from tui.headless.stores import open_store
from tui.headless.windowed import PARTS, Asked, count_all, count_running, window_options


@click.command(name="active")
@store_argument
@click.option("--stale", is_flag=True, help="Also those that say they run but are silent.")
@window_options(PARTS)
@limit_option(None, "At most so many")
@forms(table=True)
@utc_option
def command(
    store: str | None,
    stale: bool,
    asked: Asked,
    limit: int | None,
    form: str | None,
    utc: bool,
) -> int:
    """Sessions that are running now and for how long, the newest first."""
    times = zone(utc)
    what = asked.chosen(times)
    with open_store(store) as opened:
        # Whatever else there is does not run.
        known = count_all(opened, what.now).rows if stale else count_running(opened, what.now)[1]
    meant = {SessionStatus.RUNNING} | ({SessionStatus.STALE} if stale else set())
    rows = sort_rows(row for row in known if row.session.status in meant and what.wants(row))
    page = rows[:limit]
    document = {
        "total": len(rows),
        "active": [active_json(row, what.now) for row in page],
    }
    keys = (*SESSION_KEYS, "running_seconds")
    write_table(form or "text", document, "active", keys, columns(times, what.now), page)
    say_page(1, len(page), len(rows))
    return 0


def columns(times: tzinfo | None, now: float) -> list[Column[SessionRow]]:
    """The table for people."""
    return [
        Column("session", lambda row: row.id),
        Column("status", lambda row: row.session.status.value),
        Column("component", lambda row: text_or_unknown(row.session.component)),
        Column("agent", lambda row: text_or_unknown(row.session.agent)),
        Column("started", lambda row: date_time(row.started, times)),
        Column("running for", lambda row: _age(row, now), number=True),
        Column("last event", lambda row: date_time(row.last_time, times)),
        Column("running calls", lambda row: count(row.totals.running), number=True),
        Column("project", lambda row: text_or_unknown(row.session.project)),
        Column("title", lambda row: text_or_unknown(row.own_title)),
    ]


def _age(row: SessionRow, now: float) -> str:
    return duration(None if row.started is None or row.started > now else now - row.started)
