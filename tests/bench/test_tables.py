"""A report keeps everything, and its tables fold together what belongs together."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import report, tables
from tests.bench.figures import FAMILIES
from tests.bench.machine import cpu_model
from tests.bench.report import Figure, Line, Result


@pytest.fixture
def lines() -> list[Line]:
    figures = (
        Figure("start.big", "first sessions", "ms", 1.25, "to the floor", reason="It reads."),
        Figure("output.start", "bytes of the start", "B", 30_000),
    )
    results = (
        Result("output.start", 18_600, naive=144_000),
        Result("start.big", 300.0, naive=30_000.0, floor=200.0, runs=9, planned=9, note="warm",
               naive_note="scaled"),
    )  # fmt: skip
    return report.lines(figures, results)


def test_the_tables_show_every_line_with_its_ratios(lines: list[Line]) -> None:
    content = report.document(lines, {"small": 10_000, "big": 1_000_000})
    text = tables.text(content, lines)
    assert "1 met, 1 missed, 0 unknown" in text
    assert "stores of 10,000 and 1,000,000 events" in text
    table = tables.markdown(content, lines)
    assert "| bytes of the start | 30 KB | 18.6 KB | 144 KB, 7.74 × | — | met |" in table
    row = (
        "| first sessions (warm) | 1.25 × floor | 300 ms = 1.50 × floor | 30 s, 100 × (scaled)"
        " | 200 ms, 0.67 × | missed |"
    )
    assert row in table
    assert "| **Start** |  |  |  |  |  |" in table
    assert {line.count("|") for line in table.splitlines() if "|" in line} == {7}
    missed = "first sessions: 300 ms = 1.50 × floor, budget 1.25 × floor. It reads."
    assert f"\n- {missed}\n" in table
    assert f"\n- {missed}\n" in text


def test_figures_of_one_line_are_apart_by_slashes() -> None:
    p50 = Figure("keys.a-p50", "a, p50", "ms", 10, line="a, p50 / p99")
    p99 = Figure("keys.a-p99", "a, p99", "ms", 50, line="a, p50 / p99")
    results = [Result("keys.a-p50", 5.0, floor=2.5), Result("keys.a-p99", 60.5, floor=11.0)]
    found = report.lines((p50, p99), results)
    assert tables.row(found) == (
        "a, p50 / p99", "10 / 50 ms", "5 / 60.5 ms", "—", "2.5 / 11 ms, 0.50 / 0.18 ×",
        "1 of 2 missed",
    )  # fmt: skip
    content = report.document(found, {"small": 1})
    table = tables.markdown(content, found)
    assert table.count("a, p50 / p99") == 1
    assert "- a, p99: 60.5 ms, budget 50 ms." in table
    both = [Line(line.figure, replace(line.result, measured=99.0)) for line in found]
    assert tables.row(both)[-1] == "missed"
    unknown = [found[0], Line(p99, Result("keys.a-p99", None, note="TimeoutError"))]
    assert tables.row(unknown)[2:] == (
        "5 / — ms", "—", "2.5 / — ms, 0.50 / — ×", "1 of 2 unknown",
    )  # fmt: skip


def test_of_some_lines_only_the_worst_figure_is_shown() -> None:
    figures = [
        Figure(f"commands.{name}", name, "s CPU", 5.5, line="a view", worst=True) for name in "abc"
    ]
    results = [
        Result("commands.a", 5.0),
        Result("commands.b", 6.0, naive=3.0, runs=1, planned=3),
        Result("commands.c", 4.0),
    ]
    assert tables.row(report.lines(figures, results)) == (
        "a view (worst of 3: b; time for 1 of 3 runs)", "5.5 s CPU", "6 s CPU", "3 s CPU, 0.50 ×",
        "—", "1 of 3 missed",
    )  # fmt: skip
    results[2] = Result("commands.c", None)
    assert tables.row(report.lines(figures, results))[0] == "a view (worst of 3: c)"


def test_what_is_missed_for_the_same_reason_is_told_together() -> None:
    figures = [
        Figure("a.one", "one", "ms", 1, reason="It waits."),
        Figure("a.two", "two", "ms", 1, line="several"),
        Figure("b.three", "three", "ms", 1, reason="It waits."),
        Figure("b.four", "four", "ms", 9, reason="It waits."),
    ]
    found = [Line(figure, Result(figure.name, 2.0)) for figure in figures]
    missed = tables.text(report.document(found, {"small": 1}), found).partition("unknown\n")[2]
    assert missed == (
        "- one: 2 ms, budget 1 ms; three: 2 ms, budget 1 ms. It waits.\n- two: 2 ms, budget 1 ms.\n"
    )


@pytest.mark.parametrize(
    ("values", "unit", "shown"),
    [
        ([0.0726], "ms", "0.0726 ms"), ([0.0], "B", "0 B"), ([9_999.0], "ms", "9,999 ms"),
        ([22_741.0], "ms", "22.7 s"), ([50.47], "us", "50.5 µs"), ([7.5e6], "us", "7,500 ms"),
        ([7.5e7], "us", "75 s"), ([0.00123], "ms", "0.001 ms"), ([None], "ms", "—"),
        ([4_000.0, 40_000.0], "B", "4 / 40 KB"), ([1_234_567.0], "rows", "1,234,567 rows"),
    ],
)  # fmt: skip
def test_values_are_short(values: list[float | None], unit: str, shown: str) -> None:
    assert tables.with_unit(values, unit) == shown


def test_figures_of_one_line_belong_together() -> None:
    for name, family in FAMILIES.items():
        assert name in tables.TITLES
        shared: dict[str, list[Figure]] = {}
        for figure in family.figures:
            shared.setdefault(figure.line or figure.name, []).append(figure)
        for figures in shared.values():
            assert len({(one.unit, one.basis, one.worst) for one in figures}) == 1
            # Whatever stands apart by slashes in one cell must still be read.
            assert len(figures) <= 3 or figures[0].worst
        assert len(shared) <= 12


@pytest.mark.parametrize(("load", "said"), [(2.5, True), (0.2, False), (None, False)])
def test_a_busy_machine_is_told(lines: list[Line], load: float | None, said: bool) -> None:
    content = report.document(lines, {"small": 10_000}, load)
    assert ("2.5 processes per core" in tables.markdown(content, lines)) is said


def test_an_interrupted_run_is_told(lines: list[Line]) -> None:
    for done in (True, False):
        content = report.document(lines, {"small": 1}, done=done)
        assert ("interrupted" in tables.markdown(content, lines)) is not done


def test_the_time_that_it_took_is_told(lines: list[Line]) -> None:
    content = report.document(lines, {"small": 1}, seconds={"start": 200.0, "keys": 280.0})
    assert content["seconds"] == {"start": 200.0, "keys": 280.0}
    assert " in 8 minutes, stores of 1 events" in tables.markdown(content, lines)


def test_a_report_can_be_read_again(tmp_path: Path, lines: list[Line]) -> None:
    content = report.document(lines, {"small": 10_000})
    report.write_json(tmp_path / "new" / "run.json", content)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["run.json"]
    assert report.read_json(tmp_path / "new" / "run.json") == (content, lines)
    (tmp_path / "old.json").write_text('{"format": 0}')
    with pytest.raises(ValueError, match=r"old\.json is not a report"):
        report.read_json(tmp_path / "old.json")


def test_a_report_names_neither_machine_nor_folders(lines: list[Line]) -> None:
    content = report.document(lines, {"small": 10_000})
    whole = json.dumps(content) + tables.markdown(content, lines) + tables.text(content, lines)
    assert platform.python_version() in whole
    assert cpu_model() in whole
    for secret in (platform.node(), str(Path.home()), os.getcwd()):
        assert len(secret) < 4 or secret not in whole
