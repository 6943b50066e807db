"""How the demo is written: live, in its own rhythm, and gone without a trace at the end."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from tests.tui.demo_rows import START, demo_writer, one, rows
from tui.demo import DemoWriter, demo_store
from tui.demo.scenario import LEAD


def _dump(path: Path, seed: int, until: float) -> list[str]:
    writer = demo_writer(path, seed)
    writer.seed_history()
    writer.apply_until(until)
    writer.close()
    with sqlite3.connect(path) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


def test_the_same_seed_writes_the_same_rows(tmp_path: Path) -> None:
    first = _dump(tmp_path / "first.db", 5, until=60)
    assert first == _dump(tmp_path / "second.db", 5, until=60)
    other = _dump(tmp_path / "other.db", 6, until=60)
    assert len(set(first) & set(other)) < 100


def test_rows_do_not_depend_on_how_the_time_is_cut(tmp_path: Path) -> None:
    writer = demo_writer(tmp_path / "slices.db", 5)
    writer.seed_history()
    for second in range(61):
        writer.apply_until(float(second))
    writer.close()
    connection = sqlite3.connect(tmp_path / "slices.db")
    assert list(connection.iterdump()) == _dump(tmp_path / "whole.db", 5, until=60)
    connection.close()


def test_running_calls_end_in_place(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    writer = demo_writer(path)
    writer.seed_history()
    query = "SELECT seq, id FROM event WHERE state = 'running' AND phase = 'whole'"
    running = set(rows(path, f"{query} AND time > {START - LEAD}"))
    assert running
    writer.apply_until(200)
    writer.close()
    after = {(seq, id_): rest for seq, id_, *rest in rows(
        path, "SELECT seq, id, state, duration FROM event")}  # fmt: skip
    ended = [after[key] for key in running if after[key][0] != "running"]
    assert len(ended) > len(running) / 2
    assert all(state in ("ok", "error") and duration > 0 for state, duration in ended)


def test_each_step_is_one_commit(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    writer = demo_writer(path)
    writer.seed_history()
    watcher = sqlite3.connect(path)
    version = watcher.execute("PRAGMA data_version").fetchall()
    seen = 0
    at = 0.0
    while seen < 20:
        at += 0.001
        written = writer.apply_until(at)
        newer = watcher.execute("PRAGMA data_version").fetchall()
        assert (newer != version) == bool(written)
        version, seen = newer, seen + written
    watcher.close()
    writer.close()
    assert one(path, "PRAGMA journal_mode") == "wal"


def test_speed_shortens_times_and_durations(tmp_path: Path) -> None:
    for name, speed in (("slow", 1.0), ("fast", 10.0)):
        writer = demo_writer(tmp_path / name, speed=speed)
        writer.seed_history()
        writer.apply_until(100)
        writer.close()
    query = f"SELECT id, time, duration FROM event WHERE time > {START} AND state <> 'running'"
    slow = {row[0]: row[1:] for row in rows(tmp_path / "slow", query)}
    fast = {row[0]: row[1:] for row in rows(tmp_path / "fast", query)}
    assert len(fast) > 300
    assert slow.keys() == fast.keys()
    for id_, (at, duration) in fast.items():
        assert at - START == pytest.approx((slow[id_][0] - START) / 10, abs=1e-5)
        if duration is not None:
            assert duration == pytest.approx(slow[id_][1] / 10, abs=1e-5)


class _Ticks(Event):
    """Lets an invented clock pass instead of waiting, and stops the writer at the end."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self.now, self.until = 500.0, 500.0 + until
        self.longest = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.longest = max(self.longest, timeout)
        self.now += timeout
        if self.now >= self.until:
            self.set()
        return self.is_set()


def test_running_follows_the_clock(tmp_path: Path) -> None:
    ticks = _Ticks(until=30)
    writer = DemoWriter(tmp_path / "run.db", 1, 2.0, clock=lambda: ticks.now, start=START)
    writer.seed_history()
    writer.run(ticks)
    writer.close()
    newest = one(tmp_path / "run.db", "SELECT max(time) FROM event")
    assert START + 28 < newest <= START + 30
    assert ticks.longest <= 0.25


def test_a_stop_is_obeyed_between_steps(tmp_path: Path) -> None:
    writer = demo_writer(tmp_path / "demo.db")
    stop = Event()
    stop.set()
    assert writer.apply_until(1e9, stop) == 0
    writer.run(stop)
    writer.close()


@pytest.mark.parametrize("speed", [0.0, -1.0, float("inf"), float("nan")])
def test_a_speed_that_makes_no_sense_is_refused(tmp_path: Path, speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        DemoWriter(tmp_path / "demo.db", speed=speed)
    assert not (tmp_path / "demo.db").exists()


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        DemoWriter(path)
    assert path.read_bytes() == b"mine"


def test_the_demo_store_is_private_lives_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with demo_store(seed=2, speed=200.0) as path:
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        connection = sqlite3.connect(path)
        first = last = connection.execute("SELECT count(*) FROM event").fetchall()
        while last == first:
            assert [thread for thread in threading.enumerate() if thread.name == "demo writer"]
            last = connection.execute("SELECT count(*) FROM event").fetchall()
        connection.close()
        assert last > first
    assert list(tmp_path.iterdir()) == []


def test_the_demo_store_is_removed_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyError), demo_store():
        raise KeyError("crash")
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_failed_says_so_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_writer: DemoWriter, _stop: Event) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(DemoWriter, "run", fail)
    with pytest.raises(sqlite3.OperationalError, match="disk is full"), demo_store():
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_another_process_writes_without_textual(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    program = [sys.executable, "-X", "importtime", "-m", "tui.demo", "--write", str(path)]
    process = subprocess.Popen(
        [*program, "--seed", "4", "--speed", "50"], stderr=subprocess.PIPE, text=True
    )
    counts: list[int] = []
    while process.poll() is None and (not counts or counts[-1] < counts[0] + 50):
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            with suppress(sqlite3.OperationalError):  # not created yet
                # The history comes in one commit; before it there is nothing.
                counts += filter(None, [one(path, "SELECT count(*) FROM event")])
    process.send_signal(signal.SIGTERM)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == 0, messages
    assert counts[-1] >= counts[0] + 50
    assert "textual" not in messages
    assert "rich" not in messages
    assert one(path, "PRAGMA integrity_check") == "ok"
