from __future__ import annotations

from tui.cycling import next_of

CHOICES = ("count", "share", "ratio")


def test_choices_go_round() -> None:
    seen = [CHOICES[0]]
    for _ in CHOICES:
        seen.append(next_of(CHOICES, seen[-1]))
    assert tuple(seen) == (*CHOICES, CHOICES[0])


def test_behind_a_foreign_choice_comes_the_first() -> None:
    assert next_of(CHOICES, "nothing") == CHOICES[0]


def test_one_choice_stays() -> None:
    assert next_of(["only"], "only") == "only"
