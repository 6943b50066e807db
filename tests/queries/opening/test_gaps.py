from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from queries.feed import Feed
from queries.live.scope import ScopeCounter
from queries.models import Scope
from queries.opening import gaps as gaps_module
from queries.opening.gaps import (
    ACTIVE,
    BETWEEN_LOOKS,
    CELLS_ONLY,
    FRESH,
    IN_VAIN,
    PATIENCE,
    ROWS,
    Gaps,
)
from queries.reading.connection import Rows
from queries.store import Store
from queries.trees.activity_reader import read_tree
from tests.stores import canonical_store


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps = 0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.sleeps += 1


def leave_alone(path: Path) -> None:
    """Nobody has written for long."""
    os.utime(path, (1.0, 1.0))


@contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """A writer in the middle of one, which is rolled back in the end."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE event SET summary = 'changed'")
        yield connection
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def noted_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Takes down how many rows each query fetches, and lets it wait for nobody."""
    monkeypatch.setattr(gaps_module, "PATIENCE", 0.0)
    monkeypatch.setattr(gaps_module, "ACTIVE", 3600.0)
    sizes: list[int] = []
    query = Store.query

    def noting(self: Store, sql: str, *arguments: object, **options: float | None) -> Rows:
        rows = query(self, sql, *arguments, **options)  # type: ignore[arg-type]  # as called
        sizes.append(len(rows))
        return rows

    monkeypatch.setattr(Store, "query", noting)
    return sizes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with canonical_store(path, "delete") as store, store.batch():
        store.add_session("s", started=1.0)
        for number in range(1000):
            store.add_event("s", id=f"e{number}", time=float(number))
    return path


def test_nobody_writes_so_nothing_is_waited_for(path: Path) -> None:
    leave_alone(path)
    time = Time()
    gaps = Gaps(path, monotonic=time, sleep=time.sleep)
    gaps.wait()
    assert time.sleeps == 0
    assert gaps.rows(2500) == 2500


def test_the_end_of_a_transaction_is_waited_for_but_not_for_ever(path: Path) -> None:
    leave_alone(path)
    time = Time()
    gaps = Gaps(path, monotonic=time, sleep=time.sleep)
    with transaction(path):
        gaps.wait()
        assert PATIENCE <= time.now < PATIENCE + 2 * BETWEEN_LOOKS
        assert gaps.rows(2500) == ROWS
        assert gaps.rows(2500, cells_only=True) == ROWS * CELLS_ONLY
        assert gaps.rows(10) == 10
    time.now += ACTIVE
    assert gaps.rows(2500) == 2500


def test_a_link_leads_to_the_journal_beside_the_file(path: Path, tmp_path: Path) -> None:
    time = Time()
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    gaps = Gaps(link, monotonic=time, sleep=time.sleep)
    with transaction(path):
        gaps.wait()
    assert time.sleeps > 0


@pytest.mark.parametrize("mode", ["truncate", "persist"])
def test_a_journal_that_stays_behind_holds_nothing_up_for_long(path: Path, mode: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}").fetchall()
        connection.execute("UPDATE event SET summary = 'changed'")
    leave_alone(path)
    time = Time()
    Gaps(path, monotonic=time, sleep=time.sleep).wait()
    assert time.sleeps == 0


def test_after_a_commit_the_next_one_is_waited_for_and_then_some_queries_go_at_once(
    path: Path,
) -> None:
    written = 1000.0
    os.utime(path, (written, written))
    time = Time()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        if time.sleeps == 4:
            # A transaction that is over between two looks.
            os.utime(path, (written + 0.001, written + 0.001))

    gaps = Gaps(path, monotonic=time, sleep=sleep, clock=lambda: written + 0.005)
    assert gaps.rows(2500) == ROWS
    gaps.wait()
    assert time.sleeps == 4
    assert gaps.rows(2500) == ROWS
    gaps.wait()
    assert time.sleeps == 4
    time.now += 2 * FRESH
    gaps.wait()
    assert PATIENCE <= time.now < PATIENCE + 2 * FRESH + 7 * BETWEEN_LOOKS


