"""Large stores: the same for the same seed, in the right shape, complete or not there."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.bench import generate as module
from tests.bench.generate import DIALECTS, cached, generate, is_cached, prepare
from tests.bench.shape import DEEPEST, LARGEST, Shape, StoreShape

EVENTS = 20_000
TABLES = {
    "canonical": ("event", "session_id", "id", "session", "id"),
    "heist-audit": ("messages", "session_id", "id", "sessions", "session_id"),
    "htmlgraph": ("agent_events", "session_id", "event_id", "sessions", "session_id"),
}


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stores")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_seed_generates_the_same_store(tmp_path: Path, dialect: str) -> None:
    for name, seed in (("first", 1), ("second", 1), ("other", 2)):
        generate(tmp_path / name, dialect, 1_500, seed)
    assert _dump(tmp_path / "first") == _dump(tmp_path / "second")
    assert _dump(tmp_path / "first") != _dump(tmp_path / "other")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_stores_are_valid_and_have_exactly_the_events(folder: Path, dialect: str) -> None:
    path = cached(folder, dialect, EVENTS)
    # Also finds rows that violate a CHECK, which the generator does not look at.
    assert _rows(path, "PRAGMA integrity_check") == [("ok",)]
    table, session, _, sessions, key = TABLES[dialect]
    events = _rows(path, f"SELECT count(*) FROM {table}")[0][0]
    if dialect == "heist-audit":
        events += _rows(path, "SELECT count(*) FROM tool_calls")[0][0]
        assert _rows(path, "SELECT count(*) FROM actions") == _rows(
            path, "SELECT count(*) FROM messages"
        )
    assert events == EVENTS
    unknown = f"SELECT count(*) FROM {table} WHERE {session} NOT IN (SELECT {key} FROM {sessions})"
    assert _rows(path, unknown) == [(0,)]
    assert _rows(path, "PRAGMA journal_mode") == [("delete",)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_indexes_are_those_of_the_schema(folder: Path, dialect: str) -> None:
    path = cached(folder, dialect, EVENTS)
    expected = sum(sql.startswith("CREATE INDEX") for sql in DIALECTS[dialect](0).schema)
    found = _rows(
        path, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    )
    assert found == [(expected,)]
    assert expected == {"canonical": 2, "heist-audit": 4}.get(dialect, expected) > 0


@pytest.mark.parametrize(("dialect", "column"), [("canonical", "output"), ("htmlgraph", "context")])
def test_one_in_twenty_rows_is_fat(folder: Path, dialect: str, column: str) -> None:
    path = cached(folder, dialect, EVENTS)
    table = "event_text" if dialect == "canonical" else "agent_events"
    fat = _rows(path, f"SELECT count(*) FROM {table} WHERE length({column}) > 8192")[0][0]
    assert 0.03 < fat / EVENTS < 0.06


def test_htmlgraph_calls_are_told_as_its_hooks_do(folder: Path) -> None:
    path = cached(folder, "htmlgraph", EVENTS)
    before = "tool_name NOT IN ('UserQuery', 'Stop', 'Task') AND context IS NULL"
    pre = _rows(path, f"SELECT count(*), count(parent_event_id), count(DISTINCT agent_id)"
                      f" FROM agent_events WHERE {before}")  # fmt: skip
    assert pre[0][0] > EVENTS / 20
    assert pre[0][1:] == (0, 1)
    invalid = "context IS NOT NULL AND NOT json_valid(context)"
    assert _rows(path, f"SELECT count(*) FROM agent_events WHERE {invalid}") == [(0,)]
    failed = "SELECT count(*) FROM agent_events WHERE json_extract(context, '$.is_error')"
    assert _rows(path, failed)[0][0] > EVENTS / 100


@pytest.fixture(scope="module")
def drawn() -> tuple[StoreShape, list[Shape]]:
    shape = StoreShape(60_000, seed=3)
    return shape, list(shape.draw())


def test_totals_of_sessions_that_are_over_are_those_of_their_calls(folder: Path) -> None:
    path = cached(folder, "heist-audit", EVENTS)
    wrong = (
        "SELECT count(*) FROM (SELECT session_id, tool_name, count(*) AS calls,"
        " avg(success) AS rate FROM tool_calls GROUP BY 1, 2) AS made"
        " JOIN tool_usage USING (session_id, tool_name)"
        " WHERE calls <> usage_count OR abs(rate - success_rate) > 1e-9"
    )
    assert _rows(path, wrong) == [(0,)]
    over = "SELECT session_id FROM sessions WHERE status = 'completed'"
    told = _rows(path, f"SELECT session_id FROM tool_calls WHERE session_id IN ({over})")
    assert set(told) == set(_rows(path, "SELECT session_id FROM tool_usage")) != set()


def test_every_delegation_has_a_hand_off_beside_it(folder: Path) -> None:
    path = cached(folder, "htmlgraph", EVENTS)
    delegations = "SELECT count(*) FROM agent_events WHERE event_type = 'task_delegation'"
    (handed,) = _rows(path, "SELECT count(*), count(DISTINCT handoff_id) FROM agent_collaboration")
    assert handed == (_rows(path, delegations)[0][0],) * 2


def test_one_session_is_a_giant(drawn: tuple[StoreShape, list[Shape]]) -> None:
    shape, events = drawn
    sizes = sorted(session.events for session in shape.sessions if session.events)
    assert sizes[-1] == 12_000
    assert sizes[-2] <= LARGEST
    assert len(sizes) > 150
    assert sum(sizes) == len(events) == 60_000
    finished = [s.events for s in shape.sessions if s.over]
    assert min(finished) >= 10
    assert 90 < sorted(finished)[len(finished) // 2] < 190


def test_the_giant_has_a_limit() -> None:
    shape = StoreShape(2_000_000)
    next(shape.draw())
    assert shape.sessions[0].size == 200_000


def test_trees_are_deep_and_whole(drawn: tuple[StoreShape, list[Shape]]) -> None:
    _, events = drawn
    depth: list[int] = []
    for event in events:
        assert event.parent < event.number
        depth.append(0 if event.parent < 0 else depth[event.parent] + 1)
        if event.parent >= 0:
            assert events[event.parent].session == event.session
    assert max(depth) == DEEPEST


def test_events_come_in_order_and_sessions_overlap(drawn: tuple[StoreShape, list[Shape]]) -> None:
    shape, events = drawn
    assert [event.number for event in events] == list(range(60_000))
    times = [event.time for event in events]
    assert times == sorted(times)
    middle = times[30_000]
    assert sum(s.started < middle < s.ended for s in shape.sessions if s.events) >= 10
    subs = [s for s in shape.sessions if s.parent >= 0]
    assert len(subs) > 10
    assert all(events[s.call].session == s.parent for s in subs)


def test_two_rows_of_a_call_belong_together(drawn: tuple[StoreShape, list[Shape]]) -> None:
    _, events = drawn
    starts = {event.call: event for event in events if event.phase == "start"}
    ends = [event for event in events if event.phase == "end"]
    assert len(starts) >= len(ends) > 3_000
    for end in ends:
        start = starts.pop(end.call)
        assert (start.tool, start.parent, start.session) == (end.tool, end.parent, end.session)
        assert end.duration == pytest.approx(end.time - start.time, abs=0.002)
    # The rest never ended: their sessions stopped right there.
    last = {event.session: event for event in events}
    assert starts
    assert all(last[start.session] == start for start in starts.values())


def test_a_failure_leaves_neither_file_nor_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    old = tmp_path / "store.db"
    old.write_bytes(b"old")
    monkeypatch.setattr(module, "_insert_sessions", full)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        generate(old, "canonical", 100)
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]
    assert old.read_bytes() == b"old"


def test_a_cached_store_is_not_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cached(tmp_path / "new folder", "canonical", 200)
    monkeypatch.setattr(module, "generate", None)
    assert cached(tmp_path / "new folder", "canonical", 200) == first


@pytest.mark.parametrize("how", ["written to", "cut", "gone"])
def test_a_cached_store_that_changed_is_written_again(tmp_path: Path, how: str) -> None:
    path = cached(tmp_path, "canonical", 200)
    before = path.read_bytes()
    if how == "written to":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM event WHERE seq = 100")
    elif how == "cut":
        path.write_bytes(before[:-4096])
    else:
        path.unlink()
    assert cached(tmp_path, "canonical", 200) == path
    assert path.read_bytes() == before


@pytest.mark.process
@pytest.mark.parametrize("large", [100, 10_000])
def test_what_is_missing_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """In processes of their own where there are several large ones, else here."""
    monkeypatch.setattr(module, "LARGE", large)
    stores = [("heist-audit", 150), ("canonical", 120), ("canonical", 20)]
    cached(tmp_path, "canonical", 20)
    prepare(tmp_path, stores)
    assert all(is_cached(tmp_path, *store) for store in stores)
    assert not is_cached(tmp_path, "canonical", 150)
    made = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    prepare(tmp_path, stores)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == made


def test_stores_are_not_begun_without_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: used._replace(free=1_000_000))
    with pytest.raises(OSError, match="stores need 1 GB, and 0 GB are free"):
        prepare(tmp_path, [("canonical", 400_000), ("heist-audit", 400_000)])
    with pytest.raises(OSError, match="are free"):
        cached(tmp_path, "canonical", 400_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_the_command_leaves_one_file_in_wal_mode(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    subprocess.run(
        [sys.executable, "-m", "tests.bench.generate", str(path), "--events", "300",
         "--dialect", "heist-audit", "--journal", "wal"],
        check=True, capture_output=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert [found.name for found in tmp_path.iterdir()] == ["store.db"]
    assert path.read_bytes()[18:20] == b"\x02\x02"
