"""Where the overview leads to: the evidence of alerts, and the sessions behind figures."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on

from queries.finding.filter_matching import UNKNOWN_NAME, WHOLE
from queries.finding.filters import Term
from queries.models.alerts import Alert
from queries.overviews.alerts import with_evidence
from queries.store import Store
from queries.text import iso
from tui.alert_watch import days_filter
from tui.screens.overview_reading import OverviewReading
from tui.screens.pane_set import PaneSet
from tui.screens.places import Place
from widgets.alert_list import AlertList
from widgets.group_breakdown import BreakdownTable
from widgets.trend_chart import TrendChart


class Leading(PaneSet):
    """Opens what is under the cursor on the main screen."""

    reading: OverviewReading
    """Knows what is measured."""
    sought: Alert | None = None
    """The alert whose evidence is looked for."""

    @on(AlertList.Opened)
    def _alert_opened(self, event: AlertList.Opened) -> None:
        event.stop()
        alert = event.alert
        if alert.filter:
            self.leave_for(Place(None, filter=alert.filter))
            return
        if alert.event_key is not None or alert.session_id is not None:
            self.go_to(alert)
            return

        def work(store: Store) -> Iterator[object]:
            yield with_evidence(store, alert)

        self.sought = alert
        self.say("Looking for the latest failed call ...")
        self.owner.reader.request(self.slot, work)

    def go_to(self, alert: Alert) -> None:
        """Show the evidence of an alert, as far as it is known."""
        if alert.session_id is None:
            self.say("Its calls are too far back to be found here.")
        else:
            self.leave_for(Place(alert.session_id, alert.event_key))

    @on(BreakdownTable.Opened)
    def _group_opened(self, event: BreakdownTable.Opened) -> None:
        event.stop()
        wanted, group = self.reading.wanted, event.group
        terms = [] if group is None else [f"{wanted.by}:{_named(group.name)}"]
        terms += [days_filter(wanted.days)] if wanted.days else []
        self.leave_for(Place(None, filter=" ".join(terms), is_filtered=True))

    @on(TrendChart.Opened)
    def _bucket_opened(self, event: TrendChart.Opened) -> None:
        event.stop()
        since, until = iso(event.bucket.start), iso(event.bucket.end)
        self.leave_for(Place(None, filter=f"since:{since} until:{until}"))


def _named(name: str | None) -> str:
    """The value of a filter that asks for just this name."""
    return str(Term("", (UNKNOWN_NAME if name is None else f"{WHOLE}{name}",)))
