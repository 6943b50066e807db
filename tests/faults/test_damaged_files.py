"""A damaged page costs the rows on it, with a count that everybody sees; never the screen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from queries.feed import Feed
from queries.models import StoreState
from queries.opening.files import StoreError
from queries.whole_store import count_store
from tests.faults.numbers import (
    command,
    counted_by_command,
    one_number,
    quit_and_restore,
    wait_for_bar,
    wait_for_events,
)
from tests.process.program import STORES, Home, fingerprint
from tests.queries.files import filled
from tests.stores import canonical_store
from tests.stores.base import SAMPLES
from tests.stores.damage import Page, pages_of, spoil

pytestmark = [pytest.mark.faults, pytest.mark.process]

EVENTS = 1000


def leaves(path: Path, name: str) -> list[Page]:
    return [page for page in pages_of(path) if page.of == name and page.is_leaf]


def first_events(path: Path) -> list[Page]:
    return leaves(path, "event")[:1]


def last_events(path: Path) -> list[Page]:
    return leaves(path, "event")[-1:]


def sessions(path: Path) -> list[Page]:
    return [page for page in pages_of(path) if page.of == "session"]


def indexes(path: Path) -> list[Page]:
    return [page for page in pages_of(path) if page.is_index]


@pytest.mark.parametrize("chosen", [first_events, last_events, sessions, indexes])
def test_on_the_screen(home: Home, chosen: Callable[[Path], list[Page]]) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    whole = path.read_bytes()
    spoil(path, chosen(path))
    before = fingerprint(path.parent)
    with home.open(path, columns=160) as terminal:
        left = counted_by_command(home, path)
        wait_for_events(terminal, left)
        found = re.search(r"([0-9,]+) problem", terminal.lines()[0])
        assert (left < EVENTS) is (chosen in (first_events, last_events))
        assert (found is None) is (chosen is indexes)
        said = command(home, "doctor", path)
        assert ("left out: the file is damaged there" in said) is (chosen is not indexes)
        assert "private copy: the file is damaged" in said
        assert fingerprint(path.parent) == before
        # Put right by whoever keeps a copy.
        (path.parent / "whole.db").write_bytes(whole)
        os.replace(path.parent / "whole.db", path)
        assert one_number(home, terminal, path) == EVENTS
        terminal.wait_for(lambda t: "problem" not in t.lines()[0], what="no problem any more")
        quit_and_restore(terminal)
    assert list((home.folder / "tmp").iterdir()) == []


def test_beside_a_writer(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    spoil(path, first_events(path))
    with canonical_store(path, "wal") as writer, home.open(path, columns=160) as terminal:
        left = counted_by_command(home, path)
        wait_for_events(terminal, left)
        for number in range(20):
            writer.add_event("s1", id=f"new-{number}")
        wait_for_events(terminal, left + 20)
        assert counted_by_command(home, path) == left + 20
        quit_and_restore(terminal)
    assert list((home.folder / "tmp").iterdir()) == []


def test_the_list_of_tables(home: Home) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS)
    with home.open(path, columns=160) as terminal:
        wait_for_events(terminal, EVENTS)
        whole = path.read_bytes()
        other = path.with_name("other.db")
        shutil.copyfile(path, other)
        spoil(other, [page for page in pages_of(path) if page.of == "sqlite_master"])
        os.replace(other, path)
        wait_for_bar(terminal, "unreadable", "malformed")
        assert command(home, "sessions", path, code=2).count("\n") == 1
        other.write_bytes(whole)
        os.replace(other, path)
        wait_for_events(terminal, EVENTS)
        quit_and_restore(terminal)


@pytest.mark.parametrize("sample", STORES)
def test_pages_of_each_sample_in_turn(tmp_path: Path, sample: str) -> None:
    """Without a terminal: what is followed, and what a command counts."""
    path = tmp_path / sample
    whole = count_store(SAMPLES / sample).fold.rows
    pages = pages_of(SAMPLES / sample)
    # Every third page of the samples with many tables: all of them take a minute.
    for page in pages[:: 1 + 2 * (len(pages) > 100)]:
        shutil.copyfile(SAMPLES / sample, path)
        spoil(path, [page])
        feed = Feed(path)
        snapshot = None
        while snapshot is None or feed.counting:
            snapshot = feed.poll() or snapshot
            feed.backfill(1.0)
        feed.poll()
        snapshot = feed.snapshot(force=True)
        assert snapshot is not None
        feed.close()
        if page.of == "sqlite_master":
            with pytest.raises(StoreError) as raised:
                count_store(path)
            assert snapshot.state is StoreState.UNREADABLE
            assert snapshot.message == str(raised.value)
            continue
        counted = count_store(path)
        assert snapshot.state is StoreState.LIVE, page
        assert counted.fold.rows <= whole
        assert len(counted.rows) == snapshot.total_sessions, page
        assert counted.problems == snapshot.problems, page
        assert sum(row.totals.events for row in counted.rows) == snapshot.totals.events, page
        assert counted.fold.rows == whole or snapshot.problems, page
