"""Session rows in order while single ones change."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from queries.live.ranking import Ranking
from queries.models import Session, SessionRow, SessionTotals
from queries.sessions import newest_of, sort_rows


def line(name: str, started: float | None, title: str = "") -> SessionRow:
    return SessionRow(Session(id=name, started=started, title=title), SessionTotals(), True)


changes = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.none()
    | st.builds(
        lambda started, title: ("", started, title),
        st.none() | st.integers(0, 3).map(float),
        st.sampled_from(("x", "y")),
    ),
    max_size=6,
)


@given(st.lists(changes, max_size=12))
def test_a_ranking_is_always_in_order(
    steps: list[dict[str, tuple[str, float, str] | None]],
) -> None:
    ranking = Ranking()
    known: dict[str, SessionRow] = {}
    for step in steps:
        made = {
            name: None if given is None else line(name, given[1], given[2])
            for name, given in step.items()
        }
        ranking.put(made)
        for name, row in made.items():
            known.pop(name, None)
            if row is not None:
                known[name] = row
        assert list(ranking.rows()) == sort_rows(known.values())
        assert ranking.newest() == newest_of((row.id, row.started) for row in known.values())
        assert len(ranking) == len(known)
        assert sorted(ranking.started_between(1.0, 2.0)) == sorted(
            name for name, row in known.items() if row.started in (1.0, 2.0)
        )


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    numbers = list(range(500))
    random.Random(1).shuffle(numbers)
    lines = {f"s{n}": line(f"s{n}", float(n % 50)) for n in numbers}
    at_once, singly = Ranking(), Ranking()
    at_once.put(lines)
    for name, row in lines.items():
        singly.put({name: row})
    assert at_once.rows() == singly.rows()
    assert at_once.rows() is at_once.rows()
