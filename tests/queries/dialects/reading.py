"""Reads whole files through a mapping, as the store does page by page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from queries.dialects import read_schema, recognise
from queries.dialects.base import EVENT_COLUMNS, SESSION_COLUMNS, Schema, StoreMapping
from queries.dialects.conversion import to_event, to_session
from queries.models import Event, Session

DATA = Path(__file__).parents[2] / "data"


@dataclass
class Reading:
    """A store's mapping and all its rows."""

    schema: Schema
    mapping: StoreMapping
    events: list[Event] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    texts: dict[tuple[int, int], tuple[Any, Any]] = field(default_factory=dict)
    handoffs: list[tuple[Any, ...]] = field(default_factory=list)
    work_items: list[tuple[Any, ...]] = field(default_factory=list)
    aggregated: list[tuple[Any, ...]] = field(default_factory=list)

    def of(self, session_id: str) -> list[Event]:
        return [event for event in self.events if event.session_id == session_id]

    def by_id(self, event_id: str) -> Event:
        (event,) = [event for event in self.events if event.id == event_id]
        return event

    def source(self, name: str) -> list[Event]:
        number = [source.name for source in self.mapping.sources].index(name)
        return [event for event in self.events if event.source == number]


def connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def try_mapping(path: Path) -> StoreMapping | None:
    connection = connect(path)
    try:
        return recognise(read_schema(_probe(connection)), _probe(connection))
    finally:
        connection.close()


def read(path: Path) -> Reading:
    connection = connect(path)
    try:
        return _read(connection)
    finally:
        connection.close()


def _probe(connection: sqlite3.Connection) -> Any:
    return lambda sql, *parameters: connection.execute(sql, parameters).fetchall()


def _read(connection: sqlite3.Connection) -> Reading:
    schema = read_schema(_probe(connection))
    mapping = recognise(schema, _probe(connection))
    assert mapping is not None
    reading = Reading(schema, mapping)
    for number, source in enumerate(mapping.sources):
        connection.execute(f"CREATE TEMP VIEW event_rows_{number} AS {source.select}")
        convert = source.convert or to_event
        for row in connection.execute(
            f"SELECT {', '.join(EVENT_COLUMNS)} FROM event_rows_{number} ORDER BY seq"
        ):
            event = convert(number, row, mapping.zone)
            reading.events.append(event)
        for seq, given, result in connection.execute(
            f"SELECT rowid, {source.text} FROM {source.table}"
        ):
            reading.texts[number, seq] = (given, result)
    if mapping.sessions is not None:
        connection.execute(f"CREATE TEMP VIEW session_rows AS {mapping.sessions.select}")
        to_model = mapping.convert_session or to_session
        for row in connection.execute(f"SELECT {', '.join(SESSION_COLUMNS)} FROM session_rows"):
            session = to_model(row, mapping)
            reading.sessions[session.id] = session
    for side, target in (
        (mapping.handoffs, reading.handoffs),
        (mapping.work_items, reading.work_items),
        (mapping.aggregated_tools, reading.aggregated),
    ):
        if side is not None:
            target += connection.execute(side.select).fetchall()
    return reading


def truth_of(sample: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((DATA / f"{sample}.truth.json").read_text("utf-8"))
    return result


def build(path: Path, *statements: str, rows: Iterable[tuple[str, tuple[Any, ...]]] = ()) -> Path:
    """A small database: statements first, then ``(table, values)`` rows."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.executescript(statement)
    for table, values in rows:
        connection.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)
    connection.commit()
    connection.close()
    return path


def insert(path: Path, table: str, **values: Any) -> None:
    """One more row, by column name."""
    insert_all(path, table, [values])


def insert_all(path: Path, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """More rows, in one commit."""
    connection = sqlite3.connect(path)
    for row in rows:
        connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({','.join('?' * len(row))})",
            tuple(row.values()),
        )
    connection.commit()
    connection.close()


HOSTILE_CELLS: tuple[Any, ...] = (
    None, 0, -1, 2**63 - 1, 1.5, float("inf"), "", " ", "text", "NaN", "1e999", "{", '{"', "{}",
    "[1, 2]", "null", '{"is_error": true}', '{"is_error": [1]}', '{"is_error": "yes"}',
    '{"tool_input": {"command": 5}, "session_id": 1}', '{"completion_time": {"a": 1}}',
    '{"a": "\\ud8', "[" * 3000, "\x00\x1b[31m", "a\x00b", b"", b"\xff\xfe{", b'{"is_error": true}',
    "9999-99-99 99:99:99", "2026-01-12 12:00:00", "\u202e", "x" * 5000,
)  # fmt: skip
"""What a column of any declared type may really hold."""
