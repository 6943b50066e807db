"""The program opens what it can, in every size, and says in one sentence what it cannot."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.process.program import PROGRAM, STORES, Home, fingerprint
from tests.process.terminal import PATIENCE, Terminal
from tests.stores.base import SAMPLES

pytestmark = pytest.mark.process

SIZES = ((80, 24), (120, 40), (200, 50))


def newest_session(path: Path) -> tuple[str, str]:
    """The beginning and the end of what the first line of the list says."""
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    start = "created_at" if "agent_events" in tables else "start_time"
    newest = f"SELECT * FROM sessions ORDER BY {start} DESC LIMIT 1"
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute(newest).fetchone())
    connection.close()
    told = str(row.get("title") or row.get("last_user_query") or row["session_id"])
    return told[:12], told[-8:]


@pytest.mark.parametrize(("columns", "rows"), SIZES, ids=str)
@pytest.mark.parametrize("name", STORES)
def test_every_store_in_every_size(home: Home, name: str, columns: int, rows: int) -> None:
    path = home.sample(name)
    with home.open(path, columns=columns, rows=rows, anew=columns == 120) as terminal:
        terminal.wait_for(lambda t: "live" in t.lines()[0] and "quit" in t.lines()[-1])
        lines = terminal.lines()
        assert len(lines) == rows
        assert any(part in terminal.text() for part in newest_session(path))
        assert "Activity" in terminal.text()
        assert terminal.raw.count(b"\x1b[?1049h") == 1


def test_a_folder_stands_for_the_store_in_it(home: Home) -> None:
    home.sample("heist-demo.db")
    with home.open(home.folder / "stores") as terminal:
        terminal.wait_for_text("demo_session_003")


def test_several_stores_are_offered(home: Home) -> None:
    home.sample("heist-demo.db")
    home.sample("heist-audit.db")
    with home.run_ready(home.folder / "stores") as terminal:
        terminal.wait_for(lambda t: "heist-demo.db" in t.text() and "heist-audit.db" in t.text())
        terminal.press("enter")
        terminal.wait_for_text("Sessions 1-")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []


def test_the_demo_lives_and_leaves_nothing(home: Home) -> None:
    with home.open("demo") as terminal:
        terminal.wait_for(lambda t: "● live" in t.text() and " running ·" in t.lines()[0])
        assert " 0 running" not in terminal.lines()[0]
        before = terminal.lines()
        terminal.wait_for(lambda t: t.lines()[0] != before[0], what="another number of events")
        assert [path.name for path in (home.folder / "tmp").glob("session-tui-demo-*/*.db")]
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.restored() == []
    assert list((home.folder / "tmp").iterdir()) == []


# What is not a store


def missing(path: Path) -> None:
    del path


def empty(path: Path) -> None:
    path.touch()


def folder_without_stores(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def duckdb(path: Path) -> None:
    path.write_bytes(b"\x01\x02\x03\x04\x05\x06\x07\x08DUCK" + bytes(4096))


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(7, 251)) * 40)


def cut_header(path: Path) -> None:
    path.write_bytes((SAMPLES / "heist-demo.db").read_bytes()[:60])


def unknown_schema(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")
    connection.commit()
    connection.close()


UNUSABLE = (missing, empty, folder_without_stores, pipe, duckdb, noise, cut_header, unknown_schema)


@pytest.mark.parametrize("make", UNUSABLE, ids=lambda make: make.__name__)
def test_what_is_no_store_is_refused_before_anything_is_drawn(
    home: Home, make: Callable[[Path], None]
) -> None:
    path = home.folder / "stores" / "thing.db"
    make(path)
    listing = sorted(path.parent.iterdir())
    run = home.run if make is missing else home.run_ready
    with run(path) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw
        assert terminal.raw.count(b"\n") == 1
        assert b"session-tui: " in terminal.raw
        assert b"thing.db" in terminal.raw
        assert terminal.restored() == []
    assert sorted(path.parent.iterdir()) == listing


def test_a_foreign_store_that_looks_like_ours_leaves_the_screen_as_it_was(home: Home) -> None:
    path = home.folder / "stores" / "thing.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE web_session (token TEXT, expires INTEGER)")
    connection.commit()
    connection.close()
    before = fingerprint(path.parent)
    with home.run(path) as terminal:
        assert terminal.wait() == 2
        assert terminal.restored() == []
        after = terminal.raw.rpartition(b"\x1b[?25h")[2]
        assert after.startswith(b"session-tui: ")
        assert after.count(b"\n") == 1
    assert fingerprint(path.parent) == before


# Where no screen can be


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_one_stream_is_no_terminal(home: Home, stream: str) -> None:
    path = home.sample("heist-demo.db")
    redirect = {"stdin": "< /dev/null", "stdout": "| cat", "stderr": "2> err"}[stream]
    shell = f'"${{@}}" {redirect}; exit "${{PIPESTATUS[0]}}"'
    command = ["bash", "-c", shell, "bash", *PROGRAM, str(path)]
    with Terminal(command, env=home.env, cwd=home.folder) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw
        error = home.folder / "err"
        said = error.read_text() if stream == "stderr" else terminal.text()
    assert "needs a terminal" in said
    assert "session-tui sessions" in said.replace("\n", " ")


@pytest.mark.parametrize("arguments", [("STORE",), (), ("demo",), ("--utc", "STORE")], ids=str)
def test_no_terminal_at_all(home: Home, arguments: tuple[str, ...]) -> None:
    path = home.sample("heist-demo.db")
    words = [str(path) if word == "STORE" else word for word in arguments]
    env = {name: value for name, value in {**os.environ, **home.env}.items() if value is not None}
    if not arguments:
        env["SESSION_TUI_STORE"] = str(path)
    done = subprocess.run(
        [*PROGRAM, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE,
        env=env, cwd=home.folder,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert b"session-tui sessions" in done.stderr
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_place_text(home: Home, term: str) -> None:
    path = home.sample("heist-demo.db")
    with home.run(path, env={"TERM": term}) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.raw
        assert terminal.raw.count(b"\n") == 1
        assert b"session-tui sessions" in terminal.raw
