"""Session-Buddy's two tables of sessions, as SELECTs that a DuckDB file answers.

``sessions`` is the table that its analytics guide documents, ``session_metrics`` the one of its
workflow file. Both become rows of the canonical table ``session``; neither has events.
"""

from __future__ import annotations

from collections.abc import Mapping

from queries.plain_data import dataclass

COLUMNS = (
    "id", "component", "project", "started", "ended", "duration", "quality", "failed", "error",
    "is_open",
)  # fmt: skip
"""What every SELECT here yields, in order: times as text or as epoch seconds, seconds, 0..100."""
TEXT_LIMIT = 10_000
_ZONED = "TIMESTAMP WITH TIME ZONE"
_NAIVE = "TIMESTAMP"
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""Microseconds of the years 1 to 9999."""


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
    instants: frozenset[str] = frozenset()
    """Those of "started" and "ended" that are UTC epoch seconds, whatever their size."""


def describe(
    tables: Mapping[str, Mapping[str, str]], *, naive_is_utc: bool = False
) -> Described | None:
    """How to read a file with these tables (column to type), or None if none is known.

    Args:
        tables: by name.
        naive_is_utc: whether a time without a zone is UTC.
    """
    documented = tables.get("sessions", {})
    if {"session_id", "start_time"} <= documented.keys():
        return _documented(documented, naive_is_utc)
    workflow = tables.get("session_metrics", {})
    if {"session_id", "started_at"} <= workflow.keys():
        return _workflow(workflow, naive_is_utc)
    return None


def _documented(columns: Mapping[str, str], naive_is_utc: bool) -> Described:
    cells = {
        "id": _text(columns, "session_id"),
        "component": _text(columns, "component_name"),
        "project": _text(columns, "project"),
        "started": _moment(columns, "start_time", naive_is_utc),
        "ended": _moment(columns, "end_time", naive_is_utc),
        "is_open": _absent(columns, "end_time"),
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
        _instants(columns, naive_is_utc, started="start_time", ended="end_time"),
    )


def _workflow(columns: Mapping[str, str], naive_is_utc: bool) -> Described:
    minutes = _number(columns, "duration_minutes")
    cells = {
        "id": _text(columns, "session_id"),
        "project": _text(columns, "project_path"),
        "started": _moment(columns, "started_at", naive_is_utc),
        "ended": _moment(columns, "ended_at", naive_is_utc),
        "is_open": _absent(columns, "ended_at"),
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
        _instants(columns, naive_is_utc, started="started_at", ended="ended_at"),
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


def _absent(columns: Mapping[str, str], name: str) -> str:
    """Whether a session has no end: one that is no time of any calendar is an end, too."""
    return f"{name} IS NULL" if name in columns else "true"


def _number(columns: Mapping[str, str], name: str) -> str:
    return _cast(columns, name, "DOUBLE")


def _instants(columns: Mapping[str, str], naive_is_utc: bool, **places: str) -> frozenset[str]:
    return frozenset(
        place for place, name in places.items() if _is_instant(columns.get(name), naive_is_utc)
    )


def _is_instant(kind: str | None, naive_is_utc: bool) -> bool:
    return kind == _ZONED or (kind == _NAIVE and naive_is_utc)


def _moment(columns: Mapping[str, str], name: str, naive_is_utc: bool) -> str:
    """A time: epoch seconds where the column knows its zone or counts, else text."""
    kind = columns.get(name)
    if kind is None:
        return "NULL"
    if _is_instant(kind, naive_is_utc):
        # Nothing but infinite times and those that no calendar of ours has is left out.
        return (
            f"CASE WHEN isfinite({name}) THEN CASE WHEN epoch_us({name})"
            f" BETWEEN {_EARLIEST} AND {_LATEST} THEN epoch_us({name}) / 1e6 END END"
        )
    if kind.startswith(("TIMESTAMP", "DATE", "VARCHAR")):
        return f"CAST({name} AS VARCHAR)"
    return f"TRY_CAST({name} AS DOUBLE)"
