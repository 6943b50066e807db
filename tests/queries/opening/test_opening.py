"""How files are opened, whatever state they are in, and what is left beside them: nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from queries.opening import files as opening
from queries.opening.files import StoreBusyError, StoreGoneError, examine, open_readonly, signature
from queries.store import Store
from tests.queries.files import as_nobody, count_and_how, filled, folder, ids, kill_writer, settle
from tests.stores import Journal, canonical_store

# -- readable ---------------------------------------------------------------------------------


def test_a_rollback_store_is_read_only(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    before = folder(path)
    with Store(path) as store:
        assert len(ids(store)) == 5
        assert store.info.opened_as == "read-only"
    assert folder(path) == before


def test_a_wal_store_that_nobody_has_open_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    before = folder(path)
    assert list(before) == ["a.db"]
    with Store(path) as store:
        assert len(ids(store)) == 5
        assert store.info.opened_as.startswith("immutable")
        assert folder(path) == before
    assert folder(path) == before


def test_an_empty_wal_without_an_index_leaves_nothing_more(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    (tmp_path / "a.db-wal").touch()
    before = folder(path)
    with Store(path) as store:
        assert len(ids(store)) == 5
    assert folder(path) == before


def test_an_index_left_without_a_wal_is_no_reason_to_make_one(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    (tmp_path / "a.db-shm").write_bytes(bytes(32768))
    before = folder(path)
    with Store(path) as store:
        assert len(ids(store)) == 5
        assert store.info.opened_as.startswith("immutable")
    assert folder(path) == before


def test_commits_that_are_only_in_the_wal_of_a_live_writer_are_seen(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="late")
        before = folder(path)
        assert set(before) == {"a.db", "a.db-wal", "a.db-shm"}
        with Store(path) as store:
            assert ids(store)[-1] == "late"
            assert store.info.opened_as == "read-only"
        after = folder(path)
        assert after["a.db"] == before["a.db"]
        assert after["a.db-wal"] == before["a.db-wal"]
    assert set(folder(path)) == {"a.db"}


def test_the_wal_of_a_killed_writer_is_read(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    kill_writer(path, committed=True)
    before = folder(path)
    assert {"a.db-wal", "a.db-shm"} < set(before)
    with Store(path) as store:
        assert ids(store)[-3:] == ["late-0", "late-1", "late-2"]
    after = folder(path)
    assert set(after) == set(before)
    assert after["a.db"] == before["a.db"]
    assert after["a.db-wal"] == before["a.db-wal"]


def test_a_wal_without_its_index_is_read_from_a_private_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(copies))
    path = filled(tmp_path / "a.db", journal="wal")
    kill_writer(path, committed=True)
    (tmp_path / "a.db-shm").unlink()
    before = folder(path)
    with Store(path) as store:
        assert ids(store)[-1] == "late-2"
        assert store.info.opened_as.startswith("private copy")
        (copy,) = copies.iterdir()
        assert copy.stat().st_mode & 0o77 == 0
    assert not list(copies.iterdir())
    assert folder(path) == before


def test_a_big_wal_without_its_index_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "COPY_LIMIT", 100)
    path = filled(tmp_path / "a.db", journal="wal")
    kill_writer(path, committed=True)
    (tmp_path / "a.db-shm").unlink()
    with Store(path) as store:
        assert ids(store)[-1] == "late-2"
        assert store.info.opened_as == "read-only"


def test_the_hot_journal_of_a_killed_writer_is_rolled_back_in_a_copy(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    kill_writer(path, committed=False)
    before = folder(path)
    assert "a.db-journal" in before
    with Store(path) as store:
        assert ids(store) == [f"e{number}" for number in range(5)]
        assert store.events_between(0, 0, 99, 9)[0].summary == "summary"
        assert store.info.opened_as.startswith("private copy: a writer died")
    assert folder(path) == before


def test_a_folder_that_cannot_be_written(shared: Path) -> None:
    path = filled(shared / "a.db", journal="wal")
    shared.chmod(0o555)
    assert as_nobody(lambda: count_and_how(path)).startswith("5 immutable: ")
    assert set(folder(path)) == {"a.db"}


def test_a_folder_that_cannot_be_written_with_a_rollback_store(shared: Path) -> None:
    path = filled(shared / "a.db")
    shared.chmod(0o555)
    assert as_nobody(lambda: count_and_how(path)) == "5 read-only"


def test_a_folder_that_cannot_be_written_with_a_pending_wal(shared: Path) -> None:
    path = filled(shared / "a.db", journal="wal")
    kill_writer(path, committed=True)
    (shared / "a.db-shm").unlink()
    for name in ("a.db", "a.db-wal"):
        (shared / name).chmod(0o444)
    shared.chmod(0o555)
    before = folder(path)
    assert as_nobody(lambda: count_and_how(path)).startswith("8 private copy: ")
    assert folder(path) == before


def test_a_folder_that_cannot_be_written_with_the_files_of_another_users_writer(
    shared: Path,
) -> None:
    path = filled(shared / "a.db", journal="wal")
    kill_writer(path, committed=True)
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        (shared / name).chmod(0o644)
    shared.chmod(0o555)
    before = folder(path)
    assert as_nobody(lambda: count_and_how(path)).startswith("8 ")
    assert folder(path) == before


def test_a_big_wal_in_a_folder_that_cannot_be_written_is_copied_all_the_same(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "COPY_LIMIT", 100)
    path = filled(shared / "a.db", journal="wal")
    kill_writer(path, committed=True)
    (shared / "a.db-shm").unlink()
    shared.chmod(0o555)
    assert as_nobody(lambda: count_and_how(path)).startswith("8 private copy: its folder")


def test_a_link_to_a_wal_store_with_a_live_writer(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    path = filled(real / "a.db", journal="wal")
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="late")
        with Store(link) as store:
            assert ids(store)[-1] == "late"
            assert store.info.opened_as == "read-only"
        assert signature(link).wal_size == (real / "a.db-wal").stat().st_size
    with Store(link) as store:
        assert store.info.opened_as.startswith("immutable")
    assert {found.name for found in tmp_path.iterdir()} == {"real", "link.db"}


@pytest.mark.parametrize(
    "name",
    ["a?mode=rwc.db", "a#b.db", "100%41.db", "with blanks.db", "日本語 ü.db", "a'b\"c;.db",
     "file:x.db", "new\nline.db", os.fsdecode(b"not-utf8-\xff.db")],
)  # fmt: skip
def test_paths_are_taken_literally(tmp_path: Path, name: str) -> None:
    made = filled(tmp_path / "plain.db", journal="wal")
    path = tmp_path / name
    made.rename(path)
    with Store(path) as store:
        assert len(ids(store)) == 5
        assert "\n" not in store.info.path
        store.info.path.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "a.db")
    monkeypatch.chdir(tmp_path)
    assert count_and_how(Path("a.db")) == "5 read-only"


# -- locked -----------------------------------------------------------------------------------


def test_a_writer_that_locks_everybody_out(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusyError, match=r"is locked by a writer\.$"):
        Store(path)
    writer.execute("ROLLBACK")
    assert count_and_how(path) == "5 read-only"
    writer.close()


def test_a_wal_writer_in_exclusive_locking_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    writer.execute("UPDATE event SET summary = 'changed'")
    assert set(folder(path)) == {"a.db", "a.db-wal"}
    with Store(path) as store:
        assert {event.summary for event in store.events_between(0, 0, 99, 99)} == {"changed"}
        assert store.info.opened_as.startswith("private copy")
    assert set(folder(path)) == {"a.db", "a.db-wal"}
    monkeypatch.setattr(opening, "COPY_LIMIT", 100)
    with pytest.raises(StoreBusyError):
        Store(path)
    writer.close()


def test_a_writer_with_a_reserved_lock_or_in_an_exclusive_transaction_of_wal(
    tmp_path: Path,
) -> None:
    path = filled(tmp_path / "a.db")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE session SET title = 'x'")
    assert count_and_how(path) == "5 read-only"
    writer.close()
    path = filled(tmp_path / "b.db", journal="wal")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("UPDATE session SET title = 'x'")
    assert count_and_how(path) == "5 read-only"
    writer.close()


# -- parts ------------------------------------------------------------------------------------


def test_the_signature_tells_what_changed(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    quiet = signature(path)
    assert (quiet.wal_size, quiet.has_shm) == (-1, False)
    assert signature(path) == quiet
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1")
        busy = signature(path)
        assert busy.wal_size > 0
        assert busy.has_shm
        assert busy.file == quiet.file
        writer.add_event("s1")
        assert signature(path) != busy
    assert signature(path) != quiet
    path.unlink()
    with pytest.raises(StoreGoneError):
        signature(path)


def test_examining_a_file_does_not_drop_the_locks_of_this_process(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    for _ in range(3):
        examine(path)
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=0)\n"
        "try: c.execute('SELECT * FROM session').fetchall()\n"
        "except sqlite3.OperationalError: print('locked')\n"
    )
    said = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert said.stdout == "locked\n"
    writer.close()


def test_a_file_that_changes_while_it_is_copied_is_not_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db")
    kill_writer(path, committed=False)
    copy = shutil.copyfile

    def copy_beside_a_writer(source: str, target: str) -> str:
        done = str(copy(source, target))
        with open(path, "ab") as file:
            file.write(b"x")
        return done

    monkeypatch.setattr(shutil, "copyfile", copy_beside_a_writer)
    with pytest.raises(StoreBusyError):
        open_readonly(path)


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_the_journal_mode_is_that_of_the_file(tmp_path: Path, journal: Journal) -> None:
    path = filled(tmp_path / "a.db", 5, journal)
    settle(path)
    with Store(path) as store:
        assert store.info.opened_as.startswith("immutable" if journal == "wal" else "read-only")
        assert store.info.journal_mode == journal
