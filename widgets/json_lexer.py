"""The parts of one line of JSON, good enough for colours."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))
      | (?P<string>"(?:[^"\\]|\\.)*"?)
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>\b(?:true|false|null)\b)
      | (?P<mark>[{}\[\]:,]+)""",
    re.VERBOSE,
)
_ROLES = {"key": "accent", "string": "ok", "number": "warning", "word": "running", "mark": "muted"}


def json_parts(line: str) -> list[tuple[int, int, str]]:
    """Start, end and role of every part that has one; the rest is plain text.

    Never fails: text that is no JSON merely gets few or odd parts.
    """
    return [
        (*match.span(), _ROLES[match.lastgroup])
        for match in _TOKEN.finditer(line)
        if match.lastgroup
    ]
