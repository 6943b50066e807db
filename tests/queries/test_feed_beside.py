"""A feed beside a writer: it sees every commit, and does not stand in the writer's way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from queries.feed import Feed
from queries.live.following import QUIET_AUDIT, QUIET_CLOSE
from queries.models import EventState, StoreState
from tests.queries.feeding import Clock, begun, count_all, counted, snap, total
from tests.queries.files import filled, folder, kill_writer, settle
from tests.stores import Journal, canonical_store, read_commits, start_live_writer


def test_an_unlocked_view_is_never_stale(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5, "wal")
    settle(path)
    feed = begun(path, clock)
    first = snap(feed)
    assert first.info is not None
    assert first.info.opened_as.startswith("immutable")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="came and went")
    assert set(folder(path)) == {"a.db"}
    second = snap(feed)
    assert [event.id for event in second.arrived] == ["came and went"]
    assert (second.epoch, total(second)) == (1, 6)
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="stays")
        third = snap(feed)
        assert third.info is not None
        assert third.info.opened_as == "read-only"
        assert [event.id for event in third.arrived] == ["stays"]
        writer.add_event("s1", id="more")
        assert [event.id for event in snap(feed).arrived] == ["more"]
    assert (snap(feed).epoch, total(snap(feed))) == (1, 8)
    feed.close()


def test_a_writer_that_comes_while_the_past_is_counted(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5000, "wal")
    settle(path)
    feed = Feed(path, clock=clock)
    snap(feed)
    for number in range(4):
        with canonical_store(path, "wal") as writer, writer.batch():
            writer.connection.execute(
                "UPDATE event SET summary = ? WHERE seq < 1000", (f"x{number}" * 50,)
            )
            writer.add_event("s1", id=f"late{number}")
        feed.backfill(0.0)
    count_all(feed)
    clock.now += 10
    snapshot = snap(feed)
    assert snapshot.problems == ()
    assert (total(snapshot), snapshot.totals) == (5004, counted(path, clock).totals)
    feed.close()


def test_a_quiet_store_is_left_to_its_writer(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5, "wal")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1", id="new")
        feed = begun(path, clock)
        clock.now += QUIET_AUDIT
        assert feed.poll() is None
        clock.now += QUIET_CLOSE
        assert feed.poll() is None
        assert feed.store is None
        assert not feed.counting
        assert feed.poll() is None
        snapshot = snap(feed)
        assert (snapshot.state, total(snapshot)) == (StoreState.LIVE, 6)
        writer.add_event("s1", id="newer")
        assert [event.id for event in snap(feed).arrived] == ["newer"]
        clock.now += QUIET_AUDIT
        snap(feed)
        clock.now += QUIET_CLOSE
        assert feed.poll() is None
    assert set(folder(path)) == {"a.db"}
    assert feed.poll() is None or snap(feed).arrived == ()
    assert (snap(feed).epoch, total(snap(feed))) == (1, 7)
    assert set(folder(path)) == {"a.db"}
    feed.close()


def test_a_sleeping_feed_notices_that_the_file_is_gone(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5, "wal")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1")
        feed = begun(path, clock)
        for _ in range(2):
            clock.now += QUIET_CLOSE
            feed.poll()
        assert feed.store is None
        away = tmp_path / "away.db"
        path.rename(away)
        assert snap(feed).state is StoreState.GONE
        away.rename(path)
        assert snap(feed).state is StoreState.LIVE
    feed.close()


def test_the_writers_log_can_be_emptied_while_a_feed_is_open(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 2000, "wal")
    with canonical_store(path, "wal") as writer:
        writer.add_event("s1")
        feed = begun(path, clock)
        for _ in range(3):
            writer.add_event("s1")
            snap(feed)
            feed.watch([(0, 1)])
            result = writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            assert result == [(0, 0, 0)]
        assert (tmp_path / "a.db-wal").stat().st_size == 0
    feed.close()


def test_a_copy_of_a_live_store_is_followed_as_it_is_renewed(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5, "wal")
    moved = tmp_path / "there" / "a.db"
    moved.parent.mkdir()
    with canonical_store(path, "wal") as writer:
        for number in (6, 7):
            writer.add_event("s1", id=f"new{number}")
            for suffix in ("", "-wal"):
                shutil.copyfile(f"{path}{suffix}", f"{moved}{suffix}")
            if number == 6:
                feed = begun(moved, clock)
            snapshot = snap(feed)
            assert total(snapshot) == number
            assert snapshot.info is not None
            assert snapshot.info.opened_as.startswith("private copy")
    assert set(folder(moved)) == {"a.db", "a.db-wal"}
    feed.close()


def test_a_hot_journal_that_its_next_writer_rolls_back(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5)
    kill_writer(path, committed=False)
    feed = begun(path, clock)
    first = snap(feed)
    assert first.info is not None
    assert (first.info.opened_as[:12], total(first)) == ("private copy", 5)
    with canonical_store(path) as writer:
        writer.add_event("s1", id="after")
        second = snap(feed)
        assert second.info is not None
        assert (second.info.opened_as, total(second)) == ("read-only", 6)
    feed.close()


@pytest.mark.parametrize("journal", ["wal", "delete", "truncate", "persist"])
def test_every_event_of_a_live_writer_arrives_once(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path, journal) as store:
        store.add_event("before", kind="prompt")
    feed = Feed(path)
    snap(feed)
    arrived: list[str] = []
    finished: list[str] = []
    process = start_live_writer(path, rate=0, count=40, journal=journal, update_in_place=True)
    assert process.stdout is not None
    try:
        for number, _ in enumerate(read_commits(process.stdout)):
            if number % 3:
                continue
            snapshot = feed.poll()
            if snapshot is not None:
                assert snapshot.state in (StoreState.LIVE, StoreState.LOCKED)
                arrived += [event.id for event in snapshot.arrived]
                finished += [e.id for e in snapshot.updated if e.state is EventState.OK]
        assert process.wait() == 0
        for _ in range(3):
            last = snap(feed)
            arrived += [event.id for event in last.arrived]
        assert arrived == [f"live-{number:06d}" for number in range(40)]
        assert len(finished) == len(set(finished))
        assert (last.tools[0].ok, last.tools[0].running) == (40, 0)
        assert (last.totals.events, last.epoch) == (41, 1)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        feed.close()
