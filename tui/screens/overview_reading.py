"""What the overview shows, measured in the background and again while the store grows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from queries.fold import Fold
from queries.model_use import models_used
from queries.models import Snapshot
from queries.overview import Models
from queries.overview_models import By
from queries.store import Store
from tui.pause import Pause
from tui.poller import Poller
from tui.reader import Answer, Reader
from tui.screens.overview_figures import Measured, Wanted, measure

log = logging.getLogger(__name__)

MODELS_SLOT: Final = "models"
_SHARE: Final = 10.0
"""A pause is at least so many times as long as a reading took."""
MODELS_PAUSE: Final = 30.0
"""Seconds at least between two readings of the models, for which all events are looked at."""


class OverviewReading:
    """Keeps the figures; the poller measures them, between two polls."""

    def __init__(
        self,
        wanted: Wanted,
        snapshot: Snapshot | None,
        poller: Poller,
        reader: Reader,
        clock: Callable[[], float],
        receiver: Callable[[Measured | str], object],
    ) -> None:
        """Construct without measuring.

        Args:
            wanted: what to measure first.
            snapshot: the newest one.
            poller: has the totals.
            reader: reads which models were used.
            clock: gives the present in epoch seconds.
            receiver: is given what was measured, or one sentence why it was not, in the
                poller's thread.
        """
        self.wanted = wanted
        self.snapshot = snapshot
        """The newest one, whose sessions are measured."""
        self.measured: Measured | None = None
        self.error = ""
        """One sentence where it could not be measured."""
        self.models_error = ""
        """One sentence where it could not be read which models were used."""
        self._poller = poller
        self._reader = reader
        self._clock = clock
        self._receiver = receiver
        self._models: Models | None = None
        self._models_pause = Pause(clock, MODELS_PAUSE, _SHARE)

    @property
    def is_waiting_for_models(self) -> bool:
        """Whether it is not known yet which models were used."""
        return self.wanted.by is By.MODEL and self._models is None and not self.models_error

    def want(self, wanted: Wanted) -> None:
        """Measure something else, now."""
        self.wanted = wanted
        self.measure()

    def measure(self) -> None:
        """Measure now."""
        if self.wanted.by is By.MODEL:
            self._read_models()
        snapshot, wanted, models, clock = self.snapshot, self.wanted, self._models, self._clock
        if snapshot is None:
            return

        def question(fold: Fold) -> Measured | str:
            try:
                return measure(snapshot, fold, wanted, models, clock())
            except Exception as error:
                log.exception("the overview could not be measured")
                return f"It failed ({type(error).__name__})."

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

    def take_answer(self, answer: Answer) -> None:
        """Keep which models were used."""
        self._models_pause.end()
        self.models_error = answer.error
        if isinstance(answer.value, dict):
            self._models = answer.value
            self.measure()

    def change(self, **changes: object) -> None:
        """Want the same but for some fields of :class:`Wanted`."""
        self.want(replace(self.wanted, **changes))  # type: ignore[arg-type]  # fields by name

    def _read_models(self) -> None:
        if not self._models_pause.is_over():
            return

        def work(store: Store) -> Iterator[object]:
            yield models_used(store)

        self._models_pause.begin()
        self._reader.request(MODELS_SLOT, work)
