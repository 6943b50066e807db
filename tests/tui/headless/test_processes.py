"""Commands as processes: signals, closed pipes, and what ``--help`` loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stores.base import SAMPLES
from tests.stores.canonical import CanonicalStore, canonical_store

PROGRAM = [sys.executable, "-c", "import sys; from tui.cli import main; sys.exit(main())"]
AUDIT = str(SAMPLES / "heist-audit.db")
PATIENCE = 60.0

pytestmark = pytest.mark.process


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CanonicalStore]:
    with canonical_store(tmp_path / "store.db", "wal") as builder:
        builder.add_event("s", id="old")
        yield builder


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def read_line(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_tail_tells_at_once_and_ends_on_a_signal(
    store: CanonicalStore, number: signal.Signals
) -> None:
    process = start("tail", str(store.path), "--from-start")
    assert read_line(process)["event_id"] == "old"
    store.add_event("s", id="new", state="running")
    line = read_line(process)
    assert (line["event_id"], line["state"], "update" in line) == ("new", "running", False)
    store.finish_event("new")
    line = read_line(process)
    assert (line["event_id"], line["state"], line["update"]) == ("new", "ok", True)
    process.send_signal(number)
    assert ended(process) == (0, "", "")


def test_tail_ends_when_nobody_reads_even_if_nothing_happens(store: CanonicalStore) -> None:
    process = start("tail", str(store.path), "--from-start")
    assert read_line(process)["event_id"] == "old"
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_tail_ends_on_a_signal_although_its_reader_is_stuck(store: CanonicalStore) -> None:
    with store.batch():
        for _ in range(2000):
            store.add_event("s", summary="x" * 190)
    process = start("tail", str(store.path), "--from-start")
    assert read_line(process)["event_id"] == "old"
    process.terminate()
    assert process.wait(PATIENCE) == 0
    ended(process)


@pytest.mark.parametrize("command", ["sessions", "events", "tools", "activity", "doctor"])
def test_a_closed_pipe_is_silent(command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PROGRAM, command, AUDIT, "--json"],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has it")
def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, "events", AUDIT], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE
        )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"cannot be written" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has it")
def test_help_onto_a_full_disk_is_told() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE
        )
    assert done.returncode == 1
    assert done.stderr == b"session-tui: the output cannot be written: No space left on device.\n"


@pytest.mark.parametrize(
    ("arguments", "code"), [(["sessions", AUDIT], 1), (["--help"], 1), ([AUDIT], 2)], ids=str
)
def test_standard_output_is_closed(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" >&-', "bash", *PROGRAM, *arguments],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stderr.count(b"\n") == 1
    said = b"the output cannot be written" if code == 1 else b"The screen needs a terminal"
    assert said in done.stderr


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_other_streams_are_closed(closed: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"$@" {closed}', "bash", *PROGRAM, "sessions", AUDIT, "--json"],
        stdout=subprocess.PIPE, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0
    assert json.loads(done.stdout)["total"] > 0


def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store:
        store.add_event("s", agent="日本語")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*PROGRAM, "agents", str(path), "--json"],
        capture_output=True, env=environment, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout.decode("utf-8"))["agent_activity"][0]["agent_name"] == "日本語"
