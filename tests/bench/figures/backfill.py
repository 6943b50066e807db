"""Counting the whole past of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.bench.measure import interleaved, median
from tests.bench.report import Figure, Result
from tests.bench.workbench import SHAPES, Workbench

FIGURES = (
    *(Figure(f"backfill.{shape}", f"back-fill of 1M events, {shape}", "s CPU", 5)
      for shape in SHAPES),
    Figure("backfill.memory", "memory of it, at most", "MB", 150),
    *(Figure(f"backfill.huge-{shape}", f"back-fill of 10M events, {shape}", "s CPU", 60)
      for shape in SHAPES),
    Figure("backfill.huge-memory", "memory of it, at most", "MB", 150),
)  # fmt: skip
LIMIT = 20
"""Seconds of processor time per million events after which a run is stopped."""
STOPPED = "stopped there"
PATIENCE = 14.0
"""Seconds of one shape's runs after which no other run begins."""


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family; every run is a process of its own."""
    peaks: dict[str, float] = {}
    for shape in SHAPES:
        yield _counted(bench, shape, bench.big, f"backfill.{shape}", peaks)
    yield _memory("backfill.memory", peaks)
    if bench.huge:
        peaks.clear()
        for shape in SHAPES:
            yield _counted(bench, shape, bench.huge, f"backfill.huge-{shape}", peaks)
        yield _memory("backfill.huge-memory", peaks)


def _counted(
    bench: Workbench, shape: str, events: int, name: str, peaks: dict[str, float]
) -> Result:
    path = bench.store(shape, events)
    taken: dict[str, list[dict[str, float]]] = {"back-fill": [], "naive": [], "floor": []}

    def run(what: str) -> Callable[[], float]:
        def once() -> float:
            found = bench.taken("alone", what, path, shape, limit=limit)
            if found is None:
                return float(limit)
            taken[what].append(found)
            return found["cpu"]

        return once

    limit = LIMIT * max(1, events // 1_000_000)
    variants = {what: run(what) for what in taken}
    times = interleaved(variants, bench.runs(3), PATIENCE)
    for what, found in taken.items():
        known = [one["peak"] for one in found if one["peak"] is not None]
        if known:
            peaks[f"{shape} {what}"] = max(known)
    wall = [found["wall"] for found in taken["back-fill"]]
    return Result(
        name,
        median(times["back-fill"]),
        naive=median(times["naive"]),
        floor=median(times["floor"]),
        runs=len(times["back-fill"]),
        note="" if taken["back-fill"] else STOPPED,
        details={"wall": median(wall)} if wall else {},
    )


def _memory(name: str, peaks: dict[str, float]) -> Result:
    ours = {key: peak for key, peak in peaks.items() if key.endswith("back-fill")}
    if not ours:
        return Result(name, None)
    most = max(ours, key=lambda key: ours[key])
    floor = peaks.get(most.replace("back-fill", "floor"))
    note = most.removesuffix(" back-fill")
    return Result(name, ours[most], floor=floor, note=note, details=peaks)
