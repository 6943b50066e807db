"""``events``: the newest events that match."""

from __future__ import annotations

import click

from queries.as_json.canonical import EVENT_KEYS, event_json
from queries.counting.event_stream import EventStream
from queries.finding.event_pages import find_event, newest_page
from queries.finding.newest_events import newest_events
from queries.finding.session_lookup import require_sessions
from queries.models import EventKind, EventState
from tui.headless.arguments import (
    event_terms,
    forms,
    limit_option,
    store_argument,
    utc_option,
    zone,
)
from tui.headless.event_table import event_columns
from tui.headless.output import say, say_page, write_table
from tui.headless.stores import open_store, progress, totals_cache

DEFAULT_LIMIT = 100


@click.command(name="events")
@store_argument
@click.option("--session", "sessions", multiple=True, metavar="ID", help="Only these sessions.")
@click.option("--agent", multiple=True, metavar="TEXT", help="Part of an agent's name.")
@click.option(
    "--kind", multiple=True, type=click.Choice([kind.value for kind in EventKind]),
    help="Only of this kind; may be repeated.",
)  # fmt: skip
@click.option("--tool", multiple=True, metavar="TEXT", help="Part of a tool's name or operation.")
@click.option(
    "--state", multiple=True, type=click.Choice([state.value for state in EventState]),
    help="Only in this state; may be repeated.",
)  # fmt: skip
@click.option("--days", "-d", type=float, metavar="N", help="In the last N days; 0: ever.")
@click.option("--since", metavar="TIME", help="At or after: 7d, 12h, today, 2026-01-12T14:00.")
@click.option("--until", metavar="TIME", help="Before.")
@click.option("--filter", "typed", metavar="FILTER", help="Such as: tool:Bash state:error pytest")
@limit_option(DEFAULT_LIMIT, "The newest so many")
@click.option(
    "--before", metavar="ID", help="Those before this event; SOURCE:ID where the id is not unique."
)
@click.option("--raw", is_flag=True, help="Start and end rows of calls as they are, unpaired.")
@forms(table=True)
@utc_option
def command(
    store: str | None,
    sessions: tuple[str, ...],
    agent: tuple[str, ...],
    kind: tuple[str, ...],
    tool: tuple[str, ...],
    state: tuple[str, ...],
    days: float | None,
    since: str | None,
    until: str | None,
    typed: str | None,
    limit: int | None,
    before: str | None,
    raw: bool,
    form: str | None,
    utc: bool,
) -> int:
    """The newest events that match, the newest last; one call is one event.

    Of a large store no more is read than that takes: how many match in all is null in JSON then,
    where it is not known from another time. --limit 0 reads and counts all.
    """
    times = zone(utc)
    terms = event_terms(times)
    terms.add("agent", agent)
    terms.add("kind", kind)
    terms.add("tool", tool)
    terms.add("state", state)
    terms.add_days(days)
    terms.add_moment("since", since)
    terms.add_moment("until", until)
    wanted = terms.filter(typed)
    with open_store(store) as opened, progress() as tell:
        ids = require_sessions(opened, sessions) or None
        end = None if before is None else find_event(opened, before)
        page = None
        if ids is None and end is None:
            page = newest_events(
                opened,
                limit,
                matches=None if wanted.is_empty else wanted.matches_event,
                terms=wanted.terms,
                raw=raw,
                cache=totals_cache(no_cache=False),
                progress=tell,
            )
        if page is None:
            rows = EventStream(opened, sessions=ids, beside=end, progress=tell)
            page = newest_page(
                rows,
                wanted.matches_event,
                limit,
                before=None if end is None else end.key,
                is_outside=end is not None and ids is not None and end.session_id not in ids,
                raw=raw,
            )
        sources = opened.info.sources
    document = {
        "total": page.total,
        "events": (event_json(event, sources, phase=raw) for event in page.events),
    }
    keys = (*EVENT_KEYS, "phase") if raw else EVENT_KEYS
    columns = event_columns(times, phase=raw)
    write_table(form or "text", document, "events", keys, columns, page.events)
    if page.total is None or page.before is None:
        say(f"the newest {len(page.events):,}; counting all would mean to read the whole store")
    else:
        say_page(page.before - len(page.events) + 1, page.before, page.total)
    return 0
