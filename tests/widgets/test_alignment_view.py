from __future__ import annotations

from dataclasses import replace

import pytest
from rich.segment import Segment

from queries.models import EventKind
from queries.models.alignment import AlignedStep, StepRelation
from tests.widgets.comparisons import A, B, alignment, step, steps
from tests.widgets.pane_app import HOSTILE, SIZES, Stage, on_stage
from widgets.alignment_line import relation_sign, step_sign
from widgets.alignment_view import AlignmentView
from widgets.glyphs import ASCII, UNICODE, Glyphs

NAMES = ("1 Port the parser", "2 Port it again")


def lines(stage: Stage) -> list[str]:
    return [" ".join(line.split()) for line in stage.lines() if line.strip()]


async def test_each_line_tells_how_its_sides_are_related() -> None:
    view = AlignmentView()
    async with on_stage(view, (80, 12)) as stage:
        view.show_alignment(alignment(A, B), NAMES)
        view.move_top()
        await stage.settle()
        assert lines(stage) == [
            "1 Port the parser 2 Port it again longer",
            "1 ✓ Read one = 1 ✓ Read one",
            "2 ✓ Grep login ↕ ↕ at step 6",
            "3 ✓ Edit x.py = 2 ✓ Edit x.py",
            "4 ✓ Bash make ≈ 3 ✓ Bash make all",
            "5 ✓ Write end ≠ 4 ✗ Write end",
            "· ▸ 5 ✓ Task more",
            "↕ at step 2 ↕ 6 ✓ Grep login",
        ]
        stage.assert_exact_widths()


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_no_two_relations_share_a_sign(glyphs: Glyphs) -> None:
    kinds = [AlignedStep(relation, 0, 0) for relation in StepRelation]
    kinds.append(AlignedStep(StepRelation.MATCHED, 0, 0, outcome_differs=True))
    signs = {relation_sign(line, glyphs)[0] for line in kinds}
    assert len(signs) == len(kinds)


async def test_the_cursor_begins_where_the_sessions_part() -> None:
    same = [f"Read {number}" for number in range(100)]
    view = AlignmentView()
    async with on_stage(view, (80, 12)) as stage:
        view.show_alignment(alignment([*same, "Grep x", "Edit a"], [*same, "Task y"]), NAMES)
        await stage.settle()
        assert view.cursor == 100
        assert view.place() == "difference 1 of 3"
        assert "101 ✓ Grep x" in stage.text()
        assert "100 ✓ Read 99" in stage.text()


async def test_jumps_stop_at_differences_only_and_go_round() -> None:
    view = AlignmentView()
    async with on_stage(view):
        view.show_alignment(alignment(A, B), NAMES)
        assert view.cursor == 1
        seen = []
        for _ in range(6):
            assert view.next_difference(1)
            seen.append(view.cursor)
        assert seen == [3, 4, 5, 6, 1, 3]
        assert view.next_difference(-1)
        assert view.next_difference(-1)
        assert view.cursor == 6
        view.show_alignment(alignment(A, A), NAMES)
        assert not view.next_difference(1)
        assert view.place() == "no difference"


async def test_both_steps_can_be_opened_also_of_a_moved_one() -> None:
    view = AlignmentView()
    async with on_stage(view) as stage:
        view.show_alignment(alignment(A, B), NAMES)
        for index in (1, 5):
            view.move_to(index)
            view.open_current()
        await stage.settle()
        moved, alone = stage.said(AlignmentView.LineOpened)
        assert moved.a is not None
        assert moved.b is not None
        assert (moved.a.number, moved.b.number) == (2, 6)
        assert alone.a is None
        assert alone.b is not None
        assert alone.b.text == "Task more"


