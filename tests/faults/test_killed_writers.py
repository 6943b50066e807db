"""A writer that is killed: what it had committed is shown, nothing else, and nothing is touched."""

from __future__ import annotations

import pytest

from tests.faults.numbers import (
    counted_by_command,
    one_number,
    quit_and_restore,
    wait_for_bar,
    wait_for_events,
)
from tests.process.program import Home, fingerprint
from tests.queries.files import filled, kill_writer
from tests.stores import Journal, canonical_store
from tests.stores.live_writer import JOURNALS

pytestmark = [pytest.mark.faults, pytest.mark.process]

EVENTS = 50


@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize("looks_on", [True, False], ids=["open before", "opened after"])
def test_in_the_middle_of_a_transaction(home: Home, journal: Journal, looks_on: bool) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, journal)
    if not looks_on:
        kill_writer(path, committed=False)
    with home.open(path, columns=160) as terminal:
        wait_for_events(terminal, EVENTS)
        if looks_on:
            kill_writer(path, committed=False)
        beside = f"s.db-{'wal' if journal == 'wal' else 'journal'}"
        before = fingerprint(path.parent)
        assert beside in before
        # A command reads the same files at the same time, and finds the same.
        assert counted_by_command(home, path) == EVENTS
        wait_for_events(terminal, EVENTS)
        assert "half" not in terminal.text()
        after = fingerprint(path.parent)
        # An index of the -wal is no part of the store; SQLite keeps it in memory that is shared.
        before.pop("s.db-shm", None), after.pop("s.db-shm", None)
        assert after == before
        with canonical_store(path, journal) as writer:
            writer.add_event("s1", id="after")
            assert one_number(home, terminal, path) == EVENTS + 1
        terminal.wait_for_text("✓")
        quit_and_restore(terminal)


@pytest.mark.parametrize("looks_on", [True, False], ids=["open before", "opened after"])
def test_what_was_committed_is_shown(home: Home, looks_on: bool) -> None:
    path = filled(home.folder / "stores" / "s.db", EVENTS, "wal")
    if not looks_on:
        kill_writer(path, committed=True)
    with home.open(path, columns=160) as terminal:
        if looks_on:
            kill_writer(path, committed=True)
        wait_for_events(terminal, EVENTS + 3)
        assert counted_by_command(home, path) == EVENTS + 3
        wait_for_bar(terminal, "live")
        assert one_number(home, terminal, path) == EVENTS + 3
        quit_and_restore(terminal)
