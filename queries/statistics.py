"""Statistics as pure functions."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


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
