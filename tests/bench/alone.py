"""One piece of work in a process of its own: ``alone WHAT STORE SHAPE SECONDS``.

Prints what it took as JSON. A fresh process, so that memory can be told; it is killed once it
has used so many seconds of processor time.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.measure import Helpers, cpu_seconds, end_after, peak_memory


def back_fill(path: Path, shape: str) -> Callable[[], None]:
    """Count everything as the program does beside its screen, without its pauses."""
    from queries.feed import Feed
    from queries.processors import processors
    from tui.poller import PROGRESS
    from tui.terminal.lifecycle import settle_gc

    def work() -> None:
        settle_gc()
        feed = Feed(path, processes=1 if processors() > 1 else 0)
        feed.poll()
        told = time.monotonic()
        while feed.counting:
            feed.backfill(0.25)
            now = time.monotonic()
            if feed.poll(tells_progress=now - told >= PROGRESS) is not None:
                told = now
        feed.close()

    return work


def floor(path: Path, shape: str) -> Callable[[], None]:
    """Read the same rows with sqlite3."""
    from tests.bench.floor import read_all, selects

    statements = selects(path)

    def work() -> None:
        read_all(path, statements)

    return work


def naive(path: Path, shape: str) -> Callable[[], None]:
    """Count everything by statements over whole tables."""
    from tests.bench.naive import totals

    return lambda: totals(path, shape)


def reload(path: Path, shape: str) -> Callable[[], None]:
    """Load a whole table."""
    from tests.bench import naive

    def work() -> None:
        naive.reload(path, shape)

    return work


WORKS = {"back-fill": back_fill, "floor": floor, "naive": naive, "reload": reload}


def main() -> None:
    what, path, shape, limit = sys.argv[1:]
    end_after(int(limit))
    work = WORKS[what](Path(path), shape)
    gc.collect()
    helpers = Helpers()
    wall, cpu = time.perf_counter(), cpu_seconds()
    work()
    taken = {
        "wall": time.perf_counter() - wall,
        "cpu": cpu_seconds() - cpu,
        "peak": (peak_memory() or 0.0) + helpers.peak,
    }
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
