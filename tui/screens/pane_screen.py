"""What the main screen consists of: four panes, kept live, laid out for the terminal's size."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from queries.activity_reader import Ranges
from queries.models import Scope, Snapshot
from tui.commands import PANES, available, footer_hints
from tui.reader import Answer
from tui.screens.messages import AnswerArrived, SnapshotArrived
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from tui.screens.scope_control import ScopeControl
from tui.screens.session_control import SessionControl
from tui.screens.tree_control import TreeControl
from widgets.activity_tree import ActivityTree
from widgets.glyphs import drawable
from widgets.interaction_matrix import InteractionMatrix
from widgets.pane import Pane
from widgets.pane_tabs import PaneTabs
from widgets.session_list import SessionList
from widgets.status_bar import FooterBar, StatusBar
from widgets.tool_table import ToolTable

if TYPE_CHECKING:
    from tui.app import SessionApp

NAMES = ("Sessions", "Activity", "Tools", "Interactions")
WIDE = 100
"""Columns from which the panes stand side by side."""
TALL = 16
"""Rows from which they do."""
LEAST = (20, 6)
"""Columns and rows below which nothing sensible can be shown."""


class PaneScreen(Screen[None]):
    """Four panes over one store. Commands are in the subclasses."""

    AUTO_FOCUS = "#sessions"

    @property
    def owner(self) -> SessionApp:
        """The application."""
        return cast("SessionApp", self.app)

    def compose(self) -> ComposeResult:
        """Status, tabs, panes, prompt, footer."""
        glyphs, zone = self.owner.glyphs, self.owner.zone
        yield StatusBar(glyphs=glyphs, id="status")
        yield PaneTabs(glyphs=glyphs, id="tabs")
        with Container(id="panes"):
            yield SessionList(glyphs=glyphs, id="sessions", classes="pane")
            yield ActivityTree(glyphs=glyphs, zone=zone, id="activity", classes="pane")
            yield ToolTable(glyphs=glyphs, id="tools", classes="pane")
            yield InteractionMatrix(glyphs=glyphs, id="matrix", classes="pane")
        yield Static("This terminal is too small.", id="too-small", markup=False)
        yield Prompt(id="prompt")
        yield FooterBar(glyphs=glyphs, id="footer")

    def on_mount(self) -> None:
        """Wire the panes to what they show."""
        reader = self.owner.reader
        self.snapshot: Snapshot | None = None
        self.session_view = self.query_one(SessionList)
        self.tree_view = self.query_one(ActivityTree)
        self.tool_view = self.query_one(ToolTable)
        self.matrix_view = self.query_one(InteractionMatrix)
        self.prompt = self.query_one(Prompt)
        self.sessions = SessionControl(self.session_view, self.owner.clock)
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
        self._wanted_session = self.owner.options.session
        self.is_zoomed = False
        self.pane_index = 0
        self._epoch = 0
        self._errors = ""
        self.set_interval(1.0, self._tick)

    def _compositor_refresh(self) -> None:
        if not self.owner.frames_held:
            super()._compositor_refresh()

    # -- where the user is ------------------------------------------------------------------

    @property
    def panes(self) -> tuple[Pane, Pane, Pane, Pane]:
        """The four panes in order."""
        return (self.session_view, self.tree_view, self.tool_view, self.matrix_view)

    @property
    def pane(self) -> Pane:
        """The pane that has (or had last) the focus."""
        return self.panes[self.pane_index]

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now."""
        return ("any", "main", PANES[self.pane_index])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command may run in the focused pane."""
        return available(action, parameters, self.contexts)

    def focus_pane(self, index: int) -> None:
        """Give a pane the focus, and the room where only one has any."""
        self.pane_index = index % len(PANES)
        self.lay_out()
        self.pane.focus()
        self._show_hints()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, also when the mouse moved it."""
        for index, pane in enumerate(self.panes):
            if event.widget is pane and index != self.pane_index:
                self.pane_index = index
                self.lay_out()
                self._show_hints()

    def on_resize(self, event: events.Resize) -> None:
        """Choose a layout for the new size."""
        del event
        if hasattr(self, "prompt"):
            self.lay_out()
            self._show_hints()

    def lay_out(self) -> None:
        """Show the panes that have room: all four, or the current one."""
        width, height = self.size
        single = self.is_zoomed or width < WIDE or height < TALL
        too_small = width < LEAST[0] or height < LEAST[1]
        self.set_class(single, "-single")
        self.set_class(too_small, "-too-small")
        self.set_class(single and not self.is_zoomed, "-tabs")
        for index, pane in enumerate(self.panes):
            pane.set_class(index == self.pane_index, "-current")
        self.query_one(PaneTabs).show(NAMES, self.pane_index)

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, event: PaneTabs.Chosen) -> None:
        self.focus_pane(event.index)

    # -- news -------------------------------------------------------------------------------

    @on(SnapshotArrived)
    def _snapshot_arrived(self, event: SnapshotArrived) -> None:
        snapshot = event.snapshot
        first = self.snapshot is None
        self.snapshot = snapshot
        with self.app.batch_update():
            if snapshot.epoch != self._epoch:
                self._begin_again(snapshot)
            if not self.is_paused:
                self.sessions.take(snapshot)
            if first:
                self._choose_first()
            self.activity.take(snapshot)
            if not self.is_paused:
                self.figures.take(snapshot)
            self.query_one(StatusBar).show(snapshot, paused=self.is_paused)
            self.show_titles()
            self._tick()
        self._tell_detail(snapshot)
        if first:
            self.owner.release_frames()

    def _begin_again(self, snapshot: Snapshot) -> None:
        """The store was replaced: nothing shown is valid any more."""
        known, self._epoch = self._epoch, snapshot.epoch
        if known:
            self.activity.reload()
            self.figures.reload()

    def _choose_first(self) -> None:
        wanted, self._wanted_session = self._wanted_session, None
        if wanted is not None and not self.session_view.select(wanted):
            self.say(f"There is no session {wanted}.")

    @on(AnswerArrived)
    def _answer_arrived(self, event: AnswerArrived) -> None:
        answer = event.answer
        if not self.owner.reader.is_current(answer):
            return
        error = ""
        if answer.slot == "tree":
            error = self.activity.take_answer(answer)
        elif answer.slot == "scope":
            error = self.figures.take_answer(answer)
        else:
            self._hand_on(answer)
        if error:
            self.say(error)
        self.show_titles()

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
        if session_id is None:
            return
        self.activity.show(session_id, title=self.sessions.title(session_id))
        if self.figures.mode == "focused":
            self.apply_scope()

    @on(SessionList.MarkToggled)
    def _mark_toggled(self, event: SessionList.MarkToggled) -> None:
        self.sessions.toggle_mark(event.session_id)
        if self.figures.mode == "marked":
            self.apply_scope()
        self.show_message()

    def apply_scope(self) -> None:
        """Let tools and matrix cover what their mode says."""
        mode = self.figures.mode
        if mode == "marked":
            ids = tuple(self.sessions.marks)
            scope = Scope(ids, f"{len(ids)} marked")
        elif mode == "focused":
            focused = self.session_view.focused_id()
            ids = () if focused is None else (focused,)
            scope = Scope(ids, self.sessions.title(focused) if focused else "no session")
        else:
            scope = Scope()
        self.figures.set_scope(mode, scope)
        self.show_titles()

    # -- titles and lines -------------------------------------------------------------------

    @on(Pane.ViewChanged)
    @on(ActivityTree.PendingChanged)
    def _view_changed(self) -> None:
        self.show_titles()

    def show_titles(self) -> None:
        """Say above each pane what it covers."""
        sessions, tree = self.sessions, self.tree_view
        order = {"started": "newest", "active": "last active"}.get(sessions.sort, sessions.sort)
        if sessions.reverse:
            order += " reversed"
        chosen = "" if sessions.filter is None else f" · {sessions.filter}"
        if sessions.hidden:
            chosen += f" · {sessions.hidden:,} of sub-agents hidden"
        focused = self.activity.session_id
        titles = (
            f"Sessions {self.session_view.covers()} · {order}{chosen}",
            f"Activity · {sessions.title(focused) if focused else 'no session'} · {tree.covers()}",
            self._scope_title("Tools"),
            f"{self._scope_title('Interactions')} · {self.matrix_view.covers()}",
        )
        if self.activity.raw:
            titles = (titles[0], f"{titles[1]} · raw rows", *titles[2:])
        for pane, title in zip(self.panes, titles, strict=True):
            shown = drawable(title, self.owner.glyphs)
            if str(pane.border_title) != shown:
                pane.border_title = Content(shown)
        keys = tree.visible_event_keys()
        self.owner.poller.watch(keys)

    def _scope_title(self, name: str) -> str:
        parts = [name, self.figures.scope.label]
        if self.figures.progress:
            parts.append(self.figures.progress)
        return " · ".join(parts)

    def _show_hints(self) -> None:
        hints = footer_hints(self.contexts, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])
        self.show_message()

    def show_message(self) -> None:
        """Say how many sessions are marked."""
        marked = len(self.sessions.marks)
        self.query_one(FooterBar).show_message(f"{marked} marked" if marked else "")

    def _tick(self) -> None:
        if self.snapshot is not None and not self.is_paused:
            self.tree_view.tick(self.owner.clock())

    def show_status(self) -> None:
        """Show the line at the top as it is now."""
        self.query_one(StatusBar).show(self.snapshot, paused=self.is_paused)
        self.show_titles()

    # -- the screens above ------------------------------------------------------------------

    def _hand_on(self, answer: Answer) -> None:
        """Give an answer to the screen that asked for it."""
        for screen in self.app.screen_stack:
            if isinstance(screen, Reading) and screen.slot == answer.slot:
                screen.take_answer(answer)

    def _tell_detail(self, snapshot: Snapshot) -> None:
        for screen in self.app.screen_stack:
            if isinstance(screen, Reading):
                screen.take(snapshot)

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        self.tree_view.zone = zone

    def say(self, text: str) -> None:
        """Tell the user something that passes."""
        self.notify(text, markup=False)
