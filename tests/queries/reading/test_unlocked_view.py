"""A store that nobody had open is read without locks, until a writer comes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from queries.opening.files import StoreBusyError
from queries.reading.connection import Change
from queries.store import Store
from tests.queries.files import filled, folder, ids, settle
from tests.stores import canonical_store


def test_an_unlocked_view_is_given_up_when_a_writer_appears(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    settle(path)
    with Store(path) as store:
        assert store.change() is Change.NONE
        with canonical_store(path, "wal") as writer:
            writer.connection.execute("SELECT * FROM event").fetchall()
            assert store.change() is Change.REOPEN
            assert store.change() is Change.REOPEN
            with Store(path) as again:
                assert again.info.opened_as == "read-only"


def test_a_writer_that_came_and_went_between_two_looks_is_noticed(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    settle(path)
    with Store(path) as store:
        assert len(ids(store)) == 5
        with canonical_store(path, "wal") as writer:
            writer.add_event("s1", id="late")
        assert set(folder(path)) == {"a.db"}
        assert store.change() is Change.REOPEN
        with Store(path) as again:
            assert ids(again)[-1] == "late"


def test_a_write_in_the_very_instant_of_opening_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    written = path.stat().st_mtime_ns
    with Store(path) as store:
        with canonical_store(path, "wal") as writer:
            writer.update("event", "id", "e0", summary="changed")
        # As a file system with a coarse clock would have it.
        os.utime(path, ns=(written, written))
        monkeypatch.setattr(time, "time_ns", lambda: written + 10**9)
        assert store.change() is Change.REOPEN
    with Store(path) as again:
        assert again.change() is Change.NONE
        assert again.change() is Change.NONE


def overwrite(path: Path) -> None:
    """What a writer does that comes, changes every page and goes."""
    with canonical_store(path, "wal") as writer, writer.batch():
        writer.connection.execute("UPDATE event SET summary = 'changed'")
        for number in range(500):
            writer.add_event("s1", id=f"late-{number}")


def come_and_stay(path: Path) -> None:
    writer = canonical_store(path, "wal")
    writer.add_event("s1", id="late")
    STAYING.append(writer.connection)


STAYING: list[sqlite3.Connection] = []


@pytest.mark.parametrize("come", [overwrite, come_and_stay])
def test_a_query_never_sees_half_of_what_is_written(
    tmp_path: Path, come: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db", 300, journal="wal")
    settle(path)
    # All of it happens in one instant; a look after that instant would open the file again.
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    with Store(path) as store:
        assert len(ids(store)) == 300
        come(path)
        found = ids(store)
        assert found[-1].startswith("late")
        assert {event.summary for event in store.events_between(0, 0, 300, 300)} == (
            {"changed"} if come is overwrite else {"summary"}
        )
        assert store.change() is Change.DATA
        assert store.change() is Change.NONE
    while STAYING:
        STAYING.pop().close()
    assert set(folder(path)) <= {"a.db", "a.db-wal", "a.db-shm"}


def test_a_schema_that_changed_in_the_middle_is_another_store(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    settle(path)
    with Store(path) as store:
        with canonical_store(path, "wal") as writer:
            writer.connection.execute("ALTER TABLE event ADD COLUMN more TEXT")
        assert len(ids(store)) == 5
        assert store.change() is Change.REPLACED


def test_a_lock_in_the_middle_is_waited_out_later(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    settle(path)
    writer = sqlite3.connect(path, isolation_level=None)
    with Store(path) as store:
        writer.execute("PRAGMA journal_mode = DELETE").fetchall()
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("UPDATE event SET summary = 'changed'")
        with pytest.raises(StoreBusyError):
            ids(store)
        with pytest.raises(StoreBusyError):
            ids(store)
        writer.execute("COMMIT")
        assert len(ids(store)) == 5
        assert store.events_between(0, 0, 9, 1)[0].summary == "changed"
        assert store.info.opened_as == "read-only"
    writer.close()


def test_a_replacement_is_not_mixed_with_what_was_open(tmp_path: Path) -> None:
    path, other = filled(tmp_path / "a.db", journal="wal"), filled(tmp_path / "b.db", 9)
    settle(path)
    with Store(path) as store:
        other.rename(path)
        assert len(ids(store)) == 5
        assert store.change() is Change.REPLACED


def test_a_private_copy_is_made_anew_when_its_origin_changes(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="late")
        shutil.copyfile(path, tmp_path / "copied.db")
        shutil.copyfile(f"{path}-wal", tmp_path / "copied.db-wal")
    moved = tmp_path / "copied.db"
    settle(moved)
    settle(tmp_path / "copied.db-wal")
    with Store(moved) as store:
        assert store.info.opened_as.startswith("private copy")
        assert ids(store)[-1] == "late"
        assert store.change() is Change.NONE
        with canonical_store(moved, "wal"):
            assert store.change() is Change.REOPEN
