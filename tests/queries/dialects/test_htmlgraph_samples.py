"""The HtmlGraph samples, row for row, against counts made from the files in plain Python."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from datetime import UTC
from typing import Any

import pytest

from queries.folding.pairing import paired
from queries.models import Event, EventKind, EventState, Phase
from queries.times import parse_time
from tests.queries.dialects.reading import DATA, Reading, connect, read, truth_of

SAMPLES = ("htmlgraph-0.26.1", "htmlgraph-0.35.0")
Both = tuple[Reading, dict[str, Any]]


@pytest.fixture(params=SAMPLES)
def both(request: pytest.FixtureRequest) -> Both:
    return read(DATA / f"{request.param}.db"), truth_of(request.param)


@pytest.fixture
def raw(both: Both) -> dict[str, sqlite3.Row]:
    connection = connect(DATA / both[1]["db"].replace("small", "htmlgraph"))
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT * FROM agent_events").fetchall()
    connection.close()
    return {row["event_id"]: row for row in rows}


def test_every_row_is_an_event(both: Both, raw: dict[str, sqlite3.Row]) -> None:
    reading, truth = both
    assert reading.mapping.dialect == "htmlgraph"
    assert len(reading.events) == truth["events"] == len({event.id for event in reading.events})
    assert Counter(str(event.tool) for event in reading.events) == truth["tool_name"]
    assert Counter(event.agent for event in reading.events) == truth["agents"]
    assert Counter(raw[event.id]["event_type"] for event in reading.events) == truth["event_type"]
    assert Counter(raw[event.id]["status"] for event in reading.events) == truth["status"]


def test_kinds(both: Both, raw: dict[str, sqlite3.Row]) -> None:
    reading, truth = both
    kinds = Counter(event.kind for event in reading.events)
    types, tools = truth["event_type"], truth["tool_name"]
    assert kinds[EventKind.PROMPT] == tools["UserQuery"] == truth["turns_total"]
    assert kinds[EventKind.ERROR] == types["error"]
    # Rows that tell of a delegation, which are fewer delegations: every Task row but the one
    # of type "completion", and the rows of type "task_completed".
    assert kinds[EventKind.DELEGATION] == truth["task_rows"] - 1 + types.get("task_completed", 0)
    rest = sum(types[name] for name in ("tool_result", "check_point", "start", "completion", "end"))
    assert kinds[EventKind.OTHER] == tools["Stop"] + rest
    assert sum(kinds.values()) == truth["events"]


def test_failures_are_what_is_error_and_status_say(both: Both) -> None:
    reading, truth = both
    failed = [event for event in reading.events if event.state is EventState.ERROR]
    assert len(failed) == truth["failed"]
    for expected in truth["sessions"]:
        here = [event for event in failed if event.session_id == expected["session_id"]]
        assert len(here) == expected["failed"]


def test_phases(both: Both) -> None:
    reading, truth = both
    assert reading.mapping.has_phases
    phases = Counter((event.kind, event.phase) for event in reading.events)
    if truth["db"] == "small-0.26.1.db":
        assert phases[EventKind.TOOL, Phase.START] == phases[EventKind.TOOL, Phase.END] == 92
        assert phases[EventKind.DELEGATION, Phase.START] == 9
        starts = [event for event in reading.events if event.phase is Phase.START]
        assert {event.state for event in starts} == {EventState.RUNNING}
        assert {event.agent for event in starts} == {"claude-code"}
    else:
        assert {kind for kind, phase in phases if phase is Phase.START} == set()
        assert phases[EventKind.TOOL, Phase.END] == 0
        # task_completed rows, and the rows written after a Task call.
        assert phases[EventKind.DELEGATION, Phase.END] == 8 + 9
    # task_delegation rows and the three spawners' delegations.
    assert phases[EventKind.DELEGATION, Phase.WHOLE] == truth["delegations"] + 3


def test_paired_calls(both: Both) -> None:
    reading, truth = both
    events = paired(reading.events)
    delegations = [event for event in events if event.kind is EventKind.DELEGATION]
    assert len(delegations) == truth["delegations"] + 3
    if truth["db"] == "small-0.26.1.db":
        # 261 rows: 92 calls and 9 delegations are told twice and more.
        assert len(events) == 261 - 92 - 18
        running = [event for event in events if event.state is EventState.RUNNING]
        # The one abandoned task got a Post row of its own, so nothing is left running.
        assert [event.id for event in running] == []
    else:
        assert len(events) == 161 - 8 - 9


def test_times_tokens_and_durations(both: Both, raw: dict[str, sqlite3.Row]) -> None:
    reading, truth = both
    for event in reading.events:
        assert event.time == parse_time(raw[event.id]["timestamp"], UTC) is not None
    assert sum(event.tokens or 0 for event in reading.events) == truth["tokens"]
    assert 0 not in {event.tokens for event in reading.events}
    recorded = [e for e in reading.events if raw[e.id]["execution_duration_seconds"]]
    assert sum(e.duration or 0 for e in recorded) == pytest.approx(truth["seconds"], abs=1e-3)
    # Where the file says 0.0, only finished task_delegations have a length: end minus start.
    others = [e for e in reading.events if e.duration is not None and e not in recorded]
    assert len(others) == truth["event_type"]["task_delegation"] - 1
    for event in others:
        row = raw[event.id]
        assert row["event_type"] == "task_delegation"
        updated = parse_time(row["updated_at"], UTC)
        assert updated is not None
        assert event.time is not None
        assert event.duration == pytest.approx(updated - event.time, abs=1.0)


def test_tree(both: Both) -> None:
    reading, truth = both
    ids = {event.id: event for event in reading.events}
    assert sum(event.parent_id is None for event in reading.events) == truth["roots"]
    orphans = [e.id for e in reading.events if e.parent_id and e.parent_id not in ids]
    assert sorted(orphans) == sorted(truth["orphans"])
    known = [event for event in reading.events if event.parent_id in ids]
    crossing = [e for e in known if ids[e.parent_id or ""].session_id != e.session_id]
    assert len(crossing) == truth["cross_session_children"]
    children: dict[str, list[Event]] = defaultdict(list)
    for event in known:
        children[event.parent_id or ""].append(event)
    for turn in truth["turns"]:
        below, depth, level = [], 0, children[turn["event_id"]]
        while level:
            below += level
            depth += 1
            level = [child for event in level for child in children[event.id]]
        assert len(children[turn["event_id"]]) == turn["direct_children"]
        assert (len(below), depth) == (turn["descendants"], turn["max_depth"])
        assert sum(event.state is EventState.ERROR for event in below) == turn["failed"]
        running = [e for e in below if e.state is EventState.RUNNING and e.phase is Phase.WHOLE]
        assert len(running) == turn["running"]
        assert {event.session_id for event in below} <= set(turn["sessions_touched"])
        prompt = ids[turn["event_id"]]
        assert prompt.kind is EventKind.PROMPT
        assert prompt.summary.split() == turn["prompt"].split()
        assert prompt.time == parse_time(turn["timestamp"], UTC)


def test_sessions(both: Both) -> None:
    reading, truth = both
    assert set(reading.sessions) == {each["session_id"] for each in truth["sessions"]}
    for expected in truth["sessions"]:
        session, events = reading.sessions[expected["session_id"]], reading.of(
            expected["session_id"]
        )  # fmt: skip
        assert session.agent == expected["agent"]
        assert (session.raw_status, session.status) == ("active", "running")
        assert session.started == parse_time(expected["started"], UTC)
        assert session.ended is None
        assert session.parent_id == expected["parent_session_id"]
        # 0.26 leaves the sessions' own totals at 0, which is unknown, not none.
        declared = 0 if truth["db"] == "small-0.26.1.db" else expected["tokens"]
        assert session.tokens == (declared or None)
        assert len(events) == expected["events"]
        assert sum(event.kind is EventKind.PROMPT for event in events) == expected["turns"]
        assert sum(event.tokens or 0 for event in events) == expected["tokens"]
        times = [event.time or 0 for event in events]
        assert min(times) == parse_time(expected["first_event"], UTC)
        assert max(times) == pytest.approx(parse_time(expected["last_event"], UTC), abs=1.0)


def test_handoffs_and_work_items(both: Both) -> None:
    reading, truth = both
    assert Counter((row[5], row[6]) for row in reading.handoffs) == {
        (each["handoff_type"], each["status"]): each["n"] for each in truth["handoffs"]
    }
    assert Counter((row[1], row[3]) for row in reading.work_items) == {
        (each["type"], each["status"]): each["n"] for each in truth["features"]
    }
    for row in reading.work_items:
        assert row[2]
        assert parse_time(row[6], UTC) is not None


def test_summaries_are_the_argument_not_its_wrapping(both: Both) -> None:
    reading, _ = both
    for event in reading.events:
        assert not event.summary.startswith(('{"', "Bash:", "Read:", "Task ("))
    bash = [event.summary for event in reading.events if event.tool == "Bash"]
    assert "git diff --stat -- README.md" in bash
    tasks = [event for event in reading.events if event.summary == "Survey the callers"]
    assert {event.kind for event in tasks} == {EventKind.DELEGATION}
    assert {event.target_agent for event in tasks} == {"Explore"}


def test_whole_prompts_are_in_the_text(both: Both) -> None:
    reading, truth = both
    cut = next(e for e in reading.events if e.summary.startswith("Refactor the config loader"))
    whole, result = reading.texts[cut.key]
    assert result == "Query received"
    if truth["db"] == "small-0.35.0.db":
        assert cut.summary.endswith("...")
        assert whole.startswith("Refactor the config loader")
        assert whole.endswith("keep the old JSON path working.\nUpdate the docs too.")
