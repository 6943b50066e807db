"""Times of every shape, as instants."""

from __future__ import annotations

import math
import random
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.times import LOCAL_ZONE, parse_time

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 1768219200.0  # 2026-01-12 12:00:00 UTC


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-12 12:00:00", NOON),
        ("2026-01-12T12:00:00", NOON),
        ("2026-01-12t12:00:00z", NOON),
        ("2026-01-12T12:00:00Z", NOON),
        ("2026-01-12T12:00:00+00:00", NOON),
        ("2026-01-12 12:00:00+0000", NOON),
        ("2026-01-12 12:00:00+00", NOON),
        ("2026-01-12 13:00:00+01:00", NOON),
        ("2026-01-12 06:30:00-0530", NOON),
        ("2026-01-12T12:00", NOON),
        ("2026-01-12", NOON - 43200),
        ("  2026-01-12 12:00:00  ", NOON),
        ("2026-01-12 12:00:00 UTC", NOON),
        ("2026-01-12 12:00:00.5", NOON + 0.5),
        ("2026-01-12 12:00:00,5", NOON + 0.5),
        ("2026-01-12T12:00:00.123456+00:00", NOON + 0.123456),
        ("2026-01-12T12:00:00.123456789Z", NOON + 0.123456789),
        ("2026-01-12 13:00:00.25 +0100 CET", NOON + 0.25),
        ("2026-01-12 12:00:00.25 +0000 UTC m=+0.034", NOON + 0.25),
        (NOON, NOON),
        (int(NOON), NOON),
        (NOON + 0.25, NOON + 0.25),
        (int(NOON) * 1000 + 250, NOON + 0.25),
        (int(NOON) * 10**6 + 250_000, NOON + 0.25),
        (int(NOON) * 10**9 + 250_000_000, NOON + 0.25),
        ("1768219200", NOON),
        ("1768219200.25", NOON + 0.25),
        ("1768219200250", NOON + 0.25),
        ("1.7682192e9", NOON),
        ("-5", -5.0),
        (0, 0.0),
        ("0001-01-01 00:00:00", -62135596800.0),
        ("9999-12-31 23:59:59", 253402300799.0),
    ],
)
def test_shapes(value: object, expected: float) -> None:
    assert parse_time(value, UTC) == expected


@pytest.mark.parametrize(
    "value",
    [
        None, True, b"2026-01-12 12:00:00", [], "", " ", "soon", "2026", "NaN", "inf", "-inf",
        math.nan, math.inf, -math.inf, 1e20, 10**30, -(10**11) + 1, "1e400", "1_000", "0x10",
        "2026-13-01 00:00:00", "2026-02-30 00:00:00", "2026-01-12 24:00:00",
        "2026-01-12 12:60:00", "2026-01-12 12:00:60", "2026-01-12x12:00:00",
        "0000-01-01 00:00:00", "2026-01-12 12:00:00+99:00", "2026-01-12 12:00:00 later",
        "0001-01-01 00:00:00+10:00", "9999-12-31 23:59:59-01:00", "٢٠٢٦-01-12 12:00:00",
        "12:00:00", "2026-01-12 12:00:00" + "0" * 100, "\ud800", "2026-1-2 3:4:5",
    ],
)  # fmt: skip
def test_not_a_time(value: object) -> None:
    # Twice, because the first call fills the caches that the second one reads.
    assert parse_time(value, UTC) is None or value == "2026"
    assert parse_time(value, BERLIN) is None or value == "2026"


def test_bare_digits_are_seconds_even_when_they_look_like_a_year() -> None:
    assert parse_time("2026", UTC) == 2026.0


def test_naive_means_the_given_zone_and_zoned_text_does_not_care() -> None:
    assert parse_time("2026-01-12 13:00:00", BERLIN) == NOON
    assert parse_time("2026-07-12 14:00:00", BERLIN) == parse_time("2026-07-12 12:00:00", UTC)
    assert parse_time("2026-01-12 12:00:00Z", BERLIN) == NOON
    assert parse_time("2026-01-12 13:00:00.5", timezone(timedelta(hours=1))) == NOON + 0.5
    assert parse_time(NOON, BERLIN) == NOON


