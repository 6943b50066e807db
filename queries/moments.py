"""Instants as people write them: ``7d``, ``today``, ``2026-01-12T14:00``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from queries.text import clean, iso
from queries.times import parse_time

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

_match_ago = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,6})?[smhdw])+\Z").match
_find_parts = re.compile(r"([0-9.]+)([smhdw])").findall
_match_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").match


def parse_moment(text: str, now: float) -> float:
    """An instant that a person wrote, as epoch seconds.

    Args:
        text: a duration back from now ("30m", "12h", "7d", "2w", "1d12h"), "now", "today",
            "yesterday", a date (its first instant) or an ISO 8601 date and time. Days and
            times without a zone are UTC.
        now: epoch seconds.

    Raises:
        ValueError: with a sentence.
    """
    word = text.strip()
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    named = {
        "now": now,
        "today": day.timestamp(),
        "yesterday": (day - timedelta(days=1)).timestamp(),
    }
    moment: float | None = named.get(word.lower())
    if moment is None and _match_ago(word):
        moment = now - sum(float(number) * _UNITS[unit] for number, unit in _find_parts(word))
    elif moment is None and _match_date(word):
        moment = parse_time(word, UTC)
    if iso(moment) is None or moment is None:
        raise ValueError(
            f"'{clean(word, 40)}' is not a time: write 30m, 12h, 7d, 2w, today, 2026-01-12 or "
            "2026-01-12T14:00."
        )
    return moment
