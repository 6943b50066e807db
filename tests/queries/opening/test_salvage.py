"""A damaged page costs the rows on it, which are counted; never the store."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from queries.doctor import diagnose
from queries.feed import Feed
from queries.models import StoreState
from queries.opening.files import QueryStoppedError, StoreDamagedError, StoreError
from queries.reading.connection import Change
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.feeding import Clock, begun, snap, total
from tests.queries.files import filled, folder, settle
from tests.stores import Journal, canonical_store, heist_session_store
from tests.stores.base import SAMPLES
from tests.stores.damage import Page, pages_of, spoil

ROWS = 3000
SCHEMA = "sqlite_master"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private copies are made."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def lost(store: Store) -> int:
    return sum(problem.count for problem in store.problems() if problem.where == "event")


def with_texts(path: Path, journal: Journal = "delete") -> Path:
    with canonical_store(path, journal) as store, store.batch():
        store.add_session("s1")
        for number in range(ROWS):
            store.add_event("s1", id=f"e{number}", summary="x" * 100)
    settle(path)
    return path


def leaves(path: Path, table: str = "event") -> list[Page]:
    return [page for page in pages_of(path) if page.of == table and page.is_leaf]


def first(path: Path) -> list[Page]:
    return leaves(path)[:1]


def last(path: Path) -> list[Page]:
    return leaves(path)[-1:]


def both_ends(path: Path) -> list[Page]:
    return [leaves(path)[0], leaves(path)[-1]]


def some_between(path: Path) -> list[Page]:
    return leaves(path)[5:40:7]


def neighbours(path: Path) -> list[Page]:
    return leaves(path)[-3:-1]


def rows_on(path: Path, page: Page) -> int:
    """How many rows a leaf of a table has, which is not the file's first page."""
    data = path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    at = (page.number - 1) * size
    assert data[at] == 0x0D
    return int.from_bytes(data[at + 3 : at + 5], "big")


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("chosen", [first, last, both_ends, some_between, neighbours])
def test_only_the_rows_of_a_damaged_page_are_missing(
    tmp_path: Path, clock: Clock, journal: Journal, chosen: Callable[[Path], list[Page]]
) -> None:
    path = with_texts(tmp_path / "a.db", journal)
    pages = chosen(path)
    gone = sum(rows_on(path, page) for page in pages)
    spoil(path, pages)
    before = folder(path)
    with Store(path) as store:
        seqs = [event.seq for event in store.events_between(0, 0, ROWS, ROWS)]
        assert len(seqs) == ROWS - gone
        missing = lost(store)
        assert missing == gone > 0
    feed = begun(path, clock)
    snapshot = snap(feed)
    assert (snapshot.state, total(snapshot)) == (StoreState.LIVE, ROWS - missing)
    assert sum(problem.count for problem in snapshot.problems) == missing
    feed.close()
    counted = count_store(path)
    assert (counted.fold.rows, counted.problems) == (ROWS - missing, snapshot.problems)
    assert folder(path) == before


@pytest.mark.parametrize("fill", [b"\x00", b"\xff", b"\x0d"], ids=repr)
@pytest.mark.parametrize("sample", ["heist-session.db", "heist-demo.db"])
def test_any_one_page_of_a_sample(tmp_path: Path, sample: str, fill: bytes) -> None:
    path = tmp_path / sample
    whole = count_store(SAMPLES / sample)
    for page in pages_of(SAMPLES / sample):
        shutil.copyfile(SAMPLES / sample, path)
        spoil(path, [page], fill)
        if page.of == SCHEMA:
            with pytest.raises(StoreError, match=r"cannot be read \("):
                Store(path)
            continue
        found = count_store(path)
        missing = sum(problem.count for problem in found.problems)
        assert found.fold.rows <= whole.fold.rows
        if any("nobody knows" in problem.what for problem in found.problems):
            assert not page.is_leaf or page.of
        else:
            assert whole.fold.rows <= found.fold.rows + missing, page
        assert page.is_index is (page.is_index and not missing), page
        assert {row.id for row in found.rows} == {row.id for row in whole.rows}


