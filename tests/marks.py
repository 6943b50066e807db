"""Combining marks that are allowed to be drawn: few, and on something that can carry them."""

from __future__ import annotations

import unicodedata

MOST = 3
"""Marks on one character."""
UNSEEN = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
"""Marks that show nothing."""


def without_carried_marks(text: str) -> str:
    """The text without the marks that are fine; all others are still there."""
    if not any(unicodedata.category(character) == "Mn" for character in set(text)):
        return text
    left: list[str] = []
    room = 0
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Mn" and room and character not in UNSEEN and ord(character) < 0x10000:
            room -= 1
        else:
            left.append(character)
            room = MOST if kind in ("Mc", "Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No") else 0
    return "".join(left)