async def test_the_sentence_says_what_differs() -> None:
    made = alignment(A, B)
    slower = replace(made.lines[3], duration_delta=1.5, detail="command: make | make all")
    made = replace(made, lines=(*made.lines[:3], slower, *made.lines[4:]))
    view = AlignmentView()
    async with on_stage(view) as stage:
        view.show_alignment(made, NAMES)
        said = []
        for index in (0, 1, 3, 4, 5):
            view.move_to(index)
            said.append(view.current is not None and view.text_under_cursor())
        await stage.settle()
        assert said == [
            "1 ✓ Read one  =  1 ✓ Read one  (same step)",
            "2 ✓ Grep login  ↕  (same step at another place · there step 6 on the right)",
            (
                "4 ✓ Bash make  ≈  3 ✓ Bash make all  [command: make | make all]  (changed step · "
                "command: make | make all · took 1.5s longer on the right)"
            ),
            "5 ✓ Write end  ≠  4 ✗ Write end  (same step, other outcome)",
            "▸  5 ✓ Task more  (only on the right)",
        ]
        assert "+1.5s" in stage.text()


async def test_what_differs_behind_the_edge_is_brought_into_view() -> None:
    long = "Bash " + "x" * 100
    view = AlignmentView()
    async with on_stage(view, (80, 6)) as stage:
        view.show_alignment(alignment([f"{long} one"], [f"{long} other"]), NAMES)
        await stage.settle()
        assert "one" in stage.lines()[1]
        assert "other" in stage.lines()[1]


async def test_news_keep_the_cursor_on_its_step() -> None:
    view = AlignmentView()
    async with on_stage(view, (80, 12)) as stage:
        view.show_alignment(alignment(A, B), NAMES)
        view.move_to(4)
        view.show_alignment(alignment(A, ("Task first", *B)), NAMES)
        await stage.settle()
        assert view.current_steps[0] is not None
        assert view.current_steps[0].text == "Write end"
        # Another pair of sessions begins where they part.
        view.show_alignment(replace(alignment(A, B), b_id="c"), NAMES)
        assert view.cursor == 1


async def test_a_message_has_no_outcome() -> None:
    said = step(1, "planner: hello")
    said = replace(said, event=replace(said.event, kind=EventKind.MESSAGE, tool=None))
    assert step_sign(step(1, "Read x"), UNICODE) == "✓"
    unknown = replace(said, event=replace(said.event, state=type(said.event.state).UNKNOWN))
    assert step_sign(unknown, UNICODE) == " "


async def test_twenty_thousand_steps_are_drawn_and_crossed_at_once() -> None:
    texts = [f"Read {number}" for number in range(20_000)]
    other = [*texts]
    other[10_000] = "Grep x"
    both = steps(*texts)
    made = alignment(texts[:10], texts[:10])
    lines_ = tuple(
        AlignedStep(
            StepRelation.MATCHED if number != 10_000 else StepRelation.CHANGED, number, number
        )
        for number in range(20_000)
    )
    made = replace(made, steps_a=both, steps_b=steps(*other), lines=lines_, first_divergence=10_000)
    built: list[int] = []

    class Counting(AlignmentView):
        def line_segments(self, index: int, width: int, is_cursor: bool) -> list[Segment]:
            built.append(index)
            return super().line_segments(index, width, is_cursor)

    view = Counting()
    async with on_stage(view, (120, 40)) as stage:
        view.show_alignment(made, NAMES)
        view.move_top()
        view.next_difference(1)
        view.move_bottom()
        await stage.settle()
        assert len(built) < 5 * 40, "lines out of sight are not built"
        with stage.repaints() as drawn:
            view.move_cursor(-1)
            await stage.settle()
        assert len(drawn) == 2


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_and_hostile_texts(size: tuple[int, int]) -> None:
    texts = [f"Bash {text}" for text in HOSTILE]
    view = AlignmentView()
    async with on_stage(view, size) as stage:
        view.show_alignment(alignment(texts, ["Read 漢字" * 20, *reversed(texts)]), HOSTILE[:2])
        for _ in range(6):
            view.move_cursor(1)
            await stage.settle()
            stage.assert_exact_widths()
        if size == (200, 60):
            assert "[@click=app.quit]x[/]" in stage.text()


async def test_ascii_and_export() -> None:
    view = AlignmentView(glyphs=ASCII)
    async with on_stage(view, (80, 12)) as stage:
        view.show_alignment(alignment(A, B), NAMES)
        await stage.settle()
        assert stage.text().isascii()
    exported = view.lines_as_text()
    assert exported[2].split() == ["2", "v", "Grep", "login", "%"]
    assert exported[-1] == "The first difference is where the runs part, not why."