def test_an_index_costs_nothing(tmp_path: Path) -> None:
    path = with_texts(tmp_path / "a.db")
    spoil(path, [page for page in pages_of(path) if page.is_index])
    with Store(path) as store:
        assert len(store.session_page(0, "s1", limit=ROWS)) == ROWS
        assert store.event_by_id("e7") is not None
        assert store.problems() == ()
        assert store.session_indexed == (True,)
        assert store.info.opened_as.startswith("private copy: the file is damaged")
        assert diagnose(store).events == ROWS


def test_damage_at_both_ends_without_an_index(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with heist_session_store(path) as builder, builder.batch():
        for _ in range(ROWS):
            builder.add_message("s", "planner", "x" * 100)
    found = leaves(path, "messages")
    spoil(path, [found[0], found[40], found[-1]])
    with Store(path) as store:
        seqs = [event.seq for event in store.events_between(0, 0, ROWS, ROWS)]
        assert ROWS - 150 < len(seqs) < ROWS
        problems = {problem.what: problem.count for problem in store.problems()}
        assert problems.pop("pages left out: nobody knows how many rows they had") == 1
        (missing,) = problems.values()
        assert missing == seqs[-1] - len(seqs)


def test_a_whole_table(tmp_path: Path) -> None:
    path = with_texts(tmp_path / "a.db")
    spoil(path, [page for page in pages_of(path) if page.of == "event"])
    with Store(path) as store:
        assert [session.id for session in store.sessions(limit=5)] == ["s1"]
        assert store.bounds(0) is None
        assert lost(store) == ROWS


def test_a_long_text_costs_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as store:
        for number in range(20):
            store.add_event("s1", id=f"e{number}", summary=f"{number} " * 3000)
    spoil(path, [page for page in pages_of(path) if not page.of][10:11], b"\xff")
    # A page of a long text says where the next one is.
    with Store(path) as store_:
        events = store_.events_between(0, 0, 100, 100)
        assert len(events) == 20
        assert [problem.what for problem in store_.problems()] in (
            [], ["cells left out: the file is damaged there"],
        )  # fmt: skip


def test_rows_far_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as store, store.batch():
        for number in range(-500, 500):
            store.add_event("s", seq=number * 10**14, summary="x" * 100)
    spoil(path, both_ends(path))
    with Store(path) as read:
        assert len(read.events_between(0, -(2**63), 2**63 - 1, ROWS)) + lost(read) == 1000
        assert 0 < lost(read) <= 80


def test_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA encoding = 'UTF-16le'")
        connection.execute("CREATE TABLE first (a)")
        connection.commit()
    with canonical_store(tmp_path / "b.db") as other, closing(sqlite3.connect(path)) as connection:
        for (sql,) in other.connection.execute("SELECT sql FROM sqlite_master WHERE sql > ''"):
            connection.execute(sql)
        for number in range(500):
            connection.execute(
                "INSERT INTO event (id, session_id, kind, summary) VALUES (?, 's', 'tool', ?)",
                (f"é{number}", "日本" * 30),
            )
        connection.commit()
    spoil(path, last(path))
    with Store(path) as store:
        assert len(store.events_between(0, 0, 1000, 1000)) + lost(store) == 500
        assert store.events_between(0, 0, 1, 1)[0].id == "é0"


def test_texts_that_are_no_text_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as store:
        for number in range(200):
            store.add_event("s", id=f"e{number}", summary="x" * 100)
        store.connection.execute("UPDATE event SET agent = CAST(x'ff41' AS TEXT) WHERE seq = 1")
        store.connection.execute("UPDATE event SET time = x'00ff' WHERE seq = 2")
        expected = store.connection.execute(
            "SELECT typeof(agent), hex(agent), typeof(time), hex(time) FROM event WHERE seq < 3"
        ).fetchall()
    spoil(path, last(path))
    with Store(path) as read:
        assert read.query(
            "SELECT typeof(agent), hex(agent), typeof(time), hex(time) FROM event WHERE seq < 3"
        ) == expected  # fmt: skip
        assert lost(read) > 0


def test_what_is_written_later_is_seen(tmp_path: Path, clock: Clock) -> None:
    path = with_texts(tmp_path / "a.db", "wal")
    spoil(path, first(path))
    with canonical_store(path, "wal") as writer:
        feed = begun(path, clock)
        missing = sum(problem.count for problem in snap(feed).problems)
        assert missing > 0
        feed.store._good_until = 0.0  # type: ignore[union-attr]  # it would take a while
        writer.add_event("s1", id="new")
        snapshot = snap(feed)
        assert [event.id for event in snapshot.arrived] == ["new"]
        assert (snapshot.epoch, total(snapshot)) == (1, ROWS + 1 - missing)
        feed.close()


def test_a_copy_is_not_renewed_at_once(tmp_path: Path) -> None:
    path = with_texts(tmp_path / "a.db", "wal")
    spoil(path, first(path))
    with canonical_store(path, "wal") as writer, Store(path) as store:
        assert store.is_copy
        assert store.change() is Change.NONE
        writer.add_event("s1")
        store._good_until = float("inf")
        assert store.change() is Change.NONE
        store._good_until = 0.0
        assert store.change() is Change.REOPEN


def test_a_file_that_is_put_right_again(tmp_path: Path, clock: Clock) -> None:
    path = with_texts(tmp_path / "a.db")
    whole = path.read_bytes()
    spoil(path, last(path))
    feed = begun(path, clock)
    assert total(snap(feed)) < ROWS
    path.write_bytes(whole)
    feed.store._good_until = 0.0  # type: ignore[union-attr]  # it would take a while
    snapshot = snap(feed)
    clock.now += 10
    snap(feed)
    feed.backfill(5)
    snapshot = snap(feed)
    assert (snapshot.state, total(snapshot), snapshot.problems) == (StoreState.LIVE, ROWS, ())
    feed.close()


def test_those_who_ask_at_the_same_time_share_one_copy(tmp_path: Path, temporary: Path) -> None:
    path = with_texts(tmp_path / "a.db")
    spoil(path, last(path))
    with Store(path) as one, Store(path) as two:
        for store in (one, two):
            store.events_between(0, 0, ROWS, ROWS)
        assert len(list(temporary.iterdir())) == 1
        one.close()
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_where_it_fails(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_texts(tmp_path / "a.db")
    spoil(path, some_between(path))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 10))
    with pytest.raises(StoreError, match="there is no room for what is left of it"):
        Store(path)
    assert list(temporary.iterdir()) == []


