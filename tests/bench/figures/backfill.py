"""Counting the whole past of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.bench.measure import interleaved, median
from tests.bench.report import Figure, Result
from tests.bench.workbench import SHAPES, Workbench

REASON = (
    "SQLite alone takes the floor to hand the rows over; the rest is each row counted in Python."
)
RUNS = 3
ALL = " / ".join(SHAPES)
FIGURES = (
    *(Figure(f"backfill.{shape}", f"back-fill of 1M events, {shape}", "s CPU", 5,
             line=f"back-fill of 1M events: {ALL}", reason=REASON) for shape in SHAPES),
    Figure("backfill.memory", "memory of it, at most", "MB", 150),
    *(Figure(f"backfill.huge-{shape}", f"back-fill of 10M events, {shape}", "s CPU", 60,
             line=f"back-fill of 10M events: {ALL}", reason=REASON) for shape in SHAPES),
    Figure("backfill.huge-memory", "memory of that, at most", "MB", 150),
)  # fmt: skip
LIMIT = 45
"""Seconds of processor time per million events after which a run is stopped."""
STOPPED = "stopped there"
SCALED = "from 1M events"

Taken = dict[str, float]
Ways = dict[str, list[Taken]]


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family; every run is a process of its own.

    Ours once for each shape, then what it is compared with, then ours again, as long as there
    is time.
    """
    taken: dict[str, Ways] = {
        shape: {"back-fill": [], "naive": [], "floor": []} for shape in SHAPES
    }
    longest = sum(_run(bench, "back-fill", shape, ways) for shape, ways in taken.items())
    for what in ("floor", "naive"):
        for shape, ways in taken.items():
            known = bench.known(what, shape, bench.big)
            if known:
                ways[what] = known
            elif bench.clock.left > 1:
                # What takes longer is not known then, and costs nobody else's time.
                _run(bench, what, shape, ways, int(min(bench.clock.left, LIMIT)))
    again: dict[str, Callable[[], float]] = {
        shape: lambda shape=shape, ways=ways: _run(bench, "back-fill", shape, ways)  # type: ignore[misc]
        for shape, ways in taken.items()
    }
    interleaved(again, bench.runs(RUNS) - 1, bench.clock.left, least=0, expected=longest)
    for shape, ways in taken.items():
        yield _counted(bench, shape, ways)
    yield _memory("backfill.memory", taken)
    if bench.huge:
        huge: dict[str, Ways] = {}
        for shape in SHAPES:
            limit = LIMIT * bench.huge // 1_000_000
            found = bench.alone("back-fill", shape, bench.huge, limit)
            huge[shape] = {"back-fill": [] if found is None else [found]}
            yield _counted_huge(bench, shape, bench.huge, found, limit)
        yield _memory("backfill.huge-memory", huge)


def _run(bench: Workbench, what: str, shape: str, ways: Ways, limit: int = LIMIT) -> float:
    """One run of a way; returns its seconds, or the limit where it was stopped there."""
    found = bench.alone(what, shape, bench.big, limit)
    if found is None:
        return float(limit)
    ways[what].append(found)
    return found["wall"]


def _counted(bench: Workbench, shape: str, taken: Ways) -> Result:
    ours = taken["back-fill"]
    return Result(
        f"backfill.{shape}",
        median([one["cpu"] for one in ours]) if ours else float(LIMIT),
        naive=_seconds(taken["naive"]),
        floor=_seconds(taken["floor"]),
        runs=max(1, len(ours)),
        planned=bench.runs(RUNS),
        note=_by_the_clock(ours) if ours else STOPPED,
        details={"wall": median([one["wall"] for one in ours])} if ours else {},
    )


def _counted_huge(
    bench: Workbench, shape: str, events: int, found: Taken | None, limit: int
) -> Result:
    times = events / bench.big
    others = {way: bench.baseline(way, shape, bench.big, "cpu") for way in ("naive", "floor")}
    scaled = {way: seconds and seconds * times for way, seconds in others.items()}
    return Result(
        f"backfill.huge-{shape}",
        found["cpu"] if found else float(limit),
        naive=scaled["naive"],
        floor=scaled["floor"],
        note=_by_the_clock([found]) if found else STOPPED,
        naive_note=SCALED,
        details={"wall": found["wall"]} if found else {},
    )


def _by_the_clock(taken: list[Taken]) -> str:
    return f"{median([one['wall'] for one in taken]):.3g} s by the clock"


def _seconds(taken: list[Taken]) -> float | None:
    return median([one["cpu"] for one in taken]) if taken else None


def _memory(name: str, taken: Mapping[str, Ways]) -> Result:
    """The most that the back-fill of any shape needed, beside what the floor of that needed."""
    peaks = {
        (shape, way): max(known)
        for shape, ways in taken.items()
        for way, found in ways.items()
        if (known := [one["peak"] for one in found if one["peak"] is not None])
    }
    ours = {shape: peak for (shape, way), peak in peaks.items() if way == "back-fill"}
    if not ours:
        return Result(name, None)
    most = max(ours, key=lambda shape: ours[shape])
    details = {f"{shape} {way}": peak for (shape, way), peak in peaks.items()}
    return Result(name, ours[most], floor=peaks.get((most, "floor")), note=most, details=details)
