"""The queries behind the views, over the common tables ``session``, ``event`` and ``row``.

What differs between SQLite and DuckDB stands in braces: ``{now}`` is the present in epoch
seconds, ``{iso:x}`` an instant as ISO 8601 in UTC.
"""

from __future__ import annotations

from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """One query."""

    about: str
    sql: str
    needs_events: bool = True
    aliases: tuple[str, ...] = ()
    """Names under which others know it."""


_COMPONENTS = """
SELECT component AS name, count(*) AS session_count,
    sum(CASE WHEN status = 'running' THEN 1 ELSE 0 END) AS active_sessions,
    sum(CASE WHEN failed = 1 THEN 1 ELSE 0 END) AS failed_sessions,
    count(failed) AS judged_sessions,
    1.0 * sum(CASE WHEN failed = 1 THEN 1 ELSE 0 END) / NULLIF(count(failed), 0) AS error_rate,
    avg(duration) AS avg_duration, sum(duration) AS total_duration,
    avg(quality) AS avg_quality_score, {iso:max(last_active)} AS last_active
FROM session
GROUP BY component
"""

VIEWS: dict[str, View] = {
    "sessions": View(
        "sessions with their counts, newest first",
        """
SELECT id AS session_id, parent_id, title, agent, component, project, status,
    {iso:started} AS started_at, {iso:ended} AS ended_at, duration AS duration_seconds,
    messages, events, tool_calls, errors, quality AS quality_score, error AS error_message
FROM session
ORDER BY started IS NULL, started DESC, id
""",
        needs_events=False,
    ),
    "active": View(
        "sessions that say they run, the newest first; silent ones are stale",
        """
SELECT id AS session_id, component, project, agent, status, {iso:started} AS started_at,
    CASE WHEN started <= {now} THEN {now} - started END AS running_seconds
FROM session
WHERE status IN ('running', 'stale')
ORDER BY started IS NULL, started DESC, id
""",
        needs_events=False,
        aliases=("active_sessions",),
    ),
    "components": View(
        "sessions, errors, durations and quality by component",
        f"{_COMPONENTS}ORDER BY session_count DESC, name IS NULL, name\n",
        needs_events=False,
        aliases=("session_stats",),
    ),
    "most-active": View(
        "the ten components with the most sessions",
        f"{_COMPONENTS}ORDER BY session_count DESC, name IS NULL, name\nLIMIT 10\n",
        needs_events=False,
        aliases=("most_active",),
    ),
    "durations": View(
        "average duration by component, the longest first",
        """
SELECT component AS name, avg(duration) AS avg_duration, count(duration) AS ended_sessions
FROM session
WHERE duration IS NOT NULL
GROUP BY component
ORDER BY avg_duration DESC, name
""",
        needs_events=False,
        aliases=("average_duration",),
    ),
    "errors": View(
        "error rate and most common error by component, the highest rate first",
        """
SELECT s.component AS name, count(*) AS session_count,
    sum(CASE WHEN s.failed = 1 THEN 1 ELSE 0 END) AS failed_sessions,
    count(s.failed) AS judged_sessions,
    1.0 * sum(CASE WHEN s.failed = 1 THEN 1 ELSE 0 END) / NULLIF(count(s.failed), 0)
        AS error_rate,
    min(common.error) AS most_common_error
FROM session AS s
LEFT JOIN (
    SELECT component, error,
        row_number() OVER (PARTITION BY component ORDER BY count(*) DESC, error) AS place
    FROM session WHERE error <> '' AND failed = 1 GROUP BY component, error
) AS common ON common.place = 1 AND common.component IS NOT DISTINCT FROM s.component
GROUP BY s.component
ORDER BY error_rate IS NULL, error_rate DESC, name
""",
        needs_events=False,
        aliases=("error_rate",),
    ),
    "metrics": View(
        "totals of the store in one row",
        """
SELECT count(*) AS total_sessions,
    sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) AS completed_sessions,
    sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS failed_sessions,
    sum(CASE WHEN status = 'running' THEN 1 ELSE 0 END) AS running_sessions,
    sum(CASE WHEN status = 'stale' THEN 1 ELSE 0 END) AS stale_sessions,
    1.0 * sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) / NULLIF(count(*), 0)
        AS completion_rate,
    sum(events) AS total_events, sum(messages) AS total_messages,
    sum(tool_calls) AS total_tool_calls, sum(errors) AS total_errors
FROM session
""",
        needs_events=False,
    ),
    "days": View(
        "sessions that began on each day of UTC; empty days are 0",
        """
, day(number) AS (
    SELECT min(CAST(floor(started / 86400) AS BIGINT)) FROM session
    UNION ALL
    SELECT number + 1 FROM day
    WHERE number < (SELECT max(CAST(floor(started / 86400) AS BIGINT)) FROM session)
)
SELECT substr({iso:number * 86400.0}, 1, 10) AS day, count(session.id) AS sessions,
    sum(CASE WHEN session.failed = 1 THEN 1 ELSE 0 END) AS failed_sessions
FROM day LEFT JOIN session
    ON session.started >= number * 86400.0 AND session.started < (number + 1) * 86400.0
WHERE number IS NOT NULL
GROUP BY number
ORDER BY number
""",
        needs_events=False,
    ),
    "tools": View(
        "calls, success and average duration by tool and operation",
        """
SELECT tool AS tool_name, operation, sum(calls) AS total_calls,
    COALESCE(sum(ok), 0) AS successful_calls, COALESCE(sum(failed), 0) AS failed_calls,
    1.0 * sum(ok) / NULLIF(sum(ok + failed), 0) AS success_rate,
    sum(seconds) / NULLIF(sum(timed), 0) AS avg_duration,
    CASE WHEN sum(timed) > 0 THEN sum(seconds) END AS total_duration
FROM (
    SELECT tool, operation, 1 AS calls, state = 'ok' AS ok, state = 'error' AS failed,
        CASE WHEN state <> 'running' THEN duration END AS seconds,
        state <> 'running' AND duration IS NOT NULL AS timed
    FROM event WHERE kind IN ('tool', 'delegation')
    UNION ALL SELECT tool, operation, calls, ok, calls - ok, seconds, timed FROM own_total
)
GROUP BY tool, operation
ORDER BY total_calls DESC, tool_name, operation
""",
    ),
    "agents": View(
        "what every agent did, most events first",
        """
SELECT agent AS agent_name, sum(kind = 'message') AS messages, count(*) AS events,
    sum(kind IN ('tool', 'delegation')) AS tool_calls, sum(state = 'error') AS errors,
    count(DISTINCT session_id) AS sessions, 1.0 * count(*) / sum(count(*)) OVER () AS share,
    {iso:COALESCE(max(max(time), max(seen)), max(time), max(seen))} AS last_active
FROM event LEFT JOIN (
    SELECT agent AS name, max(time) AS seen FROM row WHERE phase IS NOT 'start' GROUP BY agent
) ON name = agent
WHERE agent IS NOT NULL
GROUP BY agent
ORDER BY events DESC, agent_name
""",
    ),
    "interactions": View(
        "who speaks next after whom, in order of arrival within each session",
        """
SELECT before AS from_agent, agent AS to_agent, count(*) AS count
FROM (
    SELECT agent, lag(agent) OVER (PARTITION BY session_id ORDER BY source, seq) AS before
    FROM spoken
)
WHERE before IS NOT NULL
GROUP BY before, agent
ORDER BY count DESC, from_agent, to_agent
""",
    ),
    "events": View(
        "all events, the newest last; one call is one event",
        """
SELECT id AS event_id, source, session_id, parent_id AS parent_event_id, {iso:time} AS time,
    agent AS agent_name, target_agent, kind, tool AS tool_name, operation, summary, state,
    duration AS duration_seconds, model, tokens, cost AS cost_usd
FROM event
ORDER BY event.time, event.source, event.seq
""",
    ),
    "failures": View(
        "events that failed, the newest first",
        """
SELECT {iso:time} AS time, session_id, agent AS agent_name, tool AS tool_name, operation, summary
FROM event
WHERE state = 'error'
ORDER BY event.time DESC, event.source, event.seq DESC
""",
    ),
    "delegations": View(
        "who handed what to whom, each delegation once",
        """
SELECT id AS event_id, session_id, {iso:time} AS time, agent AS from_agent,
    target_agent AS to_agent, summary AS task, state, duration AS duration_seconds
FROM event
WHERE kind = 'delegation'
ORDER BY event.time DESC, event.seq DESC
""",
    ),
}
"""By name, in the order in which they are listed."""


def view_names() -> dict[str, str]:
    """Every name under which a view is known, and the view's own."""
    names = {name: name for name in VIEWS}
    for name, view in VIEWS.items():
        names |= dict.fromkeys(view.aliases, name)
    return names
