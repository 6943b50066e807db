from __future__ import annotations

import pytest

from queries.fold import NO_TOOL, Fold
from queries.folding.declared_tools import declared_in
from queries.models import AggregatedTool, Event, EventKind, EventState, Phase
from queries.tools import tool_statistics
from tests.queries.events import call, event


def folded(*rows: Event) -> Fold:
    fold = Fold(messages_only=False)
    fold.add_all(rows)
    return fold


def outcomes(ok: int, errors: int) -> list[Event]:
    states = [EventState.OK] * ok + [EventState.ERROR] * errors
    return [event(seq, state=state) for seq, state in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("ok", "errors", "low", "high"),
    [
        # Wilson's interval at 95 %, as R's prop.test(x, n, correct = FALSE) gives it.
        (8, 2, 0.490162, 0.943318),
        (10, 0, 0.722467, 1.0),
        (0, 10, 0.0, 0.277533),
        (81, 182, 0.255299, 0.366224),
        (1, 0, 0.206543, 1.0),
    ],
)
def test_the_interval_of_the_success_rate(ok: int, errors: int, low: float, high: float) -> None:
    (tool,) = tool_statistics(folded(*outcomes(ok, errors)), lambda _: True)
    assert tool.success_rate == pytest.approx(ok / (ok + errors))
    assert tool.success_low == pytest.approx(low, abs=1e-4)
    assert tool.success_high == pytest.approx(high, abs=1e-4)


def test_only_finished_calls_have_a_rate() -> None:
    rows = [event(1, state=EventState.UNKNOWN), event(2, state=EventState.RUNNING)]
    (tool,) = tool_statistics(folded(*rows), lambda _: True)
    assert (tool.calls, tool.running, tool.unknown) == (2, 1, 1)
    assert (tool.success_rate, tool.success_low, tool.success_high) == (None, None, None)


def test_a_row_that_says_it_runs_in_a_session_that_is_over_has_no_known_outcome() -> None:
    fold = folded(event(1, state=EventState.RUNNING, duration=3.0))
    (tool,) = tool_statistics(fold, lambda _: False)
    assert (tool.calls, tool.running, tool.unknown, tool.durations) == (1, 0, 1, 0)


def test_durations_and_tokens_of_one_tool() -> None:
    rows = [event(seq, duration=float(seq), tokens=seq) for seq in range(1, 101)]
    (tool,) = tool_statistics(folded(*rows, event(101, duration=None)), lambda _: True)
    assert (tool.calls, tool.durations, tool.total, tool.average) == (101, 100, 5050.0, 50.5)
    assert (tool.p50, tool.p95, tool.p99) == pytest.approx((50.5, 95.05, 99.01))
    assert tool.tokens == 5050


def test_unknown_figures_stay_unknown() -> None:
    (tool,) = tool_statistics(folded(event(1, duration=None)), lambda _: True)
    assert (tool.tokens, tool.average, tool.p50, tool.total) == (None, None, None, None)


def test_the_most_called_come_first_then_by_name_and_operation() -> None:
    rows = [
        event(1, tool="Read"),
        event(2, tool="Bash"),
        event(3, tool="Bash", operation="run"),
        event(4, tool="Bash", operation="run"),
        event(5, tool=None),
        event(6, kind=EventKind.MESSAGE),
    ]
    found = [(row.tool, row.operation, row.calls) for row in tool_statistics(folded(*rows), bool)]
    assert found == [("Bash", "run", 2), (NO_TOOL, None, 1), ("Bash", None, 1), ("Read", None, 1)]


def test_agents_include_those_whose_call_is_still_open() -> None:
    rows = [event(1, agent="mole"), call(2, Phase.START, agent="hacker"), event(3, agent=None)]
    (tool,) = tool_statistics(folded(*rows), lambda _: True)
    assert tool.agents == ("hacker", "mole")


def declared(session_id: str, **fields: object) -> AggregatedTool:
    plain: dict[str, object] = {
        "tool": "scan", "operation": None, "calls": 10, "ok": 8, "average_duration": 0.5,
    }  # fmt: skip
    return AggregatedTool(session_id=session_id, **(plain | fields))  # type: ignore[arg-type]  # tests name fields freely


def test_declared_totals_count_only_for_sessions_without_single_calls() -> None:
    fold = folded(event(1, tool="scan"), event(2, session_id="s2", kind=EventKind.MESSAGE))
    totals = [declared("s1"), declared("s2"), declared("s3", calls=4, ok=4, average_duration=1.25)]
    (tool,) = tool_statistics(fold, lambda _: True, declared_in(fold, totals))
    assert (tool.calls, tool.ok, tool.errors) == (1 + 10 + 4, 1 + 8 + 4, 2)
    assert (tool.durations, tool.total) == (14, 10.0)
    assert tool.average == pytest.approx(10 / 14)
    assert tool.aggregated


def test_declared_totals_without_a_rate_have_no_known_outcome() -> None:
    total = declared("s1", ok=None, average_duration=None)
    (tool,) = tool_statistics(folded(), bool, declared_in(folded(), [total]))
    assert (tool.calls, tool.unknown, tool.success_rate, tool.average) == (10, 10, None, None)
    (single,) = tool_statistics(folded(event(1)), bool)
    assert not single.aggregated
