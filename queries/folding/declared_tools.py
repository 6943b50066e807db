"""Totals per session and tool that a store keeps itself: they count where no single call does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from queries.folding.batch import ToolKey
from queries.folding.fold_parts import KnownSum
from queries.models import AggregatedTool

if TYPE_CHECKING:
    from queries.fold import Fold


class DeclaredSum:
    """What is declared of one tool and operation."""

    __slots__ = ("calls", "errors", "no_outcome", "ok", "seconds", "sessions", "timed")

    def __init__(self) -> None:
        self.sessions = 0
        """How many totals these are."""
        self.calls = 0
        self.ok = 0
        self.errors = 0
        self.no_outcome = 0
        self.timed = 0
        """Calls of which the average duration is declared."""
        self.seconds = KnownSum()
        """How long these took together."""

    def count(self, tool: AggregatedTool, sign: int) -> None:
        """Add one total (or with -1 take it back)."""
        self.sessions += sign
        self.calls += sign * tool.calls
        if tool.ok is None:
            self.no_outcome += sign * tool.calls
        else:
            self.ok += sign * tool.ok
            self.errors += sign * (tool.calls - tool.ok)
        if tool.average_duration is not None:
            self.timed += sign * tool.calls
            self.seconds.add_all([tool.calls * float(tool.average_duration)], sign)


class DeclaredTools:
    """Totals of those sessions of which no single call is known, and their sums."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[AggregatedTool, ...]] = {}
        self._sums: dict[ToolKey, DeclaredSum] = {}
        self.fresh: set[str] = set()
        """Sessions of which totals were taken since the owner last emptied this set."""

    @property
    def of(self) -> Mapping[str, Sequence[AggregatedTool]]:
        """By session."""
        return self._of

    @property
    def sums(self) -> Mapping[ToolKey, DeclaredSum]:
        """By tool and operation."""
        return self._sums

    def add(self, tools: Iterable[AggregatedTool]) -> None:
        """Take further totals."""
        fresh: dict[str, list[AggregatedTool]] = {}
        for tool in tools:
            fresh.setdefault(tool.session_id, []).append(tool)
            self._count(tool, 1)
        for name, own in fresh.items():
            self._of[name] = (*self._of.get(name, ()), *own)
        self.fresh |= fresh.keys()

    def leave_out(self, fold: Fold, names: Iterable[str]) -> bool:
        """Forget those of these sessions whose single calls are counted; whether any was."""
        told = [name for name in names if name in self._of and _has_calls(fold, name)]
        for name in told:
            for tool in self._of.pop(name):
                self._count(tool, -1)
        return bool(told)

    def _count(self, tool: AggregatedTool, sign: int) -> None:
        key = (tool.tool, tool.operation)
        total = self._sums.get(key)
        if total is None:
            total = self._sums[key] = DeclaredSum()
        total.count(tool, sign)
        if not total.sessions:
            del self._sums[key]


def declared_in(fold: Fold, tools: Iterable[AggregatedTool]) -> DeclaredTools:
    """Those of these totals that count beside the single calls of a fold."""
    declared = DeclaredTools()
    declared.add(tools)
    declared.leave_out(fold, list(declared.of))
    return declared


def _has_calls(fold: Fold, name: str) -> bool:
    session = fold.sessions.look(name)
    return session is not None and bool(session.calls)
