"""How the screen that compares sessions is laid out: a verdict, and sections below it."""

from __future__ import annotations

from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from queries.models import Event
from tui.commands import SECTIONS, footer_hints
from tui.screens.leaving import Leaving
from tui.screens.pane_commands import PaneCommands
from tui.screens.prompt import Prompt
from widgets.alignment_view import AlignmentView
from widgets.compared_lists import ComparedAgents, ComparedTools
from widgets.comparison_table import ComparisonTable
from widgets.glyphs import drawable
from widgets.group_table import GroupTable
from widgets.interaction_matrix import InteractionMatrix
from widgets.overlay_chart import OverlayChart
from widgets.pane import Pane
from widgets.pane_tabs import PaneTabs
from widgets.status_bar import FooterBar
from widgets.strip_plot import StripPlot
from widgets.words_bar import SectionTabs, WordsBar

NAMES: Final = ("Metrics", "Tools", "Agents", "Interactions", "Steps", "Overlay", "Groups")
METRICS, TOOLS, AGENTS, MATRIX, STEPS, OVERLAY, GROUPS = range(7)
_TITLES: Final = {"move.next_pane": "next section", "find.next": "next difference"}
"""What some commands do here."""
_FIRST: Final = 80
"""Rank of the hints that stand before that of the sections."""
_EXPLAINED: Final = 20
"""Rows from which the line under the cursor is explained."""
_PLOTTED: Final = 22
"""Rows from which the values of the groups are drawn."""
_TITLED: Final = 12
"""Rows from which more than the verdict stands above the sections."""


class CompareLayout(Leaving[Event | None], PaneCommands[Event | None]):
    """A verdict, tabs, one section at a time, and what the cursor is on."""

    AUTO_FOCUS = ""

    section = METRICS
    has_groups = False

    def compose(self) -> ComposeResult:
        """Three lines of words, tabs, the sections, an explanation, prompt, footer."""
        glyphs = self.owner.glyphs
        yield WordsBar(glyphs=glyphs, id="verdict")
        yield WordsBar(glyphs=glyphs, id="changes")
        yield WordsBar(glyphs=glyphs, id="divergence")
        yield SectionTabs(glyphs=glyphs, id="sections")
        with Container(id="section"):
            yield ComparisonTable(glyphs=glyphs, id="metrics", empty_text="Reading ...")
            yield ComparedTools(glyphs=glyphs, id="tools", empty_text="No tool was called.")
            yield ComparedAgents(glyphs=glyphs, id="agents", empty_text="No agent is known.")
            yield InteractionMatrix(glyphs=glyphs, id="matrix")
            yield AlignmentView(glyphs=glyphs, id="steps", empty_text="Aligning the steps ...")
            yield OverlayChart(glyphs=glyphs, id="overlay", empty_text="Reading the curves ...")
            with Vertical(id="group-section"):
                yield GroupTable(glyphs=glyphs, id="groups")
                yield StripPlot(glyphs=glyphs, id="plot")
        yield Static("", id="explanation", markup=False)
        yield Prompt(id="prompt")
        yield FooterBar(glyphs=glyphs, id="footer")

    def find_panes(self) -> None:
        """Find what was composed; to be called once, before anything else."""
        self.metrics = self.query_one(ComparisonTable)
        self.tools = self.query_one(ComparedTools)
        self.agents = self.query_one(ComparedAgents)
        self.matrix = self.query_one(InteractionMatrix)
        self.steps = self.query_one(AlignmentView)
        self.overlay = self.query_one(OverlayChart)
        self.groups = self.query_one(GroupTable)
        self.plot = self.query_one(StripPlot)
        self.prompt = self.query_one(Prompt)

    @property
    def panes(self) -> tuple[Pane, ...]:
        """One pane per section, in order."""
        return (
            self.metrics,
            self.tools,
            self.agents,
            self.matrix,
            self.steps,
            self.overlay,
            self.groups,
        )

    @property
    def pane(self) -> Pane:
        """The pane of the current section."""
        return self.panes[self.section]

    @property
    def sections(self) -> int:
        """How many sections there are."""
        return len(NAMES) if self.has_groups else len(NAMES) - 1

    @property
    def contexts(self) -> tuple[str, ...]:
        """Which commands belong here now."""
        return ("any", "compare", SECTIONS[self.section])

    def show_section(self, section: int) -> None:
        """Go to another section, round the end."""
        self.prompt.close()
        self.section = section % self.sections
        self.lay_out()
        # At once: the next key may open the prompt, which would lose the focus again.
        self.set_focus(self.pane)
        self.show_hints()
        self.section_changed()

    def section_changed(self) -> None:
        """Show what belongs to the section."""
        raise NotImplementedError

    def on_resize(self, event: events.Resize) -> None:
        """Choose a layout for the new size."""
        del event
        if hasattr(self, "prompt"):
            self.lay_out()

    def lay_out(self) -> None:
        """Show the current section, and around it what there is room for."""
        height = self.size.height
        self.set_class(self.is_zoomed, "-zoomed")
        self.set_class(height < _EXPLAINED, "-unexplained")
        self.set_class(height < _TITLED, "-low")
        self.set_class(height < _PLOTTED, "-plotless")
        for index, pane in enumerate(self.panes):
            shown = pane.parent if pane is self.groups else pane
            if isinstance(shown, Pane | Vertical):
                shown.set_class(index == self.section, "-current")
        self.query_one(SectionTabs).show(NAMES[: self.sections], self.section)

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, event: PaneTabs.Chosen) -> None:
        self.show_section(event.index)

    def explain(self, text: str) -> None:
        """Say below the section what the cursor is on."""
        shown = drawable(text, self.owner.glyphs)
        if shown != self._explained:
            self._explained = shown
            self.query_one("#explanation", Static).update(Content(shown), layout=False)

    _explained = ""

    def show_hints(self) -> None:
        """Show the keys of this section in the footer."""
        hints = footer_hints(self.contexts, self.owner.user_keymap, ascii_only=self.owner.is_ascii)
        # Sections are what a newcomer has to find.
        hints.sort(key=lambda hint: hint.command.id != "move.next_pane")
        hints.sort(key=lambda hint: hint.command.footer < _FIRST)
        self.query_one(FooterBar).show_hints([
            (hint.key, _TITLES.get(hint.command.id, hint.title)) for hint in hints
        ])  # fmt: skip
