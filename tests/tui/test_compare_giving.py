"""What the screen shows is what the command prints, and what is exported."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from queries.models.comparison import Comparison
from tests.stores import FIRST_TIME
from tests.tui.runs import BAD, GOOD, RUNS, experiment, runs, runs_clock
from tests.tui.stage import Clock, Stage, on_stage, run_line, sample
from tests.tui.test_compare_flow import compare_both, compared, line, to_section
from tests.tui.test_compare_groups import two_groups


async def command_of(stage: Stage, folder: Path) -> str:
    """What ``Y`` copies: without a terminal it goes to a file."""
    await stage.press("Y")
    (path,) = (folder.parent / "home").rglob("clipboard.txt")
    return path.read_text("utf-8")


def assert_same_metrics(shown: Comparison | None, printed: Any) -> None:
    assert shown is not None
    assert printed["baseline"] == shown.ids[shown.baseline]
    assert [row["name"] for row in printed["metrics"]] == [r.metric.name for r in shown.metrics]
    for row, said in zip(shown.metrics, printed["metrics"], strict=True):
        for index, name in enumerate(shown.ids):
            assert said["changes"][name] == row.changes[index].value
            if isinstance(row.values[index], float):
                assert said["values"][name] == pytest.approx(row.values[index])
            else:
                assert said["values"][name] == row.values[index]


@pytest.mark.parametrize("name", ["heist-audit", "htmlgraph-0.35.0"])
async def test_a_sample_has_the_numbers_of_the_command(folder: Path, name: str) -> None:
    path = sample(name, folder)
    async with on_stage(path) as stage:
        await stage.press("space", "space", "space", "c")
        screen = compared(stage)
        assert len(screen.titles) == 3
        printed = run_line(await command_of(stage, folder))
        assert_same_metrics(screen.comparison, printed)
        assert printed["alignment"] is None
        assert screen.comparison is not None
        first = screen.comparison.ids[0]
        assert [tool["total_calls"] for tool in printed["tool_comparison"][first]] == [
            tool.calls for tool in screen.comparison.runs[0].tools
        ]


async def test_each_section_has_its_command(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await stage.press("b")
        told = await command_of(stage, folder)
        assert told.split()[3:] == [GOOD, BAD, "--baseline", BAD, "--json"]
        assert_same_metrics(screen.comparison, run_line(told))
        await to_section(stage, "Interactions")
        await stage.press("m", "m", "m")
        printed = run_line(await command_of(stage, folder))
        assert printed["relation"] == "tools"
        await to_section(stage, "Steps")
        printed = run_line(await command_of(stage, folder))
        alignment = screen.alignment
        assert alignment is not None
        assert printed["alignment"]["first_divergence"]["text"] == alignment.divergence
        assert len(printed["alignment"]["steps"]) == screen.steps.line_count
        await to_section(stage, "Overlay")
        printed = run_line(await command_of(stage, folder))
        assert printed["overlay"][GOOD]["events"][-1] == 5


async def test_groups_have_the_numbers_of_the_command(folder: Path) -> None:
    with experiment():
        pass
    async with on_stage(RUNS, clock=Clock(FIRST_TIME + 20_000)) as stage:
        await two_groups(stage)
        await stage.press("c")
        groups = compared(stage).reading.groups
        assert groups is not None
        printed = run_line(await command_of(stage, folder))
        assert [row["verdict"] for row in printed["metrics"]] == [
            row.verdict.value for row in groups.metrics
        ]
        assert [row["p_adjusted"] for row in printed["metrics"]] == [
            pytest.approx(row.p_adjusted) for row in groups.metrics
        ]
        assert printed["summary"] == groups.summary


async def test_exports_are_what_the_command_prints(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await compare_both(stage)
        for form, ending in (("json", "json"), ("m", "md"), ("CSV", "csv")):
            await stage.press("o", *["backspace"] * 4)
            await stage.type(form)
            path = folder / f"session-tui-compare.{ending}"
            assert stage.said()[-1] == f"Written to {path}"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        line_of = f"session-tui compare {RUNS} {GOOD} {BAD} --json"
        exported = json.loads((folder / "session-tui-compare.json").read_text())
        printed = run_line(line_of)
        for each in (exported, printed):
            each.pop("sessions")
        assert exported == printed
        markdown = (folder / "session-tui-compare.md").read_text()
        assert "| errors | 0 | 2 | +2 |" in markdown
        rows = list(csv.DictReader((folder / "session-tui-compare.csv").open()))
        assert [row["value"] for row in rows if row["name"] == "errors"] == ["0", "2"]
        await stage.press("o", *["backspace"] * 4)
        await stage.type("xml")
        assert stage.said()[-1] == "There is no form 'xml': take json, markdown, csv."
        prompt = compared(stage).prompt
        assert (prompt.is_asking, prompt.text) == (True, "xml")
        await stage.press(*["backspace"] * 3)
        await stage.type("md")
        assert (prompt.is_asking, prompt.text) == (True, "md")
        await stage.press("escape")
        assert compared(stage).pane.has_focus


async def test_what_is_under_the_cursor_is_copied(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await compare_both(stage)
        await stage.press("n", "y")
        (path,) = (folder.parent / "home").rglob("clipboard.txt")
        assert path.read_text().startswith("duration 3m20s · worse +1m40s (+100 %) against 1m40s")
        assert line(stage, "duration")
