from __future__ import annotations

import difflib

import pytest

from tests.widgets.comparisons import step
from tui.screens.step_texts import MOST_LINES, difference_text

SIDES = (("1 one", step(2, "Grep login", duration=1.0)), ("2 two", step(3, "Grep logout")))


def test_what_is_the_same_and_what_is_not() -> None:
    text = difference_text(SIDES, (("a\nb\nc", "found"), ("a\nx\nc", "found")))
    assert text.split("\n") == [
        "- 1 one: step 2 · Grep login · ok · 1.0s",
        "+ 2 two: step 3 · Grep logout · ok",
        "",
        "@ Input",
        "  a",
        "- b",
        "+ x",
        "  c",
        "",
        "@ Output",
        "  (the same on both sides)",
        "  found",
    ]


def test_json_is_laid_out_so_that_one_argument_stands_alone() -> None:
    texts = (('{"path": "a.py", "limit": 10}', ""), ('{"path": "a.py", "limit": 20}', ""))
    lines = difference_text(SIDES, texts).split("\n")
    assert '-   "limit": 10' in lines
    assert '+   "limit": 20' in lines
    assert '    "path": "a.py",' in lines
    assert lines[-1] == "  (none on both sides)"


def test_a_gap_has_one_side_only() -> None:
    sides = (SIDES[0], ("2 two", None))
    lines = difference_text(sides, (("one\ntwo", ""), None)).split("\n")
    assert lines[1] == "+ 2 two: no such step"
    assert lines[4:6] == ["- one", "- two"]
    assert lines[-1] == "  (none)"
    lines = difference_text((("1 one", None), SIDES[1]), (None, ("new", "x"))).split("\n")
    assert lines[4] == "+ new"


def test_lines_that_are_far_from_a_difference_are_left_out() -> None:
    a = "\n".join(str(number) for number in range(100))
    b = a.replace("\n20\n", "\ntwenty\n").replace("\n80\n", "\neighty\n")
    lines = difference_text(SIDES, ((a, ""), (b, ""))).split("\n")
    assert "  ..." in lines
    assert "- 20" in lines
    assert "+ eighty" in lines
    assert "  50" not in lines


def test_large_texts_are_bounded_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    class Counting(difflib.SequenceMatcher[str]):
        def __init__(self, isjunk: None, a: list[str], b: list[str], **options: bool) -> None:
            compared.append(max(len(a), len(b)))
            super().__init__(isjunk, a, b, **options)

    monkeypatch.setattr(difflib, "SequenceMatcher", Counting)
    a = "\n".join(f"line {number} {number * 7919 % 1000}" for number in range(20_000))
    b = "\n".join(f"line {number} {number * 7907 % 1000}" for number in range(20_000))
    text = difference_text(SIDES, ((a, ""), (b, "")))
    assert compared
    assert max(compared) <= MOST_LINES
    assert f"(only the first {MOST_LINES:,} lines of each side are compared)" in text
    assert text.count("\n") < 3 * MOST_LINES
