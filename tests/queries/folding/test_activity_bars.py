from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.folding.activity_bars import SLOTS, ActivityBars

TIMES = st.lists(
    st.one_of(st.integers(1_700_000_000, 1_700_000_100), st.floats(-1e9, 4e9)), max_size=40
)


def bars(times: list[float]) -> ActivityBars:
    found = ActivityBars()
    for time in times:
        found.add(time)
    return found


def recount(times: list[float]) -> tuple[int, ...]:
    """By hand: the narrowest slices of 2**n seconds of which 16 cover all."""
    if not times:
        return ()
    seconds = [int(time) for time in times]
    shift = 0
    while (max(seconds) >> shift) - (min(seconds) >> shift) >= SLOTS:
        shift += 1
    slots = [second >> shift for second in seconds]
    return tuple(slots.count(slot) for slot in range(min(slots), max(slots) + 1))


@given(TIMES)
def test_every_instant_is_counted_in_its_slice(times: list[float]) -> None:
    assert bars(times).values() == recount(times)
    together = ActivityBars()
    together.add_all(times)
    assert together.values() == recount(times)


@given(TIMES, TIMES)
def test_merging_equals_adding(first: list[float], second: list[float]) -> None:
    merged = bars(first)
    merged.merge(bars(second))
    assert merged.values() == recount(first + second)


@given(TIMES, TIMES)
def test_taking_back_leaves_the_rest(kept: list[float], gone: list[float]) -> None:
    found = bars(kept + gone)
    for time in gone:
        found.add(time, -1)
    assert sum(found.values()) == len(kept)
    assert len(found.values()) <= SLOTS
    if not kept:
        assert found.values() == ()


def test_slices_in_which_nothing_happened_are_shown() -> None:
    assert bars([0, 0, 5]).values() == (2, 0, 0, 0, 0, 1)


@pytest.mark.parametrize("time", [float("inf"), float("-inf"), float("nan"), 1e300])
def test_what_is_no_time_is_left_out(time: float) -> None:
    found = bars([time, 7.0])
    found.add_all([time])
    assert found.values() == (1,)


def test_merging_into_emptiness_keeps_the_width() -> None:
    wide = bars([0.0, 1000.0])
    empty = ActivityBars()
    empty.merge(wide)
    empty.add(10.0)
    assert empty.values() == recount([0.0, 1000.0, 10.0])
