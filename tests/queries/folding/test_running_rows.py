"""Running rows stay in order, and are found and numbered without a look at all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from queries.folding.batch import ToolKey
from queries.folding.running_rows import FEW, RunningRows
from queries.models import Event, EventKey, EventKind, EventState
from tests.queries.events import event


def running(
    seq: int, session: str = "s", kind: EventKind = EventKind.TOOL, tool: str = "Read"
) -> Event:
    return event(seq, session_id=session, kind=kind, tool=tool, state=EventState.RUNNING)


def plain(rows: RunningRows) -> tuple[object, ...]:
    numbers = {name: dict(calls) for name, calls in rows.sessions().items()}
    return rows.in_order(), sorted(rows), numbers, {name: rows.calls(name) for name in "ab"}


@given(
    st.lists(
        st.tuples(
            st.booleans(), st.integers(0, 12), st.sampled_from("ab"),
            st.sampled_from((EventKind.TOOL, EventKind.MESSAGE)), st.booleans(),
        )
    )
)  # fmt: skip
def test_whatever_comes_and_goes_they_are_as_if_noted_anew(
    steps: list[tuple[bool, int, str, EventKind, bool]],
) -> None:
    rows = RunningRows()
    known: dict[EventKey, Event] = {}
    for comes, seq, session, kind, is_asked in steps:
        # More tools than sessions share their numbers of.
        row = running(seq, session, kind, f"tool {seq % (FEW + 3)}")
        if comes:
            rows.note(row)
            known[row.key] = row
        else:
            rows.forget(row.key)
            known.pop(row.key, None)
        if is_asked:
            assert rows.in_order() == sorted(known)
    again = RunningRows()
    for row in known.values():
        again.note(row)
    assert plain(rows) == plain(again)
    numbers: dict[str, Counter[ToolKey | None]] = {}
    for row in known.values():
        tool = (row.tool or "", None) if row.is_call else None
        numbers.setdefault(row.session_id, Counter())[tool] += 1
    assert rows.sessions() == numbers
    assert {key: rows.get(key) for key in known} == {
        key: replace(row, summary="") for key, row in known.items()
    }
    assert len(rows) == len(known)


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_two_ranges_are_one(first: set[int], second: set[int]) -> None:
    rows, other, both = RunningRows(), RunningRows(), RunningRows()
    for seq in first:
        rows.note(running(seq, "a"))
    for seq in second:
        other.note(running(seq, "ab"[seq % 2]))
    for seq in first - second:
        both.note(running(seq, "a"))
    for seq in second:
        both.note(running(seq, "ab"[seq % 2]))
    rows.in_order()
    rows.take(other)
    assert plain(rows) == plain(both)


def test_rows_share_what_they_have_in_common_and_have_no_texts() -> None:
    rows = RunningRows()
    for seq in range(100):
        name = f"e{seq}"
        rows.note(
            event(seq, id=name, session_id="".join(("se", "ssion")), parent_id="".join(("to", "p")),
                  call_key="".join(("e", str(seq))), summary="x" * 500,
                  state=EventState.RUNNING)
        )  # fmt: skip
    kept = list(rows.rows())
    assert {row.summary for row in kept} == {""}
    assert len({id(row.session_id) for row in kept}) == 1
    assert len({id(row.parent_id) for row in kept}) == 1
    assert all(row.call_key is row.id for row in kept)


def test_sessions_with_the_same_numbers_share_them() -> None:
    rows = RunningRows()
    for seq in range(10):
        rows.note(running(seq, f"s{seq}"))
    assert len(set(map(id, rows.sessions().values()))) == 1
    rows.note(running(10, "s0"))
    assert [rows.calls(f"s{seq}") for seq in range(10)] == [2] + [1] * 9
