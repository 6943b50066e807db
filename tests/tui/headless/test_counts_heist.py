"""Every number of the heist samples against their truth files and a recount by hand."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest

from tests.stores.base import SAMPLES
from tests.tui.headless.conftest import Run

NAMES = ("heist-audit", "heist-demo", "heist-session")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(name: str) -> Path:
    return SAMPLES / f"{name}.db"


@pytest.fixture
def truth(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.truth.json").read_text())


def rows(store: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{store}?mode=ro&immutable=1", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def epoch(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()


def calls_table(name: str) -> str:
    return "tool_usage" if name == "heist-session" else "tool_calls"


def test_sessions(run: Run, store: Path, truth: Any) -> None:
    told = run("sessions", store, "--json").json
    assert told["total"] == len(told["sessions"]) == len(truth["sessions"])
    by_id = {session["session_id"]: session for session in told["sessions"]}
    for expected in truth["sessions"]:
        session = by_id[expected["session_id"]]
        assert session["raw_status"] == expected["status"]
        assert session["messages"] == expected["message_count"]
        assert session["tool_calls"] == expected["tool_calls"]
        assert session["declared_turns"] == expected["declared_turns"]
        assert epoch(session["started_at"]) == pytest.approx(expected["start_epoch"], abs=1e-5)
        assert epoch(session["ended_at"]) == pytest.approx(expected["end_epoch"], abs=1e-5)
        if expected["duration_s"] is None:
            assert session["duration_seconds"] is None
        else:
            assert session["duration_seconds"] == pytest.approx(expected["duration_s"], abs=1e-4)
    starts = [epoch(session["started_at"]) or 0.0 for session in told["sessions"]]
    assert starts == sorted(starts, reverse=True)


def test_tools(run: Run, store: Path, truth: Any) -> None:
    told = run("tools", store, "--json").json["tool_statistics"]
    counted = {
        tool["tool_name"]: (
            tool["total_calls"],
            tool["successful_calls"],
            tool["failed_calls"],
            tool["unknown_calls"],
        )
        for tool in told
    }
    assert counted == {
        tool["tool"]: (tool["calls"], tool["ok"], tool["failed"], tool["unknown"])
        for tool in truth["totals"]["tools"]
    }
    for tool in told:
        finished = tool["successful_calls"] + tool["failed_calls"]
        assert tool["success_rate"] == pytest.approx(tool["successful_calls"] / finished)
        assert tool["success_rate_low"] <= tool["success_rate"] <= tool["success_rate_high"]


def test_durations_of_tools(run: Run, store: Path, name: str) -> None:
    seconds: dict[str, list[float]] = {}
    if name != "heist-session":
        for tool, took in rows(store, "SELECT tool_name, execution_time FROM tool_calls"):
            if took is not None:
                seconds.setdefault(tool, []).append(took)
    for told in run("tools", store, "--json").json["tool_statistics"]:
        known = sorted(seconds.get(told["tool_name"], []))
        if not known:
            assert told["avg_duration"] is told["p50_duration"] is told["total_duration"] is None
            continue
        assert told["total_duration"] == pytest.approx(sum(known))
        assert told["avg_duration"] == pytest.approx(fmean(known))
        assert told["p50_duration"] == pytest.approx(median(known))
        assert known[-2] <= told["p99_duration"] <= known[-1]


def test_tools_and_speakers_of_one_session(run: Run, store: Path, truth: Any) -> None:
    for expected in truth["sessions"]:
        told = run("session", store, expected["session_id"], "--json").json
        counted = {tool["tool_name"]: tool["total_calls"] for tool in told["tool_statistics"]}
        assert counted == {tool["tool"]: tool["calls"] for tool in expected["tools"]}
        follows = {
            (cell["from_agent"], cell["to_agent"]): cell["count"] for cell in told["interactions"]
        }
        assert follows == {(a, b): number for a, b, number in expected["follows_by_id"]}
        messages = {agent["agent_name"]: agent["messages"] for agent in told["agents"]}
        assert {agent: number for agent, number in messages.items() if number} == {
            agent["agent"]: agent["messages"] for agent in expected["agents"]
        }
        only = run("tools", store, "--session", expected["session_id"], "--json").json
        assert only["tool_statistics"] == told["tool_statistics"]


def test_people_read_which_agent_uses_which_tool(run: Run, store: Path, name: str) -> None:
    query = f"SELECT agent_name, tool_name, count(*) FROM {calls_table(name)} GROUP BY 1, 2"
    told = run("agents", store, "--markdown").out.split("\n\n")[0]
    for agent, tool, number in rows(store, query):
        (line,) = (line for line in told.splitlines() if line.startswith(f"| {agent} |"))
        assert f"{tool} {number}" in line.rsplit("|", 2)[1]


def test_agents(run: Run, store: Path, name: str) -> None:
    messages = Counter(agent for (agent,) in rows(store, "SELECT agent_name FROM messages"))
    calls = Counter(
        agent for (agent,) in rows(store, f"SELECT agent_name FROM {calls_table(name)}")
    )
    follows: Counter[tuple[str, str]] = Counter()
    last: dict[str, str] = {}
    for session, agent in rows(store, "SELECT session_id, agent_name FROM messages ORDER BY id"):
        if session in last:
            follows[last[session], agent] += 1
        last[session] = agent
    told = run("agents", store, "--json").json
    assert {a["agent_name"]: a["messages"] for a in told["agent_activity"] if a["messages"]} == (
        messages
    )
    assert {
        a["agent_name"]: a["tool_calls"] for a in told["agent_activity"] if a["tool_calls"]
    } == (calls)
    assert sum(a["share"] for a in told["agent_activity"]) == pytest.approx(1)
    used = Counter(rows(store, f"SELECT agent_name, tool_name FROM {calls_table(name)}"))
    assert {(u["agent_name"], u["tool_name"]): u["calls"] for u in told["tool_use"]} == used
    assert told["relation"] == "follows"
    cells = [(c["from_agent"], c["to_agent"], c["count"]) for c in told["interactions"]]
    assert {(a, b): number for a, b, number in cells} == follows
    assert [cell[2] for cell in cells] == sorted(follows.values(), reverse=True)


def test_next_tools(run: Run, store: Path, name: str) -> None:
    pairs: Counter[tuple[str, str]] = Counter()
    last: dict[str, str] = {}
    order = f"SELECT session_id, tool_name FROM {calls_table(name)} ORDER BY id"
    for session, tool in rows(store, order):
        if session in last:
            pairs[last[session], tool] += 1
        last[session] = tool
    told = run("agents", store, "--relation", "tools", "--json").json
    assert {(c["from_agent"], c["to_agent"]): c["count"] for c in told["interactions"]} == pairs


def test_metrics(run: Run, store: Path, truth: Any) -> None:
    told, totals = run("metrics", store, "--json").json, truth["totals"]
    assert told["total_sessions"] == totals["sessions"]
    assert told["completed_sessions"] == totals["completed"]
    assert told["completion_rate"] == totals["completion_rate"]
    assert told["total_messages"] == totals["messages"]
    assert told["total_tool_calls"] == totals["tool_calls"]
    assert told["average_turns_per_session"] == pytest.approx(totals["avg_declared_turns_gt0"])
    ok = sum(tool["ok"] for tool in totals["tools"])
    failed = sum(tool["failed"] for tool in totals["tools"])
    assert told["tool_success_rate"] == pytest.approx(ok / (ok + failed))
    rates = [(rate["tool_name"], rate["total_uses"]) for rate in told["tool_success_rates"]]
    assert Counter(dict(rates)) == Counter({t["tool"]: t["calls"] for t in totals["tools"]})
    values = [rate["success_rate"] for rate in told["tool_success_rates"]]
    assert values == sorted(values, reverse=True)


def test_every_event_is_listed_once(run: Run, store: Path, name: str) -> None:
    expected = Counter(
        ("messages", str(number)) for (number,) in rows(store, "SELECT id FROM messages")
    ) + Counter(
        (calls_table(name), str(number))
        for (number,) in rows(store, f"SELECT id FROM {calls_table(name)}")
    )
    told = run("events", store, "--limit", 0, "--json").json
    assert Counter((e["source"], e["event_id"]) for e in told["events"]) == expected
    assert told["total"] == expected.total()
    tree = run("activity", store, "--json").json
    assert (tree["total_prompts"], tree["prompts"]) == (0, [])
    assert Counter((e["source"], e["event_id"]) for e in tree["outside"]) == expected


def test_timeline_is_in_order_of_arrival(run: Run, store: Path, truth: Any) -> None:
    expected = truth["sessions"][0]
    told = run("timeline", store, expected["session_id"], "--json").json
    assert told["session_id"] == expected["session_id"]
    assert told["event_count"] == len(told["timeline"])
    assert len(told["timeline"]) == expected["message_count"] + expected["tool_calls"]
    for source in {event["source"] for event in told["timeline"]}:
        ids = [int(event["event_id"]) for event in told["timeline"] if event["source"] == source]
        assert ids == sorted(ids)


def test_doctor(run: Run, store: Path, truth: Any) -> None:
    told = run("doctor", store, "--json").json
    tables = {table["name"]: table["rows"] for table in told["tables"]}
    assert {name: tables[name] for name in truth["tables"]} == truth["tables"]
    assert told["events"] == sum(source["events"] for source in told["sources"])
    assert told["undeclared_sessions"]["count"] == len(truth["orphan_session_ids"])
    assert told["skipped"] == []
    expected = {
        session["session_id"]: (session["declared_turns"], session["message_count"])
        for session in truth["sessions"]
        if session["declared_turns"] and session["declared_turns"] != session["message_count"]
    }
    assert {m["session_id"]: (m["declared"], m["counted"]) for m in told["mismatches"]} == expected
