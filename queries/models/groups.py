"""What a comparison of two groups of sessions is made of: metrics, tests and verdicts.

``None`` means unknown (or: not applicable), never zero.
"""

from __future__ import annotations

from enum import StrEnum

from queries.models.comparison import Metric, RunFigures
from queries.plain_data import dataclass, field


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
