"""The screen and the commands say the same about the same store."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from queries.models import Relation, ToolStatistic
from queries.text import UNKNOWN, count, duration, percent, short_count
from tests.stores import LiveWriter
from tests.stores.live_writer import DIALECTS, UPDATABLE
from tests.tui.stage import SAMPLE_NAMES, Clock, Stage, on_stage, run_line, sample
from widgets.tool_table import tool_name

Json = dict[str, Any]


def printed(command: str, store: str, *more: str) -> Json:
    found: Json = run_line(" ".join(("session-tui", command, store, *more, "--json")))
    return found


def tool_shape(tool: ToolStatistic) -> Json:
    """A tool of the screen with the keys of the commands."""
    shape = {
        "tool_name": tool.tool,
        "operation": tool.operation,
        "total_calls": tool.calls,
        "successful_calls": tool.ok,
        "failed_calls": tool.errors,
        "running_calls": tool.running,
        "unknown_calls": tool.unknown,
        "success_rate": tool.success_rate,
        "success_rate_low": tool.success_low,
        "success_rate_high": tool.success_high,
        "avg_duration": tool.average,
        "p50_duration": tool.p50,
        "p95_duration": tool.p95,
        "p99_duration": tool.p99,
        "total_duration": tool.total,
        "tokens": tool.tokens,
        "agents": list(tool.agents),
    }
    return {name: round(value, 9) if isinstance(value, float) else value
            for name, value in shape.items()}  # fmt: skip


def assert_same_sessions(stage: Stage, store: str) -> None:
    view = stage.main.session_view
    found = printed("sessions", store)
    expected = {row["session_id"]: row for row in found["sessions"]}
    assert {row.id for row in view.rows} == set(expected)
    assert f" of {found['total']:,} " in stage.titles()[0]
    for row in view.rows:
        wanted = expected[row.id]

        def cell(name: str, row: Any = row) -> str:
            return view.cell(row, name, 200)[0]

        sub = "↳ " if wanted["parent_id"] is not None else ""
        assert cell("title") == sub + (wanted["title"] or row.id)
        assert cell("events") == short_count(wanted["events"])
        assert cell("calls") == short_count(wanted["tool_calls"])
        errors = wanted["errors"]
        assert cell("errors") == (f"{short_count(errors)}✗" if errors else "")
        assert cell("tokens") == short_count(wanted["tokens"])
        assert row.session.status.value == wanted["status"]
        assert (wanted["agent"] or "") in cell("agent")
        if wanted["duration_seconds"] is not None:
            assert cell("time") == duration(wanted["duration_seconds"])


def assert_same_tools(stage: Stage, store: str, scope: str) -> None:
    view = stage.main.tool_view
    expected = printed("tools", store, scope)["tool_statistics"]
    shown = {(row.tool, row.operation): row for row in view.rows}
    assert len(shown) == len(view.rows) == len(expected)
    for wanted in expected:
        row = shown[wanted["tool_name"], wanted["operation"]]
        got, agents = tool_shape(row), set(wanted.pop("agents"))
        assert set(got.pop("agents")) == agents
        assert {name: got[name] for name in wanted} == {
            name: round(value, 9) if isinstance(value, float) else value
            for name, value in wanted.items()
        }

        def cell(name: str, row: Any = row) -> str:
            return view.cell(row, name, 200)[0]

        assert cell("tool") == tool_name(row)
        assert cell("calls").lstrip("Σ") == count(wanted["total_calls"])
        assert cell("ok") == percent(wanted["success_rate"])
        assert cell("p50") == duration(wanted["p50_duration"])
        assert cell("p95") == duration(wanted["p95_duration"])
        assert cell("total") == duration(wanted["total_duration"])


async def assert_same_matrices(stage: Stage, store: str, scope: str) -> None:
    for relation in Relation:
        assert stage.main.figures.relation is relation
        found = printed("agents", store, scope, "--relation", relation.value)["interactions"]
        cells = {(cell["from_agent"], cell["to_agent"]): cell["count"] for cell in found}
        shown = stage.main.figures.interactions
        assert {pair: number for pair, number in shown.counts.items() if number} == cells
        drawn = [line.split() for line in stage.main.matrix_view.lines_as_text()]
        if cells:
            assert drawn[-1][-1] == short_count(sum(cells.values()))
        else:
            assert drawn == []
        stage.main.action_cycle_relation()
        await stage.settle()


def assert_same_status(stage: Stage, store: str) -> None:
    found = printed("metrics", store)
    rate = found["tool_success_rate"]
    for words in (
        f"{found['total_sessions']:,} session",
        f"{found['running_sessions']:,} running",
        f"{found['total_events']:,} event",
        f"{percent(rate)} % ok" if rate is not None else f"{UNKNOWN} ok",
    ):
        assert words in stage.status


async def assert_same(stage: Stage, store: str, sessions: int = 2) -> None:
    """Everything, for some focused sessions, for marked ones and for all."""
    assert_same_sessions(stage, store)
    assert_same_status(stage, store)
    ids = [row.id for row in stage.main.session_view.rows]
    for session_id in ids[:sessions] + ids[-1:]:
        assert stage.main.session_view.select(session_id)
        await stage.settle()
        scope = f"--session {session_id}"
        assert_same_tools(stage, store, scope)
        await assert_same_matrices(stage, store, scope)
    marked = ids[:2]
    for session_id in marked:
        stage.main.session_view.select(session_id)
        await stage.settle()
        stage.main.session_view.toggle_mark()
        await stage.settle()
    await stage.press("a")
    assert stage.main.figures.mode == "marked"
    scope = " ".join(f"--session {session_id}" for session_id in marked)
    assert_same_tools(stage, store, scope)
    await assert_same_matrices(stage, store, scope)
    await stage.press("a")
    assert stage.main.figures.mode == "all"
    assert_same_tools(stage, store, "")
    await assert_same_matrices(stage, store, "")


@pytest.mark.parametrize("name", SAMPLE_NAMES)
async def test_samples(folder: Path, name: str) -> None:
    sample(name, folder)
    store = f"{name}.db"
    async with on_stage(Path(store), (200, 50)) as stage:
        await assert_same(stage, store)


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_written_live(folder: Path, dialect: str) -> None:
    path = Path("live.db")

    def write(events: int) -> None:
        LiveWriter(path, dialect, count=events, update_in_place=dialect in UPDATABLE).run()

    write(30)
    async with on_stage(path, (200, 50), clock=Clock(time.time())) as stage:
        for _ in range(3):
            write(7)
            await stage.step()
        await assert_same(stage, str(path))


@pytest.mark.parametrize("name", SAMPLE_NAMES)
async def test_the_activity_of_every_session(folder: Path, name: str) -> None:
    sample(name, folder)
    store = f"{name}.db"
    async with on_stage(Path(store), (200, 50)) as stage:
        for row in list(stage.main.session_view.rows):
            stage.main.session_view.select(row.id)
            await stage.settle()
            found = printed("activity", store, "--session", row.id, "--limit", "0")
            tree = stage.main.activity.tree
            assert tree is not None
            roots = [line for line in tree.model.roots() if line.event and not line.parent]
            prompts = [line for line in roots if line.event and line.event.kind.value == "prompt"]
            assert len(prompts) == found["total_prompts"]
            for line, wanted in zip(prompts, found["prompts"], strict=True):
                assert line.event is not None
                assert line.event.id == wanted["event_id"]
                stats = line.stats()
                assert (stats.calls, stats.errors, stats.running) == (
                    wanted["stats"]["calls"],
                    wanted["stats"]["errors"],
                    wanted["stats"]["running"],
                )
