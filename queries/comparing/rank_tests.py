"""Two samples compared by rank: no assumption about the shape of their distributions."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

EXACT_UP_TO = 8
"""With a sample of at most this size and no ties, p is exact."""


def cliffs_delta(a: Sequence[float], b: Sequence[float]) -> float | None:
    """How much more often a value of B is above one of A than below: -1..1; None of nothing.

    N. Cliff (1993), "Dominance statistics: ordinal analyses to answer ordinal questions",
    Psychological Bulletin 114.
    """
    if not a or not b:
        return None
    ordered = sorted(a)
    above = sum(bisect_left(ordered, value) for value in b)
    below = sum(len(ordered) - bisect_right(ordered, value) for value in b)
    return (above - below) / (len(a) * len(b))


def is_exact(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether :func:`mann_whitney` counts orders instead of using the normal distribution."""
    if min(len(a), len(b)) > EXACT_UP_TO:
        return False
    return len({*a, *b}) == len(a) + len(b)


def mann_whitney(a: Sequence[float], b: Sequence[float], exact: bool | None = None) -> float | None:
    """Two-sided p of the Mann-Whitney U test; None when a sample is empty.

    H. B. Mann and D. R. Whitney (1947), "On a test of whether one of two random variables is
    stochastically larger than the other", Annals of Mathematical Statistics 18. Exact: among
    all orders of the values, the part at least as uneven. Otherwise the normal approximation
    with correction for ties and continuity (E. L. Lehmann, "Nonparametrics", 1975, 1.2).

    Args:
        a: one sample.
        b: the other.
        exact: None decides by :func:`is_exact`. Ties make an exact p invalid.
    """
    first, second = len(a), len(b)
    if not first or not second:
        return None
    ordered = sorted(a)
    u = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in b) / 2
    u = max(u, first * second - u)
    if is_exact(a, b) if exact is None else exact:
        return min(2 * _at_least(first, second, math.floor(u)), 1.0)
    number = first + second
    ties = sum(size**3 - size for size in Counter((*a, *b)).values())
    spread = first * second / 12 * (number + 1 - ties / (number * (number - 1)))
    if spread <= 0:
        return 1.0
    z = (u - first * second / 2 - 0.5) / math.sqrt(spread)
    return min(math.erfc(z / math.sqrt(2)), 1.0)


def smallest_p(first: int, second: int) -> float:
    """The p of samples of these sizes of which one lies wholly above the other."""
    return min(2 / math.comb(first + second, first), 1.0)


def _at_least(first: int, second: int, u: int) -> float:
    """The probability of U >= u when all orders are equally likely."""
    counts = _orders(min(first, second), max(first, second))
    # U is symmetric, and the shorter side is summed.
    return sum(counts[: first * second - u + 1]) / math.comb(first + second, first)


@lru_cache(32)
def _orders(few: int, many: int) -> list[int]:
    """How many orders of few + many values have U = 0, 1, 2, ...: the Gaussian binomial."""
    counts = [1] + [0] * (few * many)
    for size in range(1, few + 1):
        # Multiply by 1 - q^(many + size), divide by 1 - q^size.
        step = many + size
        for power in range(len(counts) - 1, step - 1, -1):
            counts[power] -= counts[power - step]
        for power in range(size, len(counts)):
            counts[power] += counts[power - size]
    return counts
