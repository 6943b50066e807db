from __future__ import annotations

from unicodedata import category, decomposition

from queries.dialects import cells


def test_all_marks_of_the_first_plane_are_found() -> None:
    search = cells._marks().search
    for character in map(chr, range(0x80, 0x10000)):
        is_mark = category(character) in ("Mn", "Me")
        assert bool(search(character)) == (is_mark or character in cells._BLANK), character


def test_common_characters_are_harmless_beside_any_others() -> None:
    is_common = cells._common()
    # What follows another character may become one with it.
    joining = {
        chr(int(parts[1], 16))
        for parts in (decomposition(chr(code)).split() for code in range(0x110000))
        if len(parts) == 2 and not parts[0].startswith("<")
    }
    for character in map(chr, range(0x110000)):
        if is_common(character):
            assert character not in joining
            assert cells._is_harmless(character), character
    assert is_common("Ünïcode, 日本語, Привет → ok ✓")
    assert not is_common("e\u0301")
    assert not is_common("line\nbreak")
