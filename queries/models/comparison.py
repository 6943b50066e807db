"""What comparisons are made of: the contract between those who count and those who draw.

Sessions stand in the order in which they were asked for; every tuple with one entry per
session has that order. ``None`` means unknown (or: not applicable), never zero.
"""

from __future__ import annotations

from enum import StrEnum

from queries.models import (
    AgentStatistic,
    Interactions,
    Relation,
    SessionRow,
    ToolStatistic,
)
from queries.plain_data import dataclass


class Unit(StrEnum):
    """What a metric is measured in."""

    WORD = "word"
    COUNT = "count"
    SECONDS = "seconds"
    RATE = "rate"
    """0..1; differences are in the same unit, so 0.05 is five percentage points."""
    DOLLARS = "usd"
    SCORE = "score"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Change(StrEnum):
    """One session's value judged against the baseline's."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    DIFFERENT = "different"
    """Differs where no direction is better."""
    UNKNOWN = "unknown"
    """One of the two values is not known."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Something that is measured of every session."""

    name: str
    """As in JSON: ``error_rate``."""
    label: str
    """For people: "error rate"."""
    unit: Unit
    direction: Direction
    meaning: str
    """One sentence: what exactly is counted."""
    tolerance: float = 0.0
    """Values whose difference is at most this part of the baseline's count as the same."""


Value = float | str | None
"""A number in the metric's unit; a status word where the unit is WORD."""


@dataclass(frozen=True, slots=True)
class ComparedMetric:
    """One row of the comparison: a metric of every session. The baseline's own delta is 0."""

    metric: Metric
    values: tuple[Value, ...]
    deltas: tuple[float | None, ...]
    """Value minus the baseline's; None where either is unknown or a word."""
    percents: tuple[float | None, ...]
    """Delta as a part of the baseline's value (0.12 is +12 %); None where that is 0."""
    changes: tuple[Change, ...]
    """SAME for the baseline itself (UNKNOWN where it has no value)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many metrics changed in which way."""

    better: int = 0
    worse: int = 0
    same: int = 0
    different: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class ComparedTool:
    """One tool (and operation) in every session; None where the session never called it."""

    tool: str
    operation: str | None
    cells: tuple[ToolStatistic | None, ...]
    only_in: int | None
    """Index of the only session that called it; None when several did."""


@dataclass(frozen=True, slots=True)
class ComparedAgent:
    """One agent in every session; None where it did not take part."""

    agent: str
    cells: tuple[AgentStatistic | None, ...]
    only_in: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """What came together in a session over time: the points of an overlay, at most 256.

    Point i says what had happened up to ``seconds[i]`` after the session's first event. Events
    without a time are in no curve.
    """

    seconds: tuple[float, ...]
    events: tuple[int, ...]
    errors: tuple[int, ...]
    tokens: tuple[int, ...] | None
    """None where no event tells tokens."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """All that is counted of one session: what comparisons of sessions and groups start from."""

    row: SessionRow
    tools: tuple[ToolStatistic, ...]
    agents: tuple[AgentStatistic, ...]
    interactions: dict[Relation, Interactions]
    """Of those relations that were asked for."""
    curve: Curve | None = None
    """None where it was not asked for."""
    has_messages: bool = True
    """False where the store knows no messages: their number is then unknown, not 0."""

    @property
    def id(self) -> str:
        """The session's id."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two or more sessions against one of them."""

    runs: tuple[RunFigures, ...]
    baseline: int
    """Index of the session that the others are compared with."""
    metrics: tuple[ComparedMetric, ...]
    tally: Tally
    """Over all sessions but the baseline."""
    tallies: tuple[Tally, ...]
    """Of each session; the baseline's is empty."""
    tools: tuple[ComparedTool, ...]
    """The most called first."""
    agents: tuple[ComparedAgent, ...]
    """The most active first."""
    interaction_deltas: tuple[dict[Relation, Interactions], ...]
    """Of each session its matrix minus the baseline's: counts may be negative, cells that are
    equal are absent; ``names`` are those of both."""
    notes: tuple[str, ...] = ()
    """Sentences that keep a reader from a wrong conclusion."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The sessions' ids."""
        return tuple(run.id for run in self.runs)
