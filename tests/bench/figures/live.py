"""From a commit to its row on screen, and every event exactly once."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from queries.feed import Feed
from tests.bench.beside import Writer
from tests.bench.looking import is_complete, newest_live, shows_sessions
from tests.bench.measure import percentile
from tests.bench.report import Figure, Result
from tests.bench.screen import Screen
from tests.bench.workbench import Workbench
from tests.stores import canonical_store
from tests.stores.live_writer import SESSION

LATENCY = "commit to its row on screen at 1,000 events/s, p50 / p99"
FIGURES = (
    Figure("live.latency-p50", "commit to its row on screen, p50", "ms", 225, line=LATENCY),
    Figure("live.latency-p99", "commit to its row on screen, p99", "ms", 350, line=LATENCY),
    Figure("live.tail", "events missed or doubled by `tail` beside it", "events", 0),
    Figure("live.exact", "events missed or doubled by the feed, out of 100,000", "events", 0),
)
RATE = 1_000.0
POLL = 0.25
"""Seconds between two looks."""
MOST_IN_A_COMMIT = 40


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family."""
    yield from _beside_a_writer(bench)
    yield _exact(bench)


def _beside_a_writer(bench: Workbench) -> Iterator[Result]:
    count = 500 if bench.quick else 6_000
    note = ""
    counted = bench.baseline("naive", "canonical", bench.big)
    with bench.copy("canonical", bench.big) as path, canonical_store(path, "wal") as store:
        store.add_session(SESSION, started=time.time(), title="live")
        with _Tail(bench, path) as tail, bench.open(path) as screen:
            screen.wait_until(shows_sessions)
            try:
                screen.wait_until(is_complete, 30)
            except TimeoutError:
                note = "while the back-fill was not done"
            number = 0
            while not tail.lines and number < 200:
                store.add_event(SESSION, id=f"before-{number}", time=time.time())
                number += 1
                time.sleep(0.05)
            with Writer(path, RATE, count) as writer:
                commits = writer.finish()
            first = int(commits[0].id.rpartition("-")[2])
            moments = {int(commit.id.rpartition("-")[2]): commit.monotonic for commit in commits}
            latencies = _latencies(screen, moments, max(moments))
            tail.wait_for(f"live-{max(moments):06d}")
    yield from (
        Result(
            f"live.latency-{label}",
            percentile(latencies, part) * 1000,
            runs=len(latencies),
            note=note,
            naive=counted and (POLL + counted) * 1000,
            naive_note="1M events counted at each look",
            details={"rate": (count - 1) / (moments[first + count - 1] - moments[first])},
        )
        for label, part in (("p50", 0.5), ("p99", 0.99))
    )
    seen = Counter(tail.ids())
    wrong = sum(abs(seen[commit.id] - 1) for commit in commits)
    yield Result("live.tail", wrong, note=f"{count:,} events")


def _latencies(screen: Screen, moments: dict[int, float], last: int) -> list[float]:
    """Seconds from each commit to the first frame that shows it or one that came later."""
    left = sorted(moments)
    left.reverse()
    latencies: list[float] = []

    def note(seen: Screen) -> bool:
        newest = newest_live(seen)
        return newest is not None and (not left or newest >= left[-1])

    while left:
        moment = screen.when(note, 10)
        newest = newest_live(screen)
        while left and newest is not None and left[-1] <= newest:
            latencies.append(max(0.0, moment - moments[left.pop()]))
        if newest == last:
            break
    return latencies


class _Tail:
    """``session-tui tail`` and the lines it prints."""

    def __init__(self, bench: Workbench, path: Path) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            bench.program("tail", path),
            stdout=subprocess.PIPE, text=True, env=bench.full_environment(),
        )  # fmt: skip
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> _Tail:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._listener.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def wait_for(self, event_id: str, timeout: float = 20) -> None:
        """Wait until an event was told, or for so long."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and not any(event_id in line for line in self.lines[-50:]):
            time.sleep(0.05)

    def ids(self) -> Iterator[str]:
        """The events told, updates left out."""
        for line in self.lines:
            event = json.loads(line)
            if not event.get("update"):
                yield event["event_id"]

    def _listen(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self.lines.append(line)


def _exact(bench: Workbench) -> Result:
    count = 2_000 if bench.quick else 100_000
    with bench.copy("canonical", bench.small) as path:
        feed = Feed(path)
        feed.poll()
        while feed.counting:
            feed.backfill(1.0)
        start = feed.snapshot(force=True)
        if start is None:
            raise RuntimeError("no snapshot")
        writer = threading.Thread(target=_write, args=(path, count), daemon=True)
        writer.start()
        seen: Counter[str] = Counter()
        snapshot, cut, last = start, 0, False
        while not last:
            # One more look after the last commit.
            last = not writer.is_alive()
            news = feed.poll()
            if news is not None:
                snapshot = news
                seen.update(event.id for event in news.arrived)
                cut += news.arrived_cut
        feed.close()
    counted = snapshot.totals.events - start.totals.events
    doubled = sum(number - 1 for number in seen.values())
    missed = 0 if cut else count - len(seen)
    return Result(
        "live.exact",
        max(abs(counted - count), doubled + missed),
        note="" if count == 100_000 else f"{count:,} events",
        details={"cut": float(cut)},
    )


def _write(path: Path, count: int) -> None:
    dice = Random(0)
    with canonical_store(path, "wal") as store:
        store.connection.execute("PRAGMA synchronous = OFF")
        written = 0
        while written < count:
            some = min(dice.randint(1, MOST_IN_A_COMMIT), count - written)
            with store.batch():
                for number in range(written, written + some):
                    store.add_event(SESSION, id=f"exact-{number}", time=time.time())
            written += some
