"""The newest events that match, against pairing everything and cutting afterwards."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.finding.event_pages import newest_page
from queries.folding.pairing import paired
from queries.models import Event, EventState
from tests.queries.events import sequences


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
    assert list(newest_page(rows, everything, None, raw=True).events) == rows
