"""Looking whether anything changed, when nothing did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from queries.feed import Feed
from tests.bench.floor import noticing
from tests.bench.measure import interleaved, median
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench
from tests.stores import canonical_store
from tests.stores.live_writer import SESSION

FIGURES = (
    Figure("polling.time", "poll with nothing changed", "us", 100),
    Figure("polling.statements", "statements of such a poll", "statements", 1),
)
BATCH = 200


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family, in WAL mode with somebody writing now and then."""
    with bench.copy("canonical", bench.small) as path:
        # Somebody has the store open, as beside any live agent.
        writer = canonical_store(path, "wal")
        writer.add_event(SESSION)
        connection, look = noticing(path)
        look()
        feed = Feed(path)
        feed.poll()
        while feed.counting:
            feed.backfill(1.0)
        feed.poll()
        feed.poll()
        store = feed.store
        if store is None:
            raise RuntimeError("the feed has no store")
        before = store.statements
        times = interleaved({"ours": _batch(feed.poll), "floor": _batch(look)}, bench.runs(25))
        statements = (store.statements - before) / (BATCH * len(times["ours"]))
        feed.close()
        connection.close()
        writer.close()
    whole = bench.baseline("naive", "canonical", bench.big)
    yield Result(
        "polling.time",
        median(times["ours"]) * 1e6,
        naive=whole and whole * 1e6,
        floor=median(times["floor"]) * 1e6,
        runs=len(times["ours"]),
    )
    yield Result("polling.statements", statements, naive=3)


def _batch(action: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        begun = time.perf_counter()
        for _ in range(BATCH):
            action()
        return (time.perf_counter() - begun) / BATCH

    return run
