"""Batches taken apart and put together are the same rows."""

from __future__ import annotations

from heapq import merge

from hypothesis import given
from hypothesis import strategies as st

from queries.fold import Fold
from queries.folding.batch import Batch
from queries.folding.batch_order import by_session, in_order, joined, picked
from queries.models import Event, EventKind, EventState, Phase
from tests.queries.events import event

ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 9).map(float)),
        st.sampled_from(("a", "b")),
        st.sampled_from((EventKind.TOOL, EventKind.MESSAGE, EventKind.PROMPT)),
        st.sampled_from((Phase.WHOLE, Phase.WHOLE, Phase.START, Phase.END)),
        st.one_of(st.none(), st.integers(0, 5)),
    ),
    max_size=12,
)


def rows_of(source: int, cells: list[tuple[float | None, str, EventKind, Phase, int | None]]
            ) -> list[Event]:  # fmt: skip
    return [
        event(
            seq, source=source, session_id=name, time=time, kind=kind, tokens=tokens,
            phase=phase if kind is EventKind.TOOL else Phase.WHOLE, tool="Read",
            state=EventState.OK, summary=f"{source}.{seq}",
        )
        for seq, (time, name, kind, phase, tokens) in enumerate(cells, start=1)
    ]  # fmt: skip


def pages(rows: list[Event], size: int) -> list[Batch]:
    return [Batch.of(rows[at : at + size]) for at in range(0, len(rows), size)]


def keys(batch: Batch) -> list[tuple[int, int]]:
    sources = batch.sources or [batch.source] * len(batch.seqs)
    return list(zip(sources, batch.seqs, strict=True))


def by_latest(rows: list[Event]) -> list[tuple[float, int, int]]:
    """As people would merge: never before what came earlier in the same source."""
    latest = float("-inf")
    found = []
    for row in rows:
        latest = max(latest, latest if row.time is None else row.time)
        found.append((latest, row.source, row.seq))
    return found


@given(st.lists(ROWS, min_size=1, max_size=3), st.integers(1, 5))
def test_sources_are_merged_by_time_however_they_are_paged(
    cells: list[list[tuple[float | None, str, EventKind, Phase, int | None]]], size: int
) -> None:
    sources = [rows_of(number, each) for number, each in enumerate(cells)]
    merged = list(in_order([iter(pages(rows, size)) for rows in sources]))
    expected = [(source, seq) for _, source, seq in merge(*map(by_latest, sources))]
    assert [key for batch in merged for key in keys(batch)] == expected


@given(st.lists(ROWS, min_size=1, max_size=3))
def test_what_is_counted_of_merged_rows_is_what_is_counted_one_by_one(
    cells: list[list[tuple[float | None, str, EventKind, Phase, int | None]]],
) -> None:
    sources = [rows_of(number, each) for number, each in enumerate(cells)]
    known = {row.key: row for rows in sources for row in rows}
    batches = [Batch.of(rows) for rows in sources if rows]
    for batch in in_order([iter((one,)) for one in batches]):
        for name, own in by_session(batch).items():
            fold, single = Fold(messages_only=True), Fold(messages_only=True)
            fold.add_batch(own)
            for key in keys(own):
                assert known[key].session_id == name
                single.add(known[key])
            assert (fold.events, fold.calls, fold.tokens.value) == (
                single.events, single.calls, single.tokens.value
            )  # fmt: skip
            assert fold.follows == single.follows
            assert fold.next_tools == single.next_tools
            assert fold.sessions[name].ranges == single.sessions[name].ranges
            assert fold.sessions[name].first_prompt == single.sessions[name].first_prompt


def test_texts_follow_their_rows() -> None:
    one, other = (rows_of(source, [(1.0, "a", EventKind.MESSAGE, Phase.WHOLE, None)] * 3)
                  for source in (0, 1))  # fmt: skip
    both = joined([Batch.of(one), Batch.of(other)])
    assert both.texts([1, 4]) == {1: "0.2", 4: "1.2"}
    turned = picked(both, [5, 0])
    assert keys(turned) == [(1, 3), (0, 1)]
    assert turned.texts([0, 1]) == {0: "1.3", 1: "0.1"}
