"""A feed notices rows that go, come late or change unseen, and counts anew where it has to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from queries.following import QUIET_AUDIT
from tests.queries.feeding import Clock, begun, count_all, counted, snap, total
from tests.queries.files import filled
from tests.stores import CanonicalStore, canonical_store


def delete_newest(writer: CanonicalStore) -> None:
    writer.connection.execute("DELETE FROM event WHERE id IN ('e98', 'e99')")


def delete_and_reuse(writer: CanonicalStore) -> None:
    writer.connection.execute("DELETE FROM event WHERE id = 'e99'")
    writer.add_event("s1", id="in its place")


def delete_recent(writer: CanonicalStore) -> None:
    writer.connection.execute("DELETE FROM event WHERE id = 'e90'")
    writer.add_event("s1", id="new")


def move(writer: CanonicalStore) -> None:
    writer.update("event", "id", "e95", session_id="s2")


def delete_all(writer: CanonicalStore) -> None:
    writer.connection.execute("DELETE FROM event")


@pytest.mark.parametrize(
    "change", [delete_newest, delete_and_reuse, delete_recent, move, delete_all]
)
def test_recent_rows_that_go_are_noticed_at_once(
    tmp_path: Path, clock: Clock, change: Callable[[CanonicalStore], None]
) -> None:
    path = filled(tmp_path / "a.db", 100)
    feed = begun(path, clock)
    clock.now += 10
    with canonical_store(path) as writer:
        change(writer)
        snapshot = snap(feed)
        expected = counted(path, clock)
        assert (snapshot.epoch, snapshot.totals) == (2, expected.totals)
        assert snapshot.sessions == expected.sessions
        assert snap(feed).epoch == 2
    feed.close()


def test_counting_anew_is_not_done_all_the_time(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 100)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        epochs = []
        for number in range(20):
            clock.now += 0.25
            writer.connection.execute("DELETE FROM event WHERE id = ?", (f"e{99 - number}",))
            epochs.append(snap(feed).epoch)
        assert epochs[-1] <= 4
        clock.now += 2.0
        assert total(snap(feed)) == 80
    feed.close()


def test_old_rows_that_go_are_noticed_when_it_is_quiet(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 6000)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        clock.now += 100
        writer.connection.execute("DELETE FROM event WHERE id = 'e5'")
        assert total(snap(feed)) == 6000
        clock.now += QUIET_AUDIT
        assert total(snap(feed)) < 6000
        count_all(feed)
        snapshot = snap(feed)
        assert (total(snapshot), snapshot.epoch) == (5999, 2)
        for _ in range(3):
            clock.now += QUIET_AUDIT
            assert feed.poll() is None
    feed.close()


def test_old_rows_that_come_are_noticed_when_it_is_quiet(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 600)
    with canonical_store(path) as writer:
        writer.connection.execute("DELETE FROM event WHERE seq = 7")
        feed = begun(path, clock)
        clock.now += 100
        writer.add_event("s1", id="inserted", seq=7)
        assert total(snap(feed)) == 599
        clock.now += QUIET_AUDIT
        snap(feed)
        count_all(feed)
        assert total(snap(feed)) == 600
    feed.close()


def test_old_rows_that_changed_are_noticed_when_it_is_quiet(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 1000)
    with canonical_store(path) as writer:
        feed = begun(path, clock)
        with writer.batch():
            for number in range(400):
                writer.add_event("s1", id=f"new{number}")
        snap(feed)
        writer.update("event", "id", "new5", state="error")
        assert snap(feed).totals.errors == 0
        clock.now += QUIET_AUDIT
        snapshot = snap(feed)
        assert [event.id for event in snapshot.updated] == ["new5"]
        assert (snapshot.totals.errors, snapshot.epoch) == (1, 1)
    feed.close()


def test_a_quiet_store_is_checked_once(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 50)
    feed = begun(path, clock)
    assert feed.store is not None
    clock.now += QUIET_AUDIT
    before = feed.store.statements
    assert feed.poll() is None
    assert feed.store.statements > before + 1
    for _ in range(5):
        clock.now += QUIET_AUDIT
        before = feed.store.statements
        assert feed.poll() is None
        assert feed.store.statements == before + 1
    feed.close()
