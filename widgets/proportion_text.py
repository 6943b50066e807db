"""Proportions in words."""

from __future__ import annotations

from queries.models.rates import Rate
from queries.text import UNKNOWN, count, percent


def proportion_text(rate: Rate) -> str:
    """A rate with what it rests on: ``83.3 % of 6 (43.6-97.0)``."""
    if rate.rate is None:
        return f"{UNKNOWN} of {count(rate.of)}"
    interval = (
        "" if rate.low is None or rate.high is None
        else f" ({percent(rate.low)}-{percent(rate.high)})"
    )  # fmt: skip
    return f"{percent(rate.rate)} % of {count(rate.of)}{interval}"


def proportion_role(rate: Rate) -> str:
    """The role in which a proportion of successes is drawn."""
    return "muted" if rate.rate is None else "ok" if rate.rate >= 1 else "warning"
