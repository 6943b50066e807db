"""The stores that other tests build: real schemas, real rows, exactly the events asked for."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.stores import (
    FIRST_TIME,
    HOSTILE,
    LiveWriter,
    RawText,
    StoreBuilder,
    canonical_store,
    heist_audit_store,
    heist_session_store,
    htmlgraph_store,
    read_commits,
    start_live_writer,
)
from tests.stores.base import SAMPLES, Journal
from tests.stores.live_writer import DIALECTS, JOURNALS, UPDATABLE

Open = Callable[[Path], StoreBuilder]
ALL: tuple[tuple[str, Open], ...] = (
    ("canonical", canonical_store),
    ("heist-audit", heist_audit_store),
    ("heist-session", heist_session_store),
    ("htmlgraph-0.26", htmlgraph_store),
    ("htmlgraph-0.26-init", lambda path: htmlgraph_store(path, shape="init")),
    ("htmlgraph-0.35", lambda path: htmlgraph_store(path, "0.35")),
    ("htmlgraph-0.35-init", lambda path: htmlgraph_store(path, "0.35", "init")),
)
every_store = pytest.mark.parametrize("make", [make for _, make in ALL], ids=[n for n, _ in ALL])


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    # A plain read-only connection would leave a -wal and a -shm beside a sample.
    alone = "&immutable=1" if path.parent == SAMPLES else ""
    connection = sqlite3.connect(f"file:{path}?mode=ro{alone}", uri=True)
    connection.text_factory = bytes
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _schema(path: Path) -> dict[str, set[str]]:
    tables = _rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [name.decode() for (name,) in tables]
    return {
        name: {row[1].decode() for row in _rows(path, f"PRAGMA table_info({name})")}
        for name in names
        if not name.startswith("sqlite_")
    }


@every_store
def test_schemas_are_accepted_and_can_be_reopened(tmp_path: Path, make: Open) -> None:
    path = tmp_path / "store.db"
    make(path).close()
    before = path.read_bytes()
    make(path).close()
    assert path.read_bytes() == before
    assert _rows(path, "PRAGMA integrity_check") == [(b"ok",)]


def test_heist_schemas_are_those_of_the_samples(tmp_path: Path) -> None:
    heist_audit_store(tmp_path / "audit.db").close()
    heist_session_store(tmp_path / "session.db").close()
    assert _schema(tmp_path / "audit.db") == _schema(SAMPLES / "heist-audit.db")
    assert _schema(tmp_path / "session.db") == _schema(SAMPLES / "heist-session.db")
    indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    assert _rows(tmp_path / "audit.db", indexes) == [(4,)]
    assert _rows(tmp_path / "session.db", indexes) == [(0,)]


def test_htmlgraph_schemas_are_those_of_the_samples(tmp_path: Path) -> None:
    htmlgraph_store(tmp_path / "new.db", "0.35").close()
    assert _schema(tmp_path / "new.db") == _schema(SAMPLES / "htmlgraph-0.35.0.db")
    htmlgraph_store(tmp_path / "old.db").close()
    ours, theirs = _schema(tmp_path / "old.db"), _schema(SAMPLES / "htmlgraph-0.26.1.db")
    assert ours.items() <= theirs.items()
    assert {"events", "git_commits"} <= theirs.keys() - ours.keys()
    on_events = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        " AND tbl_name = 'agent_events' AND sql IS NOT NULL ORDER BY name"
    )
    assert len(_rows(tmp_path / "old.db", on_events)) == 8
    for version, sample in (("old", "0.26.1"), ("new", "0.35.0")):
        expected = _rows(SAMPLES / f"htmlgraph-{sample}.db", on_events)
        assert _rows(tmp_path / f"{version}.db", on_events) == expected
    assert _rows(tmp_path / "old.db", "PRAGMA journal_mode") == [(b"delete",)]
    assert _rows(tmp_path / "new.db", "PRAGMA journal_mode") == [(b"wal",)]


def test_htmlgraph_checks_words_except_in_sessions_of_the_init_shape(tmp_path: Path) -> None:
    with htmlgraph_store(tmp_path / "fresh.db") as store:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            store.add_event(event_type="nonsense")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            store.add_session(status="nonsense")
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            store.add_feature(status="in-progress")
        assert store.add_session(started=FIRST_TIME)["created_at"] == "2026-01-12 10:00:00"
    with htmlgraph_store(tmp_path / "init.db", shape="init") as store:
        row = store.add_session(status=None, agent=None, started=FIRST_TIME)
        assert row["started_at"] == "2026-01-12T10:00:00"
        assert row["created_at"] is None
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            store.add_event(event_type="task_completed")
    with htmlgraph_store(tmp_path / "new.db", "0.35") as store:
        store.add_event(event_type="task_completed")
        store.add_feature(status="in-progress")


def test_rows_come_back_as_stored(tmp_path: Path) -> None:
    with htmlgraph_store(tmp_path / "store.db") as store:
        store.add_session("sess-1")
        prompt = store.add_prompt("sess-1", "Do [bold]it")
        before, after = store.add_call("sess-1", parent=prompt["event_id"], is_error=True)
        assert (prompt["rowid"], before["rowid"], after["rowid"]) == (1, 2, 3)
        assert before["context"] is None
        assert '"is_error": true' in after["context"]
        assert after["parent_event_id"] == prompt["event_id"]
        assert before["parent_event_id"] is None
        assert after["timestamp"] > before["timestamp"]
        task = store.add_delegation("sess-1", parent=prompt["event_id"])
        store.finish_delegation(task["event_id"])
        assert store.add_handoff()["status"] == "pending"
        assert store.add_live_event()["id"] == 1
        with pytest.raises(LookupError):
            store.finish_delegation("evt-none")
    assert _rows(tmp_path / "store.db", "SELECT status FROM agent_events WHERE rowid = 4") == [
        (b"completed",)
    ]
    with htmlgraph_store(tmp_path / "new.db", "0.35") as store:
        assert len(store.add_call()) == 1


def test_heist_rows_keep_their_notation_of_time(tmp_path: Path) -> None:
    with heist_audit_store(tmp_path / "audit.db") as audit:
        session = audit.add_session(start_time=FIRST_TIME + 0.5)
        assert session["session_id"] == "heist_1"
        assert session["start_time"] == FIRST_TIME + 0.5
        assert session["created_at"] == "2026-01-12 10:00:00"
        assert audit.add_message(turn_id=1)["timestamp"] == FIRST_TIME + 1.5
        assert audit.add_message(timestamp="2025-12-19T08:37:48")["timestamp"] == (
            "2025-12-19T08:37:48"
        )
        assert audit.add_tool_call(success=0)["success"] == 0
        assert audit.add_tool_usage()["operation"] == "execute"
        assert audit.add_action()["action_type"] == "message"
        assert audit.add_agent()["role"] == "Planner"
        audit.end_session("heist_1", turns=7)
    with heist_session_store(tmp_path / "session.db") as session_store:
        assert session_store.add_session()["start_time"] == "2026-01-12T10:00:00"
        assert session_store.add_message(turn_id=0)["timestamp"] == "2026-01-12T10:00:01"
        assert session_store.add_tool_call()["success"] == 1
        session_store.end_session("heist_1", turns=1)
    for name, column in (("audit", "total_turns"), ("session", "num_turns")):
        ended = _rows(tmp_path / f"{name}.db", f"SELECT status, {column} FROM sessions")
        assert ended == [(b"completed", 7 if name == "audit" else 1)]


def test_canonical_rows(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "store.db") as store:
        store.add_session("session", title="Title")
        event = store.add_event(state="running")
        store.finish_event(event["id"], "error", 2.5)
        store.add_text(event["seq"], "in", "out")
        assert event["seq"] == event["rowid"] == 1
        assert event["phase"] == "whole"
        assert store.add_event(kind="message")["tool"] is None
        assert store.add_handoff(state="pending")["to_agent"] == "coder"
        assert store.add_work_item(priority="high")["status"] == "todo"
    row = _rows(tmp_path / "store.db", "SELECT state, duration, time FROM event LIMIT 1")
    assert row == [(b"error", 2.5, FIRST_TIME + 1)]


def test_a_failed_batch_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(store: StoreBuilder) -> None:
        with store.batch():
            store.insert("event", session_id="session", kind="other")
            raise KeyError

    with canonical_store(tmp_path / "store.db") as store:
        with pytest.raises(KeyError):
            interrupted(store)
        with store.batch():
            store.add_event()
    assert _rows(tmp_path / "store.db", "SELECT count(*) FROM event") == [(1,)]


def test_hostile_texts_arrive_byte_for_byte(tmp_path: Path) -> None:
    names = [name for name, _ in HOSTILE]
    assert len(set(names)) == len(names) >= 30
    with canonical_store(tmp_path / "store.db") as store, store.batch():
        for name, value in HOSTILE:
            store.add_event(id=name, summary=value)
    stored = dict(_rows(tmp_path / "store.db", "SELECT id, CAST(summary AS BLOB) FROM event"))
    for name, value in HOSTILE:
        data = value.data if isinstance(value, RawText) else value.encode()
        assert stored[name.encode()] == data, name
    kinds = _rows(tmp_path / "store.db", "SELECT DISTINCT typeof(summary) FROM event")
    assert kinds == [(b"text",)]
    assert stored[b"lone_surrogate_high"].endswith(b"\xed\xa0\x80 end")
    assert len(stored[b"ten_megabytes"]) == 10_000_000


def _ids(path: Path) -> list[str]:
    """The live ids in order of arrival."""
    tables = _schema(path)
    if "event" in tables:
        sql = "SELECT id FROM event ORDER BY rowid"
    elif "agent_events" in tables:
        sql = "SELECT event_id FROM agent_events ORDER BY rowid"
    else:
        sql = "SELECT message FROM messages ORDER BY rowid"
    return [name.decode() for (name,) in _rows(path, sql)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_live_writer_writes_exactly_what_it_says(tmp_path: Path, dialect: str) -> None:
    path = tmp_path / "live.db"
    output = StringIO()
    commits = LiveWriter(path, dialect, count=30, output=output).run()
    assert [commit.id for commit in commits] == [f"live-{n:06d}" for n in range(30)]
    assert [commit.id for commit in read_commits(output.getvalue().splitlines())] == _ids(path)
    assert all(a.monotonic < b.monotonic for a, b in pairwise(commits))
    assert all(commit.seconds > 0 for commit in commits)
    LiveWriter(path, dialect, count=2).run()
    assert _ids(path)[-3:] == ["live-000029", "live-000030", "live-000031"]


@pytest.mark.parametrize("dialect", UPDATABLE)
def test_a_live_writer_finishes_what_it_began(tmp_path: Path, dialect: str) -> None:
    path = tmp_path / "live.db"
    commits = LiveWriter(path, dialect, count=12, update_in_place=True).run()
    begun = {c.id: c.rowid for c in commits if c.operation == "insert"}
    ended = {c.id: c.rowid for c in commits if c.operation == "update"}
    assert begun == ended
    assert [c.operation for c in commits[:7]] == ["insert"] * 6 + ["update"]
    table, column = ("event", "state") if dialect == "canonical" else ("agent_events", "status")
    words = _rows(path, f"SELECT DISTINCT {column} FROM {table}")
    assert words == [(b"ok" if dialect == "canonical" else b"completed",)]


def test_a_live_writer_keeps_its_rate(tmp_path: Path) -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    writer = LiveWriter(tmp_path / "live.db", count=51, rate=50, clock=lambda: now, sleep=sleep)
    commits = writer.run()
    assert commits[-1].monotonic - commits[0].monotonic == pytest.approx(1.0)


def test_heist_events_are_never_updated(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not update"):
        LiveWriter(tmp_path / "live.db", "heist-audit", update_in_place=True)
    with pytest.raises(ValueError, match="not known"):
        LiveWriter(tmp_path / "live.db", "nonsense")
    assert not (tmp_path / "live.db").exists()


@pytest.mark.process
@pytest.mark.parametrize("journal", JOURNALS)
def test_a_live_writer_in_another_process(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / "live.db"
    process = start_live_writer(path, rate=1000, count=20, journal=journal)
    assert process.stdout
    commits = []
    for commit in read_commits(process.stdout):
        # Told after the commit: it must be there for another connection at once.
        assert len(_ids(path)) >= commit.rowid
        commits.append(commit)
    assert process.wait(timeout=60) == 0
    assert [commit.id for commit in commits] == _ids(path)
    assert len(commits) == 20
    # The modes other than WAL are the connection's own and not in the file.
    stored = b"wal" if journal == "wal" else b"delete"
    assert _rows(path, "PRAGMA journal_mode") == [(stored,)]


@pytest.mark.process
def test_the_command_refuses_what_makes_no_sense(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.stores", "write", str(tmp_path / "x.db"),
         "--dialect", "heist-session", "--update-in-place"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert result.returncode == 2
    assert "does not update events" in result.stderr
