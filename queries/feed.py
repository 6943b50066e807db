"""The live engine: has the store changed? Read its tail, count it, make one Snapshot.

A feed does nothing by itself. Its owner calls :meth:`Feed.poll` now and then and
:meth:`Feed.backfill` in between, from one thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from queries.backfill import Backfill
from queries.connection import Change
from queries.fold import Fold
from queries.interactions import agent_statistics, all_interactions
from queries.models import (
    AggregatedTool,
    Event,
    EventKey,
    Handoff,
    Interactions,
    Problem,
    Relation,
    SessionRow,
    SessionStatus,
    Snapshot,
    StoreInfo,
    StoreState,
    StoreTotals,
)
from queries.opening import (
    QueryStoppedError,
    Signature,
    StoreBusyError,
    StoreError,
    StoreGoneError,
    signature,
)
from queries.roster import Roster
from queries.sessions import STALE_AFTER
from queries.side_tables import aggregated_tools, handoffs
from queries.store import Store
from queries.tools import tool_statistics

ARRIVED_KEPT = 2000
"""Events that one snapshot hands on singly."""
TAIL_PAGE = 5000
REREAD_RUNNING = 500
"""Running rows that are read again after a commit, the newest first."""
REREAD_OLDER = 100
"""Running rows beyond those, taken in turn."""
QUIET_CLOSE = 30.0
"""Seconds without change after which the connection is closed, so as not to keep the writer's
last close from its checkpoint."""


class Feed:
    """Follows one store and keeps its totals."""

    def __init__(
        self,
        path: Path | str,
        *,
        clock: Callable[[], float] = time.time,
        stale_after: float = STALE_AFTER,
        keep_sessions: int = 50_000,
        store: Store | None = None,
    ) -> None:
        """Begin to follow a store; nothing is read before the first :meth:`poll`.

        Args:
            path: of the store.
            clock: gives epoch seconds.
            stale_after: seconds of silence after which a running session is stale.
            keep_sessions: the most sessions that are listed.
            store: the store as somebody has opened it already; the feed closes it.
        """
        self.path = Path(path)
        self._opened = store
        self._clock = clock
        self._stale_after = stale_after
        self._keep = keep_sessions
        self.store: Store | None = None
        self.generation = 0
        self.epoch = 0
        self.state = StoreState.OPENING
        self.message = ""
        self._info: StoreInfo | None = None
        self._identity: tuple[object, ...] | None = None
        self._watched: set[EventKey] = set()
        self._watched_events: dict[EventKey, Event] = {}
        self._turn = 0
        self._quiet_since = clock()
        self._dozing = False
        self._doze_stamp: Signature | None = None
        self._dirty = True
        self._reset()

    def _reset(self) -> None:
        self.fold = Fold(messages_only=False)
        self.roster = Roster(self._keep, self._stale_after)
        self.past: Backfill | None = None
        self._handoffs: tuple[Handoff, ...] = ()
        self._aggregated: tuple[AggregatedTool, ...] = ()
        self._touched: set[str] = set()
        self._arrived: list[Event] = []
        self._arrived_cut = False
        self._updated: list[Event] = []
        self._watched_events = {}
        self._stamp: tuple[object, ...] | None = None

    def close(self) -> None:
        """Let go of the file."""
        for store in (self.store, self._opened):
            if store is not None:
                store.close()
        self.store = self._opened = None

    # -- polling ----------------------------------------------------------------------------

    def poll(self) -> Snapshot | None:
        """Look once. Returns a new snapshot when anything shown may differ, else None."""
        try:
            self._look()
        except StoreBusyError as error:
            self._set_state(StoreState.LOCKED, str(error))
        except StoreGoneError as error:
            self.close()
            self._set_state(StoreState.GONE, str(error))
        except QueryStoppedError:
            self._dirty = True
        except StoreError as error:
            self.close()
            self._set_state(StoreState.UNREADABLE, str(error))
        return self.snapshot()

    def _look(self) -> None:
        if self.store is None:
            if self._dozing and self._unchanged_while_dozing():
                return
            self._open()
            return
        change = self.store.change()
        if change is Change.NONE:
            self._set_state(StoreState.LIVE, "")
            if self._clock() - self._quiet_since > QUIET_CLOSE and self._may_doze():
                self._doze_stamp = signature(self.path)
                self.close()
                self._dozing = True
            return
        self._quiet_since = self._clock()
        if change is Change.DATA:
            self._read_news()
        else:
            self.close()
            self._open()
        self._set_state(StoreState.LIVE, "")

    def _may_doze(self) -> bool:
        return (
            self.past is not None
            and self.past.done
            and self._info is not None
            and self._info.journal_mode == "wal"
        )

    def _unchanged_while_dozing(self) -> bool:
        return signature(self.path) == self._doze_stamp

    def _open(self) -> None:
        """Open (again). Totals go on when it is the same file with the same schema."""
        store = self._opened or Store(self.path)
        self._opened = None
        identity = (
            store.signature.file,
            store.mapping.dialect,
            store.schema_version,
            store.info.sources,
        )
        self.store = store
        self._dozing = False
        self._quiet_since = self._clock()
        self._info = store.info
        if self.past is None or identity != self._identity or self._shrank(store):
            self._identity = identity
            self._begin(store)
        else:
            self._read_news()
        self._set_state(StoreState.LIVE, "")
        self._dirty = True

    def _shrank(self, store: Store) -> bool:
        if self.past is None:
            return True
        for source, high in self.past.high.items():
            bounds = store.bounds(source)
            if (bounds[1] if bounds is not None else 0) < high:
                return True
        return False

    def _begin(self, store: Store) -> None:
        self._reset()
        self.epoch += 1
        self.fold = Fold(messages_only=store.mapping.has_messages)
        self._aggregated = aggregated_tools(store)
        self._handoffs = handoffs(store)
        self.roster.load(store, self._aggregated)
        self.past = Backfill(store, self.fold)
        self.past.step(store)
        self._touched |= self.fold.changed
        self._dirty = True

    def _read_news(self) -> None:
        store, past = self.store, self.past
        if store is None or past is None:
            return
        if self._shrank(store):
            self._begin(store)
            return
        for source in past.high:
            self._read_tail(store, past, source)
        self._read_again(store)
        self._aggregated = aggregated_tools(store)
        self._handoffs = handoffs(store)
        self.roster.declare_tools(self._aggregated)
        self._touched |= self.roster.refresh(store, self.fold.changed | self._touched)
        self._dirty = True

    def _read_tail(self, store: Store, past: Backfill, source: int) -> None:
        while True:
            events = store.events_between(source, past.high[source], 2**63 - 1, TAIL_PAGE)
            if not events:
                return
            self.fold.add_all(events)
            past.high[source] = events[-1].seq
            room = ARRIVED_KEPT - len(self._arrived)
            self._arrived += events[:room]
            self._arrived_cut = self._arrived_cut or len(events) > room
            if len(events) < TAIL_PAGE:
                return

    # -- rows that change in place ------------------------------------------------------------

    def watch(self, keys: Iterable[EventKey]) -> None:
        """Rows on screen: they are read again after every commit."""
        self._watched = set(keys)

    def _read_again(self, store: Store) -> None:
        running = {
            key: event for events in self.fold.running.values() for key, event in events.items()
        }
        keys = sorted(running, reverse=True)
        chosen = set(keys[:REREAD_RUNNING])
        older = keys[REREAD_RUNNING:]
        if older:
            at = self._turn % len(older)
            self._turn += REREAD_OLDER
            chosen |= set((older[at:] + older[:at])[:REREAD_OLDER])
        for event in store.events_by_key(chosen | self._watched):
            before = running.get(event.key) or self._watched_events.get(event.key)
            if event.key in self._watched:
                self._watched_events[event.key] = event
            if before == event:
                continue
            if before is not None:
                self.fold.update(before, event)
            self._updated.append(event)
        for key in self._watched_events.keys() - self._watched:
            del self._watched_events[key]

    # -- the past -----------------------------------------------------------------------------

    @property
    def counting(self) -> bool:
        """Whether some of the past is still to be counted."""
        return self.store is not None and self.past is not None and not self.past.done

    def backfill(self, seconds: float) -> None:
        """Count the past for about so long. Errors show at the next poll."""
        if self.store is None or self.past is None:
            return
        end = time.perf_counter() + seconds
        try:
            while not self.past.done:
                self.past.step(self.store)
                self._dirty = True
                if time.perf_counter() >= end:
                    break
        except StoreError:
            return

    # -- what the panes show --------------------------------------------------------------------

    def _set_state(self, state: StoreState, message: str) -> None:
        if state is not self.state or message != self.message:
            self.state, self.message = state, message
            self._dirty = True

    def snapshot(self, *, force: bool = False) -> Snapshot | None:
        """A snapshot of what is known now; None when nothing changed since the last."""
        if not self._dirty and not force:
            return None
        self._dirty = False
        self.generation += 1
        now = self._clock()
        frontier = None if self.past is None else self.past.frontier
        changed = self.fold.changed | self._touched
        self.fold.changed = set()
        self._touched = set()
        rows = self.roster.rows(self.fold, changed, now=now, frontier=frontier)
        arrived, self._arrived = tuple(self._arrived), []
        cut, self._arrived_cut = self._arrived_cut, False
        updated, self._updated = tuple(self._updated), []
        tools = tool_statistics(self.fold, self.roster.is_alive, self._aggregated)
        agents = agent_statistics(self.fold)
        return Snapshot(
            generation=self.generation,
            epoch=self.epoch,
            state=self.state,
            message=self.message,
            info=self._info,
            sessions=rows[: self._keep],
            total_sessions=len(self.roster),
            totals=self._totals(rows, len(agents)),
            tools=tools,
            agents=agents,
            interactions=self._interactions(),
            arrived=arrived,
            arrived_cut=cut,
            updated=updated,
            problems=self._problems(),
            time=now,
        )

    def _interactions(self) -> dict[Relation, Interactions]:
        return all_interactions(self.fold, self._handoffs)

    def _problems(self) -> tuple[Problem, ...]:
        problems = () if self.store is None else self.store.problems()
        return problems + (() if self.past is None else self.past.problems())

    def _totals(self, rows: tuple[SessionRow, ...], agents: int) -> StoreTotals:
        fold = self.fold
        waiting = sum(len(fold.sessions[name].waiting()) for name in fold.waiting)
        return StoreTotals(
            sessions=len(self.roster),
            running=sum(1 for row in rows if row.session.status is SessionStatus.RUNNING),
            events=fold.events + waiting,
            messages=fold.messages,
            tool_calls=fold.calls + waiting,
            ok=fold.ok,
            errors=fold.errors,
            finished_calls=fold.ok + fold.failed_calls,
            tokens=fold.tokens.whole,
            cost=fold.cost.value,
            agents=agents,
            counted=0.0 if self.past is None else self.past.counted,
        )
