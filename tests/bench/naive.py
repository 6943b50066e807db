"""The ways of the programs that came before: whole tables, again for every look.

What they do is told by their documents; the statements are our own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.floor import connect

Connection = sqlite3.Connection
TooLongError = sqlite3.OperationalError
"""What a statement ends with that took too long."""
EVENT_TABLES = {
    "canonical": ("event",),
    "htmlgraph": ("agent_events",),
    "heist-audit": ("messages", "tool_calls"),
}


@dataclass(frozen=True, slots=True)
class NaiveWay:
    """The statements for one shape of store."""

    sessions: str
    """All sessions with their counts."""
    tools: str
    """Calls, failures and durations of every tool."""
    matrix: str
    """Who follows whom, over everything."""
    reload: str
    """Every column of every event, the newest first."""
    tree: str
    """The columns of a session's events at the top of its tree."""
    children: str | None
    """The events below one event; None where there is no tree."""


CANONICAL = NaiveWay(
    sessions=(
        "SELECT s.id, s.title, s.status, count(e.seq), sum(e.kind = 'tool'),"
        " sum(e.state = 'error'), min(e.time), max(e.time), sum(e.tokens) FROM session s"
        " LEFT JOIN event e ON e.session_id = s.id GROUP BY s.id ORDER BY max(e.time) DESC"
    ),
    tools=(
        "SELECT tool, count(*), sum(state = 'error'), avg(duration), max(duration) FROM event"
        " WHERE tool IS NOT NULL GROUP BY tool ORDER BY count(*) DESC"
    ),
    matrix=(
        "SELECT before, agent, count(*) FROM (SELECT agent, lag(agent) OVER"
        " (PARTITION BY session_id ORDER BY time) AS before FROM event)"
        " WHERE before IS NOT NULL GROUP BY before, agent"
    ),
    reload="SELECT * FROM event ORDER BY time DESC",
    tree="SELECT * FROM event WHERE session_id = ? AND parent_id IS NULL ORDER BY time",
    children="SELECT * FROM event WHERE parent_id = ? ORDER BY time",
)
HTMLGRAPH = NaiveWay(
    sessions=(
        "SELECT s.session_id, s.status, s.created_at, count(e.event_id),"
        " sum(e.event_type = 'tool_call'), sum(e.event_type = 'error'), max(e.timestamp)"
        " FROM sessions s LEFT JOIN agent_events e ON e.session_id = s.session_id"
        " GROUP BY s.session_id ORDER BY s.created_at DESC"
    ),
    tools=(
        "SELECT tool_name, count(*), sum(json_extract(context, '$.is_error')),"
        " avg(execution_duration_seconds) FROM agent_events WHERE tool_name IS NOT NULL"
        " GROUP BY tool_name ORDER BY count(*) DESC"
    ),
    matrix=(
        "SELECT before, agent_id, count(*) FROM (SELECT agent_id, lag(agent_id) OVER"
        " (PARTITION BY session_id ORDER BY timestamp) AS before FROM agent_events)"
        " WHERE before IS NOT NULL GROUP BY before, agent_id"
    ),
    reload="SELECT * FROM agent_events ORDER BY timestamp DESC",
    tree=(
        "SELECT event_id, * FROM agent_events WHERE session_id = ? AND parent_event_id IS NULL"
        " ORDER BY timestamp"
    ),
    children=("SELECT event_id, * FROM agent_events WHERE parent_event_id = ? ORDER BY timestamp"),
)
HEIST = NaiveWay(
    sessions=(
        "SELECT s.session_id, s.status, s.start_time, s.end_time, (SELECT count(*) FROM messages m"
        " WHERE m.session_id = s.session_id), (SELECT count(*) FROM tool_calls t"
        " WHERE t.session_id = s.session_id) FROM sessions s ORDER BY s.start_time DESC"
    ),
    tools=(
        "SELECT tool_name, count(*), sum(success), avg(execution_time), sum(execution_time)"
        " FROM tool_calls GROUP BY tool_name ORDER BY count(*) DESC"
    ),
    matrix=(
        "SELECT before, agent_name, count(*) FROM (SELECT agent_name, lag(agent_name) OVER"
        " (PARTITION BY session_id ORDER BY turn_id) AS before FROM messages)"
        " WHERE before IS NOT NULL GROUP BY before, agent_name"
    ),
    reload="SELECT * FROM messages ORDER BY timestamp DESC",
    tree="SELECT * FROM messages WHERE session_id = ? ORDER BY turn_id",
    children=None,
)
WAYS = {"canonical": CANONICAL, "htmlgraph": HTMLGRAPH, "heist-audit": HEIST}
SELF_JOIN = (
    "SELECT a.agent_name, b.agent_name, count(*) FROM messages a JOIN messages b"
    " ON a.session_id = b.session_id AND b.turn_id = a.turn_id + 1"
    " WHERE a.session_id = ? GROUP BY a.agent_name, b.agent_name"
)
"""Who follows whom in one heist session, by turn numbers."""


def totals(path: Path, shape: str) -> None:
    """What a look at the whole costs where it is counted anew each time."""
    way = WAYS[shape]
    with closing(connect(path)) as connection:
        for statement in (way.sessions, way.tools, way.matrix):
            connection.execute(statement).fetchall()


def reload(path: Path, shape: str) -> int:
    """Load a whole table, as a page without paging does; returns its rows."""
    with closing(connect(path)) as connection:
        return len(connection.execute(WAYS[shape].reload).fetchall())


def tree(connection: sqlite3.Connection, shape: str, session_id: str) -> int:
    """A session's tree, one statement per event; returns the number of events."""
    way = WAYS[shape]
    rows = connection.execute(way.tree, (session_id,)).fetchall()
    if way.children is None:
        return len(rows)
    id_column = 1 if shape == "canonical" else 0
    number = 0
    waiting = rows
    while waiting:
        number += len(waiting)
        below = [connection.execute(way.children, (row[id_column],)).fetchall() for row in waiting]
        waiting = [row for rows in below for row in rows]
    return number


def within(connection: sqlite3.Connection, seconds: float) -> None:
    """Let every statement of a connection end with an error after so long."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > end), 10_000)


def figures_of_session(connection: sqlite3.Connection, shape: str, session_id: str) -> None:
    """Tools and matrix of one session, by the same statements over its rows."""
    if shape == "heist-audit":
        connection.execute(SELF_JOIN, (session_id,)).fetchall()
        return
    way = WAYS[shape]
    table = "event" if shape == "canonical" else "agent_events"
    # The filter that an interface with one optional session uses: no index helps it.
    rows = f"(SELECT * FROM {table} WHERE session_id = :id OR :id IS NULL)"
    for statement in (way.tools, way.matrix):
        sql = statement.replace(f"FROM {table}", f"FROM {rows}")
        connection.execute(sql, {"id": session_id}).fetchall()


def rows_of_session(shape: str) -> list[str]:
    """The statements that fetch all rows of a session."""
    return [f"SELECT * FROM {table} WHERE session_id = ?" for table in EVENT_TABLES[shape]]


def sessions_by_size(path: Path, shape: str) -> Sequence[tuple[str, int]]:
    """All sessions with their number of events, the smallest first."""
    every = " UNION ALL ".join(f"SELECT session_id FROM {name}" for name in EVENT_TABLES[shape])
    sql = f"SELECT session_id, count(*) FROM ({every}) GROUP BY 1 ORDER BY 2, 1"
    with closing(connect(path)) as connection:
        found: list[tuple[str, int]] = connection.execute(sql).fetchall()
    return found
