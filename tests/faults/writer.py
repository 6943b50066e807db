"""A busy writer in a process of its own: ``python -m tests.faults.writer PATH ...``.

Never waits for a lock inside SQLite: each commit that somebody kept from going through at once
is counted, and tried again.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.stores import FIRST_TIME, Journal, canonical_store

ROOT = Path(__file__).parents[2]
COMMITS = 100
"""A second, at most: where there are more events, each commit has several."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a writer says at its end."""

    events: int
    commits: int
    kept_waiting: int
    """Commits that did not go through at once."""


def start_writer(
    path: Path, *, rate: int, seconds: float, journal: Journal
) -> subprocess.Popen[str]:
    """Begin to write; see :func:`told`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.writer", path, str(rate), str(seconds), journal],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def told(writer: subprocess.Popen[str]) -> Told:
    """Wait until a writer has written everything."""
    answer, _ = writer.communicate(timeout=120)
    assert writer.returncode == 0
    return Told(**json.loads(answer))


def write(path: Path, rate: int, seconds: float, journal: Journal) -> Told:
    """Write so many events a second for so long, or later where the disk is too slow."""
    each = max(1, rate // COMMITS)
    number = int(rate * seconds) // each
    waited = 0
    with canonical_store(path, journal) as store:
        run = store.connection.execute
        run("PRAGMA busy_timeout = 0")
        # As a writer does that takes care of its data: the file is locked for longer.
        run("PRAGMA synchronous = FULL")
        begun = time.monotonic()
        for commit in range(number):
            time.sleep(max(0.0, begun + commit * each / rate - time.monotonic()))
            was_kept = False
            statements = ["BEGIN IMMEDIATE", "", "COMMIT"]
            while statements:
                try:
                    if statements[0]:
                        run(statements[0])
                    else:
                        _insert(store.connection, rate, commit * each, each)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorname != "SQLITE_BUSY":
                        raise
                    was_kept = True
                    time.sleep(0.001)
                else:
                    statements.pop(0)
            waited += was_kept
    return Told(number * each, number, waited)


def _insert(connection: sqlite3.Connection, rate: int, first: int, number: int) -> None:
    connection.executemany(
        "INSERT INTO event (id, session_id, time, agent, kind, tool, summary, state)"
        " VALUES (?, 'busy', ?, 'agent', 'tool', 'Read', ?, 'ok')",
        [
            (f"busy-{rate}-{n}", FIRST_TIME + n / 1000, f"busy-{n}")
            for n in range(first, first + number)
        ],
    )


if __name__ == "__main__":
    place, wanted, lasting, mode = sys.argv[1:]
    done = write(Path(place), int(wanted), float(lasting), cast("Journal", mode))
    sys.stdout.write(json.dumps({name: getattr(done, name) for name in done.__slots__}))
