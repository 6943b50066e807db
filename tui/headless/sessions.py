"""``sessions``: the list of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from itertools import compress

import click

from queries.as_json.canonical import SESSION_KEYS, session_json
from queries.models import SessionRow, SessionStatus
from queries.overviews.model_use import knowing_models
from queries.processors import processors
from queries.sessions import SORTS, sort_rows
from queries.text import count, date_time, duration, score
from queries.whole_store import count_store
from tui.bookmarks import Bookmarks
from tui.headless.arguments import (
    cache_option,
    forms,
    limit_option,
    session_terms,
    store_argument,
    utc_option,
    zone,
)
from tui.headless.output import Column, say_page, text_or_unknown, write_table
from tui.headless.stores import open_store, progress, stale_after, totals_cache


@click.command(name="sessions")
@store_argument
@click.option(
    "--status", multiple=True, type=click.Choice([status.value for status in SessionStatus]),
    help="Only in this state; may be repeated.",
)  # fmt: skip
@click.option(
    "--component", "-c", multiple=True, metavar="TEXT", help="Part of the component's name."
)
@click.option("--project", multiple=True, metavar="TEXT", help="Part of the project's name.")
@click.option("--agent", multiple=True, metavar="TEXT", help="Part of an agent's name.")
@click.option("--days", "-d", type=float, metavar="N", help="Active in the last N days; 0: ever.")
@click.option("--since", metavar="TIME", help="Active at or after: 7d, 12h, today, 2026-01-12.")
@click.option("--until", metavar="TIME", help="Begun before.")
@click.option("--filter", "typed", metavar="FILTER", help="Such as: status:failed errors:>3 login")
@limit_option(None, "At most so many")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out the first ones.")
@click.option(
    "--sort", "order", type=click.Choice(list(SORTS)), default="started", show_default=True,
    help="Largest and newest first, texts from A to Z.",
)  # fmt: skip
@click.option("--reverse", is_flag=True, help="The other way round.")
@forms(table=True)
@utc_option
@cache_option
def command(
    store: str | None,
    status: tuple[str, ...],
    component: tuple[str, ...],
    project: tuple[str, ...],
    agent: tuple[str, ...],
    days: float | None,
    since: str | None,
    until: str | None,
    typed: str | None,
    limit: int | None,
    offset: int,
    order: str,
    reverse: bool,
    form: str | None,
    utc: bool,
    no_cache: bool,
) -> int:
    """List sessions with their counts, the newest first."""
    times = zone(utc)
    terms = session_terms(times)
    terms.add("status", status)
    terms.add("component", component)
    terms.add("project", project)
    terms.add("agent", agent)
    terms.add_days(days)
    terms.add_moment("since", since)
    terms.add_moment("until", until)
    wanted = terms.filter(typed)
    with open_store(store) as opened, progress() as tell:
        counted = count_store(
            opened,
            tell,
            stale_after=stale_after(),
            cache=totals_cache(no_cache),
            processes=processors(),
        )
        wanted = wanted.with_bookmarks(Bookmarks(opened.path).sessions())
        with progress() as tell:
            wanted = knowing_models(wanted, opened, tell)
    rows = sort_rows((row for row in counted.rows if wanted.matches_session(row)), order, reverse)
    page = rows[offset:] if limit is None else rows[offset : offset + limit]
    document = {
        "store": counted.info.path,
        "total": len(rows),
        "sessions": map(session_json, page),
    }
    write_table(form or "text", document, "sessions", SESSION_KEYS, columns(times, page), page)
    say_page(offset + 1, offset + len(page), len(rows))
    return 0


def columns(times: tzinfo | None, page: Sequence[SessionRow]) -> list[Column[SessionRow]]:
    """The table for people; what only some stores tell has a column where a session has it."""
    declared: list[Column[SessionRow]] = [
        Column("component", lambda row: text_or_unknown(row.session.component)),
        Column("project", lambda row: text_or_unknown(row.session.project)),
        Column("quality", lambda row: score(row.session.quality), number=True),
    ]
    known = [
        any(row.session.component is not None for row in page),
        any(row.session.project is not None for row in page),
        any(row.session.quality is not None for row in page),
    ]
    return [
        Column("session", lambda row: row.id),
        Column("status", lambda row: row.session.status.value),
        *compress(declared, known),
        Column("agent", lambda row: text_or_unknown(row.session.agent)),
        Column("started", lambda row: date_time(row.started, times)),
        Column("duration", lambda row: duration(row.duration), number=True),
        Column("events", lambda row: count(row.totals.events), number=True),
        Column("calls", lambda row: count(row.totals.tool_calls), number=True),
        Column("errors", lambda row: count(row.totals.errors), number=True),
        Column("running", lambda row: count(row.totals.running), number=True),
        Column("tokens", lambda row: count(row.tokens), number=True),
        Column("title", lambda row: text_or_unknown(row.own_title)),
    ]
