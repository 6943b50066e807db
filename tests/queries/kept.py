"""What tests of kept totals share."""

from __future__ import annotations

import os
import time
from pathlib import Path

from queries.feed import Feed
from queries.keeping.fold_cache import FoldCache
from queries.models import Snapshot
from tests.queries.feeding import Clock, count_all, snap


def pass_a_tick(folder: Path) -> None:
    """Until the clock by which files are dated has gone on; a few milliseconds."""
    probe = folder / "tick"
    probe.touch()
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        # Processor time is for others meanwhile.
        time.sleep(0.0005)
        os.utime(probe)
    probe.unlink()


def cache_in(folder: Path, most_bytes: int = 200_000_000) -> FoldCache:
    """A cache that keeps even the totals of small stores."""
    return FoldCache(folder, least_rows=0, most_bytes=most_bytes, clock=lambda: 1000.0)


def opened(path: Path, cache: FoldCache | None, clock: Clock | None = None) -> Snapshot:
    """What a new feed shows when everything is known; it is kept for the next one."""
    feed = Feed(path, clock=clock or Clock(), cache=cache)
    try:
        snap(feed)
        count_all(feed)
        snapshot = snap(feed)
        feed.keep_totals()
        return snapshot
    finally:
        feed.close()
