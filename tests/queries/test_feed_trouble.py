"""A feed says what is wrong with a store, keeps what it knew, and recovers by itself."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from queries.feed import Feed
from queries.models import StoreState
from queries.reading.connection import Change
from queries.store import Store
from tests.queries.feeding import Clock, begun, count_all, snap, total
from tests.queries.files import filled, kill_writer, settle
from tests.stores import canonical_store, heist_audit_store

# -- another file ---------------------------------------------------------------------------------


def test_a_file_replaced_by_rename(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    filled(tmp_path / "b.db", 9).rename(path)
    snapshot = snap(feed)
    assert (snapshot.state, snapshot.epoch, total(snapshot)) == (StoreState.LIVE, 2, 9)
    assert snapshot.arrived == ()
    assert feed.poll() is None
    feed.close()


def test_a_file_replaced_by_one_of_another_dialect(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    with heist_audit_store(tmp_path / "b.db") as other:
        other.add_session("h")
        other.add_message("h")
    (tmp_path / "b.db").rename(path)
    snapshot = snap(feed)
    assert snapshot.info is not None
    assert (snapshot.info.dialect, snapshot.epoch, total(snapshot)) == ("heist-audit", 2, 1)
    assert [row.id for row in snapshot.sessions] == ["h"]
    feed.close()


def test_a_file_that_is_overwritten_in_place(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    with canonical_store(tmp_path / "b.db") as other:
        for number in range(5):
            other.add_event("other", id=f"x{number}")
    feed = begun(path, clock)
    clock.now += 10
    path.write_bytes((tmp_path / "b.db").read_bytes())
    snapshot = snap(feed)
    assert (snapshot.epoch, total(snapshot)) == (2, 5)
    assert [row.id for row in snapshot.sessions] == ["other"]
    feed.close()


def test_a_wal_store_that_is_overwritten_in_place(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5, "wal")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="new")
        feed = begun(path, clock)
        assert total(snap(feed)) == 6
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink()
    path.write_bytes(filled(tmp_path / "b.db", 3).read_bytes())
    clock.now += 10
    assert (total(snap(feed)), snap(feed).state) == (3, StoreState.LIVE)
    feed.close()


def test_a_file_overwritten_by_one_with_as_many_commits(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    settle(path)
    other = path.read_bytes().replace(b"e3", b"x3")
    feed = begun(path, clock)
    clock.now += 10
    path.write_bytes(other)
    snap(feed)
    assert [event.id for event in feed.store.events_between(0, 3, 4, 1)] == ["x3"]  # type: ignore[union-attr]  # it is open
    assert total(snap(feed)) == 5
    feed.close()


def test_a_writer_that_dies_while_we_have_the_store_open(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    with Store(path) as store:
        feed = begun(path, clock)
        kill_writer(path, committed=False)
        assert len(store.events_between(0, 0, 100, 100)) == 5
        assert store.info.opened_as.startswith("private copy: a writer died")
        assert (total(snap(feed)), snap(feed).state) == (5, StoreState.LIVE)
        with canonical_store(path) as writer:
            writer.add_event("s1", id="after")
        assert [store.change(), store.change()] == [Change.DATA, Change.REOPEN]
        assert total(snap(feed)) == 6
        feed.close()


def test_a_file_deleted_and_made_anew(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    path.unlink()
    gone = snap(feed)
    assert (gone.state, gone.message) == (StoreState.GONE, f"{path}: no such file.")
    assert total(gone) == 5
    assert [row.id for row in gone.sessions] == ["s1"]
    assert feed.poll() is None
    feed.backfill(0.01)
    # On many file systems the new file gets the number of the old one.
    with canonical_store(path) as other:
        for number in range(7):
            other.add_event("other", id=f"x{number}")
    back = snap(feed)
    assert (back.state, back.message, back.epoch, total(back)) == (StoreState.LIVE, "", 2, 7)
    assert [row.id for row in back.sessions] == ["other"]
    feed.close()


def test_a_file_that_is_gone_is_let_go(tmp_path: Path, clock: Clock) -> None:
    """Else its place on the disk stays taken until the program ends."""
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    assert feed.store is not None
    path.unlink()
    assert snap(feed).state is StoreState.GONE
    assert feed.store is None
    feed.close()


def test_a_file_that_was_away_for_a_while(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    path.rename(tmp_path / "away.db")
    assert snap(feed).state is StoreState.GONE
    (tmp_path / "away.db").rename(path)
    back = snap(feed)
    assert (back.state, back.epoch, total(back)) == (StoreState.LIVE, 1, 5)
    with canonical_store(path) as writer:
        writer.add_event("s1", id="new")
    assert [event.id for event in snap(feed).arrived] == ["new"]
    feed.close()


def test_a_store_that_is_not_there_yet(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "a.db"
    feed = Feed(path, clock=clock)
    assert snap(feed).state is StoreState.GONE
    path.touch()
    assert "is empty" in snap(feed).message
    sqlite3.connect(path).execute("CREATE TABLE other (a)").connection.close()
    waiting = snap(feed)
    assert (waiting.state, waiting.epoch) == (StoreState.UNREADABLE, 0)
    assert "none of the known schemas" in waiting.message
    path.unlink()
    filled(path, 3)
    assert (snap(feed).epoch, total(snap(feed))) == (1, 3)
    feed.close()


@pytest.mark.parametrize("kept", [0, 50, 5000])
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_file_that_is_truncated(tmp_path: Path, clock: Clock, kept: int, journal: str) -> None:
    path = filled(tmp_path / "a.db", 500, "wal" if journal == "wal" else "delete")
    settle(path)
    whole = path.read_bytes()
    feed = begun(path, clock)
    os.truncate(path, kept)
    broken = snap(feed)
    assert broken.state is StoreState.UNREADABLE
    assert broken.message.startswith(str(path))
    assert total(broken) == 500
    assert snap(feed).state is StoreState.UNREADABLE
    path.write_bytes(whole)
    back = snap(feed)
    assert (back.state, back.message, back.epoch, total(back)) == (StoreState.LIVE, "", 1, 500)
    feed.close()


@pytest.mark.parametrize(
    "alter",
    [
        "ALTER TABLE event ADD COLUMN more TEXT",
        "CREATE INDEX more ON event (agent)",
        "VACUUM",
    ],
)
def test_a_schema_that_changes(tmp_path: Path, clock: Clock, alter: str) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        writer.connection.execute(alter)
        snapshot = snap(feed)
        assert (snapshot.state, snapshot.epoch, total(snapshot)) == (StoreState.LIVE, 2, 5)
        writer.add_event("s1", id="new")
        assert [event.id for event in snap(feed).arrived] == ["new"]
        assert total(snap(feed)) == 6
    feed.close()


def test_a_table_that_is_dropped_and_made_again(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        sql = writer.connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'event'"
        ).fetchall()[0][0]
        writer.connection.execute("DROP TABLE event")
        assert snap(feed).state is StoreState.UNREADABLE
        writer.connection.execute(sql)
        snapshot = snap(feed)
        assert (snapshot.state, snapshot.epoch, total(snapshot)) == (StoreState.LIVE, 2, 0)
    feed.close()


# -- locks ----------------------------------------------------------------------------------------


def test_a_locked_store_shows_what_was_known(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        writer.connection.execute("BEGIN EXCLUSIVE")
        writer.add_event("s1", id="new")
        locked = snap(feed)
        assert (locked.state, total(locked), locked.epoch) == (StoreState.LOCKED, 5, 1)
        assert locked.message == f"{path}: is locked by a writer."
        assert feed.poll() is None
        writer.connection.execute("COMMIT")
        back = snap(feed)
    assert (back.state, back.message, total(back), back.epoch) == (StoreState.LIVE, "", 6, 1)
    assert [event.id for event in back.arrived] == ["new"]
    feed.close()


def test_a_store_that_is_locked_from_the_start(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    with canonical_store(path) as writer:
        writer.connection.execute("BEGIN EXCLUSIVE")
        feed = Feed(path, clock=clock)
        locked = snap(feed)
        assert (locked.state, locked.sessions, locked.epoch) == (StoreState.LOCKED, (), 0)
        writer.connection.execute("ROLLBACK")
    assert (snap(feed).state, total(snap(feed)), snap(feed).epoch) == (StoreState.LIVE, 5, 1)
    feed.close()


def test_a_lock_while_the_past_is_counted(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5000)
    feed = Feed(path, clock=clock)
    snap(feed)
    with canonical_store(path) as writer:
        writer.connection.execute("BEGIN EXCLUSIVE")
        feed.backfill(1.0)
        assert feed.counting
        writer.connection.execute("ROLLBACK")
    count_all(feed)
    assert total(snap(feed)) == 5000
    feed.close()


def test_a_clock_that_is_put_back_keeps_nothing_waiting(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    feed = begun(path, clock)
    clock.now -= 7200
    with canonical_store(path) as writer:
        writer.connection.execute("DELETE FROM event WHERE id = 'e4'")
        assert total(snap(feed)) == 4
    feed.close()
