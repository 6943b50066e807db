from __future__ import annotations

from queries.models import Interactions, Relation
from tests.widgets.pane_app import on_stage
from widgets.interaction_matrix import InteractionMatrix

NAMES = ("planner", "hacker")
CHANGED = Interactions(
    Relation.FOLLOWS,
    NAMES,
    {("planner", "hacker"): 5, ("hacker", "planner"): -5, ("hacker", "hacker"): -1200},
    "this minus that",
)


async def test_differences_have_signs_and_heat_by_size_also_where_they_cancel_out() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)) as stage:
        pane.show_interactions(CHANGED, "difference")
        await stage.settle()
        assert [line.split() for line in stage.lines() if line.strip()] == [
            ["→planner", "→hacker", "total"],
            ["planner", "·", "+5░", "+5"],
            ["hacker", "-5░", "-1.2k█", "-1.2k"],
            ["total", "-5", "-1.2k", "-1.2k"],
        ]
        pane.show_interactions(CHANGED, "difference", diagonal=False)
        await stage.settle()
        assert "+5█" in stage.text()
        assert stage.lines()[3].split()[-1] == "0"


async def test_the_cell_in_words() -> None:
    pane = InteractionMatrix()
    async with on_stage(pane, (60, 8)):
        pane.show_interactions(CHANGED, "difference")
        assert pane.text_under_cursor() == "planner → planner: no difference"
        pane.move_right()
        assert pane.text_under_cursor() == "planner → hacker: +5"
