"""Session-Buddy's two tables of sessions, as SELECTs that a DuckDB file answers.

``sessions`` is the table that its analytics guide documents, ``session_metrics`` the one of its
workflow file. Both become rows of the canonical table ``session``; neither has events.
"""

from __future__ import annotations

from collections.abc import Mapping

from queries.plain_data import dataclass

COLUMNS = (
    "id", "component", "project", "started", "ended", "duration", "quality", "failed", "error",
)  # fmt: skip
"""What every SELECT here yields, in order: times as text or as epoch seconds, seconds, 0..100."""
TEXT_LIMIT = 10_000
_ZONED = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True, slots=True)
class Described:
    """How the sessions of a DuckDB file are read."""

    dialect: str
    why: str
    table: str
    select: str
    """:data:`COLUMNS` over the table, in the order in which rows were inserted."""
    unused: tuple[str, ...]
    """Columns of the table that have no place in the model."""


def describe(tables: Mapping[str, Mapping[str, str]]) -> Described | None:
    """How to read a file with these tables (column to type), or None if none is known."""
    documented = tables.get("sessions", {})
    if {"session_id", "start_time"} <= documented.keys():
        return _documented(documented)
    workflow = tables.get("session_metrics", {})
    if {"session_id", "started_at"} <= workflow.keys():
        return _workflow(workflow)
    return None


def _documented(columns: Mapping[str, str]) -> Described:
    cells = {
        "id": _text(columns, "session_id"),
        "component": _text(columns, "component_name"),
        "project": _text(columns, "project"),
        "started": _moment(columns, "start_time"),
        "ended": _moment(columns, "end_time"),
        "duration": _number(columns, "duration_seconds"),
        "quality": _number(columns, "quality_score"),
        "failed": _cast(columns, "error_occurred", "BOOLEAN"),
        "error": _text(columns, "error_message"),
    }
    used = {
        "session_id", "component_name", "project", "start_time", "end_time", "duration_seconds",
        "quality_score", "error_occurred", "error_message",
    }  # fmt: skip
    return Described(
        "session-buddy",
        "a DuckDB file with the table sessions of Session-Buddy's analytics guide",
        "sessions",
        _select("sessions", cells),
        tuple(sorted(columns.keys() - used)),
    )


def _workflow(columns: Mapping[str, str]) -> Described:
    minutes = _number(columns, "duration_minutes")
    cells = {
        "id": _text(columns, "session_id"),
        "project": _text(columns, "project_path"),
        "started": _moment(columns, "started_at"),
        "ended": _moment(columns, "ended_at"),
        # Minutes are kept in single precision: what lies below a millisecond is noise.
        "duration": minutes if minutes == "NULL" else f"round({minutes} * 60, 3)",
        "quality": _number(columns, "avg_quality"),
    }
    used = {
        "session_id", "project_path", "started_at", "ended_at", "duration_minutes", "avg_quality",
    }  # fmt: skip
    return Described(
        "session-buddy-workflow",
        "a DuckDB file with the table session_metrics of Session-Buddy's workflow metrics",
        "session_metrics",
        _select("session_metrics", cells),
        tuple(sorted(columns.keys() - used)),
    )


def _select(table: str, cells: Mapping[str, str]) -> str:
    listed = ", ".join(f"{cells.get(name, 'NULL')} AS {name}" for name in COLUMNS)
    return f"SELECT {listed} FROM main.{table} ORDER BY rowid"


def _cast(columns: Mapping[str, str], name: str, type_name: str) -> str:
    return f"TRY_CAST({name} AS {type_name})" if name in columns else "NULL"


def _text(columns: Mapping[str, str], name: str) -> str:
    if name not in columns:
        return "NULL"
    return f"left(CAST({name} AS VARCHAR), {TEXT_LIMIT})"


def _number(columns: Mapping[str, str], name: str) -> str:
    return _cast(columns, name, "DOUBLE")


def _moment(columns: Mapping[str, str], name: str) -> str:
    """A time: epoch seconds where the column knows its zone or counts, else text."""
    kind = columns.get(name)
    if kind is None:
        return "NULL"
    if kind == _ZONED:
        # As text it would need the zones of another library.
        return f"CASE WHEN isfinite({name}) THEN epoch_us({name}) / 1e6 END"
    if kind.startswith(("TIMESTAMP", "DATE", "VARCHAR")):
        return f"CAST({name} AS VARCHAR)"
    return f"TRY_CAST({name} AS DOUBLE)"
