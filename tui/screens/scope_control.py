"""What tools and interactions show: the focused session, the marked ones, or all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from queries.models import Interactions, Relation, Scope, ScopeFigures, Snapshot, ToolStatistic
from queries.trees.activity_reader import Ranges
from tui.cycling import next_of
from tui.reader import Answer, Reader
from tui.screens.scope_counting import ScopeCounting
from tui.screens.scope_layout import Away, LaidOut, ScopeLayout, Wanted, at_once
from widgets.interaction_matrix import InteractionMatrix
from widgets.matrix_figures import ValueMode
from widgets.tool_table import ToolTable

TOOL_ORDERS: Final = ("calls", "tool", "ok", "errors", "p50", "p95", "total")
VALUES: Final[tuple[ValueMode, ...]] = ("count", "row_share", "expected")
_WAITING: Final = "Counting ..."


class ScopeControl:
    """Keeps the tool table and the matrix in step with the scope."""

    def __init__(
        self,
        tools: ToolTable,
        matrix: InteractionMatrix,
        reader: Reader,
        *,
        is_alive: Callable[[str], bool],
        ranges_of: Callable[[str], Ranges | None],
        title_of: Callable[[str], str],
        has_events: Callable[[], bool] = lambda: True,
        away: Away = at_once,
    ) -> None:
        """Construct it.

        Args:
            tools: where tools are drawn.
            matrix: where interactions are.
            reader: reads calls.
            is_alive: whether a session runs, by its id.
            ranges_of: where its counted rows lie.
            title_of: what it is called.
            has_events: whether the store has any.
            away: does long work.
        """
        self._tools = tools
        self._matrix = matrix
        self._title_of = title_of
        self._layout = ScopeLayout(self._draw, away)
        self._has_events = has_events
        self._counting = ScopeCounting(
            reader, self.show, is_alive=is_alive, ranges_of=ranges_of, away=away
        )
        self._snapshot: Snapshot | None = None
        self._past: ScopeFigures | None = None
        self.past_words = ""
        """As of when the figures are; "" for the present."""
        self.is_waiting = False
        """Whether the panes still show what was covered before, see :meth:`turn_over`."""
        self.mode = "focused"
        self.scope: Scope | None = None
        """What is covered; None: nothing, for there is no session."""
        self.relation = Relation.FOLLOWS
        self.value: ValueMode = "count"
        self.diagonal = True
        self.tool_sort = "calls"
        self.tool_reverse = False

    # -- what is covered --------------------------------------------------------------------

    def set_scope(self, mode: str, scope: Scope | None, *, waits: bool = False) -> None:
        """Cover other sessions; a scope that names none covers all, None covers nothing.

        With ``waits`` what was covered before is shown until there is an answer, or
        :meth:`turn_over` is called.
        """
        self.mode = mode
        before, self.scope = self.scope, scope
        if self._counting.figures is not None and _ids(before) == _ids(scope):
            return
        self._counting.forget()
        self.is_waiting = waits and scope is not None and bool(scope.session_ids)
        self.reload()

    def turn_over(self) -> bool:
        """Show nothing of what was covered before any more; whether that was still shown."""
        was_waiting, self.is_waiting = self.is_waiting, False
        if was_waiting:
            self.show()
        return was_waiting

    def show_past(self, figures: ScopeFigures | None) -> None:
        """Show the figures of an instant; None: those of the scope again."""
        if figures is not self._past:
            self._past = figures
            self.show()

    @property
    def label(self) -> str:
        """What is covered, in words."""
        if self._past is not None:
            return self.past_words
        if self.scope is None:
            return "no session"
        ids = self.scope.session_ids
        # A session may get another title while it is covered.
        return self._title_of(ids[0]) if self.mode == "focused" and ids else self.scope.label

    def reload(self) -> None:
        """Count the scope (again)."""
        self._counting.begin(self.scope if _ids(self.scope) else None)

    def retry(self) -> None:
        """See :meth:`ScopeCounting.retry`."""
        self._counting.retry()

    def take_answer(self, answer: Answer) -> str:
        """Show what was counted so far; returns a sentence when it could not be."""
        self.is_waiting = False
        return self._counting.take_answer(answer)

    def take(self, snapshot: Snapshot) -> None:
        """Bring both panes up to date with a newer snapshot."""
        self._snapshot = snapshot
        self._counting.take(snapshot)
        if self._covers_all:
            self.show()

    # -- what is shown ----------------------------------------------------------------------

    @property
    def _covers_all(self) -> bool:
        return self.scope is not None and not self.scope.session_ids

    @property
    def tools(self) -> tuple[ToolStatistic, ...]:
        """The tool statistics of the scope, as far as they are counted."""
        if self._past is not None:
            return self._past.tools
        if self._covers_all:
            return () if self._snapshot is None else self._snapshot.tools
        figures = self._counting.figures
        return () if figures is None else figures.tools

    @property
    def interactions(self) -> Interactions:
        """The matrix of the scope."""
        figures = self._snapshot if self._covers_all else self._counting.figures
        figures = figures if self._past is None else self._past
        known = None if figures is None else figures.interactions
        empty = Interactions(self.relation, (), {}, "nothing counted yet")
        return empty if known is None else known.get(self.relation, empty)

    @property
    def progress(self) -> str:
        """How much is counted, for a title: "" once it is all."""
        part = 1.0
        if self._past is not None:
            return ""
        if self._covers_all:
            part = 1.0 if self._snapshot is None else self._snapshot.totals.counted
        elif self.scope is not None:
            figures = self._counting.figures
            part = 0.0 if figures is None else figures.counted
        return "" if part >= 1.0 else f"{int(part * 100)} % counted"

    def show(self) -> None:
        """Show the present figures."""
        if self.is_waiting:
            return
        covered = (self._past, _ids(self.scope))
        order = (self.tool_sort, self.tool_reverse)
        self._layout.want(Wanted(covered, self.tools, *order, self.interactions, self.diagonal))

    def _draw(self, made: LaidOut) -> None:
        waiting = self._counting.is_beginning
        self._tools.show_rows(made.tools)
        self._matrix.show_figures(made.wanted.interactions, made.matrix, self.value)
        self._tools.empty_text = _WAITING if waiting else "No tool has been called yet."
        if waiting:
            self._matrix.empty_text = _WAITING
        elif not self._has_events():
            self._tools.empty_text = "This store keeps no events, and so no calls."
            self._matrix.empty_text = "This store keeps no events: nobody speaks, nobody hands on."

    def cycle_tool_sort(self) -> None:
        """Sort the tools by the next column."""
        self.tool_sort = next_of(TOOL_ORDERS, self.tool_sort)
        self.show()

    def turn_tools(self) -> None:
        """Reverse the order of the tools."""
        self.tool_reverse = not self.tool_reverse
        self.show()

    def cycle_relation(self) -> None:
        """Show the next matrix."""
        self.relation = next_of(list(Relation), self.relation)
        self.show()

    def cycle_value(self) -> None:
        """Show other values in the cells."""
        self.value = next_of(VALUES, self.value)
        self.show()

    def toggle_diagonal(self) -> None:
        """Leave out or count those that follow themselves."""
        self.diagonal = not self.diagonal
        self.show()


def _ids(scope: Scope | None) -> tuple[str, ...] | None:
    return None if scope is None else scope.session_ids
