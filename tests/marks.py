"""Combining marks that are allowed to be drawn: few, and on something that can carry them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

MOST = 3
"""Marks on one character."""
UNSEEN = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
"""Marks that show nothing."""


CARRYING = frozenset(("Mc", "Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"))


def without_carried_marks(text: str) -> str:
    """The text without the marks that are fine; all others are still there."""
    if not any(unicodedata.category(character) == "Mn" for character in set(text)):
        return text
    return _carried().sub(_without_marks, text)


@cache
def _carried() -> re.Pattern[str]:
    """A character and the marks after it that are fine if it can carry them."""
    marks = (chr(code) for code in range(0x10000))
    fine = (mark for mark in marks if unicodedata.category(mark) == "Mn" and mark not in UNSEEN)
    return re.compile(f"(.)[{''.join(fine)}]{{1,{MOST}}}", re.DOTALL)


def _without_marks(found: re.Match[str]) -> str:
    return found[1] if unicodedata.category(found[1]) in CARRYING else found[0]
