"""``session``: everything about one session."""

from __future__ import annotations

from functools import partial

import click

from queries.as_json.canonical import agent_json, interactions_json, session_json, tool_json
from queries.counting.event_stream import patiently
from queries.finding.session_lookup import require_sessions
from queries.models import Relation
from queries.row_columns import session_columns
from queries.whole_store import count_sessions
from tui.headless.agents import INTERACTIONS, agent_columns
from tui.headless.arguments import forms, utc_option, zone
from tui.headless.output import write, write_json, write_pairs, write_text
from tui.headless.stores import open_store, stale_after
from tui.headless.tools import COLUMNS
from tui.session_facts import session_facts


@click.command(name="session")
@click.argument("store")
@click.argument("session_id", metavar="ID")
@forms(table=False)
@utc_option
def command(store: str, session_id: str, form: str | None, utc: bool) -> int:
    """Show one session: its counts, agents, tools and who follows whom."""
    with open_store(store) as opened:
        ids = require_sessions(opened, (session_id,))
        columns = patiently(partial(session_columns, opened, ids[0]))
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
                "columns": dict(columns) or None,
            }
        )
        return 0
    times = zone(utc)
    write_pairs(session_facts(row, times))
    write("\n")
    write_text(agent_columns(times), agents)
    write("\n")
    write_text(COLUMNS, tools)
    write(f"\n{follows.relation.value}: {follows.basis}\n\n")
    write_text(INTERACTIONS, cells)
    return 0
