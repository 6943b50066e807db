"""What a time without a zone means in a store whose writers noted local time."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, timedelta, timezone, tzinfo

from queries.times import LOCAL_ZONE, parse_time

NAIVE_ZONE_VARIABLE = "SESSION_TUI_NAIVE_ZONE"
"""Environment variable with an IANA zone name; it overrules everything found in a file."""
_QUARTER = 900
_SLACK = 120
_ONE_HOUR_EAST = timezone(timedelta(hours=1))


def choose_zone(
    pairs: Iterable[tuple[object, object]], slack: float = _SLACK
) -> tuple[tzinfo, str]:
    """The zone of a store's naive times, and why.

    In this order: the environment variable; the writer's offset from UTC where the same
    moment is also noted in UTC (the reader's own zone is kept if it agrees with most of that,
    because it also knows summer time); the zone of the machine that reads.

    Args:
        pairs: ``(a time cell, the same moment in UTC)``. Cells that are not naive text and
            pairs that are further than ``slack`` from a whole quarter of an hour apart say
            nothing and are passed over.
        slack: seconds by which the two clocks may differ.

    Returns:
        The zone, and a sentence for the doctor.
    """
    note = ""
    name = os.environ.get(NAIVE_ZONE_VARIABLE, "").strip()
    if name:
        zone = _named(name)
        if zone is not None:
            return zone, f"times without a zone are read as {name} ({NAIVE_ZONE_VARIABLE})"
        note = f"{NAIVE_ZONE_VARIABLE} names no known time zone and is ignored; "
    local = _local_zone()
    voting = [
        (pair, offset)
        for pair in pairs
        if _is_naive(pair[0]) and (offset := _offset(*pair, slack)) is not None
    ]
    if not voting:
        return local, note + "times without a zone are read as this machine's local time"
    if sum(_agrees(local, pair, slack) for pair, _ in voting) * 2 > len(voting):
        return local, note + "times without a zone are this machine's local time, as others show"
    votes = Counter(offset for _, offset in voting)
    offset = max(votes, key=lambda value: (votes[value], -abs(value), value))
    hours = f"{'-' if offset < 0 else '+'}{abs(offset) // 3600:02d}:{abs(offset) // 60 % 60:02d}"
    found: tzinfo = UTC if offset == 0 else timezone(timedelta(seconds=offset))
    return found, note + f"times without a zone are UTC{hours}, as times beside them show"


def naive_zone(otherwise: tzinfo) -> tuple[tzinfo, str]:
    """The zone that the environment variable names, else another; and a sentence about it."""
    name = os.environ.get(NAIVE_ZONE_VARIABLE, "").strip()
    zone = _named(name) if name else None
    if zone is not None:
        return zone, f"times without a zone are read as {name} ({NAIVE_ZONE_VARIABLE})"
    return otherwise, f"times without a zone are read as {otherwise}"


def _named(name: str) -> tzinfo | None:
    if name.upper() == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # takes 4 ms to load

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _local_zone() -> tzinfo:
    # UTC itself, where that is the machine's zone, takes the faster way through parse_time.
    return UTC if time.timezone == 0 and not time.daylight else LOCAL_ZONE


def _is_naive(value: object) -> bool:
    return isinstance(value, str) and parse_time(value, UTC) != parse_time(value, _ONE_HOUR_EAST)


def _offset(value: object, moment: object, slack: float) -> int | None:
    local, instant = parse_time(value, UTC), parse_time(moment, UTC)
    if local is None or instant is None:
        return None
    offset = round((local - instant) / _QUARTER) * _QUARTER
    if abs(local - instant - offset) > slack or not -12 * 3600 <= offset <= 14 * 3600:
        return None
    return offset


def _agrees(zone: tzinfo, pair: tuple[object, object], slack: float) -> bool:
    local, instant = parse_time(pair[0], zone), parse_time(pair[1], UTC)
    return local is not None and instant is not None and abs(local - instant) <= slack
