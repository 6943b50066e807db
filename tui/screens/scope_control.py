"""What tools and interactions show: the focused session, the marked ones, or all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from queries.activity_reader import Ranges
from queries.models import (
    AggregatedTool,
    Event,
    Handoff,
    Interactions,
    Relation,
    Scope,
    ScopeFigures,
    Snapshot,
    ToolStatistic,
)
from queries.scope import ScopeCounter
from queries.side_tables import aggregated_tools, handoffs
from queries.store import Store
from tui.reader import Answer, Reader
from widgets.interaction_matrix import InteractionMatrix
from widgets.matrix_figures import ValueMode
from widgets.tool_table import ToolTable

SLOT = "scope"
MODES = ("focused", "marked", "all")
TOOL_ORDERS = ("calls", "tool", "ok", "errors", "p50", "p95", "total")
VALUES: tuple[ValueMode, ...] = ("count", "row_share", "expected")


@dataclass(frozen=True, slots=True)
class _Counted:
    """A scope that is counted wholly, with what is needed to go on."""

    counter: ScopeCounter
    aggregated: tuple[AggregatedTool, ...]
    handed: tuple[Handoff, ...]


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
    ) -> None:
        """Args: is_alive and ranges_of answer for a session id."""
        self._tools = tools
        self._matrix = matrix
        self._reader = reader
        self._is_alive = is_alive
        self._ranges_of = ranges_of
        self._snapshot: Snapshot | None = None
        self._counted: _Counted | None = None
        self._figures: ScopeFigures | None = None
        self._loading = False
        self._kept: list[tuple[tuple[Event, ...], tuple[Event, ...]]] = []
        self.mode = "focused"
        self.scope = Scope()
        self.relation = Relation.FOLLOWS
        self.value: ValueMode = "count"
        self.diagonal = True
        self.tool_sort = "calls"
        self.tool_reverse = False

    # -- what is covered --------------------------------------------------------------------

    def set_scope(self, mode: str, scope: Scope) -> None:
        """Cover other sessions; a scope that names none covers all."""
        self.mode = mode
        if scope == self.scope and self._figures is not None:
            return
        same = scope.session_ids == self.scope.session_ids and self._figures is not None
        self.scope = scope
        if same:
            return
        self._counted = None
        self._figures = None
        self.reload()

    def reload(self) -> None:
        """Count the scope (again)."""
        if not self.scope.session_ids:
            self._loading = False
            self.show()
            return
        scope, is_alive, ranges_of = self.scope, self._is_alive, self._ranges_of

        def work(store: Store) -> Iterator[object]:
            counter = ScopeCounter(store, scope)
            aggregated, handed = aggregated_tools(store), handoffs(store)
            for _ in counter.read(store, ranges_of):
                if counter.counted < 1.0:
                    yield counter.figures(is_alive, aggregated, handed)
            yield _Counted(counter, aggregated, handed)

        self._loading = True
        self._kept.clear()
        self._reader.request(SLOT, work)

    def take_answer(self, answer: Answer) -> str:
        """Show what was counted so far; returns a sentence when it could not be."""
        if isinstance(answer.value, ScopeFigures):
            self._figures = answer.value
        elif isinstance(answer.value, _Counted):
            self._loading = False
            self._counted = answer.value
            for arrived, updated in self._kept:
                self._count(arrived, updated)
            self._kept.clear()
            self._count_up()
        else:
            self._loading = False
            return answer.error
        self.show()
        return ""

    def take(self, snapshot: Snapshot) -> None:
        """Bring both panes up to date with a newer snapshot."""
        self._snapshot = snapshot
        if not self.scope.session_ids:
            self.show()
        elif snapshot.arrived_cut:
            self.reload()
        elif self._loading:
            self._kept.append((snapshot.arrived, snapshot.updated))
        elif self._counted is not None and self._count(snapshot.arrived, snapshot.updated):
            self._count_up()
            self.show()

    def _count(self, arrived: tuple[Event, ...], updated: tuple[Event, ...]) -> bool:
        if self._counted is None:
            return False
        counter = self._counted.counter
        return counter.add(arrived) | counter.update(updated)

    def _count_up(self) -> None:
        if self._counted is not None:
            counted = self._counted
            self._figures = counted.counter.figures(
                self._is_alive, counted.aggregated, counted.handed
            )

    # -- what is shown ----------------------------------------------------------------------

    @property
    def tools(self) -> tuple[ToolStatistic, ...]:
        """The tool statistics of the scope, as far as they are counted."""
        if self.scope.session_ids:
            return () if self._figures is None else self._figures.tools
        return () if self._snapshot is None else self._snapshot.tools

    @property
    def interactions(self) -> Interactions:
        """The matrix of the scope."""
        known = None
        if self.scope.session_ids:
            known = None if self._figures is None else self._figures.interactions
        elif self._snapshot is not None:
            known = self._snapshot.interactions
        empty = Interactions(self.relation, (), {}, "nothing counted yet")
        return empty if known is None else known.get(self.relation, empty)

    @property
    def progress(self) -> str:
        """How much is counted, for a title: "" once it is all."""
        part = 1.0
        if self.scope.session_ids:
            part = 0.0 if self._figures is None else self._figures.counted
        elif self._snapshot is not None:
            part = self._snapshot.totals.counted
        return "" if part >= 1.0 else f"{int(part * 100)} % counted"

    def show(self) -> None:
        """Show the present figures."""
        self._tools.show_tools(self.tools, self.tool_sort, self.tool_reverse)
        self._matrix.show_interactions(self.interactions, self.value, self.diagonal)

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
