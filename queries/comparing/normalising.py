"""Texts of two runs made comparable: what differs only because it was another run is levelled.

Levelled are, in this order: the session's own id; the project's folder, where the session
names one, and "./" before a path; other people's homes (``~``) and folders with random names
below the temporary one (``<tmp>``); UUIDs, hexadecimal numbers of seven digits or more that
have letters and digits, and ids such as ``toolu_01AbC...`` (``<id>``); moments in ISO 8601 or
as epoch seconds to nanoseconds of this century (``<time>``); blanks and line breaks (one
blank). Line numbers, ports, sizes, dates without a time and all other numbers stay: they are
arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_SHORTEST_ID = 6
_KEPT = 400
"""Texts of at most so many characters are levelled once and remembered."""
_TEMPORARY = (
    r"(?:/private)?/(?:var/folders/[^/\s]+/[^/\s]+/T|(?:var/)?tmp)/"
    r"(?:tmp[\w.]{4,}|pytest-of-[\w-]+/pytest-\d+|[\w.-]*[_.-](?=[a-z_]*\d)[a-z0-9_]{6,})(?=/|\b)"
)
_HOME = r"(?<![\w.~])/(?:home|Users)/[^/\s'\"]+(?=/|\b)|(?<![\w.~/])/root(?=/)"
_UUID = r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
_PREFIXED = (
    r"\b[A-Za-z]{2,12}[_-](?:(?=[a-f]*\d)[0-9a-f]{12,}"
    r"|(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[0-9A-Za-z]{16,})\b"
)
_HEXADECIMAL = r"\b(?:0x[0-9a-f]{6,}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64})\b"
_ISO = r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z\b|[+-]\d\d:?\d\d\b)?"
_COMPACT = r"(?<!\d)20\d{6}[_T-]\d{6}(?!\d)"
_EPOCH = r"(?<![0-9A-Za-z.])1\d{9}(?:\.\d+|\d{3}|\d{6}|\d{9})?(?![0-9A-Za-z])"
_PATTERNS = (
    (_TEMPORARY, "<tmp>"),
    (_HOME, "~"),
    (_UUID, "<id>"),
    (_ISO, "<time>"),
    (_COMPACT, "<time>"),
    (_PREFIXED, "<id>"),
    (_HEXADECIMAL, "<id>"),
    (_EPOCH, "<time>"),
    (r"(?<![\w./])\./(?=\w)", ""),
    (r"[\s↵␍]+", " "),
)
_find = re.compile("|".join(f"({pattern})" for pattern, _ in _PATTERNS)).sub
_is_plain = re.compile(r"(?:[^\s\d/↵␍]| (?! ))*\Z").match


def normaliser(session_id: str, project: str | None) -> Callable[[str], str]:
    """What levels the texts of one session.

    Args:
        session_id: replaced by ``<session>`` where it is long enough to be meant.
        project: its folder, if it is an absolute path; anything else is not looked at.
    """
    root = ""
    if project is not None and project.startswith("/") and len(project) > 1:
        root = project.rstrip("/") + "/"

    def level(text: str) -> str:
        return kept(text) if len(text) <= _KEPT else fresh(text)

    def fresh(text: str) -> str:
        if len(session_id) >= _SHORTEST_ID and session_id in text:
            text = text.replace(session_id, "<session>")
        if root and root in text:
            text = text.replace(root, "")
        if not _is_plain(text):
            text = _find(_replacement, text)
        return text.strip()

    kept = lru_cache(4096)(fresh)
    return level


def _replacement(found: re.Match[str]) -> str:
    return _PATTERNS[(found.lastindex or 1) - 1][1]
