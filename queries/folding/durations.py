"""A bag of durations that merges, forgets single values, and answers percentiles.

Exact up to :data:`EXACT` values. Above that, values are counted in logarithmic buckets of
ratio :data:`RATIO`: every value is known to within 2 %, and so is every percentile.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from queries.folding.exact_sum import plus

EXACT = 4096
RATIO = 1.02
_PER_LOG = 1 / math.log(RATIO)
_FLOOR = 1e-6
"""Seconds; shorter ones (and negative ones) are this long where buckets are used."""


class Durations:
    """Durations in seconds."""

    __slots__ = ("_buckets", "_rest", "_sorted", "_total", "_values", "count")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self.count = 0
        self._total = self._rest = 0.0
        self._values = array("d")
        """All of them, until there are too many."""
        self._sorted = True
        self._buckets: Counter[int] | None = None
        self.add_all(values)

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.add_all((seconds,))

    def add_all(self, values: Iterable[float]) -> None:
        """Count several durations."""
        values = list(values)
        self.count += len(values)
        self._total, self._rest = plus(self._total, self._rest, values)
        self._keep(values)

    def remove(self, seconds: float) -> None:
        """Forget one duration that was added before; one that was not is ignored."""
        if self._buckets is None:
            if seconds not in self._values:
                return
            self._values.remove(seconds)
        else:
            bucket = next(iter(_buckets((seconds,))))
            if bucket not in self._buckets:
                return
            self._buckets[bucket] -= 1
            if not self._buckets[bucket]:
                del self._buckets[bucket]
        self.count -= 1
        self._total, self._rest = plus(self._total, self._rest, (-seconds,))

    def merge(self, other: Durations) -> None:
        """Add all that ``other`` holds."""
        self.count += other.count
        self._total, self._rest = plus(self._total, self._rest, (other._total, other._rest))
        if other._buckets is None:
            self._keep(other._values)
        else:
            self._in_buckets().update(other._buckets)

    @property
    def total(self) -> float:
        """The sum in seconds, whatever the order in which they were counted."""
        return self._total

    @property
    def average(self) -> float | None:
        """The mean in seconds; unknown when empty."""
        return self.total / self.count if self.count else None

    def percentile(self, part: float) -> float | None:
        """The ``part`` (0..1) quantile, linear between neighbouring ranks; None when empty."""
        if not self.count:
            return None
        if self.count == 1 and self._buckets is None:
            # So it is of most tools where there are very many: one float for all questions.
            (value,) = self._values
            return self._total if self._total == value else value
        rank = part * (self.count - 1)
        low = math.floor(rank)
        first, second = self._at(low), self._at(min(low + 1, self.count - 1))
        return first + (second - first) * (rank - low)

    def _keep(self, values: Sequence[float]) -> None:
        if self._buckets is None and len(self._values) + len(values) <= EXACT:
            self._values.extend(values)
            self._sorted = self._sorted and not values
        else:
            self._in_buckets().update(_buckets(values))

    def _in_buckets(self) -> Counter[int]:
        if self._buckets is None:
            self._buckets = _buckets(self._values)
            self._values = array("d")
        return self._buckets

    def _at(self, rank: int) -> float:
        """The value of a rank; in a bucket, values are taken to lie at equal distances."""
        if self._buckets is None:
            if not self._sorted:
                self._values = array("d", sorted(self._values))
                self._sorted = True
            return self._values[rank]
        seen = 0
        for bucket in sorted(self._buckets):
            number = self._buckets[bucket]
            if seen + number > rank:
                return math.exp((bucket + (rank - seen + 0.5) / number) / _PER_LOG)
            seen += number
        return 0.0


def _buckets(values: Sequence[float]) -> Counter[int]:
    # A chain of built-ins: a function of ours would cost three times as much for each value.
    if values and min(values) < _FLOOR:
        values = [max(value, _FLOOR) for value in values]
    logarithms = map(math.log, values)
    return Counter(map(math.floor, map(_PER_LOG.__mul__, logarithms)))
