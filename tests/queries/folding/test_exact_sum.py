"""Sums come out alike, however their parts are put together."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from queries.folding.exact_sum import plus

AMOUNTS = st.lists(
    st.floats(0, 1e6).map(lambda value: round(value, 9)) | st.floats(-1e3, 1e3), max_size=30
)


def summed(parts: list[list[float]]) -> tuple[float, float]:
    total = rest = 0.0
    for part in reversed(parts):
        total, rest = plus(total, rest, plus(0.0, 0.0, part))
    return total, rest


@given(st.lists(AMOUNTS, max_size=6))
def test_hardly_anything_is_lost_between_parts(parts: list[list[float]]) -> None:
    total, rest = summed(parts)
    exact = sum((Fraction(value) for part in parts for value in part), Fraction(0))
    assert abs(Fraction(total) + Fraction(rest) - exact) < Fraction(1, 10**20)


@given(st.lists(st.lists(st.integers(0, 10**9), max_size=30), max_size=6))
def test_a_sum_of_parts_is_the_sum_of_the_whole(parts: list[list[int]]) -> None:
    seconds = [[value / 1000 for value in part] for part in parts]
    values = [value for part in seconds for value in part]
    assert summed(seconds)[0] == summed([values])[0] == math.fsum(values)


@given(AMOUNTS)
def test_what_is_taken_back_leaves_nothing(values: list[float]) -> None:
    total, rest = plus(0.0, 0.0, values)
    assert abs(plus(total, rest, [-value for value in values])[0]) < 1e-20


def test_sums_without_end_are_no_error() -> None:
    assert plus(1e308, 0.0, [1e308, 1e308]) == (math.inf, 0.0)
    assert math.isnan(plus(math.inf, 0.0, [-math.inf])[0])
