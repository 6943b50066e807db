"""Runs, steps and comparisons with little effort."""

from __future__ import annotations

from collections.abc import Sequence

from queries.alignment import align
from queries.comparison import compare
from queries.models import (
    AgentStatistic,
    Event,
    EventKind,
    EventState,
    Interactions,
    Relation,
    Session,
    SessionRow,
    SessionStatus,
    SessionTotals,
    ToolStatistic,
)
from queries.models.alignment import Alignment, Step
from queries.models.comparison import Comparison, Curve, Direction, Metric, RunFigures, Unit
from queries.models.groups import GroupComparison, GroupMetric, SignificanceTest, Verdict
from tests.widgets.rows import NOW, tool

DURATION = Metric("duration", "duration", Unit.SECONDS, Direction.LOWER, "From start to end.")
SUCCESS = Metric("tool_success", "tool success", Unit.RATE, Direction.HIGHER, "Calls that are ok.")


def run(
    session_id: str,
    *,
    title: str = "",
    status: SessionStatus = SessionStatus.COMPLETED,
    lasted: float | None = 600.0,
    events: int = 10,
    errors: int = 0,
    tokens: int | None = None,
    tools: Sequence[ToolStatistic] = (),
    agents: Sequence[AgentStatistic] = (),
    follows: dict[tuple[str, str], int] | None = None,
    curve: Curve | None = None,
) -> RunFigures:
    counts = follows or {}
    names = tuple(dict.fromkeys(name for pair in counts for name in pair))
    return RunFigures(
        row=SessionRow(
            Session(
                session_id,
                title=title,
                status=status,
                started=NOW,
                ended=None if lasted is None else NOW + lasted,
            ),
            SessionTotals(
                events=events, tool_calls=sum(each.calls for each in tools), errors=errors,
                tokens=tokens, first_time=NOW, last_time=NOW + (lasted or 0.0),
            ),
            True,
        ),
        tools=tuple(tools),
        agents=tuple(agents),
        interactions={
            relation: Interactions(relation, names, counts, "next speaker over 5 messages")
            for relation in Relation
        },
        curve=curve or Curve((0.0, lasted or 1.0), (1, events), (0, errors), None),
    )  # fmt: skip


def agent(name: str, messages: int = 0, calls: int = 0, errors: int = 0) -> AgentStatistic:
    return AgentStatistic(
        agent=name, messages=messages, events=messages + calls, tool_calls=calls, errors=errors,
        sessions=1, tokens=None, share=0.5, last_active=None,
    )  # fmt: skip


def two_runs() -> tuple[RunFigures, RunFigures]:
    """The second lasts longer, fails more often and takes fewer tokens."""
    return (
        run("one", title="Port the parser", errors=2, tokens=1000, events=20, tools=(
            tool("Read", calls=5, ok=5, rate=1.0, p95=1.0),
            tool("Bash", calls=4, ok=2, errors=2, rate=0.5, p95=2.0),
        ), agents=(agent("planner", 4, 1), agent("coder", 0, 8)),
            follows={("planner", "coder"): 3, ("coder", "planner"): 2}),
        run("two", title="Port it again", lasted=900.0, errors=9, tokens=500, events=20, tools=(
            tool("Read", calls=5, ok=5, rate=1.0, p95=1.0),
            tool("Grep", calls=3, ok=3, rate=1.0, p95=0.1),
        ), agents=(agent("planner", 6, 1),),
            follows={("planner", "coder"): 1, ("coder", "planner"): 2, ("coder", "coder"): 4}),
    )  # fmt: skip


def comparison(runs: Sequence[RunFigures] | None = None, baseline: int = 0) -> Comparison:
    return compare(two_runs() if runs is None else runs, baseline)


def titles(compared: Comparison) -> list[str]:
    return [f"{index + 1} {each.row.title}" for index, each in enumerate(compared.runs)]


def step(
    number: int, text: str, state: EventState = EventState.OK, duration: float | None = None
) -> Step:
    name, _, rest = text.partition(" ")
    event = Event(
        0, number, f"e{number}", "s", tool=name, summary=rest, kind=EventKind.TOOL,
        state=state, duration=duration,
    )  # fmt: skip
    return Step(number, event, text)


def steps(*texts: str) -> tuple[Step, ...]:
    """A text that begins with "!" is a step that failed."""
    return tuple(
        step(number, text.lstrip("!"), EventState.ERROR if text[:1] == "!" else EventState.OK, 1.0)
        for number, text in enumerate(texts, 1)
    )


def alignment(a: Sequence[str], b: Sequence[str]) -> Alignment:
    return align("a", "b", steps(*a), steps(*b))


A = ("Read one", "Grep login", "Edit x.py", "Bash make", "Write end")
B = ("Read one", "Edit x.py", "Bash make all", "!Write end", "Task more", "Grep login")
"""Against A: Grep is moved, Bash changed, Write ended otherwise, Task is new."""


def group_metric(
    metric: Metric = DURATION,
    *,
    subject: str = "",
    verdict: Verdict = Verdict.NO_DIFFERENCE_SHOWN,
    values_a: Sequence[float] = (60.0, 70.0, 75.0, 80.0, 120.0),
    values_b: Sequence[float] = (90.0, 91.0, 100.0, 300.0, 310.0),
) -> GroupMetric:
    is_rate = metric.unit is Unit.RATE
    return GroupMetric(
        metric=metric, subject=subject, n_a=len(values_a), n_b=len(values_b),
        mean_a=0.8 if is_rate else 81.0, mean_b=0.9 if is_rate else 178.2,
        median_a=0.8 if is_rate else 75.0, median_b=0.9 if is_rate else 100.0,
        difference=0.1 if is_rate else 25.0, mean_difference=None,
        ci_low=-0.05 if is_rate else 5.0, ci_high=0.2 if is_rate else 240.0,
        effect=0.64, test=SignificanceTest.MANN_WHITNEY_EXACT, p=0.03, p_adjusted=0.21,
        verdict=verdict, needed_per_group=12, more_a=7, more_b=7,
        values_a=tuple(values_a), values_b=tuple(values_b),
    )  # fmt: skip


def groups(*metrics: GroupMetric) -> GroupComparison:
    return GroupComparison(
        a=(), b=(), label_a="5 sessions", label_b="5 sessions",
        metrics=metrics or (group_metric(), group_metric(SUCCESS, verdict=Verdict.BETTER)),
        tools=(group_metric(SUCCESS, subject="Read", verdict=Verdict.TOO_FEW),),
        agents=(), summary="B is better in tool success.",
    )  # fmt: skip
