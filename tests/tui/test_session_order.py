from __future__ import annotations

from random import Random

from queries.models import Session, SessionRow, SessionTotals
from tui.session_order import Placing, under_parents


def row(name: str, parent: str | None, events: int = 0) -> SessionRow:
    return SessionRow(Session(id=name, parent_id=parent), SessionTotals(events=events), True)


def test_sessions_below_their_parents_stay_there_when_only_figures_change() -> None:
    placing = Placing()
    rows = [row("sub", "top"), row("other", None), row("top", None)]
    assert [each.id for each in placing.place(rows)] == ["other", "top", "sub"]
    newer = [row("sub", "top", 3), row("other", None, 4), row("top", None, 5)]
    placed = placing.place(newer)
    assert [(each.id, each.totals.events) for each in placed] == [
        ("other", 4),
        ("top", 5),
        ("sub", 3),
    ]


def test_the_places_are_those_of_the_present_whatever_was_placed_before() -> None:
    dice, placing = Random(0), Placing()
    for _ in range(300):
        names = [f"s{number}" for number in range(dice.randint(0, 6))]
        dice.shuffle(names)
        rows = [row(name, dice.choice([None, *names, "gone"])) for name in names]
        for _ in range(dice.randint(1, 2)):
            assert placing.place(list(rows)) == under_parents(rows)
