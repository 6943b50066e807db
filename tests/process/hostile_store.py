"""Stores in which every text column holds every hostile payload."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from tests.stores import HOSTILE, RawText, canonical_store
from tests.stores.base import SAMPLES

LONGEST = 100_000
"""Characters: one payload has ten million, which would make stores of gigabytes."""
_LEADING = ("session_id", "parent_event_id", "parent_session_id", "source", "role")
"""Columns that only some rows get a payload in, so that others still hang together."""


def hostile_texts() -> list[str | bytes]:
    """Every payload; bytes where they are no valid text."""
    texts = (value.data if isinstance(value, RawText) else value for _, value in HOSTILE)
    return [text[:LONGEST] for text in texts]


def hostile_copy(sample: str, path: Path) -> Path:
    """A copy of a sample with rows more: each payload in each text column of each table.

    Of each payload there is one row that still belongs to its session and kind, and one in
    which every text is the payload: ids, kinds, states and times as well.
    """
    shutil.copyfile(SAMPLES / sample, path)
    return _spoil(path)


def hostile_canonical(path: Path) -> Path:
    """The same in the canonical schema."""
    with canonical_store(path) as store:
        store.add_session("plain", title="plain", status="running")
        for number in range(3):
            row = store.add_event("plain", id=f"plain-{number}")
            store.add_text(row["rowid"], "input", "output")
        store.add_handoff(session_id="plain")
        store.add_work_item()
    return _spoil(path)


def full_session(path: Path) -> str:
    """The session that most of the hostile events belong to."""
    connection = sqlite3.connect(path)
    found = _full_session(connection)
    connection.close()
    return found


def _full_session(connection: sqlite3.Connection) -> str:
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    table = next(name for name in ("event", "agent_events", "messages") if name in names)
    first = connection.execute(f"SELECT session_id FROM {table} ORDER BY rowid LIMIT 1")
    return str(first.fetchone()[0])


def _spoil(path: Path) -> Path:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    connection.execute("PRAGMA ignore_check_constraints = 1")
    connection.execute("BEGIN")
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        " AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'"
    ).fetchall()
    session = _full_session(connection)
    for (table,) in tables:
        _spoil_table(connection, table, session)
    connection.execute("COMMIT")
    connection.close()
    return path


def _spoil_table(connection: sqlite3.Connection, table: str, session: str) -> None:
    columns = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    names = [column[1] for column in columns]
    is_text = ["INT" not in column[2] and "REAL" not in column[2] for column in columns]
    is_key = [bool(column[5]) for column in columns]
    newest = connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid DESC').fetchall()
    if not newest:
        return
    marks = ", ".join(
        f"CAST(? AS {'TEXT' if text else 'NUMERIC'})" if text else "?" for text in is_text
    )
    insert = f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})'
    for number, payload in enumerate(hostile_texts()):
        template = newest[number % len(newest)]
        for everything in (False, True):
            values: list[object] = []
            for name, text, key, value in zip(names, is_text, is_key, template, strict=True):
                if not text:
                    values.append(None if key else value)
                elif everything or not _keeps(name, key):
                    values.append(payload)
                elif key:
                    values.append(_joined(f"{number} ", payload))
                else:
                    values.append(session if name == "session_id" else value)
            connection.execute(insert, values)


def _keeps(name: str, key: bool) -> bool:
    times = name.endswith(("_at", "_time")) or name in ("timestamp", "time", "started", "ended")
    kinds = name.endswith(("_type", "status")) or name in ("kind", "state", "phase", "type")
    return key or times or kinds or name in _LEADING


def _joined(prefix: str, payload: str | bytes) -> str | bytes:
    return prefix.encode() + payload if isinstance(payload, bytes) else prefix + payload
