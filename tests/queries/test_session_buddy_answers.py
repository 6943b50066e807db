"""Session-Buddy's own answers: ours are the same where those are right, and only there."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb", reason="the extra 'duckdb' is not installed")

from queries import SessionAnalytics
from queries.dialects.session_buddy import TEXT_LIMIT
from queries.overviews.overview import overview
from queries.text import clean_or_none, iso
from tests.queries.samples import duckdb_sample, reference_answers

ANSWERS = reference_answers()
NOW = datetime.fromisoformat(ANSWERS["now"]).timestamp()
FUTURE = "admin-shell-20260128-233755-00000"
"""A session that begins two days after ``NOW``: the reference counts it everywhere."""
WINDOWS = (1, 7, 30, 60, 365)


def analytics(folder: Path) -> SessionAnalytics:
    """The sample, seen at the instant of the answers."""
    return SessionAnalytics(duckdb_sample(folder, "documented"), clock=lambda: NOW)


def by_name(entries: list[dict[str, Any]]) -> dict[str | None, dict[str, Any]]:
    """What is said of each component."""
    return {entry["component_name"]: entry for entry in entries}


@pytest.mark.parametrize("days", WINDOWS)
async def test_counts_durations_and_qualities(tmp_path: Path, days: int) -> None:
    answers = ANSWERS[f"days={days}"]
    stats, usage = by_name(answers["session_stats"]), by_name(answers["most_active"])
    async with analytics(tmp_path) as asked:
        found = {one.name: one for one in await asked.session_stats(days)}
    assert found.keys() == stats.keys()
    for name, one in found.items():
        # The reference has no upper bound: the session in the future is in every window.
        extra = name == "admin-shell"
        assert one.sessions == stats[name]["total_sessions"] - extra
        assert one.active == stats[name]["active_sessions"] - extra
        assert (one.durations.average or 0.0) == pytest.approx(stats[name]["avg_duration"])
        assert (one.durations.total or 0) == usage[name]["total_duration"]
        if not extra:
            assert one.quality.average == pytest.approx(usage[name]["avg_quality_score"])
            assert iso(one.last_active) is not None


@pytest.mark.parametrize("days", WINDOWS)
async def test_error_rates_are_of_those_that_say_whether(tmp_path: Path, days: int) -> None:
    answers = ANSWERS[f"days={days}"]["error_rate"]
    async with analytics(tmp_path) as asked:
        found = await asked.error_rates(days)
    for one in found:
        theirs = answers[one.name]
        extra = one.name == "admin-shell"
        assert one.session_errors.count == theirs["failed_sessions"]
        unsaid = theirs["total_sessions"] - extra - one.session_errors.of
        assert unsaid >= 0
        if not unsaid and not extra:
            assert (one.session_errors.rate or 0) * 100 == pytest.approx(theirs["error_rate"])
        elif one.session_errors.count:
            assert (one.session_errors.rate or 0) * 100 > theirs["error_rate"]
    known = [one.session_errors.rate for one in found]
    rates = [rate for rate in known if rate is not None]
    assert rates == sorted(rates, reverse=True)


async def test_the_most_common_error(tmp_path: Path) -> None:
    answers = ANSWERS["days=365"]["error_rate"]
    async with analytics(tmp_path) as asked:
        rows = await asked.list_sessions()
        found = {one.name: one.common_error for one in await asked.session_stats(365)}
    for name, common in found.items():
        texts = [row.session.error for row in rows if row.session.component == name]
        theirs = clean_or_none(answers[name]["most_common_error"], TEXT_LIMIT)
        # Where several are equally common, the reference takes any.
        assert texts.count(common) == texts.count(theirs)


async def test_the_pooled_error_rate_is_no_mean_of_means(tmp_path: Path) -> None:
    async with analytics(tmp_path) as asked:
        rows = await asked.list_sessions(days=30, until=NOW)
    whole = overview(rows)
    pooled = whole.session_errors
    assert (whole.sessions, pooled.count) == (259, 19)
    assert pooled.rate == 19 / pooled.of
    assert 19 / 260 <= (pooled.rate or 0) < 0.08
    assert "Average Error Rate: 16.14%" in ANSWERS["report days=30"]


async def test_one_component_is_a_whole_name_and_no_sql(tmp_path: Path) -> None:
    answers = ANSWERS["days=30,component=ipython"]
    async with analytics(tmp_path) as asked:
        (one,) = await asked.session_stats(30, "ipython")
        assert one.sessions == answers["session_stats"][0]["total_sessions"]
        (one,) = await asked.average_duration(30, "ipython")
        assert one.durations.average == pytest.approx(answers["average_duration"]["ipython"])
        assert await asked.session_stats(30, "x' OR '1'='1") == ()


async def test_longest_average_first_and_the_busiest(tmp_path: Path) -> None:
    async with analytics(tmp_path) as asked:
        for days in WINDOWS:
            longest = {
                one.name: one.durations.average for one in await asked.average_duration(days)
            }
            theirs = ANSWERS[f"days={days}"]["average_duration"]
            assert list(longest) == list(theirs)
            assert longest == pytest.approx(theirs)
        busiest = [one.name for one in await asked.most_active(60, limit=2)]
    assert busiest == [one["component_name"] for one in ANSWERS["most_active limit=2 days=60"]]


async def test_active_sessions(tmp_path: Path) -> None:
    async with analytics(tmp_path) as asked:
        found = await asked.active_sessions()
    theirs = ANSWERS["active_sessions"]
    assert theirs[0]["session_id"] == FUTURE
    assert theirs[0]["duration_seconds"] < 0
    assert [row.id for row in found] == [one["session_id"] for one in theirs[1:]]
    for row, one in zip(found, theirs[1:], strict=True):
        assert row.session.component == one["component_name"]
        assert row.session.project == one["project"]
        assert (iso(row.started) or "").removesuffix("Z") == one["start_time"]


async def test_a_range_of_time(tmp_path: Path) -> None:
    theirs = ANSWERS["time_range 2026-01-01..15"]
    async with analytics(tmp_path) as asked:
        found = await asked.sessions_between("2026-01-01", "2026-01-15")
    assert len(found) == theirs["count"]
    ids = [row.id for row in found]
    assert ids[:2] == [one["session_id"] for one in theirs["first"]]
    assert ids[-2:] == [one["session_id"] for one in theirs["last"]]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
async def test_the_readers_zone_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    theirs = ANSWERS["days=7"]["session_stats"]
    try:
        async with analytics(tmp_path) as asked:
            found = await asked.session_stats(7)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert sum(one.sessions for one in found) == sum(one["total_sessions"] for one in theirs) - 1
