"""What data is made of before it is drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from queries.text import clean, clean_id, clean_lines
from tests.marks import without_carried_marks

BAD = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"))
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=("L", "M", "N", "Zs", "Cf", "So")), max_size=30),
    st.text(st.characters(max_codepoint=0x9F), max_size=30),
    st.text(
        st.sampled_from("ae1 ·\n\u0301\u0327\u034f\u0338\u05b7\u0e17\u0e35\u0e48\ufe0f\u093e\u0947")
    ),
    st.binary(max_size=40),
)


def bad_in(text: str) -> list[str]:
    return [each for each in without_carried_marks(text) if unicodedata.category(each) in BAD]


@given(TEXTS, st.integers(1, 80))
def test_a_line_is_harmless_and_stays_as_it_is(value: str | bytes, limit: int) -> None:
    text = clean(value, limit)
    assert bad_in(text) == []
    assert "\n" not in text
    assert clean(text, len(text)) == text
    assert len(text) <= limit + 1


@given(TEXTS)
def test_lines_are_harmless_and_stay_as_they_are(value: str | bytes) -> None:
    text = clean_lines(value)
    assert bad_in(text.replace("\n", "")) == []
    assert clean_lines(text) == text


@given(TEXTS, TEXTS)
def test_texts_side_by_side_are_as_harmless(a: str | bytes, b: str | bytes) -> None:
    assert bad_in(clean(a) + clean(b)) == []


@given(TEXTS)
def test_ids_are_harmless(value: str | bytes) -> None:
    assert bad_in(clean_id(value)) == []
    assert clean_id(value) != ""


@pytest.mark.parametrize(
    ("text", "shown", "cells"),
    [
        ("cafe\u0301", "café", 4),
        ("x\u0304", "x\u0304", 1),
        ("ที่นี่", "ที่นี่", 2),
        ("שָׁלוֹם", unicodedata.normalize("NFC", "שָׁלוֹם"), 4),
        ("e" + "\u0323\u0329\u032a" * 2, "ẹ\u0329\u032a\u0323··", 3),
        ("\u0301e", "·e", 2),
        (" \u0308", " ·", 2),
        ("a\u034f\u0302", "a··", 3),
        ("⚠\ufe0f done ❤\ufe0f", "⚠ done ❤", 8),
        ("a\ufe00b", "a·b", 3),
        ("1\u20e3", "1·", 2),
        ("a\U0001e944", "a·", 2),
    ],
)
def test_marks_are_kept_where_a_letter_carries_them(text: str, shown: str, cells: int) -> None:
    assert clean(text) == shown
    assert cell_len(shown) == cells


def test_lines_of_a_text_with_marks_stay_lines() -> None:
    assert clean_lines("x\u0304\ny\u200b\n") == "x\u0304\ny·\n"


def test_every_mark_that_is_kept_takes_no_cell() -> None:
    for code in range(0x300, 0x10000):
        shown = clean(f"a{chr(code)}")
        if unicodedata.category(chr(code)) == "Mn":
            assert cell_len(shown) == (2 if "·" in shown else 1), hex(code)
