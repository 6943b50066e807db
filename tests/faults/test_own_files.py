"""Nothing of our own can be written: everything but remembering works."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.numbers import PATIENCE, one_number, quit_and_restore, wait_for_events
from tests.process.program import PROGRAM, Home, fingerprint
from tests.process.terminal import Terminal
from tests.queries.files import filled, kill_writer
from tests.stores import canonical_store

pytestmark = [pytest.mark.faults, pytest.mark.process]

EVENTS = 50
NO_FILES = ("bash", "-c", 'ulimit -f 0; exec "$@"', "bash")
"""Every byte written to a file fails, as on a full disk."""


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """A disk of its own at a folder, without room for a byte."""
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system can only be mounted by root")
    try:
        filler = os.open(folder / "filler", os.O_CREAT | os.O_WRONLY)
        with contextlib.suppress(OSError):
            while os.write(filler, bytes(1024)):
                pass
        os.close(filler)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def use_and_leave(terminal: Terminal, home: Home, path: Path) -> None:
    """Change what is remembered, export, and leave."""
    assert one_number(home, terminal, path) == EVENTS
    terminal.press("s", "space", "z", "o")
    terminal.wait_for(lambda t: "cannot" in t.text(), what="a sentence")
    quit_and_restore(terminal)
    assert "Traceback" not in terminal.raw.decode()


def test_no_byte_can_be_written(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    before = fingerprint(path.parent)
    command = [*NO_FILES, *PROGRAM, str(path)]
    with Terminal(command, columns=160, env=home.env, cwd=home.folder) as terminal:
        use_and_leave(terminal, home, path)
    assert fingerprint(path.parent) == before


def test_our_own_disk_is_full(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    before = fingerprint(path.parent)
    own = home.folder / "own"
    env = {name: str(own / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "TMPDIR")}
    with full_disk(own):
        command = [*PROGRAM, str(path)]
        settings = {**home.env, **env, "TMPDIR": str(own)}
        with Terminal(command, columns=160, env=settings, cwd=own) as terminal:
            use_and_leave(terminal, home, path)
    assert fingerprint(path.parent) == before


def test_there_is_no_home(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    folders = ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    nowhere = dict.fromkeys(folders, "/dev/null/nowhere")
    with home.run(path, columns=160, env=nowhere) as terminal:
        assert one_number(home, terminal, path) == EVENTS
        terminal.press("s", "space", "z")
        quit_and_restore(terminal)


def test_no_room_for_a_private_copy(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    kill_writer(path, committed=False)
    before = fingerprint(path.parent)
    command = [*NO_FILES, *PROGRAM, str(path)]
    with Terminal(command, columns=160, env=home.env, cwd=home.folder) as terminal:
        assert terminal.wait(PATIENCE) == 2
        assert b"nor from a private copy" in terminal.raw
        assert terminal.raw.count(b"\n") == 1
    assert fingerprint(path.parent) == before
    assert os.listdir(home.folder / "tmp") == []


def test_another_folder_is_taken_for_a_private_copy(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    own = home.folder / "own"
    with full_disk(own), home.run(path, columns=160, env={"TMPDIR": str(own)}) as terminal:
        wait_for_events(terminal, EVENTS)
        kill_writer(path, committed=False)
        with canonical_store(path) as writer:
            writer.add_event("s1", id="after")
        wait_for_events(terminal, EVENTS + 1)
        quit_and_restore(terminal)
