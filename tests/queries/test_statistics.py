"""Against numbers of SciPy and statsmodels, and what must hold for any data."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from random import Random
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.comparing.bootstrap import _indices, bootstrap_difference
from queries.comparing.power import needed_for_means, needed_for_proportions, needed_for_ranks
from queries.comparing.rank_tests import cliffs_delta, is_exact, mann_whitney, smallest_p
from queries.statistics import (
    fisher_exact,
    holm,
    holm_factors,
    mean,
    median,
    newcombe,
    wilson,
)
from tests.stores.base import SAMPLES

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (SAMPLES / "golden_statistics.json").read_text("utf-8")
)
OF: tuple[Literal["median", "mean"], ...] = ("median", "mean")
VALUES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=9)


def close(value: float | None, wanted: float) -> bool:
    return value is not None and math.isclose(value, wanted, rel_tol=1e-6, abs_tol=1e-9)


def numbered(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", GOLDEN[name], ids=map(str, range(len(GOLDEN[name]))))


def test_there_are_enough_golden_cases_of_every_sort() -> None:
    assert sum(map(len, GOLDEN.values())) >= 300
    ranks = GOLDEN["ranks"]
    assert sum(case["exact"] is not None for case in ranks) > 20
    assert sum(not is_exact(case["a"], case["b"]) for case in ranks) > 40
    assert any(len({*case["a"], *case["b"]}) == 1 for case in ranks)
    assert any(case["table"][0] == 0 for case in GOLDEN["proportions"])
    assert any(sum(case["table"]) > 10_000 for case in GOLDEN["proportions"])


@numbered("ranks")
def test_ranks_agree(case: dict[str, Any]) -> None:
    a, b = case["a"], case["b"]
    assert close(mann_whitney(a, b), case["auto"])
    assert close(mann_whitney(b, a), case["auto"])
    assert close(mann_whitney(a, b, exact=False), case["asymptotic"])
    if case["exact"] is not None:
        assert close(mann_whitney(a, b, exact=True), case["exact"])
    assert close(cliffs_delta(a, b), case["delta"])
    assert close(mean(a), case["mean"])
    assert close(median(a), case["median"])


@numbered("proportions")
def test_proportions_agree(case: dict[str, Any]) -> None:
    ok_a, bad_a, ok_b, bad_b = case["table"]
    assert close(fisher_exact(ok_a, bad_a, ok_b, bad_b), case["fisher"])
    assert close(fisher_exact(ok_b, bad_b, ok_a, bad_a), case["fisher"])
    interval = newcombe(ok_a, ok_a + bad_a, ok_b, ok_b + bad_b)
    assert interval is not None
    assert close(interval[0], case["newcombe"][0])
    assert close(interval[1], case["newcombe"][1])
    alone = wilson(ok_a, ok_a + bad_a)
    assert alone is not None
    assert close(alone[0], case["wilson"][0])
    assert close(alone[1], case["wilson"][1])
    needed = needed_for_proportions(ok_a / (ok_a + bad_a), ok_b / (ok_b + bad_b))
    if case["needed"] is None:
        assert needed is None
    else:
        assert close(needed, case["needed"])


@numbered("holm")
def test_several_tests_agree(case: dict[str, Any]) -> None:
    for own, wanted in zip(holm(case["p"]), case["adjusted"], strict=True):
        assert close(own, wanted)


@numbered("means")
def test_sample_sizes_agree(case: dict[str, Any]) -> None:
    assert close(needed_for_means(case["effect"], alpha=case["alpha"]), case["needed"])


@pytest.mark.parametrize("size", [2, 3, 10, 100, 129, 255, 256])
def test_each_value_is_drawn_as_often_as_every_other(size: int) -> None:
    class EveryByte(Random):
        def randbytes(self, n: int) -> bytes:
            return bytes(range(256)) * (n // 256 + 1)

    drawn = Counter(_indices(size, 256 // size * size, EveryByte()))
    assert drawn == dict.fromkeys(range(size), 256 // size)


@numbered("bootstrap")
def test_bootstrap_intervals_are_where_plain_resampling_puts_them(case: dict[str, Any]) -> None:
    a, b = case["a"], case["b"]
    for low, high, ends in (
        (*(bootstrap_difference(a, b) or (math.nan, math.nan)), case["median"]),
        (*(bootstrap_difference(a, b, "mean") or (math.nan, math.nan)), case["mean"]),
    ):
        assert ends[0] <= low <= ends[1]
        assert ends[2] <= high <= ends[3]


def test_bootstrap_is_repeatable_and_follows_the_level() -> None:
    a, b = [1.0, 2.0, 4.0, 8.0, 9.0], [3.0, 5.0, 6.0, 7.0, 30.0]
    first = bootstrap_difference(a, b)
    assert first == bootstrap_difference(list(reversed(a)), b)
    narrow = bootstrap_difference(a, b, level=0.5)
    assert first is not None
    assert narrow is not None
    assert first[0] <= narrow[0] < narrow[1] <= first[1]
    assert bootstrap_difference([], b) is None


def test_bootstrap_of_many_sessions() -> None:
    a = [float(number % 97) for number in range(2000)]
    for of in OF:
        interval = bootstrap_difference(a, [value + 5 for value in a], of)
        assert interval is not None
        assert interval[0] < 5 < interval[1]


@pytest.mark.parametrize("scale", [1e-300, 1e-170, 1.0, 1e170, 1e299])
def test_how_many_are_needed_does_not_depend_on_the_unit(scale: float) -> None:
    a, b = [1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 9.0]
    scaled = needed_for_ranks([value * scale for value in a], [value * scale for value in b])
    assert scaled == pytest.approx(needed_for_ranks(a, b))


def test_nothing_to_test_is_unknown_not_zero() -> None:
    assert median([]) is mean([]) is None
    assert mann_whitney([], [1.0]) is cliffs_delta([1.0], []) is None
    assert newcombe(0, 0, 1, 2) is wilson(0, 0) is None
    assert needed_for_proportions(0.5, 0.5) is needed_for_means(0.0) is None
    assert needed_for_ranks([1.0], []) is needed_for_ranks([1.0, 2.0], [1.5, 1.5]) is None
    assert holm([]) == []


def test_equal_values_show_nothing() -> None:
    assert mann_whitney([3.0] * 9, [3.0] * 9) == 1.0
    assert mann_whitney([3.0], [3.0]) == 1.0
    assert fisher_exact(0, 5, 0, 7) == 1.0
    assert fisher_exact(5, 0, 7, 0) == 1.0


@given(VALUES, VALUES)
def test_exact_p_is_the_part_of_orders_at_least_as_uneven(a: list[float], b: list[float]) -> None:
    values = [float(value) for value in range(len(a) + len(b))]
    first = values[: len(a)]
    u = sum(x > y for x in values[len(a) :] for y in first)
    middle = len(a) * len(b) / 2
    if math.comb(len(values), len(a)) > 3000:
        return
    uneven = 0
    orders = list(itertools.combinations(values, len(a)))
    for chosen in orders:
        rest = [value for value in values if value not in chosen]
        other = sum(x > y for x in rest for y in chosen)
        uneven += abs(other - middle) >= abs(u - middle)
    found = mann_whitney(first, values[len(a) :], exact=True)
    assert found is not None
    assert math.isclose(found, uneven / len(orders))
    assert math.isclose(found, smallest_p(len(a), len(b)))


@given(VALUES, VALUES)
def test_swapping_groups_turns_signs_round(a: list[float], b: list[float]) -> None:
    there, back = cliffs_delta(a, b), cliffs_delta(b, a)
    assert there is not None
    assert back is not None
    assert math.isclose(there, -back)
    assert mann_whitney(a, b) == pytest.approx(mann_whitney(b, a))


@given(st.lists(st.floats(0, 1), max_size=9))
def test_holm_never_lowers_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    assert all(low <= high <= 1 for low, high in zip(p, adjusted, strict=True))
    assert sorted(holm_factors(p)) == list(range(1, len(p) + 1))
    for (p_one, one), (p_other, other) in itertools.combinations(zip(p, adjusted, strict=True), 2):
        assert (p_one < p_other) <= (one <= other)


def test_more_power_or_a_smaller_difference_takes_more() -> None:
    plain = needed_for_proportions(0.4, 0.6) or 0.0
    assert plain < (needed_for_proportions(0.4, 0.6, corrected=True) or 0.0)
    assert plain < (needed_for_proportions(0.4, 0.6, power=0.9) or 0.0)
    assert plain < (needed_for_proportions(0.4, 0.5) or 0.0)
    assert plain < (needed_for_proportions(0.4, 0.6, alpha=0.01) or 0.0)
    ranks = needed_for_ranks([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]) or 0.0
    assert ranks == pytest.approx((needed_for_means(1.0) or 0.0) * math.pi / 3)
    assert needed_for_ranks([1.0, 1.0], [2.0, 2.0]) == 0.0
