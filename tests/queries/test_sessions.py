"""Sorting sessions, and judging which of them are stale."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queries.fold import Fold
from queries.models import AggregatedTool, Session, SessionRow, SessionStatus, SessionTotals
from queries.sessions import SORTS, TEXT_SORTS, judge, newest_of, session_row, sort_rows
from tests.queries.events import event

NOW = 10_000.0
RUNNING = Session(id="s1", status=SessionStatus.RUNNING, started=1000.0)


def row(name: str, **fields: object) -> SessionRow:
    totals = SessionTotals(events=fields.pop("events", 0))  # type: ignore[arg-type]  # tests only
    return SessionRow(replace(Session(id=name), **fields), totals, complete=True)  # type: ignore[arg-type]  # tests only


# -- stale ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (NOW, SessionStatus.RUNNING),
        (NOW - 60.0, SessionStatus.RUNNING),
        (NOW - 60.1, SessionStatus.STALE),
        (NOW + 999.0, SessionStatus.RUNNING),
        (None, SessionStatus.STALE),
    ],
)
def test_silence_makes_stale(last: float | None, status: SessionStatus) -> None:
    assert judge(RUNNING, last, NOW, newest=False, stale_after=60.0).status is status


def test_the_newest_is_never_stale() -> None:
    assert judge(RUNNING, None, NOW, newest=True, stale_after=60.0) == RUNNING


@pytest.mark.parametrize("status", [s for s in SessionStatus if s is not SessionStatus.RUNNING])
def test_only_what_says_that_it_runs_is_stale(status: SessionStatus) -> None:
    session = replace(RUNNING, status=status)
    assert judge(session, None, NOW, newest=False, stale_after=60.0) == session


def test_what_has_ended_is_not_stale() -> None:
    session = replace(RUNNING, ended=2000.0)
    assert judge(session, None, NOW, newest=False, stale_after=60.0) == session


def test_a_line_is_judged_by_its_last_event() -> None:
    fold = Fold(messages_only=False)
    fold.add(event(1, time=9990.0))
    lines = [
        session_row(RUNNING, fold, now=now, newest=False, stale_after=60.0).session.status
        for now in (10_000.0, 10_051.0)
    ]
    assert lines == [SessionStatus.RUNNING, SessionStatus.STALE]
    without_events = session_row(
        RUNNING, Fold(messages_only=False), now=1030.0, newest=False, stale_after=60.0
    )
    assert without_events.session.status is SessionStatus.RUNNING
    assert without_events.totals == SessionTotals()


def test_declared_tool_totals_count_where_there_are_no_calls() -> None:
    fold = Fold(messages_only=False)
    tools = [AggregatedTool("s1", "a", None, 3, 2), AggregatedTool("s1", "b", None, 4, None)]
    line = session_row(RUNNING, fold, now=NOW, newest=True, aggregated=tools)
    assert (line.totals.tool_calls, line.totals.ok) == (7, 2)
    fold.add(event(1))
    line = session_row(RUNNING, fold, now=NOW, newest=True, aggregated=tools)
    assert (line.totals.tool_calls, line.totals.ok) == (1, 1)


def test_the_newest_session() -> None:
    assert newest_of([]) is None
    assert newest_of([("a", None)]) is None
    assert newest_of([("a", 1.0), ("b", 3.0), ("c", 2.0)]) == "b"
    assert newest_of([("a", 1.0), ("b", 1.0)]) == "b"


# -- sorting ----------------------------------------------------------------------------------


def names(rows: list[SessionRow]) -> list[str]:
    return [row.id for row in rows]


def test_the_latest_start_comes_first_and_unknown_ones_last() -> None:
    rows = [row("a", started=1.0), row("b"), row("c", started=3.0), row("d", started=3.0)]
    assert names(sort_rows(rows)) == ["c", "d", "a", "b"]
    assert names(sort_rows(rows, reverse=True)) == ["a", "c", "d", "b"]


def test_texts_go_from_a_to_z() -> None:
    rows = [row("1", agent="zoe"), row("2", agent="adam"), row("3")]
    assert names(sort_rows(rows, "agent")) == ["2", "1", "3"]
    assert names(sort_rows(rows, "agent", reverse=True)) == ["1", "2", "3"]


def test_titles_are_sorted_without_regard_to_case() -> None:
    rows = [row("1", title="beta"), row("2", title="Alpha"), row("3", title="alpha")]
    assert names(sort_rows(rows, "title")) == ["2", "3", "1"]


@pytest.mark.parametrize("order", SORTS)
@pytest.mark.parametrize("reverse", [False, True])
def test_every_order_takes_unknown_values_and_is_the_same_each_time(
    order: str, reverse: bool
) -> None:
    rows = [
        row("a"),
        row("b", started=1.0, ended=5.0, tokens=3, cost=0.1, agent="x", title="t", events=2),
        row("c", started=2.0, status=SessionStatus.FAILED, events=9),
    ]
    once = sort_rows(rows, order, reverse)
    assert once == sort_rows(list(reversed(rows)), order, reverse)
    value = SORTS[order]
    unknown = [value(entry) is None for entry in once]
    assert unknown == sorted(unknown)
    known = [value(entry) for entry in once if value(entry) is not None]
    assert known == sorted(known, reverse=(order in TEXT_SORTS) == reverse)
