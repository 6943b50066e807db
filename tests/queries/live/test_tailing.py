"""Following a store: every event once, and once more when it finishes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest

from queries.live import running_turns, tailing
from queries.live.tailing import QUIET_CLOSE, Tail
from queries.opening.files import StoreError
from tests.stores.base import Journal
from tests.stores.canonical import CanonicalStore, canonical_store
from tests.stores.heist import heist_audit_store
from tests.stores.htmlgraph import htmlgraph_store
from tests.stores.live_writer import DIALECTS, JOURNALS, UPDATABLE, LiveWriter

Told = list[tuple[str, str, bool]]


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def told(tail: Tail) -> Told:
    """Everything there is to tell now: id (of heist messages their text), state, update."""
    lines: Told = []
    while True:
        lines += [
            (
                line.event.summary if line.event.kind == "message" else line.event.id,
                line.event.state.value,
                line.update,
            )
            for line in tail.poll()
        ]
        if not tail.behind:
            return lines


@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_event_once(tmp_path: Path, dialect: str, journal: Journal) -> None:
    path = tmp_path / "store.db"
    LiveWriter(path, dialect, count=3, journal=journal).run()
    tail = Tail(path)
    assert told(tail) == []
    seen: list[str] = []
    for count in (1, 4, 0, 2):
        LiveWriter(path, dialect, count=count, journal=journal).run()
        lines = told(tail)
        assert not any(update for _, _, update in lines)
        seen += [name for name, _, _ in lines]
        assert told(tail) == []
    assert seen == [f"live-{number:06d}" for number in range(3, 10)]
    tail.close()


@pytest.mark.parametrize("dialect", UPDATABLE)
def test_an_event_that_finishes_comes_again(tmp_path: Path, dialect: str) -> None:
    path = tmp_path / "store.db"
    LiveWriter(path, dialect, count=1).run()
    tail = Tail(path)
    lines: Told = []
    writer = LiveWriter(path, dialect, count=12, update_in_place=True, sleep=lambda _: None)
    commit = writer._commit

    def watched(operation: str, id_: str, rowid: int = 0) -> object:
        result = commit(operation, id_, rowid)
        lines.extend(told(tail))
        return result

    writer._commit = watched  # type: ignore[method-assign,assignment]  # look after each commit
    writer.run()
    lines += told(tail)
    names = [f"live-{number:06d}" for number in range(1, 13)]
    assert [name for name, _, update in lines if not update] == names
    assert [name for name, _, update in lines if update] == names
    assert {state for _, state, update in lines if not update} == {"running"}
    assert {state for _, state, update in lines if update} == {"ok"}
    tail.close()


def test_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store, store.batch():
        for number in range(12_345):
            store.add_event("s", id=f"e{number}")
    tail = Tail(path, from_start=True)
    assert [name for name, _, _ in told(tail)] == [f"e{number}" for number in range(12_345)]
    assert told(tail) == []


def test_from_the_start_sources_are_merged_by_time(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    with heist_audit_store(path) as store, store.batch():
        store.add_session("s")
        for number in range(6000):
            if number % 3:
                store.add_message("s", timestamp=1000.0 + number, message=str(number))
            else:
                store.add_tool_call("s", timestamp=1000.0 + number)
    tail = Tail(path, from_start=True)
    times = []
    while True:
        times += [line.event.time for line in tail.poll()]
        if not tail.behind:
            break
    assert times == [1000.0 + number for number in range(6000)]


def test_only_some_sessions(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        tail = Tail(path, sessions=["b"])
        store.add_event("a", id="1")
        store.add_event("b", id="2")
        assert told(tail) == [("2", "ok", False)]


def test_start_and_end_row_are_one_event(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        tail = Tail(path)
        store.add_event("s", id="start", phase="start", state="running", call_key="k")
        assert told(tail) == [("start", "running", False)]
        store.add_event("s", id="end", phase="end", state="error", call_key="k")
        assert told(tail) == [("start", "error", True)]
        with store.batch():
            store.add_event("s", id="start2", phase="start", state="running")
            store.add_event("s", id="end2", phase="end", state="ok")
        assert told(tail) == [("start2", "ok", False)]


def test_the_end_of_a_call_that_was_under_way_at_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_event("s", id="start", phase="start", state="running", call_key="k")
        store.add_event("s", id="whole", state="running")
        tail = Tail(path)
        assert told(tail) == []
        store.add_event("s", id="end", phase="end", state="ok", call_key="k")
        store.finish_event("whole", "error")
        assert told(tail) == [("start", "ok", True), ("whole", "error", True)]
        assert told(tail) == []


def test_of_a_long_store_the_newest_calls_are_those_that_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "PRIMED", 3)
    with canonical_store(tmp_path / "store.db") as store:
        store.add_event("s", id="long ago", state="running")
        for number in range(5):
            store.add_event("s", id=f"e{number}")
        store.add_event("s", id="under way", state="running")
        tail = Tail(store.path)
        store.finish_event("long ago")
        store.finish_event("under way")
        assert told(tail) == [("under way", "ok", True)]


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("NEWEST", 5), ("OLDER", 3)):
        monkeypatch.setattr(running_turns, name, value)


def begin_all(store: CanonicalStore, ids: Iterable[str]) -> None:
    with store.batch():
        for name in ids:
            store.add_event("s", id=name, state="running")


def finish_all(store: CanonicalStore, ids: Iterable[str]) -> None:
    with store.batch():
        for name in ids:
            store.finish_event(name)


def test_all_of_many_that_finish_at_once_are_told_after_a_last_commit(
    tmp_path: Path, few_at_once: None
) -> None:
    names = [f"e{number}" for number in range(45)]
    with canonical_store(tmp_path / "store.db") as store:
        tail = Tail(store.path)
        begin_all(store, names)
        assert told(tail) == [(name, "running", False) for name in names]
        finish_all(store, names)
        polls = [told(tail) for _ in range(8)]
        assert max(map(len, polls)) == 8
        assert sorted(chain.from_iterable(polls)) == sorted((name, "ok", True) for name in names)
        assert told(tail) == []


def test_all_of_many_have_their_turn_while_commits_go_on(tmp_path: Path, few_at_once: None) -> None:
    names = [f"e{number}" for number in range(45)]
    with canonical_store(tmp_path / "store.db") as store:
        tail = Tail(store.path)
        begin_all(store, names)
        told(tail)
        finish_all(store, names[:40])
        updates: list[str] = []
        for number in range(15):
            store.add_event("s", id=f"other{number}")
            updates += [name for name, _, is_update in told(tail) if is_update]
        assert sorted(updates) == sorted(names[:40])


def test_a_row_that_is_due_but_does_not_run_any_more_is_not_told_twice(
    tmp_path: Path, few_at_once: None
) -> None:
    names = [f"e{number}" for number in range(45)]
    with canonical_store(tmp_path / "store.db") as store:
        tail = Tail(store.path)
        begin_all(store, names)
        told(tail)
        finish_all(store, names)
        told(tail)
        store.connection.execute("DELETE FROM event")
        assert told(tail) == []
        store.add_event("s", id="new", state="running")
        assert [told(tail) for _ in range(3)] == [[("new", "running", False)], [], []]


def test_a_delegation_of_four_rows_is_one_event(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with htmlgraph_store(path, "0.35", journal="wal") as store:
        store.add_session("sess-1")
        tail = Tail(path)
        store.add_delegation("sess-1", event_id="evt-d")
        assert told(tail) == [("evt-d", "running", False)]
        store.finish_delegation("evt-d")
        assert told(tail) == [("evt-d", "ok", True)]
        assert told(tail) == []


def test_a_start_row_of_a_delegation_waits_for_its_row(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        tail = Tail(path)
        early = {"kind": "delegation", "tool": "Task", "state": "running", "call_key": "k"}
        store.add_event("s", id="early", phase="start", **early)
        assert told(tail) == []
        store.add_event("s", id="whole", **early)
        assert told(tail) == [("whole", "running", False)]
        store.add_event("s", id="alone", phase="start", **{**early, "call_key": "other"})
        assert told(tail) == []
        assert told(tail) == [("alone", "running", False)]


def test_a_locked_store_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    said: list[str] = []
    with canonical_store(path) as store:
        tail = Tail(path, say=said.append)
        store.connection.execute("BEGIN EXCLUSIVE")
        store.add_event("s", id="e")
        assert tail.poll() == tail.poll() == []
        assert len(said) == 1
        assert "locked" in said[0]
        store.connection.execute("COMMIT")
        assert told(tail) == [("e", "ok", False)]
        assert len(said) == 2
        assert "again" in said[1]


def test_a_store_that_is_locked_while_there_is_more_is_not_asked_without_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "MOST_LINES", 1)
    monkeypatch.setattr(tailing, "PAGE", 1)
    with canonical_store(tmp_path / "store.db") as store:
        tail = Tail(store.path)
        for name in ("e1", "e2"):
            store.add_event("s", id=name)
        assert [line.event.id for line in tail.poll()] == ["e1"]
        assert tail.behind
        store.connection.execute("BEGIN EXCLUSIVE")
        assert tail.poll() == []
        assert not tail.behind
        store.connection.execute("ROLLBACK")
        assert told(tail) == [("e2", "ok", False)]


def test_locked_from_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_event("s", id="old")
        store.connection.execute("BEGIN EXCLUSIVE")
        said: list[str] = []
        tail = Tail(path, say=said.append)
        assert tail.poll() == []
        store.connection.execute("ROLLBACK")
        assert told(tail) == []
        store.add_event("s", id="new")
        assert told(tail) == [("new", "ok", False)]


def test_a_store_that_goes_and_comes_back(tmp_path: Path) -> None:
    path, aside = tmp_path / "store.db", tmp_path / "aside.db"
    said: list[str] = []
    with canonical_store(path) as store:
        store.add_event("s", id="old")
    tail = Tail(path, say=said.append)
    os.rename(path, aside)
    assert tail.poll() == tail.poll() == []
    assert len(said) == 1
    with canonical_store(aside) as store:
        store.add_event("s", id="meanwhile")
    os.rename(aside, path)
    assert told(tail) == [("meanwhile", "ok", False)]


def test_a_copy_put_in_place_of_the_store_tells_nothing_twice(tmp_path: Path) -> None:
    path, copy = tmp_path / "store.db", tmp_path / "copy.db"
    with canonical_store(path) as store:
        store.add_event("s", id="old")
        tail = Tail(path)
        store.add_event("s", id="first")
        assert told(tail) == [("first", "ok", False)]
    shutil.copyfile(path, copy)
    with canonical_store(copy) as store:
        store.add_event("s", id="second")
    os.replace(copy, path)
    assert told(tail) == [("second", "ok", False)]


def test_another_store_in_its_place_is_followed_from_its_beginning(tmp_path: Path) -> None:
    path, other = tmp_path / "store.db", tmp_path / "other.db"
    said: list[str] = []
    with canonical_store(path) as store:
        store.add_event("s", id="old")
        store.add_event("s", id="older")
    tail = Tail(path, say=said.append)
    with canonical_store(other) as store:
        store.add_event("s", id="x")
        store.add_event("s", id="y")
    os.replace(other, path)
    assert [name for name, _, _ in told(tail)] == ["x", "y"]
    assert any("replaced" in sentence for sentence in said)
    with heist_audit_store(other) as audit:
        audit.add_session("s")
        audit.add_message("s", message="hello")
    os.replace(other, path)
    assert [name for name, _, _ in told(tail)] == ["hello"]
    assert tail.sources[0] == "messages"


def test_deleted_rows_do_not_hide_new_ones(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        for number in range(5):
            store.add_event("s", id=f"e{number}")
        tail = Tail(path)
        store.connection.execute("DELETE FROM event WHERE id IN ('e3', 'e4')")
        assert told(tail) == []
        store.add_event("s", id="new")  # takes the place of e3
        assert told(tail) == [("new", "ok", False)]
        store.connection.execute("DELETE FROM event")
        assert told(tail) == []
        store.add_event("s", id="newest")
        assert told(tail) == [("newest", "ok", False)]


def test_a_schema_that_grows_is_no_other_store(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_event("s", id="old")
        tail = Tail(path)
        store.connection.execute("ALTER TABLE event ADD COLUMN mood TEXT")
        assert told(tail) == []
        store.add_event("s", id="new")
        assert told(tail) == [("new", "ok", False)]


def test_a_quiet_store_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    clock = Clock()
    store = canonical_store(path, "wal")
    store.add_event("s", id="old")
    tail = Tail(path, clock=clock)
    told(tail)
    clock.now += QUIET_CLOSE + 1
    assert told(tail) == []
    store.close()
    assert sorted(os.listdir(tmp_path)) == ["store.db"]
    assert told(tail) == []
    with canonical_store(path, "wal") as again:
        again.add_event("s", id="new")
        assert told(tail) == [("new", "ok", False)]


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Tail(tmp_path / "nothing.db")
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StoreError):
        Tail(tmp_path / "other.db")


def test_what_an_end_row_says_later_is_told(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "store.db") as store:
        tail = Tail(store.path)
        store.add_event("s", id="task", kind="delegation", call_key="task", state="running")
        for name, kind, phase, key in (
            ("end", "delegation", "end", "task"), ("call", "tool", "start", None),
            ("called", "tool", "end", None),
        ):  # fmt: skip
            store.add_event("s", id=name, kind=kind, phase=phase, call_key=key, state="running")
        assert told(tail) == [("task", "running", False), ("call", "running", False)]
        assert told(tail) == []
        store.update("event", "id", "end", state="ok")
        assert told(tail) == [("task", "ok", True)]
        store.update("event", "id", "called", state="error")
        assert told(tail) == [("call", "error", True)]
        store.add_event("s", id="more")
        assert told(tail) == [("more", "ok", False)]
