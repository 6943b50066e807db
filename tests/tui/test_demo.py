"""The demo's content: deterministic, and rich enough to show everything."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.tui.demo_rows import START, demo_writer, one, rows
from tui.demo.scenario import LEAD, history, scenario
from tui.demo.steps import AddEvent, Script, Stage, play


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    writer = demo_writer(path)
    writer.seed_history()
    writer.close()
    return path


def test_history_has_two_weeks_of_everything(store: Path) -> None:
    assert 3000 <= one(store, "SELECT count(*) FROM event") <= 5000
    assert 50 <= one(store, "SELECT count(*) FROM session") <= 100
    words = dict(rows(store, "SELECT status, count(*) FROM session GROUP BY 1"))
    assert set(words) == {"running", "completed", "failed", "paused"}
    oldest, newest = rows(store, "SELECT min(started), max(started) FROM session")[0]
    assert 12 * 86400 < newest - oldest < 14 * 86400
    assert START - LEAD <= newest <= START
    kinds = {row[0] for row in rows(store, "SELECT DISTINCT kind FROM event")}
    assert kinds == {"prompt", "message", "tool", "delegation", "handoff", "error"}
    assert one(store, "SELECT count(*) FROM handoff WHERE state = 'completed'") > 5
    assert len(rows(store, "SELECT DISTINCT status FROM work_item")) >= 3
    assert one(store, "SELECT count(DISTINCT quality) FROM session WHERE error IS NOT NULL") > 3


def test_arrival_is_in_order_of_time(store: Path) -> None:
    # A call that is noted when it is over began up to 0.8 s before that.
    times = [row[0] for row in rows(store, "SELECT time FROM event ORDER BY seq")]
    assert all(later > earlier - 0.81 for earlier, later in itertools.pairwise(times))


def test_calls_nest_and_cross_sessions(store: Path) -> None:
    depth = one(
        store,
        "WITH RECURSIVE tree (id, depth) AS ("
        " SELECT id, 0 FROM event WHERE parent_id IS NULL"
        " UNION ALL SELECT event.id, depth + 1 FROM tree JOIN event ON parent_id = tree.id)"
        " SELECT max(depth) FROM tree",
    )
    assert depth >= 2
    deepest = one(
        store,
        "WITH RECURSIVE tree (id, depth) AS (SELECT id, 1 FROM session WHERE parent_id IS NULL"
        " UNION ALL SELECT session.id, depth + 1 FROM tree JOIN session ON parent_id = tree.id)"
        " SELECT max(depth) FROM tree",
    )
    assert deepest >= 3
    subs, joined = rows(
        store,
        "SELECT count(*), count(event.id) FROM session LEFT JOIN event ON event.id ="
        " session.parent_event_id AND event.session_id = session.parent_id"
        " AND event.kind = 'delegation' AND event.target_agent = session.agent"
        " WHERE session.parent_id IS NOT NULL",
    )[0]
    assert subs == joined > 10
    assert one(store, "SELECT count(*) FROM event WHERE parent_id = id") == 0
    orphans = "SELECT count(*) FROM event WHERE parent_id NOT IN (SELECT id FROM event)"
    assert one(store, orphans) == 0


def test_some_calls_are_two_rows(store: Path) -> None:
    pairs = rows(
        store,
        "SELECT a.time, b.time, a.tool = b.tool, a.parent_id = b.parent_id, b.duration"
        " FROM event a JOIN event b ON a.call_key = b.call_key"
        " WHERE a.phase = 'start' AND b.phase = 'end'",
    )
    assert len(pairs) > 100
    assert all(start <= end and tool and parent for start, end, tool, parent, _ in pairs)
    assert {duration is None for *_, duration in pairs} == {True, False}


def test_some_calls_run_and_one_never_ended(store: Path) -> None:
    running = (
        "SELECT count(*) FROM event WHERE state = 'running' AND NOT EXISTS"
        " (SELECT 1 FROM event e WHERE e.call_key = event.call_key AND e.phase = 'end')"
    )
    assert one(store, f"{running} AND time > {START - 60}") >= 3
    assert one(store, f"{running} AND time < {START - 3600}") >= 1


def test_tools_differ_in_speed_and_reliability(store: Path) -> None:
    calls = rows(
        store,
        "SELECT tool, avg(duration), avg(state = 'error') FROM event"
        " WHERE phase = 'whole' GROUP BY tool",
    )
    figures = {tool: (duration, rate) for tool, duration, rate in calls}
    assert figures["Bash"][0] > 10 * figures["Read"][0]
    assert figures["Bash"][1] > 2 * figures["Read"][1]
    assert figures["TodoWrite"][1] == 0


def test_texts_are_long_foreign_and_believable(store: Path) -> None:
    assert one(store, "SELECT max(length(CAST(output AS BLOB))) FROM event_text") > 60_000
    titles = "".join(row[0] for row in rows(store, "SELECT title FROM session"))
    assert "結帳" in titles
    assert "🚀" in titles
    assert one(store, "SELECT count(*) FROM event WHERE summary LIKE '%' || char(10) || '%'") == 0
    assert one(store, "SELECT count(*) FROM event_text WHERE json_valid(input)") > 1000
    assert one(store, "SELECT sum(tokens) FROM event") > 100_000
    assert 0 < one(store, "SELECT sum(cost) FROM event") < 100
    failed = "SELECT count(*) FROM event JOIN event_text USING (seq) WHERE state = 'error'"
    assert one(store, f"{failed} AND output LIKE 'Exit code%'") > 5


def test_the_crew_speaks_in_a_pattern(store: Path) -> None:
    pairs = dict[tuple[str, str], int]()
    for before, after, number in rows(
        store,
        "SELECT a, b, count(*) FROM (SELECT lag(event.agent) OVER (PARTITION BY session_id ORDER"
        " BY seq) a, event.agent b FROM event JOIN session ON session.id = session_id"
        " WHERE kind = 'message' AND project = 'heist') WHERE a IS NOT NULL GROUP BY 1, 2",
    ):
        pairs[before, after] = number
    assert pairs["planner", "hacker"] > 2 * pairs["planner", "mole"]
    assert ("mole", "safecracker") not in pairs


def test_history_is_over_before_the_live_agents_begin() -> None:
    assert max(step.at for step in history(3)) < -LEAD
    assert -LEAD <= next(scenario(3)).at < -LEAD + 5


@pytest.mark.parametrize("seed", range(4))
def test_live_events_arrive_at_a_readable_rate(seed: int) -> None:
    steps = itertools.takewhile(lambda step: step.at < 400, scenario(seed))
    added = sum(
        isinstance(operation, AddEvent)
        for step in steps
        if step.at >= 0
        for operation in step.operations
    )
    assert 5 <= added / 400 <= 10


def test_scripts_play_at_the_same_time_in_order() -> None:
    def ticking(stage: Stage, name: str, wait: float) -> Script:
        for _ in range(2):
            stage.do(AddEvent(name, "s", None, stage.now, "a", "other", ""))
            yield wait

    def starting(stage: Stage) -> Script:
        stage.begin(ticking(stage, "begun", 0.5))
        yield 1.0

    plan = [(0.0, lambda stage: ticking(stage, "slow", 2.0)), (0.5, starting)]
    seen = [(step.at, step.operations[0].id) for step in play(plan)
            if isinstance(step.operations[0], AddEvent)]  # fmt: skip
    assert seen == [(0.0, "slow"), (0.5, "begun"), (1.0, "begun"), (2.0, "slow")]
