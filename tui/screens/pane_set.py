"""A screen of several panes under the status line: side by side, or as tabs where it is narrow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from queries.models import ActivityNode, Snapshot
from tui.commands import available, footer_hints
from tui.export import ExportError, write_text
from tui.screens.places import Place
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from widgets.glyphs import drawable
from widgets.pane import Pane
from widgets.pane_tabs import PaneTabs
from widgets.status_bar import FooterBar, StatusBar

if TYPE_CHECKING:
    from tui.app import SessionApp

WIDE: Final = 100
"""Columns from which panes stand side by side."""
TALL: Final = 26
"""Rows from which they do."""
_EXPLAINED: Final = 16
"""Rows from which the line under the cursor is explained."""
LEAST: Final = (20, 6)
"""Columns and rows below which nothing sensible can be shown."""
_LIVE_SEARCH: Final = 5000
"""Lines up to which a search runs while it is being typed."""
_OFTEN: Final = 0.5
"""Seconds between two looks at whether it is time to read again."""


class PaneSet(Reading, Screen[Place | None]):
    """Panes with all commands that do not depend on what is in them.

    Dismissed with the place that the user wants to see on the main screen, or with None.
    """

    AUTO_FOCUS = ""
    NAMES: ClassVar[tuple[str, ...]] = ()
    """Of the panes, for their tabs."""
    PANE_CONTEXTS: ClassVar[tuple[str, ...]] = ()
    """One context of the registry per pane."""

    pane_index = 0
    is_zoomed = False
    """Whether the pane has the whole screen."""
    panes: tuple[Pane, ...] = ()

    def __init__(self, snapshot: Snapshot | None) -> None:
        """Args: snapshot: the newest one."""
        super().__init__()
        self.snapshot = snapshot
        self._told = ""
        self._titles: dict[int, str] = {}

    @property
    def owner(self) -> SessionApp:
        """The application."""
        return cast("SessionApp", self.app)

    # -- what a subclass provides -----------------------------------------------------------

    def compose_panes(self) -> ComposeResult:
        """The panes in their order, all with the class "pane"."""
        raise NotImplementedError

    def title_of(self, index: int) -> str:
        """What stands above a pane."""
        raise NotImplementedError

    def command_line(self) -> str:
        """The shell command whose output has what is shown."""
        raise NotImplementedError

    def read_if_due(self) -> None:
        """Read again what is behind the store; called often."""
        raise NotImplementedError

    def explanation(self) -> str:
        """What the cursor is on, in words."""
        return self.pane.text_under_cursor()

    # -- layout -----------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Status, tabs, panes, explanation, prompt, footer."""
        glyphs = self.owner.glyphs
        yield StatusBar(glyphs=glyphs, id="status")
        yield from self.compose_top()
        yield PaneTabs(glyphs=glyphs, id="tabs")
        with Container(id="panes"):
            yield from self.compose_panes()
        yield Static("This terminal is too small.", id="too-small", markup=False)
        yield Static("", id="explanation", markup=False)
        yield Prompt(id="prompt")
        yield FooterBar(glyphs=glyphs, id="footer")

    def compose_top(self) -> ComposeResult:
        """What stands below the status line."""
        yield from ()

    def on_mount(self) -> None:
        """Begin with the first pane."""
        self.panes = tuple(self.query_one("#panes").query_children(Pane))
        self.prompt = self.query_one(Prompt)
        self.query_one(StatusBar).show(self.snapshot)
        self.focus_pane(0)
        self.set_interval(_OFTEN, self.read_if_due)

    @property
    def pane(self) -> Pane:
        """The pane that has (or had last) the focus."""
        return self.panes[self.pane_index]

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now."""
        return ("any", self.slot, self.PANE_CONTEXTS[self.pane_index])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a command may run in the focused pane."""
        return available(action, parameters, self.contexts)

    def is_there(self, index: int) -> bool:
        """Whether a pane has something to show at all."""
        del index
        return True

    def focus_pane(self, index: int) -> None:
        """Give a pane the focus, and the room where only one has any."""
        self.prompt.close()
        self.pane_index = index % len(self.panes)
        self.lay_out()
        self.pane.focus()
        self.show_hints()
        self.show_explanation()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, also when the mouse moved it."""
        for index, pane in enumerate(self.panes):
            if event.widget is pane and index != self.pane_index:
                self.prompt.close()
                self.pane_index = index
                self.lay_out()
                self.show_hints()
                self.show_explanation()

    def on_resize(self, event: events.Resize) -> None:
        """Choose a layout for the new size."""
        del event
        if self.panes:
            self.lay_out()

    def lay_out(self) -> None:
        """Show the panes that have room: all that are there, or the current one."""
        width, height = self.size
        single = self.is_zoomed or width < WIDE or height < TALL
        self.set_class(single, "-single")
        self.set_class(width < LEAST[0] or height < LEAST[1], "-too-small")
        self.set_class(single and not self.is_zoomed, "-tabs")
        self.set_class(height < _EXPLAINED, "-unexplained")
        for index, pane in enumerate(self.panes):
            pane.set_class(index == self.pane_index, "-current")
            pane.set_class(not self.is_there(index), "-absent")
        self.query_one(PaneTabs).show(self.NAMES, self.pane_index)
        self.call_after_refresh(self._laid_out)

    def _laid_out(self) -> None:
        self.show_titles()
        if self.focused is None and self.is_current:
            # Where no pane had room the focus went.
            self.pane.focus()

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, event: PaneTabs.Chosen) -> None:
        self.focus_pane(event.index)

    # -- words ------------------------------------------------------------------------------

    def show_titles(self) -> None:
        """Say above each pane what it covers."""
        for index, pane in enumerate(self.panes):
            title = drawable(self.title_of(index), self.owner.glyphs)
            if title != self._titles.get(index):
                self._titles[index] = title
                pane.border_title = Content(title)

    def show_explanation(self) -> None:
        """Say below the panes what the cursor is on."""
        shown = drawable(self.explanation(), self.owner.glyphs)
        if shown != self._told:
            self._told = shown
            self.query_one("#explanation", Static).update(Content(shown), layout=False)

    def show_hints(self) -> None:
        """Show the keys of this pane in the footer."""
        hints = footer_hints(self.contexts, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])

    @on(Pane.ViewChanged)
    @on(Pane.CursorMoved)
    def _looked_elsewhere(self) -> None:
        self.show_titles()
        self.show_explanation()

    def say(self, text: str) -> None:
        """Tell the user something that passes."""
        self.notify(text, markup=False)

    # -- news -------------------------------------------------------------------------------

    def take(self, snapshot: Snapshot, news: Sequence[ActivityNode]) -> None:
        """Show how the store is."""
        del news
        self.snapshot = snapshot
        self.query_one(StatusBar).show(snapshot)

    def zone_changed(self, zone: tzinfo | None) -> None:
        """Show times in another zone."""
        for pane in self.panes:
            if hasattr(pane, "zone"):
                pane.zone = zone
        self.show_titles()
        self.show_explanation()

    # -- actions of the registry ------------------------------------------------------------

    def action_pane(self, method: str) -> None:
        """Run a command of the focused pane."""
        getattr(self.pane, f"action_{method}")()

    def action_focus_pane(self, step: int) -> None:
        """Go to the next pane that has something to show, or the one before."""
        for distance in range(1, len(self.panes) + 1):
            index = (self.pane_index + step * distance) % len(self.panes)
            if self.is_there(index):
                self.focus_pane(index)
                return

    def action_next_error(self, step: int) -> None:
        """Go to the next line with an error."""
        seek = getattr(self.pane, "next_error", None)
        if seek is None or not seek(step):
            self.say("There is no error here.")

    def action_search(self) -> None:
        """Ask what to search for."""
        self.prompt.ask("search", "/", self.pane.needle)

    def action_next_match(self, step: int) -> None:
        """Go to the next match."""
        if not self.pane.needle:
            self.say("Search for something first.")
        elif not self.pane.find_next(step):
            self.say(f"Nothing here holds {self.pane.needle!r}.")

    @on(Prompt.Typed)
    def _typed(self, event: Prompt.Typed) -> None:
        if event.purpose == "search" and self.pane.line_count <= _LIVE_SEARCH:
            self.pane.find(event.text)

    @on(Prompt.GivenUp)
    def _given_up(self) -> None:
        self.pane.find("")
        self.pane.focus()

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        self.pane.focus()
        if not self.pane.find(event.text) and event.text:
            self.say(f"Nothing here holds {event.text!r}.")

    def action_open(self) -> None:
        """Open what is under the cursor."""
        self.pane.open_current()

    def action_back(self) -> None:
        """Undo the nearest of: search, what the screen itself undoes, zoom; then go back."""
        if self.pane.needle:
            self.pane.find("")
        elif self.undo():
            self.show_titles()
        elif self.is_zoomed:
            self.action_toggle_zoom()
        else:
            self.action_main_screen()

    def undo(self) -> bool:
        """Undo what belongs to this screen alone; False when there is nothing."""
        return False

    def action_main_screen(self) -> None:
        """Go back to the main screen."""
        self.leave_for(None)

    def leave_for(self, place: Place | None) -> None:
        """Go back to the main screen, to a place on it."""
        for slot in self.slots:
            self.owner.reader.cancel(slot)
        self.dismiss(place)

    def action_compare(self) -> None:
        """Go to the comparison of what is marked."""
        self.action_main_screen()
        self.app.call_later(self._compare)

    def _compare(self) -> None:
        compare = getattr(self.app.screen, "action_compare", None)
        if compare is not None:
            compare()

    def action_toggle_zoom(self) -> None:
        """Give the pane the whole screen, or its place again."""
        self.is_zoomed = not self.is_zoomed
        self.lay_out()

    def action_copy(self) -> None:
        """Copy what is under the cursor."""
        self.owner.copy_text(self.pane.text_under_cursor().strip())

    def action_copy_command(self) -> None:
        """Copy the shell command that prints this view."""
        self.owner.copy_text(self.command_line())

    def action_export_view(self) -> None:
        """Write the lines of this pane to a new file."""
        name = f"session-tui-{self.NAMES[self.pane_index].lower().replace(' ', '-')}"
        lines = [self.title_of(self.pane_index), "", *self.pane.lines_as_text()]

        def work() -> str:
            try:
                return f"Written to {write_text(name, lines)}"
            except ExportError as error:
                return str(error)

        async def run() -> None:
            self.say(await asyncio.to_thread(work))

        self.run_worker(run(), group="export", exit_on_error=False)
