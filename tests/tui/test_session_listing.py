"""What is listed is what listing all sessions anew would give, at the cost of what changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

from queries import sessions
from queries.finding.filter_parsing import parse_filter
from queries.finding.filters import SESSION_FIELDS, Filter
from queries.live.ranking import rank
from queries.models import Session, SessionRow, SessionStatus, SessionTotals
from tui.session_listing import FEW, Choice, Listing, difference
from tui.session_order import ORDERS, listed, places_below

PLAIN = Choice("started", reverse=False, sub_agents=True)


def row(
    name: str, parent: str | None = None, events: int = 0, started: float | None = None
) -> SessionRow:
    session = Session(id=name, parent_id=parent, started=started, title=f"T{events % 3}")
    return SessionRow(session, SessionTotals(events=events, errors=events % 2), True)


def anew(rows: tuple[SessionRow, ...], choice: Choice) -> tuple[list[SessionRow], int]:
    return listed(rows, sort=choice.sort, reverse=choice.reverse, sub_agents=choice.sub_agents,
                  filter=choice.filter)  # fmt: skip


def choices() -> Iterator[Choice]:
    filters = [None, parse_filter("errors:>0", 0.0, SESSION_FIELDS)]
    for sort in ORDERS:
        for reverse in (False, True):
            for sub_agents in (False, True):
                for chosen in filters:
                    yield Choice(sort, reverse, sub_agents, chosen)


@pytest.mark.parametrize("has_children", [False, True])
def test_the_list_is_that_of_the_present_whatever_was_listed_before(has_children: bool) -> None:
    dice = Random(int(has_children))
    for choice in choices():
        listing, known = Listing(), dict[str, SessionRow]()
        for _ in range(30):
            for _ in range(dice.randint(0, 3)):
                name = f"s{dice.randint(0, 9)}"
                if dice.random() < 0.2:
                    known.pop(name, None)
                else:
                    parent = dice.choice([None, "s1", "s2", "gone"]) if has_children else None
                    started = dice.choice([None, 1.0, 2.0, 3.0])
                    known[name] = row(name, parent, dice.randint(0, 4), started)
            rows = tuple(sorted(known.values(), key=rank))
            listing.show(rows, choice)
            assert (list(listing.rows), listing.hidden) == anew(rows, choice)
            for number in range(10):
                assert listing.row(f"s{number}") is known.get(f"s{number}")


def test_what_was_listed_is_not_changed_afterwards() -> None:
    choice = Choice("events", reverse=False, sub_agents=True)
    listing = Listing()
    listing.show((row("a", events=1), row("b", events=2)), choice)
    before, names = listing.rows, [each.id for each in listing.rows]
    listing.show((row("a", events=3), row("b", events=2)), choice)
    assert [each.id for each in before] == names == ["b", "a"]
    assert [each.id for each in listing.rows] == ["a", "b"]


def test_sessions_below_their_parents_stay_there_when_only_figures_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    placed = 0

    def counting(names: Sequence[str], parents: Mapping[str, str]) -> list[int]:
        nonlocal placed
        placed += 1
        return places_below(names, parents)

    monkeypatch.setattr("tui.session_listing.places_below", counting)
    listing = Listing()
    listing.show((row("sub", "top"), row("other"), row("top")), PLAIN)
    assert [each.id for each in listing.rows] == ["other", "top", "sub"]
    listing.show((row("sub", "top", 3), row("other", None, 4), row("top", None, 5)), PLAIN)
    assert [(each.id, each.totals.events) for each in listing.rows] == [
        ("other", 4), ("top", 5), ("sub", 3),
    ]  # fmt: skip
    assert placed == 1


def one_by_one(names: Sequence[str], parents: Mapping[str, str]) -> list[str]:
    """Each session that is not below another one, and right after it those below it."""
    placed: list[str] = []

    def put(name: str) -> None:
        if name not in placed:
            placed.append(name)
            for other in names:
                if parents.get(other) == name:
                    put(other)

    for name in names:
        if parents.get(name, name) == name or parents[name] not in names:
            put(name)
    # Those that are each other's parents.
    for name in names:
        put(name)
    return placed


def test_sub_agents_come_right_below_their_parents_whatever_these_are() -> None:
    dice = Random(5)
    for size in [*range(12)] * 60:
        names = [f"s{number}" for number in range(size)]
        dice.shuffle(names)
        some = dice.random()
        parents = {name: dice.choice([*names, "gone"]) for name in names if dice.random() < some}
        placed = places_below(names, parents)
        assert [names[at] for at in placed] == one_by_one(names, parents)


def test_differences_are_told_row_by_row() -> None:
    a, b, c, d = map(row, "abcd")
    new = replace(b, complete=False)
    assert difference((a, b, c), (a, new, c)) == ([b], [new])
    assert difference((a, b, c), (d, a, b, c)) == ([], [d])
    assert difference((a, b, c), (d, a, new, c)) == ([b], [d, new])
    assert difference((a, b, c), (a, c)) == ([b], [])
    assert difference((a, b), (b, a)) == ([a, b], [b, a])
    assert difference((), (a,)) == ([], [a])
    assert difference((a, a), (a,)) == ([a], [])
    assert difference((a,), ()) == ([a], [])


# -- counted work ----------------------------------------------------------------------------------


class Asked:
    """Counts the rows that are looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = 0

        def counted(value: object) -> object:
            def of(row: SessionRow) -> object:
                self.rows += 1
                return value(row)  # type: ignore[operator]  # one of SORTS

            return of

        for name, value in sessions.SORTS.items():
            monkeypatch.setitem(sessions.SORTS, name, counted(value))
        matches = Filter.matches_session

        def matching(chosen: Filter, row: SessionRow) -> bool:
            self.rows += 1
            return matches(chosen, row)

        monkeypatch.setattr(Filter, "matches_session", matching)


