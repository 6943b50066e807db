"""The numbers of the HtmlGraph samples against their truth files and a recount by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stores.base import SAMPLES
from tests.tui.headless.conftest import Run
from tests.tui.headless.test_counts_heist import rows


@pytest.fixture(params=("htmlgraph-0.26.1", "htmlgraph-0.35.0"))
def store(request: pytest.FixtureRequest) -> Path:
    return SAMPLES / f"{request.param}.db"


@pytest.fixture
def truth(store: Path) -> Any:
    return json.loads(store.with_suffix(".truth.json").read_text())


def below(node: Any) -> Iterator[Any]:
    for child in node["children"]:
        yield child
        yield from below(child)


def test_raw_rows_are_the_table(run: Run, store: Path) -> None:
    expected = [row[0] for row in rows(store, "SELECT event_id FROM agent_events ORDER BY rowid")]
    told = run("events", store, "--raw", "--limit", 0, "--json").json
    assert [event["event_id"] for event in told["events"]] == expected
    assert told["total"] == len(expected)
    assert {event["phase"] for event in told["events"]} <= {"whole", "start", "end"}


def test_one_call_is_one_event(run: Run, store: Path) -> None:
    raw = run("events", store, "--raw", "--limit", 0, "--json").json["events"]
    told = run("events", store, "--limit", 0, "--json").json["events"]
    phases = Counter(event["phase"] for event in raw if event["kind"] == "tool")
    calls = sum(1 for event in told if event["kind"] == "tool")
    # No sample has a call that never ended, so each start has its end.
    assert calls == phases["whole"] + max(phases["start"], phases["end"])
    assert len({event["event_id"] for event in told}) == len(told)


def test_sessions(run: Run, store: Path, truth: Any) -> None:
    told = {s["session_id"]: s for s in run("sessions", store, "--json").json["sessions"]}
    assert set(told) == {session["session_id"] for session in truth["sessions"]}
    for expected in truth["sessions"]:
        session = told[expected["session_id"]]
        assert session["errors"] == expected["failed"]
        assert (session["tokens"] or 0) == expected["tokens"]
        assert session["raw_status"] == expected["status"]
        assert session["agent"] == expected["agent"]
        assert session["parent_id"] == expected["parent_session_id"]
        assert session["last_event_at"] == expected["last_event"].replace(" ", "T").replace(
            "+00:00", "Z"
        )


def test_failures_and_tokens(run: Run, store: Path, truth: Any) -> None:
    told = run("metrics", store, "--json").json
    assert told["total_errors"] == truth["failed"]
    assert told["tokens"] == truth["tokens"]
    events = run("events", store, "--state", "error", "--limit", 0, "--json").json
    assert events["total"] == len(events["events"]) == truth["failed"]


def test_prompts_with_all_below_them(run: Run, store: Path, truth: Any) -> None:
    told = run("activity", store, "--raw", "--json").json
    assert told["total_prompts"] == truth["turns_total"]
    expected = {turn["event_id"]: turn for turn in truth["turns"]}
    assert {prompt["event_id"] for prompt in told["prompts"]} == set(expected)
    times = [prompt["time"] for prompt in told["prompts"]]
    assert times == sorted(times)
    for prompt in told["prompts"]:
        turn = expected[prompt["event_id"]]
        nodes = list(below(prompt))
        assert len(prompt["children"]) == turn["direct_children"]
        assert len(nodes) == turn["descendants"]
        assert prompt["stats"]["errors"] == turn["failed"]
        assert (prompt["stats"]["tokens"] or 0) == turn["tokens"]
        assert {node["session_id"] for node in (prompt, *nodes)} == set(turn["sessions_touched"])
    everything = [
        node for top in (*told["prompts"], *told["outside"]) for node in (top, *below(top))
    ]
    assert len(everything) == truth["events"]


def test_paired_trees_hold_every_event_once(run: Run, store: Path) -> None:
    told = run("activity", store, "--json").json
    tops = (*told["prompts"], *told["outside"])
    ids = [node["event_id"] for top in tops for node in (top, *below(top))]
    events = run("events", store, "--limit", 0, "--json").json["events"]
    assert sorted(ids) == sorted(event["event_id"] for event in events)
    for top in tops:
        nodes = list(below(top))
        calls = [node for node in nodes if node["kind"] in ("tool", "delegation")]
        assert top["stats"]["calls"] == len(calls)
        assert top["stats"]["errors"] == sum(node["state"] == "error" for node in nodes)
        timed = [c["duration_seconds"] for c in calls if c["duration_seconds"] is not None]
        assert (top["stats"]["duration_seconds"] or 0) == pytest.approx(sum(timed))


def test_fewer_prompts_are_the_newest_and_nothing_older_leaks_in(run: Run, store: Path) -> None:
    whole = run("activity", store, "--json").json
    told = run("activity", store, "--limit", 3, "--json")
    few = told.json
    assert few["total_prompts"] == whole["total_prompts"]
    assert few["prompts"] == whole["prompts"][-3:]
    assert told.err.strip().endswith(f"the newest 3 of {whole['total_prompts']} prompts")
    outside = {node["event_id"] for node in whole["outside"]}
    assert {node["event_id"] for node in few["outside"]} <= outside


def test_one_session_with_its_sub_agents(run: Run, store: Path, truth: Any) -> None:
    whole = {p["event_id"]: p for p in run("activity", store, "--json").json["prompts"]}
    for session in truth["sessions"]:
        told = run("activity", store, "--session", session["session_id"], "--json").json
        assert told["total_prompts"] == session["turns"]
        for prompt in told["prompts"]:
            assert prompt == whole[prompt["event_id"]]


def test_doctor_names_the_orphan(run: Run, store: Path, truth: Any) -> None:
    told = run("doctor", store, "--json").json
    assert told["dialect"] == "htmlgraph"
    assert told["events_without_parent"] == {"count": 1, "examples": truth["orphans"]}
    assert told["sources"][0]["rows"] == truth["events"]
    used = {table["name"]: table["used_as"] for table in told["tables"]}
    assert (used["live_events"], used["tracks"]) == ("live runs", "names of work items' tracks")
    assert used["graph_edges"] is None
    listed = run("events", store, "--json").json["total"]
    assert told["events"] == told["sources"][0]["events"] == listed


def test_timelines_add_up_to_all_events(run: Run, store: Path, truth: Any) -> None:
    told = [
        event["event_id"]
        for session in truth["sessions"]
        for event in run("timeline", store, session["session_id"], "--json").json["timeline"]
    ]
    events = run("events", store, "--limit", 0, "--json").json["events"]
    assert Counter(told) == Counter(event["event_id"] for event in events)
