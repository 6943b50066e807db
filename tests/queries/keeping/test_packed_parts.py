"""Answers of the program's own processes arrive whole or not at all."""

from __future__ import annotations

from collections import deque
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from queries.keeping.packed_parts import receive, send, unpack

_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(st.lists(_plain, min_size=1, max_size=4), max_size=4))
def test_what_is_sent_is_received(answers: list[list[object]]) -> None:
    pipe = BytesIO()
    for answer in answers:
        send(pipe, answer)
    pipe.seek(0)
    for answer in answers:
        assert [unpack(part) for part in receive(pipe)] == answer
    assert receive(pipe) == deque()


def test_half_an_answer_is_none() -> None:
    pipe = BytesIO()
    send(pipe, [["one", 1.5], ["two", None, "ein Ümlaut \ud800"]])
    whole = pipe.getvalue()
    assert len(receive(BytesIO(whole))) == 2
    for length in range(len(whole)):
        assert receive(BytesIO(whole[:length])) == deque()
