"""JSON laid out for reading, without changing a character of its values."""

from __future__ import annotations

import json
import re

_LARGEST = 2_000_000
"""Characters; longer text is shown as it is."""
_DEEPEST = 20
"""Levels that are indented: with more, a hostile text could grow without end."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def is_json(text: str) -> bool:
    """Whether a text is a JSON object or array. Reads it all: costs time when it is large."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        # Numbers stay text: they are only checked, and a long one would be refused.
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def render_text(text: str) -> str:
    """The text as it is best read: JSON up to 2 MB on many lines, all else as it is.

    Strings, numbers, the order of keys and repeated keys stay exactly as they are. Takes up to
    a second for the largest; call it in a thread when the text is large.
    """
    return _indented(text) if len(text) <= _LARGEST and is_json(text) else text


def _indented(text: str) -> str:
    parts: list[str] = []
    depth = 0
    before = ""
    for part in _TOKEN.findall(text):
        if part in ("}", "]"):
            depth -= 1
            if before not in ("{", "["):
                parts.append(_break(depth))
        elif before in ("{", "[", ","):
            parts.append(_break(depth))
        parts.append(": " if part == ":" else part)
        if part in ("{", "["):
            depth += 1
        before = part
    return "".join(parts).lstrip("\n")


def _break(depth: int) -> str:
    return "\n" + "  " * min(depth, _DEEPEST)