def test_it_can_be_stopped(tmp_path: Path, temporary: Path) -> None:
    path = with_texts(tmp_path / "a.db", "wal")
    with Store(path) as store:
        spoil(path, some_between(path))
        asked = 0

        def soon() -> bool:
            nonlocal asked
            asked += 1
            return asked > 1

        store.is_unwanted = soon
        with pytest.raises(QueryStoppedError):
            store.events_between(0, 0, ROWS, ROWS)
        store.is_unwanted = lambda: False
        assert len(store.events_between(0, 0, ROWS, ROWS)) + lost(store) == ROWS
    assert list(temporary.iterdir()) == []


def test_damage_to_the_list_of_tables_is_said(tmp_path: Path, clock: Clock) -> None:
    path = filled(tmp_path / "a.db", 5, "wal")
    settle(path)
    feed = begun(path, clock)
    spoil(path, [page for page in pages_of(path) if page.of == SCHEMA])
    broken = snap(feed)
    assert (broken.state, total(broken)) == (StoreState.UNREADABLE, 5)
    with pytest.raises(StoreDamagedError):
        Store(path)
    feed.close()


def test_a_feed_on_a_store_that_is_damaged_under_it(tmp_path: Path, clock: Clock) -> None:
    path = with_texts(tmp_path / "a.db", "wal")
    with canonical_store(path, "wal") as writer:
        feed = Feed(path, clock=clock)
        feed.poll()
        spoil(path, some_between(path))
        writer.add_event("s1", id="new")
        for _ in range(3):
            feed.poll()
            feed.backfill(5)
        snapshot = snap(feed)
        missing = sum(problem.count for problem in snapshot.problems)
        assert (snapshot.state, total(snapshot)) == (StoreState.LIVE, ROWS + 1 - missing)
        feed.close()
