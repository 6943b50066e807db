"""A screen of several panes under the status line: side by side, or as tabs where it is narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from queries.models import Snapshot
from queries.text import clock
from tui.commands import footer_hints
from tui.screens.leaving import Leaving
from tui.screens.live_reading import LiveReading
from tui.screens.pane_commands import PaneCommands
from tui.screens.places import Place
from tui.screens.prompt import Prompt
from tui.screens.reading import Reading
from tui.screens.titles import EDGES
from widgets.glyphs import drawable
from widgets.line_text import shorten_end, word_lines
from widgets.pane import Pane
from widgets.pane_tabs import PaneTabs
from widgets.status_bar import FooterBar, StatusBar

WIDE: Final = 100
"""Columns from which panes stand side by side."""
TALL: Final = 26
"""Rows from which they do."""
_EXPLAINED: Final = 16
"""Rows from which the line under the cursor is explained."""
_EXPLAINING: Final = 2
"""Rows in which that is done."""
_MARGIN: Final = 1
"""Cells that stay empty on each side of these."""
LEAST: Final = (20, 6)
"""Columns and rows below which nothing sensible can be shown."""


class PaneSetLayout(Reading, Leaving[Place | None], PaneCommands[Place | None]):
    """Panes, what stands around them, and what a screen has to provide for them."""

    AUTO_FOCUS = ""
    NAMES: ClassVar[tuple[str, ...]] = ()
    """Of the panes, for their tabs."""
    PANE_CONTEXTS: ClassVar[tuple[str, ...]] = ()
    """One context of the registry per pane."""

    pane_index = 0
    panes: tuple[Pane, ...] = ()
    live: LiveReading
    """Knows when to read again; made when the screen is mounted."""

    def __init__(self, snapshot: Snapshot | None, is_paused: Callable[[], bool]) -> None:
        """Show nothing yet.

        Args:
            snapshot: the newest one.
            is_paused: whether the user has frozen what is shown.
        """
        super().__init__()
        self.snapshot = snapshot
        self.is_paused = is_paused
        self._told = ""
        self._titles: dict[int, str] = {}
        self._read_at: float | None = None

    # -- what a subclass provides -----------------------------------------------------------

    def compose_panes(self) -> ComposeResult:
        """The panes in their order, all with the class "pane"."""
        raise NotImplementedError

    def title_of(self, index: int) -> str:
        """What stands above a pane."""
        raise NotImplementedError

    def read(self) -> None:
        """Ask for everything (again)."""
        raise NotImplementedError

    def tick(self, now: float) -> None:
        """Let grow what grows; ``now``: epoch seconds."""
        raise NotImplementedError

    def concerns(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot tells of something new in what is shown."""
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
        """Begin with the first pane; what a subclass does for itself is done by now."""
        self.panes = tuple(self.query_one("#panes").query_children(Pane))
        self.prompt = self.query_one(Prompt)
        self._explained = self.query_one("#explanation", Static)
        self._status = self.query_one(StatusBar)
        self.show_status()
        self.focus_pane(0)

    @property
    def pane(self) -> Pane:
        """The pane that has (or had last) the focus."""
        return self.panes[self.pane_index]

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now."""
        return ("any", self.slot, self.PANE_CONTEXTS[self.pane_index])

    def is_there(self, index: int) -> bool:
        """Whether a pane has something to show at all."""
        del index
        return True

    def focus_pane(self, index: int) -> None:
        """Give a pane the focus, and the room where only one has any."""
        self.prompt.close()
        self.pane_index = index % len(self.panes)
        self.lay_out()
        # At once: the next key may open the prompt, which would lose the focus again.
        self.set_focus(self.pane)
        self.show_hints()
        self.show_explanation()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, also when the mouse moved it."""
        for index, pane in enumerate(self.panes):
            # It may have gone on to the prompt meanwhile.
            if event.widget is pane is self.focused and index != self.pane_index:
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
        self.show_explanation()
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
            title = shorten_end(self.title_of(index), max(1, pane.size.width - EDGES))
            title = drawable(title, self.owner.glyphs)
            if title != self._titles.get(index):
                self._titles[index] = title
                pane.border_title = Content(title)

    def reading_ended(self, retry: bool = False) -> None:
        """What was asked for is read; ``retry``: it failed, but may succeed another time."""
        self.live.end(retry)
        # Other screens stand still at the pause, this one shows what is there by now.
        self._read_at = self.owner.clock() if self.is_paused() else None
        if self.panes:
            self.show_status()

    def show_status(self) -> None:
        """Say at the top how the store is, and of which time this screen is."""
        at = self._read_at
        words = "" if at is None else f"this screen as of {clock(at, self.owner.zone)}"
        self.owner.top_line.show_on(self._status, words)

    def masking_changed(self) -> None:
        """Say anew what is not drawn by panes: secrets are covered now, or shown."""
        self._titles.clear()
        self.show_titles()
        self.show_explanation()

    def show_explanation(self) -> None:
        """Say below the panes what the cursor is on."""
        lines = word_lines(self.explanation(), self.size.width - 2 * _MARGIN, _EXPLAINING)
        shown = drawable("\n".join(lines), self.owner.glyphs)
        if shown != self._told:
            self._told = shown
            self._explained.update(Content(shown), layout=False)

    def show_hints(self) -> None:
        """Show the keys of this pane in the footer."""
        hints = footer_hints(self.contexts, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])

    @on(Pane.ViewChanged)
    @on(Pane.CursorMoved)
    def _looked_elsewhere(self) -> None:
        self.show_titles()
        self.show_explanation()
