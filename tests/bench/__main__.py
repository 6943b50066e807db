"""Each budget of the program beside what is measured: ``python -m tests.bench``.

``BENCH=10m`` in the environment takes stores of ten million events as well.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench import report
from tests.bench.figures import FAMILIES, Family
from tests.bench.workbench import ROOT, Workbench, workbench

RESULTS = ROOT / "bench-results"


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
    with _alert(), workbench(quick=options.quick, large=large) as bench:
        found = measure(bench, options.only)
        sizes = bench.sizes
    content = report.document(found, sizes, load)
    path = options.json or RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    report.write_json(path, content)
    shown = report.markdown if options.markdown else report.text
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


def measure(bench: Workbench, only: Sequence[str] = ()) -> list[report.Line]:
    """Measure some families, or all; says on stderr what is going on.

    Args:
        bench: where.
        only: names of families, or of figures of whose families only those are kept.
    """
    found: list[report.Line] = []
    for name, family in FAMILIES.items():
        wanted = {part for part in only if part.partition(".")[0] == name}
        if only and not wanted:
            continue
        begun = time.monotonic()
        print(f"{name} ...", end="", file=sys.stderr, flush=True)
        results = _results(name, family, bench)
        print(f" {time.monotonic() - begun:.0f} s", file=sys.stderr)
        kept = [
            result for result in results if not wanted or name in wanted or result.figure in wanted
        ]
        found += report.lines(family.figures, kept)
    return found


def _results(name: str, family: Family, bench: Workbench) -> list[report.Result]:
    """What a family measured; what it could not, because something failed, is unknown."""
    results: list[report.Result] = []
    try:
        results.extend(family.measure(bench))
    except Exception as error:
        note = type(error).__name__
        print(f" {name} failed: {note}: {error}", file=sys.stderr)
        known = {result.figure for result in results}
        skipped = () if bench.huge else ("huge",)
        results += [
            report.Result(figure.name, None, note=note)
            for figure in family.figures
            if figure.name not in known and not any(word in figure.name for word in skipped)
        ]
    return results


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
