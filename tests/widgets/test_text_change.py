from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.text_change import changed_span, told_apart

words = st.text(alphabet="ab c.", max_size=30)


@pytest.mark.parametrize(
    ("a", "b", "left", "right"),
    [
        ("Read src/auth.py", "Read src/login.py", "auth", "login"),
        ("make test", "make test -x", "", " -x"),
        ("limit 10", "limit 100", "10", "100"),
        ("same", "same", "", ""),
        ("", "new", "", "new"),
    ],
)
def test_whole_words_stand_out(a: str, b: str, left: str, right: str) -> None:
    (start_a, end_a), (start_b, end_b) = changed_span(a, b)
    assert (a[start_a:end_a], b[start_b:end_b]) == (left, right)


@given(words, words)
def test_what_is_outside_is_the_same(a: str, b: str) -> None:
    (start_a, end_a), (start_b, end_b) = changed_span(a, b)
    assert a[:start_a] == b[:start_b]
    assert a[end_a:] == b[end_b:]
    assert 0 <= start_a <= end_a <= len(a)


@given(words, words, st.integers(0, 40))
def test_cut_texts_fit_and_differ_where_there_is_room(a: str, b: str, width: int) -> None:
    left, right = told_apart(a, b, width)
    assert len(left) <= max(1, width)
    assert len(right) <= max(1, width)


def test_a_difference_behind_the_edge_is_brought_forward() -> None:
    long = "Bash cd /a/very/long/folder/that/goes/on && "
    left, right = told_apart(long + "make", long + "ninja", 24)
    assert left == "Bash c… && make"
    assert right == "Bash c… && ninja"
