"""What comparisons are made of: the contract between those who count and those who draw.

Sessions stand in the order in which they were asked for; every tuple with one entry per
session has that order. ``None`` means unknown (or: not applicable), never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from queries.models import (
    AgentStatistic,
    Event,
    Interactions,
    Relation,
    SessionRow,
    ToolStatistic,
)


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
    curve: Curve
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


# -- two sessions, step by step ---------------------------------------------------------------


class StepRelation(StrEnum):
    """How a line of the alignment relates the two sides."""

    MATCHED = "matched"
    """The same step on both sides. Its outcome may still differ."""
    CHANGED = "changed"
    """The same tool with other arguments, or the same speaker with another text."""
    MOVED = "moved"
    """On this side here, on the other side elsewhere: see :attr:`AlignedStep.counterpart`."""
    ONLY_A = "only_a"
    ONLY_B = "only_b"


@dataclass(frozen=True, slots=True)
class Step:
    """One event as a step of its session."""

    number: int
    """From 1, in order of arrival."""
    event: Event
    text: str
    """In one line: "Read src/auth.py", "planner: We go tonight."."""


@dataclass(frozen=True, slots=True)
class AlignedStep:
    """One line of the alignment; a side without a step is a gap."""

    relation: StepRelation
    a: int | None
    """Index into :attr:`Alignment.steps_a`."""
    b: int | None
    counterpart: int | None = None
    """Of a MOVED step: the index of the same step on the other side, which is a gap here."""
    duration_delta: float | None = None
    """Seconds that B took longer than A; unknown unless both are known."""
    outcome_differs: bool = False
    """One side succeeded, the other failed."""
    detail: str = ""
    """What differs where both texts look the same: "offset: 10 | 20"."""

    @property
    def differs(self) -> bool:
        """Whether a jump from difference to difference stops here."""
        return self.relation is not StepRelation.MATCHED or self.outcome_differs


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two sessions side by side. Taking only a's (or b's) steps gives that session in order."""

    a_id: str
    b_id: str
    steps_a: tuple[Step, ...]
    steps_b: tuple[Step, ...]
    lines: tuple[AlignedStep, ...]
    first_divergence: int | None
    """Index into :attr:`lines` of the first that differs; None when all steps are alike."""
    divergence: str
    """In words: "part at step 14: Read src/auth.py | Grep login"."""
    matched: int
    """Pairs of the same step."""
    changed: int
    """Pairs of a changed step."""
    moved: int
    """Steps that stand elsewhere on the other side; each is two lines."""
    only_a: int
    only_b: int
    outcomes: int
    """Pairs of which one succeeded and the other failed."""
    method: str
    """How it was aligned, and what was left out, in a sentence or two."""
    caution: str = "The first difference is where the runs part, not why."


# -- groups -----------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What the data show of B against A."""

    BETTER = "BETTER"
    WORSE = "WORSE"
    DIFFERENT = "DIFFERENT"
    """A difference is shown where no direction is better."""
    NO_DIFFERENCE_SHOWN = "NO DIFFERENCE SHOWN"
    TOO_FEW = "TOO FEW"
    """With so few sessions not even the clearest difference could be shown."""


class SignificanceTest(StrEnum):
    """How p was found."""

    MANN_WHITNEY_EXACT = "Mann-Whitney U, exact"
    MANN_WHITNEY = "Mann-Whitney U, normal approximation"
    FISHER = "Fisher's exact test"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GroupMetric:
    """One metric of group A and group B. Differences and effects are B's minus A's.

    For a rate, n counts trials that are over (sessions, or calls), the means are the two
    proportions, the interval is Newcombe's, and the medians are those of the sessions' own
    rates. Otherwise n counts sessions, and the interval is a bootstrap of the medians.
    """

    metric: Metric
    subject: str
    """The tool or agent it is about; "" for whole sessions."""
    n_a: int
    n_b: int
    mean_a: float | None
    mean_b: float | None
    median_a: float | None
    median_b: float | None
    difference: float | None
    """Of the proportions for a rate, else of the medians."""
    mean_difference: float | None
    ci_low: float | None
    ci_high: float | None
    """95 % interval of :attr:`difference`."""
    effect: float | None
    """Cliff's delta, -1..1: how much more often B's session is above A's than below."""
    test: SignificanceTest
    p: float | None
    """Two-sided."""
    p_adjusted: float | None
    """After Holm, over the metrics of the same table."""
    verdict: Verdict
    needed_per_group: int | None
    """Sessions per group that would show the difference seen with 80 % power; None where it
    is shown already, where there is none, or where nothing can be said."""
    more_a: int | None
    """Further sessions that group A needs for that."""
    more_b: int | None
    values_a: tuple[float, ...] = field(default=(), repr=False)
    """The sessions' own values, in the order of the sessions that have one: for a plot."""
    values_b: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Group A against group B."""

    a: tuple[RunFigures, ...]
    b: tuple[RunFigures, ...]
    label_a: str
    """What was asked for: "5 sessions", or a filter."""
    label_b: str
    metrics: tuple[GroupMetric, ...]
    tools: tuple[GroupMetric, ...]
    """Per tool: calls per session, success; the most called first."""
    agents: tuple[GroupMetric, ...]
    """Per agent: messages and calls per session."""
    summary: str
    """The answer in a sentence or two."""
    notes: tuple[str, ...] = ()
