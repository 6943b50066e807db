from __future__ import annotations

import pytest

from queries.models.groups import Verdict
from tests.widgets.comparisons import DURATION, SUCCESS, group_metric, groups
from tests.widgets.pane_app import HOSTILE, SIZES, Stage, on_stage
from widgets.glyphs import ASCII
from widgets.group_table import GroupTable, group_sentence


def lines(stage: Stage) -> list[str]:
    return [" ".join(line.split()) for line in stage.lines() if line.strip()]


async def test_a_line_tells_values_interval_p_and_verdict() -> None:
    table = GroupTable()
    async with on_stage(table, (170, 10)) as stage:
        table.show_groups(groups())
        await stage.settle()
        head, duration, success, tool = lines(stage)
        assert head.split()[:2] == ["metric", "B"]
        assert duration == (
            "duration = NO DIFFERENCE SHOWN 1m15s 1m40s +25s +5.0s … +4m00s 0.210 5/5 +0.64 "
            "7 each 1m21s 2m58s"
        )
        assert success.startswith("tool success ▲ BETTER 80.0 % 90.0 % +10.0 pt -5.0 … +20.0")
        assert tool.startswith("Read: tool success ? TOO FEW")
        stage.assert_exact_widths()


async def test_a_narrow_table_keeps_values_interval_and_verdict() -> None:
    table = GroupTable()
    async with on_stage(table, (80, 10)) as stage:
        table.show_groups(groups())
        await stage.settle()
        assert lines(stage)[1] == "duration = not shown 1m15s 1m40s +25s +5.0s … +4m00s"


def test_the_row_in_words() -> None:
    assert group_sentence(group_metric()) == (
        "duration: median 1m15s in A (n 5), 1m40s in B (n 5) · "
        "+25s (95 % interval +5.0s … +4m00s) · Cliff's delta +0.64 · "
        "p 0.030, adjusted 0.210 (Mann-Whitney U, exact) · NO DIFFERENCE SHOWN · "
        "to show a difference like this with 80 % power: 7 more each"
    )
    assert group_sentence(group_metric(SUCCESS)).startswith("tool success: 80.0 % in A (n 5)")


async def test_jumps_stop_at_shown_differences() -> None:
    table = GroupTable()
    async with on_stage(table):
        table.show_groups(groups())
        assert table.next_difference(1)
        assert table.cursor == 1
        assert table.next_difference(1)
        assert table.cursor == 1
        table.show_groups(groups(group_metric(DURATION)))
        assert not table.next_difference(1)


async def test_verdicts_differ_by_sign() -> None:
    table = GroupTable(glyphs=ASCII)
    async with on_stage(table, (80, 12)) as stage:
        rows = [group_metric(SUCCESS, subject=verdict.name, verdict=verdict) for verdict in Verdict]
        table.show_groups(groups(*rows))
        await stage.settle()
        assert stage.text().isascii()
        signs = {line.partition(": tool success ")[2][:1] for line in lines(stage)[1:6]}
        assert len(signs) == len(Verdict)


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_hostile_subjects(size: tuple[int, int]) -> None:
    table = GroupTable()
    async with on_stage(table, size) as stage:
        table.show_groups(groups(*(group_metric(subject=text) for text in HOSTILE)))
        await stage.settle()
        stage.assert_exact_widths()
        if size == (200, 60):
            assert "[@click=app.quit]x[/]: d" in stage.text()
