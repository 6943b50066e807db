from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Queue

import pytest

from queries.counting.backfill import WORK
from queries.feed import Feed
from queries.live.roster import Roster
from queries.models import SessionStatus, Snapshot, StoreState
from tests.stores import canonical_store
from tests.tui.desk import LIVE, desk, desk_clock
from tests.tui.stage import Clock, StepPoller
from tui import key_gate
from tui import poller as poller_module
from tui.poller import AGEING, LEAST_WORK, PROGRESS, WORK_BESIDE_KEYS, Poller

PATIENCE = 60.0


@pytest.fixture
def path(folder: Path) -> Path:
    path = folder / "desk.db"
    desk(path).close()
    # What was written a moment before it is opened is soon opened once more.
    os.utime(path, (1e9, 1e9))
    return path


def test_what_was_made_before_anybody_listened_is_kept(path: Path) -> None:
    poller = StepPoller(path, desk_clock())
    poller.step()
    heard: list[Snapshot] = []
    poller.deliver_to(heard.append)
    assert heard
    assert heard[0].total_sessions == 3
    generations = [snapshot.generation for snapshot in heard]
    assert generations == sorted(set(generations))
    poller.stop()


def test_nothing_new_means_no_snapshot(path: Path) -> None:
    poller = StepPoller(path, desk_clock())
    assert poller.step() is not None
    assert poller.step() is None
    poller.stop()


def test_every_event_comes_exactly_once_in_order(path: Path) -> None:
    poller = StepPoller(path, desk_clock())
    poller.step()
    heard: list[Snapshot] = []
    poller.deliver_to(heard.append)
    heard.clear()
    with canonical_store(path, "wal") as store:
        for number in range(5):
            store.add_event(LIVE, id=f"new-{number}")
            if number % 2:
                poller.step()
    poller.step()
    arrived = [event.id for snapshot in heard for event in snapshot.arrived]
    assert arrived == [f"new-{number}" for number in range(5)]
    poller.stop()


def test_ages_are_told_now_and_then_although_nothing_happens(path: Path) -> None:
    clock = desk_clock()
    poller = StepPoller(path, clock)
    poller.step()
    clock.now += AGEING - 1
    assert poller.step() is None
    clock.now += 1
    aged = poller.step()
    assert aged is not None
    assert aged.time == clock.now
    assert aged.arrived == ()
    assert poller.step() is None
    poller.stop()


def test_a_session_that_falls_silent_is_stale_although_nothing_happens(path: Path) -> None:
    clock = desk_clock()
    poller = StepPoller(path, clock)
    first = poller.step()
    clock.now += 3600
    later = poller.step()
    assert first is not None
    assert later is not None
    status = [{row.id: row.session.status for row in made.sessions} for made in (first, later)]
    # "sub" is the newest and so never stale.
    assert [each[LIVE] for each in status] == [SessionStatus.RUNNING, SessionStatus.STALE]
    poller.stop()


def test_the_thread_delivers_and_stops(path: Path) -> None:
    poller = Poller(Feed(path), refresh=0.01)
    heard: Queue[Snapshot] = Queue()
    poller.deliver_to(heard.put)
    poller.start()
    first = heard.get(timeout=PATIENCE)
    assert first.state is StoreState.LIVE
    with canonical_store(path, "wal") as store:
        store.add_event(LIVE, id="fresh")
        seen = first
        while not any(event.id == "fresh" for event in seen.arrived):
            seen = heard.get(timeout=PATIENCE)
    poller.stop(PATIENCE)
    assert not poller.is_alive()
    assert poller.error is None


def test_the_thread_counts_the_past_between_two_polls(path: Path) -> None:
    with canonical_store(path, "wal") as store, store.batch():
        for number in range(5000):
            store.add_event(LIVE, id=f"past-{number}")
    poller = Poller(Feed(path), refresh=0.01)
    heard: Queue[Snapshot] = Queue()
    poller.deliver_to(heard.put)
    assert poller.ranges_of("old") is None
    poller.start()
    first = latest = heard.get(timeout=PATIENCE)
    while latest.totals.counted < 1.0:
        latest = heard.get(timeout=PATIENCE)
    poller.stop(PATIENCE)
    assert first.totals.counted < 1.0
    assert latest.totals.events == 18 + 5000
    assert poller.ranges_of("old") == {0: (1, 4)}


