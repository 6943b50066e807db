"""Alerts about many sessions become one that lists them; nothing else is changed."""

from __future__ import annotations

import pytest

from queries.finding.filter_parsing import parse_filter
from queries.models import SessionRow, SessionStatus, SessionTotals
from queries.models.alerts import Alert, Rule, Thresholds
from queries.overviews.alert_groups import MOST, find_grouped, grouped, since_filter
from queries.overviews.alerts import find_alerts
from queries.overviews.loops import find_loops
from tests.queries.events import event
from tests.queries.sessions_made import START, line


def stale(name: str, silent: float) -> SessionRow:
    return line(name, SessionTotals(last_time=START - silent), status=SessionStatus.STALE,
                started=START - silent - 60, ended=None)  # fmt: skip


def running(name: str, age: float) -> SessionRow:
    return line(name, status=SessionStatus.RUNNING, started=START - age, ended=None)


def test_a_few_are_told_one_by_one() -> None:
    rows = [stale(f"s{number}", 4000 + number) for number in range(MOST)]
    alerts = find_alerts(rows, (), Thresholds(), now=START).alerts
    assert grouped(alerts) == alerts
    assert all(alert.brief for alert in alerts)


def test_thousands_are_one_line_that_lists_just_them() -> None:
    rows = [stale(f"s{number}", 4000 + number) for number in range(2000)]
    rows += [running(f"r{number}", 7200 + number) for number in range(10)]
    alerts = find_alerts(rows, (), Thresholds(), now=START).alerts
    assert len(alerts) == 2009
    long_running, silent = grouped(alerts, "since:7d")
    assert (long_running.rule, long_running.subject) == (Rule.LONG_RUNNING, "9 sessions")
    assert (silent.rule, silent.subject) == (Rule.STALE, "2,000 sessions")
    assert silent.text == "2,000 sessions say that they run, but were silent for up to 1h39m."
    assert silent.filter == "status:stale since:7d"
    for alert in (long_running, silent):
        listed = parse_filter(alert.filter, START)
        wanted = {each.session_id for each in alerts if each.rule is alert.rule}
        assert {row.id for row in rows if listed.matches_session(row)} == wanted


def test_loops_of_a_session_are_the_longest_of_them() -> None:
    rows = [event(number, summary=text) for number, text in enumerate("aaabbbbccc", 1)]
    loops = find_loops(rows, Thresholds())
    alerts = find_alerts([line("s")], (), Thresholds(), now=START, loops=loops).alerts
    [alert] = grouped(alerts)
    assert alert.value == 4.0
    assert alert.text.endswith("And 2 more in that session.")
    assert alert.event_key == (0, 7)


@pytest.mark.parametrize(("silent", "old"), [(0, 0), (1, MOST), (MOST, 1), (MOST + 1, 40)])
def test_what_is_found_grouped_is_what_is_grouped_after_it_was_found(silent: int, old: int) -> None:
    rows = [stale(f"s{number}", 4000 + number % 7) for number in range(silent)]
    rows += [running(f"r{number}", 9000 + number % 5) for number in range(old)]
    rows += [line(f"f{number}", component="hack", error="boom", status=SessionStatus.FAILED)
             for number in range(9)]  # fmt: skip
    loops = find_loops([event(number, summary="a") for number in range(9)], Thresholds())
    each: list[Alert] = []
    found = find_grouped(
        rows, (), Thresholds(), now=START, loops=loops, covered="all", within="since:7d",
        note=each.append,
    )  # fmt: skip
    singly = find_alerts(rows, (), Thresholds(), now=START, loops=loops, covered="all")
    assert found.alerts == grouped(singly.alerts, "since:7d")
    assert (found.covered, found.sessions) == (singly.covered, singly.sessions)
    assert sorted(map(repr, each)) == sorted(map(repr, singly.alerts))


def test_since_as_a_filter() -> None:
    assert since_filter(None) == ""
    assert since_filter(START) == "since:2026-01-12T10:00:00Z"
