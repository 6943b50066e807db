"""The measurements run, and every figure has a budget and a verdict."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench.clock import Clock
from tests.bench.figures import FAMILIES, Family
from tests.bench.measure import interleaved, percentile
from tests.bench.report import Figure, Line, Result
from tests.bench.screen import Screen
from tests.bench.workbench import Workbench

UNITS = {
    "ms", "ms CPU", "us", "s CPU", "B", "B/s", "MB", "%", "modules", "statements", "rows",
    "commands", "events",
}  # fmt: skip

ONE_RUN = {
    command.STORES: 57.0, "start": 27.0, "backfill": 64.0, "commands": 65.0, "panes": 37.0,
    "totals": 23.0, "polling": 1.0, "resident": 62.0, "output": 35.0, "keys": 59.0,
    "live": 57.0, "writer": 32.0,
}  # fmt: skip
"""Seconds that one run of each figure takes on two cores of 2 GHz that others use as well."""
ELASTIC = ("start", "backfill", "commands", "writer")
"""Families that use the time that they have for more runs."""


class Hand:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_every_figure_has_a_name_a_unit_and_a_budget() -> None:
    names = [figure.name for family in FAMILIES.values() for figure in family.figures]
    assert len(names) == len(set(names)) > 40
    for name, family in FAMILIES.items():
        for figure in family.figures:
            assert figure.family == name
            assert figure.unit in UNITS
            assert figure.budget >= 0
            assert figure.what


def test_every_family_has_time_for_one_run_on_a_slow_machine() -> None:
    hand = Hand()
    clock = Clock(command.SECONDS, command._shares((), large=False), hand)
    assert ONE_RUN.keys() == {command.STORES, *FAMILIES}
    for name, seconds in ONE_RUN.items():
        with clock.within(name) as part:
            # Only the first one cannot do with less; what others have, they use.
            assert seconds <= part or name == command.STORES
            hand.now += max(seconds, part if name in ELASTIC else 0.0)
    assert clock.spent <= command.SECONDS


@pytest.mark.process
def test_a_quick_run_measures_everything_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BENCH_STORES", str(tmp_path / "stores"))
    monkeypatch.delenv("BENCH", raising=False)
    path = tmp_path / "results" / "run.json"
    only = ("--only", "panes", "--only", "polling.time")
    assert command.main(["--quick", *only, "--json", str(path)]) == 0
    shown = capsys.readouterr()
    assert "panes ...\n" in shown.err
    assert "  all declared sessions" in shown.err
    assert "poll with nothing changed" in shown.out
    content = json.loads(path.read_text())
    measured = {figure["name"] for figure in content["figures"]}
    assert measured == {figure.name for figure in FAMILIES["panes"].figures} | {"polling.time"}
    for figure in content["figures"]:
        assert figure["measured"] > 0
        assert figure["verdict"] in ("met", "missed")
        assert figure["runs"] >= 1
    assert content["met"] + content["missed"] == len(measured)
    assert content["done"]
    assert content["seconds"].keys() == {"stores", "panes", "polling"}
    assert content["events"] == {"small": 1_000, "big": 5_000}
    assert list((tmp_path / "stores").glob("scratch-*")) == []


def test_what_fails_is_unknown_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = (Figure("odd.one", "one", "ms", 1), Figure("odd.two", "two", "ms", 1),
               Figure("odd.huge", "three", "ms", 1))  # fmt: skip

    def fail(bench: Workbench) -> Iterator[Result]:
        yield Result("odd.one", 0.5)
        raise TimeoutError("no screen")

    monkeypatch.setattr(command, "FAMILIES", {"odd": Family(figures, fail, shapes=())})
    monkeypatch.setattr(command, "prepare", lambda *_: None)
    kept: list[int] = []
    found = command.measure(
        Workbench(tmp_path, tmp_path, quick=True), keep=lambda lines: kept.append(len(lines))
    )
    # After each of them: what comes later may interrupt the run.
    assert kept == [1, 2, 2]
    assert [(line.figure.name, line.verdict) for line in found] == [
        ("odd.one", "met"),
        ("odd.two", "unknown"),
    ]
    assert "odd failed: TimeoutError: no screen" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nothing", "polling.nothing", ""])
def test_names_that_are_not_known_are_refused(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["--only", name])
    assert "is not known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("figure", "result", "verdict"),
    [
        (Figure("a.b", "", "ms", 10), Result("a.b", 10.0), "met"),
        (Figure("a.b", "", "ms", 10), Result("a.b", 10.1, floor=100), "missed"),
        (Figure("a.b", "", "B", 0), Result("a.b", 0), "met"),
        (Figure("a.b", "", "ms", 1.25, "to the floor"), Result("a.b", 250, floor=200), "met"),
        (Figure("a.b", "", "ms", 1.25, "to the floor"), Result("a.b", 251, floor=200), "missed"),
        (Figure("a.b", "", "ms", 1.25, "to the floor"), Result("a.b", 1), "unknown"),
        (Figure("a.b", "", "ms", 0.5, "to the naive way"), Result("a.b", 3, naive=5), "missed"),
        (Figure("a.b", "", "ms", 10), Result("a.b", None), "unknown"),
    ],
)
def test_verdicts(figure: Figure, result: Result, verdict: str) -> None:
    assert Line(figure, result).verdict == verdict


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [([3, 1, 2], 0.5, 2), (range(1, 101), 0.99, 99), (range(1, 101), 0.5, 50), ([7], 0.99, 7),
     (range(1, 61), 0.99, 60), ([1, 2], 0.0, 1)],
)  # fmt: skip
def test_percentiles(values: list[float], part: float, expected: float) -> None:
    assert percentile(list(values), part) == expected


def test_variants_take_turns_until_time_is_up() -> None:
    order: list[str] = []
    clock = Hand()

    def variant(name: str) -> float:
        order.append(name)
        clock.now += 2.0
        return len(order)

    variants = {"a": lambda: variant("a"), "b": lambda: variant("b")}
    assert interleaved(variants, 2) == {"a": [1, 3], "b": [2, 4]}
    assert order == ["a", "b", "a", "b"]
    assert interleaved(variants, 50, limit=0.0, now=clock) == {"a": [5], "b": [6]}
    # A round takes 4 seconds: a third one would end after 12.
    assert interleaved(variants, 50, limit=11.0, now=clock) == {"a": [7, 9], "b": [8, 10]}
    assert len(interleaved(variants, 50, limit=12.0, now=clock)["a"]) == 3
    assert len(interleaved(variants, 50, limit=0.0, least=2, now=clock)["a"]) == 2
    begins = interleaved(variants, 50, limit=3.0, least=0, expected=3.1, now=clock)
    assert begins == {"a": [], "b": []}


@pytest.mark.process
def test_a_screen_knows_when_the_cursor_had_moved(tmp_path: Path) -> None:
    program = (
        "import os, time\n"
        "for row in (3, 5):\n"
        "    os.write(1, b'\\x1b[2J\\x1b[%d;1H\\x1b[41mcursor\\x1b[0m' % row)\n"
        "    os.read(0, 1)\n"
    )
    command = [sys.executable, "-c", "import tty; tty.setraw(0)\n" + program]
    with Screen(command, env={}, cwd=tmp_path) as screen:
        first = screen.when(lambda seen: seen.cursor_row(0, 0, 9) == 2)
        assert first >= screen.begun
        assert screen.cursor_row(0, 3, 9) is None
        screen.press("x")
        second = screen.when(lambda seen: seen.cursor_row(0, 0, 9) == 4)
        assert second > first
        screen.wait_until(lambda seen: "cursor" in seen.shown()[4])
        with pytest.raises(TimeoutError, match="cursor"):
            screen.when(lambda seen: False, 0.05)
