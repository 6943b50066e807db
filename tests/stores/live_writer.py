"""A writer beside the reader: known events at a known rate, each commit told to the caller."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO, get_args

from tests.stores.base import Journal, StoreBuilder
from tests.stores.canonical import CanonicalStore, canonical_store
from tests.stores.heist import (
    HeistAuditStore,
    HeistSessionStore,
    heist_audit_store,
    heist_session_store,
)
from tests.stores.htmlgraph import HtmlGraphStore, htmlgraph_store

SESSION = "live-session"
DIALECTS = ("canonical", "heist-audit", "heist-session", "htmlgraph-0.26", "htmlgraph-0.35")
UPDATABLE = ("canonical", "htmlgraph-0.26", "htmlgraph-0.35")
"""The dialects whose programs change events after they were written."""
JOURNALS: tuple[Journal, ...] = get_args(Journal)
LAG = 5
"""With updates in place, so many events are running at a time."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One line of a writer's output."""

    operation: str
    """insert or update."""
    id: str
    """``live-000000``, counted from 0; in heist stores this is the message."""
    rowid: int
    monotonic: float
    """When the commit returned: ``time.monotonic()``, the same clock in every process."""
    seconds: float
    """How long the statement and its commit took."""

    def line(self) -> str:
        """As written to the output."""
        return (
            f"{self.operation}\t{self.id}\t{self.rowid}\t{self.monotonic:.6f}\t{self.seconds:.6f}"
        )


def read_commits(lines: Iterable[str]) -> Iterator[Commit]:
    """The commits of a writer's output, as they come."""
    for line in lines:
        operation, id_, rowid, monotonic, seconds = line.split()
        yield Commit(operation, id_, int(rowid), float(monotonic), float(seconds))


class Target(Protocol):
    """Where a live writer puts its events."""

    def insert(self, id: str) -> int:  # noqa: A002
        """Write an event, return its rowid."""

    def finish(self, id: str) -> None:  # noqa: A002
        """Change the event in place."""


class _Canonical:
    def __init__(self, store: CanonicalStore, running: bool) -> None:
        self.store, self.state = store, "running" if running else "ok"
        _once(store, "session", "id", lambda: store.add_session(SESSION, started=time.time()))

    def insert(self, id: str) -> int:  # noqa: A002
        row = self.store.add_event(SESSION, id=id, summary=id, state=self.state, time=time.time())
        return int(row["rowid"])

    def finish(self, id: str) -> None:  # noqa: A002
        self.store.finish_event(id)


class _HtmlGraph:
    def __init__(self, store: HtmlGraphStore, running: bool) -> None:
        self.store, self.running = store, running
        _once(store, "sessions", "session_id",
              lambda: store.add_session(SESSION, started=time.time()))  # fmt: skip

    def insert(self, id: str) -> int:  # noqa: A002
        if self.running:
            row = self.store.add_delegation(SESSION, event_id=id, timestamp=time.time())
        else:
            row = self.store.add_event(
                SESSION, event_id=id, input_summary=id, is_error=False, timestamp=time.time()
            )
        return int(row["rowid"])

    def finish(self, id: str) -> None:  # noqa: A002
        self.store.finish_delegation(id, finished=time.time())


class _Heist:
    def __init__(self, store: HeistAuditStore | HeistSessionStore) -> None:
        self.store = store
        _once(store, "sessions", "session_id",
              lambda: store.add_session(SESSION, start_time=time.time()))  # fmt: skip

    def insert(self, id: str) -> int:  # noqa: A002
        agent = ("planner", "hacker", "safecracker", "mole")[int(id[-1]) % 4]
        return int(self.store.add_message(SESSION, agent, id, timestamp=time.time())["rowid"])

    def finish(self, id: str) -> None:  # noqa: A002
        raise NotImplementedError("heist programs never change an event")


