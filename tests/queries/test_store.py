"""Pages of events and sessions: complete, bounded, in order."""

from __future__ import annotations

import operator
import sqlite3
from pathlib import Path

import pytest

from queries.models import EventKind
from queries.opening.files import StoreError
from queries.reading import indexed_rows, session_pages
from queries.store import Store
from tests.queries.files import filled
from tests.stores import (
    canonical_store,
    heist_audit_store,
    heist_session_store,
    htmlgraph_store,
)

SESSIONS = ("s1", "s2", "s3")


def mixed(path: Path, events: int = 60) -> Path:
    """Three sessions whose events take turns."""
    with canonical_store(path) as writer, writer.batch():
        for number in range(events):
            writer.add_event(SESSIONS[number % 3], id=f"e{number}")
    return path


def steps(store: Store, work: object) -> int:
    """How many steps (of ten instructions) SQLite needs for some work."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    store.connection.set_progress_handler(count, 10)
    assert callable(work)
    work()
    store.connection.set_progress_handler(None, 0)
    return counted[0]


# -- ranges -----------------------------------------------------------------------------------


def test_a_range_is_open_at_its_start_and_closed_at_its_end(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db", 10)) as store:
        assert [event.seq for event in store.events_between(0, 3, 6, 99)] == [4, 5, 6]
        assert [event.seq for event in store.events_between(0, 0, 2**63 - 1, 2)] == [1, 2]
        assert store.events_between(0, 10, 2**63 - 1, 9) == []
        assert store.bounds(0) == (1, 10)


def test_slices_cover_everything_once(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", 50)
    with canonical_store(path) as writer:
        writer.connection.execute("DELETE FROM event WHERE seq % 7 IN (0, 3)")
    with Store(path) as store:
        whole = [event.seq for event in store.events_between(0, 0, 99, 99)]
        found: list[int] = []
        upto = 50
        while upto >= 1:
            start = store.slice_start(0, upto, 4)
            found = [event.seq for event in store.events_between(0, start, upto, 4)] + found
            upto = start
        assert found == whole


def test_rowids_at_both_ends_of_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    lowest, highest = -(2**63), 2**63 - 1
    with canonical_store(path) as writer:
        for seq in (lowest, -5, 0, highest):
            writer.add_event("s1", seq=seq)
    with Store(path) as store:
        assert store.bounds(0) == (lowest, highest)
        everything = [lowest, -5, 0, highest]
        assert [e.seq for e in store.events_between(0, lowest - 1, highest, 9)] == everything
        assert [e.seq for e in store.events_between(0, -5, 2**80, 9)] == [0, highest]
        assert store.events_between(0, highest, highest, 9) == []
        assert store.slice_start(0, highest, 4) == lowest - 1
        assert [e.seq for e in store.session_page(0, "s1", limit=9)] == everything
        older = store.session_page(0, "s1", before=-5, limit=9)
        assert [e.seq for e in older] == [lowest]
        assert store.session_page(0, "s1", before=lowest, limit=9) == []
        assert [e.seq for e in store.session_rows_after(0, "s1", -5, highest, 9)] == [0, highest]


def test_rows_by_key_in_any_number(tmp_path: Path) -> None:
    with Store(filled(tmp_path / "a.db", 1200)) as store:
        keys = [(0, seq) for seq in range(1300, 0, -1)]
        found = store.events_by_key(keys)
        assert [event.seq for event in found] == list(range(1, 1201))
        assert store.events_by_key([]) == []


# -- one session ------------------------------------------------------------------------------


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_pages_of_a_session_go_back_without_gap(tmp_path: Path, size: int, indexed: bool) -> None:
    path = mixed(tmp_path / "a.db")
    if not indexed:
        with canonical_store(path) as writer:
            writer.connection.execute("DROP INDEX event_session")
    with Store(path) as store:
        assert store.session_indexed == (indexed,)
        found: list[str] = []
        before = None
        while page := store.session_page(0, "s2", before=before, limit=size):
            assert [event.seq for event in page] == sorted(event.seq for event in page)
            found = [event.id for event in page] + found
            before = page[0].seq
        assert found == [f"e{number}" for number in range(1, 60, 3)]


def test_rows_of_a_session_go_on_without_gap(tmp_path: Path) -> None:
    with Store(mixed(tmp_path / "a.db")) as store:
        found: list[int] = []
        after = 0
        while page := store.session_rows_after(0, "s3", after, 50, 4):
            found += [event.seq for event in page]
            after = page[-1].seq
        assert found == list(range(3, 51, 3))


def test_without_an_index_the_known_range_bounds_the_work(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with heist_session_store(path) as writer, writer.batch():
        for number in range(4000):
            writer.add_message("early" if number < 40 else "other")
    with Store(path) as store:
        assert store.session_indexed[0] is False
        whole = steps(store, lambda: store.session_page(0, "early", limit=50))
        part = steps(store, lambda: store.session_page(0, "early", limit=50, within=(1, 40)))
        assert len(store.session_page(0, "early", limit=50, within=(1, 40))) == 40
        assert part * 5 < whole


def test_actions_that_repeat_messages_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexed_rows, "WINDOW", 20)
    path = tmp_path / "a.db"
    with heist_audit_store(path) as writer, writer.batch():
        for number in range(300):
            if number in (3, 7, 150, 151):
                writer.add_action("heist_1", action_type="look", details=str(number))
            writer.add_action("heist_1")
            writer.add_action("heist_2")
    with Store(path) as store:
        actions = store.info.sources.index("actions")
        page = store.session_page(actions, "heist_1", limit=3)
        assert [event.summary for event in page] == ["7", "150", "151"]
        older = store.session_page(actions, "heist_1", limit=3, before=page[0].seq)
        assert [event.summary for event in older] == ["3"]
        assert store.session_page(actions, "heist_1", limit=3, before=older[0].seq) == []
        assert store.session_page(actions, "heist_2", limit=3) == []
        first = store.session_rows_after(actions, "heist_1", 0, 2**63 - 1, 1)
        assert [event.summary for event in first] == ["3"]
        rest = store.session_rows_after(actions, "heist_1", first[0].seq, 2**63 - 1, 9)
        assert [event.summary for event in rest] == ["7", "150", "151"]
        assert store.session_rows_after(actions, "heist_1", rest[-1].seq, 2**63 - 1, 9) == []


def test_the_newest_time_is_found_without_reading_a_table_of_hidden_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with heist_audit_store(path) as writer, writer.batch():
        writer.add_action("heist_1", action_type="look", timestamp=7.0)
        for _ in range(20_000):
            writer.add_action("heist_1")
    with Store(path) as store:
        actions = store.info.sources.index("actions")
        bounds = store.bounds(actions)
        assert bounds == (1, 20_001)
        assert steps(store, lambda: store.newest_time(actions, 20_001)) < 100
        assert store.newest_time(actions, 20_001) == 20_007.0
        assert store.newest_time(actions, 1) == 7.0


def test_an_audit_session_is_one_page_of_each_source(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with heist_audit_store(path) as writer:
        writer.add_session("heist_1")
        writer.add_message("heist_1", message="go")
        writer.add_tool_call("heist_1", success=0)
    with Store(path) as store:
        kinds = [store.session_page(source, "heist_1", limit=9) for source in range(3)]
        assert [[event.kind for event in page] for page in kinds] == [
            [EventKind.MESSAGE],
            [EventKind.TOOL],
            [],
        ]


# -- sessions ---------------------------------------------------------------------------------


def test_sessions_come_latest_written_first(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer, writer.batch():
        for number in range(12):
            writer.add_session(f"s{number}")
    with Store(path) as store:
        assert [s.id for s in store.sessions(limit=3)] == ["s11", "s10", "s9"]
        assert [s.id for s in store.sessions(after=10, limit=9)] == ["s11", "s10"]
        assert store.last_session_row() == store.count_sessions() == 12
        assert {s.id for s in store.sessions_by_id(["s3", "absent", "s5"])} == {"s3", "s5"}
        page, upto = store.sessions_upto(6, 4)
        assert ([s.id for s in page], upto) == (["s5", "s4", "s3", "s2"], 2)
        page, upto = store.sessions_upto(2, 4)
        assert ([s.id for s in page], upto) == (["s1", "s0"], None)


def test_sub_sessions_by_declared_parent(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer:
        writer.add_session("a")
        writer.add_session("c", parent_id="a")
        writer.add_session("b", parent_id="a")
        writer.add_session("d", parent_id="c")
        writer.add_session("e", parent_id="undeclared")
    with Store(path) as store:
        assert [s.id for s in store.sub_sessions("a")] == ["c", "b"]
        assert [s.id for s in store.sub_sessions_of(["a", "c"])] == ["c", "b", "d"]
        assert [s.id for s in store.sub_sessions("undeclared")] == ["e"]
        assert store.sub_sessions("d") == []
        assert store.sub_sessions_of([]) == []


def test_sub_sessions_whose_parent_only_their_name_tells(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with htmlgraph_store(path) as writer:
        writer.add_session("sess-0000000a")
        writer.add_session("sess-0000000a-general-purpose", is_subagent=1)
    with Store(path) as store:
        (sub,) = store.sub_sessions("sess-0000000a")
        assert (sub.id, sub.parent_id) == ("sess-0000000a-general-purpose", "sess-0000000a")


def test_sub_sessions_are_looked_for_near_their_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    with htmlgraph_store(path) as writer, writer.batch():
        for number in range(3000):
            writer.add_session(f"sess-{number:08x}")
            if number % 1000 == 500:
                writer.add_session(f"sess-{number:08x}-explore", is_subagent=1)
    with Store(path) as store:
        whole = steps(store, lambda: store.sub_sessions("sess-000001f4"))
        monkeypatch.setattr(session_pages, "NEAR", 100)
        near = steps(store, lambda: store.sub_sessions("sess-000001f4"))
        assert near * 5 < whole
        for number in (500, 1500, 2500):
            parent = f"sess-{number:08x}"
            assert [s.id for s in store.sub_sessions(parent)] == [f"{parent}-explore"]


# -- little to read ---------------------------------------------------------------------------


def test_a_store_without_rows(tmp_path: Path) -> None:
    canonical_store(tmp_path / "a.db").close()
    with Store(tmp_path / "a.db") as store:
        assert store.bounds(0) is None
        assert store.events_between(0, 0, 99, 9) == []
        assert store.session_page(0, "s1", limit=9) == []
        assert store.sessions(limit=9) == []
        assert store.sub_sessions("s1") == []
        assert store.event_session_ids() == set()
        assert (store.count_sessions(), store.last_session_row()) == (0, 0)
        assert store.newest_time(0, 99) is None
        assert store.event_by_id("e1") is None


def test_a_store_without_a_table_of_sessions(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with htmlgraph_store(path) as writer:
        writer.add_event("sess-1")
        writer.connection.execute("PRAGMA foreign_keys = 0")
        writer.connection.execute("DROP TABLE sessions")
    with Store(path) as store:
        assert store.sessions(limit=9) == []
        assert store.sessions_by_id(["sess-1"]) == []
        assert store.sub_sessions("sess-1") == []
        assert store.sessions_upto(9, 9) == ([], None)
        assert (store.count_sessions(), store.last_session_row()) == (0, 0)
        assert store.event_session_ids() == {"sess-1"}
        assert len(store.session_page(0, "sess-1", limit=9)) == 1


@pytest.mark.parametrize("table", ["session", "event"])
def test_a_table_without_rowids_is_one_sentence(tmp_path: Path, table: str) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    columns = {
        "session": "id TEXT PRIMARY KEY, status TEXT",
        "event": "seq INTEGER, id TEXT PRIMARY KEY, session_id TEXT, time REAL, kind TEXT",
        "other": "id TEXT PRIMARY KEY",
    }
    for name, some in columns.items():
        plain = name not in (table, "other")
        connection.execute(f"CREATE TABLE {name} ({some}){'' if plain else ' WITHOUT ROWID'}")
    connection.close()
    with pytest.raises(
        StoreError,
        match=r"db: a table that is to be followed is WITHOUT ROWID, so its rows have no order",
    ):
        Store(path)


def test_rows_read_again_are_the_same_events_until_they_change(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path, "wal") as written:
        written.add_session("s", started=1.0)
        for number in range(3):
            written.add_event("s", id=f"e-{number}", time=float(number + 1), summary="1")
        keys = [(0, 1), (0, 2), (0, 3)]
        with Store(path) as store:
            first = store.events_again(keys)
            assert first == store.events_by_key(keys)
            assert all(map(operator.is_, store.events_again(keys), first))
            change = written.connection.execute
            change("UPDATE event SET state = 'error' WHERE id = 'e-1'")
            change("DELETE FROM event WHERE id = 'e-2'")
            second = store.events_again(keys)
            assert second == store.events_by_key(keys)
            assert [event.state for event in second] == ["ok", "error"]
            assert second[0] is first[0]
            # Only those asked for the last time are kept.
            store.events_again(keys[1:])
            third = store.events_again(keys)
            assert third == second
            assert third[0] is not first[0]
            assert third[1] is second[1]


def test_a_cell_of_another_type_is_another_row(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path, "wal") as written:
        written.add_session("s", started=1.0)
        written.add_event("s", id="e", time=1.0, summary="one")
        change = written.connection.execute
        with Store(path) as store:
            for raw in ("1", "1.0", "'1'"):
                change(f"UPDATE event SET operation = {raw}")
                assert store.events_again([(0, 1)]) == store.events_by_key([(0, 1)])


def test_lists_of_rows_are_asked_for_with_few_statements() -> None:
    lengths = set()
    for number in range(1, 1200):
        found = list(session_pages.filled_parts(range(number)))
        assert sorted({value for part in found for value in part}) == list(range(number))
        lengths |= set(map(len, found))
    assert lengths == {1, 2, 4, 8, 16, 32, 64, 128, 256, 500}
    assert list(session_pages.filled_parts([])) == []
