"""Whether single sessions run is what a count of the whole store says, at the cost of theirs."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import pytest

from queries.live.living import Living
from queries.newest_session import PAGE
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.samples import HEIST, HTMLGRAPH, sample
from tests.queries.test_listing import NOW, random_store
from tests.stores import canonical_store

STALE_AFTER = 1800.0


class Counter:
    """Counts a store, and how often that was asked for."""

    def __init__(self, store: Store, now: float) -> None:
        self.alive = count_store(store, now=now, stale_after=STALE_AFTER).alive
        self.times = 0

    def __call__(self) -> Container[str]:
        self.times += 1
        return self.alive


def living(store: Store, now: float = NOW) -> tuple[Living, Counter]:
    count = Counter(store, now)
    return Living(store, now=now, stale_after=STALE_AFTER, count=count), count


@pytest.mark.parametrize("seed", range(80))
def test_it_is_what_a_count_says(tmp_path: Path, seed: int) -> None:
    with Store(random_store(tmp_path / "a.db", seed)) as store:
        names = [f"s{number}" for number in range(9)]
        alive = count_store(store, now=NOW, stale_after=STALE_AFTER).alive
        for name in names:
            assert living(store)[0].runs(name) == (name in alive)
        one, count = living(store)
        assert {name for name in names if one.runs(name)} == alive
        assert {name for name in names if one.runs(name)} == alive
        assert count.times == 0


@pytest.mark.parametrize("name", [*HEIST, *HTMLGRAPH])
def test_it_is_what_a_count_says_of_samples(tmp_path: Path, name: str) -> None:
    with Store(sample(tmp_path, name)) as store:
        for now in (1e9, 1.768_212e9, 1.77e9, 2e9):
            one, count = living(store, now)
            rows = count_store(store, now=now, stale_after=STALE_AFTER).rows
            assert {row.id for row in rows if one.runs(row.id)} == count.alive


def test_no_store_is_counted_where_the_session_tells(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path) as writer, writer.batch():
        for name, started in (("fresh", 2000.0), ("silent", 2000.0), ("over", 2000.0),
                              ("newest", 9000.0)):  # fmt: skip
            status = "completed" if name in ("over", "newest") else "running"
            writer.add_session(name, started=started, status=status)
            for number in range(PAGE // 10):
                writer.add_event(name, time=2000.0 + number / 10)
        # What was written last need not be what happened last.
        writer.add_event("fresh", time=NOW - 5)
        writer.add_event("fresh", time=2000.0)
        writer.add_event("loose", time=NOW - 5)
    with Store(path) as store:
        one, count = living(store)
        found = [one.runs(name) for name in ("fresh", "silent", "over", "newest", "loose", "none")]
        assert found == [True, False, False, False, False, False]
        assert count.times == 0


def test_a_long_silent_session_is_read_to_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.newest_session.PAGE", 7)
    path = tmp_path / "a.db"
    with canonical_store(path) as writer, writer.batch():
        writer.add_session("s", started=2000.0, status="running")
        writer.add_session("t", started=2001.0, status="completed")
        writer.add_event("s", time=NOW - 5)
        for number in range(50):
            writer.add_event("s", time=2000.0 + number)
    with Store(path) as store:
        one, count = living(store)
        assert one.runs("s")
        assert count.times == 0


def test_a_store_without_an_index_is_counted_once_and_only_when_somebody_asks(
    tmp_path: Path,
) -> None:
    with Store(sample(tmp_path, "heist-session")) as store:
        assert not all(store.session_indexed)
        one, count = living(store)
        assert count.times == 0
        one.runs("a")
        one.runs("b")
        assert count.times == 1
