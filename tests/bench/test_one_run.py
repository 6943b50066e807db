"""Where time is short, every figure has a value nevertheless, and says what it is from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.clock import Clock
from tests.bench.figures import backfill, commands
from tests.bench.report import Result
from tests.bench.workbench import SHAPES, Workbench

SMALL, BIG = 1_000, 10_000
START = 0.2
"""Seconds of a process that does nothing."""
COSTS = {"sessions": 8.0, "tools": 8.5, "agents": 9.0, "metrics": 7.0, "activity": 14.0,
         "doctor": 12.0, "events": 0.0, "delegations": 10.0, "report": 9.5, "session": 2.0,
         "timeline": 8.0, "compare": 11.0}  # fmt: skip


class Hand:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Bench(Workbench):
    """Nothing is measured: everything takes what it is said to take."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.hand = Hand()
        super().__init__(folder, folder, clock=Clock(seconds, {}, self.hand))
        self.small, self.big = SMALL, BIG
        self.begun: list[str] = []

    def store(self, shape: str, events: int) -> Path:
        return Path(f"{shape}-{events}.db")

    def by_size(self, shape: str, events: int) -> list[tuple[str, int]]:
        return [("a", 1), ("b", 2), ("c", 3)]

    def baseline(self, what: str, shape: str, events: int, key: str = "wall") -> float | None:
        return 1.0

    def taken(self, name: str, *arguments: str | Path, limit: int) -> dict[str, float] | None:
        is_whole = Path(f"canonical-{BIG}.db") in arguments
        command = str(arguments[0])
        if is_whole:
            self.begun.append(command)
        cpu = START + COSTS[command] / (1 if is_whole else commands.TENTH)
        self.hand.now += cpu
        rows = float(BIG if is_whole else BIG // commands.TENTH)
        return {"code": 0, "cpu": cpu, "wall": cpu, "rows": rows, "looked_up": rows / 4,
                "peak": 50.0, "helped": 0.0, "textual": 0.0}  # fmt: skip

    def alone(self, what: str, shape: str, events: int, limit: int = 60) -> dict[str, float] | None:
        self.begun.append(f"{what} {shape}")
        self.hand.now += min(10.0, limit)
        return {"wall": 10.0, "cpu": 9.0, "peak": 60.0} if limit >= 9 else None


def found_in(bench: Bench, results: Iterator[Result]) -> dict[str, Result]:
    with bench.clock.within("it"):
        return {result.figure: result for result in results}


def test_commands_with_time_are_run_on_everything(tmp_path: Path) -> None:
    bench = Bench(tmp_path, 1_000.0)
    found = found_in(bench, commands.measure(bench))
    assert found.keys() == {figure.name for figure in commands.FIGURES}
    for name, cost in COSTS.items():
        assert found[f"commands.{name}"].measured == pytest.approx(START + cost)
        assert found[f"commands.{name}"].note == ""
    assert found["commands.events"].runs == commands.RUNS
    assert bench.begun[:3] == ["activity", "doctor", "delegations"]
    assert found["commands.rows"].measured == 1.0


def test_commands_without_time_say_what_a_tenth_took(tmp_path: Path) -> None:
    # The tenths take 12.3 s, giant sessions and events 21.8 s: one more is possible.
    bench = Bench(tmp_path, 50.0)
    found = found_in(bench, commands.measure(bench))
    assert found.keys() == {figure.name for figure in commands.FIGURES}
    assert bench.begun == ["activity", "compare", "timeline", "session", "events"]
    for name, cost in COSTS.items():
        line = found[f"commands.{name}"]
        assert line.measured == pytest.approx(START + cost)
        assert line.note == ("" if name in bench.begun else commands.SCALED)
    assert found["commands.memory"].details.keys() == set(bench.begun)
    assert found["commands.rows"].details.keys() == COSTS.keys()


def test_each_back_fill_is_made_before_anything_else(tmp_path: Path) -> None:
    bench = Bench(tmp_path, 35.0)
    found = found_in(bench, backfill.measure(bench))
    # What is left is given to one more, which cannot do with it.
    assert bench.begun == [*(f"back-fill {shape}" for shape in SHAPES), f"floor {SHAPES[0]}"]
    assert bench.hand.now == 35.0
    for shape in SHAPES:
        assert found[f"backfill.{shape}"].measured == 9.0
        assert (found[f"backfill.{shape}"].naive, found[f"backfill.{shape}"].floor) == (None, None)
    assert found["backfill.memory"].measured == 60.0


def test_back_fills_with_time_are_compared_and_repeated(tmp_path: Path) -> None:
    bench = Bench(tmp_path, 160.0)
    found = found_in(bench, backfill.measure(bench))
    ways = ("back-fill", "floor", "naive", "back-fill", "back-fill")
    assert bench.begun == [f"{way} {shape}" for way in ways for shape in SHAPES]
    assert found["backfill.canonical"].runs == backfill.RUNS
    assert found["backfill.canonical"].floor == found["backfill.canonical"].naive == 9.0


def test_what_another_family_has_found_is_not_looked_for_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, 100.0)
    bench._alone["naive", "canonical", BIG] = [{"wall": 3.0, "cpu": 2.0, "peak": 40.0}]
    found = found_in(bench, backfill.measure(bench))
    assert "naive canonical" not in bench.begun
    assert found["backfill.canonical"].naive == 2.0
