"""Tools and matrix laid out for the screen: where there are very many, away from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from queries.models import Interactions, ToolStatistic
from queries.plain_data import dataclass
from widgets.matrix_figures import MatrixFigures
from widgets.tool_table import ToolRows

AT_ONCE = 4000
"""Tools, agents and pairs of these that are counted, sorted and added up within a frame."""


class Away(Protocol):
    """Does work somewhere else, and hands what it returns to the thread that draws."""

    def __call__(self, work: Callable[[], Any], take: Callable[[Any], object]) -> object:
        """Begin the work; ``take`` is called later."""


def at_once(work: Callable[[], Any], take: Callable[[Any], object]) -> None:
    """An :class:`Away` that waits for the work."""
    take(work())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown, and how."""

    scope: object
    """What it belongs to: what was wanted for another one before is not shown any more."""
    tools: tuple[ToolStatistic, ...]
    sort: str
    reverse: bool
    interactions: Interactions
    diagonal: bool

    def has_same_tools(self, other: Wanted) -> bool:
        """Whether the table of tools is the same one as that of ``other``."""
        mine, others = (self.sort, self.reverse), (other.sort, other.reverse)
        return self.tools is other.tools and mine == others

    def has_same_matrix(self, other: Wanted) -> bool:
        """Whether the matrix is the same one as that of ``other``."""
        return self.interactions is other.interactions and self.diagonal == other.diagonal


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What was wanted, ready to be drawn."""

    wanted: Wanted
    tools: ToolRows
    matrix: MatrixFigures


class ScopeLayout:
    """Lays out what is wanted, the newest of it; what is the same as before only once."""

    def __init__(self, draw: Callable[[LaidOut], object], away: Away) -> None:
        """Args: draw takes what is laid out; away is where long work is done."""
        self._draw = draw
        self._away = away
        self._wanted: Wanted | None = None
        self._made: LaidOut | None = None
        self._is_busy = False

    def want(self, wanted: Wanted) -> None:
        """Draw this, at once or soon, unless something else is wanted before."""
        self._wanted = wanted
        known = self._made
        if self._effort(wanted) <= AT_ONCE:
            self._take(lay_out(wanted, known))
        elif not self._is_busy:
            self._is_busy = True
            self._away(lambda: lay_out(wanted, known), self._arrived)

    def _effort(self, wanted: Wanted) -> int:
        known = self._made
        effort = 0
        if known is None or not wanted.has_same_tools(known.wanted):
            effort += len(wanted.tools)
        if known is None or not wanted.has_same_matrix(known.wanted):
            effort += len(wanted.interactions.counts) + len(wanted.interactions.names)
        return effort

    def _arrived(self, made: LaidOut) -> None:
        self._is_busy = False
        newest = self._wanted
        # What was drawn meanwhile is newer.
        is_overtaken = self._made is not None and self._made.wanted is newest
        if newest is not None and newest.scope == made.wanted.scope and not is_overtaken:
            self._take(made)
        if newest is not None and newest is not made.wanted and not is_overtaken:
            self.want(newest)

    def _take(self, made: LaidOut) -> None:
        self._made = made
        self._draw(made)


def lay_out(wanted: Wanted, known: LaidOut | None) -> LaidOut:
    """The rows of the table and the figures of the matrix; those that are known as they are."""
    if known is not None and wanted.has_same_tools(known.wanted):
        tools = known.tools
    else:
        tools = ToolRows(wanted.tools, wanted.sort, wanted.reverse)
    if known is not None and wanted.has_same_matrix(known.wanted):
        matrix = known.matrix
    else:
        matrix = MatrixFigures.of(wanted.interactions, wanted.diagonal)
    return LaidOut(wanted, tools, matrix)