@pytest.mark.parametrize("choice", [each for each in choices() if each.sub_agents])
def test_a_row_that_changes_costs_little_however_many_there_are(
    choice: Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(f"s{number:04d}", events=number, started=5000.0 - number)
            for number in range(2000)]  # fmt: skip
    listing = Listing()
    listing.show(tuple(rows), choice)
    asked = Asked(monkeypatch)
    for number in range(FEW // 3):
        rows[number * 7] = replace(rows[number * 7], totals=SessionTotals(events=5, errors=1))
    rows.insert(0, row("new", events=1, started=9000.0))
    listing.show(tuple(rows[:500]) + tuple(rows[500:]), choice)
    assert asked.rows < 2000
    monkeypatch.undo()
    assert list(listing.rows) == anew(tuple(rows), choice)[0]


def test_without_a_choice_no_row_is_copied() -> None:
    rows = tuple(row(f"s{number}", started=float(-number)) for number in range(10))
    listing = Listing()
    listing.show(rows, PLAIN)
    assert listing.rows is rows
    running = replace(rows[3], session=replace(rows[3].session, status=SessionStatus.RUNNING))
    later = (*rows[:3], running, *rows[4:])
    listing.show(later, PLAIN)
    assert listing.rows is later


def test_names_that_come_again_take_no_more_room() -> None:
    rows = [row(f"s{number}", started=float(-number)) for number in range(5401)]
    listing = Listing()
    listing.show(tuple(rows[:-1]), PLAIN)
    rows[:200] = [replace(each, complete=False) for each in rows[:200]]
    listing.show(tuple(rows), PLAIN)
    assert sys.getsizeof(listing._by_id) == sys.getsizeof({each.id: each for each in rows})
    assert listing.row("s7") == replace(rows[7], complete=False)
    listing.show(tuple(rows[1:]), PLAIN)
    assert listing.row("s0") is None
