"""Rates, averages and amounts in words."""

from __future__ import annotations

from queries.models.rates import Rate
from queries.text import UNKNOWN, count, percent


def rate_text(rate: Rate) -> str:
    """The rate alone: ``97.2 %``; unknown where there is nothing it could be of."""
    return UNKNOWN if rate.rate is None else f"{percent(rate.rate)} %"


def rate_basis(rate: Rate) -> str:
    """What a rate rests on: ``141 of 145, 95 % range 93.1-98.9``; no range of nothing."""
    of = f"{count(rate.count)} of {count(rate.of)}"
    interval = interval_text(rate)
    return f"{of}, 95 % range {interval}" if interval else of


def interval_text(rate: Rate) -> str:
    """The 95 % interval in percent: ``93.1-98.9``; "" where it is unknown."""
    if rate.low is None or rate.high is None:
        return ""
    return f"{percent(rate.low)}-{percent(rate.high)}"


def rate_sentence(rate: Rate) -> str:
    """The rate and what it rests on: ``97.2 % (141 of 145, 95 % range 93.1-98.9)``."""
    return f"{rate_text(rate)} ({rate_basis(rate)})"


def money(dollars: float | None) -> str:
    """An amount of US dollars, to the cent, and small ones to four digits."""
    if dollars is None:
        return UNKNOWN
    return f"${dollars:,.4f}" if 0 < abs(dollars) < 0.1 else f"${dollars:,.2f}"


def plain_number(value: float | None) -> str:
    """A number with at most one decimal: ``9``, ``12.3``, ``1,204``."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.1f}"
