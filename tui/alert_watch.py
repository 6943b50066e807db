"""Alerts, looked for in the background as long as the program runs."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final

from queries.models import Snapshot, StoreState
from queries.models.alerts import Alert, Alerts, Thresholds
from queries.plain_data import dataclass
from queries.store import Store
from tui.pause import Pause
from tui.reader import Answer, Reader

SLOT: Final = "alerts"
FIRST: Final = 1.0
"""Seconds after the first snapshot before anything is looked for: the screen comes first."""
PAUSE: Final = 10.0
"""Seconds at least between two looks."""
_SHARE: Final = 50.0
"""A pause is at least so many times as long as the look took."""


def days_filter(days: float) -> str:
    """The filter for what was active in the last so many days; "" for 0, which is for ever."""
    if not days:
        return ""
    return f"since:{days:g}d" if days >= 0.01 else f"since:{days * 86400:.0f}s"


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look found: little, of however many sessions."""

    alerts: Alerts
    """Few enough to be read."""
    keys: array[int]
    """Of each single alert, ascending."""
    new: tuple[Alert, ...]
    """Single alerts that were not known."""


class AlertWatch:
    """Knows which alerts fire, and which of them are new."""

    def __init__(
        self,
        reader: Reader,
        clock: Callable[[], float],
        thresholds: Thresholds,
        days: float = 0.0,
    ) -> None:
        """Nothing is looked for yet.

        Args:
            reader: reads calls.
            clock: gives the present in epoch seconds.
            thresholds: when alerts fire.
            days: only sessions active in the last so many days are judged; 0: all.
        """
        self.days = days
        """How far back sessions are judged; 0: for ever."""
        self.alerts: Alerts | None = None
        self.error = ""
        self.fresh: tuple[Alert, ...] = ()
        """What the last look found that none before it had; empty after the first one."""
        self._reader = reader
        self._clock = clock
        self._thresholds = thresholds
        self._snapshot: Snapshot | None = None
        self._looked_at = 0
        self._epoch = 0
        self._pause = Pause(clock, PAUSE, _SHARE)
        self._is_begun = False
        self._known = array("q")
        """Hashes of the keys of all alerts that were ever found, ascending: there may be a hundred
        thousand, which a set would keep in ten times the room."""

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions that show something."""
        return frozenset() if self.alerts is None else self.alerts.sessions

    @property
    def is_counting(self) -> bool:
        """Whether it is too early to judge: not everything is counted, or not all are listed."""
        snapshot = self._snapshot
        return snapshot is None or snapshot.totals.counted < 1 or not snapshot.is_listed

    def take(self, snapshot: Snapshot) -> None:
        """Remember the newest snapshot."""
        self._snapshot = snapshot
        if not self._is_begun:
            self._is_begun = True
            self._pause.rest(FIRST)
        if snapshot.epoch != self._epoch:
            self._epoch, self.alerts = snapshot.epoch, None
            self._known = array("q")

    def look_back(self, days: float) -> None:
        """Judge the sessions of the last so many days from now on; 0: all."""
        if days == self.days:
            return
        self.days = days
        self.alerts, self._looked_at = None, 0
        self._known = array("q")
        if self._pause.is_reading:
            self._pause.end()
            self._reader.cancel(SLOT)
        self.hurry()
        self.look_if_due()

    def hurry(self) -> None:
        """Somebody wants to see them: look as soon as that makes sense."""
        if self.alerts is None:
            self._pause.rest(0.0)
            self._is_begun = True

    def look_if_due(self) -> None:
        """Look, where something changed and the last look is long enough ago."""
        snapshot = self._snapshot
        if snapshot is None or not (self._is_begun and self._pause.is_over()):
            return
        if self.is_counting or snapshot.state is not StoreState.LIVE:
            return
        if snapshot.generation != self._looked_at:
            self._look(snapshot)

    def _look(self, snapshot: Snapshot) -> None:
        now, days, thresholds = self._clock(), self.days, self._thresholds
        known, is_first = self._known, self.alerts is None

        def work(store: Store) -> Iterator[object]:
            # What is not needed for the first screen is loaded after it.
            from queries.overviews.alert_groups import find_grouped
            from queries.overviews.alerts import by_rule
            from queries.overviews.loops import read_loops
            from queries.overviews.window_tools import tools_in
            from queries.windows import ALL_TIME, last_days, rows_in
            from widgets.alert_list import alert_key

            window = last_days(days, now) if days else ALL_TIME
            rows = rows_in(snapshot.sessions, window)
            loops, covered = read_loops(store, rows, thresholds)
            tools = snapshot.tools
            if len(rows) < snapshot.total_sessions:
                within = tools_in(store, rows)
                tools = tools if within is None else within
                covered = covered if within is not None else f"tools of all time; {covered}"
            keys: set[int] = set()
            new: list[Alert] = []

            def note(alert: Alert) -> None:
                key = hash(alert_key(alert))
                if not is_first and key not in keys and not _has(known, key):
                    new.append(alert)
                keys.add(key)

            found = find_grouped(
                rows, tools, thresholds, now=now, window=window, loops=loops, covered=covered,
                within=days_filter(days), note=note,
            )  # fmt: skip
            new.sort(key=by_rule)
            yield _Found(found, array("q", sorted(keys)), tuple(new))

        self._looked_at = snapshot.generation
        self._pause.begin()
        self._reader.request(SLOT, work)

    def take_answer(self, answer: Answer) -> None:
        """Keep what was found."""
        self._pause.end()
        self.error = answer.error
        found = answer.value
        if not isinstance(found, _Found):
            self._looked_at, self.fresh = 0, ()
            return
        self.fresh = () if self.alerts is None else found.new
        self.alerts = found.alerts
        if self._known and self._known != found.keys:
            self._known = array("q", sorted({*self._known, *found.keys}))
        else:
            self._known = found.keys


def _has(numbers: array[int], wanted: int) -> bool:
    """Whether a number is among these, which ascend."""
    at = bisect_left(numbers, wanted)
    return at < len(numbers) and numbers[at] == wanted
