"""One number, told three ways: by the screen, by a command, and by SQL."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.process.program import PROGRAM, Home
from tests.process.terminal import Terminal

PATIENCE = 60.0
"""Seconds that anything may take on a busy machine."""
_TABLES = ("event", "agent_events", "messages")
_EVENTS = re.compile(r"([0-9,]+) events?\b")


def wait_for_events(terminal: Terminal, number: int) -> None:
    """Wait until the bar at the top counts so many events, live and in full."""

    def shown(terminal: Terminal) -> bool:
        bar = terminal.lines()[0]
        found = _EVENTS.search(bar)
        return found is not None and found[1] == f"{number:,}" and "live" in bar

    terminal.wait_for(shown, PATIENCE, f"{number:,} events, live")


def wait_for_bar(terminal: Terminal, *words: str) -> None:
    """Wait until the bar at the top has all these words."""
    terminal.wait_for(
        lambda t: all(word in t.lines()[0] for word in words), PATIENCE, f"{words} in the bar"
    )


def command(home: Home, *arguments: str | Path, code: int = 0) -> str:
    """The output of a command of the program."""
    env = {name: value for name, value in {**os.environ, **home.env}.items() if value is not None}
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)], capture_output=True, text=True, env=env,
        cwd=home.folder, timeout=PATIENCE * 5, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def counted_by_command(home: Home, path: Path) -> int:
    """Events of all sessions, as a command counts them."""
    sessions = json.loads(command(home, "sessions", path, "--json", "--limit", "1000000"))
    return sum(session["events"] for session in sessions["sessions"])


def counted_by_sql(path: Path) -> int:
    """Rows of the table of events, of a store whose rows are events one by one."""
    # Not read-only: that would leave files beside a database in WAL mode.
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        name = next(name for (name,) in rows.fetchall() if name in _TABLES)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])


def one_number(home: Home, terminal: Terminal, path: Path) -> int:
    """The number of events, which everybody agrees on."""
    number = counted_by_sql(path)
    wait_for_events(terminal, number)
    assert counted_by_command(home, path) == number
    return number


def quit_and_restore(terminal: Terminal) -> None:
    """Leave, by a key."""
    terminal.press("q")
    assert terminal.wait(PATIENCE) == 0
    assert terminal.restored() == []


def listed(path: Path) -> Sequence[str]:
    """The names of the files beside a store, and its own."""
    return sorted(file.name for file in path.parent.iterdir())
