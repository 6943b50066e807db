"""What the panes of the main screen show, kept live."""

from __future__ import annotations

from datetime import tzinfo

from textual import on
from textual.content import Content

from queries.activity_reader import Ranges
from queries.models import Scope, Snapshot
from tui.bookmarks import Bookmarks
from tui.model_watch import SLOT as MODELS_SLOT
from tui.model_watch import ModelWatch
from tui.reader import Answer
from tui.screens import titles
from tui.screens.layout import PaneLayout
from tui.screens.messages import AnswerArrived, SnapshotArrived
from tui.screens.reading import Reading
from tui.screens.scope_control import SIDE_SLOT, SLOT, ScopeControl
from tui.screens.session_control import SessionControl
from tui.screens.tree_control import TreeControl
from widgets.activity_tree import ActivityTree
from widgets.glyphs import drawable
from widgets.pane import Pane
from widgets.session_list import SessionList
from widgets.status_bar import FooterBar, StatusBar


class PaneScreen(PaneLayout):
    """Four panes over one store. Commands are in the subclasses."""

    def on_mount(self) -> None:
        """Wire the panes to what they show."""
        self.find_panes()
        reader = self.owner.reader
        self.snapshot: Snapshot | None = None
        self.model_watch = ModelWatch(reader, self.owner.clock)
        self.sessions = SessionControl(
            self.session_view,
            self.owner.clock,
            lambda: Bookmarks(self.owner.path).sessions(),
            self.model_watch.want,
        )
        self.activity = TreeControl(
            self.tree_view,
            reader,
            is_alive=self.sessions.is_alive,
            ranges_of=self._ranges_of,
            total_of=self._total_of,
        )
        self.figures = ScopeControl(
            self.tool_view,
            self.matrix_view,
            reader,
            is_alive=self.sessions.is_alive,
            ranges_of=self._ranges_of,
        )
        self.bandwidth_changed()
        self._wanted_session = self.owner.options.session
        self._wanted_groups = self.owner.options.groups
        self._epoch = 0
        self.titles = ("", "", "", "")
        self.set_interval(1.0, self._tick)
        self.recall()

    def recall(self) -> None:
        """Begin as the screen was left; see :mod:`tui.screens.remembering`."""

    # -- news -------------------------------------------------------------------------------

    @on(SnapshotArrived)
    def _snapshot_arrived(self, event: SnapshotArrived) -> None:
        snapshot = event.snapshot
        first = self.snapshot is None
        self.snapshot = snapshot
        with self.app.batch_update():
            if not self.is_paused:
                self.sessions.take(snapshot)
            if snapshot.epoch != self._epoch:
                self._begin_again(snapshot)
            if snapshot.info is not None:
                self._choose_first()
            self.activity.take(snapshot)
            if not self.is_paused:
                self.figures.take(snapshot)
            self.query_one(StatusBar).show(snapshot, paused=self.is_paused)
            self.show_titles()
            self.tree_view.tick(self.owner.age_clock())
        self._tell_detail()
        if first:
            self.owner.release_frames()
            # Counting takes turns with drawing: the first frame comes before it.
            self.call_after_refresh(self.owner.poller.count)

    def _begin_again(self, snapshot: Snapshot) -> None:
        """The store was replaced: nothing shown is valid any more."""
        known, self._epoch = self._epoch, snapshot.epoch
        if known:
            self.model_watch.forget()
            self.activity.reload()
            self.figures.reload()
            self.sessions.forget_gone()
            self.marks_changed()

    def _choose_first(self) -> None:
        wanted, self._wanted_session = self._wanted_session, None
        if wanted is not None and not self.session_view.select(wanted):
            self.say(f"There is no session {wanted}.")
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
            error = self.activity.take_answer(answer)
        elif answer.slot in (SLOT, SIDE_SLOT):
            error = self.figures.take_answer(answer)
        elif answer.slot == MODELS_SLOT:
            self.model_watch.take_answer(answer)
            self.sessions.refresh_filter()
            self._hand_on(answer)
        else:
            self._hand_on(answer)
        if error and not answer.is_passing:
            self.say(error)
        self.show_titles()
        if self.activity.news:
            self._tell_detail()

    @property
    def is_paused(self) -> bool:
        """Whether the user has frozen the screen."""
        return self.tree_view.paused

    def _ranges_of(self, session_id: str) -> Ranges | None:
        row = self.sessions.row(session_id)
        if row is None or not row.complete:
            return None
        return self.owner.poller.ranges_of(session_id)

    def _total_of(self, session_id: str) -> int | None:
        row = self.sessions.row(session_id)
        return None if row is None or not row.complete else row.totals.events

    # -- what hangs together ----------------------------------------------------------------

    @on(SessionList.Focused)
    def _session_focused(self, event: SessionList.Focused) -> None:
        session_id = event.session_id
        if session_id is None and self.sessions.filter is not None:
            # What was in focus stays in view while a filter hides it.
            return
        title = "" if session_id is None else self.sessions.title(session_id)
        self.activity.show(session_id, title=title)
        if self.figures.mode == "focused":
            self.apply_scope()

    @on(SessionList.MarkToggled)
    def _mark_toggled(self, event: SessionList.MarkToggled) -> None:
        self.sessions.toggle_mark(event.session_id)
        self.marks_changed()

    def marks_changed(self) -> None:
        """Cover what is marked now, where the marked ones are covered."""
        if self.figures.mode == "marked":
            self.figures.mode = "marked" if self.sessions.marks else "focused"
            self.apply_scope()
        self.show_message()

    def apply_scope(self) -> None:
        """Let tools and matrix cover what their mode says."""
        mode = self.figures.mode
        scope: Scope | None = Scope()
        if mode == "marked":
            ids = tuple(self.sessions.marks)
            scope = Scope(ids, f"{len(ids)} marked")
        elif mode == "focused":
            focused = self.activity.session_id
            scope = None if focused is None else Scope((focused,), self.sessions.title(focused))
        self.figures.set_scope(mode, scope)
        self.show_titles()

    # -- titles and lines -------------------------------------------------------------------

    @on(Pane.ViewChanged)
    @on(ActivityTree.PendingChanged)
    def _view_changed(self) -> None:
        self.show_titles()

    def show_titles(self) -> None:
        """Say above each pane what it covers."""
        before, self.titles = (
            self.titles,
            (
                titles.sessions_title(self.sessions, self.session_view),
                titles.activity_title(self.activity, self.sessions, self.tree_view),
                titles.tools_title(self.figures, self.tool_view),
                titles.interactions_title(self.figures, self.matrix_view),
            ),
        )
        for pane, title, known in zip(self.panes, self.titles, before, strict=True):
            if title != known:
                pane.border_title = Content(drawable(title, self.owner.glyphs))
        self.owner.poller.watch(self.tree_view.visible_event_keys())

    def show_message(self) -> None:
        """Say how many sessions are marked."""
        self.query_one(FooterBar).show_message(self.sessions.marks_told())

    def _tick(self) -> None:
        if self.snapshot is not None and not self.is_paused:
            self.tree_view.tick(self.owner.age_clock())
            self.activity.retry()
            self.figures.retry()
            self._tell_detail()

    def show_status(self) -> None:
        """Show the line at the top as it is now."""
        self.query_one(StatusBar).show(self.snapshot, paused=self.is_paused)
        self.show_titles()

    # -- the screens above ------------------------------------------------------------------

    def _hand_on(self, answer: Answer) -> None:
        """Give an answer to the screen that asked for it."""
        for screen in self.app.screen_stack:
            if isinstance(screen, Reading) and answer.slot in screen.slots:
                screen.take_answer(answer)

    def _tell_detail(self) -> None:
        """Tell the screens above what is new."""
        news, self.activity.news = self.activity.news, []
        for screen in self.app.screen_stack:
            if isinstance(screen, Reading) and self.snapshot is not None:
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

    def say(self, text: str) -> None:
        """Tell the user something that passes."""
        self.notify(text, markup=False)
