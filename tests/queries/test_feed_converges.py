"""Whatever is written, and whenever it is looked at: the totals become those of a recount."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.feed import Feed
from queries.models import Relation, Snapshot
from tests.queries.feeding import Clock, count_all
from tests.stores import CanonicalStore, Journal, canonical_store

STATES = ("running", "ok", "error", "unknown")
KINDS = ("tool", "tool", "prompt", "message", "delegation", "handoff")


class Writing:
    """A store, and the operations that a writer may do to it."""

    def __init__(self, store: CanonicalStore) -> None:
        self.store = store
        self.has_replaced = False

    def do(self, operation: tuple[Any, ...]) -> None:
        getattr(self, operation[0])(*operation[1:])

    def event(self, number: int, session: int, kind: str, state: str, agent: int) -> None:
        with_tool: dict[str, Any] = {"target_agent": "helper"} if kind == "delegation" else {}
        if kind == "delegation":
            with_tool["call_key"] = f"call-{number}"
        before = self.store.connection.execute("DELETE FROM event WHERE id = ?", (f"e{number}",))
        # What is gone and there again with the same id may look like a row that moved.
        self.has_replaced |= before.rowcount > 0
        self.store.add_event(f"s{session}", id=f"e{number}", kind=kind, state=state,
                             agent=f"agent{agent}", time=1_768_212_000.0 + number,
                             duration=1.0 if state == "ok" else None, **with_tool)  # fmt: skip

    def call(self, session: int, phase: str) -> None:
        state = "running" if phase == "start" else "ok"
        self.store.add_event(f"s{session}", kind="tool", state=state, phase=phase, tool="Bash")

    def change(self, number: int, state: str) -> None:
        self.store.connection.execute(
            "UPDATE event SET state = ?, duration = 2.0 WHERE id = ? AND phase = 'whole'",
            (state, f"e{number}"),
        )

    def put(self, number: int, state: str) -> None:
        """INSERT OR REPLACE: the id gets another rowid."""
        names = "id, session_id, time, agent, kind, phase, tool, summary, call_key"
        found = self.store.connection.execute(
            f"SELECT {names} FROM event WHERE id = ?", (f"e{number}",)
        ).fetchall()
        if found:
            self.has_replaced = True
            self.store.connection.execute(
                f"INSERT OR REPLACE INTO event ({names}, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*found[0], state),
            )

    def remove(self, number: int) -> None:
        self.store.connection.execute("DELETE FROM event WHERE id = ?", (f"e{number}",))

    def remove_newest(self) -> None:
        self.store.connection.execute("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)")

    def remove_all(self) -> None:
        self.store.connection.execute("DELETE FROM event")

    def session(self, number: int, status: str) -> None:
        self.store.connection.execute(
            "INSERT INTO session (id, status, started, title) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET status = excluded.status, title = excluded.title",
            (f"s{number}", status, 1_768_211_000.0 + number, status),
        )

    def remove_session(self, number: int) -> None:
        self.store.connection.execute("DELETE FROM session WHERE id = ?", (f"s{number}",))


class Swapping(Writing):
    """Also does what changes the file as a whole."""

    def __init__(self, path: Path, journal: Journal) -> None:
        super().__init__(canonical_store(path, journal))
        self.path = path
        self.journal: Journal = journal

    def close(self) -> None:
        self.store.close()

    def vacuum(self) -> None:
        """The whole file is written anew."""
        self.store.connection.execute("VACUUM")

    def empty_log(self) -> None:
        self.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def swap(self, rows: int) -> None:
        """Another store takes this one's place, by renaming or after it was deleted."""
        self.store.close()
        for suffix in ("-wal", "-shm", "-journal"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        other = self.path.with_name("other.db")
        with canonical_store(other, "delete") as store, store.batch():
            for number in range(rows):
                store.add_event(f"s{number % 3}", id=f"e{number}", state=STATES[number % 4],
                                agent=f"agent{rows}", time=1_768_212_000.0 + number)  # fmt: skip
        if rows % 2:
            self.path.unlink()
        os.replace(other, self.path)
        self.store = canonical_store(self.path, self.journal)


numbers = st.integers(0, 12)
sessions = st.integers(0, 3)
operations = st.one_of(
    st.tuples(st.just("event"), numbers, sessions, st.sampled_from(KINDS),
              st.sampled_from(STATES), st.integers(0, 2)),
    st.tuples(st.just("call"), sessions, st.sampled_from(("start", "end"))),
    st.tuples(st.just("change"), numbers, st.sampled_from(STATES)),
    st.tuples(st.just("put"), numbers, st.sampled_from(STATES)),
    st.tuples(st.just("remove"), numbers),
    st.tuples(st.sampled_from(("remove_newest", "remove_all"))),
    st.tuples(st.just("session"), sessions, st.sampled_from(("running", "completed"))),
    st.tuples(st.just("remove_session"), sessions),
    st.sampled_from((("poll",), ("poll",), ("count",), ("wait", 3.0), ("wait", 70.0))),
)  # fmt: skip


swaps = st.sampled_from((("vacuum",), ("empty_log",), ("swap", 4), ("swap", 5), ("swap", 9)))


def comparable(snapshot: Snapshot | None, has_replaced: bool) -> dict[str, object]:
    """What has to be equal. Where a row came again, its place among the others did not count."""
    assert snapshot is not None
    parts: dict[str, object] = {
        "totals": snapshot.totals,
        "sessions": tuple(
            replace(row, totals=replace(row.totals, agents=tuple(sorted(row.totals.agents)),
                                        activity=(), first_prompt=None))
            for row in snapshot.sessions
        ),
        "tools": snapshot.tools,
        "total_sessions": snapshot.total_sessions,
        "agents": tuple(replace(agent, last_active=None) for agent in snapshot.agents),
    }  # fmt: skip
    if not has_replaced:
        parts["follows"] = snapshot.interactions[Relation.FOLLOWS]
        parts["tools after tools"] = snapshot.interactions[Relation.TOOLS]
        parts["delegates"] = snapshot.interactions[Relation.DELEGATES]
    return parts


@settings(max_examples=80)
@given(st.lists(st.one_of(operations, operations, swaps), max_size=30), st.booleans())
def test_totals_become_those_of_a_recount(done: list[tuple[Any, ...]], in_wal: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        clock = Clock()
        writing = Swapping(path, "wal" if in_wal else "delete")
        with contextlib.closing(writing):
            feed = Feed(path, clock=clock)
            for operation in done:
                if operation[0] == "poll":
                    feed.poll()
                elif operation[0] == "count":
                    count_all(feed)
                elif operation[0] == "wait":
                    clock.now += operation[1]
                    feed.poll()
                else:
                    writing.do(operation)
            for _ in range(4):
                feed.poll()
                count_all(feed)
                clock.now += 100.0
            fresh = Feed(path, clock=clock)
            fresh.poll()
            count_all(fresh)
            expected = comparable(fresh.snapshot(force=True), writing.has_replaced)
            assert comparable(feed.snapshot(force=True), writing.has_replaced) == expected
            feed.close()
            fresh.close()
