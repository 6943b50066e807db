"""Any view as a query that runs on the store itself: in a shell, in Grafana or Metabase."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC

from queries.dialects import DIALECTS, read_schema, recognise
from queries.dialects.base import StoreMapping
from queries.dialects.session_buddy import Described, describe
from queries.dialects.stock import DUCKDB_TABLES, SQLITE_TABLES
from queries.dialects.zones import naive_zone
from queries.questions.view_prelude import NOW, sqlite_query
from queries.questions.view_templates import VIEWS, view_names
from queries.sessions import STALE_AFTER

_ISO = re.compile(r"\{iso:([^{}]*(?:\([^{}]*\))?[^{}]*)\}")
_DUCK_NOW = "epoch(now())"


class UnknownViewError(Exception):
    """There is no such view, or not for this store; the text is one sentence."""


def dialect_names() -> tuple[str, ...]:
    """The dialects that queries can be printed for without a store."""
    return (*SQLITE_TABLES, *DUCKDB_TABLES)


def require_view(name: str) -> str:
    """The view's own name. Raises UnknownViewError."""
    known = view_names()
    found = known.get(name.lower()) or known.get(name.lower().replace("_", "-"))
    if found is None:
        raise UnknownViewError(f"there is no view '{name}'; there are {', '.join(VIEWS)}.")
    return found


def sqlite_sql(
    name: str, mapping: StoreMapping, *, days: float | None = None, stale_after: float = STALE_AFTER
) -> str:
    """The query of a view on a SQLite store that is read like this. Raises UnknownViewError."""
    view = VIEWS[require_view(name)]
    query = _filled(view.sql, _sqlite_iso, NOW)
    return sqlite_query(mapping, query, days=days, stale_after=stale_after) + ";\n"


def duckdb_sql(name: str, described: Described, *, days: float | None = None) -> str:
    """The query of a view on a DuckDB store that is read like this. Raises UnknownViewError."""
    own = require_view(name)
    if VIEWS[own].needs_events:
        raise UnknownViewError(f"{described.dialect} has no events, and so no view '{own}'.")
    moment = (
        "CASE WHEN typeof({0}) = 'VARCHAR' THEN epoch_us(TRY_CAST({0} AS TIMESTAMP)) / 1e6"
        " ELSE TRY_CAST({0} AS DOUBLE) END"
    )
    where = "" if days is None else f" WHERE last_active >= {_DUCK_NOW} - {days * 86400:.0f}"
    prelude = f"""WITH RECURSIVE
declared AS (
    SELECT id, component, project, {moment.format("started")} AS started,
        {moment.format("ended")} AS ended, duration, quality, failed, error,
        ended IS NULL AS is_open
    FROM ({described.select})
),
session AS (
    SELECT id, NULL AS parent_id, NULL AS title, NULL AS agent, component, project,
        CASE WHEN NOT is_open THEN CASE WHEN failed THEN 'failed' ELSE 'completed' END
            WHEN started > {_DUCK_NOW} + 3600 THEN 'unknown'
            ELSE 'running' END AS status,
        started, ended, duration, quality, CAST(failed AS INTEGER) AS failed, error,
        COALESCE(ended, started) AS last_active, 0 AS messages, 0 AS events, 0 AS tool_calls,
        0 AS errors
    FROM declared{where}
)"""
    query = _filled(VIEWS[own].sql, _duckdb_iso, _DUCK_NOW)
    glue = "" if query.startswith(",") else "\n"
    return f"{prelude}{glue}{query};\n"


def stock_sql(name: str, dialect: str, *, days: float | None = None) -> str:
    """The query of a view for a dialect's usual tables. Raises UnknownViewError."""
    if dialect in DUCKDB_TABLES:
        zone, _ = naive_zone(UTC)
        described = describe(DUCKDB_TABLES[dialect], naive_is_utc=zone is UTC)
        if described is not None:
            return duckdb_sql(name, described, days=days)
    if dialect not in SQLITE_TABLES:
        known = ", ".join(dialect_names())
        raise UnknownViewError(f"there is no dialect '{dialect}'; there are {known}.")
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(SQLITE_TABLES[dialect])

        def probe(sql: str, *parameters: object) -> list[tuple[object, ...]]:
            return connection.execute(sql, parameters).fetchall()

        mapping = recognise(read_schema(probe), probe)
    finally:
        connection.close()
    if mapping is None:
        raise UnknownViewError(f"'{dialect}' is none of {', '.join(one.name for one in DIALECTS)}.")
    return sqlite_sql(name, mapping, days=days)


def _filled(query: str, iso: Callable[[str], str], now: str) -> str:
    return _ISO.sub(lambda found: iso(found[1]), query).replace("{now}", now).strip()


def _sqlite_iso(expression: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {expression}, 'unixepoch')"


def _duckdb_iso(expression: str) -> str:
    return (
        f"strftime(make_timestamp(CAST(({expression}) * 1e6 AS BIGINT)), '%Y-%m-%dT%H:%M:%S.%gZ')"
    )
