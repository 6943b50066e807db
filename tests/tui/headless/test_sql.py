"""``sql``: queries for other programs."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from queries.questions.canonical_views import CANONICAL_VIEWS
from queries.questions.view_templates import VIEWS
from tests.queries.samples import duckdb_sample, sample
from tests.tui.headless.conftest import Run


def test_without_a_name_the_views_are_listed(run: Run) -> None:
    told = run("sql")
    assert told.code == 0
    assert [line.split()[0] for line in told.out.splitlines()] == list(VIEWS)


def test_the_schema_tells_of_every_view_and_column(run: Run) -> None:
    out = run("sql", "--schema").out
    for name, (_, columns) in CANONICAL_VIEWS.items():
        part = out.split(f"{name}: ", 1)[1].split("\n\n")[0]
        assert [line.split()[0] for line in part.splitlines()[1:]] == [name for name, _ in columns]


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="there is no sqlite3 shell here")
def test_a_query_runs_in_the_shell(run: Run, tmp_path: Path) -> None:
    path = sample(tmp_path, "htmlgraph-0.26.1")
    sql = run("sql", "tools", path).out
    done = subprocess.run(
        ["sqlite3", "-readonly", str(path)], input=sql, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith("Bash||34|24|7|")


def test_a_query_fits_the_store_or_the_dialect(run: Run, tmp_path: Path) -> None:
    path = sample(tmp_path, "heist-audit")
    own = run("sql", "most_active", path).out
    assert own == run("sql", "most-active", "--dialect", "heist-audit").out
    week = run("sql", "components", path, "--days", 7).out
    assert "- 604800" in week
    with sqlite3.connect(path) as connection:
        assert connection.execute(week).fetchall() == []


def test_a_duckdb_store_gets_a_query_for_duckdb(run: Run, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra 'duckdb' is not installed")
    path = duckdb_sample(tmp_path, "documented")
    sql = run("sql", "session_stats", path, "--days", 100_000).out
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(sql).fetchall()
    assert sum(row[1] for row in rows) == 400
    told = run("sql", "tools", path)
    assert (told.code, told.out) == (2, "")
    assert "session-buddy has no events, and so no view 'tools'." in told.err


def test_what_is_wrong_is_told(run: Run, tmp_path: Path) -> None:
    told = run("sql", "tooos")
    assert told.code == 2
    assert "there is no view 'tooos'; there are sessions, active" in told.err
    path = sample(tmp_path, "heist-audit")
    told = run("sql", "tools", path, "--dialect", "heist-audit")
    assert told.code == 2
    assert "not both" in told.err
