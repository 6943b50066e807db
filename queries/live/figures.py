"""The figures of a whole store, made anew only when what they rest on has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from queries.fold import Fold
from queries.folding.declared_tools import DeclaredTools
from queries.folding.fold_parts import KnownSum, amounts_of
from queries.interactions import HandoffPairs, agent_statistics, all_interactions
from queries.models import (
    AgentStatistic,
    Interactions,
    Relation,
    StoreTotals,
    ToolStatistic,
)
from queries.tools import tool_statistics

_T = TypeVar("_T")


class Figures:
    """Tools, agents, matrices and totals. What comes out the same stays the same object."""

    def __init__(self) -> None:
        self._basis: object = None
        self.tools: tuple[ToolStatistic, ...] = ()
        self.agents: tuple[AgentStatistic, ...] = ()
        self.interactions: dict[Relation, Interactions] = {}
        self._waiting = self._waiting_calls = 0
        self._waiting_tokens = self._waiting_cost = KnownSum()

    def refresh(
        self,
        basis: object,
        fold: Fold,
        is_alive: Callable[[str], bool],
        declared: DeclaredTools,
        handoffs: HandoffPairs,
    ) -> None:
        """Make them anew unless ``basis`` equals that of the last time."""
        if basis == self._basis:
            return
        self._basis = basis
        self.tools = _kept(self.tools, tool_statistics(fold, is_alive, declared))
        self.agents = _kept(self.agents, agent_statistics(fold))
        before = self.interactions
        matrices = {
            relation: _kept(before.get(relation, matrix), matrix)
            for relation, matrix in all_interactions(fold, handoffs).items()
        }
        self.interactions = _kept(before, matrices)
        starts = list(fold.all_waiting())
        self._waiting = len(starts)
        self._waiting_calls = sum(start.is_call for start in starts)
        self._waiting_tokens, self._waiting_cost = amounts_of(starts)

    def totals(self, fold: Fold, *, sessions: int, running: int, counted: float) -> StoreTotals:
        """Counts over the whole store, as of the last :meth:`refresh`."""
        return StoreTotals(
            sessions=sessions,
            running=running,
            events=fold.events + self._waiting,
            messages=fold.messages,
            tool_calls=fold.calls + self._waiting_calls,
            ok=fold.ok,
            errors=fold.errors,
            finished_calls=fold.ok + fold.failed_calls,
            tokens=(fold.tokens + self._waiting_tokens).whole,
            cost=(fold.cost + self._waiting_cost).value,
            agents=len(self.agents),
            counted=counted,
        )


def _kept(before: _T, now: _T) -> _T:
    return before if before == now else now
