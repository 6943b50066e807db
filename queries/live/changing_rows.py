"""Counted rows that change in place, go or come again: which are read again, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from queries.counting.backfill import Backfill
from queries.fold import Fold
from queries.folding.running_rows import without_text
from queries.live.recent_rows import RecentRows, is_same_row
from queries.live.running_turns import RunningTurns
from queries.models import Event, EventKey, EventState, Phase
from queries.pausing import in_turns
from queries.store import Store

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
        self._turns = RunningTurns()

    def _read_again(
        self, store: Store, watched: Collection[EventKey], fresh: Set[EventKey]
    ) -> None:
        """Read rows again that may have changed, but not those that were read just now."""
        chosen = self._turns.after_commit(self.fold.running.in_order())
        self._compare(store, {*chosen, *self._recent.newest(REREAD_NEWEST)}, watched, fresh)

    @property
    def has_due(self) -> bool:
        """Whether running rows are still to be read since the last commit."""
        return bool(self._turns)

    def read_due(self, store: Store, watched: Collection[EventKey]) -> None:
        """Read some of these, and what is watched."""
        due, running = self._turns.next(), self.fold.running
        self._compare(store, [key for key in due if running.get(key) is not None], watched)
        self._turns.done(due)

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
            whole = self._recent.get(key) or self._seen.get(key)
            before = whole or running[key]
            event = now.get(key)
            if before is event:
                continue
            if before is not None and not is_same_row(before, event):
                self.is_wrong = True
                return
            if event is None or before == event:
                continue
            # Of most rows that run the text is not known: it counts nowhere, and only on screen
            # may another one be shown.
            is_told_alike = whole is None and before == without_text(event)
            if is_told_alike and key not in watched:
                continue
            if before is not None and not is_told_alike:
                if self.past is not None:
                    self.past.recall(*key)
                if not self.fold.update(before, event):
                    self.is_wrong = True
                    return
                self._changes += 1
            if key in watched:
                self._seen[key] = event
            if self._recent.get(key) is not None:
                self._recent.note((event,))
            self._note_update(before, event)

    def _are_there(self, store: Store) -> bool:
        """Whether the newest rows counted are still what they were."""
        before = [self._recent.get(key) for key in self._recent.newest(50)]
        known = [event for event in before if event is not None]
        now = {event.key: event for event in store.events_by_key(event.key for event in known)}
        return all(is_same_row(event, now.get(event.key)) for event in known)

    def _without_replacements(self, store: Store, events: list[Event]) -> list[Event]:
        """The rows that are new. Those that took the place of a known one only change it."""
        suspects = {event.key: old for event in events if (old := self._recent.with_same_id(event))}
        if not suspects:
            return events
        there = {event.key for event in store.events_by_key(o.key for o in suspects.values())}
        fresh: list[Event] = []
        for event in events:
            old = suspects.get(event.key)
            if old is None or old.key in there:
                fresh.append(event)
                continue
            self._recent.forget(old.key)
            session = self.fold.sessions.get(old.session_id)
            if event.session_id != old.session_id or session is None or not _is_whole(event, old):
                self.is_wrong = True
                continue
            session.see_rows(event.source, event.seq, event.seq)
            self.fold.update(old, event)
            self._note_update(old, event)
        return fresh

    def _note_update(self, before: Event | None, event: Event) -> None:
        self.updated.append(event)
        is_whole = event.phase is Phase.WHOLE
        if before is not None and not (is_whole and before.state is EventState.RUNNING):
            self.amended.add(event.session_id)


def _is_whole(*events: Event) -> bool:
    return all(event.phase is Phase.WHOLE for event in events)
