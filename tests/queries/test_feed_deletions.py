"""A feed notices rows that go, come late or change unseen, and counts anew where it has to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from queries.feed import Feed
from queries.live import following
from queries.live.following import BETWEEN_AUDITS, QUIET_AUDIT, QUIET_CLOSE
from queries.live.recount import SHARE
from queries.models import Snapshot
from tests.queries.feeding import Clock, begun, count_all, counted, snap, total
from tests.queries.files import filled
from tests.stores import CanonicalStore, Journal, canonical_store


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


def look_for_a_while(feed: Feed, clock: Clock, seconds: float) -> Snapshot:
    """Look every second, and count in between what is to be counted."""
    for _ in range(round(seconds)):
        clock.now += 1.0
        feed.poll()
        count_all(feed)
    return snap(feed)


def recounts(feed: Feed, clock: Clock) -> int:
    """How often a store is counted once more while it is quiet."""
    made = 0
    for _ in range(round(3 * QUIET_AUDIT)):
        clock.now += 1.0
        before = feed._recount
        feed.poll()
        made += feed._recount is not None and feed._recount is not before
        count_all(feed)
    return made


def test_a_store_that_never_changed_is_not_counted_once_more(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 3000)
    feed = begun(path, clock)
    # As when others counted rows that run: these are read again.
    feed._unread = True
    assert recounts(feed, clock) == 0
    with canonical_store(path) as writer:
        writer.add_event("s1", id="new")
        assert recounts(feed, clock) == 1
    feed.close()


def test_a_store_of_very_many_names_is_not_held_twice(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "a.db", 3000)
    for most, expected in ((1, 0), (100_000, 1)):
        monkeypatch.setattr(following, "MOST_NAMES", most)
        feed = begun(path, clock)
        with canonical_store(path) as writer:
            writer.add_event("s1", id=f"new {most}")
            assert recounts(feed, clock) == expected
        feed.close()


CHANGES: dict[str, dict[str, object]] = {
    "it failed": {"state": "error"},
    "tokens": {"tokens": 4711},
    "duration": {"duration": 99.0},
    "another agent": {"agent": "renamed"},
    "another tool": {"tool": "Renamed"},
    "it runs again": {"state": "running"},
    "another day": {"time": 1_768_212_000.0 + 7 * 86_400},
}


@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_row_of_long_ago_that_changed_is_noticed_when_it_is_quiet(
    tmp_path: Path, clock: Clock, change: str, journal: Journal
) -> None:
    path = filled(tmp_path / "a.db", 700, journal)
    with canonical_store(path, journal) as writer:
        feed = begun(path, clock)
        clock.now += 100
        writer.update("event", "id", "e7", **CHANGES[change])
        snapshot = look_for_a_while(feed, clock, 2 * QUIET_AUDIT)
        now = counted(path, clock)
        assert snapshot.totals == now.totals
        assert (snapshot.tools, snapshot.agents) == (now.tools, now.agents)
        assert snapshot.sessions == now.sessions
        assert snapshot.epoch == 2, "what is shown is to be read again"
    feed.close()


def test_nothing_is_begun_again_where_nothing_differs(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 700)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        for part in range(4):
            with writer.batch():
                for number in range(100 * part, 100 * part + 100):
                    writer.add_event("s1", id=f"new{number}", state="running")
            feed.poll()
        writer.update("event", "id", "new5", state="ok")
        writer.update("event", "id", "new399", state="error")
        assert look_for_a_while(feed, clock, 3 * QUIET_AUDIT).epoch == 1
        assert feed.store is not None
        before = feed.store.statements
        look_for_a_while(feed, clock, 3 * QUIET_AUDIT)
        assert feed.store.statements <= before + 3 * 3 * QUIET_AUDIT, "counted again only once"
    feed.close()


def test_a_commit_while_all_is_counted_again_is_no_difference(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 700)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        writer.add_event("s1", id="new")
        feed.poll()
        clock.now += QUIET_AUDIT
        assert [feed.poll() for _ in range(3)] == [None] * 3
        assert feed.counting
        feed.backfill(0.0)
        writer.add_event("s1", id="newer")
        count_all(feed)
        snapshot = look_for_a_while(feed, clock, 3 * QUIET_AUDIT)
        assert (snapshot.epoch, total(snapshot)) == (1, 702)
    feed.close()


def test_what_a_commit_put_an_end_to_is_not_begun_again_at_once(
    tmp_path: Path, clock: Clock
) -> None:
    path = filled(tmp_path / "a.db", 700)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        begun_at = []
        for number in range(120):
            if number % 12 == 0:
                writer.add_event("s1", id=f"new{number}")
            clock.now += 1.0
            feed.poll()
            if feed._recount is not None and feed._recount.cost == 0.0:
                # It is not finished before the next commit, and cost a second.
                feed._recount.cost = 1.0
                begun_at.append(number)
    assert len(begun_at) > 2
    assert all(later - before >= 1.0 / SHARE for before, later in pairwise(begun_at))
    feed.close()


def test_a_store_is_not_let_go_before_it_is_checked(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 6000, "wal")
    with canonical_store(path, "wal") as writer:
        feed = begun(path, clock)
        clock.now += 100
        for number in range(3):
            writer.connection.execute("DELETE FROM event WHERE id = ?", (f"e{number + 5}",))
            look_for_a_while(feed, clock, 1 + QUIET_AUDIT)
        clock.now += QUIET_CLOSE
        snapshot = look_for_a_while(feed, clock, 2 * BETWEEN_AUDITS)
        assert total(snapshot) == 5997
        assert feed.store is None
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
