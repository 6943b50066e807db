"""A bag of durations that merges, forgets single values, and answers percentiles.

Exact up to :data:`EXACT` values; above that in logarithmic buckets of ratio
:data:`RATIO`, so that a percentile is off by at most (RATIO - 1) / 2, i.e. 2.5 %.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable

EXACT = 4096
RATIO = 1.05
_LOG = math.log(RATIO)
_FLOOR = 1e-6


def _bucket(seconds: float) -> int:
    return math.floor(math.log(max(seconds, _FLOOR)) / _LOG)


class Durations:
    """Durations in seconds. Negative ones count as given in sums, as 0 in percentiles."""

    __slots__ = ("_buckets", "_values", "count", "total")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self.count = 0
        self.total = 0.0
        self._values: list[float] | None = []
        self._buckets: dict[int, int] = {}
        for value in values:
            self.add(value)

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.count += 1
        self.total += seconds
        if self._values is not None:
            if len(self._values) < EXACT:
                insort(self._values, seconds)
                return
            self._to_buckets()
        bucket = _bucket(seconds)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1

    def remove(self, seconds: float) -> None:
        """Forget one duration that was added before."""
        self.count -= 1
        self.total -= seconds
        if self._values is not None:
            at = bisect_left(self._values, seconds)
            if at < len(self._values) and self._values[at] == seconds:
                del self._values[at]
            return
        bucket = _bucket(seconds)
        left = self._buckets.get(bucket, 0) - 1
        if left > 0:
            self._buckets[bucket] = left
        else:
            self._buckets.pop(bucket, None)

    def merge(self, other: Durations) -> None:
        """Add all that ``other`` holds."""
        if other._values is not None:
            if len(other._values) == 1 or self._values is None:
                for value in other._values:
                    self.add(value)
                return
            if len(self._values) + len(other._values) <= EXACT:
                self._values += other._values
                self._values.sort()
                self.count += other.count
                self.total += other.total
                return
        if self._values is not None:
            self._to_buckets()
        self.count += other.count
        self.total += other.total
        if other._values is not None:
            for value in other._values:
                bucket = _bucket(value)
                self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        for bucket, number in other._buckets.items():
            self._buckets[bucket] = self._buckets.get(bucket, 0) + number

    @property
    def average(self) -> float | None:
        """The mean in seconds; unknown when empty."""
        return self.total / self.count if self.count else None

    def percentile(self, part: float) -> float | None:
        """The ``part`` (0..1) quantile, linear between neighbouring ranks; None when empty."""
        if self._values is not None:
            return _between(self._values, part)
        rank = part * (sum(self._buckets.values()) - 1)
        seen = 0
        for bucket in sorted(self._buckets):
            number = self._buckets[bucket]
            if seen + number > rank:
                inside = (rank - seen + 0.5) / number
                return math.exp((bucket + min(max(inside, 0.0), 1.0)) * _LOG)
            seen += number
        return None

    def _to_buckets(self) -> None:
        for value in self._values or ():
            bucket = _bucket(value)
            self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self._values = None


def _between(values: list[float], part: float) -> float | None:
    if not values:
        return None
    rank = part * (len(values) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (rank - low)
