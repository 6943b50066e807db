"""The store is turned upside down while it is open: the screen follows, and counts once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.numbers import PATIENCE, listed, one_number, quit_and_restore, wait_for_bar
from tests.process.program import Home, wait_for_all_panes
from tests.process.terminal import Terminal
from tests.queries.files import filled
from tests.stores import canonical_store, heist_audit_store, htmlgraph_store

pytestmark = [pytest.mark.faults, pytest.mark.process]

EVENTS = 200


def statements(*sql: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        for statement in sql:
            connection.execute(statement).fetchall()
        connection.close()

    return run


def table_rebuilt(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    find = "SELECT sql FROM sqlite_master WHERE name = 'event'"
    sql = connection.execute(find).fetchall()[0][0]
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(sql.replace("event", "event_new", 1))
    connection.execute("INSERT INTO event_new SELECT * FROM event ORDER BY id DESC")
    connection.execute("DROP TABLE event")
    connection.execute("ALTER TABLE event_new RENAME TO event")
    connection.execute("COMMIT")
    connection.close()


def copied_and_swapped(path: Path) -> None:
    fresh = path.with_name("fresh.db")
    connection = sqlite3.connect(path, timeout=30)
    connection.execute(f"VACUUM INTO '{fresh}'")
    connection.close()
    with canonical_store(fresh) as store:
        store.add_event("s1", id="in the fresh one")
    forget_wal(path)
    fresh.rename(path)


def forget_wal(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def replaced_by_rename(path: Path) -> None:
    other = filled(path.with_name("other.db"), 77)
    forget_wal(path)
    other.rename(path)


def overwritten(path: Path) -> None:
    other = filled(path.with_name("other.db"), 33)
    forget_wal(path)
    shutil.copyfile(other, path)
    other.unlink()


def deleted_and_recreated(path: Path) -> None:
    forget_wal(path)
    path.unlink()
    filled(path, 7)


def another_dialect(path: Path) -> None:
    other = path.with_name("other.db")
    with heist_audit_store(other) as store:
        store.add_session("job")
        for number in range(5):
            store.add_message("job", "planner", f"line {number}")
    forget_wal(path)
    other.rename(path)


def migrated_in_place(path: Path) -> None:
    """Another dialect's tables instead of the old ones, in the same file."""
    with htmlgraph_store(path.with_name("other.db"), "0.35") as store:
        schema = [
            sql
            for (sql,) in store.connection.execute(
                "SELECT sql FROM sqlite_master WHERE sql > '' AND name NOT LIKE 'sqlite%'"
                " AND sql NOT LIKE '%VIRTUAL%' AND name NOT LIKE '%_fts_%'"
            )
        ]
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        if not name.startswith("sqlite"):
            connection.execute(f"DROP TABLE {name}")
    for sql in schema:
        connection.execute(sql)
    connection.close()
    path.with_name("other.db").unlink()
    with htmlgraph_store(path, "0.35") as store:
        store.add_session("moved")
        for number in range(4):
            store.add_event("moved", event_id=f"moved-{number}")


UPHEAVALS = {
    "VACUUM": statements("DELETE FROM event WHERE seq % 3 = 0", "VACUUM"),
    "checkpoint TRUNCATE": statements("PRAGMA wal_checkpoint(TRUNCATE)"),
    "column added": statements("ALTER TABLE event ADD COLUMN more TEXT DEFAULT 'x'"),
    "index added": statements("CREATE INDEX more ON event (agent, time)"),
    "rows deleted": statements("DELETE FROM event WHERE seq > 100"),
    "table rebuilt": table_rebuilt,
    "copy and swap": copied_and_swapped,
    "replaced by rename": replaced_by_rename,
    "overwritten in place": overwritten,
    "deleted and recreated": deleted_and_recreated,
    "another dialect": another_dialect,
    "migrated in place": migrated_in_place,
}


@pytest.mark.parametrize("upheaval", UPHEAVALS)
def test_the_screen_follows(home: Home, upheaval: str) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    with canonical_store(path, "wal") as writer, home.open(path, columns=160) as terminal:
        writer.add_event("s1", id="while it is open")
        assert one_number(home, terminal, path) == EVENTS + 1
        if upheaval != "checkpoint TRUNCATE":
            writer.close()
        UPHEAVALS[upheaval](path)
        one_number(home, terminal, path)
        quit_and_restore(terminal)


def test_a_quiet_store_is_left_to_its_writer(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    with home.open(path, columns=160) as terminal:
        with canonical_store(path, "wal") as writer:
            writer.add_event("s1", id="while it is open")
            assert one_number(home, terminal, path) == EVENTS + 1
        connection = sqlite3.connect(path, isolation_level=None, timeout=0)

        def is_alone(_: Terminal) -> bool:
            """Only who is alone with a database may take it out of WAL mode."""
            try:
                return connection.execute("PRAGMA journal_mode = DELETE").fetchall() == [
                    ("delete",)
                ]
            except sqlite3.OperationalError:
                return False

        terminal.wait_for(is_alone, 2 * PATIENCE, "the store to be let go")
        assert listed(path) == ["s.db"]
        connection.execute("INSERT INTO event (id, session_id, kind) VALUES ('more', 's1', 'tool')")
        connection.close()
        assert one_number(home, terminal, path) == EVENTS + 2
        quit_and_restore(terminal)


def test_a_file_that_is_gone_for_a_while(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    with home.open(path, columns=160) as terminal:
        assert one_number(home, terminal, path) == EVENTS
        shown = wait_for_all_panes(terminal)[1:10]
        path.unlink()
        wait_for_bar(terminal, "gone", "no such file")
        assert terminal.lines()[1:10] == shown
        filled(path, 9)
        assert one_number(home, terminal, path) == 9
        quit_and_restore(terminal)


@pytest.mark.parametrize("kept", [0, 3000, 20_000])
def test_a_file_that_is_cut(home: Home, kept: int) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    whole = path.read_bytes()
    with home.open(path, columns=160) as terminal:
        assert one_number(home, terminal, path) == EVENTS
        shown = wait_for_all_panes(terminal)[1:10]
        os.truncate(path, kept)
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 10**9))
        with home.run("doctor", path) as doctor:
            assert doctor.wait() == 2
            assert "Traceback" not in doctor.text()
        assert terminal.lines()[1:10] == shown
        path.write_bytes(whole)
        with canonical_store(path) as writer:
            writer.add_event("s1", id="after")
        assert one_number(home, terminal, path) == EVENTS + 1
        quit_and_restore(terminal)
