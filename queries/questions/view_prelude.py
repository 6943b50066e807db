"""A foreign SQLite schema as common tables: the head of every query that is printed.

What the program does in Python is written here in SQL once more, so that it runs in any shell:
times become epoch seconds, the rows of a call one event. Rows of a call may be any distance
apart here; the program gives up waiting after 20,000 rows.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from queries.dialects.base import Source, StoreMapping
from queries.dialects.conversion import STATUS_WORDS
from queries.times import LOCAL_ZONE

_FROM = re.compile(r"\bFROM (?=\w)")
NOW = "CAST(strftime('%s', 'now') AS REAL)"


def qualified(select: str) -> str:
    """A dialect's SELECT whose tables are those of the file, whatever else has their names."""
    return _FROM.sub("FROM main.", select)


def instant(cell: str, zone: tzinfo) -> str:
    """SQL for a time of whatever shape as UTC epoch seconds, to the millisecond."""
    number = f"CAST({cell} AS REAL)"
    scaled = (
        f"CASE WHEN abs({number}) < 1e11 THEN {number} WHEN abs({number}) < 1e14 THEN"
        f" {number} / 1e3 WHEN abs({number}) < 1e17 THEN {number} / 1e6 ELSE {number} / 1e9 END"
    )

    def parsed(*modifiers: str) -> str:
        more = "".join(f", '{modifier}'" for modifier in modifiers)
        seconds = f"CAST(strftime('%s', {cell}{more}) AS REAL)"
        return f"{seconds} + substr(strftime('%f', {cell}), 3)"

    if zone is UTC:
        naive = parsed()
    elif zone is LOCAL_ZONE:
        naive = parsed("utc")
    else:
        offset = zone.utcoffset(datetime.now(tz=UTC).replace(tzinfo=None))
        naive = f"{parsed()} - {0 if offset is None else offset.total_seconds()}"
    return (
        f"CASE WHEN typeof({cell}) IN ('integer', 'real') THEN {scaled}"
        f" WHEN {cell} NOT GLOB '*[^0-9.]*' THEN {scaled}"
        f" WHEN {cell} GLOB '*[Zz]' OR substr({cell}, 20) GLOB '*[-+]*' THEN {parsed()}"
        f" ELSE {naive} END"
    )


def sqlite_query(
    mapping: StoreMapping, query: str, *, days: float | None, stale_after: float
) -> str:
    """A query over the common tables, with those before it that it takes.

    Args:
        mapping: how the store is read.
        query: may begin with a comma and tables of its own.
        days: only sessions active in the last so many days.
        stale_after: seconds of silence after which a running session is stale.
    """
    parts = [
        *_events(mapping), _spoken(mapping), _TOTALS, _own_totals(mapping), _stated(mapping),
        _lasting(mapping), _judged(days, stale_after),
    ]  # fmt: skip
    taken: list[str] = []
    text = query
    for part in reversed(parts):
        name = part.split(" ", 1)[0]
        if re.search(rf"\b(FROM|JOIN) {name}\b", text):
            taken.insert(0, part)
            text += part
    glue = "" if query.lstrip().startswith(",") else "\n"
    return "WITH RECURSIVE\n" + ",\n".join(taken) + glue + query.strip()


def _source_rows(source: Source, mapping: StoreMapping) -> str:
    time = instant("time", mapping.zone)
    took = "CAST(duration AS REAL)"
    if source.amend is not None:
        # In place of a duration a row may tell when it was finished.
        end = instant("duration", mapping.zone)
        took = (
            f"CASE WHEN typeof(duration) <> 'text' THEN duration WHEN {end} > {time}"
            f" THEN {end} - ({time}) END"
        )
    cells = (
        f"id, session_id, NULLIF(parent_id, '') AS parent_id, {time} AS time,"
        " NULLIF(agent, '') AS agent, target_agent, kind, phase, call_key,"
        f" NULLIF(tool, '') AS tool, operation, summary, state, {took} AS duration,"
        " model, tokens, cost"
    )
    rows = qualified(source.select)
    return f"SELECT '{source.name}' AS source, seq, {cells}\n    FROM ({rows})"


