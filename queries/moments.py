"""Instants as people write them: ``7d``, ``today``, ``2026-01-12T14:00``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from queries.text import clean, iso
from queries.times import LOCAL_ZONE, parse_time

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

_DAYS: Final = ("today", "yesterday")

_LENGTHS: Final = (10, 16, 19)
"""Characters of a date, with hours and minutes, with seconds."""
_match_ago = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?[smhdw])+\Z").match
_find_parts = re.compile(r"([0-9.]+)([smhdw])").findall
_match_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").match


def parse_moment(text: str, now: float, zone: tzinfo | None = UTC) -> float:
    """An instant that a person wrote, as epoch seconds.

    Args:
        text: a duration back from now ("30m", "12h", "7d", "2w", "1d12h"), "now", "today",
            "yesterday", a date (its first instant) or an ISO 8601 date and time.
        now: epoch seconds.
        zone: of days, and of times that name none; None is the reader's own.

    Raises:
        ValueError: with a sentence.
    """
    word, moment = text.strip(), None
    if word.lower() == "now":
        moment = now
    elif word.lower() in _DAYS:
        # What is seldom typed need not be there before the first screen.
        from queries.models.overview import BucketSize
        from queries.windows import Calendar

        calendar = Calendar(BucketSize.DAY, zone)
        moment = calendar.start(now)
        if word.lower() == "yesterday":
            moment = calendar.start(moment - 1)
    elif _match_ago(word):
        moment = now - sum(float(number) * _UNITS[unit] for number, unit in _find_parts(word))
    elif _match_date(word):
        moment = parse_time(word, zone or LOCAL_ZONE)
    if iso(moment) is None or moment is None:
        raise ValueError(
            f"'{clean(word, 40)}' is not a time: write 30m, 12h, 7d, 2w, today, 2026-01-12 or "
            "2026-01-12T14:00."
        )
    return moment


def moment_text(moment: float, zone: tzinfo | None = UTC) -> str:
    """The shortest text that :func:`parse_moment` reads as this instant, with the same zone.

    Args:
        moment: epoch seconds, within the years 1 to 9999.
        zone: as there.
    """
    local = datetime.fromtimestamp(moment, zone or LOCAL_ZONE).isoformat()
    for length in _LENGTHS:
        if parse_moment(local[:length], moment, zone) == moment:
            return local[:length]
    return iso(moment) or local
