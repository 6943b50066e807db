"""Totals over a whole store: while they are there, and at the second opening."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from queries.feed import Feed
from queries.keeping.fold_cache import FoldCache
from tests.bench.measure import median, seconds_of
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench

SESSIONS = "It has 43,000 sessions, whose totals are read from what was kept."
FIGURES = (
    Figure("totals.time", "tools and matrix of all sessions, once counted, 1M events", "ms", 50),
    Figure("totals.statements", "statements that they take", "statements", 0),
    Figure("totals.second", "kept totals at the second opening, 1M events", "ms", 1_000),
    Figure("totals.kept", "size of what is kept of 1M events", "MB", 64),
    Figure("totals.huge-second", "kept totals at the second opening, 10M events", "ms", 1_000,
           reason=SESSIONS),
    Figure("totals.huge-kept", "size of what is kept of 10M events", "MB", 64),
)  # fmt: skip
SLICE = 0.25
"""Seconds of counting between two polls, as in the program."""
MEGABYTE = 1_000_000


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family."""
    yield from _measure(bench, bench.store("canonical", bench.big), "")
    if bench.huge:
        yield from _measure(bench, bench.store("canonical", bench.huge), "huge-")


def _measure(bench: Workbench, path: Path, prefix: str) -> Iterator[Result]:
    folder = bench.scratch / f"{prefix}totals"
    cache = FoldCache(folder, least_rows=1)
    first = Feed(path, cache=cache)
    counting = seconds_of(lambda: _complete(first))
    if not prefix:
        yield from _shown(bench, first)
    first.keep_totals()
    first.close()
    times: list[float] = []
    statements: list[int] = []
    for _ in range(bench.runs(5)):
        again = Feed(path, cache=cache)
        times.append(seconds_of(lambda feed=again: _know(feed)))  # type: ignore[misc]
        statements.append(0 if again.store is None else again.store.statements)
        again.close()
    kept = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    yield Result(
        f"totals.{prefix}second",
        median(times) * 1000,
        naive=counting * 1000,
        runs=len(times),
        details={"statements": median(statements)},
    )
    yield Result(f"totals.{prefix}kept", kept / MEGABYTE)
    shutil.rmtree(folder)


def _shown(bench: Workbench, feed: Feed) -> Iterator[Result]:
    """What the panes take of a feed that knows everything."""
    store = feed.store
    if store is None:
        raise RuntimeError("the feed has no store")
    before, times = store.statements, []
    for _ in range(bench.runs(5)):
        begun = time.perf_counter()
        snapshot = feed.snapshot(force=True)
        if snapshot is None or not (snapshot.tools and snapshot.interactions):
            raise RuntimeError("no totals")
        times.append(time.perf_counter() - begun)
    statements = store.statements - before
    whole = bench.baseline("naive", "canonical", bench.big)
    yield Result("totals.time", median(times) * 1000, naive=whole and whole * 1000, runs=len(times))
    yield Result("totals.statements", statements, naive=3)


def _know(feed: Feed) -> None:
    """Until the totals are complete; sessions may still have to be listed then."""
    snapshot = feed.poll()
    while snapshot is None or snapshot.totals.counted < 1.0:
        feed.backfill(SLICE)
        snapshot = feed.poll() or snapshot


def _complete(feed: Feed) -> None:
    feed.poll()
    while feed.counting:
        feed.backfill(SLICE)
    feed.poll()
