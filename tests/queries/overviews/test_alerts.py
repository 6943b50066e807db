"""Alerts: each rule fires when it should, not before, and names its evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from queries.folding.pairing import paired
from queries.models import Event, EventState, SessionRow, SessionStatus, SessionTotals
from queries.models.alerts import Alert, Alerts, Rule, Thresholds
from queries.models.overview import Window
from queries.overviews.alerts import find_alerts, with_evidence
from queries.overviews.loops import find_loops, read_loops
from queries.store import Store
from queries.tools import tool_statistics
from queries.whole_store import count_store
from tests.queries.events import event
from tests.queries.samples import DATA
from tests.queries.sessions_made import START, line
from tests.queries.test_fold import folded
from tests.stores.canonical import canonical_store

OK, ERROR = EventState.OK, EventState.ERROR
RULES = Thresholds()


def fired(rows: list[SessionRow], now: float = START, **chosen: object) -> Alerts:
    rules = replace(RULES, **chosen)  # type: ignore[arg-type]  # tests name fields freely
    return find_alerts(rows, (), rules, now=now)


def calls(text: str) -> list[Event]:
    """One call for each letter; a capital one failed."""
    return [
        event(number, tool="Read", summary=letter.lower(), state=ERROR if letter.isupper() else OK)
        for number, letter in enumerate(text, 1)
    ]


def loops(text: str, **chosen: Any) -> list[tuple[Rule, int, int]]:
    found = find_loops(calls(text), replace(RULES, **chosen))
    return [(loop.rule, loop.rounds, loop.last.seq) for loop in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aab", []),
        ("aaab", [(Rule.REPEATED_CALL, 3, 3)]),
        ("baaaac", [(Rule.REPEATED_CALL, 4, 5)]),
        ("ababa", []),
        ("ababab", [(Rule.PING_PONG, 3, 6)]),
        ("cabababac", [(Rule.PING_PONG, 3, 8)]),
        ("ababcdcdcd", [(Rule.PING_PONG, 3, 10)]),
        ("abABcD", []),
        ("aBCDe", [(Rule.FAILURE_STREAK, 3, 4)]),
        ("AAA", [(Rule.REPEATED_CALL, 3, 3), (Rule.FAILURE_STREAK, 3, 3)]),
        ("ABaBA", []),
    ],
)
def test_loops(text: str, expected: list[tuple[Rule, int, int]]) -> None:
    assert loops(text) == expected


def test_loops_are_those_of_one_agent_in_one_session() -> None:
    mixed = [
        event(number, agent=agent, session_id=session, summary="same")
        for number, (agent, session) in enumerate(
            [("a", "s1"), ("b", "s1"), ("a", "s1"), ("b", "s1"), ("a", "s2"), ("a", "s1")], 1
        )
    ]
    [loop] = find_loops(mixed, RULES)
    assert (loop.agent, loop.session_id) == ("a", "s1")
    assert [each.seq for each in loop.calls] == [1, 3, 6]


def test_what_is_not_known_does_not_repeat_itself() -> None:
    silent = [event(number, summary="") for number in range(1, 9)]
    assert find_loops(silent, RULES) == ()
    running = [event(n, state=state, summary=f"{n}")
               for n, state in enumerate((ERROR, ERROR, EventState.RUNNING, ERROR), 1)]  # fmt: skip
    assert [loop.rule for loop in find_loops(running, RULES)] == [Rule.FAILURE_STREAK]


def test_thresholds_of_loops() -> None:
    assert loops("aa", repeats=2) == [(Rule.REPEATED_CALL, 2, 2)]
    assert loops("abab", ping_pong=2) == [(Rule.PING_PONG, 2, 4)]
    assert loops("aaaAAAababab", repeats=0, ping_pong=0, streak=0) == []


def test_low_tool_success_is_pooled_over_operations() -> None:
    rows = [
        *(event(n, tool="Bash", operation="x", state=OK) for n in range(1, 4)),
        *(event(n, tool="Bash", operation="y", state=ERROR) for n in range(4, 6)),
        *(event(n, tool="Rare", state=ERROR) for n in range(6, 10)),
        *(event(n, tool="Good", state=OK) for n in range(10, 20)),
    ]
    tools = tool_statistics(folded(rows), lambda _: True)
    [alert] = find_alerts([], tools, RULES, now=START).alerts
    assert (alert.rule, alert.subject, alert.value, alert.threshold) == (
        Rule.LOW_TOOL_SUCCESS, "Bash", 0.6, 0.8,
    )  # fmt: skip
    assert alert.text == "Bash succeeds in 60.0 % of 5 finished calls (below 80.0 %)."
    assert find_alerts([], tools, replace(RULES, tool_success=0.6), now=START).alerts == ()


def test_components_that_fail() -> None:
    failed: dict[str, Any] = {"status": SessionStatus.FAILED, "error": "Timeout"}
    rows = [line(f"a{n}", component="shell") for n in range(8)]
    rows += [line(f"f{n}", component="shell", started=START + n, ended=START + n + 9, **failed)
             for n in range(2)]  # fmt: skip
    rows += [line(f"b{n}", component="small", **failed) for n in range(4)]
    rows += [line("c", **failed)]
    [alert] = fired(rows).alerts
    assert (alert.rule, alert.subject, alert.value) == (Rule.COMPONENT_ERRORS, "shell", 0.2)
    assert (alert.session_id, alert.time) == ("f1", START + 10)
    assert alert.text.endswith("20.0 % (above 5.0 %). Most common: Timeout.")
    assert fired(rows, component_errors=0.2).alerts == ()
    assert fired(rows, component_errors=0.0).alerts == ()


def test_sessions_that_run_for_long_or_are_silent() -> None:
    rows = [
        line("long", status=SessionStatus.RUNNING, started=START - 7201, ended=None),
        line("fine", status=SessionStatus.RUNNING, started=START - 7200, ended=None),
        line("future", status=SessionStatus.RUNNING, started=START + 60, ended=None),
        line("silent", SessionTotals(last_time=START - 4000), status=SessionStatus.STALE,
             started=START - 9000, ended=None),
    ]  # fmt: skip
    found = fired(rows)
    assert [(alert.rule, alert.session_id, alert.value) for alert in found.alerts] == [
        (Rule.LONG_RUNNING, "long", 7201.0), (Rule.STALE, "silent", 4000.0),
    ]  # fmt: skip
    assert found.sessions == {"long"}, "the status of the other one says it"
    assert fired(rows, running_seconds=0.0, stale=False).alerts == ()


def test_only_the_sessions_of_the_window() -> None:
    old = line("old", status=SessionStatus.STALE, started=START - 9e5, ended=None)
    window = Window(START - 100, None, "last while")
    found = find_alerts([old, line()], (), RULES, now=START, window=window)
    assert found.alerts == ()
    assert found.covered == "1 session (last while)"


@pytest.mark.parametrize("name", ["heist-audit", "htmlgraph-0.26.1", "htmlgraph-0.35.0"])
def test_the_evidence_of_a_tool_is_its_latest_failure(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        counted = count_store(store)
        found = find_alerts(counted.rows, counted.tools(), RULES, now=START)
        alerts = [each for each in found.alerts if each.rule is Rule.LOW_TOOL_SUCCESS]
        assert alerts
        for alert in alerts:
            shown = with_evidence(store, alert)
            failed = [
                each
                for source in range(len(store.mapping.sources))
                for each in paired(store.events_between(source, -1, 2**62, 10_000))
                if each.tool == alert.subject and each.state is ERROR and each.is_call
            ]
            assert shown.event_key == failed[-1].key
            assert (shown.event_id, shown.session_id) == (failed[-1].id, failed[-1].session_id)
            assert shown.time == failed[-1].time


def test_other_alerts_need_no_evidence(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as made:
        made.add_event("s")
    alert = Alert(Rule.STALE, "s", "", 1.0, 0.0)
    missing = Alert(Rule.LOW_TOOL_SUCCESS, "Nothing", "", 1.0, 0.0)
    with Store(path) as store:
        assert with_evidence(store, alert) is alert
        assert with_evidence(store, missing).event_key is None


def test_what_was_looked_at_is_said(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as made, made.batch():
        for number in range(4):
            made.add_session(f"s{number}", status="completed", started=START + number)
            for _ in range(5):
                made.add_event(f"s{number}", summary="again", time=START + number)
    with Store(path) as store:
        rows = count_store(store).rows
        found, covered = read_loops(store, rows, RULES, sessions=2, limit=4)
        assert (
            covered == "loops in the latest 2 sessions with calls (of 2 of them the newest 4 rows)"
        )
        assert [(loop.session_id, loop.rounds) for loop in found] == [("s3", 4), ("s2", 4)]
        found, covered = read_loops(store, rows, RULES)
        assert covered == "loops in all 4 sessions with calls"
        assert {loop.rounds for loop in found} == {5}
        alerts = find_alerts(rows, (), RULES, now=START, loops=found, covered=covered)
    assert {alert.event_key for alert in alerts.alerts} == {loop.last.key for loop in found}
    assert alerts.covered == f"4 sessions (all time); {covered}"
