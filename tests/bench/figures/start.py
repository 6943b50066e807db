"""From the command to the first sessions on screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.empty import READY
from tests.bench.looking import answers_down, shows_first_sessions, shows_ready
from tests.bench.measure import interleaved, median, seconds_of
from tests.bench.report import Figure, Result
from tests.bench.workbench import Workbench

IMPORTS = "Beside Textual's modules and ours stand styles, layout and the first frame."
FIGURES = (
    Figure("start.help", "`--help`", "ms", 60),
    Figure("start.imports", "modules of Textual and Rich that `--help` loads", "modules", 0),
    Figure("start.import", "imports of the screen", "ms CPU", 1.5, "to the floor", reason=IMPORTS),
    Figure("start.lazy", "modules of screens that it loads before they are opened", "modules", 0),
    Figure("start.sign", "first sign of life on screen", "ms", 25,
           reason="Most of it is Python's own start: the floor writes one word and does no more."),
    *(Figure(f"start.{name}", f"first sessions on screen, {what}", "ms", budget, "to the floor")
      for name, what, budget in (
          ("small", "small store", 1.25), ("big", "1M events", 1.25), ("huge", "10M events", 1.5),
      )),
    *(Figure(f"start.keys-{name}", f"first key answered, pressed when they are shown, {what}",
             "ms", budget, "to the floor", reason=IMPORTS)
      for name, what, budget in (
          ("small", "small store", 2), ("big", "1M events", 2), ("huge", "10M events", 2.5),
      )),
)  # fmt: skip
RUNS = 9
COUNTED_FIRST = "counted first"
HELP_MODULES = (
    "import sys, io; sys.stdout = io.StringIO(); from tui.cli import main; main(['--help']);"
    " print(sum(n.partition('.')[0] in ('textual', 'rich') for n in sys.modules),"
    " file=sys.__stdout__)"
)
LATER = ("compare", "event", "help", "store_info", "choose")
"""Screens, and what only they need begins with the same word."""
IMPORT_OURS = (
    "import sys, time; begun = time.process_time(); import tui.start, tui.app;"
    " taken = time.process_time() - begun;"
    f" later = [n for n in sys.modules if n.startswith(('queries.compar', 'plotext'))"
    f" or (n.startswith('tui.screens.') and n.rpartition('.')[2] in {LATER})];"
    " print(taken, len(later))"
)
IMPORT_EMPTY = (
    "import time; begun = time.process_time(); import textual.app, textual.widgets;"
    " textual.widgets.Static; print(time.process_time() - begun)"
)


def measure(bench: Workbench) -> Iterator[Result]:
    """The figures of this family."""
    yield from _help(bench)
    yield from _imports(bench)
    yield from _sign(bench)
    yield from _first_sessions(bench)


def _help(bench: Workbench) -> Iterator[Result]:
    show = bench.program("--help")
    nothing = [sys.executable, "-c", "pass"]
    bench.output(show)
    times = interleaved(
        {
            "ours": lambda: seconds_of(lambda: bench.output(show)),
            "floor": lambda: seconds_of(lambda: bench.output(nothing)),
        },
        bench.runs(11),
    )
    ours, floor = (median(times[name]) * 1000 for name in ("ours", "floor"))
    yield Result("start.help", ours, floor=floor, runs=len(times["ours"]))
    loaded = bench.output([sys.executable, "-c", HELP_MODULES])
    yield Result("start.imports", int(loaded))


def _imports(bench: Workbench) -> Iterator[Result]:
    later: list[float] = []

    def ours() -> float:
        taken, number = bench.output([sys.executable, "-c", IMPORT_OURS]).split()
        later.append(int(number))
        return float(taken)

    def floor() -> float:
        return float(bench.output([sys.executable, "-c", IMPORT_EMPTY]))

    ours()
    times = interleaved({"ours": ours, "floor": floor}, bench.runs(5))
    values = {name: median(found) * 1000 for name, found in times.items()}
    yield Result("start.import", values["ours"], floor=values["floor"], runs=len(times["ours"]))
    yield Result("start.lazy", max(later))


def _sign(bench: Workbench) -> Iterator[Result]:
    path = bench.store("canonical", bench.big)
    word = [sys.executable, "-c", f"import os; os.write(1, b'{READY}')"]

    def ours() -> float:
        with bench.open(path) as screen:
            return screen.seconds_to_byte()

    def floor() -> float:
        with bench.screen(word) as screen:
            return screen.seconds_to_byte()

    ours()
    times = interleaved({"ours": ours, "floor": floor}, bench.runs(9))
    yield Result(
        "start.sign",
        median(times["ours"]) * 1000,
        floor=median(times["floor"]) * 1000,
        runs=len(times["ours"]),
    )


def _first_sessions(bench: Workbench) -> Iterator[Result]:
    stores = {"small": bench.small, "big": bench.big}
    if bench.huge:
        stores["huge"] = bench.huge
    empty = bench.module("empty", "app")

    def floor() -> float:
        with bench.screen(empty) as screen:
            return screen.seconds_to(shows_ready)

    answered: dict[str, list[float]] = {name: [] for name in stores}

    def opened(name: str, path: Path) -> Callable[[], float]:
        def run() -> float:
            with bench.open(path) as screen:
                shown = screen.seconds_to(shows_first_sessions)
                screen.send("j")
                answered[name].append(screen.seconds_to(answers_down))
                return shown

        return run

    variants = {"floor": floor}
    for name, events in stores.items():
        variants[name] = opened(name, bench.store("canonical", events))
    for warm_up in variants.values():
        warm_up()
    for found in answered.values():
        found.clear()
    times = interleaved(variants, bench.runs(RUNS), bench.clock.left)
    floor_seconds = median(times["floor"])
    for name, events in stores.items():
        # What an app would show after one look at everything, counted as the ancestors do.
        known = min(events, bench.big)
        counted = bench.baseline("naive", "canonical", known)
        yield Result(
            f"start.{name}",
            median(times[name]) * 1000,
            naive=counted and (floor_seconds + counted * events / known) * 1000,
            floor=floor_seconds * 1000,
            runs=len(times[name]),
            planned=bench.runs(RUNS),
            naive_note=COUNTED_FIRST,
            details={"fastest": min(times[name]) * 1000},
        )
        yield Result(
            f"start.keys-{name}",
            median(answered[name]) * 1000,
            floor=floor_seconds * 1000,
            runs=len(answered[name]),
            planned=bench.runs(RUNS),
            details={"fastest": min(answered[name]) * 1000},
        )
