"""Questions in SQL: read-only, short, on the same views for every store."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from queries.questions.canonical_views import CANONICAL_VIEWS, schema_rows, schema_text
from queries.questions.sql_prompt import SqlError, SqlStore, ask
from queries.whole_store import count_store
from tests.queries.samples import HEIST, HTMLGRAPH, duckdb_sample, sample
from tests.stores.canonical import canonical_store


@pytest.mark.parametrize("name", [*HEIST, *HTMLGRAPH, "canonical", "duckdb"])
def test_every_view_has_the_columns_that_are_told(tmp_path: Path, name: str) -> None:
    if name == "canonical":
        path = tmp_path / "a.db"
        with canonical_store(path) as store:
            store.add_session("s")
            store.add_event("s")
            store.add_text(1, "in", "out")
            store.add_handoff(session_id="s")
            store.add_work_item("item")
    elif name == "duckdb":
        pytest.importorskip("duckdb", reason="the extra 'duckdb' is not installed")
        path = duckdb_sample(tmp_path, "documented")
    else:
        path = sample(tmp_path, name)
    with SqlStore(path) as opened:
        for view, (_, columns) in CANONICAL_VIEWS.items():
            answer = opened.ask(f"SELECT * FROM {view} LIMIT 3", seconds=30)
            assert answer.columns == tuple(column for column, _ in columns), view
        total = opened.ask("SELECT count(*), sum(events) FROM session_total", seconds=30)
        rows = count_store(path).rows
        assert total.rows == ((str(len(rows)), str(sum(row.totals.events for row in rows))),)
        number = opened.ask("SELECT count(*) FROM event", seconds=30).rows[0][0]
        assert number == str(sum(row.totals.events for row in rows))
    if name == "canonical":
        assert ask(path, "SELECT input, output FROM event_text").rows == (("in", "out"),)
        assert ask(path, "SELECT title FROM work_item").rows == (("item",),)
        assert len(ask(path, "SELECT * FROM handoff").rows) == 1


def test_values_are_texts_that_are_safe(tmp_path: Path) -> None:
    path = sample(tmp_path, "heist-demo")
    answer = ask(path, "SELECT 1 AS a, 2.5, NULL, 'x\x1b[31m' AS \"b\x07\", x'00ff', 'é' LIMIT 5")
    assert answer.columns[0] == "a"
    assert answer.columns[3] == "b␇"
    assert answer.rows == (("1", "2.5", None, "x␛[31m", "x'00ff' (2 bytes)", "é"),)
    assert answer.numeric == {0, 1, 2}
    assert answer.cut == ""


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM sessions",
        "INSERT INTO main.sessions DEFAULT VALUES",
        "CREATE TEMP TABLE x (a)",
        "DROP VIEW session",
        "ATTACH 'x.db' AS x",
        "PRAGMA journal_mode = delete",
        "PRAGMA user_version",
        "VACUUM",
        "BEGIN",
        "SELECT load_extension('x')",
        "WITH x AS (SELECT 1) UPDATE main.sessions SET status = ''",
    ],
)
def test_only_select_is_answered(tmp_path: Path, sql: str) -> None:
    path = sample(tmp_path, "heist-demo")
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(SqlError) as caught:
        ask(path, sql)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELEC 1", 'Near "SELEC": syntax error.'),
        ("SELECT * FROM nowhere", "No such table: nowhere."),
        ("SELECT 1; SELECT 2", "You can only execute one statement at a time."),
        ("SELECT zeroblob(900000000)", "String or blob too big."),
        ("", "Only SELECT is answered here."),
        ("SELECT '\0'", "null character"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, sql: str, told: str) -> None:
    with pytest.raises(SqlError) as caught:
        ask(sample(tmp_path, "heist-demo"), sql)
    assert told in str(caught.value)


def test_long_answers_are_cut_and_say_so(tmp_path: Path) -> None:
    path = sample(tmp_path, "heist-demo")
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    answer = ask(path, numbers)
    assert len(answer.rows) == 1000
    assert answer.cut == "only the first 1,000 rows"
    assert ask(path, f"{numbers} LIMIT 1000").cut == ""


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = sample(tmp_path, "heist-demo")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"
    with pytest.raises(SqlError, match=r"takes longer than 0.01 s: ask for less"):
        ask(path, endless.format("count(*)"), seconds=0.01)
    answer = ask(path, endless.format("i") + " WHERE i < 4", seconds=0.05)
    assert (answer.rows, answer.cut) == ((("1",), ("2",)), "stopped after 0.05 s")


def test_no_lock_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as store:
        store.add_session("s")
        with SqlStore(path) as opened:
            numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            opened.ask(f"{numbers} SELECT i + (SELECT count(*) FROM session) FROM n")
            with sqlite3.connect(path, timeout=0) as writer:
                writer.execute("BEGIN EXCLUSIVE")
            assert opened.ask("SELECT id FROM session").rows == (("s",),)


def test_the_text_names_all_of_it() -> None:
    text = schema_text()
    assert all(f"{name}: {about}\n" in text for name, (about, _) in CANONICAL_VIEWS.items())


def test_the_rows_name_all_of_it_events_first() -> None:
    rows = schema_rows()
    assert rows[0][:2] == ("event", "")
    assert {name: about for name, column, about in rows if not column} == {
        name: about for name, (about, _) in CANONICAL_VIEWS.items()
    }
    for name, (_, columns) in CANONICAL_VIEWS.items():
        told = [(column, meaning) for view, column, meaning in rows if view == name and column]
        assert told == list(columns)
