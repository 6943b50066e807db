"""All rows of a query, whoever else has the processor in between."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queries import pausing
from queries.pausing import TURN, in_turns
from queries.reading import fetching
from queries.reading.fetching import AT_ONCE, fetched
from queries.store import Store
from tests.stores import canonical_store
from tests.stores.base import Journal

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT ?"


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each time that others may have the processor."""
    told: list[None] = []
    monkeypatch.setattr(fetching, "yield_processor", lambda: told.append(None))
    monkeypatch.setattr(pausing, "yield_processor", lambda: told.append(None))
    return told


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield connection


@pytest.mark.parametrize(
    "number", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE, 5 * AT_ONCE + 3]
)
@pytest.mark.parametrize("holds_up", [False, True])
def test_all_rows_are_taken(
    connection: sqlite3.Connection, turns: list[None], number: int, holds_up: bool
) -> None:
    rows = fetched(connection.execute(NUMBERS, (number,)), holds_up=holds_up)
    assert rows == [(each + 1,) for each in range(number)]
    assert len(turns) == (1 if holds_up else number // AT_ONCE + 1)


@pytest.mark.parametrize("number", [0, 1, TURN, 3 * TURN - 1])
def test_things_are_done_in_turns(turns: list[None], number: int) -> None:
    assert list(in_turns(range(number))) == list(range(number))
    assert len(turns) == number // TURN


def test_a_query_that_is_done_holds_nothing(tmp_path: Path) -> None:
    """Its read mark would keep a writer's WAL growing."""
    path = tmp_path / "a.db"
    with canonical_store(path, "wal") as writer:
        for number in range(AT_ONCE):
            writer.add_event("s", id=f"e{number}")
        with Store(path) as store:
            assert len(store.query("SELECT seq FROM event_rows_0 LIMIT ?", (AT_ONCE,))) == AT_ONCE
            busy, left, done = writer.connection.execute(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).fetchone()
            assert (busy, left, done) == (0, 0, 0)


@pytest.mark.parametrize(("journal", "most"), [("wal", 1 << 20), ("delete", 1)])
def test_the_processor_is_kept_where_a_writer_waits_for_the_rows(
    tmp_path: Path, turns: list[None], journal: Journal, most: int
) -> None:
    path = tmp_path / "a.db"
    with canonical_store(path, journal) as writer:
        with writer.batch():
            for number in range(4 * AT_ONCE):
                writer.add_event("s", id=f"e{number}")
        with Store(path) as store:
            turns.clear()
            assert len(store.query("SELECT seq FROM event_rows_0")) == 4 * AT_ONCE
    assert 1 <= len(turns) <= most
    assert (len(turns) > 1) == (journal == "wal")
