"""Slots of time hold what a plain recount of what is shown gives, however it was counted."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.fold import Fold
from queries.folding import event_slots
from queries.folding.batch import RowType, type_of
from queries.folding.event_slots import EventSlots, SlotCounts
from queries.folding.pairing import paired
from queries.models import Event, EventKind, EventState, Phase
from queries.overviews.trends import dated_slots
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.events import call, event, sequences
from tests.queries.samples import DATA
from tests.queries.test_fold import folded

NAMES = ("heist-audit", "heist-demo", "heist-session", "htmlgraph-0.26.1", "htmlgraph-0.35.0")


def recount(events: list[Event], width: int) -> tuple[dict[float, list[int]], int]:
    """Events, errors, calls that were ok and that failed, and tokens by slot; and the undated."""
    slots: defaultdict[float, list[int]] = defaultdict(lambda: [0] * 5)
    undated = 0
    for each in events:
        if each.time is None:
            undated += 1
            continue
        counts = slots[each.time // width * width]
        counts[0] += 1
        counts[1] += each.state is EventState.ERROR
        counts[2] += each.is_call and each.state is EventState.OK
        counts[3] += each.is_call and each.state is EventState.ERROR
        counts[4] += each.tokens or 0
    return dict(slots), undated


def counted(fold: Fold) -> tuple[dict[float, list[int]], int]:
    found, undated, _ = dated_slots(fold)
    return {
        slot.start: [slot.events, slot.errors, slot.ok, slot.failed, slot.tokens or 0]
        for slot in found
    }, undated


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_counted_as_they_are_shown(name: str) -> None:
    with Store(DATA / f"{name}.db") as store:
        rows = [
            row for source in range(len(store.mapping.sources))
            for row in store.events_between(source, -1, 2**62, 100_000)
        ]  # fmt: skip
        shown: list[Event] = []
        by_session: defaultdict[str, list[Event]] = defaultdict(list)
        for row in rows:
            by_session[row.session_id].append(row)
        for each in by_session.values():
            shown += paired(each)
        assert counted(count_store(store).fold) == recount(shown, 900)


@given(sequences(), st.booleans())
def test_rows_are_counted_as_they_are_shown(rows: list[Event], singly: bool) -> None:
    fold = Fold(messages_only=False)
    if singly:
        for row in rows:
            fold.add(row)
    else:
        fold.add_all(rows)
    assert counted(fold) == recount(paired(rows), 900)


def test_a_call_lies_where_it_began() -> None:
    rows = [
        call(1, Phase.START, time=890.0),
        call(2, Phase.END, time=910.0, tokens=7),
        call(3, Phase.START, time=950.0),
        event(4, time=None),
    ]
    fold = folded(rows)
    assert counted(fold) == ({0.0: [1, 0, 1, 0, 7], 900.0: [1, 0, 0, 0, 0]}, 1)
    assert [slot.start for slot in fold.slots] == [0.0]


KIND = type_of(event(1))
FAILED = type_of(event(1, state=EventState.ERROR))
SPOKEN = type_of(event(1, kind=EventKind.MESSAGE))


@pytest.mark.parametrize("seed", range(5))
def test_too_many_slots_become_wider_in_whatever_order(seed: int) -> None:
    draw = random.Random(seed)
    times = [draw.randrange(0, 900 * 400) + 0.5 for _ in range(300)]
    kinds = [draw.choice((KIND, FAILED, SPOKEN)) for _ in times]
    with mock.patch.object(event_slots, "MOST", 20):
        together = EventSlots()
        together.add_all(times, kinds)
        parts: list[EventSlots] = []
        for at in range(0, 300, 60):
            part = EventSlots()
            part.add_all(sorted(times[at : at + 60]), kinds[at : at + 60])
            parts.append(part)
        draw.shuffle(parts)
        merged = EventSlots()
        for part in parts:
            merged.merge(part)
        singly = EventSlots()
        for time, kind in zip(times, kinds, strict=True):
            singly.add(time, kind, 1)
    assert together.width == merged.width == singly.width > 900
    assert list(together) == list(singly)
    wide: Counter[float] = Counter(time // together.width * together.width for time in times)
    assert {slot.start: slot.events for slot in merged} == wide
    assert len(wide) <= 20 < len({time // (together.width // 2) for time in times})


@pytest.mark.parametrize("gap", [1.0, 2000.0])
def test_rows_in_order_and_out_of_it_give_the_same(gap: float) -> None:
    times: list[float | None] = [100.0 + gap * number for number in range(40)]
    times[7] = None
    kinds: list[RowType] = [(KIND, FAILED, SPOKEN)[number % 3] for number in range(40)]
    straight, shuffled = EventSlots(), EventSlots()
    straight.add_all(times, kinds)
    both = list(zip(times, kinds, strict=True))
    random.Random(3).shuffle(both)
    shuffled.add_all([time for time, _ in both], [kind for _, kind in both])
    assert list(straight) == list(shuffled)
    assert straight.undated == shuffled.undated == 1


def test_what_is_taken_back_leaves_nothing() -> None:
    slots = EventSlots()
    slots.add(10.0, FAILED, 1)
    slots.add_tokens(10.0, 5, 1)
    assert list(slots) == [SlotCounts(0.0, 1, 1, 0, 1, 5)]
    slots.add(10.0, FAILED, -1)
    slots.add_tokens(10.0, 5, -1)
    assert list(slots) == []
