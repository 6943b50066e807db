"""All rows once, in order of arrival, whatever stands in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.counting import event_stream
from queries.counting.event_stream import EventStream, merge_sources, patiently
from queries.finding.session_lookup import UnknownSessionError, require_sessions
from queries.opening.files import StoreBusyError
from queries.store import Store
from tests.queries.events import event
from tests.stores.base import SAMPLES
from tests.stores.canonical import canonical_store
from tests.stores.heist import heist_session_store

ROWS = 6000
"""More than are looked at from both ends when a store is opened."""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "PAGE", 7)


@pytest.mark.parametrize("name", ["heist-audit", "heist-session", "htmlgraph-0.26.1"])
def test_the_same_as_all_sources_merged_at_once(name: str) -> None:
    with Store(SAMPLES / f"{name}.db") as store:
        pages = [
            store.events_between(source, -(2**63), 2**63 - 1, 10**9)
            for source in range(len(store.mapping.sources))
        ]
        assert list(EventStream(store)) == merge_sources(pages)


def test_sources_are_merged_by_time_without_disturbing_their_order() -> None:
    first = [event(1, time=10.0), event(2, time=5.0), event(3, time=20.0)]
    second = [event(1, source=1, time=12.0), event(2, source=1, time=None)]
    assert [row.key for row in merge_sources([first, second])] == [
        (0, 1), (0, 2), (1, 1), (1, 2), (0, 3),
    ]  # fmt: skip
    assert merge_sources([first]) == first
    assert merge_sources([[], second]) == second


@pytest.mark.parametrize("indexed", [True, False])
def test_only_some_sessions(tmp_path: Path, indexed: bool) -> None:
    path = tmp_path / "store.db"
    with heist_session_store(path, indexed=indexed) as builder, builder.batch():
        for number in range(60):
            builder.add_message(f"s{number % 4}", message=str(number))
            builder.add_tool_call(f"s{number % 5}")
    with Store(path) as store:
        everything = list(EventStream(store))
        for wanted in (["s1"], ["s3", "s0"], ["s4", "s4"], ["none"]):
            expected = [event for event in everything if event.session_id in wanted]
            assert list(EventStream(store, sessions=wanted)) == expected


def test_gaps_and_negative_rowids(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    seqs = [-(2**62), -5, 0, 1, 7, 10**6, 2**62]
    with canonical_store(path) as builder:
        for seq in reversed(seqs):
            builder.add_event("s", seq=seq)
    with Store(path) as store:
        assert [event.seq for event in EventStream(store)] == seqs


def test_rows_written_meanwhile_are_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder:
        for _ in range(10):
            builder.add_event("s")
        with Store(path) as store:
            rows = iter(EventStream(store))
            next(rows)
            builder.add_event("s")
            assert len(list(rows)) == 9


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    told: list[float] = []
    with Store(SAMPLES / "heist-audit.db") as store:
        list(EventStream(store, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_around_a_damaged_page(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder, builder.batch():
        for _ in range(ROWS):
            builder.add_event("s", summary="x" * 100)
    data = bytearray(path.read_bytes())
    # A leaf of the table's tree (its first byte says so) in the middle of the file.
    place = next(at for at in range(len(data) // 8192 * 4096, len(data), 4096) if data[at] == 13)
    data[place : place + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    with Store(path) as store:
        stream = EventStream(store)
        seqs = [event.seq for event in stream]
        lost = sum(problem.count for problem in store.problems())
    assert 0 < lost < 200
    assert len(seqs) + lost == ROWS
    assert seqs == sorted(set(seqs))


def test_patience_has_an_end() -> None:
    tries = 0

    def locked() -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StoreBusyError("locked")
        return 5

    assert patiently(locked) == 5
    tries = -(10**9)
    with pytest.raises(StoreBusyError):
        patiently(locked, 0.0)


def test_sessions_are_known_by_rows_and_by_events(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with canonical_store(path) as builder:
        builder.add_session("declared-one")
        builder.add_event("undeclared")
    with Store(path) as store:
        assert require_sessions(store, ["undeclared", "declared-one", "undeclared"]) == (
            "undeclared", "declared-one",
        )  # fmt: skip
        assert require_sessions(store, []) == ()
        with pytest.raises(UnknownSessionError, match="did you mean undeclared"):
            require_sessions(store, ["declared-one", "undeclare"])
        with pytest.raises(UnknownSessionError, match="did you mean declared-one"):
            require_sessions(store, ["decla"])
