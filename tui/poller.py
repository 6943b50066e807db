"""The thread that owns the feed: polls, counts the past in between, hands snapshots on."""

from __future__ import annotations

import gc
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

from queries.counting.backfill import WORK
from queries.feed import Feed
from queries.fold import Fold
from queries.free_memory import give_back
from queries.models import EventKey, Snapshot, StoreState, StoreTotals
from queries.plain_data import replace
from tui.key_gate import KeyGate

BACKFILL_STEP = 0.005
"""Seconds of counting between two pauses, at least: a slice is not broken off."""
PAUSE_WAL = 0.2
PAUSE_ROLLBACK = 4.0
"""Pause after that, as a part of the time it took: in rollback-journal mode every read keeps a
writer waiting, where there is one."""
WORK_BESIDE_KEYS = 0.012
"""Seconds of work of a slice while keys come: they wait for nothing longer."""
LEAST_WORK = 0.02
"""Seconds of work of a slice at least at other times, however soon the next poll is due."""
PROGRESS = 0.5
"""Seconds between two snapshots that tell nothing but that more of the past is counted."""
PROGRESS_BESIDE_KEYS = 2.0
"""The same while keys come."""
LIVELY = 10.0
"""Seconds after the last change during which polling goes at full rate, and a writer is taken to
go on."""
SLOWEST = 2.0
AGEING = 60.0
"""Seconds after which a snapshot is made although nothing happened: ages grow, and what has
been silent for long is no longer called running."""
MUCH = 100_000
"""Rows from which on counting and listing leave enough memory free to give it back."""

_T = TypeVar("_T")