@pytest.mark.parametrize("seconds", [3 * PATIENCE, -1.0])
def test_commits_that_are_far_apart_are_not_waited_for(path: Path, seconds: float) -> None:
    os.utime(path, (1000.0, 1000.0))
    time = Time()
    gaps = Gaps(path, monotonic=time, sleep=time.sleep, clock=lambda: 1000.0 + seconds)
    gaps.wait()
    assert time.sleeps == 0


def test_a_transaction_that_does_not_end_is_waited_for_only_so_often(path: Path) -> None:
    leave_alone(path)
    time = Time()
    gaps = Gaps(path, monotonic=time, sleep=time.sleep)
    with transaction(path):
        for _ in range(IN_VAIN):
            before = time.sleeps
            gaps.wait()
            assert time.sleeps > before
        before = time.sleeps
        gaps.wait()
        assert time.sleeps == before
    gaps.wait()
    with transaction(path):
        gaps.wait()
        assert time.sleeps > before


def test_a_query_begins_right_after_the_transaction(path: Path) -> None:
    time = Time()
    with Store(path) as store, transaction(path) as writer:

        def sleep(seconds: float) -> None:
            time.sleep(seconds)
            if time.sleeps == 3:
                writer.execute("COMMIT")

        store.gaps = Gaps(path, monotonic=time, sleep=sleep)
        assert store.events_by_key([(0, 1)])[0].summary == "changed"
    assert time.sleeps == 3


def test_a_feed_reads_few_rows_at_once_while_somebody_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = noted_sizes(monkeypatch)
    feed = Feed(path)
    with transaction(path):
        feed.poll()
        while feed.counting:
            feed.backfill(1.0)
    assert feed.fold.rows == 1000
    assert max(sizes) <= ROWS * CELLS_ONLY
    feed.close()


@pytest.mark.parametrize("has_index", [True, False])
def test_a_session_is_read_by_few_rows_at_once_while_somebody_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch, has_index: bool
) -> None:
    if not has_index:
        with closing(sqlite3.connect(path)) as connection:
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            ).fetchall()
            for (name,) in names:
                connection.execute(f'DROP INDEX "{name}"')
    with Store(path) as alone:
        expected = read_tree(alone, "s"), alone.events_by_key((0, seq) for seq in range(1, 1001))
        counter = ScopeCounter(alone, Scope(("s",)))
        list(counter.read(alone))
    sizes = noted_sizes(monkeypatch)
    with Store(path) as store:
        store.give_way()
        with transaction(path):
            found = read_tree(store, "s"), store.events_by_key((0, seq) for seq in range(1, 1001))
            assert sum(sizes) >= 2000
            assert max(sizes) <= ROWS
            beside = ScopeCounter(store, Scope(("s",)))
            list(beside.read(store))
    assert found[0].nodes == expected[0].nodes
    assert found[1] == expected[1]
    assert len(found[1]) == found[0].events == 1000
    assert beside.figures(lambda _: True) == counter.figures(lambda _: True)
    assert sum(sizes) >= 3000
    assert max(sizes) <= ROWS * CELLS_ONLY


def test_a_feed_waits_for_no_gaps_where_readers_are_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "wal.db"
    with canonical_store(path, "wal") as store:
        store.add_session("s", started=1.0)
        feed = Feed(path)
        feed.poll()
        assert feed.store is not None
        assert feed.store.gaps is None
        feed.close()


def test_who_wrote_is_taken_to_write_for_a_while(path: Path) -> None:
    now = 1e9
    gaps = Gaps(path, clock=lambda: now)
    for age, is_written in ((0, True), (9, True), (11, False), (-9, True), (-11, False)):
        os.utime(path, (now - age, now - age))
        assert gaps.is_written(10) == is_written
    os.utime(path, (1.0, 1.0))
    with transaction(path):
        assert gaps.is_written(10)
    path.unlink()
    assert not gaps.is_written(10)
