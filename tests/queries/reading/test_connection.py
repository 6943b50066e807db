"""One connection: guarded, bounded, told when the file changed."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from queries.opening import files as opening
from queries.opening.files import QueryStoppedError, StoreBusyError, StoreError, StoreGoneError
from queries.reading import bounded_queries, connection
from queries.reading.connection import Change
from queries.store import Store
from tests.queries.files import filled, folder, ids
from tests.stores import RawText, canonical_store

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


# -- guard rails ------------------------------------------------------------------------------


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO session (id) VALUES ('x')",
        "UPDATE session SET id = 'x'",
        "DELETE FROM session",
        "DROP TABLE session",
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x (a)",
        "ATTACH ':memory:' AS x",
        "ATTACH '{path}.new' AS x",
        "VACUUM",
        "VACUUM INTO '{path}.new'",
        "REINDEX",
        "ANALYZE",
        "BEGIN IMMEDIATE",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA journal_mode = WAL",
        "PRAGMA user_version = 7",
        "PRAGMA schema_version = 7",
        "PRAGMA query_only = 0",
        "PRAGMA writable_schema = 1",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA mmap_size = 1000000",
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA page_size = 512",
        "SELECT load_extension('x')",
    ],
)
def test_nothing_can_be_written(tmp_path: Path, journal: str, sql: str) -> None:
    path = filled(tmp_path / "a.db", journal="wal" if journal == "wal" else "delete")
    before = folder(path)
    with Store(path) as store:
        with pytest.raises(StoreError):
            store.query(sql.format(path=path))
        assert store.query("SELECT count(*) FROM event") == [(5,)]
    assert folder(path) == before


def test_harmless_questions_are_allowed(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        assert store.query("PRAGMA table_info(session)")[0][1] == "id"
        assert store.query("PRAGMA journal_mode") == [("delete",)]
        assert store.query("PRAGMA quick_check(1)") == [("ok",)]
        assert store.query("WITH x AS (SELECT upper(id) AS i FROM event) SELECT max(i) FROM x") == [
            ("E4",)
        ]


def test_wrong_sql_is_one_sentence(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        with pytest.raises(StoreError, match=r"cannot be read \(no such table: absent\)\.$"):
            store.query("SELECT * FROM absent")
        with pytest.raises(StoreError):
            store.query("SELECT ?", (2**70,))
        with pytest.raises(StoreError):
            store.query("SELECT ?", ("\udcff",))
        with pytest.raises(StoreError):
            store.query("SELECT ?", (object(),))


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(filled(tmp_path / "a.db"))
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.query("SELECT 1")


def test_broken_text_is_read_without_losing_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        writer.add_event(summary=RawText(b"a\xffb"))
        writer.add_event(summary="whole ü")
    with Store(path) as store:
        assert store.query("SELECT summary FROM event ORDER BY seq") == [
            ("a\udcffb",),
            ("whole ü",),
        ]


# -- bounded ----------------------------------------------------------------------------------


class Time:
    """A clock that moves only when it is looked at, or slept by."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 0.0
        self.step = step
        self.looks = 0
        self.slept = 0.0
        self.busy = threading.Event()
        """Set once somebody has been working, or waiting, for a while."""

    def monotonic(self) -> float:
        self.now += self.step
        self.looks += 1
        if self.looks > 20:
            self.busy.set()
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds
        self.busy.set()

    time_ns = staticmethod(time.time_ns)


