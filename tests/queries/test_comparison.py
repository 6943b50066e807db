"""Sessions side by side: figures, differences, signs, and what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from queries.as_json.canonical import session_json, tool_json
from queries.comparing.overlay import POINTS, CurveCounter
from queries.comparing.run_metrics import METRICS
from queries.comparing.run_reading import read_runs
from queries.comparing.session_alignment import AlignmentReading, align_sessions
from queries.comparison import compare, judge_change
from queries.counting.session_batches import SessionBatches
from queries.folding.pairing import paired
from queries.models import Event, EventKind, EventState, Phase, Relation, SessionStatus
from queries.models.comparison import Change, ComparedMetric, Comparison, Curve, RunFigures, Tally
from queries.reading.connection import Rows
from queries.store import Store
from queries.whole_store import count_sessions
from tests.queries.effort import lines_run
from tests.queries.events import call, event, sequences
from tests.queries.runs import DIALECTS, DROPPED, FAILING, PLAN, write_runs
from tests.stores import canonical_store, heist_audit_store, heist_session_store
from tests.stores.base import SAMPLES


def runs_of(path: Path, *ids: str) -> tuple[RunFigures, ...]:
    with Store(path) as store:
        return read_runs(store, ids, now=2e9)


def row(comparison: Comparison, name: str) -> ComparedMetric:
    (found,) = [row for row in comparison.metrics if row.metric.name == name]
    return found


# -- reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_known_differences_in_every_dialect(tmp_path: Path, dialect: str) -> None:
    path = write_runs(tmp_path / "s.db", dialect, first=PLAN, dropped=DROPPED, failing=FAILING)
    comparison = compare(runs_of(path, "first", "dropped", "failing"))
    calls = row(comparison, "tool_calls")
    assert calls.values == (5, 4, 5)
    assert calls.deltas == (0, -1, 0)
    assert calls.percents == (0, -0.2, 0)
    assert calls.changes == (Change.SAME, Change.DIFFERENT, Change.SAME)
    assert row(comparison, "errors").changes == (Change.SAME, Change.SAME, Change.WORSE)
    assert row(comparison, "error_rate").values == (0, 0, 0.2)
    assert row(comparison, "error_rate").percents == (None, None, None)
    grep = next(tool for tool in comparison.tools if tool.tool == "Grep")
    assert [cell is not None for cell in grep.cells] == [True, False, True]
    assert grep.only_in is None


@pytest.mark.parametrize("name", ["heist-audit", "heist-session", "htmlgraph-0.26.1",
                                  "htmlgraph-0.35.0", "heist-demo"])  # fmt: skip
@pytest.mark.parametrize("repeats", [False, True])
def test_rows_that_others_take_as_well_count_the_same(name: str, repeats: bool) -> None:
    with Store(SAMPLES / f"{name}.db") as store:
        ids = [session.id for session in store.sessions(limit=3)]
        plain = read_runs(store, ids, now=2e9, curves=True, repeats=repeats)
        if len(ids) < 2:
            return
        reading = AlignmentReading(store, ids[1], ids[0])
        runs = read_runs(store, ids, now=2e9, curves=True, repeats=repeats, takers=reading.takers)
        assert runs == plain
        assert reading.alignment() == align_sessions(store, ids[1], ids[0])


def test_rows_that_nobody_takes_count_none_the_less(tmp_path: Path) -> None:
    def take_one(rows: Iterator[Event]) -> None:
        next(rows)

    path = write_runs(tmp_path / "s.db", "canonical", first=PLAN)
    with Store(path) as store:
        plain = read_runs(store, ("first",), now=2e9)
        assert read_runs(store, ("first",), now=2e9, takers={"first": take_one}) == plain


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_sessions_are_counted_and_aligned_from_rows_read_once(
    tmp_path: Path, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_runs(tmp_path / "s.db", dialect, first=PLAN, other=DROPPED)
    seen: Counter[tuple[int, object]] = Counter()
    made = Store._events

    def noting(self: Store, source: int, rows: Rows) -> list[Event]:
        seen.update((source, row[0]) for row in rows)
        return made(self, source, rows)

    monkeypatch.setattr(Store, "_events", noting)
    monkeypatch.setattr(
        SessionBatches, "read", lambda *_: pytest.fail("no rows are read to be counted only")
    )
    with Store(path) as store:
        reading = AlignmentReading(store, "first", "other")
        first, other = read_runs(store, ("first", "other"), now=2e9, takers=reading.takers)
        assert first.row.totals.events > 0
        assert other.row.totals.events > 0
        # Without an index all rows are walked over for each of the two.
        assert max(seen.values()) == (1 if all(store.session_indexed) else 2)
        alignment = reading.alignment()
        assert len(alignment.steps_a) == first.row.totals.events


@pytest.mark.parametrize("name", ["heist-audit", "heist-session", "htmlgraph-0.26.1",
                                  "htmlgraph-0.35.0", "heist-demo"])  # fmt: skip
@pytest.mark.parametrize("repeats", [False, True])
def test_each_session_counts_as_it_does_alone(name: str, repeats: bool) -> None:
    relations = set(Relation) if repeats else set(Relation) - {Relation.FOLLOWS_ONCE}
    with Store(SAMPLES / f"{name}.db") as store:
        ids = [session.id for session in store.sessions(limit=5)]
        for run in read_runs(store, ids, now=2e9, repeats=repeats):
            assert run.interactions.keys() == relations
            alone = count_sessions(store, (run.id,), now=2e9)
            assert session_json(run.row) == session_json(alone.rows[0])
            assert list(map(tool_json, run.tools)) == list(map(tool_json, alone.tools()))
            assert run.agents == alone.agents()
            for relation in relations:
                assert run.interactions[relation] == alone.interactions(relation)


def test_a_session_that_nothing_declares(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as store:
        store.add_session("empty")
        store.add_event("undeclared")
    comparison = compare(runs_of(tmp_path / "s.db", "empty", "undeclared"))
    assert row(comparison, "events").values == (0, 1)
    assert row(comparison, "duration").values == (None, None)
    assert row(comparison, "quality").changes == (Change.UNKNOWN,) * 2
    assert row(comparison, "agents").values == (None, 1)
    assert "Without any event: empty." in comparison.notes


def test_what_a_store_does_not_know_is_not_zero(tmp_path: Path) -> None:
    path = write_runs(tmp_path / "s.db", "htmlgraph-0.35", first=PLAN, other=PLAN)
    assert row(compare(runs_of(path, "first", "other")), "messages").values == (None, None)
    with heist_audit_store(tmp_path / "a.db") as audit:
        audit.add_session("sum", status="active", total_turns=0)
        audit.add_tool_usage("sum", "calculator", usage_count=4, success_rate=0.5)
    (run,) = runs_of(tmp_path / "a.db", "sum")
    comparison = compare((run, run))
    assert row(comparison, "declared_turns").values[0] is None
    assert row(comparison, "errors").values[0] == 2
    assert row(comparison, "error_rate").values[0] == 0.5
    assert any("totals" in note for note in comparison.notes)


def test_without_an_index_all_sessions_take_one_walk(tmp_path: Path) -> None:
    with heist_session_store(tmp_path / "s.db") as store:
        for number in range(6):
            store.add_session(f"s{number}")
            for _ in range(number):
                store.add_message(f"s{number}")
    names = [f"s{number}" for number in range(6)]
    with Store(tmp_path / "s.db") as opened:
        before = opened.statements
        runs = read_runs(opened, names, now=2e9)
        assert opened.statements - before < 20
    assert [run.row.totals.messages for run in runs] == list(range(6))


def test_each_of_fifty_sessions_costs_the_same(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as store, store.batch():
        for number in range(50):
            store.add_session(f"s{number}")
            for _ in range(20):
                store.add_event(f"s{number}", duration=0.5, tokens=3)

    def effort(sessions: int) -> int:
        found: list[Comparison] = []
        ids = [f"s{number}" for number in range(sessions)]
        lines = lines_run(lambda: found.append(compare(runs_of(tmp_path / "s.db", *ids))))
        assert row(found[0], "tokens").values == (60,) * sessions
        return lines

    assert effort(50) < 6 * effort(10)


def test_fifty_sessions_are_read_together(tmp_path: Path) -> None:
    """Sessions that fill a store take one walk over it, and no event is made of a row."""
    names = [f"s{number}" for number in range(50)]
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        for name in names:
            made.add_session(name)
        for _ in range(100):
            for name in names:
                made.add_event(name, duration=0.5, tokens=3)
    with Store(tmp_path / "s.db") as store:
        before = store.statements
        comparison = compare(read_runs(store, names, now=2e9))
        assert store.statements - before < 15
    assert row(comparison, "tokens").values == (300,) * 50


def test_a_few_sessions_of_many_are_looked_up(tmp_path: Path) -> None:
    with canonical_store(tmp_path / "s.db") as made, made.batch():
        for number in range(40):
            made.add_session(f"s{number}")
        for at in range(50):
            for number in range(40):
                made.add_event(f"s{number}", time=1000.0 + at, tokens=number)
    with Store(tmp_path / "s.db") as store:
        spans = SessionBatches(store).read(("s7", "s20"))
        batches = list(spans)
    assert [set(batch.sessions) for batch in batches] == [{"s7"}, {"s20"}]
    assert [len(batch.seqs) for batch in batches] == [50, 50]


# -- judging ----------------------------------------------------------------------------------


def test_better_and_worse_by_metric() -> None:
    by_name = {metric.name: metric for metric in METRICS}
    for name, base, value, change in (
        ("errors", 3, 2, Change.BETTER),
        ("errors", 2, 3, Change.WORSE),
        ("quality", 70.0, 80.0, Change.BETTER),
        ("quality", 80.0, 70.0, Change.WORSE),
        ("events", 5, 6, Change.DIFFERENT),
        ("duration", 100.0, 100.9, Change.SAME),
        ("duration", 100.0, 101.1, Change.WORSE),
        ("duration", 100.0, 98.0, Change.BETTER),
        ("tokens", 0, 0, Change.SAME),
        ("cost", None, 0.1, Change.UNKNOWN),
        ("cost", 0.1, None, Change.UNKNOWN),
        ("status", "failed", "completed", Change.BETTER),
        ("status", "completed", "stale", Change.WORSE),
        ("status", "running", "completed", Change.DIFFERENT),
        ("status", "failed", "failed", Change.SAME),
        ("status", "unknown", "unknown", Change.UNKNOWN),
        ("status", "completed", "unknown", Change.UNKNOWN),
    ):
        assert judge_change(by_name[name], base, value) is change, (name, base, value)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFigures, ...]:
    path = tmp_path_factory.mktemp("three") / "s.db"
    with canonical_store(path) as store:
        for number, (status, calls) in enumerate((("completed", 2), ("failed", 3), ("running", 4))):
            name = f"s{number}"
            store.add_session(name, status=status, started=1000.0, ended=1100.0 + number)
            for _ in range(calls):
                store.add_event(name, time=1000.0, agent=f"agent-{number}", tool="Bash")
            store.add_event(name, time=1000.0, kind="message", agent="planner", tool=None)
        store.add_event("s1", time=1001.0, agent="planner", tool="Only", operation="here")
    return runs_of(path, "s0", "s1", "s2")


def test_the_baseline_can_be_any(three: tuple[RunFigures, ...]) -> None:
    first, last = compare(three), compare(three, 2)
    assert row(first, "tool_calls").deltas == (0, 2, 2)
    assert row(last, "tool_calls").deltas == (-2, 0, 0)
    assert row(last, "tool_calls").percents[0] == -0.5
    assert last.tallies[2] == Tally()
    assert first.tallies[0] == Tally()
    with pytest.raises(IndexError):
        compare(three, 3)


def test_the_tally_counts_every_cell(three: tuple[RunFigures, ...]) -> None:
    comparison = compare(three)
    for index, tally in enumerate(comparison.tallies[1:], start=1):
        changes = [row.changes[index] for row in comparison.metrics]
        for change in Change:
            assert getattr(tally, change.value) == changes.count(change)
    assert comparison.tally.better == sum(tally.better for tally in comparison.tallies)


def test_what_only_one_has_is_marked(three: tuple[RunFigures, ...]) -> None:
    comparison = compare(three)
    only = {tool.tool: tool.only_in for tool in comparison.tools}
    assert only == {"Bash": None, "Only": 1}
    agents = {agent.agent: agent.only_in for agent in comparison.agents}
    assert agents == {"agent-0": 0, "agent-1": 1, "agent-2": 2, "planner": None}
    assert [tool.tool for tool in comparison.tools] == ["Bash", "Only"]


def test_matrices_subtract(three: tuple[RunFigures, ...]) -> None:
    comparison = compare(three)
    deltas = comparison.interaction_deltas
    assert deltas[0][Relation.TOOLS].counts == {}
    assert deltas[1][Relation.TOOLS].counts == {("Bash", "Bash"): 1, ("Bash", "Only"): 1}
    base, other = (run.interactions[Relation.TOOLS].counts for run in three[:2])
    for pair in base.keys() | other.keys():
        change = deltas[1][Relation.TOOLS].counts.get(pair, 0)
        assert base.get(pair, 0) + change == other.get(pair, 0)
    turned = compare(three, 1).interaction_deltas[0][Relation.TOOLS].counts
    assert turned == {("Bash", "Bash"): -1, ("Bash", "Only"): -1}


def test_notes_keep_from_wrong_conclusions(three: tuple[RunFigures, ...]) -> None:
    running = replace(
        three[2],
        row=replace(
            three[2].row, session=replace(three[2].row.session, status=SessionStatus.RUNNING)
        ),
    )
    notes = " ".join(compare((*three[:2], running)).notes)
    assert "figures grow: s2." in notes
    assert "no gain: s1." in notes
    assert compare(three[:1]).notes == ()


# -- curves -----------------------------------------------------------------------------------


def curve(rows: Iterable[Event]) -> Curve:
    counter = CurveCounter()
    for one in rows:
        counter.add_all((one,))
    return counter.curve()


def test_a_curve_adds_up() -> None:
    found = curve(
        event(seq, time=1000.0 + seq * 10, tokens=5 if seq % 2 else None,
              state=EventState.ERROR if seq == 3 else EventState.OK)
        for seq in range(5)
    )  # fmt: skip
    assert found.seconds == (0.25, 10.25, 20.25, 30.25, 40.0)
    assert found.events == (1, 2, 3, 4, 5)
    assert found.errors == (0, 0, 0, 1, 1)
    assert found.tokens == (0, 5, 5, 10, 10)


def test_a_curve_has_few_points_however_long() -> None:
    found = curve(event(seq, time=1000.0 + seq**2 / 7) for seq in range(3000))
    assert 100 < len(found.seconds) <= POINTS
    assert found.events[-1] == 3000
    assert found.seconds[-1] == pytest.approx(2999**2 / 7)
    assert list(found.seconds) == sorted(found.seconds)


def test_a_call_of_two_rows_is_one_point_of_a_curve() -> None:
    found = curve((
        call(1, Phase.START, call_key="k", time=100.0),
        call(2, Phase.END, call_key="k", time=130.0, state=EventState.ERROR, tokens=7),
    ))  # fmt: skip
    assert (found.events[-1], found.errors[-1], found.tokens) == (1, 1, (7,))


def test_a_delegation_of_several_rows_is_one_point_of_a_curve() -> None:
    whole = event(1, kind=EventKind.DELEGATION, call_key="k", time=100.0)
    start = call(2, Phase.START, kind=EventKind.DELEGATION, call_key="k", time=110.0)
    end = call(3, Phase.END, kind=EventKind.DELEGATION, call_key="k", time=130.0)
    for rows in ((whole, start, end), (start, whole, end), (start, end)):
        assert curve(rows).events[-1] == 1


def test_an_empty_curve() -> None:
    assert curve(()) == curve((event(1, time=None),)) == Curve((), (), (), None)
    assert curve((event(1, kind=EventKind.MESSAGE),)).events == (1,)


@given(sequences())
def test_curves_end_where_the_events_do(rows: list[Event]) -> None:
    counters: dict[str, CurveCounter] = {}
    for one in rows:
        counters.setdefault(one.session_id, CurveCounter()).add_all((one,))
    for name, counter in counters.items():
        events = [one for one in paired(row for row in rows if row.session_id == name)
                  if one.time is not None]  # fmt: skip
        found = counter.curve()
        assert (found.events or (0,))[-1] == len(events)
        failed = sum(one.state is EventState.ERROR for one in events)
        assert (found.errors or (0,))[-1] == failed
        assert (found.tokens or (0,))[-1] == sum(one.tokens or 0 for one in events)
