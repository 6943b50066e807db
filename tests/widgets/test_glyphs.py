from __future__ import annotations

from dataclasses import fields

import pytest
from rich.cells import cell_len

from queries.models import EventState, SessionStatus
from widgets.glyphs import ASCII, UNICODE, Glyphs, bar, drawable, session_glyph, spark, state_glyph


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_sign_is_one_cell_wide(glyphs: Glyphs) -> None:
    for field in fields(Glyphs):
        value = getattr(glyphs, field.name)
        if isinstance(value, str):
            assert all(cell_len(character) == 1 for character in value), field.name
            if field.name not in ("bars", "sparks", "shades"):
                assert len(value) == 1, field.name


def test_ascii_signs_are_ascii() -> None:
    for field in fields(Glyphs):
        value = getattr(ASCII, field.name)
        assert not isinstance(value, str) or value.isascii(), field.name


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_states_differ_by_sign_and_not_by_colour(glyphs: Glyphs) -> None:
    assert len({session_glyph(status, glyphs) for status in SessionStatus}) == len(SessionStatus)
    signs = {state_glyph(state, glyphs) for state in EventState}
    signs.add(state_glyph(EventState.RUNNING, glyphs, never_ended=True))
    assert len(signs) == len(EventState) + 1


def test_spark_keeps_zero_blank_and_shows_the_smallest() -> None:
    assert spark([0, 1, 50, 100], UNICODE) == " ▁▅█"
    assert spark([], UNICODE) == ""
    assert spark([0, 0], UNICODE) == "  "
    assert spark([1, 10], ASCII).isascii()


def test_bar_has_exactly_its_width() -> None:
    assert bar(0, 4, UNICODE) == "    "
    assert bar(1, 4, UNICODE) == "████"
    assert bar(0.5, 4, UNICODE) == "██  "
    assert bar(0.0001, 4, UNICODE) == "▏   "
    assert bar(7, 3, UNICODE) == "███"
    assert bar(0.5, 4, ASCII) == "##  "
    assert bar(0.5, 0, UNICODE) == ""
    for part in range(101):
        assert len(bar(part / 100, 7, UNICODE)) == 7


def test_drawable_replaces_ornaments_for_ascii_only() -> None:
    assert drawable("a…—·", ASCII) == "a~-."
    assert drawable("a…—·", UNICODE) == "a…—·"
