"""Going to a session or an event on the main screen, from wherever it was found."""

from __future__ import annotations

from textual import on

from queries.finding.filters import FilterError
from queries.models import EventKey
from tui.screens.messages import AnswerArrived
from tui.screens.pane_screen import PaneScreen
from tui.screens.places import Place

_ACTIVITY = 1
_LOADS = 6
"""How often more of a session is loaded to find an event: each time twice as much."""


class Jumping(PaneScreen):
    """Keeps the event that is to be shown until its session's tree is there."""

    _sought: Place | None = None
    _loads = 0

    def go_to(self, place: Place) -> None:
        """Show a session's activity, and the event in it."""
        self._sought, self._loads = place, 0
        if place.filter or place.is_filtered:
            self._set_filter(place.filter)
        if place.session_id is None:
            self._sought = None
            self.focus_pane(0)
            return
        told = self.sessions.reveal(place.session_id)
        if told is None:
            self._sought = None
            self.say("That session is not listed.")
            return
        if told:
            self.show_titles()
            self.say(told)
        self.focus_pane(_ACTIVITY)
        self.call_later(self._seek)

    def forget_place(self) -> None:
        """Nothing is to be shown any more."""
        self._sought = None

    def _set_filter(self, text: str) -> None:
        try:
            self.sessions.set_filter(text)
        except FilterError as error:
            self.say(str(error))
        self.show_titles()

    @on(AnswerArrived)
    def _answer_shown(self) -> None:
        if self._sought is not None:
            self.call_later(self._seek)

    def _seek(self) -> None:
        place, tree = self._sought, self.activity.tree
        if place is None or tree is None or self.activity.session_id != place.session_id:
            return
        if place.key is None or self._show_event(place.key):
            self._sought = None
        elif tree.has_earlier and self._loads < _LOADS:
            self._loads += 1
            self.activity.load_earlier()
        else:
            self._sought = None
            self.say("That step is further back than what is loaded: scroll up to load it.")

    def _show_event(self, key: EventKey) -> bool:
        """Put the cursor on it; a filter that hides it gives way. False where it is not loaded."""
        view = self.tree_view
        if view.go_to_event(key):
            return True
        if view.filter_label:
            view.set_filter(None)
            self.show_titles()
            return view.go_to_event(key)
        return False
