from __future__ import annotations

import pytest
from rich.cells import cell_len

from queries.models import Interactions, Relation
from tests.widgets.pane_app import HOSTILE, SIZES, on_stage
from widgets.glyphs import ASCII
from widgets.interaction_matrix import InteractionMatrix
from widgets.matrix_figures import MatrixFigures, ValueMode, why_empty
from widgets.pane import Pane

NAMES = ("planner", "hacker", "mole")
COUNTS = {
    ("planner", "hacker"): 12,
    ("planner", "mole"): 3,
    ("hacker", "planner"): 6,
    ("hacker", "hacker"): 4,
    ("mole", "planner"): 1,
}
CREW = Interactions(Relation.FOLLOWS, NAMES, COUNTS, "next speaker over 27 messages")


def crowd(size: int) -> Interactions:
    names = tuple(f"agent-number-{n}" for n in range(size))
    counts = {(a, b): (i * j) % 7 for i, a in enumerate(names) for j, b in enumerate(names)}
    return Interactions(Relation.TOOLS, names, counts, "basis")


def rows(lines: list[str]) -> list[list[str]]:
    return [line.split() for line in lines if line.strip()]


async def test_counts_totals_and_shades() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW)
        await stage.settle()
        assert rows(stage.lines()) == [
            ["→planner", "→hacker", "→mole", "total"],
            ["planner", "·", "12█", "3░", "15"],
            ["hacker", "6▒", "4▒", "·", "10"],
            ["mole", "1░", "·", "·", "1"],
            ["total", "7", "16", "3", "26"],
        ]
        assert pane.covers() == "next speaker over 27 messages"


async def test_without_the_diagonal_it_counts_nowhere() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW, "row_share", diagonal=False)
        await stage.settle()
        assert rows(stage.lines())[1:] == [
            ["planner", "\\", "80.0█", "20.0░", "15"],
            ["hacker", "100.0█", "\\", "·", "6"],
            ["mole", "100.0█", "·", "\\", "1"],
            ["total", "7", "12", "3", "22"],
        ]
        assert pane.covers() == "next speaker over 27 messages · % of row · without repeats"


async def test_observed_over_expected() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW, "expected")
        await stage.settle()
        assert rows(stage.lines())[1] == ["planner", "·", "1.30▓", "1.73█", "15"]
        assert pane.text_under_cursor() == "planner → planner: 0, 0.0 % of row, 0.00 x expected"
        pane.move_right()
        assert pane.text_under_cursor() == "planner → hacker: 12, 80.0 % of row, 1.30 x expected"


def test_ratio_is_unknown_where_nothing_is_expected() -> None:
    counts = {("a", "b"): 5, ("gone", "a"): 3}
    figures = MatrixFigures.of(Interactions(Relation.DELEGATES, ("a", "b"), counts, ""), True)
    assert figures.total == 5
    assert figures.ratio("a", "b") == 1.0
    assert figures.ratio("b", "a") is None
    assert figures.row_share("b", "a") is None
    assert figures.text("b", "a", "expected") is None
    assert figures.text("b", "a", "row_share") is None


def test_heat_grows_with_the_count_and_is_never_nothing_for_something() -> None:
    names = ("a", "b")
    for part, heat in ((1, 1), (25, 1), (26, 2), (50, 2), (75, 3), (76, 4), (100, 4), (0, 0)):
        counts = {("a", "b"): part, ("b", "a"): 100}
        figures = MatrixFigures.of(Interactions(Relation.TOOLS, names, counts, ""), True)
        assert figures.heat("a", "b", "count") == heat, part


async def test_heat_is_told_by_background_as_well() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW)
        pane.move_bottom()
        await stage.settle()
        backgrounds = {
            part.text.strip(): part.style.bgcolor for part in pane.render_line(1) if part.style
        }
        assert backgrounds["12█"] != backgrounds["3░"]
        assert pane.role("heat-1").bgcolor != pane.role().bgcolor


async def test_cell_cursor_moves_and_repaints_little() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW)
        await stage.settle()
        assert pane.current_pair == ("planner", "planner")
        with stage.repaints() as drawn:
            pane.move_right()
            await stage.settle()
        assert sorted(drawn) == [0, 1]
        with stage.repaints() as drawn:
            pane.move_cursor(1)
            await stage.settle()
        assert sorted(drawn) == [1, 2]
        assert pane.current_pair == ("hacker", "hacker")
        pane.move_left()
        pane.move_left()
        assert pane.current_pair == ("hacker", "planner")
        pane.move_right()
        pane.move_right()
        pane.move_left()
        assert pane.current_pair == ("hacker", "hacker")
        pane.move_left()
        pane.open_current()
        pane.move_bottom()
        assert pane.current_pair is None
        pane.open_current()
        await stage.settle()
        opened = stage.said(InteractionMatrix.CellOpened)
        assert [(cell.from_name, cell.to_name, cell.relation) for cell in opened] == [
            ("hacker", "planner", Relation.FOLLOWS)
        ]


