"""Long lists are packed until they are written, and written as any other."""

from __future__ import annotations

import json

import pytest

from tui.headless.output import PackedItems, caught, write_json


@pytest.mark.parametrize(
    "items", [[], [{"a": 1}], [{"text": f"é€\U0001f40d {number}" * 9} for number in range(5000)]]
)
def test_as_any_list(items: list[object]) -> None:
    with caught() as plain:
        write_json({"items": items, "more": 1})
    packed = PackedItems(iter(items))
    with caught() as written:
        write_json({"items": packed, "more": 1})
    assert written.getvalue() == plain.getvalue()
    assert json.loads(written.getvalue())["items"] == items
    assert packed.count == len(items)
    held = sum(map(len, packed._packed))
    assert held * 5 < len(plain.getvalue()) or len(items) < 2
