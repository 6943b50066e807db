"""Which models were used in which session: read in the background once somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from queries.store import Store
from tui.pause import Pause
from tui.reader import Answer, Reader

SLOT: Final = "models"
PAUSE: Final = 30.0
"""Seconds at least between two readings, for which all events are looked at."""
_SHARE: Final = 10.0
"""A pause is at least so many times as long as a reading took."""

Models = Mapping[str, Sequence[str]]
"""By session: the models that were used in it."""


class ModelWatch:
    """Knows the models of each session, as of the last reading."""

    def __init__(self, reader: Reader, clock: Callable[[], float]) -> None:
        """Nothing is read yet.

        Args:
            reader: reads them.
            clock: gives the present in epoch seconds.
        """
        self.models: Models | None = None
        """None while nothing is known."""
        self.error = ""
        """One sentence where they could not be read."""
        self._reader = reader
        self._pause = Pause(clock, PAUSE, _SHARE)

    def want(self) -> Models | None:
        """What is known now; read (again) where that is long enough ago."""
        if self._pause.is_over():

            def work(store: Store) -> Iterator[object]:
                from queries.overviews.model_use import models_used

                yield models_used(store)

            self._pause.begin()
            self._reader.request(SLOT, work)
        return self.models

    def forget(self) -> None:
        """The store was replaced."""
        self.models = None
        self._pause.rest(0.0)

    def take_answer(self, answer: Answer) -> None:
        """Keep what was read."""
        self._pause.end()
        self.error = answer.error
        if isinstance(answer.value, dict):
            self.models = answer.value
