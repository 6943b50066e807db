"""A writer that lets nobody in: the last that was known stays, with a word why."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from tests.faults.numbers import (
    command,
    one_number,
    quit_and_restore,
    wait_for_bar,
    wait_for_events,
)
from tests.process.program import Home, wait_for_all_panes
from tests.queries.files import filled
from tests.stores import Journal

pytestmark = [pytest.mark.faults, pytest.mark.process]

EVENTS = 50
HELD = 12.0
"""Seconds: longer than anything in the program waits (10 s at most, by a command), so that a
minute would show nothing more."""


def exclusive(path: Path, journal: Journal) -> sqlite3.Connection:
    """A connection that holds the store for itself, with an event that is not committed."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    if journal == "wal":
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    connection.execute("BEGIN EXCLUSIVE")
    insert = "INSERT INTO event (id, session_id, kind, state) VALUES (?, 's1', 'tool', 'ok')"
    connection.execute(insert, ("under the lock",))
    if journal == "wal":
        connection.execute("COMMIT")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute(insert, ("under the lock, later",))
    return connection


def test_an_exclusive_lock_for_a_long_time(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    with home.open(path, columns=160) as terminal:
        wait_for_events(terminal, EVENTS)
        shown = wait_for_all_panes(terminal)[1:]
        held_until = time.monotonic() + HELD
        writer = exclusive(path, "delete")
        wait_for_bar(terminal, "✗ locked", "is locked by a writer")
        used = terminal.cpu_seconds()
        said = command(home, "sessions", path, "--json", code=2)
        assert said.count("\n") == 1
        assert "is locked by a writer" in said
        while time.monotonic() < held_until:
            time.sleep(0.1)
        assert terminal.cpu_seconds() - used < HELD / 2
        assert terminal.lines()[1:8] == shown[:7]
        terminal.press("?")
        terminal.wait_for_text("─ Help ─")
        terminal.press("escape")
        terminal.wait_for(lambda t: "─ Help ─" not in t.text(), what="the end of the help")
        writer.execute("COMMIT")
        writer.close()
        assert one_number(home, terminal, path) == EVENTS + 1
        quit_and_restore(terminal)


def test_a_store_that_is_locked_from_the_start(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    writer = exclusive(path, "delete")
    with home.run(path, columns=160) as terminal:
        wait_for_bar(terminal, "✗ locked")
        writer.execute("ROLLBACK")
        writer.close()
        assert one_number(home, terminal, path) == EVENTS
        quit_and_restore(terminal)


def test_a_wal_store_for_one_alone(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    writer = exclusive(path, "wal")
    with home.run(path, columns=160) as terminal:
        wait_for_bar(terminal, "s.db")
        terminal.wait_for(lambda t: "opening" not in t.lines()[0], what="a state")
        writer.execute("COMMIT")
        writer.close()
        assert one_number(home, terminal, path) == EVENTS + 2
        quit_and_restore(terminal)


def test_quitting_while_it_is_locked(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    with home.open(path, columns=160) as terminal:
        writer = exclusive(path, "delete")
        wait_for_bar(terminal, "✗ locked")
        quit_and_restore(terminal)
        writer.close()


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_we_hold_no_lock_for_long(home: Home, journal: Journal) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, journal)
    with home.open(path, columns=160) as terminal:
        wait_for_events(terminal, EVENTS)
        writer = sqlite3.connect(path, isolation_level=None, timeout=0)
        free = tries = 0
        while free < 20 and tries < 2000:
            tries += 1
            try:
                writer.execute("BEGIN EXCLUSIVE")
                writer.execute("ROLLBACK")
                free += 1
            except sqlite3.OperationalError:
                time.sleep(0.005)
        assert free == 20
        writer.close()
        quit_and_restore(terminal)
