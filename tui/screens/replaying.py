"""The commands of the main screen that show the focused session as it was."""

from __future__ import annotations

from textual import on

from queries.models import Snapshot
from queries.text import clock, date_time
from tui.screens.finding import Finding
from tui.screens.giving import Giving
from tui.screens.messages import AnswerArrived
from tui.screens.past import SLOT, PastReading
from widgets.session_list import SessionList
from widgets.status_bar import FooterBar


class Replaying(Finding, Giving):
    """Activity, tools and interactions as of an instant; the list of sessions stays live."""

    @property
    def past(self) -> PastReading:
        """The instant that is looked at, and how to get to others."""
        if self._past is None:
            self._past = PastReading(self.owner.reader, self._ranges_of)
        return self._past

    _past: PastReading | None = None
    _left_out = 0

    def action_replay_step(self, step: int) -> None:
        """Show the session one step earlier or later."""
        session_id = self.activity.session_id
        self._leave_other_session()
        if self.past.is_reading:
            self.past.step_later(step)
        elif self.past.at is None:
            if step > 0 or session_id is None:
                self.say("This is the present.")
            else:
                self.past.begin(session_id, self.activity.limit)
        elif not self.past.step(step):
            self.say("That is the first step that is loaded.")
        elif self.past.at is None:
            self._back_to_present()
        else:
            self._show_where()

    def action_replay_leave(self) -> None:
        """Show the session as it is."""
        if self.past.session_id is None:
            self.say("This is the present.")
        self.past.leave()
        self._back_to_present()

    def action_toggle_raw(self) -> None:
        """Show rows as they are stored, or paired as calls; not in the past."""
        if not self._refused("The past is shown as calls"):
            super().action_toggle_raw()

    def action_cycle_scope(self) -> None:
        """Cover the focused session, the marked ones, or all; not in the past."""
        if not self._refused("The past covers this session alone"):
            super().action_cycle_scope()

    def _refused(self, why: str) -> bool:
        """Whether what the user wants cannot be done in the past; says why."""
        if self.past.session_id is None:
            return False
        key = self.owner.key_of("timeline.present")
        self.say(f"{why}; {key} leads back to the present.")
        return True

    def action_back(self) -> None:
        """Leave the past first."""
        if self.past.session_id is not None and not self.pane.needle:
            self.action_replay_leave()
        else:
            super().action_back()

    @on(AnswerArrived)
    def _past_arrived(self, event: AnswerArrived) -> None:
        answer = event.answer
        self._leave_other_session()
        if answer.slot != SLOT or not self.owner.reader.is_current(answer):
            return
        was_reading = self.past.is_reading
        view = self.past.take_answer(answer)
        if answer.error:
            self.say(answer.error)
        elif was_reading and self.past.session_id is None:
            self.say("Nothing of this session has a time, so it has no past.")
        if view is not None:
            self._left_out = view.left_out
            self._show_where()
            self.activity.show_past(view.nodes)
            self.figures.show_past(view.figures)
            self.show_titles()
            for step in self.past.take_asked():
                self.action_replay_step(step)

    def _begin_again(self, snapshot: Snapshot) -> None:
        """The past of a store that was replaced is left."""
        if self.past.session_id is not None and self._epoch != snapshot.epoch:
            self.past.leave()
            self._back_to_present()
            self.say("The store was replaced; this is the present of the new one.")
        super()._begin_again(snapshot)

    @on(SessionList.Focused)
    def _leave_other_session(self) -> None:
        """The past of a session is left with the session."""
        if self.past.session_id not in (None, self._session_wanted):
            self.past.leave()
            self._back_to_present()

    def _show_where(self) -> None:
        """Say everywhere that this is the past."""
        words = "" if self.past.at is None else f"as of {clock(self.past.at, self.owner.zone)}"
        self.activity.past_words = self.figures.past_words = words
        if words and self._left_out:
            self.figures.past_words = f"{words} (no sub-agents)"
        self.show_titles()
        self.show_message()

    def _back_to_present(self) -> None:
        self._show_where()
        self.activity.leave_past()
        self.figures.show_past(None)
        self.show_titles()

    def show_message(self) -> None:
        """Say at the right end of the footer that this is the past; else what is marked."""
        past = self.past
        if past.at is None:
            super().show_message()
            return
        where = f"step {past.step_number:,} of {len(past.steps):,}"
        key = self.owner.key_of("timeline.present")
        told = f"THE PAST {date_time(past.at, self.owner.zone)} · {where} · {key}: present"
        self.query_one(FooterBar).show_message(told)
