"""Totals and breakdowns against plain recounts."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict

import pytest

from queries.models import SessionRow, SessionStatus, SessionTotals
from queries.models.overview import By, Window
from queries.models.rates import Rate, Rating
from queries.overviews.overview import breakdown, natural_grouping, overview
from queries.overviews.rates import quantile, rate_of, rating_of, spread_of
from queries.statistics import wilson
from queries.whole_store import count_store
from queries.windows import in_window, last_days
from tests.queries.samples import DATA, truth
from tests.queries.sessions_made import START, line


def made(seed: int = 7, number: int = 120) -> list[SessionRow]:
    draw = random.Random(seed)
    rows = []
    for index in range(number):
        status = draw.choice(list(SessionStatus))
        error = draw.choice(("Timeout", "KeyError", "")) if status is SessionStatus.FAILED else ""
        begun = START + draw.randrange(0, 30 * 86400)
        ended = None if status is SessionStatus.RUNNING else begun + draw.random() * 900
        ok, failed = draw.randrange(20), draw.randrange(4)
        rows.append(
            line(
                f"s{index:03d}",
                SessionTotals(
                    events=ok + failed + 2, prompts=draw.randrange(3), messages=draw.randrange(5),
                    tool_calls=ok + failed, ok=ok, errors=failed, failed_calls=failed,
                    tokens=draw.choice((None, draw.randrange(1000))), last_time=begun + 5,
                    agents=tuple(draw.sample(("planner", "hacker", "mole"), draw.randrange(3))),
                ),
                status=status, started=begun, ended=ended, error=error or None,
                component=draw.choice(("shell", "ipython", None)),
                project=draw.choice(("a", "b")),
                quality=draw.choice((None, draw.random() * 100)),
                declared_turns=draw.choice((None, 0, draw.randrange(1, 50))),
            )
        )  # fmt: skip
    return rows


def test_totals_equal_a_recount() -> None:
    rows = made()
    window = Window(START + 3 * 86400, START + 20 * 86400, "some days")
    known = []
    for row in rows:
        last = row.session.ended
        last = row.totals.last_time if last is None else last
        assert last is not None
        assert row.session.started is not None
        if last >= START + 3 * 86400 and row.session.started < START + 20 * 86400:
            known.append(row)
    assert 20 < len(known) < len(rows)
    found = overview(rows, window)
    words = [row.session.status for row in known]
    assert (found.sessions, found.running, found.completed) == (
        len(known), words.count(SessionStatus.RUNNING), words.count(SessionStatus.COMPLETED),
    )  # fmt: skip
    assert (found.failed, found.stale, found.paused, found.unknown) == tuple(
        words.count(SessionStatus(word)) for word in ("failed", "stale", "paused", "unknown")
    )
    judged = [word for word in words if word not in ("running", "unknown")]
    done = judged.count(SessionStatus.COMPLETED)
    low, high = wilson(done, len(judged)) or (0, 0)
    assert found.completion == Rate(done, len(judged), done / len(judged), low, high)
    failed = sum(row.totals.failed_calls for row in known)
    finished = failed + sum(row.totals.ok for row in known)
    assert (found.call_errors.count, found.call_errors.of) == (failed, finished)
    turns = [row.session.declared_turns for row in known if row.session.declared_turns]
    assert found.turns.known == len(turns)
    assert found.turns.average == pytest.approx(statistics.fmean(turns))
    assert found.turns.median == statistics.median(turns)
    lasted = [row.duration for row in known if row.duration is not None]
    assert found.durations.average == pytest.approx(statistics.fmean(lasted))
    assert found.durations.median == pytest.approx(statistics.median(lasted))
    scores = [row.session.quality for row in known if row.session.quality is not None]
    assert found.quality.average == pytest.approx(statistics.fmean(scores))
    assert found.tokens == sum(row.totals.tokens or 0 for row in known)
    assert found.agents == 3


def test_groups_equal_a_recount() -> None:
    rows = made()
    found = breakdown(rows, By.COMPONENT)
    groups: defaultdict[str | None, list[SessionRow]] = defaultdict(list)
    for row in rows:
        groups[row.session.component].append(row)
    assert {group.name for group in found.groups} == set(groups)
    assert [group.sessions for group in found.groups] == sorted(map(len, groups.values()))[::-1]
    for group in found.groups:
        some = groups[group.name]
        errors = [row for row in some if row.session.status is SessionStatus.FAILED]
        known = [row for row in some if row.session.status is not SessionStatus.UNKNOWN]
        assert (group.session_errors.count, group.session_errors.of) == (len(errors), len(known))
        words = [row.session.error for row in errors if row.session.error]
        most = max(words.count(word) for word in words)
        first = min(word for word in words if words.count(word) == most)
        assert (group.common_error, group.common_error_count) == (first, most)
        assert group.share == len(some) / len(rows)
        assert group.active == sum(r.session.status is SessionStatus.RUNNING for r in some)
        times = sorted(row.duration for row in some if row.duration is not None)
        assert group.durations.p95 == pytest.approx(
            statistics.quantiles(times, n=20, method="inclusive")[-1]
        )
        assert group.last_active == max(row.last_time or 0 for row in some)
    whole = found.whole
    assert whole.sessions == len(rows) == sum(group.sessions for group in found.groups)
    # Pooled, not the mean of the components' rates.
    assert whole.session_errors.count == sum(g.session_errors.count for g in found.groups)
    assert whole.session_errors.of == sum(g.session_errors.of for g in found.groups)


def test_a_session_counts_for_each_of_its_agents_and_models() -> None:
    rows = [
        line("a", SessionTotals(events=4, agents=("planner", "hacker"))),
        line("b", agent="mole"),
        line("c"),
    ]
    by_agent = breakdown(rows, By.AGENT)
    assert {group.name: group.sessions for group in by_agent.groups} == {
        "planner": 1, "hacker": 1, "mole": 1, None: 1,
    }  # fmt: skip
    assert by_agent.whole.sessions == 3
    assert by_agent.whole.events == 4
    assert by_agent.groups[-1].name is None
    by_model = breakdown(rows, By.MODEL, models={"a": ("opus", "haiku"), "b": ("opus",)})
    assert [(group.name, group.sessions) for group in by_model.groups] == [
        ("opus", 2), ("haiku", 1), (None, 1),
    ]  # fmt: skip


def test_nothing_is_unknown_and_not_zero() -> None:
    found = overview([])
    assert found.completion == Rate(0, 0)
    assert found.call_errors.rate is None
    assert found.durations.average is None
    assert (found.tokens, found.cost, found.rating, found.last_active) == (None,) * 4
    assert breakdown([], By.PROJECT).groups == ()


@pytest.mark.parametrize(
    ("quality", "rating"),
    [(100.0, Rating.EXCELLENT), (80.0, Rating.EXCELLENT), (79.999, Rating.GOOD),
     (60.0, Rating.GOOD), (59.9, Rating.NEEDS_IMPROVEMENT), (None, None)],
)  # fmt: skip
def test_ratings(quality: float | None, rating: Rating | None) -> None:
    assert rating_of(quality) is rating


def test_spreads_leave_out_what_is_not_known() -> None:
    found = spread_of([3.0, None, 1.0, float("nan"), 2.0])
    assert (found.known, found.average, found.median, found.total) == (3, 2.0, 2.0, 6.0)
    assert quantile([1.0, 2.0, 3.0], 0.75) == 2.5
    assert rate_of(0, 0).low is None


def test_windows_ask_as_filters_do() -> None:
    row = line(started=100.0, ended=200.0)
    assert in_window(row, Window(200.0, None))
    assert not in_window(row, Window(200.1, None))
    assert in_window(row, Window(None, 100.1))
    assert not in_window(row, Window(None, 100.0))
    timeless = line(started=None, ended=None)
    assert in_window(timeless, Window())
    assert not in_window(timeless, Window(0.0, None))
    assert last_days(7, 1e6) == Window(1e6 - 7 * 86400, None, "last 7 days")
    assert last_days(1, 1e6).label == "last 1 day"


@pytest.mark.parametrize("name", ["heist-audit", "heist-session", "heist-demo"])
def test_samples_agree_with_what_is_known_of_them(name: str) -> None:
    known = truth(name)
    found = overview(count_store(DATA / f"{name}.db").rows)
    assert found.sessions == known["totals"]["sessions"]
    assert found.completed == known["totals"]["completed"]
    assert found.messages == known["totals"]["messages"]
    assert found.calls == known["totals"]["tool_calls"]
    turns = [s["declared_turns"] for s in known["sessions"] if s["declared_turns"]]
    assert found.turns.average == pytest.approx(statistics.fmean(turns))
    lasted = [s["duration_s"] for s in known["sessions"] if s["duration_s"] is not None]
    assert found.durations.median == pytest.approx(statistics.median(lasted), abs=1e-5)
    tools = known["totals"]["tools"]
    assert found.call_errors.count == sum(tool["failed"] for tool in tools)
    assert found.call_errors.of == sum(tool["ok"] + tool["failed"] for tool in tools)


def test_components_come_first_where_there_are_any() -> None:
    assert natural_grouping([line(), line(component="shell")]) is By.COMPONENT
    assert natural_grouping([line(agent="planner")]) is By.AGENT
