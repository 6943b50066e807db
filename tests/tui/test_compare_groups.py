from __future__ import annotations

from pathlib import Path

import pytest

from queries.models.groups import Verdict
from tests.stores import FIRST_TIME
from tests.tui.runs import RUNS, experiment, runs, runs_clock
from tests.tui.stage import Clock, Stage, on_stage
from tests.tui.test_compare_flow import compared, line
from tui.options import ScreenOptions
from tui.screens.compare_wanted import COLUMNS, Wanted, wanted_of


async def two_groups(stage: Stage) -> None:
    """The list goes from b-7, a-7 down to b-0, a-0."""
    await stage.press(*["B", "A"] * 8)


async def test_groups_are_marked_counted_and_taken_out(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await stage.press("A", "B", "space")
        assert stage.main.sessions.marks == {"live": "A", "bad": "B", "good": "●"}
        assert [stage.lines()[row][1] for row in (3, 4, 5)] == ["A", "B", "●"]
        assert stage.footer.rstrip().endswith("1 marked · A 1 · B 1")
        await stage.press("g", "A")
        assert "live" not in stage.main.sessions.marks
        await stage.press("B")
        assert "bad" not in stage.main.sessions.marks
        await stage.press("A", "g", "j", "j", "B")
        assert stage.main.sessions.marks == {"good": "B"}
        await stage.press("x")
        assert stage.main.sessions.marks == {}


async def test_groups_that_were_asked_for_are_compared_at_once(folder: Path) -> None:
    with experiment():
        pass
    options = ScreenOptions(groups=(("A", "a- since:400d"), ("B", "b- since:400d")))
    async with on_stage(
        RUNS, (120, 40), options=options, clock=Clock(FIRST_TIME + 20_000)
    ) as stage:
        await stage.settle()
        screen = compared(stage)
        assert screen.reading.groups is not None
        assert [len(screen.reading.groups.a), len(screen.reading.groups.b)] == [8, 8]
        assert "[Groups]" in stage.lines()[3]
        await stage.press("escape")
        assert stage.footer.rstrip().endswith("A 8 · B 8")
        # Later news leave the groups alone.
        await stage.press("x")
        stage.poller.step()
        assert stage.main.sessions.marks == {}


async def test_two_groups_open_with_their_verdicts(folder: Path) -> None:
    with experiment():
        pass
    async with on_stage(RUNS, (120, 40), clock=Clock(FIRST_TIME + 20_000)) as stage:
        await two_groups(stage)
        await stage.press("c")
        screen = compared(stage)
        assert screen.reading.groups is not None
        assert [run.id for run in screen.reading.groups.a] == [f"a-{n}" for n in range(7, -1, -1)]
        assert "[Groups]" in stage.lines()[3]
        assert stage.lines()[0].startswith(" B (8 sessions) against A (8 sessions):  ▼ ")
        assert line(stage, "duration").startswith("duration ▼ WORSE 1m44s 3m24s +1m40s")
        screen.groups.move_to([row.metric.name for row in screen.groups.rows].index("duration"))
        await stage.settle()
        assert "duration: one point per session" in stage.text()
        assert "duration: median 1m44s in A (n 8), 3m24s in B (n 8)" in stage.text()
        await stage.press("n")
        row = screen.groups.current
        assert row is not None
        assert row.verdict in (Verdict.WORSE, Verdict.DIFFERENT)
        # The other sections compare all of them one by one.
        await stage.press("tab")
        assert "[Metrics]" in stage.lines()[3]
        assert screen.comparison is not None
        assert len(screen.comparison.runs) == 16


async def test_one_group_alone_is_compared_as_marks(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await stage.press("A", "A", "c")
        assert not compared(stage).has_groups
        assert "[Metrics]" in stage.lines()[3]


async def test_all_that_a_filter_shows_go_into_a_group_and_back(folder: Path) -> None:
    with experiment():
        pass
    async with on_stage(RUNS, (120, 40), clock=Clock(FIRST_TIME + 20_000)) as stage:
        await stage.press("{")
        assert stage.main.sessions.marks == {}
        assert "Filter the list first" in stage.said()[-1]
        await stage.press("space", "F")
        await stage.type("id:a-")
        await stage.press("A")
        assert stage.said()[-1] == "{ puts all 8 that match the filter into A."
        before = dict(stage.main.sessions.marks)
        assert len(before) == 2
        await stage.press("{")
        assert stage.footer.rstrip().endswith("1 marked · A 8")
        assert stage.said()[-1] == "All 8 listed are in group A; once more takes that back."
        await stage.press("{")
        assert stage.main.sessions.marks == before
        await stage.press("{", "x", "{", "F", "ctrl+u")
        await stage.type("id:b-")
        await stage.press("}")
        assert stage.footer.rstrip().endswith("A 8 · B 8")
        await stage.press("c")
        screen = compared(stage)
        assert screen.reading.groups is not None
        assert screen.reading.groups.label_a == "id:a-, 8 sessions"
        assert [len(screen.reading.groups.a), len(screen.reading.groups.b)] == [8, 8]


def test_few_of_many_sessions_have_a_column() -> None:
    a, b, more = (tuple(f"{name}{number}" for number in range(99)) for name in ("a", "b", "m"))
    groups = {"A": a, "B": b}
    both = wanted_of((*a, *b, *more), groups, {})
    assert both.ids == (*a[: COLUMNS // 2], *b[: COLUMNS // 2])
    assert both.left_out == 3 * 99 - COLUMNS
    assert both.all_ids == (*a[:50], *b[:50], *a[50:], *b[50:])
    assert wanted_of((*a, *b), {}, {}).ids == (*a, b[0])
    assert wanted_of(a, {}, {}) == Wanted(a)


async def test_sessions_without_a_column_are_in_their_group(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.compare_wanted.COLUMNS", 4)
    with experiment():
        pass
    async with on_stage(RUNS, clock=Clock(FIRST_TIME + 20_000)) as stage:
        await two_groups(stage)
        await stage.press("c")
        screen = compared(stage)
        groups = screen.reading.groups
        assert groups is not None
        assert (len(groups.a), len(groups.b)) == (8, 8)
        assert screen.comparison is not None
        assert len(screen.comparison.runs) == 4
        # Figures are all that is kept of those that nobody can look at.
        assert [len(run.interactions) for run in groups.a] == [3, 3, *[0] * 6]
        await stage.press("tab")
        assert "12 more have no column here" in stage.lines()[2]
