"""Counted rows that change in place, go or come again: which are read again, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from queries.counting.backfill import Backfill
from queries.fold import Fold
from queries.live.recent_rows import RecentRows, is_same_row
from queries.models import Event, EventKey, EventState, Phase
from queries.pausing import in_turns
from queries.store import Store

REREAD_RUNNING = 500
"""Running rows that are read again after a commit, the newest first."""
REREAD_OLDER = 100
"""Running rows beyond those, taken in turn; the others follow while nothing else is committed."""
REREAD_NEWEST = 300
"""Rows that came last that are read again after a commit, whatever they say."""


class ChangingRows:
    """Keeps what is counted of rows that were read before right."""

    fold: Fold
    past: Backfill | None

    def _start_rows(self, fold: Fold) -> None:
        self.fold = fold
        self.updated: list[Event] = []
        """Events that changed in place since the owner last emptied this list."""
        self.amended: set[str] = set()
        """Sessions of rows among these that were not running."""
        self.is_wrong = False
        """Whether rows are known to have gone that are counted: all must be counted anew."""
        self._changes = 0
        self._recent = RecentRows()
        self._seen: dict[EventKey, Event] = {}
        """Rows on screen as they were last read."""
        self._turn = 0
        self._due: list[EventKey] = []
        """Running rows that were not read since the last commit, the next ones last."""

    def _read_again(
        self, store: Store, watched: Collection[EventKey], fresh: Set[EventKey]
    ) -> None:
        """Read rows again that may have changed, but not those that were read just now."""
        running = self.fold.running
        chosen = {*running.newest(REREAD_RUNNING), *self._recent.newest(REREAD_NEWEST)}
        self._due = []
        if len(running) > REREAD_RUNNING:
            older = running.in_order()[:-REREAD_RUNNING]
            at = self._turn % len(older)
            self._turn += REREAD_OLDER
            in_turn = older[at:] + older[:at]
            chosen.update(in_turn[:REREAD_OLDER])
            self._due = in_turn[: REREAD_OLDER - 1 : -1]
        self._compare(store, chosen, watched, fresh)

    @property
    def has_due(self) -> bool:
        """Whether running rows are still to be read since the last commit."""
        return bool(self._due)

    def read_due(self, store: Store, watched: Collection[EventKey]) -> None:
        """Read some of these, and what is watched."""
        taken = self._due[-REREAD_RUNNING:]
        running = self.fold.running
        self._compare(store, [key for key in taken if running.get(key) is not None], watched)
        del self._due[-REREAD_RUNNING:]

    def read_watched(self, store: Store, watched: Collection[EventKey]) -> None:
        """Read these rows again."""
        self._compare(store, (), watched)

    def _compare(
        self,
        store: Store,
        keys: Iterable[EventKey],
        watched: Collection[EventKey],
        fresh: Set[EventKey] = frozenset(),
    ) -> None:
        """Read rows again, and count those that changed as they are now."""
        self._seen = {key: event for key, event in self._seen.items() if key in watched}
        chosen = {*keys, *watched} - fresh
        now = {event.key: event for event in store.events_again(chosen)}
        # What is counted of one row may change what is known of the next.
        running = {key: self.fold.running.get(key) for key in chosen}
        for key in in_turns(sorted(chosen)):
            before = self._recent.get(key) or running[key] or self._seen.get(key)
            event = now.get(key)
            if before is event:
                continue
            if before is not None and not is_same_row(before, event):
                self.is_wrong = True
                return
            if event is None or before == event:
                continue
            if before is not None:
                if self.past is not None:
                    self.past.recall(*key)
                self.fold.update(before, event)
                self._changes += 1
            if key in watched:
                self._seen[key] = event
            if self._recent.get(key) is not None:
                self._recent.note((event,))
            self._note_update(before, event)

    def _note_update(self, before: Event | None, event: Event) -> None:
        self.updated.append(event)
        is_whole = event.phase is Phase.WHOLE
        if before is not None and not (is_whole and before.state is EventState.RUNNING):
            self.amended.add(event.session_id)
