"""The panes of the overview, kept in step with what is measured and with the alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from queries.models import Snapshot
from queries.models.alerts import Alert, Alerts
from queries.models.overview import By
from queries.text import count
from tui.alert_watch import AlertWatch
from tui.model_watch import SLOT as MODELS_SLOT
from tui.model_watch import ModelWatch
from tui.reader import Answer
from tui.screens.live_reading import LiveReading
from tui.screens.overview_evidence import Leading
from tui.screens.overview_figures import DAYS, Measured, Wanted
from tui.screens.overview_reading import Job, OverviewReading
from tui.screens.titles import EDGES, SHORTEST
from widgets.alert_list import AlertList
from widgets.group_breakdown import SORTS, BreakdownTable
from widgets.heat_map import HeatMapView
from widgets.line_text import shorten_end
from widgets.totals_view import TotalsView
from widgets.trend_chart import TrendChart

TOTALS, ALERTS, HOURS, TREND, BREAKDOWN = range(5)
TALL: Final = 34
"""Rows from which all panes are shown at once."""
BROAD: Final = 120
"""Columns from which totals and hours take no more than they need."""
HIGH: Final = 46
"""Rows from which hours and trend have more than they need."""
ORDERS: Final = tuple(SORTS)


class OverviewShowing(Leading):
    """Shows what was measured in five panes."""

    slot = "overview"

    class JobArrived(Message):
        """The poller told what is to be counted."""

        def __init__(self, job: Job) -> None:
            self.job = job
            super().__init__()

    def __init__(
        self,
        snapshot: Snapshot | None,
        is_paused: Callable[[], bool],
        watch: AlertWatch,
        models: ModelWatch,
    ) -> None:
        """Create the screen.

        Args:
            snapshot: the newest one.
            is_paused: whether the user has frozen what is shown.
            watch: looks for alerts.
            models: knows which models were used.
        """
        super().__init__(snapshot, is_paused)
        self._watch = watch
        self._models = models
        self._sort = ORDERS[0]
        self._reverse = False
        self._alerts: Alerts | None = None

    def compose_panes(self) -> ComposeResult:
        """Totals and alerts, hours and trend, breakdown."""
        glyphs = self.owner.glyphs
        yield TotalsView(glyphs=glyphs, id="totals", classes="pane")
        yield AlertList(glyphs=glyphs, id="alerts", classes="pane")
        yield HeatMapView(glyphs=glyphs, id="hours", classes="pane")
        yield TrendChart(glyphs=glyphs, id="trend", classes="pane")
        yield BreakdownTable(glyphs=glyphs, id="breakdown", classes="pane")

    def on_mount(self) -> None:
        """Ask for the figures."""
        owner = self.owner
        self.totals = self.query_one(TotalsView)
        self.alert_view = self.query_one(AlertList)
        self.trend = self.query_one(TrendChart)
        self.hours = self.query_one(HeatMapView)
        self.groups = self.query_one(BreakdownTable)
        self._days = tuple(sorted({*DAYS, owner.config.window_days}))
        self.reading = OverviewReading(
            Wanted(self._watch.days, None, self._first_grouping(), owner.zone),
            self.snapshot,
            owner.poller,
            self._models,
            owner.clock,
            lambda job: self.post_message(self.JobArrived(job)),
        )
        self.live = LiveReading(owner.clock, self.concerns)
        self.call_next(self._begin)

    def _begin(self) -> None:
        self.read()
        self._watch.hurry()
        self._watch.look_if_due()
        self.alerts_found()

    def _first_grouping(self) -> By:
        """By component where the store knows components, else by agent."""
        rows = () if self.snapshot is None else self.snapshot.sessions
        is_known = any(row.session.component is not None for row in rows)
        return By.COMPONENT if is_known else By.AGENT

    @property
    def slots(self) -> tuple[str, ...]:
        """Of its requests: evidence of an alert, and models."""
        return (self.slot, MODELS_SLOT)

    def lay_out(self) -> None:
        """Show all panes where there is room for them."""
        super().lay_out()
        if self.size.height < TALL and not self.has_class("-single"):
            self.set_class(True, "-single")
            self.set_class(True, "-tabs")
        self.set_class(self.size.width >= BROAD, "-broad")
        self.set_class(self.size.height >= HIGH, "-high")

    # -- news -------------------------------------------------------------------------------

    def read(self) -> None:
        """Measure everything (again)."""
        self.live.begin()
        self.reading.measure()

    def concerns(self, snapshot: Snapshot) -> bool:
        """Any news may change the figures; the newest sessions are measured."""
        self.reading.snapshot = snapshot
        return True

    def tick(self, now: float) -> None:
        """Nothing grows but with the figures."""

    @on(JobArrived)
    def _job_arrived(self, event: JobArrived) -> None:
        job = event.job

        async def count_it() -> None:
            await self._count(job)

        # Not a coroutine: one that is replaced before it begins would never be awaited.
        work: Callable[[], object] = count_it
        self.run_worker(work, group="figures", exclusive=True, exit_on_error=False)

    async def _count(self, job: Job) -> None:
        """Count away from the screen, and show what is still wanted."""
        measured = await asyncio.to_thread(job)
        if not self._is_ready:
            return
        self.reading_ended()
        if self.reading.take_measured(measured):
            with self.app.batch_update():
                self._show()

    def take_answer(self, answer: Answer) -> None:
        """Take up models, or the evidence of the alert that was opened."""
        if not self._is_ready:
            return
        if answer.slot == MODELS_SLOT:
            if self.reading.wanted.by is By.MODEL:
                self.reading.measure()
            self._show()
        elif isinstance(answer.value, Alert):
            self.go_to(answer.value)
        elif self.sought is not None:
            self.go_to(self.sought)

    def alerts_found(self) -> None:
        """Show the alerts as they are now; nothing before there is a screen."""
        if not self._is_ready:
            return
        found = self._watch.alerts
        if found is not None:
            if found is not self._alerts:
                self._alerts = found
                self.alert_view.show_alerts(found, self.owner.clock())
        else:
            self._alerts = None
            self.alert_view.show_waiting(self._why_no_alerts())
        self.show_titles()
        self.show_explanation()

    def _why_no_alerts(self) -> str:
        if self._watch.error:
            return self._watch.error
        if self._watch.is_counting:
            return "Rules are judged as soon as everything is counted ..."
        return "Looking ..."

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Tell times, days and hours in another zone."""
        super().zone_changed(zone)
        self.reading.change(zone=zone)

    # -- showing ----------------------------------------------------------------------------

    def _show(self) -> None:
        measured = self.reading.measured
        if self.reading.error:
            for pane in self.panes:
                if pane is not self.alert_view:
                    pane.empty_text = self.reading.error
        if measured is not None:
            self.totals.show_totals(measured.overview, self.owner.zone)
            self.trend.show_trends(measured.trends)
            trends = measured.trends
            of_events = trends.heat.total or not trends.begun.total
            heat, what = (trends.heat, "events") if of_events else (trends.begun, "sessions begun")
            self.hours.show_heat(heat, trends.zone, what)
            self._show_groups(measured)
        self.show_titles()
        self.show_explanation()

    def _show_groups(self, measured: Measured) -> None:
        self.groups.show_breakdown(measured.breakdown, measured.now, self._sort, self._reverse)

    def title_of(self, index: int) -> str:
        """What stands above a pane, as far as there is room."""
        room = self.panes[index].size.width - EDGES
        return shorten_end(self._title_of(index), max(SHORTEST, room))

    def _title_of(self, index: int) -> str:
        measured = self.reading.measured if hasattr(self, "reading") else None
        if index == ALERTS:
            number = "" if self._alerts is None else f" {self.alert_view.covers()}"
            covered = "" if self._alerts is None else f" · {self._alerts.covered}"
            return f"Alerts{number}{covered}"
        if measured is None:
            return self.NAMES[index]
        window = measured.overview.window.label
        if index == TOTALS:
            cut = measured.listed < measured.total
            which = f" · newest {count(measured.listed)} of {count(measured.total)} sessions"
            return f"Totals · {window}{which if cut else ''}"
        if index == TREND:
            return f"Trend · {self.trend.covers()}"
        if index == HOURS:
            return f"Hours · {window} · {self.hours.covers()}"
        waits = " · looking for models ..." if self.reading.is_waiting_for_models else ""
        note = f" · {measured.breakdown.note}" if measured.breakdown.note else ""
        order = f"{self._sort.replace('_', ' ')}{' reversed' if self._reverse else ''}"
        trouble = f" · {self.reading.models_error}" if self.reading.models_error else ""
        return (
            f"By {measured.breakdown.by} · {self.groups.covers()} · {window} · by {order}"
            f"{waits or trouble}{note}"
        )