def _events(mapping: StoreMapping) -> list[str]:
    rows = "\n    UNION ALL ".join(_source_rows(source, mapping) for source in mapping.sources)
    if not mapping.sources:
        rows = (
            "SELECT '' AS source, 0 AS seq, '' AS id, '' AS session_id, '' AS parent_id, 0 AS time,"
            " '' AS agent, '' AS target_agent, '' AS kind, '' AS phase, '' AS call_key, '' AS tool,"
            " '' AS operation, '' AS summary, '' AS state, 0 AS duration, '' AS model,"
            " 0 AS tokens, 0 AS cost WHERE 0"
        )
    found = [f"row AS MATERIALIZED (\n    {rows}\n)"]
    if not mapping.has_phases:
        return [*found, "event AS (SELECT *, time AS last_time FROM row)"]
    return [*found, *_PAIRING]


_KEYED = "row.kind = 'delegation' AND row.phase <> 'whole'"
_CERTAINTY = "CASE state WHEN 'error' THEN 3 WHEN 'ok' THEN 2 WHEN 'unknown' THEN 1 ELSE 0 END"
_FIRST = (
    "id", "session_id", "parent_id", "time", "agent", "target_agent", "kind", "phase", "call_key",
    "tool", "operation", "summary", "state", "duration", "model", "tokens", "cost",
)  # fmt: skip
_LAST = (
    "parent_id", "time", "agent", "target_agent", "tool", "operation", "summary", "state",
    "duration", "model", "tokens", "cost",
)  # fmt: skip


def _call(name: str) -> str:
    return f"COALESCE(CASE phase WHEN 'start' THEN end_{name} END, {name}) AS {name}"


