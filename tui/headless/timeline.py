"""``timeline``: every event of one session."""

from __future__ import annotations

import click

from queries.as_json.canonical import EVENT_KEYS, event_json
from queries.as_json.texts import event_text
from queries.counting.event_stream import EventStream
from queries.finding.session_lookup import require_sessions
from queries.folding.pairing import made_in_turn, paired
from tui.headless.arguments import forms, utc_option, zone
from tui.headless.event_table import event_columns
from tui.headless.output import PackedItems, write_json, write_table
from tui.headless.stores import open_store


@click.command(name="timeline")
@click.argument("store")
@click.argument("session_id", metavar="ID")
@forms(table=True)
@utc_option
def command(store: str, session_id: str, form: str | None, utc: bool) -> int:
    """Every event of one session in order of arrival; one call is one event."""
    with open_store(store) as opened:
        wanted = require_sessions(opened, (session_id,))
        sources = opened.info.sources
        rows = EventStream(opened, sessions=wanted)
        if form == "json":
            items = PackedItems(made_in_turn(rows, lambda event: event_text(event, sources)))
        else:
            events = paired(rows)
    if form == "json":
        write_json({"session_id": wanted[0], "event_count": items.count, "timeline": items})
        return 0
    document = {
        "session_id": wanted[0],
        "event_count": len(events),
        "timeline": (event_json(event, sources) for event in events),
    }
    write_table(form or "text", document, "timeline", EVENT_KEYS, event_columns(zone(utc)), events)
    return 0
