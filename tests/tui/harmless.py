"""Whether a text could act on a terminal, or hide."""

from __future__ import annotations

import unicodedata

from tests.marks import without_carried_marks

_ACTING = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"))


def acting(text: str) -> set[str]:
    """The characters of a text that do something else than being seen, line breaks aside."""
    return {
        character
        for character in set(without_carried_marks(text))
        if character != "\n" and unicodedata.category(character) in _ACTING
    }
