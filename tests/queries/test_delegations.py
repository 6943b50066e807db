"""Every delegation once, with what happened below it, against the raw rows."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from queries.delegating import delegation_work, live_phases
from queries.delegating.delegation_events import find_delegations, joined
from queries.delegating.delegation_work import KEPT, LEVELS, Below
from queries.delegating.live_phases import live_runs, read_live
from queries.delegations import chains, read_delegations, settled, spawner_statistics
from queries.folding.pairing import paired
from queries.handoff_rows import handoff_groups, handoffs, kind_of
from queries.models import Event, EventKind, EventState, Phase
from queries.models.delegations import Delegation, Delegations, DelegationStatus, LiveStatus
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.events import event, task
from tests.queries.samples import DATA, truth
from tests.stores.canonical import canonical_store
from tests.stores.htmlgraph import htmlgraph_store

NAMES = ("htmlgraph-0.26.1", "htmlgraph-0.35.0")
START = 1_768_212_000.0


def read(path: Path, **chosen: object) -> Delegations:
    with Store(path) as store:
        alive = count_store(store, now=START).is_alive
        return read_delegations(store, is_alive=alive, **chosen)  # type: ignore[arg-type]  # by name


def sample(name: str) -> Delegations:
    return read(DATA / f"{name}.db")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_told_once(name: str) -> None:
    found = sample(name)
    with sqlite3.connect(f"file:{DATA / name}.db?mode=ro&immutable=1", uri=True) as connection:
        raw = connection.execute(
            "SELECT event_id FROM agent_events"
            " WHERE event_type IN ('task_delegation', 'delegation')"
        ).fetchall()
    ids = [chain.delegation.id for _, chain in found.flat()]
    assert sorted(ids) == sorted(row[0] for row in raw)
    assert found.total == found.shown == len(raw) == truth(name)["delegations"] + 3
    assert found.covered == 1.0
    assert sum(row.delegations for row in found.spawners) == found.total


@pytest.mark.parametrize("name", NAMES)
def test_they_are_what_the_tree_shows(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        shown: dict[str, Event] = {}
        for row in count_store(store).rows:
            rows = store.session_page(0, row.id, limit=10_000)
            shown |= {each.id: each for each in paired(rows) if each.kind is EventKind.DELEGATION}
        found = {each.event.id: each.event for each in find_delegations(store)[0]}
    assert found == shown


@pytest.mark.parametrize("name", NAMES)
def test_durations_are_end_minus_start(name: str) -> None:
    with sqlite3.connect(f"file:{DATA / name}.db?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute(
            "SELECT event_id, strftime('%s', timestamp), output_summary FROM agent_events"
            " WHERE event_type = 'task_delegation' AND status = 'completed'"
        ).fetchall()
        ended = {
            event_id: connection.execute(
                "SELECT strftime('%s', ?)", (json.loads(output)["completion_time"],)
            ).fetchone()[0]
            for event_id, _, output in rows
        }
    found = {chain.delegation.id: chain.delegation for _, chain in sample(name).flat()}
    assert rows
    for event_id, start, _ in rows:
        told = found[event_id]
        assert told.status is DelegationStatus.COMPLETED
        assert told.duration == pytest.approx(int(ended[event_id]) - int(start), abs=1.0)
        assert told.ended == pytest.approx((told.started or 0) + (told.duration or 0))


def test_what_is_below_one_equals_a_walk_over_the_rows() -> None:
    found = sample("htmlgraph-0.35.0")
    path = DATA / "htmlgraph-0.35.0.db"
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute(
            "SELECT event_id, parent_event_id, session_id, event_type, tool_name,"
            " json_extract(context, '$.is_error'), status FROM agent_events"
        ).fetchall()
    children = defaultdict(list)
    for row in rows:
        children[row[1]].append(row)
    for _, chain in found.flat():
        below, todo = [], [chain.delegation.id]
        while todo:
            for row in children[todo.pop()]:
                below.append(row)
                todo.append(row[0])
        # The rows after a task repeat its own.
        single = [
            row for row in below
            if row[3] != "task_completed" and not (row[3] == "tool_call" and row[4] == "Task")
        ]  # fmt: skip
        work = chain.work
        assert work is not None
        assert work.events == len(single)
        assert work.errors == sum(row[5] == 1 or row[6] == "failed" for row in single)
        assert set(work.child_sessions) == {row[2] for row in single} - {
            chain.delegation.session_id
        }
        assert not work.cut


def test_what_a_nested_one_did_counts_for_those_above() -> None:
    # Up to 0.28 a nested delegation hangs under the prompt; only its last row tells better.
    found = sample("htmlgraph-0.26.1")
    nested = 0
    for _, chain in found.flat():
        for child in chain.children:
            assert chain.work is not None
            assert child.work is not None
            assert chain.work.events > child.work.events
            assert child.delegation.agent == chain.delegation.target
            nested += 1
    assert nested == 4
    assert max(depth for depth, _ in found.flat()) == 2


def test_the_row_before_a_task_is_not_below_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    task: dict[str, Any] = {"output_summary": None, "input_summary": '{"cwd": "/", "tool_name": 1}'}
    with htmlgraph_store(path, "0.26") as store:
        store.add_session("main")
        store.add_prompt("main", event_id="prompt")
        for name, parent in (("outer", "prompt"), ("inner", "prompt")):
            store.add_delegation("main", parent=parent, event_id=name)
            store.add_event("main", "Task", parent=name, event_id=f"before {name}", **task)
        store.add_call("main", parent="inner")
        store.add_event("main", "Task", parent="outer", is_error=False)
        store.add_call("main", parent="outer")
        store.add_event("main", "Task", parent="prompt", is_error=False)
    works = {chain.delegation.id: chain.work for _, chain in read(path).flat()}
    outer, inner = works["outer"], works["inner"]
    assert outer is not None
    assert inner is not None
    assert (inner.events, inner.calls, inner.delegations, inner.depth) == (1, 1, 0, 1)
    assert (outer.events, outer.calls, outer.delegations, outer.depth) == (3, 3, 1, 2)


def test_a_sub_agents_session_belongs_to_the_call_that_made_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store, store.batch():
        store.add_session("main", status="completed", started=START)
        store.add_session("told", parent_id="main", parent_event_id="d1", started=START + 5)
        store.add_session("guessed", parent_id="main", agent="tester", started=START + 25)
        store.add_session("deep", parent_id="told", parent_event_id="d3", started=START + 8)
        for name, at, to in (("d1", 1, "coder"), ("d2", 20, "tester")):
            store.add_event(
                "main", id=name, kind="delegation", agent="boss", target_agent=to, tool="Task",
                time=START + at, duration=18.0, tokens=10, cost=0.5,
            )  # fmt: skip
        store.add_event("told", time=START + 6, tool="Read", tokens=3)
        store.add_event(
            "told", id="d3", kind="delegation", agent="coder", target_agent="reader", tool="Task",
            time=START + 7, state="error", duration=2.0, parent_id="d1",
        )  # fmt: skip
        store.add_event("deep", time=START + 9, state="error")
        store.add_event("deep", time=START + 10)
        store.add_event("guessed", time=START + 26)
    found = read(path)
    by_id = {chain.delegation.id: (depth, chain) for depth, chain in found.flat()}
    assert {name: depth for name, (depth, _) in by_id.items()} == {"d1": 0, "d2": 0, "d3": 1}
    work = {name: chain.work for name, (_, chain) in by_id.items()}
    first, second, third = work["d1"], work["d2"], work["d3"]
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.child_sessions == ("told", "deep")
    assert (first.events, first.errors, first.delegations) == (4, 2, 1)
    assert first.tokens == 3
    assert (third.child_sessions, third.events, third.errors) == (("deep",), 2, 1)
    assert (second.child_sessions, second.events) == (("guessed",), 1)
    assert by_id["d3"][1].delegation.status is DelegationStatus.FAILED
    spawners = {row.spawner: row for row in found.spawners}
    assert spawners["reader"].success.rate == 0.0
    assert spawners["coder"].cost == 0.5
    assert not spawners["coder"].is_spawner
    assert found.agents == ("boss", "coder", "reader", "tester")


def test_without_an_index_the_session_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store, store.batch():
        store.add_event("s", id="d1", kind="delegation", target_agent="a")
        store.add_event("s", id="x", parent_id="d1")
        store.add_event("s", id="y", parent_id="x", state="error")
        store.add_event("s", id="z")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX event_parent")
    [chain] = read(path).chains
    assert chain.work is not None
    assert (chain.work.events, chain.work.errors, chain.work.depth) == (2, 1, 2)


def test_one_without_an_end_runs_or_never_ended(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store, store.batch():
        for name, status in (("over", "completed"), ("now", "running")):
            store.add_session(name, status=status)
            store.add_event(name, id=name, kind="delegation", state="running", target_agent="a")
    statuses = {chain.delegation.id: chain.delegation for _, chain in read(path).flat()}
    assert statuses["over"].status is DelegationStatus.NEVER_ENDED
    assert statuses["now"].status is DelegationStatus.RUNNING
    assert statuses["now"].duration is None
    [row] = read(path).spawners
    assert (row.delegations, row.running, row.unknown, row.success.rate) == (2, 1, 1, None)


@pytest.mark.parametrize("name", NAMES)
def test_spawners_are_told_by_their_phases(name: str) -> None:
    rows = {row.spawner: row for row in sample(name).spawners if row.is_spawner}
    assert {key: (row.delegations, row.completed, row.failed) for key, row in rows.items()} == {
        "gemini": (1, 1, 0), "codex": (1, 0, 1), "copilot": (1, 1, 0),
    }  # fmt: skip
    assert rows["gemini"].tokens == 1200
    assert rows["codex"].tokens == 530
    assert all(row.average_duration and row.durations == 1 for row in rows.values())


def test_without_live_phases_the_events_below_tell(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with sqlite3.connect(DATA / "htmlgraph-0.35.0.db") as source, sqlite3.connect(path) as copy:
        source.backup(copy)
        copy.execute("DELETE FROM live_events")
    rows = {row.spawner: row for row in read(path).spawners if row.is_spawner}
    assert rows["codex"].failed == 1
    assert rows["gemini"].completed == 1
    # From 01:59:49 to the end of what began at 02:00:07.
    assert rows["gemini"].average_duration == pytest.approx(18 + 12.898, abs=0.001)
    assert read(path).live == ()


@pytest.mark.parametrize("name", NAMES)
def test_handoffs_have_type_and_state(name: str) -> None:
    found = sample(name)
    counted = Counter((row.type, row.state) for row in found.handoffs)
    known = truth(name)["handoffs"]
    assert counted == {(row["handoff_type"], row["status"]): row["n"] for row in known}
    groups = Counter[tuple[str | None, str | None]]()
    for group in found.handoff_groups:
        groups[group.type, group.state] += group.count
    assert groups == counted
    assert [row.time for row in found.handoffs] == sorted(
        (row.time or 0 for row in found.handoffs), reverse=True
    )
    with Store(DATA / f"{name}.db") as store:
        assert handoff_groups(map(kind_of, handoffs(store))) == found.handoff_groups


@pytest.mark.parametrize("name", NAMES)
def test_live_phases_are_runs_of_spawners(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        phases, is_cut = read_live(store)
    known = [row for row in truth(name)["live_events"] if row["spawner_type"]]
    assert Counter(phase.type for phase in phases) == Counter(
        {row["event_type"]: 0 for row in known}
    ) + Counter(row["event_type"] for row in known for _ in range(row["n"]))
    runs = {run.spawner: run for run in live_runs(phases)}
    assert runs["codex"].latest.status is LiveStatus.FAILED
    assert runs["codex"].latest.text == "rate limit exceeded"
    assert runs["gemini"].latest.status is LiveStatus.COMPLETED
    assert runs["gemini"].latest.tokens == 1200
    assert all(phase.progress is None or 0 <= phase.progress <= 1 for phase in phases)
    assert not is_cut


def test_a_live_phase_may_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    texts = ("", "[1]", "{", '{"phase": 3, "progress": "x", "status": null}', '{"progress": 250}')
    with htmlgraph_store(path, "0.26") as store:
        store.add_event("sess-a")
        for text in texts:
            store.add_live_event("sess-a", event_data=text)
        store.add_live_event("sess-a", event_type="tool_call", event_data="{}")
    with Store(path) as opened:
        phases, _ = read_live(opened)
    assert len(phases) == len(texts)
    assert [phase.progress for phase in phases] == [None, None, None, None, 1.0]
    assert phases[3].phase == "3"
    assert {phase.status for phase in phases} == {LiveStatus.UNKNOWN}


def test_phases_that_are_left_out_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    with htmlgraph_store(path, "0.26") as store:
        store.add_event("sess-a")
        for number in range(5):
            store.add_live_event("sess-a", event_data=f'{{"phase": "{number}"}}')
    assert read(path).limits == ""
    monkeypatch.setattr(live_phases, "LIMIT", 5)
    assert read(path).limits == ""
    monkeypatch.setattr(live_phases, "LIMIT", 3)
    found = read(path)
    assert found.limits == "live runs of the newest 3 phases"
    assert [phase.phase for run in found.live for phase in run.phases] == ["2", "3", "4"]


def test_only_those_that_are_wanted(tmp_path: Path) -> None:
    whole = sample("htmlgraph-0.26.1")
    path = DATA / "htmlgraph-0.26.1.db"
    cut = read(path, shown=3, offset=1)
    ids = [
        chain.delegation.id
        for chain in sorted(
            (chain for _, chain in whole.flat()), key=lambda chain: chain.delegation.key
        )
    ]
    assert {chain.delegation.id for _, chain in cut.flat()} == set(ids[-4:-1])
    assert (cut.total, cut.shown) == (whole.total, 3)
    failed = read(path, settled_as=lambda each: each.status is DelegationStatus.FAILED)
    assert [chain.delegation.spawner for _, chain in failed.flat()] == ["codex"]
    assert failed.total == 1


def test_rows_of_one_are_joined_in_any_number() -> None:
    rows = [
        task(1, target_agent="a"),
        event(2, kind=EventKind.DELEGATION, phase=Phase.END, call_key="k1", time=1010.0),
        event(3, kind=EventKind.DELEGATION, phase=Phase.END, time=1011.0, state=EventState.OK),
        task(4, target_agent="b"),
    ]
    first, second = joined(rows)
    assert [row.seq for row in first.ends] == [2, 3]
    assert (first.event.state, first.event.duration) == (EventState.OK, 9.0)
    assert second.event.state is EventState.RUNNING


def one(seq: int, name: str) -> Delegation:
    return Delegation(
        (0, seq), name, "s", None, None, None, None, "", DelegationStatus.UNKNOWN,
        EventState.UNKNOWN, None, None, None, None, None,
    )  # fmt: skip


def test_what_each_spawner_was_used_for_in_numbers() -> None:
    done = replace(one(1, "a"), target="tester", status=DelegationStatus.COMPLETED)
    rows = spawner_statistics(
        [
            replace(done, started=50.0, duration=4.0, tokens=10, cost=0.5),
            replace(done, started=20.0, duration=8.0, tokens=20),
            replace(done, status=DelegationStatus.FAILED, started=None),
            replace(one(2, "b"), spawner="tester", status=DelegationStatus.RUNNING),
            one(3, "c"),
        ]
    )
    known = [(row.spawner, row.is_spawner, row.delegations, row.unknown) for row in rows]
    assert known == [
        ("tester", False, 3, 0), ("(no agent)", False, 1, 1), ("tester", True, 1, 0),
    ]  # fmt: skip
    tester = rows[0]
    assert (tester.first_used, tester.last_used) == (20.0, 50.0)
    assert (tester.average_duration, tester.durations, tester.tokens) == (6.0, 2, 30)
    assert (tester.cost, tester.success.count, tester.success.of) == (0.5, 2, 3)


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (("ok", "ok"), DelegationStatus.COMPLETED),
        (("ok", "error", "running"), DelegationStatus.FAILED),
        (("ok", "running"), DelegationStatus.RUNNING),
        (("ok", "unknown"), DelegationStatus.RUNNING),
        (("ok",), DelegationStatus.COMPLETED),
        ((), DelegationStatus.RUNNING),
    ],
)
def test_a_spawners_delegation_is_over_when_all_below_it_is(
    states: tuple[str, ...], status: DelegationStatus
) -> None:
    below = mock.Mock(spec=Below)
    below.events.return_value = [
        event(seq, state=EventState(state), duration=2.0)
        for seq, state in enumerate(states, start=5)
    ]
    spawned = replace(one(1, "a"), spawner="gemini", status=DelegationStatus.RUNNING)
    begun = settled(replace(spawned, started=1000.0), below, None)
    assert begun.status is status
    timeless = settled(spawned, below, None)
    assert (timeless.status, timeless.duration) == (status, None)
    if status is not DelegationStatus.RUNNING:
        last = 1000.0 + 4 + len(states) + 2
        assert (begun.ended, begun.duration) == (last, last - 1000.0)
        assert timeless.ended == last


def test_circles_do_not_hang() -> None:
    made = chains([one(1, "a"), one(2, "b"), one(3, "c")], {}, {"a": "b", "b": "a", "c": "a"})
    assert {chain.delegation.id for chain in made} == {"a", "b", "c"}
    deep = [one(number, f"d{number}") for number in range(5000)]
    parents: dict[str, str | None] = {
        f"d{number}": f"d{number - 1}" for number in range(1, 5000)
    }  # fmt: skip
    [root] = chains(deep, {}, parents)
    assert root.delegation.id == "d0"


def test_what_is_deeper_than_is_read_is_told_to_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    deepest = LEVELS + 20
    with canonical_store(path) as store, store.batch():
        store.add_session("main", started=START)
        for number in range(deepest):
            store.add_event(
                "main", id=f"d{number}", kind="delegation", agent="boss", target_agent="coder",
                tool="Task", time=START + number, parent_id=f"d{number - 1}" if number else None,
            )  # fmt: skip
    for limit in (KEPT, 50):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delegation_work, "KEPT", limit)
            flat = [chain for _, chain in read(path).flat()]
        assert len(flat) == deepest
        for chain in flat:
            below = deepest - 1 - int(chain.delegation.id[1:])
            assert chain.work is not None
            assert (chain.work.events, chain.work.cut) == (
                min(below, LEVELS - 1), below > LEVELS - 1,
            )  # fmt: skip


def test_rows_that_delegations_share_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as store, store.batch():
        store.add_session("main", started=START)
        for number in range(60):
            store.add_event(
                "main", id=f"d{number}", kind="delegation", agent="boss", target_agent="coder",
                tool="Task", time=START + number, parent_id=f"d{number - 1}" if number else None,
            )  # fmt: skip
    made = sorted((chain.delegation for _, chain in read(path).flat()), key=lambda one: one.key)
    with Store(path) as opened:
        below = delegation_work.Below(opened)
        before = opened.statements
        works = [below.work(each) for each in reversed(made)]
        assert [work.events for work in works] == list(range(60))
        assert opened.statements - before < 3 * 60
