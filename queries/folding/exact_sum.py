"""Sums of floats that do not depend on the order in which they are added."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum


def plus(total: float, rest: float, values: Iterable[float]) -> tuple[float, float]:
    """A sum with further values: the nearest float, and by how much the exact sum differs.

    Sums of parts come out as the sum of the whole does, as long as they do not exceed what
    twice the digits of a float hold (Shewchuk's summation, twice over).
    """
    parts = (total, rest, *values)
    try:
        whole = fsum(parts)
        return whole, fsum((*parts, -whole))
    except (OverflowError, ValueError):
        return sum(parts), 0.0
