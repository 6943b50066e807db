"""Figures with what they rest on: proportions, several values of one kind, ratings.

Rates are 0..1; ``None`` always means "unknown", never zero.
"""

from __future__ import annotations

from enum import StrEnum

from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion with what it rests on."""

    count: int = 0
    """How many of them."""
    of: int = 0
    """Of how many."""
    rate: float | None = None
    """count / of; unknown where there are none."""
    low: float | None = None
    high: float | None = None
    """Wilson 95 % interval."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Several values of one kind. Everything is unknown where there is none."""

    known: int = 0
    """How many values there are; the figures are over these."""
    average: float | None = None
    median: float | None = None
    p95: float | None = None
    total: float | None = None


class Rating(StrEnum):
    """What a quality of 0 to 100 is worth."""

    EXCELLENT = "excellent"
    """80 and more."""
    GOOD = "good"
    """60 and more."""
    NEEDS_IMPROVEMENT = "needs improvement"
