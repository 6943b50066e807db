from __future__ import annotations

from pathlib import Path

from queries.models import Relation
from tests.tui.desk import desk, desk_clock
from tests.tui.stage import Stage, on_stage, sample

STORE = Path("desk.db")


def lines(stage: Stage) -> list[list[str]]:
    """The matrix as words."""
    return [line.split() for line in stage.main.matrix_view.lines_as_text()]


async def test_the_relations_go_round(folder: Path) -> None:
    store = desk()
    store.add_handoff("coder", "reviewer", session_id="live")
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        assert lines(stage)[0] == ["→planner", "→coder", "total"]
        seen = []
        for _ in range(4):
            await stage.press("m")
            seen.append((stage.main.figures.relation, stage.titles()[3]))
        assert [relation for relation, _ in seen] == [
            Relation.FOLLOWS_ONCE,
            Relation.DELEGATES,
            Relation.TOOLS,
            Relation.FOLLOWS,
        ]
        assert len({title for _, title in seen}) == 4
        await stage.press("m", "m")
        assert {"→explorer", "→reviewer"} <= set(lines(stage)[0])


async def test_the_values_go_round(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        assert lines(stage)[1] == ["planner", "1", "1", "2"]
        await stage.press("M")
        assert lines(stage)[1][1].startswith("50.0")
        assert "% of row" in stage.titles()[3]
        await stage.press("M")
        assert lines(stage)[1][1].startswith("0.75")
        await stage.press("M")
        assert lines(stage)[1] == ["planner", "1", "1", "2"]


async def test_the_diagonal_can_be_left_out(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        await stage.press("D")
        assert lines(stage)[1][-1] == "1"
        assert "without repeats" in stage.titles()[3]
        await stage.press("D")
        assert lines(stage)[1][-1] == "2"


async def to_cell(stage: Stage, row: str, column: str) -> None:
    """Move the cursor from wherever it is, in the present order of names."""
    matrix = stage.main.matrix_view
    assert matrix._figures is not None
    names = matrix._figures.names
    await stage.press("g", *["h"] * len(names))
    await stage.press(*["j"] * names.index(row), *["l"] * names.index(column))
    assert matrix.current_pair == (row, column)


async def test_a_cell_shows_the_events_behind_it(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        await stage.press("l", "enter")
        assert stage.app.focused is stage.main.tree_view
        assert "only agent planner → coder" in stage.titles()[1]
        shown = [line for line in stage.tree() if "message" in line]
        assert len(shown) == 2
        assert "message 0" in shown[0]
        assert "message 1" in shown[1]
        await stage.press("escape")
        assert len(stage.tree()) == 15


async def test_a_cell_of_delegations_shows_one_that_only_its_end_row_tells_from_whom(
    folder: Path,
) -> None:
    async with on_stage(sample("htmlgraph-0.26.1", folder)) as stage:
        await stage.focus("sessions")
        stage.main.session_view.select("sess-1de03a78")
        await stage.step()
        await stage.focus("matrix")
        while stage.main.figures.relation is not Relation.DELEGATES:
            await stage.press("m")
        await to_cell(stage, "test-runner", "Explore")
        await stage.press("enter")
        shown = [line for line in stage.tree() if "Task" in line]
        assert len(shown) == 1
        assert "Task → Explore" in shown[0]


async def test_a_cell_of_nothing_says_so(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        await stage.press("j", "l")
        assert stage.main.matrix_view.current_pair == ("coder", "coder")
        await stage.press("enter")
        assert stage.said()[-1] == "None of these are in the session that is shown."
        assert stage.tree() == []
        assert "No event here matches the filter." in stage.text()


async def test_a_cell_of_tools_shows_both_calls(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        await stage.press("m", "m", "m")
        await to_cell(stage, "Grep", "Read")
        await stage.press("enter")
        assert "only tool Grep → Read" in stage.titles()[1]
        shown = [line for line in stage.tree() if "Grep" in line or "Read" in line]
        assert len(shown) == 2


async def test_a_cell_of_delegations_shows_the_call(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("matrix")
        await stage.press("m", "m")
        await to_cell(stage, "planner", "explorer")
        await stage.press("enter")
        assert any("Find every caller" in line for line in stage.tree())
        assert not any("message" in line for line in stage.tree())


async def test_tools_are_sorted_by_each_column_and_turned(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.focus("tools")

        def names() -> list[str]:
            return [row.tool for row in stage.main.tool_view.rows]

        assert names() == ["Bash", "Read", "Edit", "Grep", "Task"]
        await stage.press("s")
        assert names() == ["Bash", "Edit", "Grep", "Read", "Task"]
        await stage.press("r")
        assert names() == ["Task", "Read", "Grep", "Edit", "Bash"]
        await stage.press("r", "s")
        assert names() == ["Edit", "Grep", "Read", "Bash", "Task"]
        await stage.press("s")
        assert names()[0] == "Bash"
        await stage.press("s", "s", "s", "s")
        assert stage.main.figures.tool_sort == "calls"


async def test_sessions_are_sorted_by_each_column_and_turned(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:

        def ids() -> list[str]:
            return [row.id for row in stage.main.session_view.rows]

        seen = {}
        for _ in range(9):
            seen[stage.main.sessions.sort] = ids()
            assert stage.main.session_view.focused_id() == "live"
            await stage.press("s")
        assert stage.main.sessions.sort == "started"
        assert seen["title"] == ["sub", "live", "old"]
        assert seen["events"] == ["live", "old", "sub"]
        assert seen["errors"] == ["live", "old", "sub"]
        assert seen["duration"][0] == "old"
        await stage.press("r")
        assert ids() == ["old", "live", "sub"]
        assert stage.titles()[0] == "Sessions 1-3 of 3 · newest reversed"


async def test_sessions_of_sub_agents_can_be_hidden(folder: Path) -> None:
    desk()
    async with on_stage(STORE, clock=desk_clock()) as stage:
        await stage.press("j", "S")
        assert [row.id for row in stage.main.session_view.rows] == ["live", "old"]
        assert stage.titles()[0] == "Sessions 1-2 of 2 · newest · 1 of sub-agents hidden"
        await stage.press("S")
        assert len(stage.main.session_view.rows) == 3


async def test_what_changed_out_of_sight_is_told(folder: Path) -> None:
    desk()
    async with on_stage(STORE, (60, 20), clock=desk_clock()) as stage:
        basis = "Interactions: next speaker over 4 messages, repeats collapsed"
        for key, said in (
            ("m", f"{basis}."),
            ("M", f"{basis}, % of row."),
            ("D", f"{basis}, % of row, without repeats."),
            ("f", "Activity is not followed."),
            ("f", "Activity is followed."),
            ("w", "Activity shows rows as they are stored."),
            ("w", "Activity shows calls."),
        ):
            await stage.press(key)
            assert stage.said()[-1] == said
        # What is not so any more is not said any more.
        left = [f"{basis}, % of row, without repeats.", "Activity is followed."]
        assert stage.said() == [*left, "Activity shows calls."]
        await stage.focus("matrix")
        await stage.press("m")
        assert len(stage.said()) == 3
