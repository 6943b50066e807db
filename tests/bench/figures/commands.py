"""Commands that print a view of a store of a million events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.bench.counted import ONE
from tests.bench.measure import interleaved, median
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench

OF_ALL: Mapping[str, tuple[str, ...]] = {
    "sessions": (), "tools": (), "agents": (), "metrics": (), "activity": (), "doctor": (),
    "events": ("--limit", "100"), "delegations": (), "report": (),
}  # fmt: skip
"""Commands about everything, with their options."""
OF_SESSIONS = {"session": 1, "timeline": 1, "compare": 2}
"""Commands about the giant session and others, with how many of them."""
OFTEN = ("tools", "events")
"""Commands that are run more than once."""
REASON = "It is a back-fill, and what the view needs besides; see there."
PASS = "a view of 1M events with `--json`"
OF_GIANT = "a view of a session of 200,000 events with `--json`"
FIGURES = (
    *(Figure(f"commands.{name}", f"`{name} --json`, 1M events", "s CPU", 5.5, line=PASS,
             worst=True, reason=REASON) for name in OF_ALL),
    *(Figure(f"commands.{name}", f"`{name} --json`, session of 200,000 events", "s CPU", 5.5,
             line=OF_GIANT, worst=True) for name in OF_SESSIONS),
    Figure("commands.rows", "rows that one of them reads in order for each stored, at most",
           "rows", 1.05),
    Figure("commands.looked-up", "rows of which it fetches more columns, for each stored, at most",
           "rows", 0.5),
    Figure("commands.memory", "memory of one of them, at most", "MB", 150),
    Figure("commands.imports", "of them load Textual", "commands", 0),
)  # fmt: skip
LIMIT = 30
"""Seconds of processor time after which a run is stopped."""
RUNS = 3
STOPPED = "stopped there"
SCALED = "from a tenth of the events"
TENTH = 10

Taken = dict[str, list[dict[str, float]]]


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family.

    One pass in the time of a back-fill, and half a second for the process and its output.
    """
    path = bench.store("canonical", bench.big)
    giants = [name for name, _ in bench.by_size("canonical", bench.big)[:-3:-1]]
    arguments: dict[str, tuple[str | Path, ...]] = {
        **{name: (name, path, "--json", *options) for name, options in OF_ALL.items()},
        **{name: (name, path, *giants[:number], "--json") for name, number in OF_SESSIONS.items()},
    }
    taken: Taken = {name: [] for name in arguments}

    def ours(name: str) -> Callable[[], float]:
        def run() -> float:
            found = bench.taken("counted", *arguments[name], limit=LIMIT)
            if found is None:
                return float(LIMIT)
            if found["code"]:
                raise RuntimeError(f"{name} failed")
            taken[name].append(found)
            return found["wall"]

        return run

    # Half of the time for those that are run again, so that each of the others has its turn.
    interleaved({name: ours(name) for name in OFTEN}, bench.runs(RUNS), bench.clock.left / 2)
    for name in arguments:
        if name not in OFTEN:
            ours(name)()
        yield _cost(bench, name, taken[name])
    # What other processes read for one is not counted: one that has no others stands for all.
    alone = bench.taken("counted", ONE, *arguments["tools"], limit=LIMIT)
    yield from _counts(bench, taken, [] if alone is None else [alone])


def _cost(bench: Workbench, name: str, taken: list[dict[str, float]]) -> Result:
    naive = floor = None
    note = ""
    if name in OF_ALL:
        floor = bench.baseline("floor", "canonical", bench.big, "cpu")
        if name in ("events", "activity"):
            # A page of events without paging is the whole table.
            tenth = bench.baseline("reload", "canonical", bench.big // TENTH, "cpu")
            naive, note = tenth and tenth * TENTH, SCALED
        else:
            naive = bench.baseline("naive", "canonical", bench.big, "cpu")
    return Result(
        f"commands.{name}",
        median([one["cpu"] for one in taken]) if taken else float(LIMIT),
        naive=naive,
        floor=floor,
        runs=max(1, len(taken)),
        planned=bench.runs(RUNS) if name in OFTEN else 1,
        note="" if taken else STOPPED,
        naive_note=note,
        details={"wall": median([one["wall"] for one in taken])} if taken else {},
    )


def _counts(bench: Workbench, taken: Taken, alone: list[dict[str, float]]) -> Iterator[Result]:
    unhelped = {name: runs for name, runs in taken.items() if runs and not runs[0]["helped"]}
    read = unhelped | {"tools": alone}
    for figure, key, unit, counted in (
        ("rows", "rows", bench.big, read), ("looked-up", "looked_up", bench.big, read),
        ("memory", "peak", 1, taken),
    ):  # fmt: skip
        found = {
            name: runs[0][key] / unit for name, runs in counted.items() if runs and runs[0][key]
        }
        most = max(found, key=lambda name: found[name], default=None)
        yield Result(f"commands.{figure}", None if most is None else found[most],
                     note=most or "", details=found)  # fmt: skip
    loaded = [runs[0]["textual"] for runs in taken.values() if runs]
    yield Result("commands.imports", sum(loaded) if loaded else None)
