"""The store is as it was, and whoever writes it does not notice that somebody looks on."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.process.program import STORES, Home, fingerprint
from tests.process.terminal import PATIENCE, Terminal
from tests.stores import Journal, LiveWriter, read_commits, start_live_writer

pytestmark = pytest.mark.process

RATE = 400.0
COUNT = 300


def look_around(terminal: Terminal) -> None:
    """Use everything that reads from the store, then quit."""
    terminal.wait_for(activity_title, what="a session's activity")
    shown = activity_title(terminal)
    terminal.press("down")
    terminal.wait_for(lambda t: activity_title(t) not in ("", shown), what="the next activity")
    terminal.press("tab", "up", "enter")
    terminal.wait_for(lambda t: "back" in t.lines()[-1], what="one event in full")
    terminal.press("escape")
    terminal.wait_for_text("Sessions 1-")
    terminal.press("i")
    terminal.wait_for_text("journal")
    terminal.press("escape")
    terminal.wait_for_text("Sessions 1-")
    terminal.press("a")
    terminal.wait_for_text("Tools · all")
    terminal.press("q")
    assert terminal.wait() == 0


def activity_title(terminal: Terminal) -> str:
    """Whose activity the tree shows, or nothing before it has lines."""
    found = re.search(r"Activity · (\S+) · [0-9,-]+ of", terminal.text())
    return "" if found is None else found[1]


def journal_mode_set(path: Path, mode: str) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute(f"PRAGMA journal_mode = {mode}").fetchone() == (mode,)
    connection.close()


@pytest.mark.parametrize(
    ("name", "journal"),
    [
        *((name, "wal") for name in STORES),
        ("heist-audit.db", "delete"),
        ("htmlgraph-0.26.1.db", "delete"),
    ],
)
def test_nothing_is_left_behind(home: Home, name: str, journal: str) -> None:
    path = home.sample(name)
    journal_mode_set(path, journal)
    before = fingerprint(path.parent)
    assert list(before) == [name]
    status = path.stat()
    with home.open(path) as terminal:
        look_around(terminal)
    assert fingerprint(path.parent) == before
    assert path.stat().st_mtime_ns == status.st_mtime_ns


@pytest.mark.parametrize("number", [9, 15], ids=["SIGKILL", "SIGTERM"])
def test_nothing_is_left_behind_by_a_sudden_end(home: Home, number: int) -> None:
    path = home.sample("htmlgraph-0.35.0.db")
    journal_mode_set(path, "wal")
    before = fingerprint(path.parent)
    with home.open(path) as terminal:
        terminal.process.send_signal(number)
        terminal.process.wait()
    assert fingerprint(path.parent) == before


@pytest.mark.parametrize(
    ("dialect", "journal"),
    [
        ("canonical", "wal"),
        ("canonical", "delete"),
        ("heist-audit", "delete"),
        ("htmlgraph-0.35", "wal"),
    ],
)
def test_every_event_of_a_live_writer_is_counted(
    home: Home, dialect: str, journal: Journal
) -> None:
    path = home.folder / "stores" / "live.db"
    LiveWriter(path, dialect, count=3, journal=journal).run()
    with home.open(path) as terminal:
        terminal.wait_for_text("3 events")
        writer = start_live_writer(path, dialect, rate=RATE, count=COUNT, journal=journal)
        assert writer.stdout is not None
        with writer.stdout as lines:
            commits = list(read_commits(lines))
        assert writer.wait(PATIENCE) == 0
        assert [commit.id for commit in commits] == [
            f"live-{number:06d}" for number in range(3, COUNT + 3)
        ]
        terminal.wait_for(
            lambda t: f"{COUNT + 3} events" in t.lines()[0], what="all events counted"
        )
        terminal.press("q")
        assert terminal.wait() == 0
    beside = {"live.db"}
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert {file.name for file in path.parent.iterdir()} == beside


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_events_that_change_in_place_end_on_screen(home: Home, journal: Journal) -> None:
    path = home.folder / "stores" / "live.db"
    LiveWriter(path, count=3, journal=journal).run()
    with home.open(path) as terminal:
        writer = start_live_writer(
            path, rate=RATE, count=100, journal=journal, update_in_place=True
        )
        writer.communicate(timeout=PATIENCE)
        assert writer.returncode == 0
        terminal.wait_for(lambda t: "103 events" in t.lines()[0] and "100.0 % ok" in t.lines()[0])
        terminal.wait_for(
            lambda t: any("✓" in line and "live-000102" in line for line in t.lines()),
            what="the last event's end",
        )
