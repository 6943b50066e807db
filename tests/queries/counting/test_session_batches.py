"""The rows of some sessions, each once and in order, however many pages they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from queries.counting import session_batches
from queries.counting.event_stream import EventStream
from queries.counting.session_batches import SessionBatches
from queries.folding.batch import Batch
from queries.models import EventKey
from queries.store import Store
from tests.stores import canonical_store, heist_session_store


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_batches, "PAGE", 7)


def in_one_table(path: Path) -> None:
    """Which has an index of sessions."""
    with canonical_store(path) as made, made.batch():
        for number in range(120):
            made.add_event(f"s{number % 4}", kind="message")
            made.add_event(f"s{number % 5}")
            made.add_event("long" if number % 3 else "short")


def in_two_tables(path: Path) -> None:
    """Which have none."""
    with heist_session_store(path) as made, made.batch():
        for number in range(120):
            made.add_message(f"s{number % 4}", message=str(number))
            made.add_tool_call(f"s{number % 5}")
            made.add_message("long" if number % 3 else "short")


@pytest.fixture(params=[in_one_table, in_two_tables])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    request.param(tmp_path / "store.db")
    return tmp_path / "store.db"


def keys_of(batches: Iterable[Batch]) -> list[EventKey]:
    return [batch.event(index).key for batch in batches for index in range(len(batch.seqs))]


def expected(store: Store, wanted: Sequence[str]) -> dict[str, list[EventKey]]:
    of_each: dict[str, list[EventKey]] = {name: [] for name in wanted}
    for event in EventStream(store):
        if event.session_id in of_each:
            of_each[event.session_id].append(event.key)
    return of_each


@pytest.mark.parametrize(
    "wanted", [("long",), ("s4",), ("short", "long"), ("s3", "s0"), ("s0", "s1", "s2", "s3", "s4")]
)
def test_of_each_session_all_rows_in_order(path: Path, wanted: tuple[str, ...]) -> None:
    with Store(path) as store:
        found: dict[str, list[EventKey]] = {name: [] for name in wanted}
        for batch in SessionBatches(store).read(wanted):
            (name,) = set(batch.sessions)
            found[name] += keys_of([batch])
        assert found == expected(store, wanted)


@pytest.mark.parametrize("wanted", [("long",), ("s3", "s0"), ("none",)])
def test_among_all_rows_those_of_some_sessions(path: Path, wanted: tuple[str, ...]) -> None:
    with Store(path) as store:
        reader = SessionBatches(store)
        keys = keys_of(reader.read_among(wanted))
        assert keys == [event.key for event in EventStream(store) if event.session_id in wanted]


def test_all_rows_and_how_many_they_are(path: Path) -> None:
    with Store(path) as store:
        reader = SessionBatches(store)
        keys = keys_of(reader.read_all())
        assert keys == [event.key for event in EventStream(store)]
        assert reader.span == len(keys) == 360
