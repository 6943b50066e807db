"""The list of sessions, kept up to date change by change."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from queries.fold import Fold
from queries.live import roster as roster_module
from queries.live.roster import Roster
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus
from queries.store import Store
from tests.queries.events import event
from tests.stores import CanonicalStore

NOW = 1_768_300_000.0


def fill(empty: CanonicalStore, number: int, status: str = "running") -> None:
    with empty.batch():
        for index in range(number):
            empty.add_session(f"s{index:05d}", started=1000.0 + index, status=status)


def make(fold: Fold, roster: Roster, *names: str, now: float = NOW) -> tuple[SessionRow, ...]:
    return roster.rows(fold, names, now=now, frontier=None)


def nothing() -> Fold:
    return Fold(messages_only=False)


# -- lines ------------------------------------------------------------------------------------


def test_declared_and_undeclared_sessions(empty: CanonicalStore) -> None:
    fill(empty, 2)
    fold = nothing()
    fold.add(event(1, session_id="s00001"))
    fold.add(event(2, session_id="stray", time=500.0))
    with Store(empty.path) as store:
        roster = Roster(100)
        roster.load(store)
        rows = make(fold, roster)
    assert [row.id for row in rows] == ["s00001", "s00000", "stray"]
    assert [row.session.declared for row in rows] == [True, True, False]
    assert [row.totals.events for row in rows] == [1, 0, 1]
    assert len(roster) == 3
    assert roster.session("stray") == Session(id="stray", declared=False)
    assert roster.session("absent") is None


def test_others_may_go_on_while_many_lines_are_made(empty: CanonicalStore) -> None:
    fill(empty, 2 * roster_module.AT_ONCE + 1)
    pauses: list[int] = []
    with Store(empty.path) as store:
        roster = Roster(1000)
        roster.load(store)
        roster.rows(nothing(), (), now=NOW, frontier=None, pause=lambda: pauses.append(1))
    # Before each hundred of them, and before they are put in order.
    assert len(pauses) == 4


def test_only_what_changed_is_made_anew(empty: CanonicalStore) -> None:
    fill(empty, 3)
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100)
        roster.load(store)
        before = make(fold, roster)
        assert make(fold, roster) is before
        fold.add(event(1, session_id="s00001"))
        after = make(fold, roster, "s00001")
    assert after is not before
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert make(fold, roster, "s00001") is after


def test_an_undeclared_session_may_be_declared_later(empty: CanonicalStore) -> None:
    fold = nothing()
    fold.add(event(1, session_id="late"))
    with Store(empty.path) as store:
        roster = Roster(100)
        roster.load(store)
        assert [row.session.declared for row in make(fold, roster)] == [False]
        empty.add_session("late", title="Now known")
        assert roster.refresh(store, ()) == {"late"}
        (row,) = make(fold, roster)
    assert (row.session.declared, row.title) == (True, "Now known")
    assert len(roster) == 1


def test_a_deleted_session_goes_but_its_events_stay(empty: CanonicalStore) -> None:
    fill(empty, 2)
    fold = nothing()
    fold.add(event(1, session_id="s00000"))
    with Store(empty.path) as store:
        roster = Roster(100)
        roster.load(store)
        make(fold, roster)
        empty.connection.execute("DELETE FROM session")
        roster.refresh(store, ())
        rows = make(fold, roster)
    assert [(row.id, row.session.declared) for row in rows] == [("s00000", False)]
    assert len(roster) == 1


@pytest.mark.parametrize("number", [3, 700])
def test_changes_in_place_are_read(empty: CanonicalStore, number: int) -> None:
    fill(empty, number, status="running")
    last = f"s{number - 1:05d}"
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100_000, stale_after=1e12)
        roster.load(store)
        make(fold, roster)
        empty.update("session", "id", last, title="New", status="completed", ended=9e8)
        roster.refresh(store, ())
        row = make(fold, roster)[0]
        assert (row.id, row.title, row.session.status) == (last, "New", SessionStatus.COMPLETED)
        empty.update("session", "id", "s00001", title="By its event")
        roster.refresh(store, ["s00001"])
        rows = make(fold, roster)
    assert [row.title for row in rows if row.id == "s00001"] == ["By its event"]


def test_in_a_long_list_old_sessions_are_read_in_turn(
    empty: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_module, "ALL_BELOW", 20)
    monkeypatch.setattr(roster_module, "RECENT", 5)
    monkeypatch.setattr(roster_module, "IN_TURN", 30)
    fill(empty, 100, status="completed")
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100_000)
        roster.load(store)
        make(fold, roster)
        empty.update("session", "id", "s00010", title="Renamed")
        found = [roster.refresh(store, ()) for _ in range(4)]
        assert [names for names in found if names] == [{"s00010"}]


@pytest.mark.parametrize("below", [10, 500])
def test_whatever_is_written_the_list_becomes_that_of_the_store(
    empty: CanonicalStore, monkeypatch: pytest.MonkeyPatch, below: int
) -> None:
    monkeypatch.setattr(roster_module, "ALL_BELOW", below)
    monkeypatch.setattr(roster_module, "RECENT", 3)
    monkeypatch.setattr(roster_module, "IN_TURN", 7)
    chance = random.Random(7)
    fill(empty, 30)
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100_000, stale_after=1e12)
        roster.load(store)
        for step in range(60):
            name = f"s{chance.randrange(60):05d}"
            if chance.random() < 0.4:
                empty.connection.execute("DELETE FROM session WHERE id = ?", (name,))
            else:
                empty.connection.execute(
                    "INSERT OR REPLACE INTO session (id, status, started, title)"
                    " VALUES (?, 'completed', ?, ?)",
                    (name, chance.randrange(1000), str(step)),
                )
            roster.refresh(store, ())
            if step % 10 == 9:
                for _ in range(10):
                    roster.refresh(store, ())
                expected = {session.id: session for session in store.sessions(limit=999)}
                assert {row.id: row.session for row in make(fold, roster)} == expected
                assert len(roster) == len(expected)


# -- stale ------------------------------------------------------------------------------------


def test_sessions_become_stale_by_silence_alone(empty: CanonicalStore) -> None:
    for name, started in (("old", 1000.0), ("mid", 1050.0), ("new", 2000.0)):
        empty.add_session(name, started=started, status="running")
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100, stale_after=100.0)
        roster.load(store)

    def running(now: float) -> set[str]:
        rows = make(fold, roster, now=now)
        names = {row.id for row in rows if row.session.status is SessionStatus.RUNNING}
        assert roster.running == len(names)
        assert {row.id for row in rows if roster.is_alive(row.id)} == names
        return names

    assert running(1060.0) == {"old", "mid", "new"}
    changes = roster.alive_changes
    assert not roster.is_due(1100.0)
    assert running(1100.0) == {"old", "mid", "new"}
    assert roster.alive_changes == changes
    assert roster.is_due(1101.0)
    assert running(1101.0) == {"mid", "new"}
    assert roster.alive_changes == changes + 1
    assert not roster.is_due(1101.0)
    fold.add(event(1, session_id="mid", time=1140.0))
    assert running(1151.0) == {"mid", "new"}
    make(fold, roster, "mid", now=1151.0)
    assert running(1240.0) == {"mid", "new"}
    assert running(1241.0) == {"new"}
    assert running(1e12) == {"new"}
    fold.add(event(2, session_id="old", time=1e12))
    make(fold, roster, "old", now=1e12)
    assert running(1e12) == {"new", "old"}
    assert running(1e12 + 200) == {"new"}


@pytest.mark.parametrize("started", [None, 1000.0, NOW - 10, NOW + 90_000])
@pytest.mark.parametrize("ended", [None, 1000.0, NOW, NOW + 90_000])
@pytest.mark.parametrize("last", [None, 1000.0, NOW - 10, NOW + 90_000])
def test_what_is_judged_once_is_not_due_again(
    empty: CanonicalStore, started: float | None, ended: float | None, last: float | None
) -> None:
    """Such as a session that says it runs although it has ended, which silence does not change."""
    fold = nothing()
    for number in range(3):
        name = f"s{number}"
        empty.insert("session", id=name, status="running", started=started, ended=ended)
        if last is not None:
            fold.add(event(number + 1, session_id=name, time=last))
    with Store(empty.path) as store:
        roster = Roster(100, stale_after=1800.0)
        roster.load(store)
        make(fold, roster)
        for later in (0.0, 5000.0, 1e6):
            make(fold, roster, now=NOW + later)
            assert not roster.is_due(NOW + later)


def test_the_session_that_was_the_newest_may_be_stale(empty: CanonicalStore) -> None:
    empty.add_session("first", started=1000.0, status="running")
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100, stale_after=100.0)
        roster.load(store)
        (row,) = make(fold, roster, now=9000.0)
        assert row.session.status is SessionStatus.RUNNING
        empty.add_session("second", started=8990.0, status="running")
        roster.refresh(store, ())
        rows = make(fold, roster, now=9000.0)
    assert [row.session.status for row in rows] == [SessionStatus.RUNNING, SessionStatus.STALE]


# -- the past -----------------------------------------------------------------------------------


def test_lines_say_whether_all_of_their_events_are_counted(empty: CanonicalStore) -> None:
    fill(empty, 10)
    fold = nothing()
    fold.add(event(1, session_id="stray", time=1002.5))
    with Store(empty.path) as store:
        roster = Roster(100)
        roster.load(store)

    def complete(frontier: float | None) -> set[str]:
        rows = roster.rows(fold, (), now=NOW, frontier=frontier)
        return {row.id for row in rows if row.complete}

    def after(start: int) -> set[str]:
        return {f"s{n:05d}" for n in range(start, 10)}

    assert complete(float("inf")) == set()
    assert complete(1007.0) == after(8)
    assert complete(1007.0) == after(8)
    assert complete(1002.0) == after(3)
    assert complete(1004.5) == after(5)
    assert complete(None) == after(0) | {"stray"}
    assert complete(1004.5) == after(5)


def test_the_stores_own_totals_are_taken_when_they_come(empty: CanonicalStore) -> None:
    fill(empty, 2)
    fold = nothing()
    with Store(empty.path) as store:
        roster = Roster(100)
        roster.load(store)
        roster.declare_tools({"s00000": [AggregatedTool("s00000", "a", None, 3, 3)]}, ["s00000"])
    assert [row.totals.tool_calls for row in make(fold, roster)] == [0, 3]
    other = {"s00001": [AggregatedTool("s00001", "a", None, 5, 3)]}
    roster.declare_tools(other, ["s00000", "s00001"])
    assert roster.is_touched
    assert [row.totals.tool_calls for row in make(fold, roster)] == [5, 0]


# -- more than can be kept ------------------------------------------------------------------------


def test_only_the_newest_sessions_are_kept(empty: CanonicalStore) -> None:
    fill(empty, 30)
    fold = nothing()
    for number in range(30):
        fold.add(event(number, session_id=f"s{number:05d}"))
    fold.add(event(99, session_id="stray", time=1.0))
    with Store(empty.path) as store:
        roster = Roster(10)
        roster.load(store)
        roster.learn(store, fold.sessions)
        rows = make(fold, roster)
        assert [row.id for row in rows] == [f"s{n:05d}" for n in range(29, 19, -1)] + ["stray"]
        assert len(roster) == 31
        empty.add_session("s00030", started=2000.0)
        roster.refresh(store, ())
        rows = make(fold, roster)
    assert [row.id for row in rows[:2]] == ["s00030", "s00029"]
    assert len(roster) == 32


def test_sessions_are_loaded_step_by_step(empty: CanonicalStore) -> None:
    fill(empty, 30)
    fold = nothing()
    fold.add(event(1, session_id="s00003"))
    with Store(empty.path) as store:
        roster = Roster(25)
        roster.load(store, first=10)
        assert not roster.is_loaded
        roster.learn(store, fold.sessions)
        rows = make(fold, roster)
        assert [row.id for row in rows[:10]] == [f"s{n:05d}" for n in range(29, 19, -1)]
        assert [(row.id, row.session.declared) for row in rows[10:]] == [("s00003", True)]
        assert len(roster) == 30
        while not roster.is_loaded:
            roster.load_more(store, 10)
        names = {row.id for row in make(fold, roster)}
    assert names >= {f"s{n:05d}" for n in range(29, 5, -1)}
    assert "s00003" in names
    assert len(names) == 25


def test_a_session_has_no_line_before_it_is_known_whether_it_is_declared(
    empty: CanonicalStore,
) -> None:
    fill(empty, 30)
    fold = nothing()
    for name in ("s00003", "stray"):
        fold.add(event(1, session_id=name))
    with Store(empty.path) as store:
        roster = Roster(40)
        roster.load(store, first=10)
        # As where looking it up was interrupted, or a writer kept us out.
        assert len(make(fold, roster)) == 10
        assert len(roster) == 30
        roster.learn(store, ())
        assert roster.is_touched
        rows = make(fold, roster)
        assert {(row.id, row.session.declared) for row in rows[10:]} == {
            ("s00003", True), ("stray", False),
        }  # fmt: skip
        assert len(roster) == 31


def test_what_was_not_looked_up_has_its_line_once_all_sessions_are_read(
    empty: CanonicalStore,
) -> None:
    fill(empty, 30)
    fold = nothing()
    fold.add(event(1, session_id="stray"))
    with Store(empty.path) as store:
        roster = Roster(40)
        roster.load(store, first=10)
        make(fold, roster)
        roster.load_more(store, 40)
        roster.learn(store, ())
        assert "stray" in {row.id for row in make(fold, roster)}


def test_one_change_among_many_sessions_makes_one_new_line() -> None:
    fold = nothing()
    fold.add_all(event(n, session_id=f"s{n}", time=1000.0 + n) for n in range(15_000))
    roster = Roster(50_000)
    make(fold, roster)
    before = {row.id: row for row in make(fold, roster)}
    fold.add(replace(event(20_000, session_id="s700"), time=2000.0))
    rows = make(fold, roster, "s700")
    assert len(rows) == 15_000
    assert [row.id for row in rows if row is not before[row.id]] == ["s700"]
