"""Bootstrap intervals of differences, always the same for the same data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Literal

SEED = 20_260_112
MOST, FEWEST = 10_000, 2_000
"""Resamples: as many as cost little, never fewer than give a stable interval."""
DRAWS = 1_000_000
"""Values drawn for one interval of means, about."""


def bootstrap_difference(
    a: Sequence[float],
    b: Sequence[float],
    of: Literal["median", "mean"] = "median",
    *,
    resamples: int | None = None,
    level: float = 0.95,
) -> tuple[float, float] | None:
    """Percentile interval of the median (or mean) of B minus that of A; None of nothing.

    Each sample is drawn with replacement from itself, the two independently. B. Efron and
    R. J. Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13. The seed is fixed.

    Args:
        a: one sample.
        b: the other.
        of: whose difference.
        resamples: how often to draw; by default between :data:`FEWEST` and :data:`MOST`.
        level: the part of the resamples that the interval holds.
    """
    if not a or not b:
        return None
    if resamples is None:
        affordable = MOST if of == "median" else DRAWS // (len(a) + len(b))
        resamples = min(max(affordable, FEWEST), MOST)
    draw = _medians if of == "median" else _means
    # Different numbers for the two samples, or equal samples would always differ by 0.
    of_a, of_b = draw(sorted(a), resamples, 0), draw(sorted(b), resamples, 1)
    differences = sorted(late - early for early, late in zip(of_a, of_b, strict=True))
    tail = (1 - level) / 2
    return (_quantile(differences, tail), _quantile(differences, 1 - tail))


def _medians(ordered: list[float], resamples: int, stream: int) -> list[float]:
    size = len(ordered)
    if ordered[0] == ordered[-1]:
        return [ordered[0]] * resamples
    return [
        (ordered[low] + ordered[high]) / 2 if low != high else ordered[low]
        for low, high in _middles(size, resamples, stream)
    ]


@lru_cache(8)
def _middles(size: int, resamples: int, stream: int) -> list[tuple[int, int]]:
    """Which two values are in the middle of each resample of ``size`` values in order.

    A resample need not be drawn for that: its values in order stand where the ordered
    uniform numbers u do, at floor(size * u), and the k-th of those follows Beta(k, size + 1 - k);
    the next one lies a Beta(1, size - k) part of the way to 1.
    """
    dice = Random(SEED * 2 + stream)  # noqa: S311 - repeatable on purpose, no secret
    beta, uniform = dice.betavariate, dice.random
    middle = (size + 1) // 2
    rest = size - middle
    last = size - 1
    found = []
    for _ in range(resamples):
        place = beta(middle, rest + 1)
        low = high = min(int(size * place), last)
        if size % 2 == 0:
            place += (1 - place) * (1 - uniform() ** (1 / rest))
            high = min(int(size * place), last)
        found.append((low, high))
    return found


def _means(ordered: list[float], resamples: int, stream: int) -> list[float]:
    size = len(ordered)
    dice = Random(SEED * 2 + stream)  # noqa: S311 - repeatable on purpose, no secret
    if size <= 256:
        drawn = list(map(ordered.__getitem__, _indices(size, size * resamples, dice)))
    else:
        drawn = dice.choices(ordered, k=size * resamples)
    return [sum(drawn[at : at + size]) / size for at in range(0, len(drawn), size)]


def _indices(size: int, number: int, dice: Random) -> bytes:
    """Random indices below ``size``, evenly distributed: bytes too high for that are dropped."""
    fair = 256 - 256 % size
    table = bytes(value % size for value in range(256))
    unfair = bytes(range(fair, 256))
    drawn = b""
    while len(drawn) < number:
        drawn += dice.randbytes(number - len(drawn) + 64).translate(table, unfair)
    return drawn[:number]


def _quantile(ordered: list[float], part: float) -> float:
    """Linear between neighbouring ranks."""
    rank = part * (len(ordered) - 1)
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)
