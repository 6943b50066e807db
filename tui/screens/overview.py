"""The overview of the whole store: what the user can do on that screen."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import ClassVar

from textual.binding import BindingType

from queries.models.overview import By
from tui.commands import OVERVIEW_PANES, bindings_for
from tui.cycling import next_of
from tui.export import absolute
from tui.screens.overview_figures import SIZES
from tui.screens.overview_showing import ALERTS, BREAKDOWN, ORDERS, OverviewShowing


class OverviewScreen(OverviewShowing):
    """Five panes over the whole store, in a window of time."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        "pane_set.tcss",
        "overview.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("overview", *OVERVIEW_PANES)))
    NAMES: ClassVar[tuple[str, ...]] = ("Totals", "Alerts", "Hours", "Trend", "Breakdown")
    PANE_CONTEXTS: ClassVar[tuple[str, ...]] = OVERVIEW_PANES

    def action_cycle_window(self) -> None:
        """Look further back, or at all time again."""
        days = next_of(self._days, self.reading.wanted.days)
        self._watch.look_back(days)
        self.reading.change(days=days)
        self.alerts_found()

    def action_cycle_bucket(self) -> None:
        """Show trends by the next larger stretch."""
        measured = self.reading.measured
        size = self.reading.wanted.size or (SIZES[-1] if measured is None else measured.trends.size)
        self.reading.change(size=next_of(SIZES, size))

    def action_cycle_measure(self) -> None:
        """Draw something else."""
        self.trend.move_cursor(1)
        self.show_titles()

    def action_cycle_grouping(self) -> None:
        """Group sessions by something else."""
        self.reading.change(by=next_of(tuple(By), self.reading.wanted.by))

    def action_cycle_sort(self) -> None:
        """Sort the breakdown by its next column."""
        self._sort = next_of(ORDERS, self._sort)
        self._sorted()

    def action_reverse_sort(self) -> None:
        """Turn the order of the breakdown."""
        self._reverse = not self._reverse
        self._sorted()

    def _sorted(self) -> None:
        if self.reading.measured is not None:
            self._show_groups(self.reading.measured)
        self.show_titles()

    def command_line(self) -> str:
        """The shell command whose output has what this pane shows."""
        wanted, store = self.reading.wanted, absolute(self.owner.path)
        days = ["--days", f"{wanted.days:g}"]
        if self.pane_index == ALERTS:
            parts = ["check", store, *days]
        elif self.pane_index == BREAKDOWN:
            parts = ["components", store, "--by", wanted.by, *days]
        else:
            parts = ["report", store, *days]
        return shlex.join(["session-tui", *parts, "--json"])
