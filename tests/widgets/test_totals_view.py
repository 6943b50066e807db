from __future__ import annotations

from datetime import UTC

import pytest

from tests.widgets.overviews import EMPTY, OVERVIEW
from tests.widgets.pane_app import SIZES, on_stage
from widgets.totals_view import TotalsView, total_lines


def figures(lines: list[str]) -> dict[str, str]:
    return {line[:11].strip(): line[12:].strip() for line in lines}


def test_every_figure_says_what_it_rests_on() -> None:
    told = figures([line.text for line in total_lines(OVERVIEW, UTC)])
    assert told == {
        "sessions": "12  2 running, 8 completed, 1 failed, 1 stale",
        "completed": "80.0 %  8 of 10, 95 % range 70.0-90.0",
        "failed": "8.3 %  1 of 12, 95 % range 0.0-18.3",
        "call errors": "2.8 %  24 of 845, 95 % range 0.0-12.8",
        "events": "4,312  850 calls, 31 errors, 300 messages",
        "agents": "6  last active 2026-01-12 14:02:11",
        "tokens": "128,700  cost $1.23",
        "turns": "12.3  average, median 9; 3 declared",
        "prompts": "4  average, median 5; 2 counted",
        "duration": "4m12s  average, median 3m05s, p95 8m31s; 3 over",
        "quality": "82.3  average, excellent, median 80; 3 rated",
    }


def test_the_unknown_is_not_zero() -> None:
    told = figures([line.text for line in total_lines(EMPTY)])
    assert told["counted"] == "62 %  of the events; the rest follows"
    assert told["completed"] == "—  0 of 0"
    assert told["tokens"] == "—  cost —"
    assert told["agents"] == "0  last active —"
    for name in ("turns", "prompts", "duration", "quality"):
        assert told[name].startswith("—"), name


@pytest.mark.parametrize("size", SIZES)
async def test_every_size(size: tuple[int, int]) -> None:
    pane = TotalsView()
    async with on_stage(pane, size) as stage:
        pane.show_totals(OVERVIEW, UTC)
        await stage.settle()
        stage.assert_exact_widths()
        pane.move_bottom()
        assert pane.text_under_cursor().startswith("quality")


async def test_only_what_changed_is_painted() -> None:
    pane = TotalsView()
    async with on_stage(pane, (80, 24)) as stage:
        pane.show_totals(OVERVIEW, UTC)
        await stage.settle()
        with stage.repaints() as drawn:
            pane.show_totals(OVERVIEW, UTC)
            await stage.settle()
        assert drawn == []
