"""Times of every shape become instants: UTC epoch seconds."""

from __future__ import annotations

import re
import time
from calendar import timegm
from datetime import UTC, datetime, timedelta, tzinfo

_EARLIEST = -62_135_596_800.0
_LATEST = 253_402_300_800.0
_DAYS_KEPT = 20_000
OTHER_UNIT = 1e11
"""Numbers from here on are no seconds."""

_days: dict[str, int] = {}
_minutes: dict[str, int] = {}
"""Seconds up to a minute of the day, by the text before its seconds: ``12:34:``."""
_SECONDS = {f"{second:02}": second for second in range(60)}
_offsets: dict[tuple[tzinfo, int, str, int], int] = {}

_match_iso = re.compile(
    r"""([0-9]{4}-[0-9]{2}-[0-9]{2})
    (?:[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?
       (?:\ ?(?:([Zz]|UTC|GMT)|([+-])([0-9]{2})(?::?([0-9]{2}))?(?:\ [A-Z+-][A-Z0-9+-]*)?)
          (?:\ m=[+-][0-9.]+)?)?
    )?\Z""",
    re.VERBOSE,
).match
_match_tail = re.compile(r"(?:\.([0-9]{1,9}))?(Z|\+00:00)?\Z").match
_match_number = re.compile(r"[+-]?(?:[0-9]+(\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z").match


def parse_time(value: object, naive: tzinfo) -> float | None:
    """An instant as UTC epoch seconds, whatever a store keeps it as.

    Args:
        value: a cell. Numbers are seconds, milliseconds, microseconds or nanoseconds by
            their magnitude. Text is ISO 8601 with "T" or a blank, any number of fraction
            digits, with or without a zone, also as Go prints it; or a number in digits.
        naive: what text without a zone means. Of a local time that occurs twice, the
            first is taken.

    Returns:
        Seconds, or ``None`` for anything that is not a time of the years 1 to 9999. Never
        raises. Two texts for one instant give the same float, and later instants never
        give smaller ones.
    """
    if type(value) is str:
        if len(value) >= 19 and value[10] in " T":
            # Look-ups instead of parsing: this runs for every row of a store.
            day = _days.get(value[:10])
            minute, second = _minutes.get(value[11:17]), _SECONDS.get(value[17:19])
            if day is not None and minute is not None and second is not None:
                clock = minute + second
                if len(value) == 19:
                    if naive is UTC:
                        return float(day + clock)
                    return _instant(value[:10], day, clock, None, naive)
                tail = _match_tail(value, 19)
                if tail is not None:
                    fraction, zone = tail.groups()
                    return _instant(value[:10], day, clock, fraction, UTC if zone else naive)
        return _from_text(value, naive)
    if type(value) is float or type(value) is int:
        return _from_number(value)
    return None


def _from_number(value: float) -> float | None:
    size = abs(value)
    if size < OTHER_UNIT:
        seconds = float(value)
    elif size < 1e14:
        seconds = value / 1_000
    elif size < 1e17:
        seconds = value / 1_000_000
    elif size < 1e20:
        seconds = value / 1_000_000_000
    else:
        return None
    return seconds if _EARLIEST <= seconds < _LATEST else None


def _from_text(text: str, naive: tzinfo) -> float | None:
    if len(text) > 80:
        return None
    text = text.strip()
    found = _match_iso(text)
    if found is None:
        number = _match_number(text)
        if number is None:
            return None
        return _from_number(int(text) if text.lstrip("+-").isdigit() else float(text))
    date, minutes, second, fraction, zulu, sign, zone_hours, zone_minutes = found.groups()
    day = _days.get(date)
    if day is None:
        day = _read_day(date)
    minute = _read_minute(f"{minutes or '00:00'}:")
    within = _SECONDS.get(second or "00")
    if day is None or minute is None or within is None:
        return None
    clock = minute + within
    if sign is None:
        return _instant(date, day, clock, fraction, naive if zulu is None else UTC)
    hours, rest = int(zone_hours), int(zone_minutes or 0)
    if hours > 23 or rest > 59:
        return None
    offset = hours * 3600 + rest * 60
    return _instant(date, day, clock + (offset if sign == "-" else -offset), fraction, UTC)


def _instant(date: str, day: int, clock: int, fraction: str | None, zone: tzinfo) -> float | None:
    """Puts the parts together; ``day`` and ``clock`` are seconds as if the zone were UTC."""
    seconds = day + clock
    if zone is not UTC:
        moved = _local_offset(date, clock, zone)
        if moved is None:
            return None
        seconds -= moved
    if not _EARLIEST <= seconds < _LATEST:
        return None
    if fraction is None:
        return float(seconds)
    # Whole numbers divided once are rounded once, as every other writer's float is.
    scale: int = 10 ** len(fraction)
    return (seconds * scale + int(fraction)) / scale


def _read_day(text: str) -> int | None:
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    try:
        datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    if len(_days) >= _DAYS_KEPT:
        _days.clear()
    seconds = _days[text] = timegm((year, month, day, 0, 0, 0))
    return seconds


def _read_minute(text: str) -> int | None:
    known = _minutes.get(text)
    if known is not None:
        return known
    hour, minute = int(text[:2]), int(text[3:5])
    if hour > 23 or minute > 59:
        return None
    seconds = _minutes[text] = hour * 3600 + minute * 60
    return seconds


def _local_offset(date: str, clock: int, zone: tzinfo) -> int | None:
    """Seconds that local time is ahead of UTC; looked up once for hours without a change."""
    # The machine's zone may be another one the next time (TZ, tzset).
    key = (zone, time.timezone if zone is LOCAL_ZONE else 0, date, clock // 3600)
    offset = _offsets.get(key)
    if offset is None:
        offset = _ask_offset(date, clock, zone)
        hour = clock // 3600 * 3600
        last = _ask_offset(date, hour + 3599, zone)
        if offset is not None and offset == last == _ask_offset(date, hour, zone):
            if len(_offsets) >= _DAYS_KEPT:
                _offsets.clear()
            _offsets[key] = offset
    return offset


def _ask_offset(date: str, clock: int, zone: tzinfo) -> int | None:
    try:
        offset = datetime(
            int(date[:4]), int(date[5:7]), int(date[8:]),
            clock // 3600, clock // 60 % 60, clock % 60, tzinfo=zone,
        ).utcoffset()  # fmt: skip
    except (ValueError, OverflowError, OSError):
        return None
    return 0 if offset is None else round(offset.total_seconds())


class _LocalZone(tzinfo):
    """This machine's zone with all its changes, which a fixed offset of today would miss."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        if moment is None:
            return None
        return moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        del moment
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        local = moment.replace(tzinfo=UTC).astimezone()
        return local.replace(tzinfo=self)

    def __repr__(self) -> str:
        return "local"


LOCAL_ZONE: tzinfo = _LocalZone()
"""The zone of the machine that reads."""
