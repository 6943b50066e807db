"""``session``: everything about one session."""

from __future__ import annotations

import click

from queries.as_json.canonical import agent_json, interactions_json, session_json, tool_json
from queries.finding.session_lookup import require_sessions
from queries.models import Relation
from queries.text import count, date_time, duration, score
from queries.whole_store import count_sessions
from tui.headless.agents import INTERACTIONS, agent_columns
from tui.headless.arguments import forms, utc_option, zone
from tui.headless.output import text_or_unknown, write, write_json, write_pairs, write_text
from tui.headless.stores import open_store, stale_after
from tui.headless.tools import COLUMNS


@click.command(name="session")
@click.argument("store")
@click.argument("session_id", metavar="ID")
@forms(table=False)
@utc_option
def command(store: str, session_id: str, form: str | None, utc: bool) -> int:
    """Show one session: its counts, agents, tools and who follows whom."""
    with open_store(store) as opened:
        ids = require_sessions(opened, (session_id,))
        counted = count_sessions(opened, ids, stale_after=stale_after())
    row = counted.rows[0]
    agents, tools = counted.agents(), counted.tools()
    follows = counted.interactions(Relation.FOLLOWS)
    cells = interactions_json(follows)
    if form == "json":
        write_json(
            {
                **session_json(row),
                "first_prompt": row.totals.first_prompt,
                "agents": [agent_json(agent) for agent in agents],
                "tool_statistics": [tool_json(tool) for tool in tools],
                "interactions": cells,
            }
        )
        return 0
    times = zone(utc)
    session, totals = row.session, row.totals
    write_pairs(
        (
            ("session", session.id),
            ("title", text_or_unknown(row.own_title)),
            ("first prompt", text_or_unknown(totals.first_prompt)),
            ("parent", text_or_unknown(session.parent_id)),
            ("agent", text_or_unknown(session.agent)),
            ("component", text_or_unknown(session.component)),
            ("project", text_or_unknown(session.project)),
            ("status", _status(session.status.value, session.raw_status)),
            ("started", date_time(row.started, times)),
            ("ended", date_time(session.ended, times)),
            ("last event", date_time(totals.last_time, times)),
            ("duration", duration(row.duration)),
            ("declared turns", count(session.declared_turns)),
            ("events", count(totals.events)),
            ("messages", count(totals.messages)),
            ("tool calls", count(totals.tool_calls)),
            ("errors", count(totals.errors)),
            ("running", count(totals.running)),
            ("tokens", count(row.tokens)),
            ("cost", text_or_unknown(None if row.cost is None else f"${row.cost:.4f}")),
            ("quality", score(session.quality)),
            ("error", text_or_unknown(session.error)),
        )
    )
    write("\n")
    write_text(agent_columns(times), agents)
    write("\n")
    write_text(COLUMNS, tools)
    write(f"\n{follows.relation.value}: {follows.basis}\n\n")
    write_text(INTERACTIONS, cells)
    return 0


def _status(status: str, raw: str | None) -> str:
    return status if raw in (None, status) else f"{status} ({raw})"
