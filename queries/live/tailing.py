"""Following a store: every event as it is committed, once, and once more when it finishes.

What is new is told by the order of arrival of each table, never by times. The engine has no
clock of its own: its owner calls :meth:`Tail.poll` again and again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path

from queries.counting.event_stream import merge_sources
from queries.live.open_calls import Line, OpenCalls
from queries.live.running_turns import RunningTurns
from queries.models import Event, EventKey
from queries.opening.files import (
    QueryStoppedError,
    Signature,
    StoreBusyError,
    StoreError,
    signature,
)
from queries.reading.connection import Change
from queries.store import Store
from queries.text import clean

PAGE = 2000
MOST_LINES = 10_000
"""Lines of one poll, about; more are left for the next."""
REMEMBERED = 200
"""Rows of each source by which a replaced file is recognised as the same store."""
PRIMED = 2000
"""Rows of each source read at the start, so that calls under way are known."""
QUIET_CLOSE = 30.0
"""Seconds without a commit after which the file is let go, so that its writer can tidy up."""
_BEFORE_ALL = -(2**63) - 1


class Tail:
    """Follows one store."""

    def __init__(
        self,
        path: Path | str,
        *,
        sessions: Collection[str] = (),
        from_start: bool = False,
        say: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store and find its present end.

        Args:
            path: the file.
            sessions: tell only events of these; none named means all.
            from_start: begin with the first event instead of the next one.
            say: told in a sentence when the store cannot be read, and when it can again.
            clock: monotonic seconds.

        Raises:
            StoreError: when the file is not a usable store. A locked one is waited for.
        """
        self._path = Path(path)
        self._wanted = frozenset(sessions)
        self._from_start = from_start
        self._say = say
        self._clock = clock
        self._store: Store | None = None
        self._identity: tuple[object, ...] | None = None
        self._file: tuple[int, int] | None = None
        self._is_new_file = False
        self._trouble = ""
        self._quiet_since = clock()
        self._asleep: Signature | None = None
        self._turns = RunningTurns()
        self.behind = False
        """Whether there is more to tell at once: poll again without waiting."""
        self._unread = True
        self.sources: tuple[str, ...] = ()
        """Names of the event tables."""
        self._high: dict[int, int] = {}
        self._recent: dict[int, deque[tuple[int, str]]] = {}
        self._calls = OpenCalls()
        try:
            self._open()
        except StoreBusyError as error:
            self._complain(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def poll(self) -> list[Line]:
        """What was committed since the last call, in order of arrival.

        Trouble with the store is told through ``say`` and waited out.
        """
        self._calls.begin()
        self.behind = False
        try:
            self._look()
        except (StoreBusyError, QueryStoppedError) as error:
            self._complain(error)
        except StoreError as error:
            self.close()
            self._complain(error)
        else:
            if self._trouble:
                self._trouble = ""
                self._say(f"{self._name()}: can be read again.")
        lines = self._calls.lines
        return [line for line in lines if not self._wanted or line.event.session_id in self._wanted]

    # -- the file -----------------------------------------------------------------------------

    def _look(self) -> None:
        if self._store is None:
            if self._asleep is not None and signature(self._path) == self._asleep:
                return
            self._open()
        else:
            change = self._store.change()
            if change in (Change.REOPEN, Change.REPLACED):
                self.close()
                self._open()
            elif change is Change.NONE and not self._unread:
                if self._turns:
                    due = self._turns.next()
                    self._read_again(self._store, due)
                    self._turns.done(due)
                else:
                    self._doze()
                return
        store = self._store
        if store is None:
            return
        self._quiet_since = self._clock()
        self._unread = True
        self._find_place(store)
        self.behind = self._unread = self._read_tail(store)
        self._read_again(store, self._turns.after_commit(self._calls.running.in_order()))

    def _open(self) -> None:
        store = Store(self._path)
        try:
            self._recognise(store)
        except BaseException:
            store.close()
            raise
        self._store = store
        self._asleep = None
        self._quiet_since = self._clock()
        self._unread = True

    def _recognise(self, store: Store) -> None:
        shape = (store.mapping.dialect, store.info.sources)
        if self._identity is None:
            self._begin(store)
        elif shape != self._identity:
            self._say(f"{self._name()}: is another store now; following it from its beginning.")
            self._high = dict.fromkeys(range(len(store.info.sources)), _BEFORE_ALL)
            self._recent = {}
            self._calls = OpenCalls(self._calls.lines)
        self.sources = store.info.sources
        self._identity = shape
        if self._file != store.signature.file:
            self._is_new_file = self._file is not None
        self._file = store.signature.file

    def _doze(self) -> None:
        """Close a quiet store in WAL mode: our connection keeps its last writer from tidying."""
        store = self._store
        if (
            store is not None
            and store.info.journal_mode == "wal"
            and self._clock() - self._quiet_since > QUIET_CLOSE
        ):
            self._asleep = signature(self._path)
            self.close()

    def _complain(self, error: StoreError) -> None:
        self._unread = True
        if str(error) != self._trouble:
            self._trouble = str(error)
            self._say(f"{error} Waiting for it.")

    def _name(self) -> str:
        return clean(str(self._path))

    # -- where we are ---------------------------------------------------------------------------

    def _begin(self, store: Store) -> None:
        high: dict[int, int] = {}
        primed: list[list[Event]] = []
        for source in range(len(store.mapping.sources)):
            bounds = store.bounds(source)
            high[source] = _BEFORE_ALL
            if not self._from_start and bounds is not None:
                after = store.slice_start(source, bounds[1], PRIMED)
                primed.append(store.events_between(source, after, bounds[1], PRIMED))
                high[source] = bounds[1]
        self._high = high
        for event in merge_sources(primed) if primed else []:
            self._remember(event)
            self._calls.take(event)
        self._calls.begin()
        self._calls.begin()

    def _remember(self, event: Event) -> None:
        recent = self._recent.setdefault(event.source, deque(maxlen=REMEMBERED))
        recent.append((event.seq, event.id))

    def _find_place(self, store: Store) -> None:
        """Go back to the newest row that is still what it was, where rows went or changed."""
        replaced, self._is_new_file = self._is_new_file, False
        for source, recent in self._recent.items():
            if not recent:
                continue
            newest = store.events_by_key([(source, recent[-1][0])])
            if newest and newest[0].id == recent[-1][1]:
                continue
            there = {
                event.seq: event.id
                for event in store.events_by_key([(source, seq) for seq, _ in recent])
            }
            oldest = recent[0][0]
            while recent and there.get(recent[-1][0]) != recent[-1][1]:
                recent.pop()
            if recent:
                self._high[source] = recent[-1][0]
            elif replaced:
                self._say(f"{self._name()}: was replaced; following it from its beginning.")
                self._high[source] = _BEFORE_ALL
                self._calls = OpenCalls(self._calls.lines)
            else:
                self._say(f"{self._name()}: its newest events were deleted.")
                bounds = store.bounds(source)
                top = _BEFORE_ALL if bounds is None else bounds[1]
                self._high[source] = min(top, oldest - 1)

    # -- what is new ----------------------------------------------------------------------------

    def _read_tail(self, store: Store) -> bool:
        """Take what is new; whether there may be more."""
        tops = {
            source: bounds[1]
            for source in self._high
            if (bounds := store.bounds(source)) is not None
        }
        while len(self._calls.lines) < MOST_LINES:
            pages = [
                page
                for source, top in tops.items()
                if (page := store.events_between(source, self._high[source], top, PAGE))
            ]
            if not pages:
                # Rows that are no events of ours end here, too.
                self._high.update(
                    {source: max(self._high[source], tops[source]) for source in tops}
                )
                return False
            for event in _known_order(pages):
                self._high[event.source] = event.seq
                self._remember(event)
                self._calls.take(event)
        return True

    def _read_again(self, store: Store, keys: Collection[EventKey]) -> None:
        """Rows that say they run may have been changed in place."""
        running = self._calls.running
        chosen = {key for key in keys if running.get(key) is not None}
        self._calls.changed(chosen, store.events_by_key(chosen))


def _known_order(pages: list[list[Event]]) -> list[Event]:
    """The events of all pages up to where a full page ends: more of it may belong there."""
    merged = merge_sources(pages)
    ends = {page[-1].key for page in pages if len(page) == PAGE}
    if len(pages) > 1 and ends:
        for number, event in enumerate(merged, 1):
            if event.key in ends:
                return merged[:number]
    return merged
