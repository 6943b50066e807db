"""Which zone naive times are in, and on what evidence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.dialects.zones import choose_zone
from queries.times import parse_time

WINTER, SUMMER = datetime(2026, 1, 12, 12, tzinfo=UTC), datetime(2026, 7, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SESSION_TUI_NAIVE_ZONE", raising=False)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def hours(zone: tzinfo, moment: datetime = WINTER) -> float:
    """How far ahead of UTC a zone reads a time, in hours."""
    text = moment.replace(tzinfo=None).isoformat()
    read = parse_time(text, zone)
    assert read is not None
    return (moment.timestamp() - read) / 3600


def test_without_evidence_it_is_this_machine() -> None:
    zone, why = choose_zone([])
    assert (hours(zone), hours(zone, SUMMER)) == (-5, -4)
    assert "local time" in why


def test_a_machine_on_utc_takes_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert choose_zone([])[0] is UTC


@pytest.mark.parametrize(
    "pair",
    [
        (1768219200.0, "2026-01-12 11:00:00"),
        ("2026-01-12T12:00:00Z", "2026-01-12 11:00:00"),
        ("2026-01-12T12:00:00+02:00", "2026-01-12 11:00:00"),
        ("soon", "2026-01-12 11:00:00"),
        ("2026-01-12T12:00:00", None),
        ("2026-01-12T12:00:00", "2026-01-12 11:07:00"),
        ("2026-01-12T12:00:00", "2026-01-10 12:00:00"),
        ("1768219200", "2026-01-12 11:00:00"),
        (None, None),
    ],
)
def test_pairs_that_say_nothing(pair: tuple[object, object]) -> None:
    assert hours(choose_zone([pair])[0]) == -5


def test_the_most_frequent_offset_wins() -> None:
    east = ("2026-01-12T13:30:00.123", "2026-01-12 08:00:01")
    stray = ("2026-01-12T12:00:00", "2026-01-12 11:00:00")
    zone, why = choose_zone([east, stray, east])
    assert hours(zone) == 5.5
    assert "UTC+05:30" in why
    assert choose_zone([("2026-01-12T12:00:00", "2026-01-12 12:00:30")])[0] is UTC
    assert "UTC-03:00" in choose_zone([("2026-01-12T09:00:00", "2026-01-12 12:00:30")])[1]


@pytest.mark.parametrize("hours_back", [1, 12, 24, 960])
def test_moments_that_were_noted_at_some_other_time_are_no_evidence(hours_back: int) -> None:
    # A store that was filled at once has the times of its rows beside that of the filling.
    filled = datetime(2026, 1, 12, 12, tzinfo=UTC)
    pairs = []
    for number in range(100):
        begun = filled - timedelta(seconds=hours_back * 36 * number)
        pairs.append((begun.replace(tzinfo=None).isoformat(), "2026-01-12 12:00:00"))
    zone, why = choose_zone(pairs)
    assert hours(zone) == -5
    assert "do not agree" in why


def test_summer_and_winter_agree() -> None:
    winter = ("2026-01-12T13:00:00", "2026-01-12 12:00:00")
    summer = ("2026-07-12T14:00:00", "2026-07-12 12:00:00")
    assert hours(choose_zone([winter, summer, winter, summer])[0]) == 1


def test_a_machine_that_agrees_keeps_its_summer_time() -> None:
    zone, _ = choose_zone([("2026-01-12T07:00:00", "2026-01-12 12:00:01")])
    assert (hours(zone), hours(zone, SUMMER)) == (-5, -4)


def test_the_environment_overrules(monkeypatch: pytest.MonkeyPatch) -> None:
    proof = [("2026-01-12T13:00:00", "2026-01-12 12:00:00")]
    monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "Asia/Tokyo")
    zone, why = choose_zone(proof)
    assert hours(zone) == 9
    assert "Asia/Tokyo" in why
    monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "utc")
    assert choose_zone(proof)[0] is UTC


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd"])
def test_a_name_that_is_no_zone_is_ignored_aloud(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", name)
    zone, why = choose_zone([("2026-01-12T13:00:00", "2026-01-12 12:00:00")])
    assert hours(zone) == 1
    assert "ignored" in why


@given(
    st.integers(min_value=-48, max_value=56),
    st.lists(st.floats(min_value=-100, max_value=100), min_size=1, max_size=5),
)
def test_any_quarter_hour_is_found_through_delays(quarters: int, delays: list[float]) -> None:
    pairs = []
    for delay in delays:
        local = WINTER + timedelta(minutes=15 * quarters, seconds=delay)
        pairs.append((local.replace(tzinfo=None).isoformat(), "2026-01-12 12:00:00"))
    zone, _ = choose_zone(pairs)
    assert hours(zone) == quarters / 4


def test_named_zones_know_their_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_TUI_NAIVE_ZONE", "Europe/Berlin")
    zone, _ = choose_zone([])
    assert zone == ZoneInfo("Europe/Berlin")
    assert (hours(zone), hours(zone, SUMMER)) == (1, 2)
