"""What tools and interactions show: the focused session, the marked ones, or all."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from queries.models import (
    Interactions,
    Relation,
    Scope,
    ScopeFigures,
    Snapshot,
    StoreState,
    ToolStatistic,
)
from queries.plain_data import replace
from queries.trees.activity_reader import Ranges
from tui.pause import Pause
from tui.reader import Answer, Reader
from tui.screens import scope_layout
from tui.screens.scope_layout import Away, LaidOut, ScopeLayout, Wanted, at_once
from tui.screens.scope_reading import Counted, Side, counting, reading_beside
from widgets.interaction_matrix import InteractionMatrix
from widgets.matrix_figures import ValueMode
from widgets.tool_table import ToolTable

SLOT = "scope"
SIDE_SLOT = "side"
MODES = ("focused", "marked", "all")
TOOL_ORDERS = ("calls", "tool", "ok", "errors", "p50", "p95", "total")
REST = 5.0
"""Rows that change in place have a scope counted anew after so many times as long as that took."""
_WAITING = "Counting ..."
VALUES: tuple[ValueMode, ...] = ("count", "row_share", "expected")


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
        self._reader = reader
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._title_of = title_of
        self._away = away
        self._layout = ScopeLayout(self._draw, away)
        self._has_events = has_events
        self._snapshot: Snapshot | None = None
        self._counted: Counted | None = None
        """What is counted wholly; its own figures are those of the beginning."""
        self._figures: ScopeFigures | None = None
        self._loading = False
        self._is_amended = False
        """Whether rows that are counted changed in a way that takes counting anew."""
        self._pause = Pause(time.monotonic, 0.0, REST)
        """Until when it is not begun again for that."""
        self._failed = False
        self._kept: list[Snapshot] = []
        """Those that are not counted yet."""
        self._is_counting = False
        """Whether some are being counted, which nothing else may do meanwhile."""
        self._is_stale = False
        """Whether figures are to be made anew even where nothing is to be counted."""
        self._alive: frozenset[str] = frozenset()
        self._side_mark = 0
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
        if self._figures is not None and _ids(before) == _ids(scope):
            return
        self._counted = None
        self._figures = None
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
        self._failed = self._is_amended = False
        self._kept.clear()
        scope = self.scope
        if scope is None or not scope.session_ids:
            self._loading = False
            self._reader.cancel(SLOT)
            self.show()
            return
        work = counting(scope, self._is_alive, self._ranges_of, is_again=self._counted is not None)
        self._loading = True
        self._pause.begin()
        self._alive = self._alive_now()
        self._side_mark = 0 if self._snapshot is None else self._snapshot.declared
        self.show()
        self._reader.request(SLOT, work)

    def retry(self) -> None:
        """Count again what could not be read before, or is not what was counted any more."""
        is_due = self._is_amended and self._pause.is_over()
        if (self._failed or is_due) and not self._loading:
            self.reload()

    def take_answer(self, answer: Answer) -> str:
        """Show what was counted so far; returns a sentence when it could not be."""
        was_waiting, self.is_waiting = self.is_waiting, False
        if isinstance(answer.value, ScopeFigures):
            self._figures = answer.value
        elif isinstance(answer.value, Counted):
            self._loading = False
            self._pause.end()
            self._counted, self._figures = answer.value, answer.value.figures
            # Which sessions run may be known better than when it began.
            self._count(is_stale=self._alive != self._alive_now())
        elif isinstance(answer.value, Side):
            if self._counted is not None:
                self._counted = replace(self._counted, side=answer.value)
                self._count(is_stale=True)
        else:
            if was_waiting:
                self.show()
            self._loading = False
            self._pause.end()
            self._failed = answer.retry
            return answer.error
        self.show()
        return ""

    def take(self, snapshot: Snapshot) -> None:
        """Bring both panes up to date with a newer snapshot."""
        self._snapshot = snapshot
        if self.scope is None:
            return
        self._is_amended |= not snapshot.amended.isdisjoint(self.scope.session_ids)
        if not self.scope.session_ids:
            self.show()
        elif snapshot.arrived_cut:
            self.reload()
        elif self._loading:
            self._kept.append(snapshot)
        elif self._counted is not None:
            self._kept.append(snapshot)
            self._count()
            self._read_side(snapshot)
        if snapshot.state is StoreState.LIVE:
            self.retry()

    def _count(self, *, is_stale: bool = False) -> None:
        """Count what arrived and changed, and show what comes of it; at once if it is little."""
        counted = self._counted
        self._is_stale |= is_stale
        if counted is None or self._is_counting or not (self._kept or self._is_stale):
            return
        kept, self._kept = self._kept, []
        before, self._alive = self._alive, self._alive_now()
        may_differ, self._is_stale = self._is_stale or before != self._alive, False
        counter, side, is_alive = counted.counter, counted.side, self._is_alive

        def work() -> ScopeFigures | None:
            differs = may_differ
            for snapshot in kept:
                differs |= counter.add(snapshot.arrived) | counter.update(snapshot.updated)
            return counter.figures(is_alive, side.aggregated, side.handed) if differs else None

        arrived = sum(len(snapshot.arrived) + len(snapshot.updated) for snapshot in kept)
        is_little = counter.size + arrived <= scope_layout.AT_ONCE
        self._is_counting = True
        (at_once if is_little else self._away)(work, partial(self._take_count, counted))

    def _take_count(self, counted: Counted, figures: ScopeFigures | None) -> None:
        self._is_counting = False
        known = None if self._counted is None else self._counted.counter
        if figures is not None and known is counted.counter:
            self._figures = figures
            self.show()
        if not self._loading:
            self._count()

    def _alive_now(self) -> frozenset[str]:
        ids = () if self.scope is None else self.scope.session_ids
        return frozenset(filter(self._is_alive, ids))

    def _read_side(self, snapshot: Snapshot) -> None:
        """Read hand-offs and the store's own totals again when they seem to have changed."""
        if snapshot.declared != self._side_mark and self.scope is not None:
            self._side_mark = snapshot.declared
            self._reader.request(SIDE_SLOT, reading_beside(self.scope))

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
        return () if self._figures is None else self._figures.tools

    @property
    def interactions(self) -> Interactions:
        """The matrix of the scope."""
        figures = self._snapshot if self._covers_all else self._figures
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
            part = 0.0 if self._figures is None else self._figures.counted
        return "" if part >= 1.0 else f"{int(part * 100)} % counted"

    def show(self) -> None:
        """Show the present figures."""
        if self.is_waiting:
            return
        covered = (self._past, _ids(self.scope))
        order = (self.tool_sort, self.tool_reverse)
        self._layout.want(Wanted(covered, self.tools, *order, self.interactions, self.diagonal))

    def _draw(self, made: LaidOut) -> None:
        waiting = self._loading and self._figures is None
        self._tools.show_rows(made.tools)
        self._matrix.show_figures(made.wanted.interactions, made.matrix, self.value)
        self._tools.empty_text = _WAITING if waiting else "No tool has been called yet."
        if waiting:
            self._matrix.empty_text = _WAITING
        elif not self._has_events():
            self._tools.empty_text = "This store keeps no events, and so no calls."
            self._matrix.empty_text = "This store keeps no events: nobody speaks, nobody hands on."

    def cycle_tool_sort(self) -> str:
        """Sort the tools by the next column; returns its name."""
        at = TOOL_ORDERS.index(self.tool_sort) if self.tool_sort in TOOL_ORDERS else -1
        self.tool_sort = TOOL_ORDERS[(at + 1) % len(TOOL_ORDERS)]
        self.show()
        return self.tool_sort

    def turn_tools(self) -> None:
        """Reverse the order of the tools."""
        self.tool_reverse = not self.tool_reverse
        self.show()

    def cycle_relation(self) -> Relation:
        """Show the next matrix; returns what it counts."""
        relations = list(Relation)
        self.relation = relations[(relations.index(self.relation) + 1) % len(relations)]
        self.show()
        return self.relation

    def cycle_value(self) -> ValueMode:
        """Show other values in the cells; returns their name."""
        self.value = VALUES[(VALUES.index(self.value) + 1) % len(VALUES)]
        self.show()
        return self.value

    def toggle_diagonal(self) -> bool:
        """Leave out or count those that follow themselves; returns whether they count."""
        self.diagonal = not self.diagonal
        self.show()
        return self.diagonal


def _ids(scope: Scope | None) -> tuple[str, ...] | None:
    return None if scope is None else scope.session_ids
