"""Windows, short options and other names: the same everywhere, and right by a plain recount."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.stores.base import SAMPLES
from tests.tui.headless.conftest import Run
from tests.tui.headless.test_reports import shells

__all__ = ["shells"]

AUDIT = SAMPLES / "heist-audit.db"
TASKS = SAMPLES / "htmlgraph-0.26.1.db"


def test_tools_and_agents_of_a_window(run: Run, shells: Path) -> None:
    [tool] = run("tools", shells, "--days", 7, "--json").json["tool_statistics"]
    assert (tool["total_calls"], tool["failed_calls"]) == (6, 1)
    [tool] = run("tools", shells, "-d", 0, "-j").json["tool_statistics"]
    assert tool["total_calls"] == 8
    [tool] = run("tools", shells, "-d", 7, "-c", "pyth", "-j").json["tool_statistics"]
    assert tool["total_calls"] == 1
    [agent] = run("agents", shells, "--days", 7, "--json").json["agent_activity"]
    assert (agent["events"], agent["sessions"], agent["errors"]) == (6, 6, 1)
    assert run("tools", shells, "--session", "s7", "--days", 7, "--json").json == {
        "tool_statistics": []
    }


def test_tools_of_a_window_by_a_plain_recount(run: Run) -> None:
    since = "2025-12-19T09:30:00"
    sessions = run("sessions", AUDIT, "--since", since, "--json").json["sessions"]
    names = {row["session_id"] for row in sessions}
    events = run("events", AUDIT, "--limit", 0, "--json").json["events"]
    calls = [event for event in events if event["kind"] == "tool" and event["session_id"] in names]
    assert 0 < len(calls) < sum(event["kind"] == "tool" for event in events)
    told = run("tools", AUDIT, "--since", since, "--json").json["tool_statistics"]
    assert {tool["tool_name"]: tool["total_calls"] for tool in told} == Counter(
        event["tool_name"] for event in calls
    )
    assert {tool["tool_name"]: tool["failed_calls"] for tool in told if tool["failed_calls"]} == (
        Counter(event["tool_name"] for event in calls if event["state"] == "error")
    )


def test_activity_of_an_agent_and_a_window(run: Run) -> None:
    whole = run("activity", TASKS, "--limit", 0, "--json").json
    some = run("activity", TASKS, "--limit", 0, "--agent", "CODEX", "--json").json

    def agents(node: dict[str, object]) -> set[object]:
        below = node["children"]
        assert isinstance(below, list)
        return {node["agent_name"], node["target_agent"]}.union(*map(agents, below))

    wanted = [
        node["event_id"]
        for node in whole["prompts"]
        if any("codex" in str(name).casefold() for name in agents(node))
    ]
    assert [node["event_id"] for node in some["prompts"]] == wanted
    assert 0 < some["total_prompts"] == len(wanted) < whole["total_prompts"]
    assert some["outside"] == []
    day = run("activity", TASKS, "--since", "2026-01-13", "-l", 2, "-j").json
    times = [node["time"] for node in whole["prompts"] if node["time"] >= "2026-01-13"]
    assert day["total_prompts"] == len(times)
    assert [node["time"] for node in day["prompts"]] == times[-2:]


def test_no_days_are_all_days(run: Run, shells: Path) -> None:
    for name in ("sessions", "events", "tools", "agents", "metrics", "components"):
        assert run(name, shells, "--days", 0, "--json").json == run(name, shells, "--json").json
    assert run("events", shells, "-d", 7, "-j").json["total"] == 6


def test_a_command_by_another_name(run: Run, shells: Path) -> None:
    assert run("duration", shells, "-j").json == run("durations", shells, "-j").json
    assert "durations" in run("--help").out


@pytest.mark.parametrize("name", ["errors", "components", "durations", "report", "check"])
def test_short_options(run: Run, shells: Path, name: str) -> None:
    short = run(name, shells, "-d", 7, "-c", "shell", "-j")
    long = run(name, shells, "--days", 7, "--component", "shell", "--json")
    assert short.code == long.code
    assert short.out.count("\n") == long.out.count("\n")
