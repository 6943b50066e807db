"""What the main screen passes on to the screens above it, without loading them before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from textual.app import App

from queries.models import ActivityNode, Snapshot
from tui.reader import Answer


class Reading:
    """A screen that asks the reader for something of its own."""

    slot: str
    """Of its requests."""

    @property
    def slots(self) -> tuple[str, ...]:
        """Of all its requests, where there are several."""
        return (self.slot,)

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        raise NotImplementedError

    def take(self, snapshot: Snapshot, news: Sequence[ActivityNode]) -> None:
        """Show what is new; nothing where it does not matter.

        Args:
            snapshot: the newest one.
            news: the nodes of the activity tree that differ from before.
        """
        del snapshot, news

    def alerts_found(self) -> None:
        """Show the alerts as they are now; nothing where there are none."""

    def pause_changed(self, on: bool) -> None:
        """Stand still (``on``), or show what happened meanwhile."""
        del on

    def masking_changed(self) -> None:
        """Say anew what is not drawn by panes: secrets are covered now, or shown."""

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone; nothing where there are none."""
        del zone


def readings(app: App[Any]) -> Iterator[Reading]:
    """The screens of an app that ask for something of their own, the lowest first."""
    for screen in app.screen_stack:
        if isinstance(screen, Reading):
            yield screen
