"""Damaged stores are read as far as that goes, or refused in a sentence; never more."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from tests.faults.damage import DUCKDB, SQLITE, damaged
from tests.faults.fuzz import COMMANDS, check, fuzz
from tests.stores import canonical_store

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("first", [0, 1_000_000])
def test_damaged_stores(first: int) -> None:
    assert fuzz(first, 250, SQLITE) == []


@pytest.mark.parametrize(
    "number", [178, 1309, 1347, 10_003, 50_920, 51_265, 60_082, 61_892, 910_314]
)
def test_damage_that_was_too_much_once(tmp_path: Path, number: int) -> None:
    path, what = damaged(number, tmp_path)
    assert check(path, number) is None, what


def test_damaged_files_of_duckdb() -> None:
    pytest.importorskip("duckdb")
    assert fuzz(0, 30, DUCKDB) == []


def test_the_same_number_gives_the_same_file(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        files.append([damaged(number, folder)[0].read_bytes() for number in range(40)])
    assert files[0] == files[1]
    assert len(set(files[0])) == 40


def test_many_damaged_files_can_still_be_opened(tmp_path: Path) -> None:
    opened = 0
    for number in range(60):
        path, _ = damaged(number, tmp_path)
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
            opened += bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        connection.close()
    assert 15 < opened < 60


def test_every_command_is_used(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with canonical_store(path) as store:
        store.add_session("s")
        store.add_event("s")
    for number in range(len(COMMANDS)):
        assert check(path, number) is None, COMMANDS[number]


def test_what_is_wrong_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.db"
    with canonical_store(path) as store:
        store.add_session("s")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    def endless(*_: object, **__: object) -> None:
        while True:
            pass

    with monkeypatch.context() as patch:
        patch.setattr("tui.headless.sessions.count_store", broken)
        assert "a fault of this program" in str(check(path, 0))
    with monkeypatch.context() as patch:
        patch.setattr("queries.feed.Feed.poll", broken)
        assert "ZeroDivisionError" in str(check(path, 0))
    with monkeypatch.context() as patch:
        patch.setattr("tui.headless.sessions.count_store", endless)
        assert "too slow" in str(check(path, 0, 0.2))
    with monkeypatch.context() as patch:
        patch.setattr("tests.faults.fuzz.MEGABYTES", 1)
        assert " MB" in str(check(path, 0))
