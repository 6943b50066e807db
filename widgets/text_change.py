"""Where two short texts differ."""

from __future__ import annotations

Span = tuple[int, int]
"""First character, and the one behind the last."""


def changed_span(a: str, b: str) -> tuple[Span, Span]:
    """The middle of each text: what is left without their common beginning and end.

    The beginning and the end are cut back to the edges of words, so that whole words stand out.
    """
    if a == b:
        return (len(a), len(a)), (len(b), len(b))
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


def told_apart(a: str, b: str, width: int, ellipsis: str = "…") -> tuple[str, str]:
    """Both texts in at most ``width`` characters each, cut so that their difference is seen.

    Where the difference would be cut off, what both begin with is left out instead.
    """
    (start_a, end_a), (start_b, _) = changed_span(a, b)
    longest = max(len(a), len(b))
    seen = start_a + min(8, max(1, end_a - start_a))
    keep = max(4, width // 4)
    if longest > width > 12 and seen >= width and min(start_a, start_b) > keep + 10:
        a, b = (text[:keep] + ellipsis + text[max(keep, start - 4) :]
                for text, start in ((a, start_a), (b, start_b)))  # fmt: skip
    return _cut(a, width, ellipsis), _cut(b, width, ellipsis)


def _cut(text: str, width: int, ellipsis: str) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + ellipsis


def _is_inside(text: str, place: int) -> bool:
    """Whether a word goes on over this place, or would, at the text's end."""
    before = text[place - 1 : place]
    after = text[place : place + 1] or "x"
    return before.isalnum() and after.isalnum()
