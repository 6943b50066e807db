from __future__ import annotations

import re
from dataclasses import replace

import pytest

from queries.models import SessionStatus
from queries.models.comparison import Change
from tests.widgets.comparisons import comparison, run, titles, two_runs
from tests.widgets.pane_app import HOSTILE, SIZES, Stage, on_stage
from widgets.comparison_table import ComparisonTable
from widgets.glyphs import ASCII
from widgets.session_columns import SessionColumns


def row(stage: Stage, name: str) -> str:
    """The line of a metric with single blanks."""
    [line] = [line for line in stage.lines() if line.startswith(name + " ")]
    return " ".join(line.split())


def metric_names(table: ComparisonTable) -> list[str]:
    return [each.metric.label for each in table.rows]


async def test_differences_are_told_by_value_sign_and_word() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table, (100, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        await stage.settle()
        assert row(stage, "duration") == "duration 10m00s 15m00s +5m00s +50 % ▼ worse"
        assert row(stage, "errors") == "errors 2 9 +7 +350 % ▼ worse"
        assert row(stage, "tokens") == "tokens 1,000 500 -500 -50 % ▲ better"
        assert row(stage, "events") == "events 20 20 0 = same"
        assert row(stage, "calls") == "calls 9 8 -1 -11 % ≠ different"
        # What is not known is no zero and no judgement.
        assert row(stage, "cost") == "cost — — —"
        stage.assert_exact_widths()


async def test_the_baseline_is_named_and_stands_first() -> None:
    table, compared = ComparisonTable(), comparison(baseline=1)
    async with on_stage(table, (140, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        await stage.settle()
        head, columns = stage.lines()[:2]
        assert head.index("2 Port it again (baseline)") < head.index("[1 Port the parser]")
        assert columns.split()[:4] == ["metric", "baseline", "value", "change"]
        assert row(stage, "errors") == "errors 9 2 -7 -78 % ▲ better"


async def test_many_sessions_scroll_beside_a_baseline_that_stays() -> None:
    runs = [run(f"s{number}", title=f"session {number}", errors=number) for number in range(9)]
    table, compared = ComparisonTable(), comparison(runs)
    async with on_stage(table, (60, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        await stage.settle()
        assert "4 of 9 sessions" in table.covers() or "3 of 9 sessions" in table.covers()
        shown = stage.lines()[0]
        assert "1 s" in shown
        assert "9 s" not in shown
        for _ in range(7):
            table.move_right()
        await stage.settle()
        assert table.column == 8
        shown = stage.lines()[0]
        assert "1 s" in shown
        assert "[9 s" in shown
        assert "2 s" not in shown
        assert re.search(r"errors +0 .* 8 ▼", row(stage, "errors"))
        stage.assert_exact_widths()
        assert [event.column for event in stage.said(SessionColumns.ColumnMoved)][-1] == 8
        table.move_right()
        table.move_left()
        assert table.column == 7


async def test_a_filter_keeps_only_rows_with_that_change() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table, (100, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        table.show_only(Change.WORSE)
        assert metric_names(table) == ["duration", "errors", "error rate"][:2]
        table.show_only(Change.BETTER)
        assert "tokens" in metric_names(table)
        assert "errors" not in metric_names(table)
        table.show_only(None)
        await stage.settle()
        assert len(table.rows) == len(compared.metrics)
        same = comparison((two_runs()[0], replace(two_runs()[0])))
        table.show_only(Change.WORSE)
        table.show_comparison(same, titles(same))
        await stage.settle()
        assert stage.lines()[0].strip() == "No metric is worse."


async def test_jumps_go_from_difference_to_difference_round_the_end() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table, (100, 24)):
        table.show_comparison(compared, titles(compared))
        seen = []
        for _ in range(8):
            assert table.next_difference(1)
            assert table.current is not None
            seen.append(table.current.metric.label)
        assert "events" not in seen
        assert "cost" not in seen
        assert seen[0] == "duration"
        assert len(set(seen)) < len(seen)
        same = comparison((two_runs()[0], replace(two_runs()[0])))
        table.show_comparison(same, titles(same))
        assert not table.next_difference(1)


async def test_the_cursor_stays_on_its_metric_and_session() -> None:
    runs = [*two_runs(), run("three", title="Third", errors=1)]
    table = ComparisonTable()
    async with on_stage(table, (100, 24)) as stage:
        compared = comparison(runs)
        table.show_comparison(compared, titles(compared))
        table.move_right()
        table.move_to(metric_names(table).index("errors"))
        await stage.settle()
        with stage.repaints() as drawn:
            table.show_comparison(comparison(runs), titles(compared))
            await stage.settle()
        assert drawn == []
        table.show_only(Change.BETTER)
        assert table.current is not None
        assert (table.column, table.current.metric.label) == (2, "errors")


async def test_a_click_chooses_session_and_row() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table, (100, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        await stage.settle()
        place = stage.lines()[0].index("1 P")
        await stage.pilot.click(table, offset=(place + 2, 4))
        assert table.column == 0
        assert table.cursor == 2


async def test_the_sentence_says_what_is_counted() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table):
        table.show_comparison(compared, titles(compared))
        table.move_to(metric_names(table).index("errors"))
        assert table.text_under_cursor() == (
            "errors 9 · worse +7 (+350 %) against 2 · Events of any kind that failed; "
            "less is better"
        )
        table.move_left()
        assert table.text_under_cursor().startswith("errors 2 · Events")


async def test_ascii_has_signs_of_its_own() -> None:
    table, compared = ComparisonTable(glyphs=ASCII), comparison()
    async with on_stage(table, (100, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        await stage.settle()
        assert stage.text().isascii()
        assert row(stage, "errors").endswith("v worse")
        assert row(stage, "tokens").endswith("^ better")


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_hostile_names(size: tuple[int, int]) -> None:
    runs = [
        run(f"s{number}", title=text, status=SessionStatus.FAILED)
        for number, text in enumerate(HOSTILE)
    ]
    table, compared = ComparisonTable(), comparison(runs)
    async with on_stage(table, size) as stage:
        table.show_comparison(compared, titles(compared))
        for _ in range(4):
            table.move_right()
            await stage.settle()
            stage.assert_exact_widths()
        if size[0] == 200:
            assert "[b]bold[/b]" in stage.lines()[0]


async def test_the_export_has_everything() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table, (20, 5)):
        table.show_comparison(compared, titles(compared))
        lines = table.lines_as_text()
        assert lines[:2] == ["1 Port the parser (baseline)", "2 Port it again"]
        [errors] = [line for line in lines if line.startswith("errors")]
        assert errors.split() == ["errors", "2", "9", "+7", "+350", "%", "▼", "worse"]


async def test_a_line_is_searched_and_copied_with_all_that_it_says() -> None:
    table, compared = ComparisonTable(), comparison()
    async with on_stage(table, (100, 24)) as stage:
        table.show_comparison(compared, titles(compared))
        await stage.settle()
        lines = {each.split("  ")[0]: each for each in map(table.line_text, range(len(table.rows)))}
        assert lines["duration"] == "duration  10m00s  15m00s  +5m00s  ▼ worse"
        assert lines["tokens"] == "tokens  1,000  500  -500  ▲ better"
        assert lines["cost"] == "cost  —  —  — unknown"
