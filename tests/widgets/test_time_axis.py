from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.time_axis import LEAST, TimeAxis, nearest

NOON = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC."""


def test_everything_fits() -> None:
    axis = TimeAxis.fitting(NOON, NOON + 99, 100)
    assert axis.cell == 1.0
    assert axis.column(NOON) == 0
    assert axis.column(NOON + 99) == 99
    assert axis.column(NOON + 100) == 100
    assert axis.column(NOON - 0.5) == -1


def test_an_instant_is_an_axis_as_well() -> None:
    axis = TimeAxis.fitting(NOON, NOON, 10)
    assert axis.cell == LEAST
    assert axis.column(NOON) == 0
    assert axis.labels(UTC) == []


@given(st.floats(-1e10, 1e10), st.floats(0.001, 1e7), st.integers(1, 300), st.integers(0, 299))
def test_the_edge_of_a_cell_is_in_it(start: float, lasted: float, width: int, column: int) -> None:
    axis = TimeAxis.fitting(start, start + lasted, width)
    if column < width and axis.edge(column) < axis.edge(column + 1):
        assert axis.column(axis.edge(column)) == column


def test_zoom_keeps_the_place() -> None:
    axis = TimeAxis.fitting(NOON, NOON + 99, 100)
    near = axis.zoomed(0.5, NOON + 40)
    assert near.cell == 0.5
    assert near.column(NOON + 40) == 40
    assert near.zoomed(2, NOON + 40) == axis
    assert near.zoomed(1e-9, NOON).cell == LEAST


def test_pan_and_show() -> None:
    axis = TimeAxis.fitting(NOON, NOON + 99, 100)
    assert axis.panned(10).start == NOON + 10
    assert axis.showing(NOON + 50) is axis
    assert axis.showing(NOON + 500).column(NOON + 500) == 91
    assert axis.showing(NOON - 500).column(NOON - 500) == 8


def test_labels_stand_at_round_times() -> None:
    axis = TimeAxis.fitting(NOON, NOON + 99, 100)
    assert axis.labels(UTC) == [(10, "22:13:30"), (25, "22:13:45"), (40, "22:14:00"),
                                (55, "22:14:15"), (70, "22:14:30"), (85, "22:14:45")]  # fmt: skip
    hours = TimeAxis.fitting(NOON, NOON + 36000, 80)
    assert hours.labels(UTC) == [(14, "11-15"), (29, "02:00"), (45, "04:00"), (61, "06:00")]
    near = TimeAxis(NOON, 0.01, 80)
    assert near.labels(UTC)[0] == (0, "22:13:20.0")


def test_labels_are_round_in_the_zone() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    axis = TimeAxis.fitting(NOON, NOON + 7 * 3600, 60)
    assert [text for _, text in axis.labels(zone)][:3] == ["04:00", "06:00", "08:00"]


@given(st.floats(0, 4e9), st.floats(0.0001, 1e8), st.integers(1, 250))
def test_labels_never_overlap(start: float, cell: float, width: int) -> None:
    axis = TimeAxis(start, cell, width)
    end = 0
    for column, text in axis.labels(UTC):
        assert column >= end
        end = column + len(text) + 1
    assert end <= width


@pytest.mark.parametrize(("instant", "index"), [(-5.0, 0), (1.4, 0), (1.6, 1), (2.0, 1), (9.0, 2)])
def test_nearest(instant: float, index: int) -> None:
    assert nearest([1.0, 2.0, 4.0], instant) == index
