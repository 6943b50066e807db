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


@pytest.mark.parametrize("rate", [100, 1000, 5000])
@pytest.mark.parametrize("journal", JOURNALS)
def test_every_event_once_and_no_waiting(home: Home, journal: Journal, rate: int) -> None:
    path = home.folder / "stores" / "busy.db"
    with canonical_store(path, journal) as store:
        store.add_session("busy")
        store.add_event("busy", id="first")
    with home.open(path, columns=160) as terminal:
        writer = told(start_writer(path, rate=rate, seconds=SECONDS, journal=journal))
        assert writer.events == rate * SECONDS
        assert one_number(home, terminal, path) == writer.events + 1
        quit_and_restore(terminal)
    if journal == "wal":
        assert writer.kept_waiting == 0
    else:
        # A reader has the file for itself while it reads, some milliseconds four times a second.
        assert writer.kept_waiting < writer.commits / 2
