"""When the other panes follow the cursor of the session list: after it was painted."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

SETTLED = 0.04
"""Seconds without another move after which a session is read: a key that is held down moves
nothing but the cursor."""
PATIENCE = 0.1
"""Seconds for which the panes go on to show the session before while the next one is read."""


class CursorFollower:
    """Brings the other panes to the session under the cursor, to the last one of several."""

    def __init__(
        self,
        screen: Screen[None],
        ask: Callable[[], None],
        turn_over: Callable[[], None],
    ) -> None:
        """Construct the follower.

        Args:
            screen: whose frames are waited for.
            ask: has the session under the cursor read and shown, if it is not yet.
            turn_over: stops showing the session before, read or not.
        """
        self._screen = screen
        self._ask = ask
        self._turn_over = turn_over
        self._is_behind = False
        self._timer: Timer | None = None

    def follow(self) -> None:
        """The cursor is on another session now: show it, after the next frame."""
        was_behind, self._is_behind = self._is_behind, True
        if not was_behind:
            self._stop()
            self._screen.call_after_refresh(self._painted)
        elif self._timer is not None:
            self._timer.reset()

    def catch_up(self) -> None:
        """Show the session under the cursor now, if that is still to be done."""
        self._stop()
        self._is_behind = False
        self._ask()
        self._turn_over()

    def _painted(self) -> None:
        if self._is_behind and self._timer is None:
            self._timer = self._screen.set_timer(SETTLED, self._settled)

    def _settled(self) -> None:
        self._stop()
        self._is_behind = False
        self._ask()
        self._timer = self._screen.set_timer(PATIENCE, self.catch_up)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
