"""What a writer notices of a reader beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.bench.beside import Writer
from tests.bench.looking import is_complete, shows_sessions
from tests.bench.measure import interleaved, median, percentile
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench
from tests.stores import Journal

BESIDE = {
    "wal": "us, WAL",
    "delete": "us, rollback journal",
    "backfill": "our back-fill of 1M events, rollback journal",
}
REASONS = {
    "wal": "A commit that comes back from the disk to the core on which we run waits for its"
    " turn, a millisecond or two; with 400 commits and four updates a second that is one in a"
    " hundred. See also how far its own p99s lie apart.",
    "delete": "Without a write-ahead log SQLite lets a commit wait until readers are done; and"
    " as with one, it waits for its turn of a core on which we run.",
    "backfill": "Without a write-ahead log SQLite lets a commit wait until readers are done. The"
    " back-fill reads in the gaps, but counts on the same cores.",
}
FIGURES = (
    *(Figure(f"writer.{name}-{part}", f"commit beside {what}, {part}", "ms", 1.1, "to the floor",
             line=f"commit beside {what}, p50 / p99", reason=REASONS[name])
      for name, what in BESIDE.items() for part in ("p50", "p99")),
    Figure("writer.wal-size", "growth of its WAL beside us", "MB", 4.2),
)  # fmt: skip
RATE = 400.0
COMMITS = 1_000
ROUNDS = 5
MEGABYTE = 1_000_000


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family: the same writer with and without us, in turn.

    A WAL that grows by one automatic checkpoint is 4.1 MB larger.
    """
    sizes: dict[str, list[float]] = {"alone": [], "beside": []}
    journals: tuple[Journal, ...] = ("wal", "delete")
    for number, journal in enumerate(journals):
        limit = bench.clock.left / (len(BESIDE) - number)
        with bench.copy("canonical", bench.small, journal) as path:
            yield from _compared(bench, f"writer.{journal}", path, journal, sizes, limit)
    grown = max(sizes["beside"]) - max(sizes["alone"])
    most = {name: max(found) / MEGABYTE for name, found in sizes.items()}
    yield Result("writer.wal-size", max(0.0, grown) / MEGABYTE, details=most)
    with bench.copy("canonical", bench.big, "delete") as path:
        yield from _compared(bench, "writer.backfill", path, "delete", None, bench.clock.left)


def _compared(
    bench: Workbench,
    name: str,
    path: Path,
    journal: Journal,
    sizes: dict[str, list[float]] | None,
    limit: float,
) -> Iterator[Result]:
    """The writer alone and beside us, in turn.

    Args:
        bench: where.
        name: of the figures, without p50 and p99.
        path: of the store.
        journal: its journal mode.
        sizes: takes the sizes of the WAL; None: we are still counting meanwhile.
        limit: seconds after which no other round begins.
    """
    count = 60 if bench.quick else COMMITS
    rounds = iter(range(1000))
    usual: dict[str, list[float]] = {"alone": [], "beside": []}

    def alone() -> float:
        return written("alone")

    def written(which: str) -> float:
        with Writer(path, RATE, count, journal=journal) as writer:
            commits = writer.finish()
        if sizes is not None and journal == "wal":
            sizes[which].append(float(writer.wal))
        seconds = [commit.seconds for commit in commits]
        usual[which].append(percentile(seconds, 0.5))
        return percentile(seconds, 0.99)

    def beside() -> float:
        with bench.open(path, home=bench.scratch / f"{name}-{next(rounds)}") as screen:
            screen.wait_until(shows_sessions)
            if sizes is not None:
                screen.wait_until(is_complete, 60)
            return written("beside")

    variants: dict[str, Callable[[], float]] = {"alone": alone, "beside": beside}
    times = interleaved(variants, bench.runs(ROUNDS), limit)
    for part, found in (("p50", usual), ("p99", times)):
        yield Result(
            f"{name}-{part}",
            median(found["beside"]) * 1000,
            floor=median(found["alone"]) * 1000,
            runs=len(found["alone"]),
            planned=bench.runs(ROUNDS),
            note=_between(found["alone"]) if part == "p99" else "",
            details={"commits": float(count), "least": min(found["beside"]) * 1000,
                     "most": max(found["beside"]) * 1000},
        )  # fmt: skip


def _between(alone: Sequence[float]) -> str:
    """How far the writer's p99s alone lie apart: what the machine does without us."""
    if len(alone) < 2:
        return ""
    return f"p99 alone {min(alone) * 1000:.2f} to {max(alone) * 1000:.2f} ms"
