"""Alerts on the main screen: looked for in the background, marked in the list, rung for."""

from __future__ import annotations

from textual import on

from tui.alert_watch import SLOT, AlertWatch
from tui.screens.messages import AnswerArrived, SnapshotArrived
from tui.screens.pane_screen import PaneScreen
from tui.screens.reading import readings

_OFTEN = 1.0
"""Seconds between two looks at whether it is time to look."""


class Alerting(PaneScreen):
    """Keeps the alerts and shows which sessions have some."""

    def on_mount(self) -> None:
        """Begin to watch."""
        owner = self.owner
        self.alert_watch = AlertWatch(
            owner.reader, owner.clock, owner.config.thresholds, owner.config.window_days
        )
        self.set_interval(_OFTEN, self._look_if_due)

    @on(SnapshotArrived)
    def _something_is_new(self, event: SnapshotArrived) -> None:
        self.alert_watch.take(event.snapshot)
        self._look_if_due()

    def _look_if_due(self) -> None:
        if not self.is_paused:
            self.alert_watch.look_if_due()

    @on(AnswerArrived)
    def _looked(self, event: AnswerArrived) -> None:
        if event.answer.slot != SLOT or not self.owner.reader.is_current(event.answer):
            return
        watch = self.alert_watch
        watch.take_answer(event.answer)
        self.session_view.set_alerts(watch.sessions)
        self.show_titles()
        if watch.fresh and self.owner.config.bell:
            self.app.bell()
            more = f" And {len(watch.fresh) - 1:,} more." if len(watch.fresh) > 1 else ""
            self.say(f"{watch.fresh[0].text}{more}")
        for screen in readings(self.app):
            screen.alerts_found()
