"""Commands that print a view of the whole store."""

from __future__ import annotations

import json
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
PATIENCE = 30.0


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family.

    One pass in the time of a back-fill, and half a second for the process and its output.
    """
    path = bench.store("canonical", bench.big)
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in (*COMMANDS, "floor")}

    def ours(name: str) -> Callable[[], float]:
        options = ("--limit", "100") if name == "events" else ()

        def run() -> float:
            command = bench.module("counted", name, path, "--json", *options)
            taken[name].append(json.loads(bench.output(command)))
            if taken[name][-1]["code"]:
                raise RuntimeError(f"{name} failed")
            return taken[name][-1]["cpu"]

        return run

    def floor() -> float:
        command = bench.module("alone", "floor", path, "canonical")
        cpu: float = json.loads(bench.output(command))["cpu"]
        return cpu

    def naive() -> float:
        command = bench.module("alone", "naive", path, "canonical")
        cpu: float = json.loads(bench.output(command))["cpu"]
        return cpu

    variants = {name: ours(name) for name in COMMANDS}
    times = interleaved({**variants, "floor": floor, "naive": naive}, bench.runs(3), PATIENCE)
    for name in COMMANDS:
        yield Result(
            f"commands.{name}",
            median(times[name]),
            naive=median(times["naive"]),
            floor=median(times["floor"]),
            runs=len(times[name]),
            details={"wall": median([one["wall"] for one in taken[name]])},
        )
    rows = {name: taken[name][0]["rows"] / bench.big for name in COMMANDS}
    most = max(rows, key=lambda name: rows[name])
    yield Result("commands.rows", rows[most], note=most, details=rows)
    yield Result("commands.imports", sum(taken[name][0]["textual"] for name in COMMANDS))
