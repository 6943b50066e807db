"""Messages in the middle of a store, at whose ends there are none, decide as all others do."""

from __future__ import annotations

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from queries import whole_store
from queries.comparing.run_reading import read_runs
from queries.counting import counting_crew, messages_sought
from queries.counting.messages_sought import settle_messages
from queries.dialects import sql
from queries.keeping import store_mark
from queries.live import counting
from queries.models import Interactions, Relation
from queries.reading import known_messages
from queries.reading.connection import Change
from queries.store import Store
from queries.whole_store import count_sessions, count_store
from tests.queries.feeding import Clock, begun, count_all, snap
from tests.queries.kept import cache_in, pass_a_tick
from tests.stores.canonical import CanonicalStore, canonical_store
from tui.headless.running import run

SPOKEN = {("alice", "bob"): 3, ("bob", "alice"): 2}


@pytest.fixture(autouse=True)
def few_rows_at_the_ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sql, "EDGE", 10)
    monkeypatch.setattr(counting, "EDGES", 20)
    monkeypatch.setattr(messages_sought, "AT_ONCE", 7)
    known_messages._known.clear()
    yield
    known_messages._known.clear()


def talk(store: CanonicalStore) -> None:
    for _ in range(3):
        for agent in ("alice", "worker", "bob"):
            store.add_event("s", kind="tool" if agent == "worker" else "message", agent=agent)


def work(store: CanonicalStore, number: int = 30) -> None:
    for _ in range(number):
        store.add_event("s", agent="worker")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with canonical_store(tmp_path / "store.db") as store, store.batch():
        store.add_session("s")
        work(store)
        talk(store)
        work(store)
        store.add_session("silent")
        for agent in ("x", "y", *["worker"] * 20):
            store.add_event("silent", agent=agent)
    return tmp_path / "store.db"


def counts(found: Interactions) -> dict[tuple[str, str], int]:
    return dict(found.counts)


def test_a_whole_store(path: Path) -> None:
    with Store(path) as store:
        assert not store.info.has_messages
        found = count_store(store).interactions(Relation.FOLLOWS)
        assert (counts(found), found.basis) == (SPOKEN, "next speaker over 6 messages")
        assert store.info.has_messages
        assert not store.is_read_wrongly()


def test_single_sessions(path: Path) -> None:
    for session, expected in (("s", SPOKEN), ("silent", {})):
        known_messages._known.clear()
        with Store(path) as store:
            found = count_sessions(store, [session]).interactions(Relation.FOLLOWS)
        assert counts(found) == expected
    known_messages._known.clear()
    with Store(path) as store:
        runs = read_runs(store, ["s", "silent"])
    assert [counts(run.interactions[Relation.FOLLOWS]) for run in runs] == [SPOKEN, {}]
    assert [run.has_messages for run in runs] == [True, True]


def test_a_query_in_sql_is_about_messages_as_well(path: Path) -> None:
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert run(["sql", "interactions", str(path)]) == 0
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute(told.getvalue()).fetchall()
    assert {row[:2]: row[2] for row in found} == SPOKEN


def test_kept_totals_are_found_again(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_mark, "SETTLED", 0)
    cache = cache_in(tmp_path / "cache")
    pass_a_tick(tmp_path)
    with Store(path) as store:
        count_store(store, cache=cache)
    known_messages._known.clear()
    monkeypatch.delattr(whole_store, "_count_back")
    with Store(path) as store:
        found = count_store(store, cache=cache)
    assert counts(found.interactions(Relation.FOLLOWS)) == SPOKEN


def test_other_processes_count_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting_crew, "LEAST", 10)
    monkeypatch.setattr(counting_crew, "NARROWEST", 9)
    with Store(path) as store:
        found = count_store(store, processes=2).interactions(Relation.FOLLOWS)
    assert counts(found) == SPOKEN


def test_a_store_without_any_counts_all_events(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "store.db") as builder, builder.batch():
        for number in range(60):
            builder.add_event("s", agent="ab"[number % 2])
    with Store(tmp_path / "store.db") as store:
        settle_messages(store)
        assert not store.info.has_messages
        found = count_store(store).interactions(Relation.FOLLOWS)
    assert counts(found) == {("a", "b"): 30, ("b", "a"): 29}


def test_a_screen_finds_out_while_it_counts(path: Path) -> None:
    feed = begun(path, Clock())
    with Store(path) as other:
        epoch = snap(feed).epoch
        count_all(feed)
        snapshot = snap(feed)
        assert counts(snapshot.interactions[Relation.FOLLOWS]) == SPOKEN
        assert other.info.has_messages
        for _ in range(3):
            count_all(feed)
            assert snap(feed).epoch == epoch
    feed.close()


def test_connections_that_are_open_take_notice(path: Path) -> None:
    with Store(path) as one, Store(path) as other:
        assert other.change() is Change.NONE
        settle_messages(one)
        assert one.change() is Change.NONE
        assert other.change() is Change.REOPEN


def test_a_message_that_arrives_in_a_long_store(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "store.db") as store:
        with store.batch():
            work(store, 60)
        feed = begun(store.path, Clock())
        with store.batch():
            talk(store)
            work(store)
        snap(feed)
        snap(feed)
        count_all(feed)
        assert counts(snap(feed).interactions[Relation.FOLLOWS]) == SPOKEN
        feed.close()


def test_what_was_known_of_another_file_is_not_believed(path: Path, tmp_path: Path) -> None:
    with canonical_store(tmp_path / "other.db") as store, store.batch():
        work(store, 60)
    with Store(path) as talking, Store(tmp_path / "other.db") as silent:
        settle_messages(talking)
        known_messages.note_message(
            silent.signature.file, known_messages.known_message(talking.signature.file) or (0, 0)
        )
        assert silent.change() is Change.REOPEN
    with Store(tmp_path / "other.db") as silent:
        assert not silent.info.has_messages
        assert silent.change() is Change.NONE
