from __future__ import annotations

from pathlib import Path

from queries.models.comparison import Change
from tests.tui.runs import BAD, GOOD, RUNS, runs, runs_clock
from tests.tui.stage import Stage, on_stage
from tui.screens.compare import CompareScreen
from tui.screens.compare_layout import NAMES, STEPS
from tui.screens.main import MainScreen
from tui.screens.step_difference import StepDifferenceScreen


def compared(stage: Stage) -> CompareScreen:
    """The screen that compares, whatever is above it."""
    [screen] = [each for each in stage.app.screen_stack if isinstance(each, CompareScreen)]
    return screen


def line(stage: Stage, name: str) -> str:
    """The line of the section that begins with a name, with single blanks."""
    rows = stage.lines()[4:-3]
    [found] = [each for each in rows if each.strip().startswith(name + " ")]
    return " ".join(found.split())


async def compare_both(stage: Stage) -> CompareScreen:
    """Mark good, then bad, and compare them."""
    await stage.press("G", "space", "k", "space", "c")
    return compared(stage)


async def to_section(stage: Stage, name: str) -> None:
    for _ in range(NAMES.index(name) - compared(stage).section):
        await stage.press("tab")


async def test_too_few_marks_are_answered_with_what_to_do(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await stage.press("c")
        assert stage.said()[-1] == (
            "Mark two or more sessions (space), or put some into groups A and B, to compare them."
        )
        await stage.press("space", "c")
        assert stage.said()[-1].startswith("Mark at least one more session")
        assert isinstance(stage.app.screen, MainScreen)


async def test_the_verdict_and_the_differences_are_seen_at_once(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await compare_both(stage)
        verdict, changes, part = stage.lines()[:3]
        assert verdict.split("     ")[0].strip() == (
            "2 Fix it again against 1 Fix the login:  ▲ 0 better  ▼ 4 worse  ≠ 3 different  "
            "= 3 same  — 5 unknown"
        )
        assert changes.startswith(" ▼ status completed → failed, error")
        assert (
            part.strip()
            == "They part at step 2: Grep login | Grep logout  Divergence is not cause."
        )
        assert line(stage, "duration") == "duration 1m40s 3m20s +1m40s +100 % ▼ worse"
        assert line(stage, "errors") == "errors 0 2 +2 ▼ worse"
        assert line(stage, "status") == "status completed failed ▼ worse"
        assert "[Metrics]" in stage.lines()[3]
        assert "Groups" not in stage.text()


async def test_marks_keep_the_order_in_which_they_were_made(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await stage.press("j", "space", "space", "2")
        screen = compared(stage)
        assert screen.comparison is not None
        assert screen.comparison.ids == (BAD, GOOD)
        assert line(stage, "errors") == "errors 2 0 -2 -100 % ▲ better"


async def test_the_baseline_is_changed_and_the_cursor_goes_to_the_other(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await stage.press("b")
        assert screen.baseline == 1
        assert line(stage, "errors") == "errors 2 0 -2 -100 % ▲ better"
        assert stage.lines()[0].startswith(" 1 Fix the login against 2 Fix it again:")
        assert "Grep logout | Grep login" in stage.lines()[2]
        await stage.press("left", "b")
        assert stage.said()[-1].startswith("That is the baseline already")


async def test_sections_follow_each_other_and_show_what_they_are_for(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        seen = {}
        for name in NAMES[:-1]:
            assert f"[{name}]" in stage.lines()[3]
            assert screen.pane.has_focus
            seen[name] = stage.text()
            await stage.press("tab")
        assert screen.section == 0
        assert "Bash" in seen["Tools"]
        assert "coder" in seen["Agents"]
        assert "2 Fix it again minus 1 Fix the login" in seen["Interactions"]
        assert "1 changed" in seen["Steps"]
        assert "2  Fix it again: 6 events" in seen["Overlay"]
        await stage.press("shift+tab", "m")
        assert "2  Fix it again: 2 errors" in stage.text()


async def test_steps_begin_at_the_first_difference_and_n_goes_on(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await to_section(stage, "Steps")
        assert screen.steps.cursor == 1
        cursors = []
        for key in ("n", "n", "n", "N"):
            await stage.press(key)
            cursors.append(screen.steps.cursor)
        assert cursors == [3, 4, 1, 4]
        await stage.press("slash")
        await stage.type("write")
        assert screen.steps.cursor == 5
        await stage.press("n")
        assert screen.steps.cursor == 5
        await stage.press("escape", "n")
        assert screen.steps.cursor == 1


async def test_enter_shows_both_texts_as_a_difference(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await to_section(stage, "Steps")
        await stage.press("enter")
        assert isinstance(stage.app.screen, StepDifferenceScreen)
        text = stage.text()
        assert "changed step" in stage.lines()[0]
        assert "- 1 Fix the login: step 2 · Grep login · ok · 2.0s · coder" in text
        assert '-   "argument": "login"' in text
        assert '+   "argument": "logout"' in text
        assert "(the same on both sides)" in text
        await stage.press("/", *"argument", "enter")
        assert stage.app.screen.view.needle == "argument"
        await stage.press("escape")
        assert isinstance(stage.app.screen, StepDifferenceScreen), "esc ends the search first"
        assert not stage.app.screen.view.needle
        await stage.press("escape")
        assert stage.app.screen_stack[-1] is screen
        await stage.press("n", "n", "enter")
        assert "+ 2 Fix it again: step 5 · Bash make lint · error" in stage.text()
        assert "- 1 Fix the login: no such step" in stage.text()


async def test_a_step_is_one_key_away_from_its_session(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await compare_both(stage)
        await to_section(stage, "Steps")
        await stage.press(">")
        assert isinstance(stage.app.screen, MainScreen)
        main = stage.main
        assert main.session_view.focused_id() == BAD
        assert main.pane is main.tree_view
        node = main.tree_view.current_node()
        assert node is not None
        assert node.event is not None
        assert node.event.id == "bad-1"
        # The marks are still there: back to the comparison in one key.
        await stage.press("c")
        assert compared(stage).section == 0
        await to_section(stage, "Steps")
        await stage.press("n", "n", "<")
        assert stage.said()[-1] == "There is no step on the left here."
        assert compared(stage).section == STEPS


async def test_the_table_is_filtered_by_one_key_and_back_undoes_it(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await stage.press("f")
        # Nothing is better, so that is passed over.
        assert screen.metrics.only is Change.WORSE
        assert [row.metric.name for row in screen.metrics.rows] == [
            "status", "duration", "errors", "error_rate",
        ]  # fmt: skip
        assert "only worse" in stage.lines()[3]
        await stage.press("escape")
        assert screen.metrics.only is None
        await stage.press("z")
        assert screen.is_zoomed
        assert stage.lines()[0].startswith("[Metrics]")
        await stage.press("escape", "escape")
        assert isinstance(stage.app.screen, MainScreen)
        await stage.press("c", "1")
        assert isinstance(stage.app.screen, MainScreen)


async def test_more_than_two_are_compared_pair_by_pair(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        await stage.press("G", "space", "k", "space", "g", "space", "c")
        screen = compared(stage)
        assert screen.column == 1
        assert stage.lines()[0].startswith(" 2 Fix it again against 1 Fix the login")
        # Steps are aligned only where they are looked at.
        assert screen.alignment is None
        await stage.press("right")
        assert stage.lines()[0].startswith(" 3 Still at it against 1 Fix the login")
        await to_section(stage, "Steps")
        assert screen.alignment is not None
        assert (screen.alignment.a_id, screen.alignment.b_id) == (GOOD, "live")
        await stage.press("left")
        assert (screen.alignment.a_id, screen.alignment.b_id) == (GOOD, BAD)
        assert "[Steps]" in stage.lines()[3]


async def test_matrices_of_each_and_of_their_difference(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await to_section(stage, "Interactions")
        assert "+1" in stage.text()
        await stage.press("M")
        assert "follows: 2 Fix it again" in stage.text()
        await stage.press("M")
        assert screen.matrix_mode == "baseline"
        assert "follows: 1 Fix the login" in stage.text()
        await stage.press("M", "m", "m", "m")
        assert "tools: 2 Fix it again minus 1 Fix the login" in stage.text()


async def test_the_mouse_chooses_sections(folder: Path) -> None:
    with runs():
        pass
    async with on_stage(RUNS, clock=runs_clock()) as stage:
        screen = await compare_both(stage)
        await stage.pilot.click("#sections", offset=(stage.lines()[3].index("Steps"), 0))
        await stage.settle()
        assert screen.section == STEPS
