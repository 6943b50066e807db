"""Cells of a foreign row made safe, each as fast as can be: these run for every row of a store.

All of them give what :mod:`queries.text` gives; they only find out faster that there is
nothing to do, which is so for nearly every cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain
from unicodedata import category, is_normalized

from queries.text import clean, clean_id, clean_or_none

SUMMARY_LIMIT = 200
_PLAIN = bytes(range(0x20, 0x7F))
_MAY_BE_MARKS = (range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xFB00, 0x10000))
"""All of the first plane but for ideographs, Hangul syllables and what is private."""
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"


def identifier(value: object) -> str:
    """As :func:`~queries.text.clean_id`."""
    if type(value) is str and value.isascii() and value.isprintable() and 0 < len(value) <= 200:
        return value
    return clean_id(value)


def name(value: object, limit: int) -> str | None:
    """As :func:`~queries.text.clean_or_none`, for names that come again and again."""
    if type(value) is str:
        return _known_name(value, limit)
    return None if value is None else clean_or_none(value, limit)


@lru_cache(maxsize=8192)
def _known_name(value: str, limit: int) -> str | None:
    return clean_or_none(value, limit)


def summary_text(value: object) -> str:
    """One line of harmless text, at most :data:`SUMMARY_LIMIT` characters and "…"."""
    if type(value) is str:
        text = value if len(value) <= SUMMARY_LIMIT else value[:SUMMARY_LIMIT] + "…"
        if text.isprintable() if text.isascii() else _common()(text) or _is_harmless(text):
            return text.strip()
    return clean(value, SUMMARY_LIMIT).strip()


_COMMON = (
    " -~\u00a1-\u00ac\u00ae-\u02af\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u2328"
    "\u232b-\u23ff\u2500-\u27bf\u3041-\u3096\u30a1-\u30fa\u4e00-\u9ffc\uac00-\ud7a3"
)
"""Letters and signs that are harmless whatever stands beside them: most that are written."""


@cache
def _common() -> Callable[[str], object]:
    """Whether a text has no other characters than these; found out in a third of the time."""
    return re.compile(f"[{_COMMON}]*\\Z").match


def are_common(text: str) -> bool:
    """Whether a text, of any length, has only characters that are harmless anywhere."""
    if text.isascii():
        return text.isprintable()
    try:
        rest = text.encode().translate(None, _PLAIN).decode()
    except UnicodeEncodeError:
        return False
    return _common()(rest) is not None


def _is_harmless(text: str) -> bool:
    try:
        # What is no plain ASCII is mostly little: the slower checks need not see the rest.
        rest = text.encode().translate(None, _PLAIN).decode()
    except UnicodeEncodeError:
        return False
    return rest.isprintable() and is_normalized("NFC", rest) and not _marks().search(rest)


@cache
def _marks() -> re.Pattern[str]:
    """Finds what is printable and yet not drawn as a character of its own.

    Beyond the first plane only the pictograms are known to have no such characters.
    """
    ranges: list[list[str]] = []
    for character in map(chr, chain(*_MAY_BE_MARKS)):
        if category(character) in ("Mn", "Me"):
            if ranges and ord(ranges[-1][1]) == ord(character) - 1:
                ranges[-1][1] = character
            else:
                ranges.append([character, character])
    marks = "".join(f"{first}-{last}" for first, last in ranges)
    return re.compile(f"[{_BLANK}{marks}\U00010000-\U0001efff\U0001fb00-\U0010ffff]")


def number(value: object) -> float | None:
    """A finite number, or unknown: text and blobs in a number column are not guessed at."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                return None
        else:
            return None
    result = float(value) if abs(value) < 1e300 else None
    return result if result is not None and result == result else None


def whole(value: object) -> int | None:
    """A whole number, or unknown."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    result = number(value)
    return None if result is None else int(result)
