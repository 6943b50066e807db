from __future__ import annotations

import math
from statistics import fmean
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.folding import durations
from queries.folding.durations import EXACT, RATIO, Durations

SECONDS = st.floats(0, 1e6, allow_nan=False)
PARTS = st.sampled_from((0.0, 0.25, 0.5, 0.95, 0.99, 1.0))


def recount(values: list[float], part: float) -> float:
    """The quantile as R's default (type 7) defines it."""
    ordered = sorted(values)
    rank = part * (len(ordered) - 1)
    low, high = ordered[math.floor(rank)], ordered[math.ceil(rank)]
    return low + (high - low) * (rank - math.floor(rank))


@given(st.lists(SECONDS, min_size=1), PARTS)
def test_few_values_are_exact(values: list[float], part: float) -> None:
    bag = Durations(values)
    assert bag.percentile(part) == pytest.approx(recount(values, part))
    assert bag.average == pytest.approx(fmean(values))
    assert bag.count == len(values)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1), PARTS)
def test_many_values_are_known_to_within_the_stated_error(values: list[float], part: float) -> None:
    with mock.patch.object(durations, "EXACT", 0):
        found = Durations(values).percentile(part)
    assert found == pytest.approx(recount(values, part), rel=RATIO - 1)


def test_the_limit_is_where_it_is_said_to_be() -> None:
    values = [math.exp(number / 500) for number in range(EXACT)]
    bag = Durations(values)
    assert bag.percentile(0.95) == recount(values, 0.95)
    bag.add(1.5)
    found, exact = bag.percentile(0.95), recount([*values, 1.5], 0.95)
    assert found != exact
    assert found == pytest.approx(exact, rel=RATIO - 1)


@given(st.lists(st.lists(SECONDS, max_size=12), max_size=5), st.sampled_from((0, 10, EXACT)))
def test_merging_equals_adding(groups: list[list[float]], exact: int) -> None:
    with mock.patch.object(durations, "EXACT", exact):
        merged = Durations()
        for group in groups:
            merged.merge(Durations(group))
        together = Durations(value for group in groups for value in group)
        assert merged.count == together.count
        assert merged.total == pytest.approx(together.total)
        for part in (0.0, 0.5, 0.95, 1.0):
            assert merged.percentile(part) == together.percentile(part)


@given(st.lists(SECONDS, max_size=12), st.lists(SECONDS, max_size=12), st.booleans())
def test_removing_undoes_adding(kept: list[float], gone: list[float], few: bool) -> None:
    with mock.patch.object(durations, "EXACT", EXACT if few else 0):
        bag = Durations(kept + gone)
        for value in gone:
            bag.remove(value)
        alone = Durations(kept)
        assert bag.count == alone.count
        assert bag.total == pytest.approx(alone.total, abs=1e-6)
        assert bag.percentile(0.5) == alone.percentile(0.5)


@pytest.mark.parametrize("exact", [EXACT, 0])
def test_what_was_never_added_cannot_be_removed(exact: int) -> None:
    with mock.patch.object(durations, "EXACT", exact):
        bag = Durations([1.0])
        bag.remove(2.0)
        assert (bag.count, bag.total) == (1, 1.0)


def test_values_may_be_added_after_a_percentile_was_asked_for() -> None:
    bag = Durations([3.0, 1.0])
    assert bag.percentile(1.0) == 3.0
    bag.add(2.0)
    bag.add(0.5)
    assert [bag.percentile(part) for part in (0.0, 0.5, 1.0)] == [0.5, 1.5, 3.0]


def test_nothing_has_no_percentile() -> None:
    empty = Durations()
    assert (empty.percentile(0.5), empty.average, empty.count) == (None, None, 0)


def test_negative_and_zero_values_are_counted() -> None:
    with mock.patch.object(durations, "EXACT", 0):
        bag = Durations([-1.0, 0.0, 10.0])
        assert (bag.count, bag.total) == (3, 9.0)
        middle = bag.percentile(0.5)
        assert middle is not None
        assert 0 < middle < 2e-6
