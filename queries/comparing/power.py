"""How many observations it takes to show a difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from queries.statistics import SIGNIFICANT, mean

POWER = 0.8
RANK_EFFICIENCY = 3 / math.pi
"""Asymptotic relative efficiency of the Mann-Whitney test against the t test for normal data."""


def needed_for_proportions(
    part_a: float,
    part_b: float,
    *,
    alpha: float = SIGNIFICANT,
    power: float = POWER,
    corrected: bool = False,
) -> float | None:
    """Trials per group to show the difference of two proportions; None when there is none.

    With p the mean of the two: (z(1-alpha/2) sqrt(2 p (1-p)) + z(power) sqrt(pa (1-pa) +
    pb (1-pb)))^2 / (pa - pb)^2. J. L. Fleiss, B. Levin and M. C. Paik (2003), "Statistical
    Methods for Rates and Proportions", 4.2.

    Args:
        part_a: 0..1.
        part_b: 0..1.
        alpha: two-sided.
        power: the chance to show it.
        corrected: with their correction for continuity (4.3), which fits Fisher's exact test:
            n/4 (1 + sqrt(1 + 4 / (n |pa - pb|)))^2.
    """
    distance = abs(part_a - part_b)
    if not distance:
        return None
    both = (part_a + part_b) / 2
    apart = part_a * (1 - part_a) + part_b * (1 - part_b)
    root = _z(1 - alpha / 2) * math.sqrt(2 * both * (1 - both)) + _z(power) * math.sqrt(apart)
    number = (root / distance) ** 2
    if corrected:
        number = number / 4 * (1 + math.sqrt(1 + 4 / (number * distance))) ** 2
    return number


def needed_for_means(
    effect: float, *, alpha: float = SIGNIFICANT, power: float = POWER
) -> float | None:
    """Observations per group to show a difference of means; None when there is none.

    2 x^2 / d^2, where x is the z at which either tail beyond z(1-alpha/2) is reached with the
    chance wanted (nearly z(1-alpha/2) + z(power)): J. Cohen (1988), "Statistical Power Analysis
    for the Behavioral Sciences", 2.4, with the normal distribution.

    Args:
        effect: d, the difference in standard deviations.
        alpha: two-sided.
        power: the chance to show it.
    """
    if not effect:
        return None
    return 2 * (_reach(alpha, power) / effect) ** 2


def needed_for_ranks(
    a: Sequence[float],
    b: Sequence[float],
    *,
    alpha: float = SIGNIFICANT,
    power: float = POWER,
) -> float | None:
    """Observations per group to show by rank the difference of means seen; None without one.

    :func:`needed_for_means` divided by :data:`RANK_EFFICIENCY` (E. L. Lehmann (1975),
    "Nonparametrics", 2.4), with d over the standard deviation pooled from both samples. 0 when
    neither sample varies at all.
    """
    mean_a, mean_b = mean(a), mean(b)
    if mean_a is None or mean_b is None or mean_a == mean_b or len(a) + len(b) < 3:
        return None
    off = [value - mean_a for value in a] + [value - mean_b for value in b]
    # The square of what a store may hold can be too large, or too small, for a float.
    scale = max(map(abs, off))
    if not scale:
        return 0.0
    squares = math.fsum((value / scale) ** 2 for value in off)
    deviation = math.sqrt(squares / (len(a) + len(b) - 2))
    number = needed_for_means((mean_b - mean_a) / scale / deviation, alpha=alpha, power=power)
    return None if number is None else number / RANK_EFFICIENCY


@lru_cache(64)
def _reach(alpha: float, power: float) -> float:
    """The x with normal(x - z) + normal(-x - z) = power, z being the limit of alpha."""
    limit = _z(1 - alpha / 2)
    low, high = 0.0, limit + _z(max(power, 0.5)) + 1
    for _ in range(60):
        x = (low + high) / 2
        reached = math.erfc((limit - x) / math.sqrt(2)) + math.erfc((limit + x) / math.sqrt(2))
        low, high = (x, high) if reached / 2 < power else (low, x)
    return (low + high) / 2


def _z(part: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(part)
