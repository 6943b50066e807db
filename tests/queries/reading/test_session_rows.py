"""Rows of a session whose index has them in another order: complete, and sorted but once."""

from __future__ import annotations

from pathlib import Path

from queries.counting.event_stream import EventStream
from queries.store import Store
from tests.queries.test_store import steps
from tests.stores import canonical_store, htmlgraph_store

OWN, OTHER = "sess-own", "sess-other"


def taking_turns(path: Path, events: int) -> Path:
    """Two sessions; one's times go back and forth, so that no index has its rows in order."""
    with htmlgraph_store(path, "0.35") as made, made.batch():
        for number in range(events):
            made.add_event(OWN, timestamp=1_700_000_000.0 + number * 7 % 50)
            made.add_event(OTHER)
    return path


def own(events: int) -> list[int]:
    """The seqs of the first session."""
    return list(range(1, 2 * events, 2))


def back(store: Store, size: int) -> list[int]:
    """All pages of the session from the newest on, put together."""
    found: list[int] = []
    before = None
    while page := store.session_page(0, OWN, before=before, limit=size):
        found = [event.seq for event in page] + found
        before = page[0].seq
    return found


def test_pages_go_back_and_on_without_gap(tmp_path: Path) -> None:
    with Store(taking_turns(tmp_path / "h.db", 60)) as store:
        for size in (1, 7, 60, 100):
            assert back(store, size) == own(60)
            found: list[int] = []
            after = -5
            while page := store.session_rows_after(0, OWN, after, 111, size):
                found += [event.seq for event in page]
                after = page[-1].seq
            assert found == [seq for seq in own(60) if seq <= 111]


def test_rows_that_vanish_or_come_between_two_pages(tmp_path: Path) -> None:
    path = taking_turns(tmp_path / "h.db", 60)
    with Store(path) as store:
        newest = store.session_page(0, OWN, limit=10)
        older = store.session_page(0, OWN, before=newest[0].seq, limit=10)
        with htmlgraph_store(path, "0.35") as writer:
            gone = [row.seq for row in store.session_page(0, OWN, before=older[0].seq, limit=15)]
            marks = ",".join(map(str, gone))
            writer.connection.execute(f"DELETE FROM agent_events WHERE rowid IN ({marks})")
            writer.connection.execute(
                f"UPDATE agent_events SET session_id = '{OTHER}' WHERE rowid = {gone[0] - 2}"
            )
            writer.connection.commit()
            for number in range(30):
                writer.add_event(OWN, event_id=f"late-{number}")
        rest = store.session_page(0, OWN, before=older[0].seq, limit=10)
        assert [row.seq for row in rest] == own(60)[14:24]
        assert len(store.session_page(0, OWN, limit=200)) == 60 - 16 + 30
        before = store.session_page(0, OWN, limit=1)[0].seq
        assert len(store.session_page(0, OWN, before=before, limit=200)) == 60 - 16 + 29


def test_a_session_is_not_sorted_again_for_every_page(tmp_path: Path) -> None:
    work = []
    for events in (400, 1600):
        with Store(taking_turns(tmp_path / f"{events}.db", events)) as store:
            work.append(steps(store, lambda store=store: back(store, 40)))
            assert len(list(EventStream(store, sessions=(OWN,)))) == events
    assert work[1] < 6 * work[0], "four times the rows, and about four times the work"


def test_where_an_index_has_them_in_order_no_list_is_made(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "c.db") as made, made.batch():
        for _ in range(30):
            made.add_event(OWN)
    with Store(tmp_path / "c.db") as store:
        before = store.statements
        newest = store.session_page(0, OWN, limit=10)
        first = store.statements - before
        store.session_page(0, OWN, before=newest[0].seq, limit=10)
        store.session_page(0, OWN, before=newest[0].seq - 10, limit=10)
        assert store.statements - before == first + 2, "it is found out once that there is"