@pytest.fixture
def stepping(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The clock of connections from now on."""
    clock = Time()
    monkeypatch.setattr(bounded_queries, "time", clock)
    monkeypatch.setattr(connection, "time", clock)
    return clock


def stop_when_busy(store: Store, clock: Time) -> threading.Thread:
    """Stop what another thread is going to be busy with."""
    # Opening the store took looks at the clock, too.
    clock.looks = 0
    clock.busy.clear()

    def stop() -> None:
        clock.busy.wait()
        store.interrupt()

    thread = threading.Thread(target=stop, daemon=True)
    thread.start()
    return thread


def test_a_query_ends_at_its_deadline(tmp_path: Path, stepping: Time) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        stepping.step = 0.01
        looks = stepping.looks
        with pytest.raises(QueryStoppedError):
            store.query(FOREVER, deadline=0.05)
        assert stepping.looks - looks < 20
        assert store.query("SELECT 1") == [(1,)]


def test_who_may_wait_longer_says_so(tmp_path: Path, stepping: Time) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        stepping.step = 0.01
        for patience in (0.05, 0.5):
            store.patience, begun = patience, stepping.now
            with pytest.raises(QueryStoppedError):
                store.query(FOREVER)
            assert patience <= stepping.now - begun < patience + 0.1


def test_a_query_is_stopped_from_another_thread(tmp_path: Path, stepping: Time) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        thread = stop_when_busy(store, stepping)
        with pytest.raises(QueryStoppedError):
            store.query(FOREVER, deadline=20)
        assert stepping.now == 0.0, "not the deadline stopped it"
        thread.join()
        assert store.query("SELECT 1") == [(1,)]


def test_waiting_for_a_lock_is_stopped_from_another_thread(
    tmp_path: Path, stepping: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db")
    writer = sqlite3.connect(path, isolation_level=None)
    with Store(path) as store:
        monkeypatch.setattr(opening, "LOCK_PATIENCE", float("inf"))
        writer.execute("BEGIN EXCLUSIVE")
        thread = stop_when_busy(store, stepping)
        with pytest.raises(QueryStoppedError):
            store.query("SELECT count(*) FROM event")
        thread.join()
    writer.close()


def test_stopping_nothing_stops_nothing(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        store.interrupt()
        assert store.query("SELECT 1") == [(1,)]
    store.interrupt()


def test_a_locked_store_is_given_up_after_a_tenth_of_a_second(
    tmp_path: Path, stepping: Time
) -> None:
    path = filled(tmp_path / "a.db")
    writer = sqlite3.connect(path, isolation_level=None)
    with Store(path) as store:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError):
            store.query("SELECT count(*) FROM event")
        assert stepping.slept == pytest.approx(0.1, abs=0.002)
        writer.execute("ROLLBACK")
        assert store.query("SELECT count(*) FROM event") == [(5,)]
    writer.close()


def test_a_short_lock_is_waited_for(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with Store(path) as store:
        writer.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(0.02, writer.execute, ("ROLLBACK",))
        release.start()
        assert store.query("SELECT count(*) FROM event") == [(5,)]
        release.join()
    writer.close()


def test_every_statement_is_counted(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        before = store.statements
        store.query("SELECT 1")
        store.query("SELECT 2")
        assert store.statements == before + 2


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_no_lock_outlives_a_query(tmp_path: Path, journal: str) -> None:
    path = filled(tmp_path / "a.db", 3000, journal="wal" if journal == "wal" else "delete")
    with canonical_store(path, "wal" if journal == "wal" else "delete") as writer:
        writer.add_event("s1")
        with Store(path) as store:
            store.events_between(0, 0, 2**62, 10)
            store.session_page(0, "s1", limit=10)
            with pytest.raises(QueryStoppedError):
                store.query(FOREVER.replace("FROM n)", "FROM n, event)"), deadline=0.01)
            writer.add_event("s1")
            if journal == "wal":
                busy, log, done = writer.connection.execute(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                ).fetchall()[0]
                assert (busy, log, done) == (0, 0, 0)


# -- changes ----------------------------------------------------------------------------------


def test_nothing_changed_is_one_statement(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db")) as store:
        before = store.statements
        assert [store.change() for _ in range(3)] == [Change.NONE] * 3
        assert store.statements == before + 3


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_commit_is_noticed_once(tmp_path: Path, journal: str) -> None:
    path = filled(tmp_path / "a.db")
    with canonical_store(path, "wal" if journal == "wal" else "delete") as writer:
        writer.add_event("s1")
        with Store(path) as store:
            assert store.change() is Change.NONE
            writer.add_event("s1", id="late")
            assert store.change() is Change.DATA
            assert ids(store)[-1] == "late"
            assert store.change() is Change.NONE


@pytest.mark.parametrize(
    "alter",
    [
        "ALTER TABLE event ADD COLUMN more TEXT",
        "CREATE TABLE other (a)",
        "CREATE INDEX other ON event (agent)",
        "VACUUM",
        "DROP TABLE event_text",
    ],
)
def test_another_schema_is_another_store(tmp_path: Path, alter: str) -> None:
    path = filled(tmp_path / "a.db")
    with canonical_store(path) as writer, Store(path) as store:
        writer.connection.execute(alter)
        assert store.change() is Change.REPLACED
        assert store.change() is Change.REPLACED


def test_a_file_replaced_by_rename(tmp_path: Path) -> None:
    path, other = filled(tmp_path / "a.db"), filled(tmp_path / "b.db", 9)
    with Store(path) as store:
        other.rename(path)
        assert len(ids(store)) == 5
        assert store.change() is Change.REPLACED
        assert store.change() is Change.REPLACED


def test_a_link_that_leads_elsewhere_now(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(filled(tmp_path / "a.db"))
    filled(tmp_path / "b.db")
    with Store(link) as store:
        assert store.change() is Change.NONE
        link.unlink()
        link.symlink_to(tmp_path / "b.db")
        assert store.change() is Change.REPLACED


def test_a_deleted_file_is_gone_but_can_still_be_read(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    with Store(path) as store:
        path.unlink()
        with pytest.raises(StoreGoneError):
            store.change()
        assert len(ids(store)) == 5
