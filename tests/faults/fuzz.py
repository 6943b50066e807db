"""Opens damaged stores without a screen: ``python -m tests.faults.fuzz --count 5000``.

Each is read by one command, and by the engine that the screen has. What counts as a failure:
another exit code than 0 or 2, a fault that the program calls its own, more than 10 s of
processor time, or more than 500 MB of memory.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import io
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SECONDS = 10.0
"""Processor time that one file may take."""
MEGABYTES = 500
"""Memory that the process may take, in all."""

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("sessions", "--no-cache"), ("tools", "--no-cache"), ("agents", "--no-cache"), ("activity",),
    ("activity", "--raw"), ("events", "--limit", "0"), ("metrics", "--no-cache"),
    ("components", "--no-cache"), ("durations", "--no-cache"), ("errors", "--no-cache"),
    ("active",), ("trends",), ("report", "--no-cache"), ("delegations",), ("work-items",),
    ("doctor",), ("session", "ID"), ("timeline", "ID"), ("compare", "ID", "ID"),
)  # fmt: skip
"""All that print what is in a store; ID: of one of its sessions."""


class TooSlowError(BaseException):
    """Raised by the timer; nothing catches it on its way out."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what takes more processor time. Raises TooSlowError."""

    def too_slow(number: int, frame: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def some_id(path: Path) -> str:
    """The id of a session, as far as one can be read."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            for table, column in (("sessions", "session_id"), ("sessions", "id")):
                with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
                    found = connection.execute(f"SELECT {column} FROM {table} LIMIT 1").fetchone()
                    if found is not None:
                        return str(found[0])
    except (sqlite3.Error, UnicodeDecodeError):
        return "nobody"
    return "nobody"


def run_command(path: Path, number: int) -> str | None:
    """Run one command on a file; returns what is wrong, or nothing."""
    from tui.cli import main

    name, *options = COMMANDS[number % len(COMMANDS)]
    ids = [some_id(path) for option in options if option == "ID"]
    rest = [option for option in options if option != "ID"]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([name, str(path), *ids, *rest, "--json"])
    said = err.getvalue()
    if code not in (0, 2) or "Traceback" in said or "fault of this program" in said:
        return f"{name} gives {code}: {said[-300:]}"
    if code == 2 and said.count("\n") != 1:
        return f"{name} says {said[-300:]!r}"
    if code == 0:
        json.loads(out.getvalue())
    return None


def run_engine(path: Path) -> None:
    """Follow a file for a while as the screen does, and read what it shows first."""
    from queries.feed import Feed
    from queries.opening.files import StoreError
    from queries.store import Store
    from queries.trees.activity_reader import read_tree

    feed = Feed(path)
    try:
        snapshot = feed.poll()
        for _ in range(50):
            if not feed.counting:
                break
            feed.backfill(0.05)
            snapshot = feed.poll() or snapshot
    finally:
        feed.close()
    rows = snapshot.sessions if snapshot is not None else ()
    with contextlib.suppress(StoreError):
        store = Store(path)
        try:
            for row in rows[:3]:
                read_tree(store, row.id)
        finally:
            store.close()


def check(path: Path, number: int, seconds: float = SECONDS) -> str | None:
    """What is wrong with how a file is read, or nothing."""
    import traceback

    try:
        with limited(seconds):
            wrong = run_command(path, number)
            if wrong is None:
                run_engine(path)
    except TooSlowError:
        return "too slow: " + "".join(traceback.format_exc(limit=-6))
    except Exception:
        return traceback.format_exc(limit=-8)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{used:.0f} MB" if used > MEGABYTES else wrong


def work(first: int, count: int, samples: Sequence[str]) -> None:
    """Check files of these numbers; one line of JSON for each when it begins and when it fails."""
    from tests.faults.damage import damaged

    faulthandler.enable()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            path, what = damaged(number, Path(folder), tuple(samples))
            _tell(number=number, what=what)
            wrong = check(path, number)
            if wrong is not None:
                _tell(number=number, what=what, wrong=wrong)
            for file in Path(folder).iterdir():
                file.unlink()
    _tell(done=True)


def _tell(**line: Any) -> None:
    sys.__stdout__.write(json.dumps(line) + "\n")  # type: ignore[union-attr]  # it is there
    sys.__stdout__.flush()  # type: ignore[union-attr]


def fuzz(first: int, count: int, samples: Sequence[str]) -> list[tuple[int, str, str]]:
    """Check so many files, in processes that may die of them.

    Returns:
        Number, damage and what went wrong, of those that failed.
    """
    failures: list[tuple[int, str, str]] = []
    end = first + count
    while first < end:
        worker = subprocess.run(
            [
                sys.executable, "-m", "tests.faults.fuzz", "--work", str(first),
                "--count", str(end - first), *samples,
            ],
            capture_output=True, text=True, errors="replace",
        )  # fmt: skip
        number, what = first, "?"
        for line in worker.stdout.splitlines():
            told = json.loads(line)
            if "done" in told:
                return failures
            number, what = told["number"], told["what"]
            if "wrong" in told:
                failures.append((number, what, told["wrong"]))
        failures.append((number, what, f"died ({worker.returncode}): {worker.stderr[-2000:]}"))
        first = number + 1
    return failures


def main() -> int:
    """Returns the exit code: 1 when any file was not read as it should be."""
    from tests.faults.damage import DUCKDB, SQLITE

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--first", type=int, default=int(time.time()))
    parser.add_argument("--duckdb", action="store_true", help="damage DuckDB's files")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    parser.add_argument("samples", nargs="*")
    given = parser.parse_args()
    samples = given.samples or list(DUCKDB if given.duckdb else SQLITE)
    if given.work is not None:
        os.environ["XDG_CACHE_HOME"] = os.environ["XDG_STATE_HOME"] = tempfile.gettempdir()
        work(given.work, given.count, samples)
        return 0
    failures = fuzz(given.first, given.count, samples)
    for number, what, wrong in failures:
        print(f"{number} ({what})\n  {wrong}")
    print(f"{given.count} files from number {given.first} on, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
