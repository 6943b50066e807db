from __future__ import annotations

import pytest

from queries.models.comparison import Change, Direction, Metric, Unit
from widgets.glyphs import ASCII, UNICODE, Glyphs
from widgets.metric_text import change_sign, short_delta, short_part, short_value

COUNT = Metric("calls", "calls", Unit.COUNT, Direction.NEUTRAL, "Calls.")
RATE = Metric("ok", "ok", Unit.RATE, Direction.HIGHER, "Ok.")
WORD = Metric("status", "status", Unit.WORD, Direction.HIGHER, "Status.")


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_changes_differ_by_sign(glyphs: Glyphs) -> None:
    assert len({change_sign(change, glyphs) for change in Change}) == len(Change)


def test_counts_are_shortened_only_where_they_do_not_fit() -> None:
    assert short_value(COUNT, 1_234_567, 9) == "1,234,567"
    assert short_value(COUNT, 1_234_567, 8) == "1.2M"
    assert short_delta(COUNT, -1_234_567, 9) == "-1.2M"
    assert short_delta(COUNT, 7, 9) == "+7"
    assert short_delta(COUNT, 0.0, 9) == "0"


def test_what_is_not_known_is_blank_as_a_difference_and_a_dash_as_a_value() -> None:
    assert short_value(RATE, None, 9) == "—"
    assert short_delta(RATE, None, 9) == ""
    assert short_delta(WORD, None, 9) == ""
    assert short_delta(RATE, 0.05, 9) == "+5.0 pt"


@pytest.mark.parametrize(
    ("part", "told"),
    [(None, ""), (0.0, ""), (0.123, "+12 %"), (-0.004, "-0.4 %"), (6.0, "+600 %"),
     (1234.0, "+123k %")],
)  # fmt: skip
def test_parts(part: float | None, told: str) -> None:
    assert short_part(part) == told
    assert len(told) <= 8
