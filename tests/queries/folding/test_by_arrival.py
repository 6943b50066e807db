from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from queries.folding.by_arrival import ByArrival

KEYS = st.tuples(st.integers(0, 1), st.integers(0, 9))
STEPS = st.lists(st.tuples(st.sampled_from(("put", "drop", "ask")), KEYS), max_size=40)


@given(STEPS, STEPS)
def test_keys_are_in_order_whatever_came_and_went(
    steps: list[tuple[str, tuple[int, int]]], others: list[tuple[str, tuple[int, int]]]
) -> None:
    rows: ByArrival[str] = ByArrival()
    plain: dict[tuple[int, int], str] = {}
    for number, (step, key) in enumerate(steps):
        if step == "put":
            rows.put(key, str(number))
            plain[key] = str(number)
        elif step == "drop":
            assert rows.drop(key) == plain.pop(key, None)
        else:
            assert rows.in_order() == sorted(plain)
    other: ByArrival[str] = ByArrival()
    for step, key in others:
        if step == "put":
            other.put(key, "other")
            plain[key] = "other"
    rows.take(other)
    assert rows.in_order() == sorted(plain)
    assert {key: rows.get(key) for key in rows} == plain
    assert rows.keys() == plain.keys()
    assert sorted(rows.values()) == sorted(plain.values())
    assert len(rows) == len(plain)


def test_what_comes_last_or_goes_is_put_in_place() -> None:
    rows: ByArrival[int] = ByArrival()
    for seq in (3, 1, 2):
        rows.put((0, seq), seq)
    order = rows.in_order()
    rows.put((0, 4), 4)
    rows.drop((0, 1))
    rows.drop((0, 9))
    rows.put((0, 3), 5)
    assert rows.in_order() is order
    assert order == [(0, 2), (0, 3), (0, 4)]
