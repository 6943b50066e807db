"""Commands that print a view of the whole store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.bench.measure import interleaved, median
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench

COMMANDS = ("sessions", "tools", "metrics", "events")
FIGURES = (
    *(Figure(f"commands.{name}", f"`{name} --json`, 1M events", "s CPU", 5.5)
      for name in COMMANDS),
    Figure("commands.rows", "rows that one of them reads for each row stored, at most", "rows",
           1.05),
    Figure("commands.imports", "of them load Textual", "commands", 0),
)  # fmt: skip
LIMIT = 20
"""Seconds of processor time after which a run is stopped."""
PATIENCE = 30.0


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family.

    One pass in the time of a back-fill, and half a second for the process and its output.
    """
    path = bench.store("canonical", bench.big)
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in COMMANDS}

    def ours(name: str) -> Callable[[], float]:
        options = ("--limit", "100") if name == "events" else ()

        def run() -> float:
            found = bench.taken("counted", name, path, "--json", *options, limit=LIMIT)
            if found is None:
                return float(LIMIT)
            if found["code"]:
                raise RuntimeError(f"{name} failed")
            taken[name].append(found)
            return found["cpu"]

        return run

    def other(what: str) -> Callable[[], float]:
        def run() -> float:
            found = bench.taken("alone", what, path, "canonical", limit=LIMIT)
            return float(LIMIT) if found is None else found["cpu"]

        return run

    variants = {name: ours(name) for name in COMMANDS}
    times = interleaved(
        {**variants, "floor": other("floor"), "naive": other("naive")}, bench.runs(3), PATIENCE
    )
    for name in COMMANDS:
        wall = [one["wall"] for one in taken[name]]
        yield Result(
            f"commands.{name}",
            median(times[name]),
            naive=median(times["naive"]),
            floor=median(times["floor"]),
            runs=len(times[name]),
            note="" if wall else "stopped there",
            details={"wall": median(wall)} if wall else {},
        )
    rows = {name: found[0]["rows"] / bench.big for name, found in taken.items() if found}
    most = max(rows, key=lambda name: rows[name], default=None)
    yield Result("commands.rows", None if most is None else rows[most], note=most or "",
                 details=rows)  # fmt: skip
    loaded = [found[0]["textual"] for found in taken.values() if found]
    yield Result("commands.imports", sum(loaded) if loaded else None)