class Poller(threading.Thread):
    """Polls one feed until stopped. Polls never overlap: each wait begins after one is done."""

    def __init__(
        self,
        feed: Feed,
        refresh: float = 0.25,
        *,
        counts: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        give_back: Callable[[], object] = give_back,
        leave_out: Callable[[], object] = gc.freeze,
    ) -> None:
        """Construct the thread, not yet started.

        Args:
            feed: what is polled.
            refresh: see the attribute.
            counts: whether the past is counted from the start, or once :meth:`count` asks.
            monotonic: gives seconds.
            give_back: gives free memory back to the system.
            leave_out: leaves what there is out of later collections of garbage.
        """
        super().__init__(name="poller", daemon=True)
        self._feed = feed
        self.refresh = refresh
        """Seconds between two polls while something happens."""
        self._monotonic = monotonic
        self.gate = KeyGate(monotonic)
        """To be told of keys; reading and counting make room for them."""
        feed.pause = self.gate.wait
        self._receiver: Callable[[Snapshot], object] | None = None
        self._kept: list[Snapshot] = []
        self._guard = threading.Lock()
        self._stop_wanted = threading.Event()
        self._wake = threading.Event()
        self._counts = counts
        self._has_made = threading.Event()
        self._questions: deque[Callable[[Fold], object]] = deque()
        self._last_change = monotonic()
        self._last_made = self._last_change
        self._last: Snapshot | None = None
        self._give_back = give_back
        self._leave_out = leave_out
        self._settled: int | None = None
        """The epoch in which all was counted and listed, and memory given back."""
        self.error: BaseException | None = None
        """What ended the thread, if it did not end by itself."""

    def deliver_to(self, receiver: Callable[[Snapshot], object]) -> None:
        """Hand every snapshot to ``receiver``, beginning with those made so far."""
        with self._guard:
            kept, self._kept = self._kept, []
            self._receiver = receiver
            for snapshot in kept:
                receiver(snapshot)

    def first(self, timeout: float) -> Snapshot | None:
        """Wait for the first snapshot; None if there is none after so many seconds."""
        self._has_made.wait(timeout)
        return self._last

    def count(self) -> None:
        """Count the past from now on: what is to be shown at first is shown."""
        if not self._counts:
            self._counts = True
            self._wake.set()

    def watch(self, keys: Iterable[EventKey]) -> None:
        """Tell which rows are on screen."""
        self._feed.watch(keys)

    def ranges_of(self, session_id: str) -> dict[int, tuple[int, int]] | None:
        """Where the counted rows of a session lie, per source; None while it is unknown."""
        return self._feed.ranges_of(session_id)

    def ask(self, question: Callable[[Fold], _T], receiver: Callable[[_T], object]) -> None:
        """Answer a question about the totals of the whole store.

        Both are called from the poller's thread, soon: the totals are changed nowhere else.
        """
        self._questions.append(lambda fold: receiver(question(fold)))
        self._wake.set()

    def _answer(self) -> None:
        while self._questions:
            self._questions.popleft()(self._feed.fold)

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread and let go of the file."""
        self._stop_wanted.set()
        self._feed.leave()
        self._wake.set()
        if self.is_alive():
            store = self._feed.store
            if store is not None:
                store.interrupt()
            self.join(timeout)

    def run(self) -> None:
        """Poll until stopped."""
        try:
            while not self._stop_wanted.is_set():
                self.gate.wait()
                begun = self._monotonic()
                self.poll_once()
                self._between_polls(begun)
            # Who leaves as soon as all is counted does not wait for it again the next time.
            self._feed.keep_totals()
        except Exception as error:
            import logging

            logging.getLogger(__name__).exception("the poller ended")
            self.error = error
            self._hand_on(_broken(self._last, error))
        finally:
            self._feed.close()

    def poll_once(self) -> Snapshot | None:
        """Look once, and hand on and return a snapshot if there is a new one."""
        now = self._monotonic()
        pace = PROGRESS_BESIDE_KEYS if self.gate.is_recent else PROGRESS
        snapshot = self._feed.poll(tells_progress=now - self._last_made >= pace)
        now = self._monotonic()
        if snapshot is None and now - self._last_made >= AGEING:
            snapshot = self._feed.snapshot(force=True)
            self._tidy()
        if snapshot is not None:
            if snapshot.arrived or snapshot.updated:
                self._last_change = now
            if self.is_alive():
                # What it changes would be painted before the answer to the key.
                self.gate.wait()
            self._hand_on(snapshot)
        self._answer()
        return snapshot

    def _hand_on(self, snapshot: Snapshot) -> None:
        self._last, self._last_made = snapshot, self._monotonic()
        with self._guard:
            if self._receiver is None:
                self._kept.append(snapshot)
            else:
                self._receiver(snapshot)
        self._has_made.set()

    def _between_polls(self, begun: float) -> None:
        """Wait until the next poll is due, counting the past if there is some left.

        Polls begin at equal distances, unless one takes so long that little else would be done.
        """
        now = self._monotonic()
        quiet = now - self._last_change > LIVELY
        pause = min(SLOWEST, self.refresh * 4) if quiet else self.refresh
        end = max(begun + pause, now + min(now - begun, pause))
        while not self._stop_wanted.is_set() and (now := self._monotonic()) < end:
            if not self._counts or not self._feed.counting:
                self._settle()
                self._wake.wait(max(0.0, end - self._monotonic()))
                self._wake.clear()
                return
            if self._count(end - now):
                self._tidy()
                return
            done = self._monotonic()
            share = (done - now) * (PAUSE_ROLLBACK if self._holds_up() else PAUSE_WAL)
            self._stop_wanted.wait(min(share, max(end - done, 0.0)))

    def _settle(self) -> None:
        """What is done once all is counted, now that there is time."""
        self._feed.keep_totals()
        last = self._last
        if last is not None and last.is_listed and last.epoch != self._settled:
            self._settled = last.epoch
            if self._feed.fold.rows >= MUCH:
                # There are hundreds of thousands of objects now, none of which is garbage: to look
                # through them, some screen having been left, would keep keys waiting.
                self._leave_out()
            self._tidy()

    def _tidy(self) -> None:
        """Give back what counting, listing or keeping a large store left free."""
        if self._feed.fold.rows >= MUCH:
            self._give_back()

    def _count(self, left: float) -> bool:
        """Count a slice of the past; whether all totals have become known by this."""
        self.gate.wait()
        beside_keys = self.gate.is_recent
        work = WORK_BESIDE_KEYS if beside_keys else min(max(left, LEAST_WORK), WORK)
        return self._feed.backfill(BACKFILL_STEP, work=work, pause=self.gate.wait)

    def _holds_up(self) -> bool:
        """Whether there is a writer that waits for whoever reads."""
        store = self._feed.store
        gaps = None if store is None else store.gaps
        return gaps is not None and gaps.is_written(LIVELY)


def _broken(last: Snapshot | None, error: BaseException) -> Snapshot:
    """What was known last, with a word that it is not followed any more."""
    message = f"A fault of this program ({type(error).__name__}) ended the reading; start it anew."
    if last is None:
        return Snapshot(
            1, 0, StoreState.UNREADABLE, message, None, (), 0, StoreTotals(), (), (), {}
        )
    return replace(
        last,
        generation=last.generation + 1,
        state=StoreState.UNREADABLE,
        message=message,
        arrived=(),
        arrived_cut=False,
        updated=(),
        amended=frozenset(),
    )
