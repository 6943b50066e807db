"""Buckets over time: without gaps, right where clocks change, and equal to a recount."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from queries.folding.pairing import paired
from queries.models import EventState, SessionStatus
from queries.models.overview import Bucket, BucketSize, Window
from queries.overviews.trends import MOST, trends
from queries.store import Store
from queries.whole_store import count_store
from queries.windows import Calendar
from tests.queries.events import event
from tests.queries.samples import DATA
from tests.queries.sessions_made import START, line
from tests.queries.test_fold import folded

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
HAVANA, SAO_PAULO = ZoneInfo("America/Havana"), ZoneInfo("America/Sao_Paulo")


def at(text: str, zone: ZoneInfo | None = None) -> float:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=zone or UTC).timestamp()


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [("2026-03-29", BERLIN, 23), ("2026-10-25", BERLIN, 25), ("2026-01-12", BERLIN, 24),
     ("2026-03-08", HAVANA, 23), ("2026-11-01", HAVANA, 25), ("2018-11-04", SAO_PAULO, 23)],
)  # fmt: skip
def test_days_are_as_long_as_their_clocks_say(day: str, zone: ZoneInfo, hours: int) -> None:
    days = Calendar(BucketSize.DAY, zone)
    start = days.start(at(f"{day}T12:00", zone))
    assert days.label(start) == day
    assert days.next(start) - start == hours * 3600
    found = list(Calendar(BucketSize.HOUR, zone).starts(start, days.next(start) - 1))
    assert len(found) == hours
    assert [after - before for before, after in pairwise(found)] == [3600] * (hours - 1)


def test_an_hour_that_comes_twice_is_two_buckets() -> None:
    start, end = at("2026-10-25T00:30"), at("2026-10-25T01:30")
    fold = folded([event(1, time=start), event(2, time=end), event(3, time=end)])
    found = trends([], fold, BucketSize.HOUR, window=Window(start, end + 1), zone=BERLIN, now=end)
    assert [(bucket.label, bucket.events) for bucket in found.buckets] == [
        ("2026-10-25 02:00", 1), ("2026-10-25 02:00", 2),
    ]  # fmt: skip
    assert found.heat.counts[6][2] == found.heat.total == 3


@pytest.mark.parametrize("zone", [BERLIN, KOLKATA, ZoneInfo("UTC"), ZoneInfo("Pacific/Auckland")])
@pytest.mark.parametrize("size", list(BucketSize))
def test_buckets_equal_a_recount(size: BucketSize, zone: ZoneInfo) -> None:
    draw = random.Random(5)
    first = at("2026-03-20T00:00")
    events = [
        event(
            number,
            time=first + draw.random() * 20 * 86400,
            state=draw.choice((EventState.OK, EventState.ERROR, EventState.UNKNOWN)),
            tokens=draw.choice((None, 5)),
        )
        for number in range(1, 400)
    ]
    rows = [
        line(
            f"s{number}",
            started=first + draw.random() * 20 * 86400,
            status=draw.choice(list(SessionStatus)),
        )
        for number in range(60)
    ]

    def name(instant: float) -> str:
        local = datetime.fromtimestamp(instant, zone)
        if size is BucketSize.HOUR:
            return f"{local:%Y-%m-%d %H:00} {local.utcoffset()}"
        if size is BucketSize.DAY:
            return f"{local:%Y-%m-%d}"
        monday = local.date() - timedelta(days=local.weekday())
        return f"{monday}"

    found = trends(rows, folded(events), size, zone=zone, now=first)
    by_name = {name(bucket.start): bucket for bucket in found.buckets}
    assert len(by_name) == len(found.buckets)
    times = [each.time or 0.0 for each in events]
    figures: list[tuple[Callable[[Bucket], int], Counter[str]]] = [
        (lambda b: b.events, Counter(map(name, times))),
        (lambda b: b.sessions, Counter(name(row.started or 0.0) for row in rows)),
        (lambda b: b.errors,
         Counter(name(e.time or 0.0) for e in events if e.state is EventState.ERROR)),
        (lambda b: b.call_errors.of,
         Counter(name(e.time or 0.0) for e in events if e.state is not EventState.UNKNOWN)),
        (lambda b: (b.tokens or 0) // 5, Counter(name(e.time or 0.0) for e in events if e.tokens)),
        (lambda b: b.completion.count,
         Counter(name(row.started or 0.0) for row in rows
                 if row.session.status is SessionStatus.COMPLETED)),
    ]  # fmt: skip
    for what, want in figures:
        assert {key: what(bucket) for key, bucket in by_name.items() if what(bucket)} == want
    assert [b.end for b in found.buckets[:-1]] == [b.start for b in found.buckets[1:]]
    assert found.begun.total == sum(bucket.sessions for bucket in found.buckets)
    heat = Counter(
        (moment.weekday(), moment.hour)
        for moment in (datetime.fromtimestamp(time, zone) for time in times)
    )
    assert {
        (day, hour): number
        for day, row in enumerate(found.heat.counts)
        for hour, number in enumerate(row) if number
    } == heat  # fmt: skip


@pytest.mark.parametrize("name", ["heist-audit", "htmlgraph-0.26.1", "htmlgraph-0.35.0"])
def test_a_sample_by_hours(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        counted = count_store(store)
        want: Counter[float] = Counter()
        for row in counted.rows:
            rows = [
                each for source in range(len(store.mapping.sources))
                for each in store.session_page(source, row.id, limit=10_000)
            ]  # fmt: skip
            want.update((each.time or 0.0) // 3600 * 3600 for each in paired(rows))
    found = trends(counted.rows, counted.fold, BucketSize.HOUR, zone=ZoneInfo("UTC"), now=START)
    assert {bucket.start: bucket.events for bucket in found.buckets if bucket.events} == want
    assert found.undated == 0
    starts = [bucket.start for bucket in found.buckets]
    assert starts == [starts[0] + 3600 * number for number in range(len(starts))]


def test_what_did_not_happen_is_zero_and_its_rates_unknown() -> None:
    fold = folded([event(1, time=START), event(2, time=START + 3 * 86400)])
    found = trends([line()], fold, BucketSize.DAY, zone=ZoneInfo("UTC"), now=START)
    assert [bucket.events for bucket in found.buckets] == [1, 0, 0, 1]
    assert found.buckets[1].call_errors.rate is None
    assert found.buckets[1].tokens is None
    assert found.buckets[1].completion.rate is None


def test_a_window_has_all_of_its_buckets_up_to_now() -> None:
    fold = folded([event(1, time=START), event(2, time=START - 9 * 86400), event(3, time=None)])
    window = Window(START - 2 * 86400)
    found = trends([], fold, BucketSize.DAY, window=window, zone=ZoneInfo("UTC"),
                   now=START + 86400)  # fmt: skip
    assert [(bucket.label, bucket.events) for bucket in found.buckets] == [
        ("2026-01-10", 0), ("2026-01-11", 0), ("2026-01-12", 1), ("2026-01-13", 0),
    ]  # fmt: skip
    assert found.undated == 1


def test_the_oldest_buckets_are_left_out_where_there_are_too_many() -> None:
    fold = folded([event(1, time=START - 5000 * 3600.0), event(2, time=START)])
    found = trends([], fold, BucketSize.HOUR, zone=ZoneInfo("UTC"), now=START)
    assert len(found.buckets) == MOST
    assert found.left_out == 5001 - MOST
    assert found.buckets[-1].events == 1
    assert sum(bucket.events for bucket in found.buckets) == 1


def test_a_clock_that_is_wrong_by_years_hides_nothing() -> None:
    fold = folded([event(1, time=START), event(2, time=2.5e11), event(3, time=START + 4000)])
    found = trends([line(started=2e11, ended=None)], fold, BucketSize.HOUR, now=START,
                   zone=ZoneInfo("UTC"))  # fmt: skip
    assert [bucket.events for bucket in found.buckets] == [1, 1]
    assert found.undated == 2


def test_nothing_at_all_is_one_empty_bucket() -> None:
    found = trends([], folded([]), BucketSize.DAY, zone=ZoneInfo("UTC"), now=START)
    assert [(bucket.label, bucket.events) for bucket in found.buckets] == [("2026-01-12", 0)]


def test_weeks_begin_on_monday_and_are_named_by_iso() -> None:
    weeks = Calendar(BucketSize.WEEK, BERLIN)
    start = weeks.start(at("2027-01-03T23:59", BERLIN))
    assert datetime.fromtimestamp(start, BERLIN).isoformat() == "2026-12-28T00:00:00+01:00"
    assert weeks.label(start) == "2026-W53"
