"""What the panes of the main screen show, kept live."""

from __future__ import annotations

from datetime import tzinfo

from textual import on
from textual.actions import ActionParseResult
from textual.content import Content

from queries.models import Snapshot
from queries.pausing import yield_processor
from tui.model_watch import SLOT as MODELS_SLOT
from tui.model_watch import ModelWatch
from tui.reader import Answer
from tui.screens import titles
from tui.screens.coupled_panes import CoupledPanes
from tui.screens.first_choice import FirstChoice
from tui.screens.messages import AnswerArrived, SnapshotArrived
from tui.screens.reading import readings
from tui.screens.scope_counting import SIDE_SLOT, SLOT
from widgets.activity_tree import ActivityTree
from widgets.pane import Pane
from widgets.status_bar import FooterBar, StatusBar


class PaneScreen(CoupledPanes):
    """Four panes over one store. Commands are in the subclasses."""

    def on_mount(self) -> None:
        """Begin with what is to be shown."""
        self.find_panes()
        self.snapshot: Snapshot | None = None
        self.model_watch = ModelWatch(self.owner.reader, self.owner.clock)
        self.couple_panes(self.model_watch.want)
        self.bandwidth_changed()
        self._first_choice = FirstChoice(
            self.sessions, self.session_view, self.owner.options.session
        )
        self._wanted_groups = self.owner.options.groups
        self._epoch = 0
        self._is_overtaken = False
        """Whether more happened while the screen was paused than can be made up for."""
        self._may_be_gone = False
        """Whether marked sessions may not be in the store any more."""
        self._why_empty = ""
        self.titles = ("", "", "", "")
        self.set_interval(1.0, self._tick)
        self.recall()

    def tree_answered(self) -> None:
        """Something of the activity was read."""

    def recall(self) -> None:
        """Begin as the screen was left; see :mod:`tui.screens.remembering`."""

    # -- news -------------------------------------------------------------------------------

    @on(SnapshotArrived)
    def _snapshot_arrived(self, event: SnapshotArrived) -> None:
        snapshot = event.snapshot
        first = self.snapshot is None
        self.snapshot = snapshot
        with self.app.batch_update():
            if self.is_paused:
                is_other = snapshot.epoch != self._epoch
                self._is_overtaken = self._is_overtaken or is_other or snapshot.arrived_cut
            else:
                self.sessions.take(snapshot)
                self._begin_again(snapshot)
            if snapshot.info is not None:
                self._choose_first(is_listed=snapshot.is_listed)
            yield_processor()
            if not self._is_overtaken:
                self._activity.take(snapshot)
            yield_processor()
            if not self.is_paused:
                self._figures.take(snapshot)
            yield_processor()
            self.owner.top_line.take(snapshot)
            self.show_status()
            self.tree_view.tick(self.owner.age_clock())
        self._tell_detail()
        if first:
            self.owner.release_frames()
            # Counting takes turns with drawing: the first frame comes before it.
            self.call_after_refresh(self.owner.poller.count)

    def _begin_again(self, snapshot: Snapshot) -> None:
        """Where the store was replaced, nothing shown is valid any more."""
        known, self._epoch = self._epoch, snapshot.epoch
        if known and known != snapshot.epoch:
            self.model_watch.forget()
            self.activity.reload()
            self.figures.reload()
            self._may_be_gone = True
        # Before all sessions are listed, those that are not may still be there.
        if self._may_be_gone and snapshot.is_listed and snapshot.info is not None:
            self._may_be_gone = False
            self.sessions.forget_gone()
            self.marks_changed()

    def catch_up(self) -> None:
        """Show what came while the screen was paused."""
        snapshot = self.snapshot
        if snapshot is None:
            return
        was_overtaken, self._is_overtaken = self._is_overtaken, False
        self._may_be_gone = True
        self.sessions.take(snapshot)
        self._begin_again(snapshot)
        if was_overtaken:
            self.activity.reload()
        self.figures.take(snapshot)
        self.figures.reload()

    def _choose_first(self, *, is_listed: bool) -> None:
        """Begin as was asked for; ``is_listed``: whether all sessions are known."""
        if told := self._first_choice.choose(is_listed=is_listed):
            self.say(told)
        if not is_listed:
            return
        groups, self._wanted_groups = self._wanted_groups, ()
        for name, text in groups:
            self.sessions.put_into_group(name, text)
        if groups:
            self.marks_changed()
            self.call_later(self.run_action, "compare")

    @on(AnswerArrived)
    def _answer_arrived(self, event: AnswerArrived) -> None:
        answer = event.answer
        if not self.owner.reader.is_current(answer):
            return
        error = ""
        if answer.slot == "tree":
            error = self._activity.take_answer(answer)
            self.tree_answered()
        elif answer.slot in (SLOT, SIDE_SLOT):
            error = self._figures.take_answer(answer)
        elif answer.slot == MODELS_SLOT:
            self.model_watch.take_answer(answer)
            self.sessions.refresh_filter()
            self._hand_on(answer)
        else:
            self._hand_on(answer)
        if error and not answer.is_passing:
            self.say(error)
        self.show_titles()
        if self._activity.news:
            self._tell_detail()

    @property
    def is_paused(self) -> bool:
        """Whether the user has frozen the screen."""
        return self.owner.top_line.is_paused

    def toggle_pause(self) -> None:
        """Freeze all screens, or go on."""
        on = not self.is_paused
        self.owner.top_line.pause(on)
        self.tree_view.paused = on
        if not on:
            self.catch_up()
        self.show_status()
        for screen in readings(self.app):
            screen.pause_changed(on)

    def before_action(self, action: str | ActionParseResult) -> None:
        """Bring the panes to the cursor before anything but moving it on is done."""
        self._first_choice.leave()
        name = action if isinstance(action, str) else action[1]
        moves_on = name.partition("(")[0] == "pane" and self.pane is self.session_view
        if not moves_on:
            self.follow_cursor()

    def on_mouse_down(self) -> None:
        """Bring the panes to the cursor before one of them is clicked."""
        self._first_choice.leave()
        self.follow_cursor()

    # -- titles and lines -------------------------------------------------------------------

    @on(Pane.ViewChanged)
    @on(ActivityTree.PendingChanged)
    def _view_changed(self) -> None:
        self.show_titles()

    def show_titles(self) -> None:
        """Say above each pane what it covers."""
        activity, figures, before = self._activity, self._figures, self.titles
        sessions = titles.sessions_title(self.sessions, self.session_view, self.owner.zone)
        _, tree, tools, matrix = before
        # What still shows the session before keeps its title.
        if not activity.is_waiting:
            tree = titles.activity_title(activity, self.sessions, self.tree_view)
        if not figures.is_waiting:
            tools = titles.tools_title(figures, self.tool_view)
            matrix = titles.interactions_title(figures, self.matrix_view)
        self.titles = (sessions, tree, tools, matrix)
        for pane, title in zip(self.panes, self.titles, strict=True):
            drawn = titles.drawn(title, pane, self.owner.glyphs)
            if drawn != pane.title:
                pane.set_title(Content(drawn))
        self._say_why_empty()
        self.owner.poller.watch(self.tree_view.visible_event_keys())

    def _say_why_empty(self) -> None:
        """Where a filter hides all sessions, the list of which may not be on screen."""
        why, before = self.sessions.why_none(self.owner.zone), self._why_empty
        self._why_empty = why
        why = why or ("No session." if before else "")
        if why and self._activity.session_id is None:
            self.tree_view.empty_text = why
        if why and self._figures.scope is None:
            self.tool_view.empty_text = self.matrix_view.empty_text = why

    def show_message(self) -> None:
        """Say how many sessions are marked."""
        self.query_one(FooterBar).show_message(self.sessions.marks_told())

    def _tick(self) -> None:
        self.owner.tidying.tick(is_quiet=not self.owner.poller.gate.is_recent)
        if self.snapshot is not None and not self.is_paused:
            self.tree_view.tick(self.owner.age_clock())
            self._activity.retry()
            self._figures.retry()
            self._tell_detail()

    def show_status(self) -> None:
        """Show the line at the top as it is now."""
        self.owner.top_line.show_on(self.query_one(StatusBar))
        self.show_titles()

    # -- the screens above ------------------------------------------------------------------

    def _hand_on(self, answer: Answer) -> None:
        """Give an answer to the screen that asked for it."""
        for screen in readings(self.app):
            if answer.slot in screen.slots:
                screen.take_answer(answer)

    def _tell_detail(self) -> None:
        """Tell the screens above what is new."""
        news, self._activity.news = self._activity.news, []
        if self.is_paused:
            news = []
        if self.snapshot is not None:
            for screen in readings(self.app):
                screen.take(self.snapshot, news)

    def bandwidth_changed(self) -> None:
        """Leave out, or show again, what moves all the time."""
        self.session_view.shows_trend = not self.owner.low_bandwidth

    def masking_changed(self) -> None:
        """Say the titles anew: secrets are covered now, or shown."""
        self.titles = ("", "", "", "")
        self.show_status()

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        self.tree_view.zone = zone
        self.show_titles()
