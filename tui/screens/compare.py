"""Comparing sessions: what the user can do on that screen."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from queries.models import Relation
from queries.models.alignment import Step
from queries.models.comparison import Change
from tui.commands import SECTIONS, bindings_for
from tui.cycling import next_of
from tui.export import give_text
from tui.screens.compare_giving import FORMS, Given, command_line, export_text
from tui.screens.compare_layout import AGENTS, GROUPS, MATRIX, METRICS, OVERLAY, STEPS, TOOLS
from tui.screens.compare_matrix import MATRICES
from tui.screens.compare_showing import CompareShowing
from tui.screens.prompt import Prompt
from tui.screens.step_difference import StepDifferenceScreen
from widgets.alignment_view import AlignmentView
from widgets.comparison_table import FILTERS
from widgets.group_table import GroupTable
from widgets.overlay_chart import MEASURES
from widgets.session_columns import SessionColumns

_LIVE_SEARCH = 5000
"""Lines up to which a search runs while it is being typed."""
_NOTHING = {
    METRICS: "All metrics that are shown are the same.",
    TOOLS: "Every tool is called and fails equally often.",
    AGENTS: "Every agent does equally much.",
    STEPS: "All steps are the same.",
    GROUPS: "No difference between the groups is shown.",
}


class CompareScreen(CompareShowing):
    """Sessions side by side, step by step, over time, and as groups.

    Dismissed with the event that the user wants to see in its session, or with None.
    """

    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_for(("compare", *SECTIONS)))

    # Move and find

    def action_pane(self, method: str) -> None:
        """Move in the section; beside steps, left and right go to another session."""
        if self.section == STEPS and method in ("cursor_left", "cursor_right"):
            getattr(self.metrics, f"action_{method}")()
        else:
            super().action_pane(method)

    def action_focus_pane(self, step: int) -> None:
        """Go to the next section, or the one before."""
        self.show_section(self.section + step)

    def action_next_match(self, step: int) -> None:
        """Go to the next match; where nothing is searched for, to the next difference."""
        if self.pane.needle:
            if not self.pane.find_next(step):
                self.say(f"Nothing here holds {self.pane.needle!r}.")
        elif not self._next_difference(step):
            self.say(_NOTHING.get(self.section, "Search for something first."))

    def _next_difference(self, step: int) -> bool:
        pane = self.pane
        return isinstance(
            pane, SessionColumns | AlignmentView | GroupTable
        ) and pane.next_difference(step)

    @on(Prompt.Typed)
    def _typed(self, event: Prompt.Typed) -> None:
        if event.purpose == "search" and self.pane.line_count <= _LIVE_SEARCH:
            self.pane.find(event.text)

    @on(Prompt.GivenUp)
    def _given_up(self, event: Prompt.GivenUp) -> None:
        if event.purpose == "search":
            self.pane.find("")
        self.pane.focus()

    @on(Prompt.Answered)
    def _answered(self, event: Prompt.Answered) -> None:
        # At once: what was answered may be asked again.
        self.set_focus(self.pane)
        if event.purpose == "export":
            self._export_as(event.text)
        elif not self.pane.find(event.text) and event.text:
            self.prompt.tell(f"Nothing here holds {event.text!r}.")

    # Compare

    def action_compare(self) -> None:
        """Already here."""

    def action_baseline(self) -> None:
        """Compare with the session under the cursor."""
        before = self.baseline
        if self.column == before:
            self.say("That is the baseline already: move to another session first.")
            return
        chosen = self.column
        # The cursor goes to the session that it was compared with.
        self.reading.baseline = chosen
        self.column_changed(before)
        self.reading.rebase(chosen, self._wanted_pair())

    def action_filter_changes(self) -> None:
        """Show the better metrics only, then the worse ones and so on, then all again."""
        if self.comparison is None:
            return
        at = FILTERS.index(self.metrics.only)
        present = {change for row in self.comparison.metrics for change in row.changes}
        for distance in range(1, len(FILTERS) + 1):
            chosen: Change | None = FILTERS[(at + distance) % len(FILTERS)]
            if chosen is None or chosen in present:
                self.metrics.show_only(chosen)
                break
        self._show_words()

    def action_cycle_matrix(self) -> None:
        """Show the difference, this session's matrix, or the baseline's."""
        self.matrix_mode = next_of(MATRICES, self.matrix_mode)
        self.show_matrix()
        self.show_explanation()

    def action_cycle_relation(self) -> None:
        """Count something else in the matrix."""
        self.show_relation(next_of(list(Relation), self.relation))

    def action_toggle_diagonal(self) -> None:
        """Leave out, or count, those that follow themselves."""
        self.diagonal = not self.diagonal
        self.show_matrix()

    def action_cycle_measure(self) -> None:
        """Draw events, errors or tokens."""
        self.overlay.show_measure(next_of(MEASURES, self.overlay.measure))
        self._show_words()

    def action_open_side(self, side: str) -> None:
        """Leave for the step under the cursor in one of the two sessions."""
        a, b = self.steps.current_steps
        step = a if side == "left" else b
        if step is None:
            self.say(f"There is no step on the {side} here.")
        else:
            self.dismiss(step.event)

    # Screens

    @on(AlignmentView.LineOpened)
    def _line_opened(self, event: AlignmentView.LineOpened) -> None:
        event.stop()
        a, b = self.pair
        sides: tuple[tuple[str, Step | None], ...] = (
            (self.titles[a], event.a),
            (self.titles[b], event.b),
        )
        # Another screen may have come above this one meanwhile.
        if self.is_active:
            self.app.push_screen(StepDifferenceScreen(sides, self.steps.sentence()))

    def action_back(self) -> None:
        """Undo the nearest of: search, zoom, filter; then go back to the main screen."""
        if self.pane.needle:
            self.pane.find("")
        elif self.is_zoomed:
            self.action_toggle_zoom()
        elif self.section == METRICS and self.metrics.only is not None:
            self.metrics.show_only(None)
            self._show_words()
        else:
            self.action_main_screen()

    def action_main_screen(self) -> None:
        """Go back to the main screen."""
        self.dismiss(None)

    def let_go(self) -> None:
        """Read no further."""
        self.owner.reader.cancel(self.slot)

    # Program

    def action_export_view(self) -> None:
        """Ask in which form to write the comparison to a new file."""
        if not self.reading.is_complete:
            self.say("Not everything is read yet.")
        else:
            self._ask_form("json")

    def _ask_form(self, text: str) -> None:
        self.prompt.ask("export", f"export as {', '.join(FORMS)}: ", text)

    def command_line(self) -> str:
        """The shell command that prints this comparison."""
        return command_line(self.owner.path, self._given())

    def _given(self) -> Given:
        return Given(
            wanted=self._wanted,
            baseline=self.baseline,
            pair=self.pair if self.section == STEPS else None,
            as_groups=self.section == GROUPS,
            relation=self.relation,
            with_overlay=self.section == OVERLAY,
            with_relation=self.section == MATRIX,
        )

    def _export_as(self, text: str) -> None:
        matches = [form for form in FORMS if text.strip() and form.startswith(text.strip().lower())]
        comparison = self.comparison
        if not matches or comparison is None:
            self.prompt.tell(f"There is no form {text!r}: take {', '.join(FORMS)}.")
            self._ask_form(text)
            return
        form, given, alignment, groups = (
            matches[0],
            self._given(),
            self.alignment,
            self.reading.groups,
        )

        def work() -> str:
            made = export_text(form, given, comparison, alignment, groups)
            masking = self.owner.masks_exports
            return give_text("session-tui-compare", FORMS[form], made, masking=masking)

        async def run() -> None:
            self.say(await asyncio.to_thread(work))

        self.run_worker(run(), group="export", exit_on_error=False)