def test_memory_is_given_back_once_all_of_a_large_store_is_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    left_out: list[int] = []
    for much, times in ((19, 0), (18, 1)):
        monkeypatch.setattr(poller_module, "MUCH", much)
        feed = Feed(path, clock=desk_clock())
        poller = Poller(
            feed, give_back=partial(given.append, much), leave_out=partial(left_out.append, much)
        )
        for _ in range(3):
            poller.poll_once()
            poller._wake.set()
            poller._between_polls(time.monotonic())
        assert left_out == given == [18] * times, "once for all"
        assert feed.fold.rows == 18
        poller.stop()
        feed.close()


def test_a_fault_is_shown_and_not_kept_quiet(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    feed = Feed(path, clock=Clock())
    polls = iter((feed.poll, None))

    def poll(*, tells_progress: bool) -> Snapshot | None:
        real = next(polls)
        if real is None:
            raise ZeroDivisionError("a secret")
        return real(tells_progress=tells_progress)

    monkeypatch.setattr(feed, "poll", poll)
    poller = Poller(feed, refresh=0.001)
    heard: list[Snapshot] = []
    poller.deliver_to(heard.append)
    with caplog.at_level(logging.CRITICAL):
        poller.run()
    assert isinstance(poller.error, ZeroDivisionError)
    assert heard[-1].state is StoreState.UNREADABLE
    assert "ZeroDivisionError" in heard[-1].message
    assert "secret" not in heard[-1].message
    assert heard[-1].sessions == heard[0].sessions
    assert heard[-1].generation > heard[0].generation


def test_a_fault_before_the_first_look_is_shown_too(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    feed = Feed(path)

    def poll(*, tells_progress: bool) -> Snapshot | None:
        raise ZeroDivisionError(tells_progress)

    monkeypatch.setattr(feed, "poll", poll)
    poller = Poller(feed)
    heard: list[Snapshot] = []
    poller.deliver_to(heard.append)
    with caplog.at_level(logging.CRITICAL):
        poller.run()
    assert [snapshot.state for snapshot in heard] == [StoreState.UNREADABLE]
    assert heard[0].info is None


def test_a_poller_that_never_ran_can_be_stopped(path: Path) -> None:
    Poller(Feed(path)).stop()


def test_questions_are_answered_with_the_totals_in_the_pollers_thread(tmp_path: Path) -> None:
    path = tmp_path / "asked.db"
    with canonical_store(path, "wal") as store:
        store.add_session("s")
        store.add_event("s", agent="planner", tool="Read")
    poller = StepPoller(path, Clock())
    try:
        answers: list[list[str]] = []
        poller.ask(lambda fold: sorted(fold.agents), answers.append)
        assert answers == []
        poller.step()
        assert answers == [["planner"]]
        poller.step()
        assert len(answers) == 1
    finally:
        poller.stop()


def slices_of(poller: StepPoller, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Takes down how much work each slice of the past is to take; none is counted."""
    works: list[float] = []

    def backfill(seconds: float, *, work: float, pause: Callable[[], object]) -> bool:
        pause()
        works.append(work)
        return True

    monkeypatch.setattr(poller.feed, "backfill", backfill)
    return works


def test_slices_are_small_while_keys_come(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = desk_clock()
    poller = StepPoller(path, clock)
    poller.poll_once()
    works = slices_of(poller, monkeypatch)
    poller._count(0.2)
    poller.gate.handled()
    poller.gate.painted()
    poller._count(0.2)
    clock.now += key_gate.RECENT
    poller._count(0.05)
    poller._count(0.0)
    assert works == [WORK, WORK_BESIDE_KEYS, 0.05, LEAST_WORK]
    assert poller.gate.waits == 0
    poller.stop()


def test_a_key_that_is_being_answered_is_waited_for_before_a_slice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller = StepPoller(path, desk_clock())
    poller.poll_once()
    works = slices_of(poller, monkeypatch)
    waits: list[int] = []
    wait = poller.gate._open.wait

    def waiting(timeout: float | None = None) -> bool:
        waits.append(len(works))
        return wait(0)

    monkeypatch.setattr(poller.gate._open, "wait", waiting)
    poller.gate.came()
    poller._count(0.2)
    # Before it was read; in its middle the key was waited for long enough.
    assert waits == [0]
    assert works == [WORK_BESIDE_KEYS]
    poller.stop()


def test_that_more_is_counted_is_told_now_and_then_and_its_end_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The times of this store are made up: sessions fall silent as more of it is known.
    monkeypatch.setattr(Roster, "is_due", lambda _self, _now: False)
    # It stays open: a file that was written a moment ago and is not in use is looked at twice.
    with canonical_store(path, "wal") as store:
        with store.batch():
            for number in range(5000):
                store.add_event(LIVE, id=f"past-{number}")
        clock = desk_clock()
        poller = StepPoller(path, clock)
        assert poller.poll_once() is not None
        poller.feed.backfill(0.0)
        assert poller.feed.counting
        assert poller.poll_once() is None
        clock.now += PROGRESS
        poller.gate.handled()
        assert poller.poll_once() is None
        clock.now += PROGRESS
        told = poller.poll_once()
        assert told is not None
        assert 0.0 < told.totals.counted < 1.0
        while poller.feed.counting:
            poller.feed.backfill(10.0)
        last = poller.poll_once()
        assert last is not None
        assert last.totals.counted == 1.0
        poller.stop()


def test_news_are_told_at_once_while_the_past_is_counted(path: Path) -> None:
    with canonical_store(path, "wal") as store:
        with store.batch():
            for number in range(5000):
                store.add_event(LIVE, id=f"past-{number}")
        poller = StepPoller(path, desk_clock())
        poller.poll_once()
        poller.feed.backfill(0.0)
        store.add_event(LIVE, id="fresh")
    told = poller.poll_once()
    assert told is not None
    assert [event.id for event in told.arrived] == ["fresh"]
    poller.stop()


def test_polls_begin_at_equal_distances(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = desk_clock()
    poller = StepPoller(path, clock)
    poller.step()
    waited: list[float] = []
    monkeypatch.setattr(poller._wake, "wait", waited.append)
    for took in (0.0, 0.05, 0.2, 1.0):
        begun = clock.now
        clock.now += took
        poller._between_polls(begun)
    # What takes long leaves some time to others.
    assert [round(seconds, 6) for seconds in waited] == [0.25, 0.2, 0.2, 0.25]
    poller.stop()


@pytest.mark.parametrize(("age", "pause"), [(0.0, 4.0), (9.0, 4.0), (60.0, 0.2), (1e7, 0.2)])
def test_counting_makes_long_pauses_only_where_a_writer_would_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float, pause: float
) -> None:
    path = tmp_path / "rollback.db"
    with canonical_store(path, "delete") as store, store.batch():
        for number in range(5000):
            store.add_event(LIVE, id=f"more-{number}")
    then = time.time() - age
    os.utime(path, (then, then))
    clock = desk_clock()
    poller = StepPoller(path, clock)
    poller.step(count=False)
    waited: list[float] = []

    def count(_: float) -> bool:
        clock.now += 0.01
        return len(waited) == 3

    monkeypatch.setattr(poller, "_count", count)
    monkeypatch.setattr(poller._stop_wanted, "wait", waited.append)
    poller._between_polls(clock.now)
    assert [round(seconds, 6) for seconds in waited] == [round(0.01 * pause, 6)] * 3
    poller.stop()


def test_the_first_snapshot_can_be_waited_for(path: Path) -> None:
    poller = StepPoller(path, desk_clock())
    assert poller.first(0.0) is None
    made = poller.step(count=False)
    assert poller.first(PATIENCE) is made
    poller.stop()


def test_the_past_is_counted_once_that_is_asked_for(path: Path) -> None:
    with canonical_store(path, "wal") as store, store.batch():
        for number in range(5000):
            store.add_event(LIVE, id=f"more-{number}")
    feed = Feed(path)
    poller = Poller(feed, refresh=0.05, counts=False)
    heard: Queue[Snapshot] = Queue()
    poller.start()
    try:
        first = poller.first(PATIENCE)
        assert first is not None
        assert feed.counting
        poller.deliver_to(heard.put)
        poller.count()
        while heard.get(timeout=PATIENCE).totals.counted < 1:
            pass
        assert not feed.counting
    finally:
        poller.stop()


def test_neither_polls_nor_what_they_found_come_between_a_key_and_its_frame(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller = Poller(Feed(path), refresh=0.01)
    told: Queue[str] = Queue()
    poll = poller._feed.poll

    def polling(*, tells_progress: bool) -> Snapshot | None:
        told.put("poll")
        return poll(tells_progress=tells_progress)

    monkeypatch.setattr(poller._feed, "poll", polling)
    monkeypatch.setattr(poller.gate, "wait", lambda: told.put("gate"))
    poller.deliver_to(lambda _: told.put("snapshot"))
    poller.start()
    first = [told.get(timeout=PATIENCE) for _ in range(4)]
    poller.stop(PATIENCE)
    assert first == ["gate", "poll", "gate", "snapshot"]


def test_reading_what_is_new_makes_room_for_keys_between_its_parts(path: Path) -> None:
    feed = Feed(path)
    poller = Poller(feed)
    assert feed.pause == poller.gate.wait
