"""A mark stays the same as long as nothing is committed, and no longer."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from queries.keeping import store_mark
from queries.keeping.store_mark import StoreMark, mark_of
from tests.queries.kept import pass_a_tick
from tests.stores import CanonicalStore, canonical_store
from tests.stores.base import Journal

JOURNALS: tuple[Journal, ...] = ("delete", "truncate", "persist", "wal")
Change = Callable[[CanonicalStore], object]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was just written is marked as well: the tests pass the ticks of the files' clock."""
    monkeypatch.setattr(store_mark, "SETTLED", 0)


def marked(path: Path) -> StoreMark:
    mark = mark_of(path)
    assert mark is not None
    return mark


def _insert_elsewhere(store: CanonicalStore) -> None:
    store.add_work_item()


def _update(store: CanonicalStore) -> None:
    store.update("event", "id", "e1", state="error")


def _update_to_the_same(store: CanonicalStore) -> None:
    store.update("event", "id", "e1", id="e1")


def _delete(store: CanonicalStore) -> None:
    store.connection.execute("DELETE FROM event WHERE id = 'e1'")


def _there_and_back(store: CanonicalStore) -> None:
    _update(store)
    store.update("event", "id", "e1", state="ok")


def _vacuum(store: CanonicalStore) -> None:
    store.connection.execute("VACUUM")


def _index(store: CanonicalStore) -> None:
    store.connection.execute("CREATE INDEX another ON event (agent)")


CHANGES = (_insert_elsewhere, _update, _update_to_the_same, _delete, _there_and_back, _vacuum,
           _index)  # fmt: skip


@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize("change", CHANGES)
def test_every_commit_makes_another_mark(tmp_path: Path, journal: Journal, change: Change) -> None:
    with canonical_store(tmp_path / "a.db", journal) as store:
        store.add_event(id="e1")
        store.add_event(id="e2")
        before = marked(store.path)
        pass_a_tick(tmp_path)
        change(store)
        assert marked(store.path) != before


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("times", [1, 3])
def test_a_commit_shows_after_the_wal_is_gone(tmp_path: Path, change: Change, times: int) -> None:
    """Page 1 may be the same as before: then only the file's times tell."""
    path = tmp_path / "a.db"
    with canonical_store(path, "wal") as store:
        store.add_event(id="e1")
        store.add_event(id="e2")
    before = marked(path)
    pass_a_tick(tmp_path)
    with canonical_store(path, "wal") as store:
        for _ in range(times if change is _update_to_the_same else 1):
            change(store)
    assert not Path(f"{path}-wal").exists()
    assert marked(path) != before


def test_frames_written_over_others_make_another_mark(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "a.db", "wal") as store:
        store.add_event(id="e1")
        store.update("event", "id", "e1", state="error")
        store.connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
        store.update("event", "id", "e1", state="ok")
        size = os.stat(f"{store.path}-wal").st_size
        before = marked(store.path)
        # The times are not looked at: the frames alone have to tell.
        store.update("event", "id", "e1", state="error")
        after = marked(store.path)
        assert os.stat(f"{store.path}-wal").st_size == size
        assert after.main == before.main
        assert after.wal != before.wal


@pytest.mark.parametrize("journal", JOURNALS)
def test_reading_keeps_the_mark(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path, journal) as store:
        store.add_event()
        before = marked(path)
        other = sqlite3.connect(path)
        assert other.execute("SELECT count(*) FROM event").fetchone() == (1,)
        other.close()
        store.connection.execute("BEGIN")
        store.connection.execute("SELECT count(*) FROM event").fetchall()
        store.connection.execute("ROLLBACK")
        assert marked(path) == before
    closed = marked(path)
    pass_a_tick(tmp_path)
    other = sqlite3.connect(path)
    other.execute("SELECT count(*) FROM event").fetchall()
    assert marked(path) == closed
    other.close()
    assert marked(path) == closed


@pytest.mark.parametrize("journal", ["delete", "truncate", "persist"])
def test_there_is_no_mark_during_a_transaction(tmp_path: Path, journal: Journal) -> None:
    with canonical_store(tmp_path / "a.db", journal) as store:
        store.add_event()
        before = marked(store.path)
        store.connection.execute("PRAGMA cache_size = 1")
        store.connection.execute("BEGIN IMMEDIATE")
        store.add_event(summary="x" * 100_000)
        assert mark_of(store.path) is None
        store.connection.execute("ROLLBACK")
        # Rows were rolled back; pages may have been written to and fro.
        assert mark_of(store.path) is None or marked(store.path).header == before.header


def test_files_just_written_prove_nothing_yet(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "a.db") as store:
        path = store.path
    written = os.stat(path).st_ctime_ns
    with mock.patch.object(store_mark, "SETTLED", 100):
        assert mark_of(path, written + 99) is None
        assert mark_of(path, written - 5) is None
        assert mark_of(path, written + 100) is not None


def test_clocks_of_whole_seconds_take_longer_to_settle() -> None:
    times = ((1, 2, 3, 4_000_000_000, 4_000_000_000), ())
    assert not store_mark._is_settled(times, 5_000_000_000)
    assert store_mark._is_settled(times, 6_500_000_000)


@pytest.mark.parametrize("how", ["replace", "overwrite"])
def test_another_file_has_another_mark(tmp_path: Path, how: str) -> None:
    """Though each byte of its header is the same."""
    path, other = tmp_path / "a.db", tmp_path / "b.db"
    with canonical_store(path) as store:
        store.add_event(summary="first words")
    shutil.copyfile(path, other)
    content = other.read_bytes()
    assert content.count(b"first words") == 1
    content = content.replace(b"first words", b"other words")
    before, status = marked(path), path.stat()
    pass_a_tick(tmp_path)
    if how == "replace":
        other.write_bytes(content)
        os.replace(other, path)
    else:
        with path.open("r+b") as file:
            file.write(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = marked(path)
    assert after.header == before.header
    assert after != before


def test_what_is_no_store_has_no_mark(tmp_path: Path) -> None:
    assert mark_of(tmp_path) is None
    assert mark_of(tmp_path / "absent") is None
    for name, content in (("empty", b""), ("text", b"text" * 100)):
        (tmp_path / name).write_bytes(content)
        assert mark_of(tmp_path / name) is None
    with canonical_store(tmp_path / "a.db") as store:
        path = store.path
    Path(f"{path}-wal").write_bytes(b"not a wal file" * 10)
    assert mark_of(path) is None
    Path(f"{path}-wal").write_bytes(b"7")
    assert mark_of(path) is None


def test_a_link_has_the_mark_of_its_file(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "a.db", "wal") as store:
        store.add_event()
        (tmp_path / "link").symlink_to(store.path)
        assert marked(tmp_path / "link") == marked(store.path)


def test_marks_tell_themselves_in_plain_data(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "a.db", "wal") as store:
        store.add_event()
        mark = marked(store.path)
    assert json.loads(json.dumps(mark.plain())) == mark.plain()
    assert [len(part) for part in (mark.main, mark.header, mark.wal)] == [5, 200, 5]
