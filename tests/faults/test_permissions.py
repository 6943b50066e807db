"""Stores that belong to somebody else, read by a user who may write nothing there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.numbers import PATIENCE, quit_and_restore, wait_for_events
from tests.process.program import PROGRAM, ROOT, Home, fingerprint
from tests.process.terminal import Terminal
from tests.queries.files import filled, kill_writer
from tests.stores import canonical_store

pytestmark = [pytest.mark.faults, pytest.mark.process]

EVENTS = 50
NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


class Elsewhere:
    """A store in a folder of ours, and somebody else who runs the program."""

    def __init__(self, folder: Path) -> None:
        own = folder / "own"
        own.mkdir()
        self.home = Home(own)
        for path in (own, *own.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        (folder / "stores").mkdir(mode=0o755)
        self.path = folder / "stores" / "s.db"

    def run(self) -> Terminal:
        """The program, as nobody."""
        command = [*AS_NOBODY, *PROGRAM, str(self.path)]
        return Terminal(command, columns=160, env=self.home.env, cwd=self.home.folder)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    if os.getuid() != 0:
        pytest.skip("only root can run the program as somebody else")
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/"}
    probe = [*AS_NOBODY, sys.executable, "-c", "import textual, tui.cli"]
    if subprocess.run(probe, env=env, cwd="/", capture_output=True, check=False).returncode:
        pytest.skip("nobody else may read this checkout or its virtual environment")
    folder = Path(tempfile.mkdtemp(prefix="session-tui-faults-"))
    folder.chmod(0o755)
    yield Elsewhere(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_folder_that_cannot_be_written(elsewhere: Elsewhere, journal: str) -> None:
    path = filled(elsewhere.path, EVENTS, "wal" if journal == "wal" else "delete")
    path.chmod(0o444)
    before = fingerprint(path.parent)
    with elsewhere.run() as terminal:
        wait_for_events(terminal, EVENTS)
        assert fingerprint(path.parent) == before
        path.chmod(0o644)
        # The index of the -wal, which the writer makes, belongs to it.
        with canonical_store(path, "wal" if journal == "wal" else "delete") as writer:
            for number in range(20):
                writer.add_event("s1", id=f"new-{number}")
            wait_for_events(terminal, EVENTS + 20)
        wait_for_events(terminal, EVENTS + 20)
        quit_and_restore(terminal)


@pytest.mark.parametrize("index", ["gone", "secret"])
def test_commits_without_an_index_that_we_may_read(elsewhere: Elsewhere, index: str) -> None:
    path = filled(elsewhere.path, EVENTS, "wal")
    kill_writer(path, committed=True)
    shm = Path(f"{path}-shm")
    if index == "gone":
        shm.unlink()
    else:
        shm.chmod(0o600)
    before = fingerprint(path.parent)
    with elsewhere.run() as terminal:
        wait_for_events(terminal, EVENTS + 3)
        assert fingerprint(path.parent) == before
        quit_and_restore(terminal)


def test_a_dead_writer_of_somebody_else(elsewhere: Elsewhere) -> None:
    path = filled(elsewhere.path, EVENTS)
    kill_writer(path, committed=False)
    before = fingerprint(path.parent)
    with elsewhere.run() as terminal:
        wait_for_events(terminal, EVENTS)
        assert fingerprint(path.parent) == before
        quit_and_restore(terminal)


def test_a_file_that_we_may_not_read(elsewhere: Elsewhere) -> None:
    path = filled(elsewhere.path, EVENTS)
    path.chmod(0o600)
    with elsewhere.run() as terminal:
        assert terminal.wait(PATIENCE) == 2
        assert b"ermission denied" in terminal.raw
        assert terminal.raw.count(b"\n") == 1


def test_a_file_that_we_may_not_read_any_more(elsewhere: Elsewhere) -> None:
    path = filled(elsewhere.path, EVENTS, "wal")
    with elsewhere.run() as terminal:
        wait_for_events(terminal, EVENTS)
        other = filled(path.with_name("other.db"), 9)
        other.chmod(0o600)
        other.rename(path)
        terminal.wait_for(lambda t: "unreadable" in t.lines()[0], PATIENCE, "a state")
        path.chmod(0o644)
        wait_for_events(terminal, 9)
        quit_and_restore(terminal)
