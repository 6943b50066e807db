"""Whatever happens to a store between two openings, the second never shows a stale number."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.counting.backfill import Backfill
from queries.feed import Feed
from queries.keeping import store_mark
from queries.keeping.fold_cache import FoldCache
from queries.live import changing_rows
from queries.models import Snapshot
from queries.opening.files import StoreError
from queries.store import Store
from queries.whole_store import count_store
from tests.queries.feeding import Clock, count_all, snap
from tests.queries.kept import cache_in, pass_a_tick
from tests.queries.test_feed_converges import Writing, operations
from tests.stores import CanonicalStore, canonical_store
from tests.stores.base import Journal


class Ruining(Writing):
    """Does to a store what writers, tools and people may do to it."""

    def __init__(self, store: CanonicalStore) -> None:
        super().__init__(store)
        self._numbers = itertools.count()

    def call(self, session: int, phase: str) -> None:
        state = "running" if phase == "start" else "ok"
        self.store.add_event(f"s{session}", id=f"call{next(self._numbers)}", state=state,
                             phase=phase, tool="Bash")  # fmt: skip

    def again(self, journal: Journal) -> None:
        """The writer closes the store (which removes a -wal) and opens it."""
        path = self.store.path
        self.store.close()
        self.store = canonical_store(path, journal)

    def kill(self) -> None:
        """The writer dies: what it wrote stays in the -wal."""
        path = self.store.path
        names = [Path(f"{path}{suffix}") for suffix in ("", "-wal")]
        kept = {name: name.read_bytes() for name in names if name.exists()}
        # The next one keeps the mode, which nobody can change while somebody has the store open.
        journal: Journal = self.store.connection.execute("PRAGMA journal_mode").fetchone()[0]
        self.store.close()
        for name, content in kept.items():
            name.write_bytes(content)
        self.store = CanonicalStore(path, (), journal)

    def checkpoint(self, how: str) -> None:
        self.store.connection.execute(f"PRAGMA wal_checkpoint({how})").fetchall()

    def vacuum(self) -> None:
        self.store.connection.execute("VACUUM")

    def rolled_back(self, number: int) -> None:
        with contextlib.suppress(ZeroDivisionError), self.store.batch():
            self.change(number, "error")
            self.store.add_event("s1", id="undone")
            raise ZeroDivisionError

    def text(self, number: int, agent: str) -> None:
        """In place, of the same length, in a row that is long over."""
        self.store.connection.execute(
            "UPDATE event SET agent = ? WHERE id = ?", (agent, f"e{number}")
        )

    def renumber(self) -> None:
        self.store.connection.execute("UPDATE event SET seq = seq + 100")

    def swap_ids(self) -> None:
        """Two rows change places."""
        rows = self.store.connection.execute("SELECT seq FROM event ORDER BY seq").fetchall()
        if len(rows) > 1:
            (first,), (last,) = rows[0], rows[-1]
            for old, new in ((first, -1), (last, first), (-1, last)):
                self.store.connection.execute("UPDATE event SET seq = ? WHERE seq = ?", (new, old))

    def recreate(self) -> None:
        with self.store.batch():
            (sql,) = self.store.connection.execute(
                "SELECT sql FROM sqlite_master WHERE name = 'event'"
            ).fetchone()
            self.store.connection.execute("ALTER TABLE event RENAME TO old_event")
            self.store.connection.execute(sql)
            self.store.connection.execute("INSERT INTO event SELECT * FROM old_event")
            self.store.connection.execute("UPDATE event SET state = 'error' WHERE seq % 3 = 0")
            self.store.connection.execute("DROP TABLE old_event")

    def another_file(self, how: str) -> None:
        """A changed copy in its place, or written over it; its date is the old one."""
        path = self.store.path
        self.again("delete")
        self.store.close()
        status = path.stat()
        other = path.with_suffix(".other")
        shutil.copyfile(path, other)
        connection = sqlite3.connect(other, isolation_level=None)
        connection.execute("UPDATE event SET state = 'ok', agent = 'somebody'")
        connection.close()
        if how == "moved":
            os.replace(other, path)
        else:
            path.write_bytes(other.read_bytes())
            other.unlink()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.store = canonical_store(path)

    def hidden(self, number: int) -> None:
        """A change whose commit count is set back, by something that is not SQLite."""
        path = self.store.path
        self.again("delete")
        self.store.close()
        header = path.read_bytes()[:100]
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE event SET state = 'error' WHERE id = ?", (f"e{number}",))
        with path.open("r+b") as file:
            file.write(header)
        self.store = canonical_store(path)


numbers = st.integers(0, 12)
journals: st.SearchStrategy[Journal] = st.sampled_from(("delete", "truncate", "persist", "wal"))
ruin = st.one_of(
    operations.filter(lambda operation: operation[0] not in ("poll", "count", "wait")),
    st.tuples(st.just("again"), journals),
    st.tuples(st.just("checkpoint"), st.sampled_from(("PASSIVE", "FULL", "RESTART", "TRUNCATE"))),
    st.tuples(st.just("rolled_back"), numbers),
    st.tuples(st.just("text"), numbers, st.sampled_from(("agent0", "agent1"))),
    st.tuples(st.just("another_file"), st.sampled_from(("moved", "over"))),
    st.tuples(st.just("hidden"), numbers),
    st.tuples(st.sampled_from(("vacuum", "renumber", "swap_ids", "recreate", "kill"))),
)  # fmt: skip
LEAVING = ("again", "another_file", "hidden")
"""What may leave WAL mode, which SQLite allows nobody while somebody has the store open."""
look = st.sampled_from(
    (("screen",), ("screen",), ("open",), ("begin",), ("take_up",), ("finish",), ("command",))
)


@contextlib.contextmanager
def small_steps() -> Iterator[None]:
    """So that few rows are many, and what was just written is trusted as well."""
    with (
        mock.patch.object(store_mark, "SETTLED", 0),
        mock.patch.object(changing_rows, "REREAD_NEWEST", 2),
        mock.patch.object(Backfill.step, "__defaults__", (3,)),
    ):
        yield


class Looking:
    """Opens a store with a cache; each time all is known, it is what a recount finds."""

    def __init__(self, path: Path, cache: FoldCache) -> None:
        self.path = path
        self.cache = cache
        self.clock = Clock()
        self.is_disturbed = False
        """Whether anything was done to the store since the last feed was begun."""
        self._opened: Store | None = None
        self._begun: Feed | None = None

    def screen(self) -> None:
        self.begin()
        self.finish()

    def open(self) -> None:
        """The store that the next feed is given is open when the next things happen."""
        self.close()
        self._opened = Store(self.path)

    def begin(self) -> None:
        """A feed that has not counted everything when the next things happen."""
        opened, self._opened = self._opened, None
        self.close()
        self._begun = Feed(self.path, clock=self.clock, store=opened, cache=self.cache)
        self.is_disturbed = False
        self._begun.poll()

    def take_up(self) -> None:
        """A feed that has taken what was kept, and has not shown it when the next things happen."""
        self.begin()
        assert self._begun is not None
        self._begun.backfill(0.0)

    def finish(self) -> None:
        feed, self._begun = self._begun, None
        if feed is None:
            return
        is_fresh = feed.poll() is None or not self.is_disturbed
        count_all(feed)
        if is_fresh:
            # Nothing happened since it was begun.
            assert comparable(snap(feed)) == comparable(self._recount())
        feed.keep_totals()
        feed.close()

    def command(self) -> None:
        with_cache = count_store(self.path, now=self.clock.now, cache=self.cache)
        without = count_store(self.path, now=self.clock.now)
        assert with_cache.rows == without.rows
        assert with_cache.tools() == without.tools()
        assert with_cache.agents() == without.agents()

    def _recount(self) -> Snapshot:
        feed = Feed(self.path, clock=self.clock)
        try:
            feed.poll()
            with mock.patch.object(Backfill.step, "__defaults__", (None,)):
                count_all(feed)
            return snap(feed)
        finally:
            feed.close()

    def close(self) -> None:
        for each in (self._begun, self._opened):
            if each is not None:
                each.close()
        self._begun = self._opened = None


def comparable(snapshot: Snapshot) -> Snapshot:
    assert snapshot.totals.counted == 1.0
    # Over what a relation of no rows is counted depends on when the store was opened.
    relations = {
        relation: each if each.counts else replace(each, basis="")
        for relation, each in snapshot.interactions.items()
    }
    return replace(
        snapshot, generation=0, epoch=0, info=None, arrived=(), updated=(), interactions=relations
    )


@settings(max_examples=60)
@given(journals, st.lists(st.one_of(ruin, ruin, look), max_size=12))
def test_no_number_is_stale(journal: Journal, done: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, small_steps():
        path = Path(folder) / "a.db"
        with canonical_store(path, journal) as store:
            for number in range(30):
                store.add_event(f"s{number % 3}", id=f"e{number - 17}", duration=1.0)
        writing = Ruining(canonical_store(path, journal))
        looking = Looking(path, cache_in(Path(folder) / "cache"))
        try:
            for operation in (("screen",), *done, ("screen",), ("command",), ("screen",)):
                if hasattr(looking, operation[0]):
                    pass_a_tick(Path(folder))
                    with contextlib.suppress(StoreError):
                        looking.__getattribute__(operation[0])()
                    pass_a_tick(Path(folder))
                else:
                    if operation[0] in LEAVING:
                        looking.close()
                    writing.do(operation)
                    looking.is_disturbed = True
        finally:
            looking.close()
            writing.store.close()


def test_the_property_does_meet_totals_that_were_kept() -> None:
    """Else it would prove nothing."""
    with tempfile.TemporaryDirectory() as folder, small_steps():
        path = Path(folder) / "a.db"
        with canonical_store(path) as store:
            for _ in range(30):
                store.add_event()
        looking = Looking(path, cache_in(Path(folder) / "cache"))
        looking.screen()
        with mock.patch.object(Backfill, "skip", autospec=True, side_effect=Backfill.skip) as skip:
            looking.screen()
            assert skip.call_count == 1
            with canonical_store(path) as store:
                store.update("event", "agent", "agent", agent="other")
            looking.screen()
            assert skip.call_count == 1
            looking.screen()
            assert skip.call_count == 2
