"""``event``: one event with its whole input and output."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

import click

from queries.finding.one_event import WholeEvent, read_event
from queries.text import UNKNOWN, count, date_time, duration
from tui.headless.arguments import forms, utc_option, zone
from tui.headless.output import text_or_unknown, write, write_json, write_pairs
from tui.headless.stores import open_store


@click.command(name="event")
@click.argument("store")
@click.argument("event_id", metavar="ID")
@click.option("--raw", is_flag=True, help="Every column of its rows, too; JSON has them anyway.")
@forms(table=False)
@utc_option
def command(store: str, event_id: str, raw: bool, form: str | None, utc: bool) -> int:
    """Show one event in full: its whole input and output, and all that is known about it.

    ID is the one that events, timeline and activity print, or SOURCE:ID where several tables
    have it. A row of a call shows the whole call.
    """
    with open_store(store) as opened:
        found = read_event(opened, event_id)
    if form == "json":
        write_json(found.to_dict())
        return 0
    write_pairs(_facts(found, zone(utc)))
    for title, text in _sections(found, raw):
        write(f"\n{title}\n\n{text or UNKNOWN}\n")
    if found.text.cut:
        write("\nOnly the beginning was read: there is more in the store.\n")
    return 0


def _facts(found: WholeEvent, times: tzinfo | None) -> Iterator[tuple[str, str]]:
    event = found.event
    yield "event", event.id
    yield "source", found.sources[event.source]
    yield "session", event.session_id
    yield "parent", text_or_unknown(event.parent_id)
    yield "time", date_time(event.time, times)
    yield "agent", text_or_unknown(event.agent)
    if event.target_agent is not None:
        yield "to", event.target_agent
    yield "kind", event.kind.value
    yield "tool", text_or_unknown(event.tool)
    yield "operation", text_or_unknown(event.operation)
    yield "state", event.state.value
    yield "duration", duration(event.duration)
    yield "model", text_or_unknown(event.model)
    yield "tokens", count(event.tokens)
    yield "cost", text_or_unknown(None if event.cost is None else f"${event.cost:.4f}")


def _sections(found: WholeEvent, raw: bool) -> Iterator[tuple[str, str | None]]:
    yield "INPUT", found.text.input
    yield "OUTPUT", found.text.output
    if raw:
        columns = (f"{name}: {text_or_unknown(value)}" for name, value in found.text.raw)
        yield "COLUMNS", "\n".join(columns)
