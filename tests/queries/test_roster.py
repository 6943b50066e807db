"""The list of sessions, kept up to date change by change."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import roster as roster_module
from queries.fold import Fold
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus, SessionTotals
from queries.ranking import Ranking
from queries.roster import Roster
from queries.sessions import newest_of, sort_rows
from queries.store import Store
from tests.queries.events import event
from tests.stores import CanonicalStore, canonical_store

NOW = 1_768_300_000.0


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[CanonicalStore]:
    with canonical_store(tmp_path / "a.db", "wal") as store:
        yield store


def fill(writer: CanonicalStore, number: int, status: str = "running") -> None:
    with writer.batch():
        for index in range(number):
            writer.add_session(f"s{index:05d}", started=1000.0 + index, status=status)


def make(fold: Fold, roster: Roster, *names: str, now: float = NOW) -> tuple[SessionRow, ...]:
    return roster.rows(fold, names, now=now, frontier=None)


def nothing() -> Fold:
    return Fold(messages_only=False)


# -- order ------------------------------------------------------------------------------------


def line(name: str, started: float | None, title: str = "") -> SessionRow:
    return SessionRow(Session(id=name, started=started, title=title), SessionTotals(), True)


changes = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.none()
    | st.builds(
        lambda started, title: ("", started, title),
        st.none() | st.integers(0, 3).map(float),
        st.sampled_from(("x", "y")),
    ),
    max_size=6,
)


@given(st.lists(changes, max_size=12))
def test_a_ranking_is_always_in_order(
    steps: list[dict[str, tuple[str, float, str] | None]],
) -> None:
    ranking = Ranking()
    known: dict[str, SessionRow] = {}
    for step in steps:
        made = {
            name: None if given is None else line(name, given[1], given[2])
            for name, given in step.items()
        }
        ranking.put(made)
        for name, row in made.items():
            known.pop(name, None)
            if row is not None:
                known[name] = row
        assert list(ranking.rows()) == sort_rows(known.values())
        assert ranking.newest() == newest_of((row.id, row.started) for row in known.values())
        assert len(ranking) == len(known)
        assert sorted(ranking.started_between(1.0, 2.0)) == sorted(
            name for name, row in known.items() if row.started in (1.0, 2.0)
        )


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    numbers = list(range(500))
    random.Random(1).shuffle(numbers)
    lines = {f"s{n}": line(f"s{n}", float(n % 50)) for n in numbers}
    at_once, singly = Ranking(), Ranking()
    at_once.put(lines)
    for name, row in lines.items():
        singly.put({name: row})
    assert at_once.rows() == singly.rows()
    assert at_once.rows() is at_once.rows()


# -- lines ------------------------------------------------------------------------------------


def test_declared_and_undeclared_sessions(writer: CanonicalStore) -> None:
    fill(writer, 2)
    fold = nothing()
    fold.add(event(1, session_id="s00001"))
    fold.add(event(2, session_id="stray", time=500.0))
    with Store(writer.path) as store:
        roster = Roster(100)
        roster.load(store, ())
        rows = make(fold, roster)
    assert [row.id for row in rows] == ["s00001", "s00000", "stray"]
    assert [row.session.declared for row in rows] == [True, True, False]
    assert [row.totals.events for row in rows] == [1, 0, 1]
    assert len(roster) == 3
    assert roster.session("stray") == Session(id="stray", declared=False)
    assert roster.session("absent") is None


def test_only_what_changed_is_made_anew(writer: CanonicalStore) -> None:
    fill(writer, 3)
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100)
        roster.load(store, ())
        before = make(fold, roster)
        assert make(fold, roster) is before
        fold.add(event(1, session_id="s00001"))
        after = make(fold, roster, "s00001")
    assert after is not before
    assert [old is new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert make(fold, roster, "s00001") is after


def test_an_undeclared_session_may_be_declared_later(writer: CanonicalStore) -> None:
    fold = nothing()
    fold.add(event(1, session_id="late"))
    with Store(writer.path) as store:
        roster = Roster(100)
        roster.load(store, ())
        assert [row.session.declared for row in make(fold, roster)] == [False]
        writer.add_session("late", title="Now known")
        assert roster.refresh(store, ()) == {"late"}
        (row,) = make(fold, roster)
    assert (row.session.declared, row.title) == (True, "Now known")
    assert len(roster) == 1


def test_a_deleted_session_goes_but_its_events_stay(writer: CanonicalStore) -> None:
    fill(writer, 2)
    fold = nothing()
    fold.add(event(1, session_id="s00000"))
    with Store(writer.path) as store:
        roster = Roster(100)
        roster.load(store, ())
        make(fold, roster)
        writer.connection.execute("DELETE FROM session")
        roster.refresh(store, ())
        rows = make(fold, roster)
    assert [(row.id, row.session.declared) for row in rows] == [("s00000", False)]
    assert len(roster) == 1


@pytest.mark.parametrize("number", [3, 700])
def test_changes_in_place_are_read(writer: CanonicalStore, number: int) -> None:
    fill(writer, number, status="running")
    last = f"s{number - 1:05d}"
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100_000, stale_after=1e12)
        roster.load(store, ())
        make(fold, roster)
        writer.update("session", "id", last, title="New", status="completed", ended=9e8)
        roster.refresh(store, ())
        row = make(fold, roster)[0]
        assert (row.id, row.title, row.session.status) == (last, "New", SessionStatus.COMPLETED)
        writer.update("session", "id", "s00001", title="By its event")
        roster.refresh(store, ["s00001"])
        rows = make(fold, roster)
    assert [row.title for row in rows if row.id == "s00001"] == ["By its event"]


def test_in_a_long_list_old_sessions_are_read_in_turn(
    writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_module, "ALL_BELOW", 20)
    monkeypatch.setattr(roster_module, "RECENT", 5)
    monkeypatch.setattr(roster_module, "IN_TURN", 30)
    fill(writer, 100, status="completed")
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100_000)
        roster.load(store, ())
        make(fold, roster)
        writer.update("session", "id", "s00010", title="Renamed")
        found = [roster.refresh(store, ()) for _ in range(4)]
        assert [names for names in found if names] == [{"s00010"}]


@pytest.mark.parametrize("below", [10, 500])
def test_whatever_is_written_the_list_becomes_that_of_the_store(
    writer: CanonicalStore, monkeypatch: pytest.MonkeyPatch, below: int
) -> None:
    monkeypatch.setattr(roster_module, "ALL_BELOW", below)
    monkeypatch.setattr(roster_module, "RECENT", 3)
    monkeypatch.setattr(roster_module, "IN_TURN", 7)
    chance = random.Random(7)
    fill(writer, 30)
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100_000, stale_after=1e12)
        roster.load(store, ())
        for step in range(60):
            name = f"s{chance.randrange(60):05d}"
            if chance.random() < 0.4:
                writer.connection.execute("DELETE FROM session WHERE id = ?", (name,))
            else:
                writer.connection.execute(
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


def test_sessions_become_stale_by_silence_alone(writer: CanonicalStore) -> None:
    for name, started in (("old", 1000.0), ("mid", 1050.0), ("new", 2000.0)):
        writer.add_session(name, started=started, status="running")
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100, stale_after=100.0)
        roster.load(store, ())

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


def test_the_session_that_was_the_newest_may_be_stale(writer: CanonicalStore) -> None:
    writer.add_session("first", started=1000.0, status="running")
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100, stale_after=100.0)
        roster.load(store, ())
        (row,) = make(fold, roster, now=9000.0)
        assert row.session.status is SessionStatus.RUNNING
        writer.add_session("second", started=8990.0, status="running")
        roster.refresh(store, ())
        rows = make(fold, roster, now=9000.0)
    assert [row.session.status for row in rows] == [SessionStatus.RUNNING, SessionStatus.STALE]


# -- the past -----------------------------------------------------------------------------------


def test_lines_say_whether_all_of_their_events_are_counted(writer: CanonicalStore) -> None:
    fill(writer, 10)
    fold = nothing()
    fold.add(event(1, session_id="stray", time=1002.5))
    with Store(writer.path) as store:
        roster = Roster(100)
        roster.load(store, ())

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


def test_the_stores_own_totals_are_taken_when_they_come(writer: CanonicalStore) -> None:
    fill(writer, 2)
    fold = nothing()
    with Store(writer.path) as store:
        roster = Roster(100)
        roster.load(store, [AggregatedTool("s00000", "a", None, 3, 3)])
    assert [row.totals.tool_calls for row in make(fold, roster)] == [0, 3]
    roster.declare_tools([AggregatedTool("s00001", "a", None, 5, 3)])
    assert roster.is_touched
    assert [row.totals.tool_calls for row in make(fold, roster)] == [5, 0]


# -- more than can be kept ------------------------------------------------------------------------


def test_only_the_newest_sessions_are_kept(writer: CanonicalStore) -> None:
    fill(writer, 30)
    fold = nothing()
    for number in range(30):
        fold.add(event(number, session_id=f"s{number:05d}"))
    fold.add(event(99, session_id="stray", time=1.0))
    with Store(writer.path) as store:
        roster = Roster(10)
        roster.load(store, ())
        roster.learn(store, fold.sessions)
        rows = make(fold, roster)
        assert [row.id for row in rows] == [f"s{n:05d}" for n in range(29, 19, -1)] + ["stray"]
        assert len(roster) == 31
        writer.add_session("s00030", started=2000.0)
        roster.refresh(store, ())
        rows = make(fold, roster)
    assert [row.id for row in rows[:2]] == ["s00030", "s00029"]
    assert len(roster) == 32


def test_sessions_are_loaded_step_by_step(writer: CanonicalStore) -> None:
    fill(writer, 30)
    fold = nothing()
    fold.add(event(1, session_id="s00003"))
    with Store(writer.path) as store:
        roster = Roster(25)
        roster.load(store, (), first=10)
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


def test_one_change_among_many_sessions_costs_little() -> None:
    fold = nothing()
    fold.add_all(event(n, session_id=f"s{n}", time=1000.0 + n) for n in range(15_000))
    roster = Roster(50_000)
    make(fold, roster)
    best = 1.0
    for number in range(20):
        fold.add(replace(event(20_000 + number, session_id=f"s{number * 700}"), time=2000.0))
        begun = time.perf_counter()
        rows = make(fold, roster, f"s{number * 700}")
        best = min(best, time.perf_counter() - begun)
    assert len(rows) == 15_000
    assert best < 0.001
