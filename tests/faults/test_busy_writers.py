"""Beside a busy writer: every event once, and no commit of its that has to wait for us."""

from __future__ import annotations

import pytest

from tests.faults.numbers import one_number, quit_and_restore
from tests.faults.writer import start_writer, told
from tests.process.program import Home
from tests.stores import Journal, canonical_store
from tests.stores.live_writer import JOURNALS

pytestmark = [pytest.mark.faults, pytest.mark.process]

SECONDS = 1.5
RATES = (100, 1000, 5000)
"""Events a second."""


@pytest.mark.parametrize("journal", JOURNALS)
def test_every_event_once_and_no_waiting(home: Home, journal: Journal) -> None:
    path = home.folder / "stores" / "busy.db"
    with canonical_store(path, journal) as store:
        store.add_session("busy")
        store.add_event("busy", id="first")
    written = 1
    with home.open(path, columns=160) as terminal:
        for rate in RATES:
            writer = told(start_writer(path, rate=rate, seconds=SECONDS, journal=journal))
            assert writer.events == rate * SECONDS
            written += writer.events
            assert one_number(home, terminal, path) == written
            if journal == "wal":
                assert writer.kept_waiting == 0, rate
            else:
                # A reader has the file for itself while it reads, some milliseconds four
                # times a second.
                assert writer.kept_waiting < writer.commits / 2, rate
        quit_and_restore(terminal)