_PAIRING = (
    # Start and end rows of a delegation that another row tells of as a whole.
    f"""told AS MATERIALIZED (
    SELECT row.*, CASE WHEN {_KEYED} THEN whole.seq END AS told_by
    FROM row LEFT JOIN (
        SELECT session_id, call_key, max(seq) AS seq FROM row
        WHERE kind = 'delegation' AND phase = 'whole' GROUP BY session_id, call_key
    ) AS whole ON whole.session_id = row.session_id AND whole.call_key = row.call_key
    WHERE (row.kind = 'delegation' AND row.call_key IS NOT NULL) OR row.phase <> 'whole'
)""",
    """bracket AS (
    SELECT *, CASE WHEN kind = 'delegation' THEN
            CASE WHEN phase = 'whole' OR call_key IS NULL THEN ' delegation'
            ELSE ' delegation ' || call_key END
        ELSE COALESCE(' ' || call_key, tool, '') END AS bracket,
        CASE WHEN phase = 'end' THEN -1 ELSE 1 END AS step
    FROM told WHERE told_by IS NULL
)""",
    """depth AS (
    SELECT *, sum(step) OVER (PARTITION BY session_id, bracket ORDER BY seq) + (step < 0)
        AS depth FROM bracket
)""",
    # An end closes the nearest open start of its bracket: the one before it of its depth.
    """matched AS MATERIALIZED (
    SELECT seq, CASE WHEN step < 0 AND lag(step) OVER nearest > 0 THEN lag(seq) OVER nearest END
        AS owner
    FROM depth WINDOW nearest AS (PARTITION BY session_id, bracket, depth ORDER BY seq)
)""",
    """owned AS MATERIALIZED (
    SELECT row.*, COALESCE(told.told_by, matched.owner, row.seq) AS owner
    FROM row LEFT JOIN told ON told.seq = row.seq LEFT JOIN matched ON matched.seq = row.seq
)""",
    # What the first row of an event says, and what its end rows say. All in one pass: an index
    # over rows that were made up is not always to be had.
    "joined AS (\n    SELECT owner, max(source) AS source, "
    + ", ".join(f"max(CASE WHEN seq = owner THEN {name} END) AS {name}" for name in _FIRST)
    + ",\n        "
    + ", ".join(
        f"max(CASE WHEN seq <> owner AND phase = 'end' THEN {name} END) AS end_{name}"
        for name in _LAST
    )
    + f""",
        min(CASE WHEN seq <> owner AND phase = 'end' THEN time END) AS end_first,
        max(CASE WHEN seq <> owner AND phase = 'end' THEN {_CERTAINTY} END) AS certainty
    FROM owned GROUP BY owner
)""",
    # A delegation's own row stays what it is but for its outcome; of a start row, all that its
    # end row says counts.
    f"""event AS MATERIALIZED (
    SELECT source, owner AS seq, id, session_id, {_call("parent_id")},
        COALESCE(time, end_time) AS time, {_call("agent")},
        COALESCE(max(time, end_time), time, end_time) AS last_time,
        COALESCE(end_target_agent, target_agent) AS target_agent, kind, 'whole' AS phase, call_key,
        {_call("tool")}, {_call("operation")},
        COALESCE(NULLIF(summary, ''), end_summary) AS summary,
        CASE WHEN certainty IS NULL THEN state WHEN phase = 'start' THEN end_state
            ELSE CASE max(certainty, {_CERTAINTY}) WHEN 3 THEN 'error' WHEN 2 THEN 'ok'
                WHEN 1 THEN 'unknown' ELSE 'running' END END AS state,
        CASE WHEN phase = 'start' THEN COALESCE(end_duration, max(end_time - time, 0))
            ELSE COALESCE(duration, max(end_first - time, 0)) END AS duration,
        {_call("model")}, COALESCE(end_tokens, tokens) AS tokens, COALESCE(end_cost, cost) AS cost
    FROM joined
)""",
)


def _spoken(mapping: StoreMapping) -> str:
    """Rows that count for who follows whom."""
    said = " AND kind = 'message'" if mapping.has_messages else ""
    return (
        "spoken AS (\n    SELECT * FROM row WHERE agent IS NOT NULL AND phase IS NOT 'start'"
        f" AND (phase IS NOT 'end' OR kind <> 'delegation'){said}\n)"
    )


_TOTALS = """total AS (
    SELECT session_id, count(*) AS events, sum(kind = 'message') AS messages,
        sum(kind IN ('tool', 'delegation')) AS tool_calls, sum(state = 'error') AS errors,
        min(time) AS first_time, max(last_time) AS last_time
    FROM event GROUP BY session_id
)"""


def _own_totals(mapping: StoreMapping) -> str:
    """Totals per session and tool that the store keeps, of sessions without a single call."""
    side = mapping.aggregated_tools
    if side is None:
        names = ("session_id", "tool", "operation", "calls", "ok", "seconds", "timed")
        nothing = ", ".join(f"NULL AS {name}" for name in names)
        return f"own_total AS (SELECT {nothing} WHERE 0)"
    rate = "min(max(CAST(success_rate AS REAL), 0.0), 1.0)"
    return f"""own_total AS (
    SELECT session_id, NULLIF(tool, '') AS tool, operation, CAST(calls AS INTEGER) AS calls,
        CAST(round({rate} * calls) AS INTEGER) AS ok,
        CAST(average_duration AS REAL) * calls AS seconds,
        CASE WHEN average_duration IS NOT NULL THEN CAST(calls AS INTEGER) END AS timed
    FROM ({qualified(side.select)})
    WHERE CAST(calls AS INTEGER) > 0 AND session_id NOT IN (
        SELECT session_id FROM event WHERE kind IN ('tool', 'delegation') AND session_id IS NOT NULL
    )
)"""