class LiveWriter:
    """Commits events, one at a time, with ids counted from 0 and no gap.

    Args:
        path: of the store; created when there is none, continued otherwise.
        dialect: one of :data:`DIALECTS`.
        rate: events per second; 0 is as fast as possible.
        count: how many events.
        journal: the journal mode.
        update_in_place: write events as running and finish each :data:`LAG` events later.
        output: gets a line for each commit.
        clock: a monotonic clock, in seconds.
        sleep: waits so many seconds.

    Raises:
        ValueError: unknown dialect, or one whose programs never change an event.
    """

    def __init__(
        self,
        path: Path,
        dialect: str = "canonical",
        *,
        rate: float = 0.0,
        count: int = 100,
        journal: Journal = "wal",
        update_in_place: bool = False,
        output: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if dialect not in (UPDATABLE if update_in_place else DIALECTS):
            why = "does not update events" if dialect in DIALECTS else "is not known"
            raise ValueError(f"dialect {dialect} {why}")
        self.store, self._target = _open(path, dialect, journal, update_in_place)
        # What a commit takes is measured with it.
        self.store.connection.execute("PRAGMA synchronous = FULL")
        self._rate, self._count, self._updates = rate, count, update_in_place
        self._output, self._clock, self._sleep = output, clock, sleep

    def run(self) -> list[Commit]:
        """Write all events; returns the commits. The store is closed afterwards."""
        first = _events_so_far(self.store)
        begun = self._clock()
        commits: list[Commit] = []
        running: deque[tuple[str, int]] = deque()
        for number in range(self._count):
            wait = begun + number / self._rate - self._clock() if self._rate else 0.0
            if wait > 0:
                self._sleep(wait)
            id_ = f"live-{first + number:06d}"
            commits.append(self._commit("insert", id_))
            running.append((id_, commits[-1].rowid))
            if self._updates and len(running) > LAG:
                commits.append(self._commit("update", *running.popleft()))
        if self._updates:
            commits += [self._commit("update", *event) for event in running]
        self.store.close()
        return commits

    def _commit(self, operation: str, id_: str, rowid: int = 0) -> Commit:
        begun = self._clock()
        if operation == "insert":
            rowid = self._target.insert(id_)
        else:
            self._target.finish(id_)
        now = self._clock()
        commit = Commit(operation, id_, rowid, now, now - begun)
        if self._output:
            self._output.write(commit.line() + "\n")
            self._output.flush()
        return commit


def start_live_writer(
    path: Path,
    dialect: str = "canonical",
    *,
    rate: float = 100.0,
    count: int = 100,
    journal: Journal = "wal",
    update_in_place: bool = False,
) -> subprocess.Popen[str]:
    """A :class:`LiveWriter` in a process of its own; read its stdout with :func:`read_commits`."""
    options = ["--dialect", dialect, "--rate", str(rate), "--count", str(count)]
    options += ["--journal", journal, *(["--update-in-place"] if update_in_place else [])]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stores", "write", str(path), *options],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def _open(path: Path, dialect: str, journal: Journal, running: bool) -> tuple[StoreBuilder, Target]:
    match dialect:
        case "canonical":
            canonical = canonical_store(path, journal)
            return canonical, _Canonical(canonical, running)
        case "htmlgraph-0.26" | "htmlgraph-0.35":
            old = dialect.endswith("26")
            htmlgraph = htmlgraph_store(path, "0.26" if old else "0.35", journal=journal)
            return htmlgraph, _HtmlGraph(htmlgraph, running)
        case "heist-audit":
            audit = heist_audit_store(path, journal)
            return audit, _Heist(audit)
        case _:
            session = heist_session_store(path, journal)
            return session, _Heist(session)


def _once(store: StoreBuilder, table: str, key: str, add: Callable[[], object]) -> None:
    """Add the live session unless an earlier run did."""
    if not store.connection.execute(
        f"SELECT 1 FROM {table} WHERE {key} = ?", (SESSION,)
    ).fetchall():
        add()


def _events_so_far(store: StoreBuilder) -> int:
    table = {CanonicalStore: "event", HtmlGraphStore: "agent_events"}.get(type(store), "messages")
    sql = f"SELECT count(*) FROM {table} WHERE session_id = ?"
    return int(store.connection.execute(sql, (SESSION,)).fetchall()[0][0])
