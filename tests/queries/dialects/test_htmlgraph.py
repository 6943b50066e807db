"""HtmlGraph's events: what each row is, and which rows are one call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from queries.folding.pairing import paired
from queries.models import EventKind, EventState, Phase
from tests.queries.dialects.htmlgraph_rows import (
    EVENTS_26,
    EVENTS_35,
    NOON,
    OK,
    after,
    before,
    store,
)
from tests.queries.dialects.reading import build, insert, read


@pytest.mark.parametrize(
    ("row", "kind", "state"),
    [
        ({"tool_name": "UserQuery"}, "prompt", "ok"),
        ({"tool_name": "UserQuery", "context": OK}, "prompt", "ok"),
        ({"tool_name": "Stop", "context": OK}, "other", "ok"),
        ({"tool_name": "Bash", "context": OK}, "tool", "ok"),
        ({"tool_name": "Bash", "context": '{"is_error": true}'}, "tool", "error"),
        ({"tool_name": "Bash", "context": '{"is_error": 1}'}, "tool", "error"),
        ({"tool_name": "Bash", "context": '{"is_error": true}', "status": "completed"},
         "tool", "error"),
        ({"tool_name": "Bash", "context": '{"is_error": "maybe"}'}, "tool", "unknown"),
        ({"tool_name": "Bash", "context": '{"is_error": tr'}, "tool", "unknown"),
        ({"tool_name": "Bash", "context": "{}"}, "tool", "unknown"),
        ({"tool_name": "Bash"}, "tool", "unknown"),
        ({"tool_name": "Bash", "status": "started"}, "tool", "running"),
        ({"tool_name": "Bash", "status": "completed"}, "tool", "ok"),
        ({"tool_name": "Bash", "status": "failed"}, "tool", "error"),
        ({"tool_name": "Bash", "status": "error"}, "tool", "error"),
        ({"tool_name": "Bash", "status": "paused"}, "tool", "unknown"),
        ({"tool_name": None}, "other", "unknown"),
        ({"event_type": "error", "tool_name": "Bash"}, "error", "error"),
        ({"event_type": "tool_result", "tool_name": "Read"}, "other", "unknown"),
        ({"event_type": "check_point"}, "other", "unknown"),
        ({"event_type": "completion", "tool_name": "Task"}, "other", "unknown"),
        ({"event_type": "teammate_idle", "tool_name": "TeammateIdle"}, "other", "unknown"),
        ({"event_type": "claim.claimed"}, "other", "unknown"),
        ({"event_type": "quality_gate", "status": "failed"}, "other", "error"),
        ({"event_type": "task_created", "tool_name": "TaskCreate"}, "other", "unknown"),
        ({"event_type": "task_completed", "tool_name": "TaskComplete"}, "other", "unknown"),
        ({"event_type": "task_delegation", "status": "started"}, "delegation", "running"),
        ({"event_type": "task_delegation", "status": "completed"}, "delegation", "ok"),
        ({"event_type": "delegation", "tool_name": "Task"}, "delegation", "unknown"),
        ({"tool_name": "Agent", "context": OK}, "delegation", "ok"),
    ],
)  # fmt: skip
def test_kind_and_state(row: dict[str, Any], kind: str, state: str, tmp_path: Path) -> None:
    (event,) = store(tmp_path / "a.db", row).events
    assert (event.kind, event.state) == (kind, state)


class TestTwoRows:
    """Versions that write a row before a call and one after it."""

    def test_they_are_start_and_end(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "context": OK, "input_summary": "Do it"},
            before("Bash", command="ls -l"),
            after("Bash", "ls -l", parent_event_id="e1", agent_id="gemini"),
            {"tool_name": "Stop", "context": OK},
            {"tool_name": "gemini-cli", "context": '{"spawner_type": "gemini"}'},
            {"tool_name": "Read", "input_summary": "Read: by the library"},
            events=EVENTS_26,
        )
        assert [event.phase for event in reading.events] == [
            "whole", "start", "end", "whole", "whole", "whole"
        ]  # fmt: skip
        call = next(event for event in paired(reading.events) if event.tool == "Bash")
        assert (call.summary, call.agent, call.parent_id) == ("ls -l", "gemini", "e1")
        assert (call.state, call.duration) == (EventState.OK, 1.0)

    def test_a_delegation_of_four_rows_is_one(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "context": OK},
            {"event_type": "task_delegation", "tool_name": "Task", "status": "started",
             "input_summary": '{"subagent_type": "general-purpose", "prompt": ""}',
             "subagent_type": "general-purpose", "parent_event_id": "e1"},
            before("Task", "e2", description="Survey", subagent_type="Explore"),
            after("Task", "x", parent_event_id="e1", subagent_type="Explore"),
            {"event_type": "task_completed", "tool_name": "TaskCompleted", "status": "completed",
             "parent_event_id": "e2"},
            events=EVENTS_26,
        )  # fmt: skip
        rows = reading.events[1:]
        assert {event.kind for event in rows} == {EventKind.DELEGATION}
        assert [(event.phase, event.call_key) for event in rows] == [
            ("whole", "e2"), ("start", "e2"), ("end", None), ("end", "e2")
        ]  # fmt: skip
        assert rows[1].target_agent == "Explore"
        (once,) = [e for e in paired(reading.events) if e.kind is EventKind.DELEGATION]
        assert once.state is EventState.OK

    def test_a_task_under_a_prompt_does_not_take_its_id_as_key(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db",
            {"tool_name": "UserQuery", "context": OK},
            before("Task", "e1", description="One"),
            before("Task", "e1", description="Two"),
            after("Task", "Two"),
            after("Task", "One"),
            events=EVENTS_26,
        )
        assert {event.call_key for event in reading.events} == {None}
        delegations = [e for e in paired(reading.events) if e.kind is EventKind.DELEGATION]
        assert [(e.summary, e.state) for e in delegations] == [("One", "ok"), ("Two", "ok")]

    def test_arguments_cut_in_the_middle(self, tmp_path: Path) -> None:
        reading = store(
            tmp_path / "a.db", before("Bash", command="echo " + "x" * 900), events=EVENTS_26
        )
        assert reading.events[0].phase is Phase.START
        assert reading.events[0].summary.startswith("echo xxx")

    def test_found_far_from_the_newest_rows(self, tmp_path: Path) -> None:
        path = build(tmp_path / "a.db", EVENTS_35)
        rows = [before("Read", file_path="a")] + [after("Read", "a")] * 30
        reading = store(tmp_path / "b.db", *rows)
        assert reading.events[-1].phase is Phase.END
        assert not read(path).events

    def test_an_empty_store_of_that_time_is_expected_to_write_them(self, tmp_path: Path) -> None:
        old = build(tmp_path / "old.db", EVENTS_26)
        new = build(tmp_path / "new.db", EVENTS_35)
        for path in (old, new):
            insert(path, "agent_events", event_id="e", event_type="tool_call", **after("Read", "a"))
        assert read(old).events[0].phase is Phase.END
        assert read(new).events[0].phase is Phase.WHOLE


def test_the_successor_updates_one_row_a_call(tmp_path: Path) -> None:
    arguments = '{"todos":[{"content":"a"}]}'
    reading = store(
        tmp_path / "a.db",
        {"tool_name": "TodoWrite", "status": "started", "input_summary": arguments,
         "tool_input": arguments, "timestamp": "2026-05-12T12:00:00Z"},
        {"tool_name": "Bash", "status": "failed", "input_summary": "ls", "output_summary": "no",
         "timestamp": "2026-05-12T12:00:00Z", "updated_at": "2026-05-12T12:00:07Z"},
        {"tool_name": "Agent", "status": "completed", "input_summary": "Survey",
         "subagent_type": "caller"},
        {"event_type": "task_delegation", "tool_name": "Task", "status": "started",
         "input_summary": "Subagent started: type=Explore id=1", "subagent_type": "Explore"},
    )  # fmt: skip
    todo, bash, agent, delegation = reading.events
    assert (todo.phase, todo.state) == (Phase.WHOLE, EventState.RUNNING)
    assert (bash.state, bash.duration) == (EventState.ERROR, 7.0)
    # The delegation has a row of its own, so the call is not told a second time.
    assert (agent.kind, delegation.kind) == (EventKind.TOOL, EventKind.DELEGATION)
    assert delegation.target_agent == "Explore"


def test_mixed_notations_of_time_are_instants(tmp_path: Path) -> None:
    reading = store(
        tmp_path / "a.db",
        {"timestamp": "2026-01-12T12:00:00.500000+00:00"},
        {"timestamp": "2026-01-12 12:00:01"},
        {"timestamp": 1768219202},
        {"timestamp": None, "created_at": "2026-01-12 12:00:03"},
        {"timestamp": "soon"},
    )
    assert [event.time for event in reading.events] == [
        NOON + 0.5, NOON + 1, NOON + 2, NOON + 3, None
    ]  # fmt: skip


def test_zero_means_not_recorded(tmp_path: Path) -> None:
    reading = store(
        tmp_path / "a.db",
        {"cost_tokens": 0, "execution_duration_seconds": 0.0, "model": ""},
        {"cost_tokens": 5, "execution_duration_seconds": 1.5, "model": "Opus 4.5"},
        {"cost_tokens": "many", "execution_duration_seconds": "long", "model": b"x"},
    )
    assert [(e.tokens, e.duration, e.model) for e in reading.events] == [
        (None, None, None), (5, 1.5, "Opus 4.5"), (None, None, "x")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("output", "updated", "expected"),
    [
        ('{"completion_time": "2026-01-12T12:01:01.5+00:00"}', "2026-01-12 13:00:00", 60.5),
        ("done", "2026-01-12 12:01:01", 60.0),
        (None, "2026-01-12 12:00:01", None),
        (None, "2026-01-12 11:00:00", None),
        (None, None, None),
        ('{"completion_time": [1]}', "2026-01-12 12:01:01", None),
    ],
)
def test_length_of_a_finished_delegation(
    output: str | None, updated: str | None, expected: float | None, tmp_path: Path
) -> None:
    (event,) = store(
        tmp_path / "a.db",
        {"event_type": "task_delegation", "status": "completed", "output_summary": output,
         "updated_at": updated},
    ).events  # fmt: skip
    assert event.duration == expected
