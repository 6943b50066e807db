"""The newest events that match, against pairing everything and cutting afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting.event_stream import EventStream
from queries.finding.event_pages import newest_page
from queries.folding.joining import by_itself
from queries.folding.pairing import paired
from queries.models import Event, EventState, Phase
from queries.store import Store
from tests.queries.events import sequences
from tests.stores.base import SAMPLES


def failed(event: Event) -> bool:
    return event.state is EventState.ERROR


def everything(_: Event) -> bool:
    return True


@settings(max_examples=40)
@given(sequences(), st.integers(1, 6), st.sampled_from([everything, failed]))
def test_newest(rows: list[Event], limit: int, matches: object) -> None:
    chosen = failed if matches is failed else everything
    expected = [event for event in paired(rows) if chosen(event)]
    page = newest_page(rows, chosen, limit)
    assert list(page.events) == expected[-limit:]
    assert (page.total, page.before) == (len(expected), len(expected))
    assert list(newest_page(rows, chosen, None).events) == expected


@settings(max_examples=40)
@given(sequences(), st.integers(0, 50), st.integers(1, 6))
def test_before(rows: list[Event], number: int, limit: int) -> None:
    events = paired(rows)
    if not events:
        return
    end = events[number % len(events)]
    page = newest_page(rows, everything, limit, before=end.key)
    older = [event for event in events if rank(rows, event) < rank(rows, end)]
    assert list(page.events) == older[-limit:]
    assert (page.total, page.before) == (len(events), len(older))


def rank(rows: list[Event], event: Event) -> int:
    return [row.key for row in rows].index(event.key)


@settings(max_examples=40)
@given(sequences())
def test_raw(rows: list[Event]) -> None:
    found = newest_page(rows, everything, None, raw=True).events
    assert [each.key for each in found] == [row.key for row in rows]
    for each, row in zip(found, rows, strict=True):
        # How its call went on is in another row.
        starts = row.phase is Phase.START
        assert each.state is (EventState.UNKNOWN if starts else row.state)


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("name", ["heist-audit", "htmlgraph-0.26.1"])
def test_before_an_event_of_another_session(name: str, raw: bool) -> None:
    with Store(SAMPLES / f"{name}.db") as store:
        rows = list(EventStream(store))
        events = list(map(by_itself, rows)) if raw else paired(rows)
        sessions = sorted({event.session_id for event in events})
        for end in events[:: max(len(events) // 20, 1)]:
            for session in sessions:
                if session == end.session_id:
                    continue
                stream = EventStream(store, sessions=[session], beside=end)
                page = newest_page(
                    stream, everything, None, before=end.key, is_outside=True, raw=raw
                )
                own = [event for event in events if event.session_id == session]
                older = [event for event in own if rank(rows, event) < rank(rows, end)]
                assert list(page.events) == older
                assert (page.total, page.before) == (len(own), len(older))
