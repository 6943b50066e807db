"""How the main screen is laid out: four panes side by side, or one where there is little room."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from tui.commands import PANES, footer_hints
from tui.key_gate import KeyGate
from tui.room import NAMES, is_single, is_too_small
from tui.screens.pane_commands import PaneCommands
from tui.screens.portions import PortionedScreen
from tui.screens.prompt import Prompt
from widgets.activity_tree import ActivityTree
from widgets.interaction_matrix import InteractionMatrix
from widgets.pane import Pane
from widgets.pane_tabs import PaneTabs
from widgets.session_list import SessionList
from widgets.status_bar import FooterBar, StatusBar
from widgets.tool_table import ToolTable


class PaneLayout(PortionedScreen, PaneCommands[None]):
    """Four panes, one of which has the focus."""

    AUTO_FOCUS = "#sessions"

    pane_index = 0
    """Which pane has (or had last) the focus."""

    def compose(self) -> ComposeResult:
        """Status, tabs, panes, prompt, footer."""
        glyphs, zone = self.owner.glyphs, self.owner.zone
        yield StatusBar(glyphs=glyphs, id="status")
        yield PaneTabs(glyphs=glyphs, id="tabs")
        with Container(id="panes"):
            yield SessionList(glyphs=glyphs, id="sessions", classes="pane -current")
            yield ActivityTree(glyphs=glyphs, zone=zone, id="activity", classes="pane")
            yield ToolTable(glyphs=glyphs, id="tools", classes="pane")
            yield InteractionMatrix(glyphs=glyphs, id="matrix", classes="pane")
        yield Static("This terminal is too small.", id="too-small", markup=False)
        yield Prompt(id="prompt")
        yield FooterBar(glyphs=glyphs, id="footer")

    def find_panes(self) -> None:
        """Find what was composed; to be called once, before anything else."""
        self.session_view = self.query_one(SessionList)
        self.tree_view = self.query_one(ActivityTree)
        self.tool_view = self.query_one(ToolTable)
        self.matrix_view = self.query_one(InteractionMatrix)
        self.prompt = self.query_one(Prompt)

    def _compositor_refresh(self) -> None:
        if not self.owner.frames_held:
            super()._compositor_refresh()

    @property
    def panes(self) -> tuple[Pane, Pane, Pane, Pane]:
        """The four panes in order."""
        return (self.session_view, self.tree_view, self.tool_view, self.matrix_view)

    def paint_order(self) -> Sequence[Widget]:
        """See :class:`PortionedScreen`: behind what has the keys, what grows."""
        if not hasattr(self, "prompt"):
            return ()
        first = self.pane if self.focused is None else self.focused
        return list(dict.fromkeys((first, self.tree_view, *self.panes)))

    @property
    def key_gate(self) -> KeyGate:
        """See :class:`PortionedScreen`."""
        return self.owner.poller.gate

    @property
    def pane(self) -> Pane:
        """The pane that has (or had last) the focus."""
        return self.panes[self.pane_index]

    def is_seen(self, pane: Pane) -> bool:
        """Whether a pane is on the screen, in the present layout."""
        return pane is self.pane or not self.has_class("-single")

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now."""
        return ("any", "main", PANES[self.pane_index])

    def focus_pane(self, index: int) -> None:
        """Give a pane the focus, and the room where only one has any."""
        self.prompt.close()
        self.pane_index = index % len(PANES)
        self.lay_out()
        # At once: the next key may open the prompt, which would lose the focus again.
        self.set_focus(self.pane)
        self._show_hints()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, also when the mouse moved it."""
        for index, pane in enumerate(self.panes):
            # It may have gone on to the prompt meanwhile.
            if event.widget is pane and self.focused is pane:
                self.prompt.close()
                if index != self.pane_index:
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
        single = self.is_zoomed or is_single(width, height)
        too_small = is_too_small(width, height)
        self.set_class(single, "-single")
        self.set_class(too_small, "-too-small")
        self.set_class(single and not self.is_zoomed, "-tabs")
        for index, pane in enumerate(self.panes):
            pane.set_class(index == self.pane_index, "-current")
        self.query_one(PaneTabs).show(NAMES, self.pane_index)
        self.call_after_refresh(self._laid_out)

    def _laid_out(self) -> None:
        self.show_titles()
        if self.focused is None and self.is_current:
            # Where no pane had room the focus went.
            self.pane.focus()

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, event: PaneTabs.Chosen) -> None:
        self.focus_pane(event.index)

    def show_titles(self) -> None:
        """Say above each pane what it covers."""
        raise NotImplementedError

    def _show_hints(self) -> None:
        hints = footer_hints(self.contexts, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        self.query_one(FooterBar).show_hints([(hint.key, hint.title) for hint in hints])
        self.show_message()

    def show_message(self) -> None:
        """Say at the right end of the footer what is not to be forgotten."""
        raise NotImplementedError