_FAILED = "status = 'failed' OR error IS NOT NULL THEN 1 WHEN status <> 'unknown' THEN 0 END"


def _stated(mapping: StoreMapping) -> str:
    """Sessions as the store declares them."""
    if mapping.sessions is None:
        names = (
            "id", "parent_id", "title", "agent", "component", "project", "status", "started",
            "ended", "quality", "error", "recorded", "failed", "duration",
        )  # fmt: skip
        return f"stated AS (SELECT {', '.join(f'NULL AS {name}' for name in names)} WHERE 0)"
    words = mapping.statuses or STATUS_WORDS
    cases = " ".join(f"WHEN '{word}' THEN '{status.value}'" for word, status in words.items())
    zone = mapping.session_zone or mapping.zone
    failed = "CAST(said AS INTEGER)"
    if not mapping.records_failures:
        failed = f"CASE WHEN {_FAILED}"
    took = "recorded" if mapping.records_durations else "ended - started"
    return f"""stated AS (
    SELECT *, {failed} AS failed, {took} AS duration FROM (
        SELECT id, parent_id, title, agent, component, project,
            CASE lower(status) {cases} ELSE 'unknown' END AS status,
            {instant("started", zone)} AS started, {instant("ended", zone)} AS ended,
            CAST(quality AS REAL) AS quality, error, CAST(duration AS REAL) AS recorded,
            failed AS said
        FROM ({qualified(mapping.sessions.select)})
    )
)"""


def _lasting(mapping: StoreMapping) -> str:
    """Declared sessions and those of which only events speak, with their counts."""
    took = "recorded" if mapping.records_durations else "ended - COALESCE(started, first_time)"
    calls, others, own = "COALESCE(tool_calls, 0)", "total", ""
    if mapping.aggregated_tools is not None:
        calls = "COALESCE(NULLIF(tool_calls, 0), own_calls, 0)"
        others = "(SELECT session_id FROM total UNION SELECT session_id FROM own_total)"
        own = (
            "\n    LEFT JOIN (SELECT session_id AS name, sum(calls) AS own_calls FROM own_total"
            " GROUP BY session_id) AS own ON own.name = declared.id"
        )
    return f"""lasting AS (
    SELECT declared.*, {took} AS duration, COALESCE(started, first_time) AS begun,
        COALESCE(ended, last_time, started) AS last_active,
        COALESCE(last_time, started) AS last_seen, COALESCE(events, 0) AS events,
        COALESCE(messages, 0) AS messages, {calls} AS tool_calls,
        COALESCE(errors, 0) AS errors
    FROM (
        SELECT id, parent_id, title, agent, component, project, status, started, ended, quality,
            error, recorded, failed FROM stated
        UNION ALL SELECT session_id, NULL, NULL, NULL, NULL, NULL, 'unknown', NULL, NULL, NULL,
            NULL, NULL, NULL FROM {others} WHERE session_id NOT IN (SELECT id FROM stated)
    ) AS declared LEFT JOIN total ON total.session_id = declared.id{own}
)"""


def _judged(days: float | None, stale_after: float) -> str:
    """Sessions as the program shows them."""
    recent = "" if days is None else f"\n    WHERE last_active >= {NOW} - {days * 86400:.0f}"
    return f"""session AS (
    SELECT id, parent_id, title, agent, component, project,
        CASE WHEN status <> 'running' OR ended IS NOT NULL THEN status
            WHEN started > {NOW} + 3600 THEN 'unknown'
            WHEN id = (SELECT id FROM lasting ORDER BY begun DESC, id DESC LIMIT 1)
                THEN status
            WHEN last_seen IS NULL OR {NOW} - last_seen > {stale_after:.0f} THEN 'stale'
            ELSE status END AS status,
        begun AS started, ended, duration, quality, error, failed,
        last_active, events, messages, tool_calls, errors
    FROM lasting{recent}
)"""
