"""Changes to the text of a dialect's SELECT."""

from __future__ import annotations

import re

from queries.dialects.base import Source

_WORDS = re.compile(r"[()]|\w+")


def with_marks(source: Source) -> str:
    """A source's SELECT with its marks as a column more."""
    head = "SELECT rowid AS seq"
    if not source.select.startswith(head):
        raise ValueError(f"{source.name}: its SELECT does not begin with its seq")
    return f"{head}, {source.marks} AS marks{source.select[len(head) :]}"


def bare_select(select: str) -> str | None:
    """A source's SELECT without the WHERE of its own that hides rows; None if it has none.

    That is a WHERE outside of all brackets and texts.
    """
    depth, at = 0, 0
    for number, piece in enumerate(select.split("'")):
        if not number % 2:
            for word in _WORDS.finditer(piece):
                depth += (word[0] == "(") - (word[0] == ")")
                if word[0].upper() == "WHERE" and not depth:
                    return select[: at + word.start()]
        at += len(piece) + 1
    return None
