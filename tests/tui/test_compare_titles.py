from __future__ import annotations

import pytest

from tui.screens.compare_titles import telling_titles

LONG = "Refactor the payment service"


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        ((f"{LONG}, part 1", f"{LONG}, part 2", "Other"), ("…part 1", "…part 2", "Other")),
        ((LONG, "Fix the login"), (LONG, "Fix the login")),
        (("Fix A and then test it", "Do B and then test it"), ("Fix A and…", "Do B and…")),
        (("a", "b"), ("a", "b")),
        ((f"{LONG} twice", f"{LONG} twice", "x"),
         (f"{LONG} twice · 0a1b2c3d", f"{LONG} twice · 9a1b2c3d", "x")),
    ],
)  # fmt: skip
def test_what_differs_stays(titles: tuple[str, ...], told: tuple[str, ...]) -> None:
    ids = ("0a1b2c3d-0000", "9a1b2c3d-0000", "5a1b2c3d-0000")[: len(titles)]
    assert telling_titles(titles, ids) == told


def test_alike_ids_are_told_apart() -> None:
    ids = [f"session-2026-01-12-{number}" for number in range(3)]
    told = telling_titles(["same"] * 3, ids)
    assert told == ("same · …12-0", "same · …12-1", "same · …12-2")
