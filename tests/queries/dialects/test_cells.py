from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.dialects.cells import SUMMARY_LIMIT, identifier, name, summary_text
from queries.text import clean, clean_id, clean_or_none
from tests.queries.dialects.reading import HOSTILE_CELLS

TEXTS = st.one_of(
    st.text(max_size=230),
    st.text(st.characters(categories=("L", "M", "N", "Zs", "Cf", "So")), max_size=30),
    st.sampled_from([cell for cell in HOSTILE_CELLS if isinstance(cell, str)]),
)
CELLS = st.one_of(TEXTS, st.none(), st.integers(), st.floats(), st.binary(max_size=20))


@given(CELLS)
def test_the_fast_ways_give_what_the_slow_ones_give(cell: object) -> None:
    assert summary_text(cell) == clean(cell, SUMMARY_LIMIT).strip()
    assert identifier(cell) == clean_id(cell)
    for limit in (80, 120):
        assert name(cell, limit) == clean_or_none(cell, limit)


def test_every_character_is_treated_alike() -> None:
    characters = [chr(code) for code in (*range(0x20000), *range(0xE0000, 0xE0200))]
    differing = [
        hex(ord(character))
        for character in characters
        if summary_text(f"a{character}b") != clean(f"a{character}b", SUMMARY_LIMIT).strip()
    ]
    assert differing == []


@pytest.mark.parametrize("text", ["naïve café 日本", "x" * 200, unicodedata.normalize("NFC", "é")])
def test_plain_text_in_any_script_stays_what_it_is(text: str) -> None:
    assert summary_text(text) is text or summary_text(text) == text


def test_numbers_that_equal_each_other_keep_their_own_names() -> None:
    assert (name(1, 80), name(1.0, 80), name("1", 80)) == ("1", "1.0", "1")
