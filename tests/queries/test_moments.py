from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queries.moments import moment_text, parse_moment
from queries.text import iso

NOW = 1_768_226_400.0  # 2026-01-12 14:00 UTC


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", "2026-01-12T13:30:00Z"),
        ("12h", "2026-01-12T02:00:00Z"),
        ("7d", "2026-01-05T14:00:00Z"),
        ("2w", "2025-12-29T14:00:00Z"),
        ("90s", "2026-01-12T13:58:30Z"),
        ("1.5h", "2026-01-12T12:30:00Z"),
        ("1d12h", "2026-01-11T02:00:00Z"),
        ("now", "2026-01-12T14:00:00Z"),
        ("Today", "2026-01-12T00:00:00Z"),
        ("yesterday", "2026-01-11T00:00:00Z"),
        ("2026-01-10", "2026-01-10T00:00:00Z"),
        (" 2026-01-10 08:30 ", "2026-01-10T08:30:00Z"),
        ("2026-01-10T08:30:15.25", "2026-01-10T08:30:15.250000Z"),
        ("2026-01-10T08:30:00Z", "2026-01-10T08:30:00Z"),
        ("2026-01-10T08:30:00+02:00", "2026-01-10T06:30:00Z"),
    ],
)
def test_moments_are_utc_unless_they_say_otherwise(text: str, moment: str) -> None:
    assert iso(parse_moment(text, NOW)) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("today", "2026-01-11T23:00:00Z"),
        ("yesterday", "2026-01-10T23:00:00Z"),
        ("2026-01-12", "2026-01-11T23:00:00Z"),
        ("2026-07-01", "2026-06-30T22:00:00Z"),
        ("2026-01-12T14:00", "2026-01-12T13:00:00Z"),
        ("2026-01-12 14:00Z", "2026-01-12T14:00:00Z"),
        ("12h", "2026-01-12T02:00:00Z"),
    ],
)
def test_days_and_times_are_those_of_a_zone(
    text: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert iso(parse_moment(text, NOW, ZoneInfo("Europe/Berlin"))) == moment
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert iso(parse_moment(text, NOW, None)) == moment
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe"]
)
def test_today_begins_when_its_date_does(zone: str) -> None:
    """Also where clocks are changed at midnight, for a year that has such days."""
    local = ZoneInfo(zone)
    at = datetime(2018, 1, 1, tzinfo=UTC).timestamp()
    for _ in range(1000):
        at += 32_000
        begun = parse_moment("today", at, local)
        today = datetime.fromtimestamp(at, local).date()
        assert datetime.fromtimestamp(begun, local).date() == today
        assert datetime.fromtimestamp(begun - 1, local).date() == today - timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "7x", "7D", "d", "-7d", "2026", "2026-13-01", "2026-02-30", "99999999w"),
        *("1768226400", "2026-01-12T25:00", "12:30", "soon", "7d 2h", "\x1b[2J"),
    ],
)
def test_anything_else_is_told_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time: write 30m, 12h, 7d, 2w, today,") as caught:
        parse_moment(text, NOW)
    assert "\x1b" not in str(caught.value)


@given(st.text("0123456789.smhdw-T: ", max_size=20) | st.text(max_size=30), st.floats(0, 4e9))
@example("999999999w999999999w", 0.0)
def test_any_text_is_a_moment_or_a_sentence(text: str, now: float) -> None:
    try:
        moment = parse_moment(text, now)
    except ValueError:
        return
    assert iso(moment) is not None


@given(st.datetimes(timezones=st.just(None)))
def test_what_is_printed_is_read_back(moment: object) -> None:
    text = str(moment).replace(" ", "T")
    assert iso(parse_moment(text, NOW)) == iso(parse_moment(f"{text}Z", NOW))


@pytest.mark.parametrize(
    ("moment", "berlin", "utc"),
    [
        ("2026-01-11T23:00:00Z", "2026-01-12", "2026-01-11T23:00"),
        ("2026-01-12T13:00:00Z", "2026-01-12T14:00", "2026-01-12T13:00"),
        ("2026-01-12T13:00:07Z", "2026-01-12T14:00:07", "2026-01-12T13:00:07"),
        ("2026-01-12T13:00:07.250000Z",) * 3,
        # Half past two comes twice in that night: only one of both can be written without a zone.
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:30"),
    ],
)
def test_instants_are_written_as_in_a_zone(moment: str, berlin: str, utc: str) -> None:
    instant = parse_moment(moment, NOW)
    assert moment_text(instant, ZoneInfo("Europe/Berlin")) == berlin
    assert moment_text(instant) == utc


@given(
    st.floats(0.0, 4e9) | st.integers(0, 4_000_000_000).map(float),
    st.sampled_from((UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu"), None)),
)
def test_what_is_written_is_read_as_the_same_instant(instant: float, zone: tzinfo | None) -> None:
    read = parse_moment(moment_text(instant, zone), NOW, zone)
    assert read == pytest.approx(instant, abs=1e-6)
