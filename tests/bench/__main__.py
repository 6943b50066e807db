"""Each budget of the program beside what is measured: ``python -m tests.bench``.

``BENCH=10m`` in the environment takes stores of ten million events as well.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench import report, tables
from tests.bench.clock import Clock, OutOfTimeError
from tests.bench.figures import FAMILIES, Family
from tests.bench.generate import prepare
from tests.bench.workbench import ROOT, Workbench, workbench

RESULTS = ROOT / "bench-results"
SECONDS, LARGE_SECONDS = 580.0, 3_000.0
"""How long a run may take, generating its stores included, without and with the large ones."""
STORES = "stores"
"""The part of the time that generating takes, named like a family."""

Lines = list[report.Line]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 if a budget is missed and that was asked for."""
    options = _parser().parse_args(arguments)
    if options.list:
        for family in FAMILIES.values():
            for figure in family.figures:
                print(f"{figure.name:26} {figure.what}")
        return 0
    load = report.busy()
    large = os.environ.get("BENCH") == "10m"
    part = f"-{report.PART}" if options.only or options.quick else ""
    path = options.json or RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}{part}.json"
    clock = Clock(LARGE_SECONDS if large else SECONDS, _shares(options.only, large))
    seconds: dict[str, float] = {}
    with _alert(), workbench(quick=options.quick, large=large, clock=clock) as bench:

        def keep(found: Lines, done: bool = False) -> None:
            content = report.document(found, bench.sizes, load, seconds=seconds, done=done)
            report.write_json(path, content)

        found = measure(bench, options.only, keep, seconds)
        keep(found, done=True)
    content, found = report.read_json(path)
    print(f"kept in {path.name}", file=sys.stderr)
    shown = tables.markdown if options.markdown else tables.text
    sys.stdout.write(shown(content, found))
    return int(options.strict and content["missed"] > 0)


@contextmanager
def _alert() -> Iterator[None]:
    """Let the thread that notes when bytes come hardly wait for the one that looks at them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def measure(
    bench: Workbench,
    only: Sequence[str] = (),
    keep: Callable[[Lines], object] = lambda _: None,
    seconds: dict[str, float] | None = None,
) -> Lines:
    """Measure some families, or all; says on stderr what is going on.

    Args:
        bench: where.
        only: names of families, or of figures of whose families only those are kept.
        keep: is given all lines so far whenever there is a new one.
        seconds: takes how long each family was measured.
    """
    seconds = {} if seconds is None else seconds
    found: Lines = []
    wanted = _wanted(only)
    with _timed(STORES, bench, seconds):
        _generate(bench, wanted)
    for name in wanted:
        names = {part for part in only if part.partition(".")[0] == name}

        def take(line: report.Line, names: Collection[str] = names, family: str = name) -> None:
            if not names or family in names or line.figure.name in names:
                found.append(line)
                _tell(line)
                keep(found)

        with _timed(name, bench, seconds):
            _measure(name, FAMILIES[name], bench, take)
    keep(found)
    return found


def _wanted(only: Sequence[str]) -> list[str]:
    names = {part.partition(".")[0] for part in only}
    return [name for name in FAMILIES if not names or name in names]


def _shares(only: Sequence[str], large: bool) -> dict[str, float]:
    """Seconds that each family is to take; generating stores is only foreseen."""
    shares = {name: FAMILIES[name].share(large) for name in _wanted(only)}
    return {STORES: 700.0 if large else 50.0, **shares}


def _generate(bench: Workbench, wanted: Sequence[str]) -> None:
    stores = {("canonical", bench.small)}
    for family in (FAMILIES[name] for name in wanted):
        sizes = (bench.huge, bench.big, bench.big // 10 if family.tenth else None)
        stores |= {(shape, size) for size in sizes if size for shape in family.shapes}
    try:
        # The largest first, so that no core waits for it in the end.
        prepare(bench.stores, sorted(stores, key=lambda store: (-store[1], store[0])))
    except OSError as error:
        print(f"  {error}", file=sys.stderr)


@contextmanager
def _timed(name: str, bench: Workbench, seconds: dict[str, float]) -> Iterator[None]:
    begun = time.monotonic()
    print(f"{name} ...", file=sys.stderr, flush=True)
    with bench.clock.within(name) as part:
        try:
            yield
        finally:
            seconds[name] = time.monotonic() - begun
    of = "" if part == float("inf") else f" of {part:.0f}"
    print(f"{name}: {seconds[name]:.0f}{of} s", file=sys.stderr, flush=True)


def _tell(line: report.Line) -> None:
    _, budget, measured, *_ = tables.row([line])
    told = f"  {line.figure.what}: {measured}, budget {budget}: {line.verdict}"
    print(told, file=sys.stderr, flush=True)


def _measure(
    name: str, family: Family, bench: Workbench, take: Callable[[report.Line], object]
) -> None:
    """Measure a family; what could not be, because something failed, is unknown."""
    figures = {figure.name: figure for figure in family.figures}
    try:
        with bench.clock.stopping():
            for result in family.measure(bench):
                take(report.Line(figures.pop(result.figure), result))
    except Exception as error:
        note = "no time was left" if isinstance(error, OutOfTimeError) else type(error).__name__
        print(f"  {name} failed: {note}: {error}", file=sys.stderr, flush=True)
        for figure in figures.values():
            if bench.huge or "huge" not in figure.name:
                take(report.Line(figure, report.Result(figure.name, None, note=note)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", type=_known,
        help="a family or a figure; may be repeated",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="print the names of all figures")
    parser.add_argument("--quick", action="store_true", help="small stores, one run each")
    parser.add_argument("--markdown", action="store_true", help="print the README's table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the JSON report goes")
    parser.add_argument("--strict", action="store_true", help="exit code 1 if a budget is missed")
    return parser


def _known(name: str) -> str:
    family = FAMILIES.get(name.partition(".")[0])
    names = () if family is None else [figure.name for figure in family.figures]
    if family is None or ("." in name and name not in names):
        raise argparse.ArgumentTypeError(f"{name} is not known; --list shows all")
    return name


if __name__ == "__main__":
    sys.exit(main())
