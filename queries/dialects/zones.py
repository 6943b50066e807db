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
_SUMMER = 3600
_ENOUGH = 4
"""One in so many pairs must agree on an offset."""
_OFFSETS = range(-12 * 3600, 14 * 3600 + 1)
_ONE_HOUR_EAST = timezone(timedelta(hours=1))


def choose_zone(
    pairs: Iterable[tuple[object, object]], slack: float = _SLACK
) -> tuple[tzinfo, str]:
    """The zone of a store's naive times, and why.

    In this order: the environment variable; the writer's offset from UTC where the same
    moment is also noted in UTC and most of that agrees (the reader's own zone is kept if it is
    what most agree on, because it also knows summer time); the zone of the machine that reads.

    Args:
        pairs: ``(a time cell, the same moment in UTC)``. Cells that are not naive text say
            nothing and are passed over, and so are pairs that are further than ``slack`` from
            a whole quarter of an hour apart, as long as these are not by far the most.
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
    naive = [pair for pair in pairs if _is_naive(pair[0])]
    voting = [(pair, offset) for pair in naive if (offset := _offset(*pair, slack)) is not None]
    if not voting:
        return local, note + "times without a zone are read as this machine's local time"
    if sum(_agrees(local, pair, slack) for pair, _ in voting) * 2 > len(voting):
        return local, note + "times without a zone are this machine's local time, as others show"
    votes = Counter(offset for _, offset in voting)
    offset = max(votes, key=lambda value: (votes[value], -abs(value), value))
    agreed = sum(votes[offset + shift] for shift in (-_SUMMER, 0, _SUMMER))
    against = sum(_is_elsewhere(*pair) for pair in naive)
    if agreed * 2 <= len(voting) + against or agreed * _ENOUGH < len(naive):
        # A store that was filled at once has the time of that beside all others: whatever lies
        # between them is chance.
        return local, note + (
            "times without a zone are read as this machine's local time,"
            " for the times in UTC beside them do not agree on another"
        )
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


def _apart(value: object, moment: object) -> float | None:
    """By how many seconds a time that is read as UTC is ahead of a moment."""
    local, instant = parse_time(value, UTC), parse_time(moment, UTC)
    return None if local is None or instant is None else local - instant


def _whole(seconds: float) -> int:
    """The nearest whole quarter of an hour."""
    return round(seconds / _QUARTER) * _QUARTER


def _offset(value: object, moment: object, slack: float) -> int | None:
    apart = _apart(value, moment)
    if apart is None:
        return None
    offset = _whole(apart)
    return offset if abs(apart - offset) <= slack and offset in _OFFSETS else None


def _is_elsewhere(value: object, moment: object) -> bool:
    """Whether no zone of the world makes these two the same moment."""
    apart = _apart(value, moment)
    return apart is not None and _whole(apart) not in _OFFSETS


def _agrees(zone: tzinfo, pair: tuple[object, object], slack: float) -> bool:
    local, instant = parse_time(pair[0], zone), parse_time(pair[1], UTC)
    return local is not None and instant is not None and abs(local - instant) <= slack