async def test_cursor_stays_on_its_names_and_equal_data_repaint_nothing() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW)
        pane.move_right()
        pane.move_cursor(1)
        await stage.settle()
        with stage.repaints() as drawn:
            pane.show_interactions(Interactions(Relation.FOLLOWS, NAMES, dict(COUNTS), CREW.basis))
            await stage.settle()
        assert drawn == []
        turned = Interactions(Relation.FOLLOWS, NAMES[::-1], COUNTS, CREW.basis)
        pane.show_interactions(turned)
        assert pane.current_pair == ("hacker", "hacker")
        assert (pane.cursor, pane.column) == (1, 1)
        grown = Interactions(Relation.FOLLOWS, ("new", *NAMES), COUNTS, CREW.basis)
        pane.show_interactions(grown)
        assert pane.current_pair == ("hacker", "hacker")
        await stage.settle()


async def test_one_more_repaints_its_row_and_the_totals() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW)
        await stage.settle()
        counts = {**COUNTS, ("mole", "planner"): 2}
        with stage.repaints() as drawn:
            pane.show_interactions(Interactions(Relation.FOLLOWS, NAMES, counts, CREW.basis))
            await stage.settle()
        assert sorted(drawn) == [3, 4]


async def test_columns_scroll_when_they_do_not_fit() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (50, 10)) as stage:
        pane.show_interactions(crowd(20))
        await stage.settle()
        assert " · →1-" in pane.covers()
        for _ in range(25):
            pane.move_right()
        await stage.settle()
        assert pane.column == 19
        assert "-20 of 20" in pane.covers()
        header = stage.lines()[0]
        titles = header.split()[:-1]
        assert len(set(titles)) == len(titles)
        assert all(title.startswith("→") for title in titles)
        stage.assert_exact_widths()


async def test_a_click_takes_the_cell() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CREW)
        await stage.settle()
        x = stage.lines()[2].index("4▒")
        await stage.pilot.click(offset=(x, 2))
        assert pane.current_pair == ("hacker", "hacker")
        await stage.pilot.click(offset=(x, 2))
        await stage.settle()
        assert len(stage.said(InteractionMatrix.CellOpened)) == 1
        assert stage.said(Pane.Opened) == []


@pytest.mark.parametrize("relation", Relation)
async def test_an_empty_matrix_says_why(relation: Relation) -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (70, 8)) as stage:
        pane.show_interactions(Interactions(relation, ("a",), {}, "1 message"))
        await stage.settle()
        line = stage.lines()[0].rstrip()
        assert line.startswith("Nothing to show: no ")
        assert line.endswith("(1 message).")
        pane.move_right()
        pane.move_cursor(1)
        pane.open_current()
        assert pane.covers() == "1 message"


def test_only_repeats_are_explained() -> None:
    only = Interactions(Relation.FOLLOWS, ("a",), {("a", "a"): 3}, "3 messages")
    assert "diagonal" in why_empty(only, diagonal=False)
    assert "diagonal" not in why_empty(only, diagonal=True)


async def test_data_after_nothing_and_nothing_after_data() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        await stage.settle()
        pane.show_interactions(CREW)
        pane.move_bottom()
        await stage.settle()
        assert "→hacker" in stage.lines()[0]
        pane.show_interactions(Interactions(Relation.FOLLOWS, (), {}, ""))
        await stage.settle()
        assert "no agent spoke" in stage.lines()[0]
        assert pane.lines_as_text() == []


async def test_export_has_whole_names() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (30, 8)) as stage:
        pane.show_interactions(crowd(9))
        await stage.settle()
        lines = pane.lines_as_text()
        assert lines[0].split() == [*(f"→agent-number-{n}" for n in range(9)), "total"]
        assert len(lines) == 11
        assert pane.find("agent-number-8") >= 1


@pytest.mark.parametrize("mode", ["count", "row_share", "expected"])
@pytest.mark.parametrize("size", SIZES)
async def test_any_size(size: tuple[int, int], mode: ValueMode) -> None:
    pane = InteractionMatrix(glyphs=ASCII if mode == "count" else InteractionMatrix().glyphs)
    names = (*HOSTILE, "日本語エージェント", "🙂" * 30, "x")
    counts = {(a, b): 10**i for i, a in enumerate(names) for b in names}
    async with on_stage(pane, size) as stage:
        pane.show_interactions(Interactions(Relation.FOLLOWS, names, counts, "basis"), mode)
        for _ in range(9):
            pane.move_right()
            pane.move_cursor(1)
        await stage.settle()
        stage.assert_exact_widths()
        await stage.pilot.resize_terminal(60, 12)
        await stage.settle()
        stage.assert_exact_widths()
        assert {cell_len(line) for line in stage.lines()} == {60}