def test_a_local_time_that_occurs_twice_is_the_first_one() -> None:
    assert parse_time("2025-10-26 02:30:00", BERLIN) == parse_time("2025-10-26 00:30:00", UTC)


def test_the_hour_of_a_change_is_not_remembered_as_a_whole() -> None:
    howe = ZoneInfo("Australia/Lord_Howe")  # moves by half an hour
    for text in ("2026-04-05 01:15:00", "2026-04-05 01:45:00", "2026-10-04 02:15:00"):
        expected = datetime.fromisoformat(text).replace(tzinfo=howe).timestamp()
        assert [parse_time(text, howe) for _ in range(2)] == [expected] * 2


def test_a_zone_that_knows_nothing_counts_as_utc() -> None:
    class Blank(tzinfo):
        def utcoffset(self, moment: datetime | None) -> timedelta | None:
            return None

        def dst(self, moment: datetime | None) -> timedelta | None:
            return None

        def tzname(self, moment: datetime | None) -> str | None:
            return None

    assert parse_time("2026-01-12 12:00:00", Blank()) == NOON


def test_the_local_zone_follows_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert parse_time("2026-01-12 13:00:00", LOCAL_ZONE) == NOON
        assert parse_time("2026-07-12 14:00:00", LOCAL_ZONE) == NOON + 181 * 86400
        shown = datetime.fromtimestamp(NOON, UTC).astimezone(LOCAL_ZONE)
        assert (shown.hour, shown.tzname()) == (13, "CET")
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert parse_time("2026-01-12 21:00:00", LOCAL_ZONE) == NOON
        assert parse_time("2026-01-12 13:00:00", LOCAL_ZONE) == NOON - 8 * 3600
    finally:
        monkeypatch.undo()
        time.tzset()


ZONES = st.sampled_from(
    (UTC, BERLIN, ZoneInfo("Australia/Lord_Howe"), timezone(timedelta(hours=-3)))
)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def shapes(moment: datetime) -> list[object]:
    """Every way to write this instant, which has whole microseconds."""
    seconds = moment.timestamp()
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    east = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
    return [
        seconds,
        str(seconds),
        moment.isoformat(),
        moment.isoformat(" "),
        moment.isoformat().replace("+00:00", "Z"),
        moment.replace(tzinfo=None).isoformat(" "),
        east.isoformat(),
        east.strftime("%Y-%m-%d %H:%M:%S.%f%z"),
        moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        *([whole] if whole >= 10**14 else []),
        *([whole * 1000] if whole >= 10**14 else []),
    ]


@given(MOMENTS)
def test_every_shape_of_an_instant_is_the_same_float(moment: datetime) -> None:
    assert {parse_time(shape, UTC) for shape in shapes(moment)} == {moment.timestamp()}


@given(st.lists(MOMENTS, max_size=12), st.randoms(use_true_random=False))
def test_a_mixture_sorts_as_instants(moments: list[datetime], chance: random.Random) -> None:
    mixed = [(moment, chance.choice(shapes(moment))) for moment in moments]
    mixed.sort(key=lambda pair: parse_time(pair[1], UTC) or 0.0)
    assert [moment for moment, _ in mixed] == sorted(moments)


@given(MOMENTS, ZONES)
def test_naive_text_round_trips_through_its_zone(moment: datetime, zone: tzinfo) -> None:
    local = moment.astimezone(zone).replace(tzinfo=None)
    expected = local.replace(tzinfo=zone, fold=0).timestamp()
    assert parse_time(local.isoformat(" "), zone) == expected


@given(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.binary(max_size=20)))
def test_nothing_raises_and_nothing_is_out_of_range(value: object) -> None:
    for zone in (UTC, BERLIN):
        result = parse_time(value, zone)
        assert result is None or datetime.fromtimestamp(result, UTC).year >= 1
