"""What the overview shows, measured in the background and again while the store grows."""

from __future__ import annotations

import logging
from collections.abc import Callable

from queries.fold import Fold
from queries.models import Snapshot
from queries.models.overview import By
from queries.overviews.trends import dated_slots
from queries.plain_data import replace
from tui.model_watch import ModelWatch
from tui.poller import Poller
from tui.screens.overview_figures import Measured, Wanted, measure

Job = Callable[[], Measured | str]
"""Counts what is wanted; gives one sentence where that is not possible."""
log = logging.getLogger(__name__)


class OverviewReading:
    """Keeps the figures. The poller tells when things happened; all else is counted elsewhere."""

    def __init__(
        self,
        wanted: Wanted,
        snapshot: Snapshot | None,
        poller: Poller,
        models: ModelWatch,
        clock: Callable[[], float],
        receiver: Callable[[Job], object],
    ) -> None:
        """Construct without measuring.

        Args:
            wanted: what to measure first.
            snapshot: the newest one.
            poller: has the totals.
            models: knows which models were used.
            clock: gives the present in epoch seconds.
            receiver: is given what there is to count, in the poller's thread, where that
                would hold up the polls of a large store.
        """
        self.wanted = wanted
        self.snapshot = snapshot
        """The newest one, whose sessions are measured."""
        self.measured: Measured | None = None
        self.error = ""
        """One sentence where it could not be measured."""
        self._poller = poller
        self._models = models
        self._clock = clock
        self._receiver = receiver

    @property
    def is_waiting_for_models(self) -> bool:
        """Whether it is not known yet which models were used."""
        return self._is_by_model and self._models.models is None and not self._models.error

    @property
    def models_error(self) -> str:
        """One sentence where it could not be read which models were used."""
        return self._models.error if self._is_by_model else ""

    @property
    def _is_by_model(self) -> bool:
        return self.wanted.by is By.MODEL

    def want(self, wanted: Wanted) -> None:
        """Measure something else, now."""
        self.wanted = wanted
        self.measure()

    def measure(self) -> None:
        """Measure now."""
        models = self._models.want() if self._is_by_model else None
        snapshot, wanted, clock = self.snapshot, self.wanted, self._clock
        if snapshot is None:
            return

        def question(fold: Fold) -> Job:
            slots = dated_slots(fold)

            def job() -> Measured | str:
                try:
                    return measure(snapshot, slots, wanted, models, clock())
                except Exception as error:
                    log.exception("the overview could not be measured")
                    return f"It failed ({type(error).__name__})."

            return job

        self._poller.ask(question, self._receiver)

    def take_measured(self, measured: Measured | str) -> bool:
        """Keep what was measured; False where something else is wanted by now."""
        self.error = measured if isinstance(measured, str) else ""
        if isinstance(measured, str):
            return True
        if measured.wanted != self.wanted:
            return False
        self.measured = measured
        return True

    def change(self, **changes: object) -> None:
        """Want the same but for some fields of :class:`Wanted`."""
        self.want(replace(self.wanted, **changes))  # type: ignore[arg-type]  # fields by name
