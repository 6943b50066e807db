from __future__ import annotations

import pytest

from widgets.line_text import tabs, width_of, word_lines

NAMES = ("Sessions", "Activity", "Tools", "Interactions")


@pytest.mark.parametrize(
    ("current", "width", "shown"),
    [
        (0, 80, "[Sessions] Activity  Tools  Interactions "),
        (0, 40, "[Sessions] Activity  Tools  Interactio… "),
        (3, 40, " Sessio…  Activi…  Tools [Interactions]"),
        (0, 30, "[Sessions] Act…  Too…  Int… "),
        (3, 30, " Se…  Ac…  To… [Interactions]"),
        (3, 27, " Se…  Ac…  To… [Interacti…]"),
        (3, 16, " S  A  T [I]"),
    ],
)
def test_names_that_have_no_room_are_cut_with_a_sign(current: int, width: int, shown: str) -> None:
    assert "".join(text for text, _ in tabs(NAMES, current, width)) == shown


def test_names_never_take_more_than_there_is_while_a_letter_of_each_has_room() -> None:
    for width in range(12, 60):
        for current in range(4):
            assert width_of(tabs(NAMES, current, width)) <= width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two three four", 9, ["one two", "three…"]),
        ("one two three", 9, ["one two", "three"]),
        ("one\ntwo\nthree", 9, ["one", "two…"]),
        ("a/path/without/any/blank", 8, ["a/path/w", "ithout/…"]),
        ("日本語 日本語 日本", 7, ["日本語", "日本語…"]),
        ("日本語日本語日本", 7, ["日本語", "日本語…"]),
        ("日本", 1, ["日", "本"]),
        ("two  blanks", 20, ["two  blanks"]),
    ],
)
def test_words_that_have_no_room_are_cut_with_a_sign(
    text: str, width: int, lines: list[str]
) -> None:
    assert word_lines(text, width, 2) == lines
