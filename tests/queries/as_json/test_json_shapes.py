"""JSON of any depth."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from queries.as_json.canonical import _pieces, encode

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_pieces_are_what_json_says(value: Any) -> None:
    assert json.loads("".join(_pieces(value))) == json.loads(encode(value)) == value
    assert "".join(_pieces(value)) == encode(value)


def test_deep_values() -> None:
    value: Any = 1
    for _ in range(100_000):
        value = {"a": [value]}
    text = encode(value)
    assert text == '{"a": [' * 100_000 + "1" + "]}" * 100_000
