"""Which files are known, by their columns alone, and what is said about the others."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from queries.dialects import DIALECTS, explain_unknown, read_schema, recognise
from queries.dialects.base import EVENT_COLUMNS, SESSION_COLUMNS, Schema
from tests.queries.dialects.reading import DATA, build, connect, try_mapping

SAMPLES = {
    "heist-audit.db": "heist-audit",
    "heist-demo.db": "heist-audit",
    "heist-session.db": "heist-session",
    "htmlgraph-0.26.1.db": "htmlgraph",
    "htmlgraph-0.35.0.db": "htmlgraph",
}


def no_rows(*_: object) -> list[tuple[object, ...]]:
    return []


@pytest.mark.parametrize(("sample", "dialect"), SAMPLES.items())
def test_the_name_of_the_file_says_nothing(sample: str, dialect: str, tmp_path: Path) -> None:
    for name in SAMPLES:
        copy = tmp_path / name
        shutil.copy(DATA / sample, copy)
        mapping = try_mapping(copy)
        assert mapping is not None
        assert mapping.dialect == dialect
        assert mapping.why
        copy.unlink()


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"sessions": "session_id, total_turns"},
        {"sessions": "session_id, turns", "messages": "session_id, agent_name, message"},
        {"sessions": "id, total_turns", "messages": "session_id, agent_name"},
        {"session": "session_id, num_turns", "messages": "session_id, agent_name"},
        {"messages": "session_id, agent_name, message, timestamp"},
        {"sessions": "session_id, num_turns", "messages": "session_id, author"},
        {"sessions": "session_id, num_turns", "tool_usage": "tool_name, usage_count"},
        {"agent_events": "event_id, event_type, timestamp, session_id"},
        {"agent_events": "id, agent_id, event_type, timestamp, session_id"},
        {"events": "event_id, agent_id, event_type, timestamp, session_id"},
        {"event": "seq, id, session_id, time, kind"},
        {"event": "seq, id, session_id, kind", "session": "id, status"},
        {"session": "id, status"},
    ],
)
def test_near_misses_are_not_recognised(tables: dict[str, str]) -> None:
    schema = Schema({name: frozenset(columns.split(", ")) for name, columns in tables.items()})
    assert recognise(schema, no_rows) is None


def test_views_are_not_tables(tmp_path: Path) -> None:
    path = build(
        tmp_path / "a.db",
        "CREATE TABLE rows (event_id, agent_id, event_type, timestamp, session_id)",
        "CREATE VIEW agent_events AS SELECT * FROM rows",
    )
    assert try_mapping(path) is None


def test_an_unknown_store_is_explained_in_one_sentence() -> None:
    schema = Schema({"users": frozenset(("id",)), "sqlite_sequence": frozenset(("name",))})
    text = explain_unknown(schema)
    assert "users" in text
    assert "sqlite_sequence" not in text
    assert all(dialect.name in text for dialect in DIALECTS)
    assert "no tables" in explain_unknown(Schema({}))
    many = explain_unknown(Schema({f"t{number:02d}": frozenset() for number in range(30)}))
    assert "t11 and 18 more" in many
    assert "\x1b" not in explain_unknown(Schema({"\x1b[31m": frozenset()}))


def test_reading_a_schema() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE Mixed (Id INTEGER, NAME TEXT)")
    connection.execute('CREATE TABLE "we\'ird ""name" (a)')
    connection.execute("PRAGMA user_version = 7")
    schema = read_schema(lambda sql, *given: connection.execute(sql, given).fetchall())
    assert schema.tables["mixed"] == {"id", "name"}
    assert schema.tables["we'ird \"name"] == {"a"}
    assert schema.user_version == 7


def test_a_table_of_a_missing_module_does_no_harm(tmp_path: Path) -> None:
    path = build(tmp_path / "a.db", "CREATE TABLE t (a)")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = 1")
    connection.execute(
        "INSERT INTO sqlite_master VALUES"
        " ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING no_such_module(a)')"
    )
    connection.commit()
    connection.close()
    connection = connect(path)
    schema = read_schema(lambda sql, *given: connection.execute(sql, given).fetchall())
    connection.close()
    assert set(schema.tables) == {"t"}


@pytest.mark.parametrize("sample", SAMPLES)
def test_views_have_the_canonical_columns_and_use_the_indexes(sample: str) -> None:
    connection = connect(DATA / sample)
    mapping = try_mapping(DATA / sample)
    assert mapping is not None
    assert mapping.sessions is not None
    for source in mapping.sources:
        connection.execute(f"CREATE TEMP VIEW event_view AS {source.select}")
        cursor = connection.execute("SELECT * FROM event_view LIMIT 1")
        assert tuple(column[0] for column in cursor.description) == EVENT_COLUMNS
        conditions = {"seq > 5": "rowid>", "seq IN (1, 2)": "rowid=", "id = '7'": "="}
        if "htmlgraph" in sample:
            conditions |= {"session_id = 'x'": "session_id=", "parent_id = 'x'": "parent_event_id="}
        for condition, expected in conditions.items():
            plan = connection.execute(
                f"EXPLAIN QUERY PLAN SELECT seq, state FROM event_view WHERE {condition}"
            ).fetchall()
            assert plan[0][3].startswith("SEARCH"), (condition, plan)
            assert expected in plan[0][3], (condition, plan)
        connection.execute("DROP VIEW event_view")
    connection.execute(f"CREATE TEMP VIEW session_view AS {mapping.sessions.select}")
    cursor = connection.execute("SELECT * FROM session_view LIMIT 1")
    assert tuple(column[0] for column in cursor.description) == SESSION_COLUMNS
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT title FROM session_view WHERE id IN ('a', 'b')"
    ).fetchall()
    assert plan[0][3].startswith("SEARCH")
    connection.close()
