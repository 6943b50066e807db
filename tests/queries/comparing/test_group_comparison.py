"""Groups of sessions: what is tested how, and when a verdict is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from queries.comparing.bootstrap import bootstrap_difference
from queries.comparing.group_comparison import compare_groups
from queries.comparing.group_measuring import METRIC_NAMES, MORE_NAMES
from queries.comparing.rank_tests import cliffs_delta, mann_whitney
from queries.comparing.run_reading import read_runs
from queries.comparing.session_choice import ChoiceError, choose_groups, choose_sessions
from queries.finding.session_lookup import UnknownSessionError
from queries.models import (
    AgentStatistic,
    Session,
    SessionRow,
    SessionStatus,
    SessionTotals,
    ToolStatistic,
)
from queries.models.comparison import Curve, RunFigures
from queries.models.groups import GroupComparison, GroupMetric, SignificanceTest, Verdict
from queries.statistics import SIGNIFICANT, fisher_exact, holm, newcombe
from queries.store import Store
from queries.whole_store import count_store
from tests.stores import CanonicalStore, canonical_store


def tool(name: str, ok: int, errors: int, operation: str | None = None) -> ToolStatistic:
    return ToolStatistic(
        tool=name, operation=operation, agents=(), calls=ok + errors, ok=ok, errors=errors,
        running=0, unknown=0, tokens=None, durations=0, average=None, p50=None, p95=None,
        p99=None, total=None, success_rate=None, success_low=None, success_high=None,
    )  # fmt: skip


def agent(name: str, messages: int, calls: int) -> AgentStatistic:
    return AgentStatistic(name, messages, messages + calls, calls, 0, 1, None, None, None)


def run(
    name: str,
    *,
    quality: float | None = None,
    turns: int | None = None,
    errors: int = 0,
    status: SessionStatus = SessionStatus.COMPLETED,
    tools: Sequence[ToolStatistic] = (),
    agents: Sequence[AgentStatistic] = (),
) -> RunFigures:
    session = Session(id=name, status=status, quality=quality, declared_turns=turns)
    row = SessionRow(session, SessionTotals(errors=errors), complete=True)
    return RunFigures(row, tuple(tools), tuple(agents), {}, Curve((), (), (), None))


def group(name: str, qualities: Sequence[float | None]) -> list[RunFigures]:
    return [run(f"{name}{at}", quality=value) for at, value in enumerate(qualities)]


def by_name(comparison: GroupComparison, name: str, subject: str = "") -> GroupMetric:
    rows = (*comparison.metrics, *comparison.tools, *comparison.agents)
    (found,) = [row for row in rows if (row.metric.name, row.subject) == (name, subject)]
    return found


def quality(a: Sequence[float | None], b: Sequence[float | None]) -> GroupMetric:
    return by_name(compare_groups(group("a", a), group("b", b), names=("quality",)), "quality")


# -- figures ----------------------------------------------------------------------------------


def test_numbers_are_compared_by_rank_and_by_their_medians() -> None:
    a, b = [50.0, 60.0, 71.0, 64.0], [66.0, 80.0, 91.0, 73.0, 77.0]
    found = quality([*a, None], b)
    assert (found.n_a, found.n_b) == (4, 5)
    assert (found.median_a, found.median_b) == (62.0, 77.0)
    assert (found.mean_a, found.mean_b) == (61.25, 77.4)
    assert found.difference == 15.0
    assert found.mean_difference == pytest.approx(16.15)
    assert (found.ci_low, found.ci_high) == bootstrap_difference(a, b)
    assert found.effect == cliffs_delta(a, b) == 0.9
    assert found.p == found.p_adjusted == mann_whitney(a, b)
    assert found.test is SignificanceTest.MANN_WHITNEY_EXACT
    assert found.values_a == tuple(a)


def test_ties_take_the_normal_approximation() -> None:
    assert quality([1, 2, 2], [2, 3, 3]).test is SignificanceTest.MANN_WHITNEY


def test_completion_counts_sessions_whose_end_is_known() -> None:
    done, failed = SessionStatus.COMPLETED, SessionStatus.FAILED
    a = [run(f"a{n}", status=status) for n, status in enumerate(
        (done, failed, failed, SessionStatus.STALE, SessionStatus.RUNNING, SessionStatus.UNKNOWN)
    )]  # fmt: skip
    b = [run(f"b{n}", status=done) for n in range(5)]
    comparison = compare_groups(a, b)
    found = by_name(comparison, "completion")
    assert (found.n_a, found.n_b, found.mean_a, found.mean_b) == (4, 5, 0.25, 1.0)
    assert found.p == fisher_exact(1, 3, 5, 0)
    assert (found.ci_low, found.ci_high) == newcombe(1, 4, 5, 5)
    assert found.difference == found.effect == 0.75
    assert found.median_a is None
    assert any("2 sessions that run or have no known status" in note for note in comparison.notes)


def test_tool_success_adds_the_calls_of_all_sessions() -> None:
    a = [run("a0", tools=[tool("Read", 3, 1), tool("Bash", 1, 5)]), run("a1")]
    b = [run("b0", tools=[tool("Read", 9, 1)]), run("b1", tools=[tool("Read", 0, 2)])]
    comparison = compare_groups(a, b)
    found = by_name(comparison, "tool_success")
    assert (found.n_a, found.n_b) == (10, 12)
    assert (found.mean_a, found.mean_b) == (0.4, 0.75)
    assert (found.median_a, found.median_b) == (0.4, 0.45)
    assert found.values_b == (0.9, 0.0)
    assert found.test is SignificanceTest.FISHER
    assert any("not independent" in note for note in comparison.notes)


def test_what_no_session_knows_is_left_out_and_said() -> None:
    comparison = compare_groups(group("a", [None, 70.0]), group("b", [None, None]))
    names = [row.metric.name for row in comparison.metrics]
    assert "cost" not in names
    assert "tokens, cost" in " ".join(comparison.notes)
    found = by_name(comparison, "quality")
    assert (found.n_a, found.n_b, found.p, found.verdict) == (1, 0, None, Verdict.TOO_FEW)
    assert found.test is SignificanceTest.NONE


def test_tools_and_agents_have_tables_of_their_own() -> None:
    a = [run(f"a{n}", tools=[tool("Read", n, 1, "x"), tool("Read", 1, 0, "y")],
             agents=[agent("mole", n, 0), agent("user", 0, 0)]) for n in range(3)]  # fmt: skip
    b = [run(f"b{n}", tools=[tool("Bash", 5, 0)], agents=[agent("mole", 9, 2)]) for n in range(3)]
    comparison = compare_groups(a, b)
    assert [(row.subject, row.metric.name) for row in comparison.tools] == [
        ("Bash", "calls"), ("Read", "calls"),
    ]  # fmt: skip
    assert by_name(comparison, "calls", "Read").values_a == (2.0, 3.0, 4.0)
    assert by_name(comparison, "calls", "Read").values_b == (0.0, 0.0, 0.0)
    assert [(row.subject, row.metric.name) for row in comparison.agents] == [
        ("mole", "messages"), ("mole", "calls"),
    ]  # fmt: skip
    assert by_name(comparison, "messages", "mole").median_b == 9


# -- verdicts ---------------------------------------------------------------------------------

LOW, HIGH = [10.0, 11.0, 12.0, 13.0, 14.0], [20.0, 21.0, 22.0, 23.0, 24.0]


def test_better_and_worse_go_by_the_direction() -> None:
    assert quality(LOW, HIGH).verdict is Verdict.BETTER
    assert quality(HIGH, LOW).verdict is Verdict.WORSE
    a = [run(f"a{n}", errors=n, turns=10 + n) for n in range(5)]
    b = [run(f"b{n}", errors=9 + n, turns=50 + n) for n in range(5)]
    for name, there, back in (
        ("errors", Verdict.WORSE, Verdict.BETTER),
        ("declared_turns", Verdict.DIFFERENT, Verdict.DIFFERENT),
    ):
        assert by_name(compare_groups(a, b, names=(name,)), name).verdict is there
        assert by_name(compare_groups(b, a, names=(name,)), name).verdict is back


def test_a_shown_difference_needs_no_more_sessions() -> None:
    found = quality(LOW, HIGH)
    assert (found.needed_per_group, found.more_a, found.more_b) == (None, None, None)


def test_too_few_is_when_not_even_the_clearest_difference_could_be_shown() -> None:
    found = quality(LOW[:3], HIGH[:3])
    assert found.p == pytest.approx(0.1)
    assert found.verdict is Verdict.TOO_FEW
    assert found.needed_per_group == 4
    assert (found.more_a, found.more_b) == (1, 1)
    assert quality(LOW[:4], HIGH[:4]).verdict is Verdict.BETTER
    assert quality([5.0], [9.0]).verdict is Verdict.TOO_FEW


def test_tied_values_of_tiny_groups_show_nothing() -> None:
    found = quality([1.0, 1.0, 1.0], [2.0, 2.0, 2.0])
    assert found.p is not None
    assert found.p < SIGNIFICANT
    assert found.verdict is Verdict.TOO_FEW


def test_no_difference_shown_says_what_it_would_take() -> None:
    found = quality([1.0, 3.0, 5.0, 7.0, 9.0], [2.0, 4.0, 6.0, 8.0, 10.0, 12.0])
    assert found.verdict is Verdict.NO_DIFFERENCE_SHOWN
    assert found.needed_per_group is not None
    assert found.more_a == found.needed_per_group - 5
    assert found.more_b == found.needed_per_group - 6
    same = quality([1.0, 3.0, 5.0, 7.0, 9.0], [1.0, 3.0, 5.0, 7.0, 9.0])
    assert (same.verdict, same.needed_per_group) == (Verdict.NO_DIFFERENCE_SHOWN, None)


def test_more_of_the_same_sessions_show_what_was_seen() -> None:
    a, b = [10.0, 14.0, 18.0, 22.0, 26.0], [14.0, 18.5, 22.5, 26.5, 30.0]
    found = quality(a, b)
    assert found.verdict is Verdict.NO_DIFFERENCE_SHOWN
    times = math.ceil((found.needed_per_group or 0) / 5) + 1
    assert quality(a * times, b * times).verdict is Verdict.BETTER


def test_holm_covers_the_metrics_shown() -> None:
    a = [run(f"a{n}", quality=LOW[n], errors=n, turns=10 + n) for n in range(5)]
    b = [run(f"b{n}", quality=HIGH[n], errors=n + 1, turns=11 + n) for n in range(5)]
    comparison = compare_groups(a, b, names=("quality", "errors", "declared_turns"))
    raw = [row.p for row in comparison.metrics if row.p is not None]
    assert [row.p_adjusted for row in comparison.metrics] == holm(raw)
    assert by_name(comparison, "quality").verdict is Verdict.BETTER
    many = compare_groups(a, b, names=(*METRIC_NAMES, *MORE_NAMES))
    assert len(many.metrics) > 6
    assert by_name(many, "quality").verdict is Verdict.TOO_FEW


def test_swapping_groups_turns_everything_round() -> None:
    a, b = [1.0, 5.0, 6.0, 9.0], [2.0, 7.0, 8.0, 12.0, 13.0]
    there, back = quality(a, b), quality(b, a)
    assert (there.p, there.effect, there.difference) == (
        back.p, -(back.effect or 0), -(back.difference or 0),
    )  # fmt: skip
    assert there.needed_per_group == back.needed_per_group


def test_the_answer_in_words() -> None:
    assert compare_groups(group("a", LOW), group("b", HIGH), names=("quality",)).summary == (
        "B is better in quality (12 → 22)."
    )
    few = compare_groups(group("a", LOW[:2]), group("b", HIGH), names=("quality",))
    assert few.summary == "Too few sessions to tell about quality."
    assert compare_groups([], [], names=()).summary == "There is nothing to compare."


def test_what_is_not_finite_is_no_value() -> None:
    assert quality([math.inf, 1.0, math.nan], [2.0]).n_a == 1


def test_large_groups() -> None:
    a = [float(number % 50) for number in range(400)]
    found = quality(a, [value + 6 for value in a])
    assert found.verdict is Verdict.BETTER
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low <= 6 <= found.ci_high


def test_sessions_of_a_rate_of_calls_are_counted_as_sessions() -> None:
    a = [run(f"a{n}", tools=[tool("Read", 8, 2)]) for n in range(3)]
    b = [run(f"b{n}", tools=[tool("Read", 9, 1)]) for n in range(3)]
    found = by_name(compare_groups(a, b, names=("tool_success",)), "tool_success")
    assert found.verdict is Verdict.NO_DIFFERENCE_SHOWN
    # Some 200 calls a group at 5 %, ten a session.
    assert found.needed_per_group == 22
    assert (found.more_a, found.more_b) == (19, 19)
    assert replace(found, more_a=None).more_a is None


# -- choosing ---------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> CanonicalStore:
    with canonical_store(tmp_path / "s.db") as builder:
        for name, component in (("a1", "old"), ("a2", "old"), ("b1", "new"), ("b2", "new")):
            builder.add_session(name, component=component, status="completed")
            builder.add_event(name, agent=f"agent-{component}")
    return builder


def chosen(path: Path, a: Sequence[str], b: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    with Store(path) as opened:
        rows = lambda: count_store(opened, now=2e9).rows  # noqa: E731 - what is passed
        groups = choose_groups(opened, a, b, rows, 2e9)
        runs = [read_runs(opened, one.ids, now=2e9) for one in groups]
        assert [len(one.ids) for one in groups] == [len(one) for one in runs]
        return tuple(one.ids for one in groups)


def test_ids_and_filters_can_be_mixed(store: CanonicalStore) -> None:
    assert chosen(store.path, ["a2", "a1"], ["component:new"]) == (("a2", "a1"), ("b1", "b2"))
    assert chosen(store.path, ["agent:agent-old since:2026-01-01"], ["b2", "id:b"]) == (
        ("a1", "a2"), ("b2", "b1"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (["a1"], [], "both groups"),
        (["a1"], ["component:nothing"], "group B is empty"),
        (["a1", "a2"], ["a2"], "'a2' is in both groups"),
        (["component:old"], ["component:o", "b1"], "(and 1 more) is in both groups"),
        (["a1", "a1"], ["b1"], "named 2 times"),
    ],
)
def test_groups_that_cannot_be(
    store: CanonicalStore, a: Sequence[str], b: Sequence[str], told: str
) -> None:
    with pytest.raises(ChoiceError) as error:
        chosen(store.path, a, b)
    assert told in str(error.value)


@pytest.mark.parametrize("name", ["a3", "agent", "two words", "", "\x1b[31m"])
def test_a_word_without_a_field_is_an_id(store: CanonicalStore, name: str) -> None:
    with pytest.raises(UnknownSessionError):
        chosen(store.path, [name], ["b1"])


def test_sessions_are_named_once_and_there_are_two(store: CanonicalStore) -> None:
    with Store(store.path) as opened:
        assert choose_sessions(opened, ("b1", "a1"), "a1") == ("b1", "a1")
        for ids, baseline in ((("a1",), None), (("a1", "a1"), None), (("a1", "b1"), "b2")):
            with pytest.raises(ChoiceError):
                choose_sessions(opened, ids, baseline)
