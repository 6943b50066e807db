"""Where two short texts differ."""

from __future__ import annotations

Span = tuple[int, int]
"""First character, and the one behind the last."""


def changed_span(a: str, b: str) -> tuple[Span, Span]:
    """The middle of each text: what is left without their common beginning and end.

    The beginning and the end are cut back to the edges of words, so that whole words stand out.
    """
    shortest = min(len(a), len(b))
    start = 0
    while start < shortest and a[start] == b[start]:
        start += 1
    end = 0
    while end < shortest - start and a[-1 - end] == b[-1 - end]:
        end += 1
    while start and _is_inside(a, start) and _is_inside(b, start):
        start -= 1
    while end and _is_inside(a, len(a) - end) and _is_inside(b, len(b) - end):
        end -= 1
    return (start, len(a) - end), (start, len(b) - end)


def _is_inside(text: str, place: int) -> bool:
    """Whether a word goes on over this place, or would, at the text's end."""
    before = text[place - 1 : place]
    after = text[place : place + 1] or "x"
    return before.isalnum() and after.isalnum()
