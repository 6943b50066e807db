"""What the program costs while it is only there, and what a second opening knows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import naive
from tests.bench.figures.totals import SESSIONS
from tests.bench.looking import is_complete, newest_live, shows_ready, shows_sessions
from tests.bench.measure import resident_memory, seconds_of
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench
from tests.stores import canonical_store
from tests.stores.live_writer import SESSION

FIGURES = (
    Figure("resident.cpu", "processor while idle", "%", 1),
    Figure("resident.bytes", "bytes per second while idle", "B/s", 0),
    Figure("resident.memory", "memory of the program after the back-fill of 1M events", "MB", 150),
    Figure("resident.hour", "memory after an hour at 12 events a second", "MB", 150),
    Figure("resident.second", "second opening of 1M events to complete totals", "ms", 1_000),
    Figure("resident.huge-memory", "memory of the program after the back-fill of 10M events",
           "MB", 150, reason="Its 43,000 sessions are all listed, each with its totals."),
    Figure("resident.huge-second", "second opening of 10M events to complete totals", "ms", 1_000,
           reason=SESSIONS),
)  # fmt: skip
HOUR = 43_200
"""Events of an hour in which four commits a second bring three each."""
IN_A_COMMIT = 200
BETWEEN = 0.02
"""Seconds between two commits: an hour's events in seconds, yet as many polls see news."""
SETTLED = 2.0
"""Seconds of silence after which nothing of the start is going on."""
POLLS = 4
"""Looks a second at what changed."""


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family."""
    yield from _idle(bench)
    yield _hour(bench)
    yield from _opened_twice(bench, bench.store("canonical", bench.big), "", 150)
    if bench.huge:
        yield from _opened_twice(bench, bench.store("canonical", bench.huge), "huge-", 1_500)


def _idle(bench: Workbench) -> Iterator[Result]:
    seconds = 1.0 if bench.quick else 12.0
    path = bench.store("canonical", bench.small)
    with (
        bench.open(path) as ours,
        bench.open("--no-diff", path) as stock,
        bench.screen(bench.module("empty", "app")) as empty,
    ):
        for screen in (ours, stock):
            screen.wait_until(is_complete, 60)
            screen.wait_for_quiet(0.1 if bench.quick else SETTLED, 20)
        empty.wait_until(shows_ready)
        screens = (ours, stock, empty)
        before = [(screen.cpu_seconds(), screen.count) for screen in screens]
        time.sleep(seconds)
        after = [(screen.cpu_seconds(), screen.count) for screen in screens]
    busy, sent = (
        [(end[part] - start[part]) / seconds for start, end in zip(before, after, strict=True)]
        for part in (0, 1)
    )
    counting = seconds_of(lambda: naive.totals(path, "canonical")) * POLLS
    yield Result(
        "resident.cpu", busy[0] * 100, naive=counting * 100, floor=busy[2] * 100,
        naive_note="10,000 events counted at each look",
    )  # fmt: skip
    yield Result("resident.bytes", sent[0], naive=sent[1], floor=sent[2])


def _hour(bench: Workbench) -> Result:
    count = bench.many(HOUR)
    with bench.copy("canonical", bench.small) as path, canonical_store(path, "wal") as store:
        store.add_session(SESSION, started=time.time(), title="live")
        with bench.open(path) as screen:
            screen.wait_until(is_complete, 60)
            before = resident_memory(screen.process.pid)
            for number in range(0, count, IN_A_COMMIT):
                with store.batch():
                    for event in range(number, min(number + IN_A_COMMIT, count)):
                        name = f"live-{event:06d}"
                        store.add_event(SESSION, id=name, summary=name, time=time.time())
                time.sleep(BETWEEN)
            screen.wait_until(lambda seen: newest_live(seen) == count - 1, 60)
            after = resident_memory(screen.process.pid)
    return Result("resident.hour", after, floor=before, note=f"{count:,} events")


def _opened_twice(bench: Workbench, path: Path, prefix: str, limit: float) -> Iterator[Result]:
    home = bench.scratch / f"{prefix}twice"
    with bench.screen(bench.module("empty", "app")) as empty:
        empty.wait_until(shows_ready)
        floor = resident_memory(empty.process.pid)
    try:
        with bench.open(path, home=home) as screen:
            screen.wait_until(shows_sessions)
            first = screen.when(is_complete, limit) - screen.begun
            memory = resident_memory(screen.process.pid)
            screen.press("q")
            screen.wait()
        with bench.open(path, home=home) as screen:
            second = screen.when(is_complete, limit) - screen.begun
    except TimeoutError:
        note = f"not complete within {limit:.0f} s"
        yield Result(f"resident.{prefix}memory", None, note=note)
        yield Result(f"resident.{prefix}second", None, note=note)
        return
    yield Result(f"resident.{prefix}memory", memory, floor=floor)
    yield Result(
        f"resident.{prefix}second", second * 1000, naive=first * 1000, naive_note="the first one"
    )
