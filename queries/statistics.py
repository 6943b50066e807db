"""Statistics as pure functions: locations, proportions, many tests at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
SIGNIFICANT = 0.05
"""Below this, a p (adjusted for the number of tests) shows a difference."""
_TIE = 1.0 + 1e-10
"""Tables whose probabilities differ by less than rounding are equally likely."""


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the two in the middle; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float] | None:
    """Wilson's score interval of a proportion, ``(low, high)`` in 0..1; None without trials.

    E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22.
    """
    if trials <= 0:
        return None
    part = successes / trials
    scale = 1 + z * z / trials
    centre = part + z * z / (2 * trials)
    spread = z * math.sqrt(part * (1 - part) / trials + z * z / (4 * trials * trials))
    low = 0.0 if successes == 0 else max((centre - spread) / scale, 0.0)
    high = 1.0 if successes == trials else min((centre + spread) / scale, 1.0)
    return (low, high)


def newcombe(
    successes_a: int, trials_a: int, successes_b: int, trials_b: int, z: float = Z95
) -> tuple[float, float] | None:
    """Interval of the difference of two proportions, B's minus A's; None without trials.

    Method 10 of R. G. Newcombe (1998), "Interval estimation for the difference between
    independent proportions: comparison of eleven methods", Statistics in Medicine 17: the
    distances from each proportion to the ends of its Wilson interval, combined.
    """
    of_a, of_b = wilson(successes_a, trials_a, z), wilson(successes_b, trials_b, z)
    if of_a is None or of_b is None:
        return None
    part_a, part_b = successes_a / trials_a, successes_b / trials_b
    difference = part_b - part_a
    below = math.hypot(part_b - of_b[0], of_a[1] - part_a)
    above = math.hypot(of_b[1] - part_b, part_a - of_a[0])
    return (difference - below, difference + above)


def fisher_exact(successes_a: int, failures_a: int, successes_b: int, failures_b: int) -> float:
    """Fisher's exact two-sided p of a table of two proportions; 1 where a margin is empty.

    The sum over all tables with the same margins that are at most as likely as this one:
    R. A. Fisher (1935), "The logic of inductive inference", Journal of the Royal Statistical
    Society 98; two-sided as in J. O. Irwin (1935), Metron 12. Probabilities are taken
    relative to the likeliest table, outward from it, so that nothing overflows.
    """
    successes = successes_a + successes_b
    in_a, in_b = successes_a + failures_a, successes_b + failures_b
    low, high = max(0, successes - in_b), min(successes, in_a)
    if low >= high:
        return 1.0
    mode = (successes + 1) * (in_a + 1) // (in_a + in_b + 2)
    mode = min(max(mode, low), high)
    weights = {mode: 1.0}
    weight = 1.0
    for k in range(mode, high):
        weight *= (successes - k) * (in_a - k) / ((k + 1) * (in_b - successes + k + 1))
        if not weight:
            break
        weights[k + 1] = weight
    weight = 1.0
    for k in range(mode, low, -1):
        weight *= k * (in_b - successes + k) / ((successes - k + 1) * (in_a - k + 1))
        if not weight:
            break
        weights[k - 1] = weight
    limit = weights.get(successes_a, 0.0) * _TIE
    likely = math.fsum(weight for weight in weights.values() if weight <= limit)
    return likely / math.fsum(weights.values())


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for being several, in the same order.

    S. Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian
    Journal of Statistics 6: the smallest times m, the next times m - 1, never falling.
    """
    return [
        min(p_adjusted, 1.0)
        for p_adjusted in _running_maximum(p_values, holm_factors(p_values))
    ]  # fmt: skip


def holm_factors(p_values: Sequence[float]) -> list[int]:
    """By how much Holm's procedure multiplies each p: m for the smallest, 1 for the largest."""
    factors = [0] * len(p_values)
    for rank, index in enumerate(_ascending(p_values)):
        factors[index] = len(p_values) - rank
    return factors


def _running_maximum(p_values: Sequence[float], factors: Sequence[int]) -> list[float]:
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for index in _ascending(p_values):
        highest = max(highest, p_values[index] * factors[index])
        adjusted[index] = highest
    return adjusted


def _ascending(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=lambda index: p_values[index])
