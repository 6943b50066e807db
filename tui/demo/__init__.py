"""A store that writes itself: invented agents at work, the same for the same seed.

Everything here does without Textual, so that a store can be written by another process.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tui.demo.writer import DEFAULT_SCENARIO, SCENARIOS, DemoWriter

__all__ = ["DEFAULT_SCENARIO", "SCENARIOS", "DemoWriter", "demo_store"]

FILE_NAME = "demo.db"
STOPS_WITHIN = 0.5


@contextmanager
def demo_store(seed: int = 0, speed: float = 1.0, name: str = DEFAULT_SCENARIO) -> Iterator[Path]:
    """A temporary store with a history, written live while the context lasts.

    The file lies in a folder of its own that only the user can enter; the folder is removed
    at the end.

    Args:
        seed: decides everything that is written.
        speed: how many times faster than life the agents work.
        name: of the scenario, one of :data:`SCENARIOS`.

    Yields:
        The path of the store.

    Raises:
        ValueError: the speed is not a positive, finite number.
        OSError: there is no room for a temporary file.
        sqlite3.Error: the store could not be written; raised when the context ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="session-tui-demo-"))
    try:
        writer = DemoWriter(folder / FILE_NAME, seed, speed, name=name)
        writer.seed_history()
        stop = Event()
        failures: list[sqlite3.Error] = []

        def write() -> None:
            # A traceback in the middle of the screen helps nobody: it is raised at the end.
            try:
                writer.run(stop)
            except sqlite3.Error as failure:
                failures.append(failure)

        thread = Thread(target=write, name="demo writer", daemon=True)
        thread.start()
        try:
            yield folder / FILE_NAME
        finally:
            stop.set()
            thread.join(STOPS_WITHIN)
            if not thread.is_alive():
                writer.close()
        if failures:
            raise failures[0]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
