"""A feed takes what is new, once, and notices what changes in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.feed import Feed
from queries.live import counting
from queries.live.following import ARRIVED_KEPT
from queries.models import Relation, StoreState
from queries.opening.files import StoreBusyError
from queries.store import Store
from tests.queries.feeding import Clock, count_all, snap
from tests.queries.files import filled, folder
from tests.stores import CanonicalStore, heist_audit_store

# -- snapshots ----------------------------------------------------------------------------------


def test_nothing_is_read_before_the_first_poll(tmp_path: Path) -> None:
    feed = Feed(tmp_path / "absent.db")
    snapshot = feed.snapshot(force=True)
    assert snapshot is not None
    assert (snapshot.state, snapshot.info, snapshot.sessions) == (StoreState.OPENING, None, ())
    assert not feed.counting
    feed.backfill(1.0)
    feed.close()


def test_the_first_snapshot_shows_the_newest(feed: Feed, writer: CanonicalStore) -> None:
    with writer.batch():
        for number in range(2500):
            writer.add_event("s1", id=f"e{number}")
    first = snap(feed)
    assert (first.state, first.message, first.epoch, first.generation) == (
        StoreState.LIVE, "", 1, 1,
    )  # fmt: skip
    assert first.info is not None
    assert first.info.dialect == "session-tui"
    assert 0 < first.totals.events < 2500
    assert 0.0 < first.totals.counted < 1.0
    assert [row.complete for row in first.sessions] == [False]
    assert first.arrived == ()
    count_all(feed)
    last = snap(feed)
    assert last.totals.events == 2500
    assert last.totals.counted == 1.0
    assert [row.complete for row in last.sessions] == [True]
    assert last.epoch == first.epoch
    assert last.generation == 2


def test_a_store_that_is_open_already_is_taken_over(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db")
    store = Store(path)
    feed = Feed(path, clock=clock, store=store)
    assert snap(feed).totals.events == 5
    assert feed.store is store
    feed.close()
    unused = Feed(path, store=Store(path))
    unused.close()


def test_nothing_new_is_one_statement_and_no_snapshot(feed: Feed, writer: CanonicalStore) -> None:
    writer.add_event("s1")
    snap(feed)
    count_all(feed)
    snap(feed)
    assert feed.store is not None
    before = feed.store.statements
    assert [feed.poll() for _ in range(10)] == [None] * 10
    assert feed.store.statements == before + 10


def test_what_did_not_change_stays_the_same_object(feed: Feed, writer: CanonicalStore) -> None:
    for kind in ("tool", "prompt", "tool"):
        writer.add_event("s1", kind=kind)
    snap(feed)
    count_all(feed)
    first = snap(feed)
    writer.update("session", "id", "s1", title="Another")
    second = snap(feed)
    assert second.sessions != first.sessions
    assert second.tools is first.tools
    assert second.agents is first.agents
    assert second.interactions is first.interactions
    writer.add_event("s1", kind="other", agent=None)
    third = snap(feed)
    assert third.totals.events == 4
    assert third.tools is first.tools
    assert third.interactions[Relation.DELEGATES] is first.interactions[Relation.DELEGATES]
    writer.add_event("s1", kind="tool")
    fourth = snap(feed)
    assert fourth.tools is not first.tools
    assert fourth.sessions is not third.sessions
    assert fourth.interactions[Relation.DELEGATES] is first.interactions[Relation.DELEGATES]


def test_rows_that_did_not_change_stay_the_same_objects(feed: Feed, writer: CanonicalStore) -> None:
    writer.add_session("s2")
    writer.add_event("s1")
    first = snap(feed)
    writer.add_event("s1")
    second = snap(feed)
    assert second.sessions[0] is first.sessions[0]
    assert second.sessions[1] is not first.sessions[1]


# -- what is new --------------------------------------------------------------------------------


def test_every_event_arrives_once_and_in_order(feed: Feed, writer: CanonicalStore) -> None:
    writer.add_event("s1", id="before")
    snap(feed)
    arrived = []
    for number in range(40):
        writer.add_event("s1", id=f"e{number}")
        if number % 3 == 0:
            arrived += [event.id for event in snap(feed).arrived]
    arrived += [event.id for event in snap(feed).arrived]
    assert arrived == [f"e{number}" for number in range(40)]
    assert snap(feed).totals.events == 41


def test_events_of_several_tables_arrive_in_order_of_time(tmp_path: Path, clock: Clock) -> None:
    with heist_audit_store(tmp_path / "a.db") as writer:
        writer.add_session("h")
        feed = Feed(writer.path, clock=clock)
        snap(feed)
        for _ in range(3):
            writer.add_message("h", message="m")
            writer.add_action("h")
            writer.add_tool_call("h", tool_name="t")
        arrived = snap(feed).arrived
        assert [event.tool or event.summary for event in arrived] == ["m", "t"] * 3
        assert snap(feed).totals.events == 6
        feed.close()


def test_hidden_rows_are_read_once(tmp_path: Path, clock: Clock) -> None:
    with heist_audit_store(tmp_path / "a.db") as writer:
        writer.add_session("h")
        feed = Feed(writer.path, clock=clock)
        snap(feed)
        with writer.batch():
            for _ in range(3000):
                writer.add_action("h")
        feed.poll()
        assert feed.store is not None
        seen: list[object] = []
        feed.store.connection.set_trace_callback(seen.append)
        writer.add_action("h")
        feed.poll()
        tails = [str(sql) for sql in seen if "FROM event_rows_2" in str(sql)]
        assert any("seq >= 3001" in sql for sql in tails)
        feed.close()


def test_more_than_can_be_handed_on_is_counted_all_the_same(
    feed: Feed, writer: CanonicalStore
) -> None:
    writer.add_event("s1")
    snap(feed)
    with writer.batch():
        for _ in range(ARRIVED_KEPT + 5):
            writer.add_event("s1")
    snapshot = snap(feed)
    assert len(snapshot.arrived) == ARRIVED_KEPT
    assert snapshot.arrived_cut
    assert snapshot.totals.events == ARRIVED_KEPT + 6
    writer.add_event("s1")
    assert not snap(feed).arrived_cut


def test_a_flood_is_taken_over_several_polls(
    feed: Feed, writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "TAIL_PAGE", 10)
    monkeypatch.setattr(counting, "TAIL_PAGES", 2)
    writer.add_event("s1")
    snap(feed)
    with writer.batch():
        for _ in range(45):
            writer.add_event("s1")
    seen = []
    while True:
        snapshot = feed.poll()
        if snapshot is None:
            break
        seen.append((snapshot.totals.events, len(snapshot.arrived), feed.behind))
    assert seen == [(21, 20, True), (41, 20, True), (46, 5, False)]


@pytest.mark.parametrize("number", [1, 50, 400])
def test_a_poll_takes_a_bounded_number_of_statements(
    feed: Feed, writer: CanonicalStore, number: int
) -> None:
    writer.add_event("s1")
    snap(feed)
    count_all(feed)
    snap(feed)
    with writer.batch():
        for _ in range(number):
            writer.add_event("s1", state="running")
    assert feed.store is not None
    before = feed.store.statements
    assert snap(feed).totals.events == number + 1
    assert feed.store.statements - before < 25


def test_work_that_a_lock_stopped_is_gone_on_with(
    feed: Feed, writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.add_event("s1", id="e1")
    snap(feed)
    writer.add_event("s1", id="e2")
    assert feed.store is not None
    page = feed.store.event_page

    def locked(*_: object) -> None:
        raise StoreBusyError("x: is locked by a writer.")

    monkeypatch.setattr(feed.store, "event_page", locked)
    assert snap(feed).state is StoreState.LOCKED
    monkeypatch.setattr(feed.store, "event_page", page)
    snapshot = snap(feed)
    assert (snapshot.state, snapshot.totals.events) == (StoreState.LIVE, 2)
    assert [event.id for event in snapshot.arrived] == ["e2"]


def test_where_rows_lie_is_told_only_as_far_as_it_is_known(
    feed: Feed, writer: CanonicalStore
) -> None:
    assert feed.ranges_of("s1") is None
    with writer.batch():
        for number in range(3000):
            writer.add_event("s1" if number == 5 or number == 2990 else "s2")
    snap(feed)
    ranges = feed.ranges_of("s1")
    assert ranges is not None
    assert ranges[0][0] < 6
    assert ranges[0][1] >= 2991
    unseen = feed.ranges_of("unseen")
    assert unseen is not None
    assert unseen[0][0] < 1
    assert unseen[0][1] > 3000
    count_all(feed)
    assert feed.ranges_of("s1") == {0: (6, 2991)}
    assert feed.ranges_of("unseen") == {}


def test_a_long_list_of_sessions_is_read_step_by_step(feed: Feed, writer: CanonicalStore) -> None:
    with writer.batch():
        for number in range(2000):
            writer.add_session(f"n{number}")
    first = snap(feed)
    assert (len(first.sessions) < 2000, first.total_sessions) == (True, 2001)
    assert first.sessions[0].id == "n1999"
    assert feed.counting
    count_all(feed)
    last = snap(feed)
    assert (len(last.sessions), last.total_sessions, last.totals.sessions) == (2001, 2001, 2001)


def test_of_more_sessions_than_can_be_kept_the_newest_are(
    writer: CanonicalStore, clock: Clock
) -> None:
    with writer.batch():
        for number in range(600):
            writer.add_session(f"n{number}")
            writer.add_event(f"n{number}")
    feed = Feed(writer.path, clock=clock, keep_sessions=50)
    snap(feed)
    count_all(feed)
    snapshot = snap(feed)
    assert len(snapshot.sessions) == 50
    assert [row.id for row in snapshot.sessions[:2]] == ["n599", "n598"]
    assert snapshot.total_sessions == 601
    assert snapshot.totals.events == 600
    writer.add_event("n3")
    writer.add_session("n600")
    snapshot = snap(feed)
    assert snapshot.sessions[0].id == "n600"
    assert (len(snapshot.sessions), snapshot.total_sessions) == (50, 602)
    feed.close()


def test_a_feed_changes_nothing(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", journal="wal")
    before = folder(path)
    feed = Feed(path, clock=clock)
    snap(feed)
    count_all(feed)
    feed.close()
    assert folder(path) == before
