"""What the sections of a comparison show, kept in step with what was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on

from queries.models import ActivityNode, Relation, SessionRow, Snapshot
from queries.models.alignment import Alignment
from queries.models.comparison import Comparison
from tui.reader import Answer
from tui.screens import compare_words
from tui.screens.compare_layout import GROUPS, MATRIX, METRICS, OVERLAY, STEPS, CompareLayout
from tui.screens.compare_matrix import matrix_of
from tui.screens.compare_reading import SLOT, CompareReading
from tui.screens.compare_titles import telling_titles
from tui.screens.compare_wanted import Wanted
from tui.screens.reading import Reading
from widgets.glyphs import drawable
from widgets.line_text import Pieces, word_lines
from widgets.pane import Pane
from widgets.session_columns import SessionColumns
from widgets.words_bar import SectionTabs, WordsBar

_OFTEN = 0.5
"""Seconds between two looks at whether it is time to read again."""


class CompareShowing(Reading, CompareLayout):
    """The sections and the lines above them. Commands are in the subclasses."""

    slot = SLOT

    def __init__(
        self,
        wanted: Wanted,
        *,
        row_of: Callable[[str], SessionRow | None],
        is_paused: Callable[[], bool],
    ) -> None:
        """Compare sessions.

        Args:
            wanted: which ones.
            row_of: the line of a session as of the newest snapshot.
            is_paused: whether the user has frozen what is shown.
        """
        super().__init__()
        self._wanted = wanted
        self._row_of = row_of
        self._is_paused = is_paused
        self.has_groups = bool(wanted.groups)
        self.titles: tuple[str, ...] = ()
        self.column = 1
        self.relation = Relation.FOLLOWS
        self.matrix_mode = "difference"
        self.diagonal = True

    def on_mount(self) -> None:
        """Ask for everything and show that it is being read."""
        self.find_panes()
        owner = self.owner
        self.reading = CompareReading(
            self._wanted,
            owner.reader,
            owner.clock,
            self._row_of,
            owner.config.stale_minutes * 60,
        )
        self.show_section(GROUPS if self.has_groups else METRICS)
        self._show_words()
        self.reading.read(self._wanted_pair())
        self.set_interval(_OFTEN, self._read_if_due)

    # -- which sessions ---------------------------------------------------------------------

    @property
    def baseline(self) -> int:
        """The session that the others are compared with."""
        return self.reading.baseline

    @property
    def other(self) -> int:
        """The session that is looked at: the cursor's, or the first that is not the baseline."""
        if self.column != self.baseline:
            return self.column
        return 1 if self.baseline == 0 else 0

    @property
    def pair(self) -> tuple[int, int]:
        """The two sessions whose steps are aligned."""
        return (self.baseline, self.other)

    @property
    def comparison(self) -> Comparison | None:
        """What was read last."""
        return self.reading.comparison

    @property
    def alignment(self) -> Alignment | None:
        """The alignment of the pair that is looked at, if it is known."""
        known = self.reading.alignment
        ids = tuple(self._wanted.ids[index] for index in self.pair)
        return known if known is not None and (known.a_id, known.b_id) == ids else None

    def _wanted_pair(self) -> tuple[int, int] | None:
        """The pair to align: always of two sessions, of more only while steps are looked at."""
        if len(self._wanted.ids) == 2 or self.section == STEPS:
            return self.pair
        return None

    # -- news -------------------------------------------------------------------------------

    def take_answer(self, answer: Answer) -> None:
        """Show what was read."""
        self.reading.take_answer(answer)
        with self.app.batch_update():
            self._show_everything()

    def take(self, snapshot: Snapshot, news: Sequence[ActivityNode]) -> None:
        """Read again, in a while, what has changed."""
        del news
        if self.is_mounted and hasattr(self, "reading"):
            self.reading.take(snapshot)
            self._read_if_due()

    def pause_changed(self, on: bool) -> None:
        """Say that all stands still; what happened meanwhile is read as soon as it is due."""
        del on
        self._show_words()

    def _read_if_due(self) -> None:
        if self.reading.is_due() and not self._is_paused():
            self.reading.read(self._wanted_pair())

    def column_changed(self, column: int) -> None:
        """Look at another session everywhere."""
        if column == self.column:
            return
        self.column = column
        for table in (self.metrics, self.tools, self.agents):
            table.move_to_column(column)
        self._align_if_wanted()
        self.show_matrix()
        self._show_steps()
        self._show_words()

    @on(SessionColumns.ColumnMoved)
    def _column_moved(self, event: SessionColumns.ColumnMoved) -> None:
        if event.pane is self.pane or self.section in (STEPS, MATRIX):
            self.column_changed(event.column)

    def section_changed(self) -> None:
        """Show what belongs to the section."""
        if hasattr(self, "reading"):
            if self.section == OVERLAY:
                self.reading.want(self._wanted_pair(), curves=True)
            self._align_if_wanted()
            self._show_words()

    def show_relation(self, relation: Relation) -> None:
        """Count something else in the matrix."""
        self.relation = relation
        repeats = relation is Relation.FOLLOWS_ONCE
        self.reading.want(self._wanted_pair(), repeats=repeats)
        self.show_matrix()
        self.show_explanation()

    def _align_if_wanted(self) -> None:
        pair = self._wanted_pair()
        if pair is not None and self.comparison is not None:
            self.reading.align(pair)

    # -- showing ----------------------------------------------------------------------------

    def _show_everything(self) -> None:
        comparison = self.comparison
        if comparison is not None:
            whole = [run.row.title for run in comparison.runs]
            told = telling_titles(whole, [run.id for run in comparison.runs])
            self.titles = tuple(f"{number} {title}" for number, title in enumerate(told, 1))
            baseline = comparison.baseline
            self.metrics.show_comparison(comparison, self.titles)
            self.tools.show_tools(comparison.tools, self.titles, baseline)
            self.agents.show_agents(comparison.agents, self.titles, baseline)
            for table in (self.metrics, self.tools, self.agents):
                table.move_to_column(self.column)
            curves = [run.curve for run in comparison.runs if run.curve is not None]
            if len(curves) == len(told):
                self.overlay.show_curves(curves, told)
            self.show_matrix()
        elif self.reading.error:
            self.metrics.empty_text = self.reading.error
        if self.reading.groups is not None:
            self.groups.show_groups(self.reading.groups)
            self.plot.show_metric(self.groups.current)
        self._show_steps()
        self._show_words()

    def show_matrix(self) -> None:
        """Show the interactions that are chosen."""
        comparison = self.comparison
        if comparison is None:
            return
        chosen, mode, why_empty = matrix_of(comparison, self.matrix_mode, self.relation, self.pair)
        self.matrix.show_interactions(chosen, mode, self.diagonal)
        if why_empty:
            self.matrix.empty_text = why_empty
        self._show_covers()

    def _show_steps(self) -> None:
        if self.comparison is None:
            return
        error = self.reading.error
        self.steps.empty_text = error or (
            "Neither session has a step." if self.alignment else "Aligning the steps ..."
        )
        a, b = self.pair
        self.steps.show_alignment(self.alignment, (self.titles[a], self.titles[b]))

    def _show_words(self) -> None:
        """The lines above the section and the one below it."""
        comparison, groups, glyphs = self.comparison, self.reading.groups, self.owner.glyphs
        width = self.size.width
        first: Pieces = ((f" {self.reading.error or 'Reading the sessions ...'}", "strong"),)
        second: Pieces = ()
        third: Pieces = ()
        if self.section == GROUPS:
            if groups is not None:
                first = compare_words.group_verdict(groups, width, glyphs)
                second, third = compare_words.group_summary(groups, width)
        elif comparison is not None:
            first = compare_words.verdict(comparison, self.titles, self.column, width, glyphs)
            second = compare_words.changes(comparison, self.column, glyphs)
            if self.section == STEPS and self.alignment is not None:
                second = compare_words.steps_tally(self.alignment, glyphs)
            third = compare_words.divergence(self.alignment, self._wanted_pair() is not None, width)
            if len(self.titles) > 2 and self.section != STEPS:
                third = compare_words.whole_name(comparison, self.column, self.owner.zone)
                third = (*third, *compare_words.left_out(self._wanted.left_out))
        live: Pieces = ((f"{glyphs.running} live ", "ok"),) if self.reading.is_live else ()
        if self._is_paused():
            live = ((f"{glyphs.paused} paused ", "warning"),)
        for name, pieces, right in (
            ("#verdict", first, live), ("#changes", second, ()), ("#divergence", third, ())
        ):  # fmt: skip
            self.query_one(name, WordsBar).show(pieces, right)
        self._show_covers()
        self.show_explanation()

    def show_explanation(self) -> None:
        """Say what the cursor is on, and what to keep in mind."""
        width = max(20, self.size.width - 2)
        notes = compare_words.notes(self.comparison) if self.comparison is not None else ""
        if self.section == STEPS:
            alignment = self.alignment
            text = self.steps.sentence()
            notes = "" if alignment is None else f"{alignment.method} {alignment.caution}"
        elif self.section == OVERLAY:
            text = self.overlay.hint()
        elif self.section == MATRIX:
            text = f"{self.matrix_whose()} · {self.matrix.text_under_cursor().strip()}"
        else:
            text = self.pane.text_under_cursor()
        lines = word_lines(text, width, 2) if text else []
        if len(lines) < 2 and notes:
            lines += word_lines(notes, width, 2 - len(lines))
        self.explain("\n".join(lines))

    def masking_changed(self) -> None:
        """Say everything anew: secrets are covered now, or shown."""
        self._show_words()

    def matrix_whose(self) -> str:
        """Whose interactions are shown, in words."""
        if not self.titles:
            return ""
        base, other = self.titles[self.baseline], self.titles[self.other]
        if self.matrix_mode == "difference":
            return f"{self.relation.value}: {other} minus {base}"
        return f"{self.relation.value}: {other if self.matrix_mode == 'session' else base}"

    def _show_covers(self) -> None:
        only = self.metrics.only
        text = self.pane.covers()
        if self.section == METRICS and only is not None:
            text = f"only {only.value} · {text}"
        if self.section == MATRIX:
            text = self.matrix_whose()
        self.query_one(SectionTabs).show_covers(drawable(text, self.owner.glyphs))

    @on(Pane.ViewChanged)
    @on(Pane.CursorMoved)
    def _looked_elsewhere(self) -> None:
        if self.section == GROUPS:
            self.plot.show_metric(self.groups.current)
        self._show_covers()
        self.show_explanation()
