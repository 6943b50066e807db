"""Events that hardly any row can match: the same as of all rows, and few of these are read."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting.event_stream import EventStream
from queries.finding import merged_end, rare_events
from queries.finding import newest_events as module
from queries.finding.event_pages import EventPage, Matches, newest_page
from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import EVENT_FIELDS, Filter
from queries.finding.newest_events import newest_events
from queries.finding.term_rows import telling
from queries.models import Event
from queries.store import Store
from tests.queries.counting.test_backfill import cells_of, written
from tests.queries.events import sequences
from tests.queries.finding.test_newest_events import reach
from tests.stores import canonical_store
from tests.stores.base import SAMPLES

ASKED = (
    "kind:message", "kind:prompt,error", "kind:delegation", "tool:Read", "tool:?", "tool:=Bash",
    "tool:Bash kind:tool", "tool:Read state:error", "state:running", "-kind:tool tool:Bash",
    "kind:prompt agent:explorer", "tool:none", "state:ok", "state:unknown", "text", '"text 7"',
    "e1", "id:3", "title:1 -tool:Bash", "agent:explorer", "agent:?", "agent:=mole state:error",
    "s2", "model:?", "model:x", "since:1970-01-01T00:30:00", "until:1970-01-01T00:20:00 text",
)  # fmt: skip


def asked(text: str) -> Filter:
    return parse_filter(text, 0.0, EVENT_FIELDS)


def found_in(store: Store, limit: int | None, wanted: Filter, *, raw: bool) -> EventPage | None:
    return newest_events(store, limit, matches=wanted.matches_event, terms=wanted.terms, raw=raw)


def all_read(store: Store, limit: int | None, wanted: Filter, *, raw: bool) -> EventPage:
    return newest_page(EventStream(store), wanted.matches_event, limit, raw=raw)


def short(stretch: int, part: float = 1.0) -> ExitStack:
    """Nothing is found at the end, and stretches are so short."""
    stack = ExitStack()
    for name, value in (("FILTERED", 1), ("MOST", 40)):
        stack.enter_context(mock.patch.object(module, name, value))
    for name, number in (("STRETCH", stretch), ("LARGEST_PART", part), ("SINGLY", part)):
        stack.enter_context(mock.patch.object(rare_events, name, number))
    stack.enter_context(mock.patch.object(merged_end, "STRIDE", stretch))
    return stack


@settings(max_examples=150)
@given(
    sequences(40), st.none() | st.integers(1, 9), st.booleans(), st.integers(1, 12),
    st.sampled_from(ASKED), st.integers(1, 6),
)  # fmt: skip
def test_the_same_events_as_of_all_rows(
    rows: list[Event], limit: int | None, raw: bool, reached: int, text: str, stretch: int
) -> None:
    wanted = asked(text)
    with written([cells_of(row) for row in rows]) as store, reach(reached), short(stretch):
        terms = telling(wanted.terms)
        matches: Matches = wanted.matches_event
        assert terms
        if raw:
            terms, matches = module._terms_of_rows(terms), module._of_rows(matches)
        first, last = store.bounds(0) or (1, 0)
        page = None
        if terms:
            page = rare_events.rare_events(
                store, 0, (first - 1, last), matches, terms, limit, is_paired=not raw
            )
        if page is not None:
            page = module._by_themselves(page) if raw else page
            assert page == all_read(store, limit, wanted, raw=raw)


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.db")), ids=lambda path: path.stem)
def test_samples(sample: Path, text: str, raw: bool, tmp_path: Path) -> None:
    path = tmp_path / sample.name
    path.write_bytes(sample.read_bytes())
    wanted = asked(text)
    with Store(path) as store, reach(10), short(7):
        page = found_in(store, 10, wanted, raw=raw)
        if page is not None:
            known = all_read(store, 10, wanted, raw=raw)
            assert page.events == known.events
            assert page.total in (None, known.total)


def test_only_rows_around_those_that_may_match_are_read(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(1000):
            if number in (300, 301):
                phase = "start" if number == 300 else "end"
                builder.add_event("s", tool="Rare", phase=phase, call_key="k")
            else:
                builder.add_event("s", tool="Read")
    made: list[int] = []
    wanted = asked("tool:rare")
    with Store(path) as store, reach(20), short(10, part=0.5):
        page_of = store.event_page

        def noted(source: int, after: int, upto: int, limit: int) -> tuple[list[Event], int]:
            found = page_of(source, after, upto, limit)
            made.append(len(found[0]))
            return found

        with mock.patch.object(store, "event_page", noted):
            page = found_in(store, 5, wanted, raw=False)
    assert page is not None
    assert [(event.seq, event.end_key) for event in page.events] == [(301, (0, 302))]
    assert page.total == 1
    # The end of the store at first; then the two stretches with such rows, and two on each side.
    assert sum(made[:-1]) <= 300
    assert made[-1] == 50


def test_where_most_may_match_all_are_read(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(400):
            builder.add_event("s", tool="Read", agent="b" if number == 3 else "a")
    wanted = asked("tool:Read -agent:a")
    with Store(path) as store, reach(20), short(10, part=0.5):
        assert found_in(store, 5, wanted, raw=False) is None


def test_where_rows_around_most_may_match_all_are_read(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(400):
            half = {"phase": "end" if number % 2 else "start", "call_key": f"k{number // 2}"}
            builder.add_event("s", tool="Read" if number % 50 else "Rare", **half)
    wanted = asked("tool:Rare")
    with Store(path) as store, reach(20), short(10, part=0.5):
        assert found_in(store, 9, wanted, raw=False) is None
        assert found_in(store, 9, wanted, raw=True) == all_read(store, 9, wanted, raw=True)


def test_rows_that_are_events_by_themselves_are_looked_up_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(1000):
            builder.add_event("s", summary="a Needle" if number % 300 == 3 else "hay")
    wanted = asked("needle")
    with Store(path) as store, reach(20), short(10, part=0.5):
        with mock.patch.object(rare_events, "_rows") as around:
            page = found_in(store, 5, wanted, raw=False)
            every = found_in(store, None, wanted, raw=False)
        assert not around.called
        assert page == all_read(store, 5, wanted, raw=False)
        assert every == all_read(store, None, wanted, raw=False)
    assert page is not None
    assert [event.seq for event in page.events] == [4, 304, 604, 904]


def test_stretches_of_several_sources_that_cannot_match_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes((SAMPLES / "heist-audit.db").read_bytes())
    with Store(path) as store, reach(10), short(5):
        whole = all_read(store, 9, asked("kind:message"), raw=False)
        with mock.patch.object(store, "events_between") as between:
            page = found_in(store, 5, asked("tool:none"), raw=False)
        assert page == EventPage((), 0, 0)
        assert not between.called
        page = found_in(store, 9, asked("kind:message"), raw=False)
        assert page == EventPage(whole.events, None, None)
