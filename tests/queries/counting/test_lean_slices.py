"""In which order rows are read to be counted, and how many at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from queries.counting import lean_slices
from queries.counting.backfill import Backfill
from queries.counting.lean_slices import LeanSlices
from queries.fold import Fold
from queries.store import Store
from tests.queries.counting.test_backfill import some
from tests.stores import canonical_store


@pytest.mark.parametrize("number", [6, 7, 8])
def test_a_slice_is_read_page_by_page(tmp_path: Path, number: int) -> None:
    with some(tmp_path / "store.db", number) as store, mock.patch.object(lean_slices, "PAGE", 3):
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        before = store.statements
        past.step(store, 7)
        with_rows = 2 if number == 6 else 3
        assert store.statements - before == 3 + with_rows  # pages, and the texts of neighbours
        assert fold.rows == min(number, 7)
        assert past.done == (number < 8)
        while not past.done:
            past.step(store, 7)
        assert fold.rows == number


def test_what_has_no_holes_is_read_as_it_lies_on_the_disk(tmp_path: Path) -> None:
    with some(tmp_path / "store.db", 40) as store, mock.patch.object(lean_slices, "PAGE", 3):
        past = Backfill(store, Fold(messages_only=False))
        said: list[str] = []
        store.connection.set_trace_callback(said.append)
        for _ in range(3):
            past.step(store, 12)
        assert len(said) > 12
        assert not any("DESC" in statement for statement in said)


@pytest.mark.parametrize("page", [1, 2, 5, 100])
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_where_seqs_are_missing_older_rows_are_read(tmp_path: Path, limit: int, page: int) -> None:
    path = tmp_path / "store.db"
    with some(path, 60):
        pass
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM event WHERE seq % 5 IN (0, 1) OR seq BETWEEN 20 AND 33")
        left = [seq for (seq,) in connection.execute("SELECT seq FROM event ORDER BY seq")]
    with Store(path) as store, mock.patch.object(lean_slices, "PAGE", page):
        upto, found = 60, list[int]()
        while upto >= 1:
            batch, upto = LeanSlices().read(store, 0, None, upto, limit)
            seqs = list(batch.seqs)
            rest = len(left) - len(found)
            assert seqs == left[max(rest - limit, 0) : rest]
            assert list(batch.texts(range(len(seqs)))) == list(range(len(seqs)))
            found = seqs + found
        assert found == left


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_rowids_at_both_ends_of_what_there_is(tmp_path: Path, limit: int) -> None:
    seqs = [-(2**63), -(2**63) + 1, -5, 0, 2**63 - 1]
    path = tmp_path / "store.db"
    with canonical_store(path) as builder:
        for seq in seqs:
            builder.add_event("s", seq=seq)
    with Store(path) as store:
        fold = Fold(messages_only=False)
        past = Backfill(store, fold)
        while not past.done:
            past.step(store, limit)
        assert fold.rows == len(seqs)
        upto, found = seqs[-1], list[int]()
        while len(found) < len(seqs):
            batch, upto = LeanSlices().read(store, 0, None, upto, limit)
            found = [*batch.seqs, *found]
        assert found == seqs
