"""Files in the states that writers leave them in, and what lies in a folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from queries.store import Store
from tests.stores import Journal, canonical_store

_KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA wal_autocheckpoint = 0")
if sys.argv[2] == "commit":
    for number in range(3):
        connection.execute("INSERT INTO event (id, session_id, kind) VALUES (?, 's1', 'tool')",
                           (f"late-{number}",))
else:
    connection.execute("BEGIN")
    connection.execute("UPDATE event SET summary = 'half written'")
    for number in range(2000):
        connection.execute("INSERT INTO event (id, session_id, kind, summary)"
                           " VALUES (?, 's1', 'tool', ?)", (f"half-{number}", "x" * 200))
os.kill(os.getpid(), signal.SIGKILL)
"""


def filled(path: Path, events: int = 5, journal: Journal = "delete") -> Path:
    """A closed canonical store with one session of so many events."""
    with canonical_store(path, journal) as store, store.batch():
        store.add_session("s1")
        for number in range(events):
            store.add_event("s1", id=f"e{number}")
    return path


def kill_writer(path: Path, *, committed: bool) -> None:
    """Write with a process that is killed: after three commits, or inside a transaction."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(path), "commit" if committed else "open"], check=False
    )
    assert done.returncode == -9


def folder(path: Path) -> dict[str, str]:
    """Every file beside (and including) ``path``, with a hash of what is in it."""
    return {
        found.name: hashlib.sha256(found.read_bytes()).hexdigest()
        for found in sorted(path.parent.iterdir())
        if found.is_file()
    }


def as_nobody(work: Callable[[], Any]) -> str:
    """The result of ``work`` as text, run in a process to which file permissions apply."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            text = str(work())
        except BaseException as error:  # the parent has to see it, whatever it is
            text = f"{type(error).__name__}: {error}"
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


def ids(store: Store) -> list[str]:
    """The ids of all events."""
    return [event.id for event in store.events_between(0, 0, 2**62, 10_000)]


def count_and_how(path: Path) -> str:
    """How many events a store has, and how it was opened."""
    with Store(path) as store:
        return f"{len(ids(store))} {store.info.opened_as}"


def settle(path: Path) -> None:
    """Make the file look as if it had been written long ago."""
    long_ago = time.time() - 1000
    os.utime(path, (long_ago, long_ago))
