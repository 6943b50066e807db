"""Long lists are packed until they are written, and written as any other."""

from __future__ import annotations

import json
import sys

import pytest

from tui.headless import output
from tui.headless.output import PackedItems, caught, write_json


@pytest.mark.parametrize("loose", [0, 100_000, 10_000_000])
@pytest.mark.parametrize(
    "items", [[], [{"a": 1}], [{"text": f"é€\U0001f40d {number}" * 9} for number in range(5000)]]
)
def test_as_any_list(monkeypatch: pytest.MonkeyPatch, items: list[object], loose: int) -> None:
    monkeypatch.setattr(output, "_LOOSE", loose)
    with caught() as plain:
        write_json({"items": items, "more": 1})
    packed = PackedItems(iter(items))
    with caught() as written:
        write_json({"items": packed, "more": 1})
    assert written.getvalue() == plain.getvalue()
    assert json.loads(written.getvalue())["items"] == items
    assert packed.count == len(items)
    assert sum(map(sys.getsizeof, packed._loose)) <= loose
    held = sum(map(len, packed._packed))
    assert held * 5 < len(plain.getvalue()) or len(items) < 2
    assert (held > 1000) == (len(items) > 9 and loose < 10_000_000), "what does not fit is packed"


def test_items_made_one_by_one_are_written_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [{"a": number} for number in range(950)]
    writes: list[str] = []
    monkeypatch.setattr(output, "write", writes.append)
    write_json({"alignment": {"steps": iter(items), "none": iter(())}})
    assert json.loads("".join(writes)) == {"alignment": {"steps": items, "none": []}}
    assert len(writes) < 30
