from __future__ import annotations

from unicodedata import category

from queries.dialects import cells


def test_all_marks_of_the_first_plane_are_found() -> None:
    search = cells._marks().search
    for character in map(chr, range(0x80, 0x10000)):
        is_mark = category(character) in ("Mn", "Me")
        assert bool(search(character)) == (is_mark or character in cells._BLANK), character
