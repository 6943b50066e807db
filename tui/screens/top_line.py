"""What the line at the top tells: the newest figures, or, paused, those of the pause."""

from __future__ import annotations

from queries.models import Snapshot
from queries.plain_data import replace
from widgets.status_bar import StatusBar


class TopLine:
    """Knows what is shown of the whole store on every screen, and what came since a pause."""

    def __init__(self) -> None:
        """Nothing is known of a store yet."""
        self.is_paused = False
        """Whether the user has frozen what is shown."""
        self._newest: Snapshot | None = None
        self._shown: Snapshot | None = None
        self._arrived = 0
        """Rows that came since the pause."""
        self._is_cut = False
        """Whether there were more than a snapshot hands on."""
        self._is_other = False
        """Whether anything else changed since the pause."""

    def pause(self, on: bool) -> None:
        """Stand still at what is shown, or go on with what is newest."""
        self.is_paused = on
        self._shown = self._newest
        self._arrived, self._is_cut, self._is_other = 0, False, False

    def take(self, snapshot: Snapshot) -> None:
        """Remember a newer snapshot."""
        self._newest = snapshot
        if self._shown is None or not self.is_paused:
            self._shown = snapshot
            return
        self._arrived += len(snapshot.arrived)
        self._is_cut |= snapshot.arrived_cut
        self._is_other |= bool(snapshot.updated or snapshot.amended)

    def show_on(self, bar: StatusBar, as_of: str = "") -> None:
        """Show it; how the store can be read is told as it is now.

        Args:
            bar: of the screen.
            as_of: what is to be told in place of what came since the pause, where the rest of
                the screen has it already.
        """
        shown, newest = self._shown, self._newest
        if shown is not None and newest is not None and shown is not newest:
            shown = replace(shown, state=newest.state, message=newest.message)
        since = self.since
        bar.show(shown, paused=self.is_paused, since=as_of if as_of and since else since)

    @property
    def since(self) -> str:
        """What happened since the pause: ``+12 since``; "" for nothing."""
        shown, newest = self._shown, self._newest
        if shown is None or newest is None or shown is newest:
            return ""
        before, now = shown.totals, newest.totals
        is_counted = before.counted == now.counted == 1
        came = now.events - before.events if is_counted else self._arrived
        if shown.epoch == newest.epoch and came > 0:
            return f"+{came:,}{'' if is_counted else '+' * self._is_cut} since"
        is_other = self._is_other or self._is_cut or shown.epoch != newest.epoch
        is_other |= shown.total_sessions != newest.total_sessions
        return "changed since" if is_other or (is_counted and before != now) else ""
