from __future__ import annotations

from pathlib import Path

from tests.stores import canonical_store
from tests.tui.desk import LIVE, OLD, desk, desk_clock
from tests.tui.stage import Stage, on_stage

STORE = Path("desk.db")


def calls(stage: Stage) -> dict[str, int]:
    """Calls by tool, as the tool table has them."""
    return {row.tool: row.calls for row in stage.main.tool_view.rows}


WHOLE = {"Bash": 4, "Read": 4, "Grep": 2, "Edit": 1, "Task": 1}
FOCUSED = {"Bash": 3, "Read": 2, "Edit": 1, "Grep": 1, "Task": 1}
OTHER = {"Read": 2, "Bash": 1}


async def test_tools_and_matrix_cover_the_focused_session(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        assert calls(stage) == FOCUSED
        assert stage.titles()[2] == "Tools · Fix the login"
        assert stage.titles()[3] == "Interactions · Fix the login · next speaker over 4 messages"
        await stage.press("G")
        assert stage.main.session_view.focused_id() == OLD
        assert calls(stage) == OTHER
        assert stage.titles()[1].startswith("Activity · Port the parser · ")
        assert stage.titles()[2] == "Tools · Port the parser"


async def test_the_scope_goes_round_over_marked_ones_only_when_there_are_any(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("a")
        assert calls(stage) == WHOLE
        assert stage.titles()[2] == "Tools · all sessions"
        assert stage.said()[-1] == "Tools and interactions cover all sessions."
        await stage.press("a")
        assert calls(stage) == FOCUSED
        await stage.press("G", "space", "a")
        assert stage.titles()[2] == "Tools · 1 marked"
        assert calls(stage) == OTHER
        await stage.press("g", "space")
        assert stage.titles()[2] == "Tools · 2 marked"
        assert calls(stage) == {"Bash": 4, "Read": 4, "Edit": 1, "Grep": 1, "Task": 1}
        await stage.press("a")
        assert calls(stage) == WHOLE


async def test_moving_on_does_not_change_a_scope_that_is_not_the_focus(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("a", "G")
        assert calls(stage) == WHOLE
        assert stage.titles()[2] == "Tools · all sessions"


async def test_marks_are_counted_shown_and_cleared(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("space", "space")
        assert set(stage.main.sessions.marks) == {LIVE, "sub"}
        assert stage.main.session_view.focused_id() == OLD
        assert stage.footer.rstrip().endswith("2 marked")
        assert [line[1] for line in stage.lines()[3:6]] == ["●", "●", " "]
        await stage.press("k", "space")
        assert set(stage.main.sessions.marks) == {LIVE}
        await stage.press("a", "x")
        assert not stage.main.sessions.marks
        assert "marked" not in stage.footer
        assert stage.titles()[2] == "Tools · Port the parser"
        assert calls(stage) == OTHER


async def test_without_the_last_mark_the_focused_session_is_covered(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("space", "a", "k")
        assert stage.titles()[2] == "Tools · 1 marked"
        await stage.press("space")
        assert not stage.main.sessions.marks
        assert stage.titles()[2] == "Tools · Find every caller"
        assert calls(stage) == {"Grep": 1}


async def test_no_session_means_no_figures(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("F")
        await stage.type("title:nothing")
        assert stage.main.session_view.focused_id() is None
        # What was focused stays in view until another session is.
        assert stage.titles()[2] == "Tools · Fix the login"
        assert calls(stage) == FOCUSED
        await stage.press("a", "a")
        assert stage.titles()[2] == "Tools · Fix the login"
        assert calls(stage) == FOCUSED


async def test_an_empty_store_has_no_figures(folder: Path) -> None:
    with canonical_store(STORE):
        pass
    async with on_stage(STORE, clock=desk_clock()) as stage:
        assert stage.titles()[0] == "Sessions 0 · newest"
        assert stage.titles()[1].startswith("Activity · no session")
        assert stage.titles()[2] == "Tools · no session"
        assert "No sessions yet." in stage.text()


async def test_nothing_is_claimed_before_the_first_session_is_known(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock(), first_step=False) as stage:
        assert stage.titles()[2] == "Tools · no session"
        assert "opening" in stage.status
        stage.reader.held = True
        await stage.step()
        assert calls(stage) == {}
        assert stage.titles()[2] == "Tools · Fix the login · 0 % counted"
        await stage.serve()
        assert calls(stage) == FOCUSED
