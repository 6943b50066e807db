"""A feed notices what changes in place, comes again, or merely grows old."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.feed import Feed
from queries.fold import Fold
from queries.folding import running_rows
from queries.folding.running_rows import RunningRows
from queries.live import changing_rows, recent_rows, running_turns
from queries.models import Event, EventState, SessionStatus
from tests.queries.feeding import Clock, begun, count_all, counted, snap, states
from tests.queries.files import filled
from tests.queries.kept import cache_in, opened
from tests.stores import CanonicalStore, canonical_store, htmlgraph_store


def test_a_running_call_ends(feed: Feed, writer: CanonicalStore) -> None:
    writer.add_event("s1", id="call", state="running")
    first = snap(feed)
    assert (first.tools[0].running, first.sessions[0].totals.running) == (1, 1)
    writer.finish_event("call", duration=2.5)
    second = snap(feed)
    assert states(second) == {"call": EventState.OK}
    assert second.arrived == ()
    tool = second.tools[0]
    assert (tool.calls, tool.ok, tool.running, tool.average) == (1, 1, 0, 2.5)
    assert second.sessions[0].totals.running == 0


def test_any_recent_row_may_change(feed: Feed, writer: CanonicalStore) -> None:
    for number in range(20):
        writer.add_event("s1", id=f"e{number}", state="unknown")
    snap(feed)
    count_all(feed)
    writer.update("event", "id", "e3", state="error")
    writer.update("event", "id", "e4", summary="other words")
    snapshot = snap(feed)
    assert states(snapshot) == {"e3": EventState.ERROR, "e4": EventState.UNKNOWN}
    assert (snapshot.tools[0].errors, snapshot.tools[0].unknown) == (1, 19)


def test_rows_on_screen_are_read_again_however_old(
    feed: Feed, writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing_rows, "REREAD_NEWEST", 10)
    for number in range(40):
        writer.add_event("s1", id=f"e{number}")
    snap(feed)
    feed.watch([(0, 3), (0, 999)])
    writer.update("event", "id", "e2", summary="changed")
    writer.update("event", "id", "e3", summary="changed")
    assert [event.id for event in snap(feed).updated] == ["e2"]
    writer.add_event("s1")
    assert snap(feed).updated == ()
    writer.update("event", "id", "e2", summary="again")
    assert [event.summary for event in snap(feed).updated] == ["again"]
    feed.watch([])
    writer.update("event", "id", "e2", summary="unseen")
    assert snap(feed).updated == ()


def test_rows_that_come_on_screen_are_read_again_once_something_was_committed(
    tmp_path: Path, clock: Clock
) -> None:
    path = filled(tmp_path / "a.db", 1000)
    feed = begun(path, clock)
    with canonical_store(path) as writer:
        feed.watch([(0, 6)])
        assert feed.poll() is None, "nothing was committed"
        writer.update("event", "id", "e7", summary="corrected")
        writer.update("event", "id", "e8", state="running")
        assert "e7" not in states(snap(feed))
        feed.watch([(0, 6), (0, 8)])
        snapshot = feed.poll()
        assert snapshot is not None
        assert {event.id: event.summary for event in snapshot.updated}["e7"] == "corrected"
        assert feed.poll() is None, "once is enough"
        feed.watch([(0, 8)])
        assert feed.poll() is None, "no other row is on screen"
    feed.close()


@pytest.fixture
def many_finished(feed: Feed, writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """More running rows than are read again at once, which one commit finished; their ids."""
    monkeypatch.setattr(changing_rows, "REREAD_NEWEST", 1)
    monkeypatch.setattr(running_turns, "NEWEST", 5)
    monkeypatch.setattr(running_turns, "OLDER", 10)
    ids = [f"e{number}" for number in range(45)]
    with writer.batch():
        for event_id in ids:
            writer.add_event("s1", id=event_id, state="running")
    snap(feed)
    count_all(feed)
    with writer.batch():
        for event_id in ids:
            writer.finish_event(event_id)
    return ids


def test_of_many_running_rows_the_newest_are_read_and_the_others_in_turn(
    feed: Feed, writer: CanonicalStore, many_finished: list[str]
) -> None:
    found: list[str] = []
    for _ in range(5):
        found += states(snap(feed))
        writer.add_event("s1", kind="other")
    assert set(many_finished[40:]) <= set(found[:15])
    assert sorted(found) == sorted(many_finished)
    assert snap(feed).tools[0].ok == 45


def test_running_rows_are_all_read_although_nothing_else_is_committed(
    feed: Feed, many_finished: list[str]
) -> None:
    found: list[str] = []
    for _ in range(7):
        found += states(snap(feed))
    assert sorted(found) == sorted(many_finished)
    assert snap(feed).tools[0].ok == 45
    assert feed.poll() is None


def test_a_commit_beside_many_running_rows_looks_at_few_of_them(
    feed: Feed, writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.add_session("over", status="completed")
    with writer.batch():
        for number in range(300):
            writer.add_event(("s1", "over")[number % 2], state="running")
    snap(feed)
    count_all(feed)
    writer.add_event("s1")
    snap(feed)

    def all_of_them(*_: object) -> object:
        raise AssertionError("all running rows were gone through")

    monkeypatch.setattr(RunningRows, "__iter__", all_of_them)
    monkeypatch.setattr(RunningRows, "rows", all_of_them)
    monkeypatch.setattr(running_rows, "sorted", all_of_them, raising=False)
    for _ in range(3):
        writer.add_event("s1", state="running")
        tool = snap(feed).tools[0]
    assert (tool.running, tool.unknown) == (153, 150)


def test_running_rows_that_did_not_change_are_not_told_however_they_became_known(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_rows, "KEPT", 10)
    monkeypatch.setattr(changing_rows, "REREAD_NEWEST", 10)
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        with writer.batch():
            for number in range(300):
                writer.add_event("s1", id=f"e{number}", summary=f"text {number}", state="running")
            writer.add_event("s1")
        cache = cache_in(tmp_path / "cache")
        opened(path, cache, clock)
        feed = Feed(path, clock=clock, cache=cache)
        snap(feed)
        count_all(feed)
        snap(feed)
        counted_anew = 0
        update = Fold.update

        def counting(self: Fold, before: Event, after: Event) -> bool:
            nonlocal counted_anew
            counted_anew += 1
            return update(self, before, after)

        monkeypatch.setattr(Fold, "update", counting)
        writer.add_event("s1", id="new")
        assert snap(feed).updated == ()
        for _ in range(3):
            snapshot = feed.poll()
            assert snapshot is None or snapshot.updated == ()
        assert counted_anew == 0
        writer.update("event", "id", "e5", summary="other words")
        assert snap(feed).updated == (), "it is not on screen"
        feed.watch([(0, 6)])
        assert [event.summary for event in snap(feed).updated] == ["other words"]
        assert counted_anew == 0
        writer.update("event", "id", "e5", summary="once more")
        assert [event.summary for event in snap(feed).updated] == ["once more"]
        writer.finish_event("e5", duration=2.0)
        snapshot = snap(feed)
        assert states(snapshot) == {"e5": EventState.OK}
        tool = snapshot.tools[0]
        assert (tool.ok, tool.running + tool.unknown) == (3, 299)
        feed.close()


def test_a_delegation_ends_in_place(tmp_path: Path, clock: Clock) -> None:
    with htmlgraph_store(tmp_path / "a.db") as writer:
        writer.add_session("sess-1")
        prompt = writer.add_prompt("sess-1")
        task = writer.add_delegation("sess-1", parent=prompt["event_id"])
        feed = Feed(writer.path, clock=clock)
        first = snap(feed)
        assert first.sessions[0].totals.running == 1
        writer.finish_delegation(task["event_id"])
        second = snap(feed)
        assert states(second) == {task["event_id"]: EventState.OK}
        assert second.sessions[0].totals.running == 0
        assert second.tools == counted(writer.path, clock).tools
        feed.close()


def test_sessions_change_in_place(feed: Feed, writer: CanonicalStore) -> None:
    assert snap(feed).totals.running == 1
    writer.update("session", "id", "s1", title="Named", status="completed", ended=2e9, error="no")
    snapshot = snap(feed)
    row = snapshot.sessions[0]
    assert (row.title, row.session.status, row.session.ended, row.session.error) == (
        "Named", SessionStatus.COMPLETED, 2e9, "no",
    )  # fmt: skip
    assert snapshot.totals.running == 0


def test_a_row_that_is_replaced_counts_once(feed: Feed, writer: CanonicalStore) -> None:
    for number in range(5):
        writer.add_event("s1", id=f"e{number}", state="running")
    snap(feed)
    count_all(feed)
    writer.connection.execute(
        "INSERT OR REPLACE INTO event (id, session_id, kind, tool, state, agent)"
        " VALUES ('e1', 's1', 'tool', 'Read', 'ok', 'agent')"
    )
    snapshot = snap(feed)
    assert snapshot.epoch == 1
    assert snapshot.totals.events == 5
    assert (snapshot.tools[0].calls, snapshot.tools[0].ok, snapshot.tools[0].running) == (5, 1, 4)
    assert [(event.id, event.seq) for event in snapshot.updated] == [("e1", 6)]
    assert snapshot.arrived == ()
    writer.finish_event("e1", state="error")
    again = snap(feed)
    assert states(again) == {"e1": EventState.ERROR}
    assert again.tools[0].errors == 1


def test_two_rows_with_the_same_id_are_two(tmp_path: Path, clock: Clock) -> None:
    with canonical_store(tmp_path / "a.db") as writer:
        writer.connection.execute("DROP TABLE event")
        writer.connection.execute(
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, id, session_id, time, kind, state)"
        )
        writer.connection.execute("INSERT INTO event VALUES (1, 'e', 's', 1.0, 'tool', 'ok')")
        feed = Feed(writer.path, clock=clock)
        snap(feed)
        writer.connection.execute("INSERT INTO event VALUES (2, 'e', 's', 1.0, 'tool', 'ok')")
        assert snap(feed).totals.events == 2
        for _ in range(3):
            writer.connection.execute("INSERT INTO event (session_id, kind) VALUES ('s', 'tool')")
            snap(feed)
        assert snap(feed).totals.events == 5
        feed.close()


def test_a_session_becomes_stale_without_any_commit(
    feed: Feed, writer: CanonicalStore, clock: Clock
) -> None:
    writer.add_session("s2", started=clock.now)
    writer.add_event("s1", time=clock.now)
    first = snap(feed)
    count_all(feed)
    snap(feed)
    assert first.totals.running == 2
    clock.now += 1799
    assert feed.poll() is None or snap(feed).totals.running == 2
    clock.now += 2
    snapshot = feed.poll()
    assert snapshot is not None
    assert snapshot.totals.running == 1
    assert {row.id: row.session.status for row in snapshot.sessions} == {
        "s1": SessionStatus.STALE,
        "s2": SessionStatus.RUNNING,
    }


def test_the_first_rows_may_say_what_a_store_is(tmp_path: Path, clock: Clock) -> None:
    with canonical_store(tmp_path / "a.db") as writer:
        feed = Feed(writer.path, clock=clock)
        snap(feed)
        for _ in range(3):
            writer.add_event("s1", kind="prompt")
        first = snap(feed)
        assert first.interactions == counted(writer.path, clock).interactions
        assert (first.epoch, first.totals.events) == (2, 3)
        for _ in range(10):
            writer.add_event("s1", kind="message")
            assert snap(feed).totals.events > 3
        last = snap(feed)
        assert last.interactions == counted(writer.path, clock).interactions
        assert last.epoch == 3
        feed.close()


def test_an_end_row_of_a_delegation_changes_in_place(
    feed: Feed, writer: CanonicalStore, clock: Clock
) -> None:
    writer.add_event("s1", id="d1", kind="delegation", call_key="d1", target_agent="a",
                     state="running")  # fmt: skip
    for name, key, phase in (("d2", "k", "start"), ("x1", "d1", "end"), ("x2", "k", "end")):
        writer.add_event("s1", id=name, kind="delegation", phase=phase, call_key=key,
                         state="running", target_agent="b")  # fmt: skip
    writer.add_event("s1", id="c1", phase="start", state="running")
    writer.add_event("s1", id="c2", phase="end", state="running", duration=None)
    first = snap(feed)
    assert first.sessions[0].totals.running == sum(tool.running for tool in first.tools) == 3
    for name, state in (("x1", "error"), ("x2", "ok"), ("c2", "error")):
        writer.update("event", "id", name, state=state)
        second = snap(feed)
        assert second.tools == counted(writer.path, clock).tools
        assert second.sessions[0].totals == counted(writer.path, clock).sessions[0].totals
    assert second.sessions[0].totals.running == 0
