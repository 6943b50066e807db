"""The newest events read from the end of a store, against reading all of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting.event_stream import EventStream
from queries.finding import merged_end
from queries.finding import newest_events as module
from queries.finding.event_pages import EventPage, Matches, newest_page
from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import EVENT_FIELDS
from queries.finding.newest_events import newest_events
from queries.folding import joining
from queries.keeping.kept_totals import KeptTotals
from queries.models import Event, EventKind, EventState, Phase
from queries.store import Store
from tests.queries.counting.test_backfill import cells_of, counted, some, written
from tests.queries.events import event, sequences
from tests.queries.kept import cache_in
from tests.stores import canonical_store
from tests.stores.base import SAMPLES

FILTERS: tuple[Matches, ...] = (
    lambda event: event.state is EventState.ERROR,
    lambda event: event.is_call,
    lambda event: event.duration is not None,
    lambda _: False,
)


@contextmanager
def reach(rows: int) -> Iterator[None]:
    with mock.patch.object(module, "SMALL", 0), mock.patch.object(joining, "REACH", rows):
        yield


def all_read(store: Store, limit: int, raw: bool, matches: Matches | None = None) -> EventPage:
    return newest_page(EventStream(store), matches or (lambda _: True), limit, raw=raw)


@settings(max_examples=30)
@given(
    sequences(30), st.integers(1, 9), st.booleans(), st.integers(1, 12),
    st.sampled_from((None, *FILTERS)), st.sampled_from((1, 4, 4_000)),
)  # fmt: skip
def test_the_same_events_as_of_all_rows(
    rows: list[Event], limit: int, raw: bool, reached: int, matches: Matches | None, first: int
) -> None:
    with (
        written([cells_of(row) for row in rows]) as store,
        reach(reached),
        mock.patch.object(module, "FILTERED", first),
    ):
        page = newest_events(store, limit, matches=matches, raw=raw)
        if page is not None:
            known = all_read(store, limit, raw, matches)
            assert page.events == known.events
            assert page.total in (None, known.total)


@settings(max_examples=8)
@given(sequences(30), st.integers(1, 3), st.integers(1, 12))
def test_a_short_look_is_made_longer(rows: list[Event], limit: int, reached: int) -> None:
    """However few rows are read at first."""
    with written([cells_of(row) for row in rows]) as store, reach(reached):
        reader = module._Newest(store, 0, *(store.bounds(0) or (0, -1)))
        start = store.slice_start(0, len(rows), limit)
        found = reader._paired(store.events_between(0, start, len(rows), limit), start)
        if rows and found is not None:
            whole = all_read(store, 99, raw=False).events
            assert found == [event for event in whole if event.seq > start]


def test_rows_of_a_delegation_that_reach_further_and_further_back_are_not_guessed() -> None:
    """Each is in reach of the one before it, the first of them out of reach of what is read."""
    rows = [
        event(seq, kind=EventKind.DELEGATION, phase=phase, call_key=key, duration=None)
        for seq, phase, key in (
            (1, Phase.END, "k"), (2, Phase.WHOLE, "k"), (3, Phase.END, "k"),
            (4, Phase.START, "k"), (5, Phase.START, "k"), (6, Phase.END, None),
            (7, Phase.END, "k"), (8, Phase.END, "k"), (9, Phase.START, "k"),
        )
    ]  # fmt: skip
    with written([cells_of(row) for row in rows]) as store, reach(3):
        reader = module._Newest(store, 0, 1, 9)
        whole = all_read(store, 99, raw=False).events
        for limit in range(1, 10):
            start = store.slice_start(0, 9, limit)
            found = reader._paired(store.events_between(0, start, 9, limit), start)
            assert found in (None, [each for each in whole if each.seq > start])


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.db")), ids=lambda path: path.stem)
@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("matches", [None, *FILTERS])
def test_samples(sample: Path, raw: bool, matches: Matches | None, tmp_path: Path) -> None:
    path = tmp_path / sample.name
    path.write_bytes(sample.read_bytes())
    with Store(path) as store, mock.patch.object(module, "SMALL", 0):
        found = 0
        for limit in (1, 60):
            page = newest_events(store, limit, matches=matches, raw=raw)
            known = all_read(store, limit, raw, matches)
            if page is not None:
                found += 1
                assert page.events == known.events
                assert page.total in (None, known.total)
        # Times of the heist's stores may be text of any zone.
        assert found == 2 or "heist" in sample.name or matches is not None


@pytest.mark.parametrize("limit", [3, None])
@pytest.mark.parametrize("state", ["unknown", "running", "ok"])
def test_rows_by_themselves_have_the_state_that_is_asked_for(
    tmp_path: Path, state: str, limit: int | None
) -> None:
    """However many rows there are: what is stored of a start is not what is shown of it."""
    path = tmp_path / "store.db"
    path.write_bytes((SAMPLES / "htmlgraph-0.26.1.db").read_bytes())
    chosen = parse_filter(f"state:{state}", 0.0, EVENT_FIELDS, UTC)
    with Store(path) as store:
        rows = list(EventStream(store))
        whole = newest_page(rows, chosen.matches_event, limit, raw=True)
        assert {each.state for each in whole.events} <= {EventState(state)}
        shown = {row.key for row in rows if (row.state.value, row.phase) == (state, Phase.WHOLE)}
        starts = {row.key for row in rows if row.phase is Phase.START}
        if limit is None and state == "unknown":
            assert starts
            assert starts <= {each.key for each in whole.events}
        elif limit is None:
            assert shown <= {each.key for each in whole.events}
        with mock.patch.object(module, "SMALL", 0):
            page = newest_events(
                store, limit, matches=chosen.matches_event, terms=chosen.terms, raw=True
            )
        assert page is None or page.events == whole.events


def test_a_small_store_is_read_whole(tmp_path: Path) -> None:
    with some(tmp_path / "store.db", 30) as store:
        assert newest_events(store, 5) is None


def test_few_rows_are_read(tmp_path: Path) -> None:
    with some(tmp_path / "store.db", 900) as store, reach(100):
        before = store.statements
        page = newest_events(store, 5)
        assert page is not None
        assert [event.seq for event in page.events] == list(range(896, 901))
        assert store.statements - before <= 6


def test_what_matches_is_looked_for_from_the_end(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for number in range(900):
            builder.add_event("s", state="ok" if number % 100 else "error")
    read: list[int] = []
    with Store(path) as store, reach(10), mock.patch.object(module, "FILTERED", 50):
        between = store.events_between

        def noted(source: int, after: int, upto: int, limit: int) -> list[Event]:
            found = between(source, after, upto, limit)
            read.append(len(found))
            return found

        with mock.patch.object(store, "events_between", noted):
            page = newest_events(store, 2, matches=lambda event: event.state is EventState.ERROR)
    assert page is not None
    assert [event.seq for event in page.events] == [701, 801]
    assert page.total is None
    assert read == [54, 216]


@pytest.mark.parametrize("raw", [False, True])
def test_whoever_came_to_the_beginning_knows_how_many_match(tmp_path: Path, raw: bool) -> None:
    with some(tmp_path / "store.db", 300) as store, reach(10):
        page = newest_events(store, 100, matches=lambda event: event.seq % 50 == 0, raw=raw)
    assert page is not None
    assert [event.seq for event in page.events] == list(range(50, 301, 50))
    assert (page.total, page.before) == (6, 6)


def test_kept_totals_say_how_many_there_are(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "store.db") as builder, builder.batch():
        for number in range(20):
            builder.add_event("s", phase="start", call_key=f"k{number}")
            if number % 3:
                builder.add_event("s", phase="end", call_key=f"k{number}")
    with Store(tmp_path / "store.db") as store, reach(20):
        page = newest_events(store, 5, cache=cache_in(tmp_path))
        assert page is not None
        assert (page.total, page.before) == (None, None)
        kept = SimpleNamespace(fold=counted(store, 100, messages_only=False))
        with mock.patch.object(KeptTotals, "look_up", return_value=kept):
            page = newest_events(store, 5, cache=cache_in(tmp_path))
        assert page is not None
        assert (page.total, page.before) == (20, 20)


def test_hidden_rows_at_the_end_are_passed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes((SAMPLES / "heist-audit.db").read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO actions (session_id, turn_number, agent_name, action_type, timestamp)"
            " VALUES ('s', 1, 'mole', 'message', ?)",
            [(1.8e9 + number,) for number in range(40)],
        )
    with (
        Store(path) as store,
        mock.patch.object(module, "SMALL", 0),
        mock.patch.object(merged_end, "STRIDE", 7),
    ):
        page = newest_events(store, 9)
        assert page == all_read(store, 9, raw=False)
