"""``agents``: what every agent did, and who works with whom."""

from __future__ import annotations

from datetime import tzinfo

import click

from queries.as_json.canonical import (
    AGENT_KEYS,
    INTERACTION_KEYS,
    Json,
    agent_json,
    interactions_json,
)
from queries.as_json.overview import tool_use_json
from queries.models import AgentStatistic, Relation
from queries.models.overview import AgentProfile
from queries.overviews.agent_profiles import agent_profiles
from queries.text import count, date_time, percent
from tui.headless.arguments import forms, store_argument, utc_option, zone
from tui.headless.output import (
    Column,
    text_or_unknown,
    write,
    write_csv,
    write_json,
    write_markdown,
    write_text,
)
from tui.headless.stores import open_store
from tui.headless.windowed import COMPONENT, Asked, count_scope, window_options

INTERACTIONS: list[Column[Json]] = [
    Column("from", lambda cell: str(cell["from_agent"])),
    Column("to", lambda cell: str(cell["to_agent"])),
    Column("count", lambda cell: count(cell["count"]), number=True),
]


@click.command(name="agents")
@store_argument
@click.option("--session", "sessions", multiple=True, metavar="ID", help="Only these sessions.")
@window_options(COMPONENT)
@click.option(
    "--relation", type=click.Choice([relation.value for relation in Relation]),
    help="What an interaction is: the next speaker (the default), the same without repeats, "
    "handing over work, or the next tool.",
)  # fmt: skip
@forms(table=True)
@utc_option
def command(
    store: str | None,
    sessions: tuple[str, ...],
    asked: Asked,
    relation: str | None,
    form: str | None,
    utc: bool,
) -> int:
    """What every agent did, and who works with whom.

    With --csv: the agents, or the interactions when --relation is given. "tools" are those that
    an agent called, with how often; JSON has them as "tool_use".
    """
    shown = Relation(relation or Relation.FOLLOWS.value)
    times = zone(utc)
    what = asked.chosen(times)
    with open_store(store) as opened:
        counted = count_scope(opened, sessions, what)
    agents = counted.agents()
    profiles = agent_profiles(counted.fold)
    matrix = counted.interactions(shown)
    cells = interactions_json(matrix)
    rows = [agent_json(agent) for agent in agents]
    if form == "json":
        write_json(
            {
                "agent_activity": rows,
                "tool_use": tool_use_json(profiles),
                "relation": shown.value,
                "interactions": cells,
            }
        )
    elif form == "csv" and relation is not None:
        write_csv(INTERACTION_KEYS, cells)
    elif form == "csv":
        write_csv(AGENT_KEYS, rows)
    else:
        show = write_markdown if form == "markdown" else write_text
        tools = {profile.agent: _tools(profile) for profile in profiles}
        column = Column[AgentStatistic]("tools", lambda agent: tools[agent.agent])
        show([*agent_columns(times), column], agents)
        write(f"\n{shown.value}: {matrix.basis}\n\n")
        show(INTERACTIONS, cells)
    return 0


def _tools(profile: AgentProfile) -> str:
    return text_or_unknown(", ".join(f"{use.tool} {count(use.calls)}" for use in profile.tools))


def agent_columns(times: tzinfo | None) -> list[Column[AgentStatistic]]:
    """The table of agents for people."""
    return [
        Column("agent", lambda agent: agent.agent),
        Column("events", lambda agent: count(agent.events), number=True),
        Column("share %", lambda agent: percent(agent.share), number=True),
        Column("messages", lambda agent: count(agent.messages), number=True),
        Column("calls", lambda agent: count(agent.tool_calls), number=True),
        Column("errors", lambda agent: count(agent.errors), number=True),
        Column("sessions", lambda agent: count(agent.sessions), number=True),
        Column("tokens", lambda agent: count(agent.tokens), number=True),
        Column("last active", lambda agent: date_time(agent.last_active, times)),
    ]
